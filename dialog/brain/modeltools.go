package brain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/dialog"
	"parley/dialog/form"
	"parley/dialog/llm"
	"parley/dialog/tool"
	"parley/dialog/verify"
)

// Shelf is what a *tool.Box shows of itself.
type Shelf interface {
	Tools
	Status() []tool.Status
}

// FromBox lets a model use the tools of a box: it reads by itself, on behalf of the
// customer who was verified, and what it would change becomes a proposal.
func FromBox(b Shelf) ModelTools { return modelTools{b} }

type modelTools struct{ box Shelf }

// maxListed bounds the tools that a model is shown.
const maxListed = 40

func (m modelTools) user(c dialog.Context) tool.User {
	s := recall(c).Verify
	if id := c.Known.Customer; id != "" {
		s, _ = verify.Step(verify.Options{}, s, verify.Signed{Customer: id, Now: c.Now})
	}
	return tool.User{Role: tool.Customer, Level: s.Level, Customer: s.Customer, Conversation: c.Conversation, Language: c.Language}
}

// List implements ModelTools: what the customer may not use yet is shown too when it
// changes something, since the proposal leads to the verification.
func (m modelTools) List(_ context.Context, c dialog.Context) (out []llm.Tool) {
	u := m.user(c)
	for _, s := range m.box.Status() {
		if s.Spec.Private || len(out) == maxListed {
			continue
		}
		err := m.box.Allowed(u, s.Spec.Name)
		if err != nil && !errors.Is(err, tool.ErrLevel) {
			continue
		}
		out = append(out, llm.Tool{Name: s.Spec.Name, Description: s.Spec.Description.In(c.Language), Parameters: s.Spec.Schema})
	}
	return out
}

// Read implements ModelTools. A customer who is not verified well enough leads to a
// proposal as well: the verification comes first.
func (m modelTools) Read(ctx context.Context, c dialog.Context, call llm.Call) (string, dialog.Citation, error) {
	s, ok := m.box.Spec(call.Name)
	if !ok {
		return "", dialog.Citation{}, tool.ErrUnknown
	}
	if s.Effect == tool.Changes {
		return "", dialog.Citation{}, ErrChanges
	}
	in, err := args(call)
	if err != nil {
		return "", dialog.Citation{}, err
	}
	r, err := m.box.Read(ctx, m.user(c), call.Name, in)
	switch {
	case errors.Is(err, tool.ErrLevel):
		return "", dialog.Citation{}, ErrChanges
	case err != nil:
		return "", dialog.Citation{}, err
	}
	text := r.Text
	if said, ok := m.box.Tell(call.Name, c.Language, in, r); ok {
		text = said
	} else if r.Data != nil {
		b, err := json.Marshal(r.Data)
		if err != nil {
			return "", dialog.Citation{}, err
		}
		text = string(b)
	}
	return text, toolSource(call.Name, s, c.Language), nil
}

func toolSource(name string, s tool.Spec, language string) dialog.Citation {
	title := s.Title.In(language)
	if title == "" {
		title = name
	}
	return dialog.Citation{Document: "tool:" + name, Title: title}
}

// proposal is a change that a model would make, and the customer has not confirmed.
type proposal struct {
	Tool  string         `json:"tool"`
	Args  map[string]any `json:"args"`
	Level int            `json:"level,omitempty"` // that is needed first
}

// propose asks the customer about what a model would do: through the procedure that
// does it, when there is one, else in the words of the tool.
func (t *turn) propose(ctx context.Context, name string, in map[string]any) error {
	if t.m.o.Tools == nil {
		return nil
	}
	if finder, ok := t.m.o.Forms.(interface {
		Using(tool string) (*form.Form, bool)
	}); ok {
		if f, ok := finder.Using(name); ok {
			if t.underWay(f) {
				t.say("That is still being done; I tell you as soon as I know.", "这件事正在办，一有结果就告诉您。")
				return nil
			}
			t.learn(f, name, in)
			return t.begin(ctx, f, t.text)
		}
	}
	s, ok := t.m.o.Tools.Spec(name)
	if !ok || s.Private {
		return nil
	}
	t.mem.Proposal = &proposal{Tool: name, Args: in, Level: s.Level}
	if t.verification().Level < s.Level {
		return t.identify(ctx, s.Level)
	}
	return t.ask(ctx)
}

// underWay reports whether a form has a change running: to propose it again changes nothing.
func (t *turn) underWay(f *form.Form) bool {
	s := t.mem.Form
	return s != nil && s.Form == f.Name && s.Stage == form.Waiting
}

// learn takes what a model has understood for what the customer has said: a form reads
// it back or confirms it before anything is done.
func (t *turn) learn(f *form.Form, tool string, in map[string]any) {
	if t.mem.Known == nil {
		t.mem.Known = map[string]form.Value{}
	}
	for arg, v := range in {
		name := f.SlotOf(tool, arg)
		if s := fmt.Sprint(v); s != "" && len(s) < maxQuote && len(name) < maxQuote && len(t.mem.Known) < maxKnown {
			if old, ok := t.mem.Known[name]; !ok || old.Value != s { // what was said of an earlier matter is not this one's
				t.mem.Known[name] = form.Value{Value: s, Text: s, Confidence: 0.5, From: "model"}
			}
		}
	}
}

// ask puts the proposal to the customer; what only reads is done at once.
func (t *turn) ask(ctx context.Context) error {
	p := t.mem.Proposal
	s, ok := t.m.o.Tools.Spec(p.Tool)
	if !ok {
		t.mem.Proposal = nil
		return nil
	}
	if s.Effect == tool.Reads {
		t.mem.Proposal = nil
		r := t.read(ctx, form.Read{Tool: p.Tool, Args: p.Args})
		if r.Failure != form.OK && r.Text == "" {
			r.Text = pick(t.c.Language, "I am sorry, I cannot look that up right now.", "抱歉，现在查不到。")
		}
		t.say(r.Text, r.Text)
		return nil
	}
	text, err := t.m.o.Tools.Confirm(p.Tool, t.c.Language, p.Args)
	if err != nil {
		t.mem.Proposal = nil
		return err
	}
	t.key(p.Tool, p.Args)
	t.confirm(text)
	return nil
}

// decide takes the customer's answer to a proposal, and reports whether it was one.
func (t *turn) decide(ctx context.Context) (bool, error) {
	p := t.mem.Proposal
	if p == nil || t.mem.Verify.Running() {
		return false, nil
	}
	if !t.agrees() {
		t.mem.Proposal = nil
		return false, nil
	}
	if t.verification().Level < p.Level { // it was proven long ago
		return true, t.identify(ctx, p.Level)
	}
	if t.lateYes() {
		t.say(form.Late(t.c.Language), form.Late(t.c.Language))
		return true, t.ask(ctx)
	}
	if !t.heard() { // a yes to half a question confirms nothing
		return true, t.ask(ctx)
	}
	t.mem.Proposal = nil
	if t.c.Draft {
		return true, dialog.ErrNoDraft
	}
	in, err := t.change(ctx, form.Change{Tool: p.Tool, Args: p.Args})
	if err != nil {
		t.mem.Proposal = p
		return true, err
	}
	if r, ok := in.(form.Result); ok {
		if r.Text == "" {
			r.Text = pick(t.c.Language, "I am sorry, that cannot be done right now. Nothing was changed.", "抱歉，现在办不了，没有做任何改动。")
		}
		t.say(r.Text, r.Text)
	}
	return true, nil
}
