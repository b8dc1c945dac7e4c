package brain

import (
	"context"
	"strings"

	"parley/dialog"
	"parley/dialog/memory"
	"parley/dialog/verify"
)

// Remember is the kind of an action that adds to a customer's profile: "customer",
// "facts" ([]memory.Fact), "open" (memory.Matter).
const Remember = "remember"

// acquaint recalls a verified customer, and notes what the customer states.
func (t *turn) acquaint(ctx context.Context) {
	if t.mem.Summary != "" {
		t.c.Notes = append(t.c.Notes, "before, in this conversation: "+t.mem.Summary)
	}
	id := t.verified()
	if id == "" || t.m.o.Profile == nil {
		return
	}
	p, err := t.m.o.Profile(ctx, id)
	if err != nil {
		t.m.o.Log.Error("customer not recalled", "conversation", t.c.Conversation, "err", err)
		return
	}
	t.known = p
	t.c.Notes = append(t.c.Notes, p.Notes(t.c.Conversation)...)
	var facts []memory.Fact
	for _, q := range t.c.Question {
		facts = append(facts, memory.Stated(t.c.Conversation, q)...)
	}
	if len(facts) > 0 {
		t.emit(dialog.Delta{Action: &dialog.Action{Kind: Remember, Args: map[string]any{"customer": id, "facts": facts}}})
	}
}

// verified is the customer whose profile may be used: proven, not claimed.
func (t *turn) verified() string {
	if t.mem.Verify.Level >= verify.Proven {
		return t.mem.Verify.Customer
	}
	return ""
}

// again greets a customer who comes back with something open and says no more than
// hello, and reports whether it did.
func (t *turn) again() bool {
	open := t.known.Before(t.c.Conversation)
	if len(open) == 0 || substantial(t.text) || strings.TrimSpace(t.text) == "" {
		return false
	}
	for _, h := range t.c.History {
		if h.From == dialog.Customer {
			return false
		}
	}
	t.say("Hello again. Last time you wrote to us: “"+open[0].Text+"” Is it about that?", "您好，欢迎回来。上次您说的是：“"+open[0].Text+"”，这次是关于这件事吗？")
	return true
}
