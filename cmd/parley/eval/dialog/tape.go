package dialog

import (
	"context"
	"fmt"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/tool"
)

// used is one use of a tool.
type used struct {
	Tool   string         `json:"tool"`
	Args   map[string]any `json:"args,omitempty"`
	Change bool           `json:"change,omitempty"`
	Done   bool           `json:"done"` // the system did it, or found it
	key    string
}

// tape keeps what tools were used for.
type tape struct {
	box    *tool.Box
	outbox *tool.Outbox

	mu   sync.Mutex
	uses []used
	said []string // what tools tell customers
}

// since gives the uses after the first n.
func (t *tape) since(n int) []used {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]used(nil), t.uses[n:]...)
}

func (t *tape) len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.uses)
}

// words gives what tools have told so far.
func (t *tape) words() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.said...)
}

func (t *tape) add(u used) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, o := range t.uses {
		if u.Change && u.key != "" && o.key == u.key { // told again, not done again
			return
		}
	}
	t.uses = append(t.uses, u)
}

func (t *tape) tell(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, s)
}

// reading is the tape as a brain's tools.
type reading tape

func (r *reading) Read(ctx context.Context, u tool.User, name string, args map[string]any) (tool.Result, error) {
	res, err := r.box.Read(ctx, u, name, args)
	(*tape)(r).add(used{Tool: name, Args: args, Done: err == nil && found(res)})
	for _, s := range moments(res.Data) {
		(*tape)(r).tell(s)
	}
	return res, err
}

func (r *reading) Allowed(u tool.User, name string) error { return r.box.Allowed(u, name) }

func (r *reading) Spec(name string) (tool.Spec, bool) { return r.box.Spec(name) }

func (r *reading) Confirm(name, language string, args map[string]any) (string, error) {
	return r.box.Confirm(name, language, args)
}

func (r *reading) Tell(name, language string, args map[string]any, res tool.Result) (string, bool) {
	s, ok := r.box.Tell(name, language, args, res)
	(*tape)(r).tell(s)
	return s, ok
}

// changing is the tape as a brain's outbox.
type changing tape

func (c *changing) Change(ctx context.Context, r tool.ChangeRequest) (tool.Outcome, error) {
	o, err := c.outbox.Change(ctx, r)
	(*tape)(c).add(used{Tool: r.Tool, Args: r.Args, Change: true, Done: err == nil && o.State == tool.Done, key: r.Key})
	return o, err
}

func (c *changing) Untold(ctx context.Context, id dialog.ConversationID) ([]tool.Outcome, error) {
	return c.outbox.Untold(ctx, id)
}

func (c *changing) Say(o tool.Outcome, language string) string {
	s := c.outbox.Say(o, language)
	(*tape)(c).tell(s)
	return s
}

// found reports whether a system knew what it was asked for.
func found(r tool.Result) bool {
	m, ok := r.Data.(map[string]any)
	if !ok {
		return !r.Refused
	}
	for _, k := range []string{"found", "verified"} {
		if b, ok := m[k].(bool); ok && !b {
			return false
		}
	}
	return !r.Refused
}

// moments are the times in a result as procedures list them.
func moments(data any) (out []string) {
	switch x := data.(type) {
	case map[string]any:
		for _, v := range x {
			out = append(out, moments(v)...)
		}
	case []any:
		for _, v := range x {
			out = append(out, moments(v)...)
		}
	case string:
		at, err := time.Parse(time.RFC3339, x)
		if err != nil {
			break
		}
		half := "上午"
		if at.Hour() >= 12 {
			half = "下午"
		}
		out = append(out, at.Format("- Monday, January 2, 3 pm"),
			fmt.Sprintf("- %d月%d日星期%s%s%d点", at.Month(), at.Day(), []string{"日", "一", "二", "三", "四", "五", "六"}[at.Weekday()], half, (at.Hour()+11)%12+1))
	}
	return out
}
