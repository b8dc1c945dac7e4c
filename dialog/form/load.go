package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"parley/dialog/regexp"
)

// maxYAML bounds a file of procedures, in bytes.
const maxYAML = 1 << 20

// Load reads forms, one a document. What is wrong with one is an error that names it:
// unknown keys, slots that nothing declares, templates that do not parse, texts that
// lack a language.
func Load(b []byte) ([]*Form, error) {
	if len(b) > maxYAML {
		return nil, fmt.Errorf("procedures: more than %d bytes", maxYAML)
	}
	d := yaml.NewDecoder(bytes.NewReader(b))
	d.KnownFields(true)
	var out []*Form
	for {
		f := &Form{}
		err := d.Decode(f)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("procedures: %w", err)
		}
		if err := f.ready(); err != nil {
			return nil, fmt.Errorf("procedure %q: %w", f.Name, err)
		}
		if slices.ContainsFunc(out, func(o *Form) bool { return o.Name == f.Name }) {
			return nil, fmt.Errorf("procedure %q: there are two of that name", f.Name)
		}
		out = append(out, f)
	}
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

var types = []Type{Digits, Code, Number, Amount, Date, Time, Choice, Phone, Email, Name, Words, YesNo, Card, CardCode, CardExpiry}

// ready checks a form and compiles what it needs.
func (f *Form) ready() error {
	if !nameForm.MatchString(f.Name) {
		return errors.New("a name has small letters, digits and _")
	}
	if len(f.Slots) > 40 || len(f.Steps) > 40 || len(f.Steps) == 0 {
		return errors.New("a procedure has 1 to 40 steps and at most 40 slots")
	}
	f.slots = map[string]*Slot{}
	for i := range f.Slots {
		s := &f.Slots[i]
		if err := s.ready(); err != nil {
			return fmt.Errorf("slot %q: %w", s.Name, err)
		}
		if f.slots[s.Name] != nil {
			return fmt.Errorf("slot %q: there are two of that name", s.Name)
		}
		f.slots[s.Name] = s
	}
	for _, s := range f.Slots {
		for _, o := range s.Or {
			if f.slots[o] == nil {
				return fmt.Errorf("slot %q: or: there is no slot %q", s.Name, o)
			}
		}
		if _, err := condition(s.When); err != nil {
			return fmt.Errorf("slot %q: when: %w", s.Name, err)
		}
	}
	for i := range f.Steps {
		if err := f.checkStep(&f.Steps[i]); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	f.share()
	return checkTexts(map[string]Text{"title": f.Title, "open": f.Open, "cancel": f.Cancel})
}

// share gives the slots that no step names to the first step.
func (f *Form) share() {
	named := map[string]bool{}
	for _, a := range f.Steps {
		for _, n := range a.Needs {
			named[n] = true
		}
	}
	for _, s := range f.Slots {
		for _, o := range s.Or {
			named[o] = true // asked for in the other's place
		}
	}
	var rest []string
	for _, s := range f.Slots {
		if !named[s.Name] {
			rest = append(rest, s.Name)
		}
	}
	f.Steps[0].Needs = append(slices.Clone(f.Steps[0].Needs), rest...)
}

func (s *Slot) ready() error {
	if !nameForm.MatchString(s.Name) {
		return errors.New("a name has small letters, digits and _")
	}
	if !slices.Contains(types, s.Type) {
		return fmt.Errorf("type %q is none of %v", s.Type, types)
	}
	if len(s.Ask) == 0 {
		return errors.New("ask is missing")
	}
	if s.Pattern != "" {
		re, err := regexp.Compile(`^(?:` + s.Pattern + `)$`)
		if err != nil {
			return fmt.Errorf("pattern: %w", err)
		}
		s.pattern = re
	}
	for _, p := range s.Take {
		re, err := regexp.Compile(`(?i)` + p)
		if err != nil || re.NumSubexp() < 1 || s.Type != Words {
			return fmt.Errorf("take: %q is no pattern with a group, or the slot no text", p)
		}
		s.take = append(s.take, re)
	}
	if s.About != "" && (s.About != "time" || s.Type != Words) {
		return fmt.Errorf("about %q is not time, or the slot no text", s.About)
	}
	if s.Check != "" && s.Check != "luhn" {
		return fmt.Errorf("check %q is not luhn", s.Check)
	}
	if s.Type == Choice && len(s.Choices) == 0 == (s.From == "") {
		return errors.New("a choice has either choices or from")
	}
	if s.From != "" && (s.Value == "" || len(s.Label) == 0) {
		return errors.New("from needs value and label")
	}
	if _, err := parse(s.Auto); err != nil {
		return fmt.Errorf("auto: %w", err)
	}
	for _, o := range s.Choices {
		if o.Value == "" || len(o.Name) == 0 {
			return errors.New("a choice has a value and a name")
		}
	}
	return checkTexts(map[string]Text{"ask": s.Ask, "retry": s.Retry, "other": s.Other, "label": s.Label})
}

func (f *Form) checkStep(a *Action) error {
	kinds := 0
	for _, s := range []string{a.Read, a.Change, a.Handoff} {
		if s != "" {
			kinds++
		}
	}
	if kinds > 1 || kinds == 0 && len(a.Say) == 0 && len(a.Needs) == 0 {
		return errors.New("a step has one of read, change, handoff, say and needs")
	}
	if a.Change != "" && len(a.Confirm) == 0 {
		return errors.New("a change needs the sentence that the customer confirms")
	}
	if a.Level < 0 || a.Level > 2 {
		return errors.New("level is 0, 1 or 2")
	}
	for _, n := range append(slices.Clone(a.Needs), a.Clear...) {
		if f.slots[n] == nil {
			return fmt.Errorf("there is no slot %q", n)
		}
	}
	for k, t := range a.Args {
		if _, err := parse(t); err != nil {
			return fmt.Errorf("args: %s: %w", k, err)
		}
	}
	if _, err := condition(a.If); err != nil {
		return err
	}
	texts := map[string]Text{"confirm": a.Confirm, "say": a.Say, "missing": a.Missing}
	for k, t := range a.Fail {
		texts["fail "+k] = t
	}
	return checkTexts(texts)
}

// checkTexts wants both languages of every text that is set, and templates that parse.
func checkTexts(texts map[string]Text) error {
	for name, t := range texts {
		if len(t) == 0 {
			continue
		}
		for _, l := range []string{"en", "zh"} {
			s, ok := t[l]
			if !ok {
				return fmt.Errorf("%s has no words in %q", name, l)
			}
			for _, w := range []string{s.Voice, s.Chat} {
				if _, err := parse(w); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		if len(t) > 2 {
			return fmt.Errorf("%s: languages are en and zh", name)
		}
	}
	return nil
}

// uses reports whether a step depends on a slot.
func (a Action) uses(slot string) bool {
	if slices.Contains(a.Needs, slot) || strings.Contains(a.If, slot) {
		return true
	}
	for _, t := range a.Args {
		if strings.Contains(t, "{"+slot) {
			return true
		}
	}
	return false
}
