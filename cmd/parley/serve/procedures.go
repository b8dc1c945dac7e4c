package serve

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"

	"parley/cmd/parley/config"
	"parley/dialog/brain"
	"parley/dialog/demo"
	"parley/dialog/form"
	"parley/dialog/intent"
)

// demoVerify is the demo company's tool that checks who is speaking.
const demoVerify = "verify_customer"

// starts remembers what was learnt of the procedures, for the next change of settings.
type starts struct {
	sync.Mutex
	of    []*form.Form
	model *intent.Model
}

// procedures are the company's forms, and what begins them.
func (s *server) procedures(c config.Config) (brain.Forms, error) {
	forms, err := formsOf(c)
	if err != nil || len(forms) == 0 {
		return nil, err
	}
	s.starts.Lock()
	defer s.starts.Unlock()
	same := func(a, b *form.Form) bool { return reflect.DeepEqual(a, b) }
	if s.starts.model == nil || !slices.EqualFunc(s.starts.of, forms, same) { // learning takes seconds
		s.starts.of, s.starts.model = forms, intent.Train(forms, s.index.Questions())
	}
	return s.starts.model, nil
}

// openings are sentences that begin procedures, for the recogniser; patterns are left out.
func openings(c config.Config, language string) (out []string) {
	forms, err := formsOf(c)
	if err != nil { // said when the procedures are opened
		return nil
	}
	for _, f := range forms {
		for _, s := range f.Examples[language] {
			if !strings.Contains(s, "(") {
				out = append(out, s)
			}
		}
	}
	return out
}

// formsOf reads the forms that a configuration names.
func formsOf(c config.Config) (forms []*form.Form, err error) {
	if c.Demo {
		forms = demo.Procedures()
	}
	for _, file := range c.Bot.Procedures {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("bot.procedures: %w", err)
		}
		more, err := form.Load(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		forms = append(forms, more...)
	}
	if only := c.Bot.OnlyForms; only != nil {
		forms = slices.DeleteFunc(forms, func(f *form.Form) bool { return !slices.Contains(only, f.Name) })
	}
	return forms, nil
}

// identity says how customers are shown to be who they are.
func (s *server) identity(c config.Config) brain.Identity {
	i := brain.Identity{Tool: c.Bot.VerifyTool, Guard: &s.guard, Count: s.store.Attempt}
	if i.Tool == "" && c.Demo {
		i.Tool = demoVerify
	}
	return i
}
