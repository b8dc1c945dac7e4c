package store_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"parley/dialog"
	"parley/dialog/store"
)

func say(t *testing.T, s *store.Store, id dialog.ConversationID, note bool, text string) {
	t.Helper()
	b, _ := json.Marshal(dialog.MessageData{ID: dialog.TurnID(text), From: dialog.Customer, Text: text, Private: note})
	kind := dialog.MessageCreated
	if note {
		kind = dialog.NoteCreated
	}
	if _, err := s.Append(t.Context(), id, 0, dialog.Record{Type: kind, Data: b}); err != nil {
		t.Fatal(err)
	}
}

func TestATransferIsKeptStepByStep(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		id, ctx := begin(t, s), t.Context()
		one := store.Transfer{ID: "t1", Conversation: id, State: "queued", Created: 1, Body: "{}"}
		if _, added, err := s.AddTransfer(ctx, one); err != nil || !added {
			t.Fatal(added, err)
		}
		two := one
		two.ID = "t2"
		if kept, added, err := s.AddTransfer(ctx, two); err != nil || added || kept.ID != "t1" {
			t.Fatalf("a second one began: %+v %v %v", kept, added, err)
		}
		ts, err := s.Transfers(ctx)
		if err != nil || len(ts) != 1 {
			t.Fatal(ts, err)
		}
		step := store.TransferStep{Transfer: ts[0], Updated: json.RawMessage(`{"state":"queued"}`), Holder: dialog.HeldByQueue, Queue: "sales"}
		rs, err := s.StepTransfer(ctx, step)
		if err != nil || len(rs) != 2 || rs[0].Type != dialog.TransferUpdated || rs[1].Type != dialog.ConversationUpdated {
			t.Fatal(rs, err)
		}
		if c, err := s.Conversation(ctx, id); err != nil || c.Holder != dialog.HeldByQueue || c.Queue != "sales" {
			t.Errorf("%+v %v", c, err)
		}
		if _, err := s.StepTransfer(ctx, step); !errors.Is(err, dialog.ErrStale) {
			t.Errorf("a step from the past: %v", err)
		}
		step.Transfer.Version, step.Transfer.State, step.Transfer.Ended, step.Holder, step.Agent, step.Updated = 1, "completed", 5, dialog.HeldByAgent, "user_1", nil
		if rs, err = s.StepTransfer(ctx, step); err != nil || len(rs) != 1 {
			t.Fatal(rs, err)
		}
		if cs, err := s.HeldByPeople(ctx); err != nil || len(cs) != 1 || cs[0].Agent != "user_1" {
			t.Error(cs, err)
		}
		if k, err := s.Known(ctx, id); err != nil || k.Holder != dialog.HeldByAgent {
			t.Error(k, err)
		}
		if rs, err := s.Hold(ctx, id, dialog.HeldByBot, "", ""); err != nil || len(rs) != 1 {
			t.Error(rs, err)
		}
		if rs, err := s.Hold(ctx, id, dialog.HeldByBot, "", ""); err != nil || len(rs) != 0 {
			t.Error("nothing changed, and it was told: ", rs, err)
		}
		if _, added, err := s.AddTransfer(ctx, two); err != nil || !added {
			t.Error("after the first the second does not begin: ", err)
		}
		if got, err := s.TransferOf(ctx, id); err != nil || got.ID != "t2" {
			t.Error(got, err)
		}
		cert, err := s.Forget(ctx, id, "customer")
		if err != nil || cert.Removed.Transfers != 2 {
			t.Fatal(cert, err)
		}
		if _, err := s.StepTransfer(ctx, store.TransferStep{Transfer: two, Updated: json.RawMessage(`{}`)}); !errors.Is(err, dialog.ErrClosed) {
			t.Errorf("a forgotten conversation was written to: %v", err)
		}
		if _, _, err := s.AddTransfer(ctx, store.Transfer{ID: "t3", Conversation: id}); !errors.Is(err, dialog.ErrClosed) {
			t.Errorf("a person for a conversation that is over: %v", err)
		}
	})
}

