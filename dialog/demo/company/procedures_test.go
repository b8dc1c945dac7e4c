package company

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"gopkg.in/yaml.v3"
)

// What the demo's procedures call is there, reads or changes as they think, and takes
// the arguments that they give.
func TestTheProceduresFitTheTools(t *testing.T) {
	b := box(t, open(t, Options{}))
	files, err := filepath.Glob("../procedures/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no procedures", err)
	}
	calls := 0
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var p struct {
			Do []struct {
				Read, Change string
				Args         map[string]any
			}
		}
		if err := yaml.Unmarshal(text, &p); err != nil {
			t.Fatal(err)
		}
		for _, d := range p.Do {
			name, effect := d.Read, "read"
			if d.Change != "" {
				name, effect = d.Change, "change"
			}
			if name == "" {
				continue
			}
			calls++
			s, ok := b.Spec(name)
			if !ok || string(s.Effect) != effect {
				t.Errorf("%s: %s is %q, not %s", filepath.Base(f), name, s.Effect, effect)
				continue
			}
			var schema struct {
				Properties map[string]any
				Required   []string
			}
			if err := json.Unmarshal(s.Schema, &schema); err != nil {
				t.Fatal(err)
			}
			for a := range d.Args {
				if schema.Properties[a] == nil {
					t.Errorf("%s: %s takes no %q", filepath.Base(f), name, a)
				}
			}
			for _, a := range schema.Required {
				if d.Args[a] == nil {
					t.Errorf("%s: %s needs %q", filepath.Base(f), name, a)
				}
			}
		}
	}
	t.Logf("%d calls of %d procedures", calls, len(files))
}
