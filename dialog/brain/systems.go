package brain

import (
	"context"

	"parley/dialog"
	"parley/dialog/tool"
)

// Tools are the company's business systems; *tool.Box is them.
type Tools interface {
	Read(ctx context.Context, u tool.User, name string, args map[string]any) (tool.Result, error)
	Allowed(u tool.User, name string) error
	Spec(name string) (tool.Spec, bool)
	Confirm(name, language string, args map[string]any) (string, error)
	Tell(name, language string, args map[string]any, r tool.Result) (string, bool)
}

// Outbox changes things in them, once; *tool.Outbox does.
type Outbox interface {
	Change(ctx context.Context, r tool.ChangeRequest) (tool.Outcome, error)
	Untold(ctx context.Context, id dialog.ConversationID) ([]tool.Outcome, error)
	Say(o tool.Outcome, language string) string
}

// untold tells what has become of changes since the customer was last told.
func (t *turn) untold(ctx context.Context) error {
	if t.m.o.Outbox == nil {
		return nil
	}
	outcomes, err := t.m.o.Outbox.Untold(ctx, t.c.Conversation)
	if err != nil {
		t.m.o.Log.Error("outcomes not read", "conversation", t.c.Conversation, "err", err)
		return nil
	}
	for _, o := range outcomes {
		switch {
		case !o.State.Settled():
		case t.waits(o):
			if err := t.settled(ctx, o); err != nil {
				return err
			}
		default:
			t.tellOutcome(o)
		}
	}
	return nil
}

// tellOutcome says what became of a change, and remembers it.
func (t *turn) tellOutcome(o tool.Outcome) {
	s := t.m.o.Outbox.Say(o, t.c.Language)
	t.say(s, s)
	t.emit(dialog.Delta{Told: []string{o.ID}})
	if o.Key == t.mem.Key {
		t.mem.KeyOf = ""
	}
	t.mem.did(Done{Tool: o.Tool, State: string(o.State), Result: clip(s, maxQuote), ID: o.ID})
	if o.State == tool.Unknown {
		t.handoff("unknown")
	}
}

// did remembers a change, in the state that it is in now.
func (m *memo) did(d Done) {
	for i := range m.Done {
		if m.Done[i].ID == d.ID && d.ID != "" {
			m.Done[i] = d
			return
		}
	}
	m.Done = append(m.Done, d)
	if n := len(m.Done); n > maxDone {
		m.Done = m.Done[n-maxDone:]
	}
}
