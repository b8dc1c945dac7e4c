package tool

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/card"
	"parley/dialog/store"
)

const (
	maxShown  = 200     // bytes of an argument that staff are shown
	maxRun    = 8 << 10 // of all of a run's arguments
	maxRuns   = 50      // of one reply
	maxNested = 12      // levels of arguments, and of a schema's references
	maxHeld   = 256     // schemas that a value is held against
)

// Runs are the reads that were made with a context.
type Runs struct {
	mu   sync.Mutex
	list []dialog.RunData
}

type runsKey struct{}

// Noting is a context whose reads are noted.
func Noting(ctx context.Context) (context.Context, *Runs) {
	r := &Runs{}
	return context.WithValue(ctx, runsKey{}, r), r
}

// Take gives what was noted since it was asked last.
func (r *Runs) Take() []dialog.RunData {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.list
	r.list = nil
	return out
}

func noted(ctx context.Context, d dialog.RunData) {
	r, ok := ctx.Value(runsKey{}).(*Runs)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.list) < maxRuns {
		r.list = append(r.list, d)
	}
}

// read is a use of a tool that reads.
func (e *entry) read(args map[string]any, r Result, err error, took time.Duration) dialog.RunData {
	d := dialog.RunData{ID: "run_" + rand.Text(), Tool: e.spec.Name, Title: e.spec.Title, Effect: string(Reads), Args: e.shown(args), State: dialog.RunOK, At: time.Now().UTC(), MS: took.Milliseconds()}
	switch {
	case err != nil:
		d.State = dialog.RunFailed
	case r.Refused:
		d.State = dialog.RunRefused
	}
	return d
}

// ran is a change that has settled, for the staff; nil when it is of no conversation.
func (o *Outbox) ran(c store.Change) []dialog.Record {
	if c.Conversation == "" || !State(c.State).Settled() {
		return nil
	}
	out := outcome(c)
	d := dialog.RunData{ID: c.ID, Tool: c.Tool, Effect: string(Changes), At: time.UnixMicro(c.Settled).UTC()}
	if c.Started > 0 {
		d.MS = max(0, c.Settled-c.Started) / 1000
	}
	switch {
	case out.State == Done:
		d.State = dialog.RunOK
	case out.State == Unknown:
		d.State = dialog.RunUnknown
	case out.Reason == "refused":
		d.State = dialog.RunRefused
	default:
		d.State = dialog.RunFailed
	}
	if e, err := o.box.find(c.Tool); err == nil { // without its schema nobody knows what is secret
		d.Title, d.Args = e.spec.Title, e.shown(out.Args)
	}
	b, err := json.Marshal(d)
	if err != nil {
		return nil
	}
	return []dialog.Record{{Type: dialog.ToolRan, Conversation: c.Conversation, Data: b}}
}

// shown are arguments as staff see them: what was asked for, without card data and what the
// schema marks secret, each of them bounded.
func (e *entry) shown(args map[string]any) map[string]any {
	b, err := json.Marshal(args)
	if err != nil {
		return nil
	}
	own, err := decoded(string(b)) // what follows changes it
	if err != nil {
		return nil
	}
	for arg := range e.spec.Fill {
		delete(own, arg)
	}
	out, _ := e.secret.hide(own, e.secret.expand(e.secret.root), 0).(map[string]any)
	if b, err = json.Marshal(out); err != nil || len(b) > maxRun {
		return nil
	}
	return out
}

// marked is a schema that is asked which values are secret: those marked writeOnly
// (JSON Schema 2020-12 validation, section 9.4) or of the format password (OpenAPI 3.1).
type marked struct{ root map[string]any }

func markedIn(schema json.RawMessage) marked {
	var s marked
	if json.Unmarshal(schema, &s.root) != nil {
		s.root = nil
	}
	return s
}

// everything is what a value is held against when its schema is too tangled to follow.
var everything = []map[string]any{{"writeOnly": true}}

// expand is a schema with all those that a value under it is held against.
func (s marked) expand(node any) []map[string]any { return held(s.follow(nil, node, 0)) }

func held(of []map[string]any) []map[string]any {
	if len(of) > maxHeld {
		return everything
	}
	return of
}

// follow adds them to out, until there are too many.
func (s marked) follow(out []map[string]any, node any, depth int) []map[string]any {
	m, ok := node.(map[string]any)
	if !ok || depth > maxNested || len(out) > maxHeld {
		return out
	}
	out = append(out, m)
	if ref, ok := m["$ref"].(string); ok && strings.HasPrefix(ref, "#") {
		out = s.follow(out, s.at(ref), depth+1)
	}
	for _, k := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := m[k].([]any)
		for _, x := range list {
			out = s.follow(out, x, depth+1)
		}
	}
	for _, k := range []string{"if", "then", "else"} {
		out = s.follow(out, m[k], depth+1)
	}
	return out
}

// at follows a JSON pointer (RFC 6901).
func (s marked) at(ref string) any {
	var v any = s.root
	for _, name := range strings.Split(strings.TrimPrefix(ref, "#"), "/")[1:] {
		m, _ := v.(map[string]any)
		v = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
	}
	return v
}

// hide is a value without what is secret in it.
func (s marked) hide(v any, under []map[string]any, depth int) any {
	for _, m := range under {
		if m["writeOnly"] == true || m["format"] == "password" {
			return hidden
		}
	}
	if depth > maxNested {
		return "…"
	}
	switch x := v.(type) {
	case string:
		if sealed(x) {
			return card.Mark
		}
		x, _ = card.Mask(x)
		if len(x) > maxShown {
			x = strings.ToValidUTF8(x[:maxShown], "") + "…"
		}
		return x
	case json.Number:
		if masked, found := card.Mask(x.String()); found {
			return masked
		}
	case map[string]any:
		for k, e := range x {
			x[k] = s.hide(e, s.under(under, k), depth+1)
		}
	case []any:
		for i, e := range x {
			x[i] = s.hide(e, s.items(under, i), depth+1)
		}
	}
	return v
}

// under are the schemas of a property. What only a pattern or the rest covers counts for each.
func (s marked) under(of []map[string]any, name string) (out []map[string]any) {
	for _, m := range of {
		if p, ok := m["properties"].(map[string]any); ok {
			out = append(out, s.expand(p[name])...)
		}
		if p, ok := m["patternProperties"].(map[string]any); ok {
			for _, x := range p {
				out = append(out, s.expand(x)...)
			}
		}
		out = append(out, s.expand(m["additionalProperties"])...)
	}
	return held(out)
}

func (s marked) items(of []map[string]any, i int) (out []map[string]any) {
	for _, m := range of {
		out = append(out, s.expand(m["items"])...)
		if list, ok := m["prefixItems"].([]any); ok && i < len(list) {
			out = append(out, s.expand(list[i])...)
		}
	}
	return held(out)
}
