package llm

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
)

// object is a JSON object whose numbers and order within values are left as they were.
type object = map[string]json.RawMessage

// emptyParameters is the schema of a tool that takes nothing.
var emptyParameters = json.RawMessage(`{"type":"object","properties":{}}`)

// smallest is what the client library is given in place of a temperature of 0, which it
// would leave out.
const smallest = 1e-6

// fix makes a request of the client library one that servers take; nil: it is no JSON object, and
// stays as it is.
func (m *mender) fix(body []byte) object {
	var v object
	if json.Unmarshal(body, &v) != nil {
		return nil
	}
	q := m.q
	for k, x := range v {
		if string(x) == "null" {
			delete(v, k)
		}
	}
	q.sampling(v)
	q.messages(v)
	m.tools.fix(v)
	if name := q.MaxTokens; name != "" {
		rename(v, "max_tokens", name)
	} else {
		rename(v, "max_completion_tokens", "max_tokens")
	}
	if v["messages"] != nil { // not of embeddings
		for k, x := range q.Extra {
			if b, err := json.Marshal(x); err == nil && v[k] == nil {
				v[k] = b
			}
		}
	}
	for _, k := range q.Omit {
		delete(v, k)
	}
	return v
}

// encode writes an object whose values are valid JSON, in the order of its keys.
func encode(v object) []byte {
	n := 2
	for k, x := range v {
		n += len(k) + len(x) + 4
	}
	b := append(make([]byte, 0, n), '{')
	for i, k := range slices.Sorted(maps.Keys(v)) {
		if i > 0 {
			b = append(b, ',')
		}
		name, _ := json.Marshal(k)
		b = append(append(append(b, name...), ':'), v[k]...)
	}
	return append(b, '}')
}

func rename(v object, from, to string) {
	if x, ok := v[from]; ok {
		delete(v, from)
		v[to] = x
	}
}

// sampling sends temperature 0 as 0, and none above what the server takes.
func (q Quirks) sampling(v object) {
	var t float64
	if v["temperature"] == nil || json.Unmarshal(v["temperature"], &t) != nil {
		return
	}
	switch {
	case t <= 2*smallest:
		v["temperature"] = json.RawMessage("0")
	case q.Hottest > 0 && t > q.Hottest:
		v["temperature"], _ = json.Marshal(q.Hottest)
	}
}

// messages gives each its content, and keeps back what a model thought.
func (q Quirks) messages(v object) {
	var ms []object
	if v["messages"] == nil || wellFormed(v["messages"]) || json.Unmarshal(v["messages"], &ms) != nil {
		return
	}
	changed := false
	for _, m := range ms {
		before := len(m)
		delete(m, "reasoning_content")
		delete(m, "reasoning")
		changed = changed || len(m) != before
		if c := string(m["content"]); c == "" || c == "null" || c == `""` {
			changed = true
			m["content"] = json.RawMessage(`""`)
			if q.FilledText && string(m["role"]) == `"tool"` {
				m["content"] = json.RawMessage(`"null"`)
			}
		}
	}
	if !changed {
		return
	}
	if b, err := json.Marshal(ms); err == nil {
		v["messages"] = b
	}
}

// wellFormed reports whether every message has a text, and none what is kept back: then it
// need not be taken apart. A quote within a JSON string is never bare, so that names are counted and not
// what customers write.
func wellFormed(ms []byte) bool {
	return !bytes.Contains(ms, []byte(`"reasoning`)) && !bytes.Contains(ms, []byte(`"content":""`)) &&
		bytes.Count(ms, []byte(`"role":"`)) == bytes.Count(ms, []byte(`"content":"`))
}

// toolbox keeps what it made of lists of tools: a bot shows the same with each request.
type toolbox struct {
	mu   sync.Mutex
	made map[string]json.RawMessage
}

// maxToolLists bounds them.
const maxToolLists = 32

// fix gives each function of a request parameters that are an object.
func (t *toolbox) fix(v object) {
	was := string(v["tools"])
	if was == "" {
		return
	}
	t.mu.Lock()
	now, ok := t.made[was]
	t.mu.Unlock()
	if ok {
		v["tools"] = now
		return
	}
	tools(v)
	if now = v["tools"]; now == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.made == nil || len(t.made) >= maxToolLists {
		t.made = map[string]json.RawMessage{}
	}
	t.made[was] = now
}

// tools gives each function parameters that are an object.
func tools(v object) {
	var ts []struct {
		Type     string `json:"type"`
		Function object `json:"function"`
	}
	if v["tools"] == nil || json.Unmarshal(v["tools"], &ts) != nil {
		return
	}
	if len(ts) == 0 {
		delete(v, "tools")
		return
	}
	for _, t := range ts {
		var p object
		if json.Unmarshal(t.Function["parameters"], &p) != nil || p == nil {
			t.Function["parameters"] = emptyParameters
			continue
		}
		if p["type"] == nil {
			p["type"] = json.RawMessage(`"object"`)
		}
		if p["properties"] == nil {
			p["properties"] = json.RawMessage(`{}`)
		}
		t.Function["parameters"], _ = json.Marshal(p)
	}
	if b, err := json.Marshal(ts); err == nil {
		v["tools"] = b
	}
}

// learned is what a server has refused since the start, by model.
type learned struct {
	mu      sync.Mutex
	refused map[string][]string
}

// dispensable are the parameters without which a request still asks the same.
var dispensable = []string{"stream_options", "temperature", "thinking", "enable_thinking", "reasoning_effort", "chat_template_kwargs",
	"max_completion_tokens", "max_tokens", "parallel_tool_calls", "encoding_format", "dimensions", "response_format"}

// apply gives a request without what its model refuses.
func (l *learned) apply(v object) object {
	l.mu.Lock()
	refused := l.refused[string(v["model"])]
	l.mu.Unlock()
	if len(refused) == 0 {
		return v
	}
	v = maps.Clone(v)
	for _, k := range refused {
		switch k {
		case "max_tokens":
			rename(v, k, "max_completion_tokens")
		case "max_completion_tokens":
			rename(v, k, "max_tokens")
		default:
			delete(v, k)
		}
	}
	return v
}

// learn notes which parameter of a request a refusal names; false: none that it can do
// without.
func (l *learned) learn(v object, refusal string) bool {
	if v == nil {
		return false
	}
	refusal = strings.ToLower(refusal)
	best, at := "", len(refusal)
	for _, k := range dispensable {
		if i := strings.Index(refusal, k); v[k] != nil && i >= 0 && i < at { // what it names first
			best, at = k, i
		}
	}
	if best == "" && v["reasoning_effort"] != nil && strings.Contains(refusal, "does not support thinking") {
		best = "reasoning_effort"
	}
	if best == "" {
		return false
	}
	model := string(v["model"])
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused == nil {
		l.refused = map[string][]string{}
	}
	if slices.Contains(l.refused[model], best) || len(l.refused) > 100 {
		return false
	}
	l.refused[model] = append(l.refused[model], best)
	return true
}
