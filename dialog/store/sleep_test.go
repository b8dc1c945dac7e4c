package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

func TestConversationsFallAsleepAndWake(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id, calls, changes, held := begin(t, s), begin(t, s), begin(t, s), begin(t, s)
		say := func(id dialog.ConversationID, text string) []dialog.Record {
			t.Helper()
			rs, err := s.Append(ctx, id, 0, dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{"text":"` + text + `"}`)})
			if err != nil {
				t.Fatal(err)
			}
			return rs
		}
		say(id, "one")
		if _, err := s.StartCall(ctx, store.Call{ID: "call_1", Conversation: calls, Via: "web", Direction: "in"}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.AddChange(ctx, change(changes, "k", time.Now())); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Hold(ctx, held, dialog.HeldByAgent, "user_1", ""); err != nil {
			t.Fatal(err)
		}
		later := time.Now().Add(time.Second)
		if ids, err := s.Still(ctx, store.Awake, time.Now().Add(-time.Minute), 10); err != nil || len(ids) != 0 {
			t.Error("too soon:", ids, err)
		}
		ids, err := s.Still(ctx, store.Awake, later, 10)
		if err != nil || !slices.Equal(ids, []dialog.ConversationID{id}) {
			t.Fatalf("of %v: %v %v; a call, a change under way and a person keep the others awake", []dialog.ConversationID{id, calls, changes, held}, ids, err)
		}
		r, err := s.Rest(ctx, id, store.Awake, store.Sleeping, later)
		if err != nil || r.Type != dialog.ConversationUpdated || !strings.Contains(string(r.Data), `"sleeping"`) {
			t.Fatal(r, err)
		}
		if _, err := s.Rest(ctx, id, store.Awake, store.Sleeping, later); !errors.Is(err, dialog.ErrConflict) {
			t.Error("asleep already:", err)
		}
		if err := s.Rate(ctx, id, 5, ""); err != nil { // a rating wakes nobody
			t.Fatal(err)
		}
		if c, err := s.Conversation(ctx, id); err != nil || c.State != store.Sleeping {
			t.Error(c.State, err)
		}
		rs := say(id, "back again")
		if len(rs) != 1 || rs[0].Type != dialog.MessageCreated || rs[0].Seq != 5 {
			t.Fatal(rs)
		}
		all, err := s.Since(ctx, id, 3, 10)
		if err != nil || len(all) != 2 || all[0].Type != dialog.ConversationUpdated || !strings.Contains(string(all[0].Data), `"open"`) || all[0].Seq != 4 || all[1].Seq != 5 {
			t.Fatal(all, err)
		}
		if c, err := s.Conversation(ctx, id); err != nil || c.State != store.Awake || c.Seq != 5 {
			t.Error(c.State, c.Seq, err)
		}
		if _, err := s.Rest(ctx, id, store.Awake, store.Sleeping, time.Now().Add(-time.Minute)); !errors.Is(err, dialog.ErrConflict) {
			t.Error("who has just written is not put to sleep:", err)
		}
		for _, x := range [][2]string{{store.Awake, store.Sleeping}, {store.Sleeping, store.Closed}} {
			if _, err := s.Rest(ctx, id, x[0], x[1], time.Now().Add(time.Second)); err != nil {
				t.Fatal(x, err)
			}
		}
		if _, err := s.Append(ctx, id, 0, dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{}`)}); !errors.Is(err, dialog.ErrClosed) {
			t.Error(err)
		}
		// What was promised keeps one awake until a person answers.
		owed := begin(t, s)
		back := time.Now().Add(time.Hour)
		for range 2 {
			if err := s.AddHandoff(ctx, owed, "customer", []byte(`{}`), back); err != nil {
				t.Fatal(err)
			}
		}
		ps, err := s.Promises(ctx, 0, "", 10)
		if err != nil || len(ps) != 1 || ps[0].Conversation != owed || ps[0].Promised != back.UnixMicro() || ps[0].Name() != "Lee" {
			t.Fatal(ps, err)
		}
		if more, err := s.Promises(ctx, ps[0].Promised, ps[0].ID, 10); err != nil || len(more) != 0 {
			t.Error(more, err)
		}
		for _, from := range []string{"customer", "agent"} {
			if ids, err := s.Still(ctx, store.Awake, time.Now().Add(time.Second), 10); err != nil || slices.Contains(ids, owed) {
				t.Error("it sleeps although it is owed an answer:", ids, err)
			}
			if _, err := s.Append(ctx, owed, 0, dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{"from":"` + from + `","text":"x"}`)}); err != nil {
				t.Fatal(err)
			}
		}
		if ps, err := s.Promises(ctx, 0, "", 10); err != nil || len(ps) != 0 {
			t.Error("a person has answered:", ps, err)
		}
		if ids, err := s.Still(ctx, store.Awake, time.Now().Add(time.Second), 10); err != nil || !slices.Contains(ids, owed) {
			t.Error("nothing keeps it awake:", ids, err)
		}
		// A person who takes over one that sleeps wakes it.
		if _, err := s.EndCall(ctx, "call_1", "left"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Rest(ctx, calls, store.Awake, store.Sleeping, time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		out, err := s.Hold(ctx, calls, dialog.HeldByAgent, "user_1", "")
		if err != nil || len(out) != 1 || !strings.Contains(string(out[0].Data), `"open"`) {
			t.Error(out, err)
		}
	})
}