// What came in by a line that has a queue is its team's from the beginning.
func TestTheLineOfAConversationSaysWhoseItIs(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		id, _, err := s.Create(t.Context(), store.NewConversation{Queue: "claims"})
		if err != nil {
			t.Fatal(err)
		}
		for queue, want := range map[string]int{"claims": 1, "sales": 0} {
			if got, err := s.Find(t.Context(), store.Finding{Limit: 10, Scope: &store.Scope{Queues: []string{queue}}}); err != nil || len(got) != want {
				t.Errorf("%s sees %v of %s, %v", queue, got, id, err)
			}
		}
	})
}

func TestConversationsAreFoundByWhatWasSaid(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		a, b, c := begin(t, s), begin(t, s), begin(t, s)
		say(t, s, a, false, "My headphones never arrived, order 48-15!")
		say(t, s, b, false, "旅行险赔行李丢失吗？")
		say(t, s, c, false, "hello")
		say(t, s, c, true, "angry about HEADPHONES")
		if _, err := s.Hold(ctx, b, dialog.HeldByQueue, "", "sales"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Hold(ctx, c, dialog.HeldByAgent, "user_1", ""); err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]struct {
			f    store.Finding
			want []dialog.ConversationID
		}{
			"all":                     {store.Finding{}, []dialog.ConversationID{c, b, a}},
			"a word, also in notes":   {store.Finding{Words: "Headphones"}, []dialog.ConversationID{c, a}},
			"all words":               {store.Finding{Words: "headphones arrived"}, []dialog.ConversationID{a}},
			"Chinese":                 {store.Finding{Words: "行李"}, []dialog.ConversationID{b}},
			"Chinese, not so":         {store.Finding{Words: "李行"}, nil},
			"an id":                   {store.Finding{Words: string(b)}, []dialog.ConversationID{b}},
			"a name":                  {store.Finding{Words: "lee", Limit: 1}, []dialog.ConversationID{c}},
			"signs alone":             {store.Finding{Words: "?!"}, nil},
			"who has it":              {store.Finding{Holder: dialog.HeldByQueue}, []dialog.ConversationID{b}},
			"a person's":              {store.Finding{Agent: "user_1"}, []dialog.ConversationID{c}},
			"a person's and a line's": {store.Finding{Agent: "user_1", Queues: []string{"sales"}}, []dialog.ConversationID{c, b}},
			"a state":                 {store.Finding{State: store.Closed}, nil},
			"a team's, and the bot's": {store.Finding{Scope: &store.Scope{Queues: []string{"sales"}}}, []dialog.ConversationID{b, a}},
			"its people's":            {store.Finding{Scope: &store.Scope{Agents: []string{"user_1"}}}, []dialog.ConversationID{c, a}},
		} {
			if x.f.Limit == 0 {
				x.f.Limit = 10
			}
			got, err := s.Find(ctx, x.f)
			var ids []dialog.ConversationID
			for _, g := range got {
				ids = append(ids, g.ID)
			}
			if err != nil || !slices.Equal(ids, x.want) {
				t.Errorf("%s: %v %v, want %v", name, ids, err, x.want)
			}
		}
		page, err := s.Find(ctx, store.Finding{Limit: 2})
		if err != nil || len(page) != 2 || page[1].Last == nil || page[0].Name != "Lee" {
			t.Fatal(page, err)
		}
		last := page[1]
		if page, err = s.Find(ctx, store.Finding{Limit: 2, Before: store.Cursor{Updated: last.Updated, ID: last.ID}}); err != nil || len(page) != 1 || page[0].ID != a {
			t.Error(page, err)
		}
		say(t, s, a, false, "a refund please")
		if got, err := s.Find(ctx, store.Finding{Words: "refund", Limit: 5}); err != nil || len(got) != 1 {
			t.Error("what was said since is not found: ", got, err)
		}
		if _, err := s.Forget(ctx, a, "customer"); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Find(ctx, store.Finding{Words: "refund", Limit: 5}); err != nil || len(got) != 0 {
			t.Error("what was forgotten is found: ", got, err)
		}
	})
}
