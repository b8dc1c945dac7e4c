package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"parley/cmd/parley/config"
	"parley/dialog"
)

// responded is one answer's description.
type responded struct {
	Ref     string `json:"$ref"`
	Content map[string]json.RawMessage
}

// description is /openapi.json, against which every answer that a test gets is held.
type description struct {
	once     sync.Once
	err      error
	compiler *jsonschema.Compiler
	paths    map[string]map[string]struct {
		Responses map[string]responded
	}
	refused map[string]responded // components.responses

	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema
	seen    map[string]bool // operations whose answers were held against it
}

var described = description{schemas: map[string]*jsonschema.Schema{}, seen: map[string]bool{}}

func (d *description) read(h http.Handler) error {
	d.once.Do(func() {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
		var doc any
		if d.err = json.Unmarshal(w.Body.Bytes(), &doc); d.err != nil {
			return
		}
		all := struct {
			Paths map[string]map[string]struct {
				Responses map[string]responded
			}
			Components struct{ Responses map[string]responded }
		}{}
		if d.err = json.Unmarshal(w.Body.Bytes(), &all); d.err != nil {
			return
		}
		d.paths, d.refused = all.Paths, all.Components.Responses
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		d.err = c.AddResource("openapi.json", doc)
		d.mu.Lock()
		defer d.mu.Unlock()
		d.compiler = c
	})
	return d.err
}

// template finds the described path that an address is of.
func (d *description) template(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	best, fixed := "", -1
	for t, ops := range d.paths {
		names := strings.Split(t, "/")
		if _, ok := ops[strings.ToLower(method)]; !ok || len(names) != len(parts) {
			continue
		}
		n := 0
		for i, name := range names {
			switch {
			case name == parts[i]:
				n++
			case !strings.HasPrefix(name, "{"):
				n = -1 << 20
			}
		}
		if n > fixed {
			best, fixed = t, n
		}
	}
	if fixed < 0 {
		return ""
	}
	return best
}

// holds says in what an answer is not as described.
func (d *description) holds(h http.Handler, method, path string, a answer) error {
	if err := d.read(h); err != nil {
		return err
	}
	t := d.template(method, path)
	if t == "" {
		if a.code < 400 && strings.HasPrefix(path, "/v1/") && method != http.MethodOptions {
			return fmt.Errorf("%s %s is not described", method, path)
		}
		return nil
	}
	kind, _, _ := mime.ParseMediaType(a.head.Get("Content-Type"))
	responses := d.paths[t][strings.ToLower(method)].Responses
	code := fmt.Sprint(a.code)
	r, ok := responses[code]
	if !ok {
		return fmt.Errorf("%s %s: an answer %d is not described", method, t, a.code)
	}
	where := "openapi.json#/paths/" + escape(t) + "/" + strings.ToLower(method) + "/responses/" + code
	if r.Ref != "" {
		name := r.Ref[strings.LastIndex(r.Ref, "/")+1:]
		where, r = "openapi.json#/components/responses/"+name, d.refused[name]
	}
	if a.body == "" || len(r.Content) == 0 && a.code >= 400 {
		return nil
	}
	if _, ok := r.Content[kind]; !ok {
		if kind == "text/csv" { // of whatever is tabular
			return nil
		}
		return fmt.Errorf("%s %s: an answer %d of %s is not described", method, t, a.code, kind)
	}
	if kind != "application/json" && !strings.HasSuffix(kind, "+json") {
		return nil
	}
	where += "/content/" + escape(kind) + "/schema"
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.schemas[where]
	if s == nil {
		var err error
		if s, err = d.compiler.Compile(where); err != nil {
			return fmt.Errorf("%s %s: %w", method, t, err)
		}
		d.schemas[where] = s
	}
	if a.code < 400 {
		d.seen[method+" "+t] = true
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(a.body))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		return fmt.Errorf("%s %s, %d: %w\n%.400s", method, t, a.code, err, a.body)
	}
	return nil
}

// event says in what an event of a socket is not as described.
func (d *description) event(raw []byte, kind string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.compiler == nil { // nothing was asked yet
		return nil
	}
	where := "openapi.json#/x-events/" + escape(kind) + "/schema"
	s := d.schemas[where]
	if s == nil {
		var err error
		if s, err = d.compiler.Compile(where); err != nil {
			return fmt.Errorf("event %s: %w", kind, err)
		}
		d.schemas[where] = s
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		return fmt.Errorf("event %s: %w\n%.400s", kind, err, raw)
	}
	return nil
}

func escape(s string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(s)
}

// Every list and every thing of the staff's side is as it is described.
func TestAnswersAreAsDescribed(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.Demo = true })
	admin := x.admin()
	k := x.converse()
	if err := described.read(x.handler); err != nil {
		t.Fatal(err)
	}
	var doc struct{ ID string }
	x.do("POST", "/v1/knowledge/documents", admin, `{"title":"Returns","text":"Returns are free for thirty days."}`).json(t, &doc)
	x.do("PUT", "/v1/knowledge/documents/"+doc.ID, admin, `{"text":"Returns are free for forty days.","draft":true}`)
	var user struct{ ID string }
	x.do("POST", "/v1/users", admin, `{"email":"new@local","name":"New","role":"agent","password":"a long password"}`).json(t, &user)
	w := x.watch(k, 0)
	var seen dialog.MessageData
	x.send(k, "this", "", page(t, "order.png")).json(t, &seen)
	x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"let me talk to a person"}`)
	w.says("bot", "colleague")
	var walked []string
	for path, ops := range described.paths {
		if _, ok := ops["get"]; !ok || strings.Contains(path, "{call}") || strings.HasSuffix(path, "/events") || strings.Contains(path, "certificates") {
			continue
		}
		at := path
		for name, id := range map[string]string{"{n}": "1", "{kind}": "turns", "{image}": seen.Images[0][strings.LastIndex(seen.Images[0], "/")+1:], "/v1/conversations/{id}": "/v1/conversations/" + string(k.ID), "/v1/knowledge/documents/{id}": "/v1/knowledge/documents/" + doc.ID,
			"/v1/users/{id}": "/v1/users/" + user.ID} {
			at = strings.Replace(at, name, id, 1)
		}
		switch {
		case strings.HasSuffix(at, "/diff"):
			at += "?to=draft"
		case strings.HasSuffix(at, "/search"):
			at += "?q=delivery"
		}
		if a := x.do("GET", at, admin, ""); a.code != 200 {
			t.Errorf("%s: %d %s", at, a.code, a.body)
		}
		walked = append(walked, path)
	}
	x.transcripts(t, k, x.converse())
	slices.Sort(walked)
	if len(walked) < 15 {
		t.Errorf("only %q", walked)
	}
}
