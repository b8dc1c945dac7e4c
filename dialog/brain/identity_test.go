package brain_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/form"
	"parley/dialog/store"
	"parley/dialog/tool"
	"parley/dialog/tool/tooltest"
	"parley/dialog/verify"
)

// guarded is a company whose returns need a proof; it counts what it is asked.
func guarded(t *testing.T, checks *int) (*company, *store.Store, dialog.ConversationID) {
	t.Helper()
	c := systems(t)
	forms, err := form.Load([]byte(strings.Replace(procedures, "  - read: find_order\n", "  - read: find_order\n    level: 1\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	b := book{}
	for _, f := range forms {
		b[f.Name] = f
	}
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	id, _, err := s.Create(t.Context(), store.NewConversation{})
	if err != nil {
		t.Fatal(err)
	}
	spec := tool.Spec{Name: "check", Effect: tool.Reads, Private: true, Title: tool.Text{"en": "Check"}, Schema: []byte(`{"type":"object"}`)}
	if err := c.box.Add(&tooltest.Tool{S: spec, F: func(_ context.Context, k tool.Call) (tool.Result, error) {
		*checks++
		if k.Args["last_digits"] == "0147" {
			return tool.Result{Data: map[string]any{"level": 1, "customer": "C1"}}, nil
		}
		return tool.Result{Data: map[string]any{"level": 0}}, nil
	}}); err != nil {
		t.Fatal(err)
	}
	c.Forms, c.Identity = b, brain.Identity{Tool: "check", Count: s.Attempt}
	return c, s, id
}

// Whoever interrupts every reply to a wrong answer gets no more attempts for it.
func TestAnAttemptCountsWhateverBecomesOfTheReply(t *testing.T) {
	checks := 0
	c, _, id := guarded(t, &checks)
	c.Identity.Guard = &verify.Guard{}
	k := begin(t, "en", c.Options)
	k.id = id
	if s := k.say("I want to return my headphones, order 4815"); !strings.Contains(s, "digits") {
		t.Fatalf("no proof is asked for: %q", s)
	}
	for i := range 12 {
		k.id = id
		kept, history := k.known.Memo, k.history
		k.say(fmt.Sprintf("%04d", 1000+i))
		k.known.Memo, k.history = kept, history // nobody heard the reply
	}
	if checks != verify.MaxTries {
		t.Errorf("%d attempts", checks)
	}
	if s := k.say("0147"); strings.Contains(s, "Brightwood") || checks != verify.MaxTries {
		t.Errorf("the right one after too many wrong ones: %q, %d attempts", s, checks)
	}
}

// Right answers are not counted, and tell whose conversation it is.
func TestWhoWasIdentifiedIsTold(t *testing.T) {
	checks := 0
	c, s, id := guarded(t, &checks)
	k := begin(t, "en", c.Options)
	k.id = id
	k.say("I want to return my headphones, order 4815")
	if reply := k.say("0147"); !strings.Contains(reply, "Brightwood") {
		t.Fatalf("%q", reply)
	}
	if n, err := s.Attempt(t.Context(), id, "proof", 0); n != 0 || err != nil {
		t.Error(n, err)
	}
	found := false
	for _, a := range k.actions {
		found = found || a.Kind == brain.Identified && a.Args["customer"] == (dialog.Person{Space: dialog.Systems, ID: "C1"})
	}
	if !found {
		t.Errorf("%+v", k.actions)
	}
}
