package brain

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/form"
	"parley/dialog/verify"
)

// Suggestion is what a person who has the conversation could say next. Nobody has said it:
// it is the person's to use, change or leave.
type Suggestion struct {
	To        dialog.TurnID     // the customer's last turn; "" when there is none
	Text      string            // "" when the knowledge has no answer
	Citations []dialog.Citation // what Text rests on; there is no Text without one
	Gap       string            // the question, when it was one that nothing answers
	Procedure *Next             // nil: none is under way and the words begin none
}

// Next is the next step of a procedure.
type Next struct {
	Name    string
	Title   string // in the conversation's language
	Running bool   // the customer began it with the bot; else the words would begin it
	Say     string // what is to be asked, in the conversation's language; "" when it is not a question
	Stage   form.Stage
	Slots   []Slot // what is known
}

// Suggest drafts an answer to what the customer said last, whoever has spoken since. It
// changes nothing. With words, what the customer is just saying, it goes by them and by the
// passages alone, for there are many such moments and a model costs.
func (m *Manager) Suggest(ctx context.Context, c dialog.Context, words string) (Suggestion, error) {
	history := append(slices.Clone(c.History), c.Question...)
	c.Draft = true
	if words = strings.TrimSpace(words); words != "" {
		c.History, c.Question = history, []dialog.Turn{{From: dialog.Customer, Text: words, Language: c.Language, At: c.Now}}
	} else {
		c.History, c.Question = lastWords(history)
	}
	if len(c.Question) == 0 {
		return Suggestion{}, nil
	}
	t := &turn{m: m, c: c, mem: recall(c), text: own(asked(c))}
	s := Suggestion{To: c.Question[len(c.Question)-1].ID}
	s.Procedure = t.ahead(history)
	if s.Procedure != nil && s.Procedure.Running && !questions.MatchString(strings.TrimSpace(t.text)) {
		return s, nil // an answer to the procedure's question is no question
	}
	from := dialog.Brain(m.extract)
	if words == "" {
		from = m.answer
	}
	c.Known.Memo = t.mem.encode() // who is verified, for a model's tools
	var text strings.Builder
	for d, err := range from.Answer(c)(ctx) {
		if errors.Is(err, dialog.ErrNoDraft) {
			return s, nil // it would be a change: the procedure's, or the person's
		}
		if err != nil {
			return Suggestion{}, err
		}
		switch {
		case d.Action != nil && d.Action.Kind == "gap":
			s.Gap = clip(t.text, maxQuote)
		case d.Action != nil: // what is the bot's to do is no answer
			s.Text, s.Citations = "", nil
			return s, nil
		}
		text.WriteString(d.Text)
		if d.Citation != nil && !slices.Contains(s.Citations, *d.Citation) {
			s.Citations = append(s.Citations, *d.Citation)
		}
	}
	if len(s.Citations) > 0 && s.Gap == "" {
		s.Text = strings.TrimSpace(text.String())
	} else {
		s.Citations = nil
	}
	return s, nil
}

// lastWords are the customer's last turns in a row, and what was said before them.
func lastWords(history []dialog.Turn) (before, question []dialog.Turn) {
	end := len(history)
	for end > 0 && history[end-1].From != dialog.Customer {
		end--
	}
	begin := end
	for begin > 0 && history[begin-1].From == dialog.Customer {
		begin--
	}
	return history[:begin], history[begin:end]
}

// ahead is how far the procedure is, with what the customer told the person since; or the
// one that the words would begin. Nothing is read, run or kept.
func (t *turn) ahead(history []dialog.Turn) *Next {
	if t.m.o.Forms == nil {
		return nil
	}
	via := dialog.ViaChat // it is read, whatever the channel
	if s := t.mem.Form; s != nil && s.Running() {
		f, ok := t.m.o.Forms.Form(s.Form)
		if !ok {
			return nil
		}
		at := *s
		for _, h := range history {
			if h.From != dialog.Customer || !h.At.After(t.mem.At) || at.Stage != form.Asking && at.Stage != form.ReadBack {
				continue
			}
			next, moves := f.Step(at, form.Said{Text: own(h.Text), Language: t.c.Language, Via: via, Now: t.c.Now, Confidence: h.Confidence})
			told := next.Stage != at.Stage || !reflect.DeepEqual(next.Known(), at.Known())
			if told && !slices.ContainsFunc(moves, func(m form.Move) bool { _, other := m.(form.NotMine); return other }) {
				at = next // else it was said to the person, and is no misunderstanding
			}
		}
		if !at.Running() {
			return nil
		}
		at.Via = via
		_, moves := f.Step(at, form.Resume{Bare: true})
		return t.step(f, at, moves, true)
	}
	rest, _ := verify.Tail(t.text)
	f, ok := t.m.o.Forms.Form(t.m.o.Forms.Starts(rest, t.c.Language))
	if !ok {
		return nil
	}
	at, moves := f.Step(form.State{}, form.Begin{Said: form.Said{Text: rest, Language: t.c.Language, Via: via, Now: t.c.Now}, Known: t.mem.Known, Level: t.verification().Level})
	return t.step(f, at, moves, false)
}

func (t *turn) step(f *form.Form, at form.State, moves []form.Move, running bool) *Next {
	n := &Next{Name: f.Name, Title: f.Title.In(t.c.Language, dialog.ViaChat), Running: running, Stage: at.Stage, Slots: (&memo{Form: &at}).slots()}
	for _, m := range moves {
		switch m := m.(type) {
		case form.Ask:
			n.Say = m.Text
		case form.Confirm:
			n.Say = m.Text
		}
	}
	return n
}
