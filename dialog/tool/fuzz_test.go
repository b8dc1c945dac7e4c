package tool

import (
	"bytes"
	"encoding/json"
	"testing"

	"gopkg.in/yaml.v3"
)

// Whatever a description says, it is read within bounds, and what comes of it can be
// used or is refused.
func FuzzOpenAPI(f *testing.F) {
	f.Add([]byte("openapi: 3.1.0\npaths: {/a/{b}: {get: {parameters: [{name: b, in: path, schema: {type: string}}]}}}"))
	f.Add([]byte("openapi: 3.0.0\na: &a [x, x]\nb: &b [*a, *a]\npaths: {/x: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/b'}}}}}}}"))
	f.Add([]byte(`{"openapi":"3.0.1","components":{"schemas":{"A":{"type":"object","properties":{"a":{"$ref":"#/components/schemas/A"}}}}},"paths":{"/":{"put":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/A"}}}}}}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		d, err := describe(b)
		if err != nil {
			return
		}
		for _, e := range d.endpoints {
			if _, err := compile(e.spec.Schema); err != nil || e.spec.check() != nil || e.check() != nil {
				t.Fatalf("%s: %v %v %v", e.spec.Name, err, e.spec.check(), e.check())
			}
		}
	})
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte("name: a\nurl: http://x\nhttp: {p: {path: '/{q}', args: {q: {type: string}}, confirm: {en: '{{.args.q}}'}}}"))
	f.Add([]byte("name: a\nmcp: {command: [x]}\ntools: {t: {effect: change, check: {tool: l, done: {field: a, is: [1]}}}}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<14 {
			return
		}
		var c Config
		d := yaml.NewDecoder(bytes.NewReader(b))
		d.KnownFields(true)
		if d.Decode(&c) != nil || c.Check() != nil || len(c.HTTP) == 0 {
			return
		}
		s, err := Open(c, nil)
		if err != nil {
			return
		}
		for _, x := range s.Tools() {
			if e := NewBox(Options{}).ready(x); e.wrong != nil {
				t.Fatalf("%v", e.wrong)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// What a model may write as arguments is checked, and never harms.
func FuzzArguments(f *testing.F) {
	s, err := compile(json.RawMessage(`{"type":"object","properties":{"a":{"type":"string","pattern":"^[0-9]+$"},"b":{"type":"array","items":{"type":"integer"}}},"required":["a"],"additionalProperties":false}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"a":"1"}`)
	f.Add(`{"a":{"a":[1e400]},"b":[null,9007199254740993]}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, ok := parseJSON([]byte(text)).(map[string]any)
		if !ok {
			return
		}
		clean, err := s.check("x", m)
		if err != nil {
			return
		}
		if v, ok := clean["a"].(string); !ok || v == "" || len(clean) > 2 {
			t.Fatalf("%s is taken as %v", text, clean)
		}
	})
}
