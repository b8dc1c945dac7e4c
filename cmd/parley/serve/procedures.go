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

// starts remembers what was learnt of procedures, which takes seconds: for the next change of
// settings, and for every server of the process.
var starts struct {
	sync.Mutex
	known []learnt // the last maxLearnt, oldest first
}

const maxLearnt = 4

// learnt is what begins some forms, where the knowledge answers some questions.
type learnt struct {
	forms     []*form.Form
	questions []string
	model     *intent.Model
}

// procedures are the company's forms, and what begins them.
func (s *server) procedures(c config.Config) (brain.Forms, error) {
	forms, err := formsOf(c)
	if err != nil || len(forms) == 0 {
		return nil, err
	}
	questions := s.index.Questions()
	slices.Sort(questions)
	same := func(a, b *form.Form) bool { return reflect.DeepEqual(a, b) }
	starts.Lock()
	defer starts.Unlock()
	for _, k := range starts.known {
		if slices.Equal(k.questions, questions) && slices.EqualFunc(k.forms, forms, same) {
			return k.model, nil
		}
	}
	k := learnt{forms, questions, intent.Train(forms, questions)}
	starts.known = append(starts.known, k)
	if n := len(starts.known); n > maxLearnt {
		starts.known = slices.Clone(starts.known[n-maxLearnt:])
	}
	return k.model, nil
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
