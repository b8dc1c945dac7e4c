package llm_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"parley/dialog/llm"
	"parley/dialog/llm/llmtest"
)

var record = flag.Bool("record", false, "renew testdata/*.replay; with PARLEY_RECORD_NAME_KEY (or _URL) of a preset from its server, else by imitation of its documentation")

// traffic is the transport of a preset's replay.
func traffic(t *testing.T, name string) (http.RoundTripper, llm.Options) {
	t.Helper()
	p, ok := llm.FindPreset(name, "")
	if !ok {
		t.Fatalf("no preset %q", name)
	}
	file := filepath.Join("testdata", name+".replay")
	o := llm.Options{Preset: name}
	if p.Model == "" {
		o.Model = "qwen3:8b"
	}
	if !*record {
		r, err := llmtest.ReadReplay(file)
		if err != nil {
			t.Fatal(err)
		}
		if r.Docs != p.Docs || r.Source != "recorded" && r.Source != "imitated" {
			t.Errorf("%s: %q from %q", name, r.Source, r.Docs)
		}
		return r.Player(), o
	}
	r := &llmtest.Replay{Source: "imitated", Docs: p.Docs}
	next := llmtest.Imitate(name)
	env := "PARLEY_RECORD_" + strings.ToUpper(name)
	if o.Key, o.URL = os.Getenv(env+"_KEY"), os.Getenv(env+"_URL"); o.Key+o.URL != "" {
		r.Source, next = "recorded", http.DefaultTransport
	}
	t.Cleanup(func() {
		if err := r.Write(file); err != nil {
			t.Error(err)
		}
	})
	return r.Recorder(next), o
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile("testdata/chat_request.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checker lets requests through that the description of OpenAI's API allows, the
// preset's own switches aside.
type checker struct {
	t    *testing.T
	s    *jsonschema.Schema
	own  map[string]any
	next http.RoundTripper
}

func (c checker) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	v, err := jsonschema.UnmarshalJSON(body)
	if err != nil {
		return nil, err
	}
	for k := range c.own {
		if _, ok := v.(map[string]any)[k]; !ok {
			c.t.Errorf("%s is not switched: %v", k, v)
		}
		if k != "reasoning_effort" {
			delete(v.(map[string]any), k)
		}
	}
	if err := c.s.Validate(v); err != nil {
		c.t.Errorf("%v", err)
	}
	return c.next.RoundTrip(r)
}

var order = llm.Tool{Name: "order", Description: "where an order is", Parameters: json.RawMessage(`{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}`)}

// Every preset's server, as recorded: a plain question at temperature 0, a call of a
// tool, and the answer after its empty result.
func TestPresets(t *testing.T) {
	s := schema(t)
	for _, name := range llm.PresetNames() {
		t.Run(name, func(t *testing.T) {
			next, o := traffic(t, name)
			p, _ := llm.FindPreset(name, "")
			model := o.Model
			if model == "" {
				model = p.Model
			}
			o.Transport = checker{t, s, p.Quirks(model).Extra, next}
			m := llm.NewOpenAI(o)
			zero := 0.0
			question := llm.Message{Role: llm.User, Text: "How long does delivery take?"}
			text, last, err := collect(t, m, llm.Request{System: "Be brief.", Messages: []llm.Message{question}, Temperature: &zero, MaxTokens: 60})
			if err != nil || text == "" || last.FinishReason != "stop" || last.Usage == nil || last.Usage.Reply == 0 {
				t.Fatalf("%q, %+v, %v", text, last, err)
			}
			if strings.Contains(text, "They ask") {
				t.Errorf("thoughts are said: %q", text)
			}
			where := llm.Request{System: "Be brief.", Messages: []llm.Message{{Role: llm.User, Text: "Where is order 4815?"}}, Tools: []llm.Tool{order, {Name: "nothing"}}, MaxTokens: 60}
			_, last, err = collect(t, m, where)
			if err != nil || len(last.Calls) != 1 || last.Calls[0].Name != "order" || last.Calls[0].Arguments != `{"id":"4815"}` || last.Calls[0].ID == "" {
				t.Fatalf("%+v, %v", last, err)
			}
			where.Messages = append(where.Messages, llm.Message{Role: llm.Assistant, Calls: last.Calls}, llm.Message{Role: llm.ToolRole, CallID: last.Calls[0].ID})
			if text, _, err = collect(t, m, where); err != nil || text == "" {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

func collect(t *testing.T, m llm.Model, r llm.Request) (text string, last llm.Chunk, err error) {
	t.Helper()
	for c, err := range m.Stream(t.Context(), r) {
		if err != nil {
			return text, last, err
		}
		text += c.Text
		last = c
	}
	return text, last, nil
}

// The schema must be able to say no, or it proves nothing.
func TestTheSchemaRefuses(t *testing.T) {
	s := schema(t)
	good := `{"model":"m","messages":[{"role":"user","content":"x"}]}`
	for body, ok := range map[string]bool{
		good: true,
		`{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}]}`: false,
		`{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":null}}]}`:     false,
		`{"model":"m","messages":[{"role":"assistant","content":"x","reasoning_content":"y"}]}`:                                                false,
		`{"model":"m","messages":[{"role":"user","content":"x"}],"stream_options":{"include_usage":true}}`:                                     false,
		`{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1,"max_completion_tokens":1}`:                                    false,
		`{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":3}`:                                                             false,
	} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// What the pages say of models within one preset.
func TestQuirksOfModels(t *testing.T) {
	for _, c := range []struct{ preset, model, want string }{
		{"openai", "gpt-4o-mini", "[] map[]"},
		{"openai", "o4-mini", "[temperature] map[reasoning_effort:low]"},
		{"openai", "gpt-5-mini", "[temperature] map[reasoning_effort:minimal]"},
		{"openai", "gpt-5.4", "[temperature] map[reasoning_effort:none]"},
		{"moonshot", "kimi-k3", "[temperature] map[reasoning_effort:low]"},
		{"moonshot", "kimi-k2.6", "[temperature] map[thinking:map[type:disabled]]"},
		{"moonshot", "kimi-k2.7-code", "[temperature] map[]"},
		{"moonshot", "moonshot-v1-8k", "[] map[]"},
		{"ernie", "ernie-5.5-flash-preview", "[temperature] map[]"},
		{"glm", "glm-4.7", "[stream_options] map[thinking:map[type:disabled]]"},
	} {
		p, _ := llm.FindPreset(c.preset, "")
		q := p.Quirks(c.model)
		if got := fmt.Sprint(q.Omit, q.Extra); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.preset, c.model, got, c.want)
		}
	}
	for url, want := range map[string]string{"": "openai", "https://api.deepseek.com/v1": "deepseek", "https://llm.example/v1": "", "http://127.0.0.1:8000/v1": ""} {
		if p, ok := llm.FindPreset("", url); !ok || p.Name != want {
			t.Errorf("%q is %q", url, p.Name)
		}
	}
	if _, ok := llm.FindPreset("nobody", ""); ok {
		t.Error("a preset that is none")
	}
}
