package serve

import (
	"fmt"
	"os"
	"slices"

	"parley/cmd/parley/config"
	"parley/dialog/brain"
	"parley/dialog/demo"
	"parley/dialog/form"
	"parley/dialog/intent"
)

// demoVerify is the demo company's tool that checks who is speaking.
const demoVerify = "verify_customer"

// procedures are the company's forms, and what begins them.
func (s *server) procedures(c config.Config) (brain.Forms, error) {
	var forms []*form.Form
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
	if len(forms) == 0 {
		return nil, nil
	}
	return intent.Train(forms, s.index.Questions()), nil
}

// identity says how customers are shown to be who they are.
func (s *server) identity(c config.Config) brain.Identity {
	i := brain.Identity{Tool: c.Bot.VerifyTool, Guard: &s.guard}
	if i.Tool == "" && c.Demo {
		i.Tool = demoVerify
	}
	return i
}
