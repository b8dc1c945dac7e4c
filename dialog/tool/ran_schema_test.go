package tool

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// A schema that refers to itself over and over is not followed for ever, and what cannot be
// told from a secret is taken for one.
func TestATangledSchemaHidesEverything(t *testing.T) {
	refs := strings.TrimSuffix(strings.Repeat(`{"$ref":"#"},`, 20), ",")
	for name, schema := range map[string]string{
		"itself":     fmt.Sprintf(`{"allOf":[%s],"properties":{"pin":{"type":"string"}}}`, refs),
		"a property": fmt.Sprintf(`{"properties":{"pin":{"$ref":"#/$defs/x"}},"$defs":{"x":{"anyOf":[%s]}}}`, strings.ReplaceAll(refs, "#", "#/$defs/x")),
		"in circles": `{"properties":{"pin":{"$ref":"#/$defs/a"}},"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},"b":{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}}`,
		"plain":      `{"properties":{"pin":{"type":"string"}}}`,
		"plainly so": `{"properties":{"pin":{"type":"string","writeOnly":true}}}`,
	} {
		m := markedIn(json.RawMessage(schema))
		out := m.hide(map[string]any{"pin": "4815"}, m.expand(m.root), 0)
		b, _ := json.Marshal(out)
		if shown := strings.Contains(string(b), "4815"); shown != (name == "plain" || name == "in circles") {
			t.Errorf("%s: %s", name, b)
		}
	}
}
