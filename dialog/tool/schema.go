package tool

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

const (
	maxSchema   = 64 << 10 // bytes of a tool's schema
	maxArgs     = 64 << 10 // bytes of a call's arguments
	maxProblems = 8
)

// schema is the whole schema of a tool's arguments.
type schema struct{ compiled *jsonschema.Schema }

// noLoader refuses references out of the schema.
type noLoader struct{}

// Load implements jsonschema.URLLoader.
func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("references to other documents are not followed: %s", url)
}

func compile(raw json.RawMessage) (*schema, error) {
	if len(raw) > maxSchema {
		return nil, fmt.Errorf("the schema has %d bytes, at most %d", len(raw), maxSchema)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		return nil, fmt.Errorf("the schema is no JSON: %w", err)
	}
	if m, ok := doc.(map[string]any); !ok || m["type"] != nil && m["type"] != "object" {
		return nil, errors.New("the schema is not an object's")
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	if err := c.AddResource("tool:///args", doc); err != nil {
		return nil, fmt.Errorf("the schema is wrong: %w", err)
	}
	s, err := c.Compile("tool:///args")
	if err != nil {
		return nil, fmt.Errorf("the schema is wrong: %w", err)
	}
	return &schema{s}, nil
}

// check says what is wrong with arguments, and gives them as JSON has them.
func (s *schema) check(tool string, args map[string]any) (map[string]any, error) {
	whole := func(msg string) error {
		return &ArgumentError{Tool: tool, Problems: []Problem{{Message: msg}}}
	}
	b, err := json.Marshal(args)
	if err != nil {
		return nil, whole("cannot be written as JSON")
	}
	if len(b) > maxArgs {
		return nil, whole(fmt.Sprintf("have %d bytes, at most %d", len(b), maxArgs))
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		return nil, whole("cannot be read as JSON")
	}
	m, ok := v.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	err = s.compiled.Validate(m)
	var bad *jsonschema.ValidationError
	switch {
	case err == nil:
		return m, nil
	case errors.As(err, &bad):
		return nil, &ArgumentError{Tool: tool, Problems: problems(bad)}
	}
	return nil, whole("cannot be checked")
}

var english = message.NewPrinter(language.English)

// problems are the leaves of a validation error.
func problems(e *jsonschema.ValidationError) (out []Problem) {
	if len(e.Causes) == 0 {
		at := ""
		if len(e.InstanceLocation) > 0 {
			at = "/" + strings.Join(e.InstanceLocation, "/")
		}
		return []Problem{{Argument: at, Message: e.ErrorKind.LocalizedString(english)}}
	}
	for _, c := range e.Causes {
		if out = append(out, problems(c)...); len(out) >= maxProblems {
			return out[:maxProblems]
		}
	}
	return out
}

// without takes properties that are filled out of a schema.
func without(raw json.RawMessage, fill map[string]string) json.RawMessage {
	if len(fill) == 0 {
		return raw
	}
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		return raw
	}
	if p, ok := m["properties"].(map[string]any); ok {
		maps.DeleteFunc(p, func(k string, _ any) bool { return fill[k] != "" })
	}
	if r, ok := m["required"].([]any); ok {
		r = slices.DeleteFunc(r, func(k any) bool { s, _ := k.(string); return fill[s] != "" })
		if m["required"] = r; len(r) == 0 {
			delete(m, "required")
		}
	}
	out, err := json.Marshal(m)
	if err != nil {
		return raw
	}
	return out
}

// at gives a field of decoded JSON by names with dots between them; list indexes are
// numbers.
func at(v any, path string) (any, bool) {
	if path == "" {
		return v, true
	}
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			next, ok := x[name]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i := 0
			if _, err := fmt.Sscanf(name, "%d", &i); err != nil || i < 0 || i >= len(x) {
				return nil, false
			}
			v = x[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// in reports whether a result has one of the values in the field.
func (m Match) in(r Result) bool {
	if m.Field == "" {
		return false
	}
	v, ok := at(r.Data, m.Field)
	return ok && slices.ContainsFunc(m.Is, func(want any) bool { return fmt.Sprint(want) == fmt.Sprint(v) })
}
