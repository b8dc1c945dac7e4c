package tool_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"parley/dialog/tool"
)

// api is a scripted HTTP system that keeps what it was asked.
type api struct {
	mu     sync.Mutex
	seen   []string
	answer http.HandlerFunc
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	a.seen = append(a.seen, strings.TrimSpace(r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Authorization")+" "+r.Header.Get("X-Api-Key")+" "+r.Header.Get("Idempotency-Key")+" "+string(b)))
	answer := a.answer
	a.mu.Unlock()
	if answer == nil {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"data":{"ok":true}}`)
		return
	}
	answer(w, r)
}

func (a *api) last() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.seen) == 0 {
		return ""
	}
	return strings.Join(strings.Fields(a.seen[len(a.seen)-1]), " ")
}

func (a *api) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.seen)
}

func inline(t *testing.T, url, endpoints string) *tool.Box {
	t.Helper()
	var c tool.Config
	if err := yaml.Unmarshal([]byte("name: crm\nkey: sesame-open\nhttp:\n"+endpoints), &c); err != nil {
		t.Fatal(err)
	}
	c.URL = url
	src, err := tool.Open(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return boxed(t, src)
}

const endpoints = `
  points: {path: "/members/{phone}/points", args: {phone: {type: string}, since: {type: string}}, optional: [since], pick: data}
  redeem: {method: POST, path: /redeem, args: {phone: {type: string}, points: {type: integer, minimum: 1}}, idempotent: key}
  close: {method: DELETE, path: "/members/{phone}", args: {phone: {type: string}}, level: 2}
`

func TestArgumentsGoWhereTheyBelong(t *testing.T) {
	a := &api{}
	srv := httptest.NewServer(a)
	defer srv.Close()
	b := inline(t, srv.URL+"/v1/", endpoints)
	for _, c := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"points", map[string]any{"phone": "1/2 3?x"}, "GET /v1/members/1%2F2%203%3Fx/points Bearer sesame-open"},
		{"points", map[string]any{"phone": "1", "since": "a&b=c"}, "GET /v1/members/1/points?since=a%26b%3Dc Bearer sesame-open"},
		{"redeem", map[string]any{"phone": "1", "points": 5}, `POST /v1/redeem Bearer sesame-open k {"phone":"1","points":5}`},
		{"close", map[string]any{"phone": "1"}, "DELETE /v1/members/1 Bearer sesame-open"},
	} {
		if _, err := b.Try(t.Context(), agent, c.tool, "k", c.args); err != nil || a.last() != c.want {
			t.Errorf("%s: %s, want %s; %v", c.tool, a.last(), c.want, err)
		}
	}
	n := a.count()
	for _, c := range []struct {
		tool string
		args map[string]any
		err  error
	}{
		{"points", map[string]any{"phone": ".."}, tool.ErrUnsent}, {"points", map[string]any{"phone": ""}, tool.ErrUnsent},
		{"points", nil, tool.ErrArguments}, {"redeem", map[string]any{"phone": "1", "points": "5"}, tool.ErrArguments},
		{"redeem", map[string]any{"phone": "1", "points": 5, "admin": true}, tool.ErrArguments}, {"redeem", map[string]any{"phone": strings.Repeat("1", 70_000), "points": 5}, tool.ErrArguments},
	} {
		if _, err := b.Try(t.Context(), agent, c.tool, "k", c.args); !errors.Is(err, c.err) || a.count() != n {
			t.Errorf("%s %.60v: %v", c.tool, c.args, err)
		}
	}
	if r, err := b.Read(t.Context(), agent, "points", map[string]any{"phone": "1"}); err != nil || r.JSON() != `{"ok":true}` {
		t.Errorf("picked %s %v", r.JSON(), err)
	}
}

func TestWhatAnswersMean(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   string
		err    error
	}{
		{"fine", status(200, `{"a":1}`), `{"a":1}`, nil},
		{"nothing", status(204, ""), `""`, nil},
		{"refused", status(422, `{"why":"too few"}`), "refused", nil},
		{"not there", status(404, `{}`), "refused", nil},
		{"too many", status(429, ``), "", tool.ErrUnsent},
		{"our key is wrong", status(401, ``), "", tool.ErrUnsent},
		{"broken", status(500, `{}`), "", tool.ErrUnsure},
		{"still running", status(409, `{}`), "", tool.ErrUnsure},
		{"moved", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, "", tool.ErrUnsure},
		{"says JSON, is none", status(200, `<html>`), "", tool.ErrUnsure},
		{"huge", status(200, `"`+strings.Repeat("x", 3<<20)+`"`), "cut", nil},
		{"breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"a"`)
		}, "", tool.ErrUnsure},
		{"drops the line", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "", tool.ErrUnsure},
		{"tells our key", status(200, `{"auth":"Bearer sesame-open"}`), `{"auth":"Bearer [hidden]"}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := &api{answer: c.answer}
			srv := httptest.NewServer(a)
			defer srv.Close()
			b := inline(t, srv.URL, endpoints)
			r, err := b.Try(t.Context(), agent, "redeem", "k", map[string]any{"phone": "1", "points": 5})
			got := r.JSON()
			switch {
			case r.Refused:
				got = "refused"
			case r.Cut:
				got = "cut"
			}
			if !errors.Is(err, c.err) || err == nil && got != c.want || len(r.Text) > 40_000 {
				t.Errorf("%.100s %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "sesame") {
				t.Errorf("the key is told: %v", err)
			}
			if n := a.count(); n != 1 {
				t.Errorf("a change was sent %d times", n)
			}
		})
	}
	b := inline(t, "http://127.0.0.1:1", endpoints)
	if _, err := b.Try(t.Context(), agent, "redeem", "k", map[string]any{"phone": "1", "points": 5}); !errors.Is(err, tool.ErrUnsent) || errors.Is(err, tool.ErrUnsure) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestAToolThatFailsRests(t *testing.T) {
	n := 0
	x := &stub{tool.Spec{Name: "x", Effect: tool.Reads, Timeout: time.Minute}, func(ctx context.Context) (tool.Result, error) {
		n++
		return tool.Result{}, errors.New("no")
	}}
	b := tool.NewBox(tool.Options{})
	if err := b.Add(x); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		_, _ = b.Read(t.Context(), agent, "x", nil)
	}
	if st := b.Status(); n != 5 || st[0].State != "resting" || st[0].Err == nil {
		t.Errorf("called %d times: %+v", n, st)
	}
	y := &stub{tool.Spec{Name: "y", Effect: tool.Reads}, func(context.Context) (tool.Result, error) { panic("oh") }}
	if err := b.Add(y); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Read(t.Context(), agent, "y", nil); !errors.Is(err, tool.ErrUnsure) {
		t.Errorf("%v", err)
	}
}

// stub is a tool of a function.
type stub struct {
	s tool.Spec
	f func(ctx context.Context) (tool.Result, error)
}

func (s *stub) Spec() tool.Spec                                            { return s.s }
func (s *stub) Call(ctx context.Context, _ tool.Call) (tool.Result, error) { return s.f(ctx) }

const described = `
openapi: 3.0.3
servers: [{url: "https://crm.example.com/v2"}]
components:
  securitySchemes: {k: {type: apiKey, in: header, name: X-Api-Key}}
  parameters: {id: {name: id, in: path, required: true, schema: {type: integer}}}
  schemas:
    Ticket:
      type: object
      required: [subject, id]
      properties:
        id: {type: integer, readOnly: true}
        subject: {type: string, nullable: true, maxLength: 80}
        rank: {type: number, minimum: 0, exclusiveMinimum: true}
        parent: {$ref: "#/components/schemas/Ticket"}
paths:
  /tickets/{id}:
    parameters: [{$ref: "#/components/parameters/id"}]
    get: {operationId: getTicket, summary: A ticket, parameters: [{name: full, in: query, schema: {type: boolean}}]}
    put: {operationId: putTicket, requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Ticket"}}}}}
  /tickets:
    post: {operationId: "tickets.create", requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Ticket"}}}}}
`

func TestOpenAPIOperationsBecomeTools(t *testing.T) {
	a := &api{}
	srv := httptest.NewServer(a)
	defer srv.Close()
	file := filepath.Join(t.TempDir(), "crm.yaml")
	if err := os.WriteFile(file, []byte(described), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := tool.Open(tool.Config{Name: "crm", OpenAPI: file, URL: srv.URL, Key: "sesame-open", Tools: map[string]tool.Overlay{"putTicket": {Level: new(int), Title: tool.Text{"zh": "改"}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := boxed(t, src)
	for name, want := range map[string]string{"getTicket": "read", "putTicket": "change natural", "tickets_create": "change no"} {
		s, ok := b.Spec(name)
		if got := strings.TrimSpace(string(s.Effect) + " " + string(s.Idempotent)); !ok || got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	s, _ := b.Spec("putTicket")
	var schema struct {
		Properties map[string]map[string]any
		Required   []string
	}
	if err := json.Unmarshal(s.Schema, &schema); err != nil {
		t.Fatal(err)
	}
	if schema.Properties["rank"]["exclusiveMinimum"] != 0.0 || len(schema.Properties) != 4 || strings.Contains(string(s.Schema), "$ref") || strings.Join(schema.Required, " ") != "id subject" {
		t.Errorf("%.600s", s.Schema)
	}
	for _, c := range []struct {
		tool string
		args map[string]any
		want string
	}{
		{"getTicket", map[string]any{"id": 7, "full": true}, "GET /tickets/7?full=true sesame-open"},
		{"putTicket", map[string]any{"id": 7, "subject": nil}, `PUT /tickets/7 sesame-open {"subject":null}`},
		{"tickets_create", map[string]any{"subject": "x", "parent": map[string]any{"subject": "y"}}, `POST /tickets sesame-open {"parent":{"subject":"y"},"subject":"x"}`},
	} {
		if _, err := b.Try(t.Context(), agent, c.tool, "k", c.args); err != nil || a.last() != c.want {
			t.Errorf("%s: %s; %v", c.tool, a.last(), err)
		}
	}
	for what, bad := range map[string]string{
		"out of the file": strings.Replace(described, "#/components/parameters/id", "other.yaml#/x", 1), "nowhere": strings.Replace(described, "schemas/Ticket", "schemas/Nothing", 1),
		"swagger 2": "swagger: '2.0'\npaths: {}", "empty": "openapi: 3.1.0\npaths: {}", "no YAML": "\t:", "a circle": strings.Replace(described, "Ticket:\n      type: object", "Ticket: {$ref: '#/components/schemas/Ticket'}\n    Other:\n      type: object", 1),
	} {
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if src, err := tool.Open(tool.Config{Name: "crm", OpenAPI: file, URL: srv.URL}, nil); err == nil {
			t.Errorf("%s: taken", what)
			_ = src.Close()
		}
	}
}
