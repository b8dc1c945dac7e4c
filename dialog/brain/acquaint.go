package brain

import (
	"context"
	"strings"

	"parley/dialog"
	"parley/dialog/memory"
	"parley/dialog/verify"
)

// Kinds of actions for records: Remember adds to a customer's profile, with "customer"
// (dialog.Person), "facts" ([]memory.Fact), "open" (memory.Matter). Identified tells whose
// conversation it is, with "customer".
const (
	Remember   = "remember"
	Identified = "identified"
)

// acquaint recalls a verified customer, and notes what the customer states.
func (t *turn) acquaint(ctx context.Context) {
	if t.mem.Summary != "" {
		t.c.Notes = append(t.c.Notes, "before, in this conversation: "+t.mem.Summary)
	}
	id := t.verified()
	if id.ID == "" || t.m.o.Profile == nil {
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
func (t *turn) verified() dialog.Person {
	if t.mem.Verify.Level >= verify.Proven {
		return t.identity()
	}
	return dialog.Person{}
}

// identity is who the customer was shown to be, at whatever level.
func (t *turn) identity() dialog.Person {
	switch v := t.mem.Verify; {
	case v.Level == verify.Unknown || v.Customer == "":
		return dialog.Person{}
	case v.Method == verify.BySite:
		return dialog.Person{Space: dialog.SiteSpace(t.c.Known.Site), ID: v.Customer}
	default:
		return dialog.Person{Space: dialog.Systems, ID: v.Customer}
	}
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
