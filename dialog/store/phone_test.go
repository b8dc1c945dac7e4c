package store_test

import (
	"errors"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

const somebody = "+862112345678"

func TestConversationsAreFoundByNumber(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		first, _, err := s.Create(ctx, store.NewConversation{Phone: somebody})
		if err != nil {
			t.Fatal(err)
		}
		chat := begin(t, s)
		for range 2 { // the second does not replace it
			if err := s.Reached(ctx, chat, somebody); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Reached(ctx, chat, "+862100000000"); err != nil {
			t.Fatal(err)
		}
		cs, err := s.ByPhone(ctx, somebody, 10)
		if err != nil || len(cs) != 2 || cs[0].ID != chat || cs[1].ID != first || cs[0].Phone() != somebody || cs[0].Name() != "Lee" {
			t.Fatal(cs, err)
		}
		if cs, err := s.ByPhone(ctx, "", 10); err != nil || len(cs) != 0 {
			t.Error("those without a number have one in common", cs, err)
		}
		if _, err := s.Bar(ctx, somebody, "asked", "customer"); err != nil {
			t.Fatal(err)
		}
		if err := s.AddDial(ctx, store.Dial{ID: "call_9", Conversation: first, Trunk: "a", Body: somebody}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.AddTask(ctx, store.Task{ID: "task_9", Kind: store.Callback, Conversation: first, Body: "{}"}); err != nil {
			t.Fatal(err)
		}
		cert, err := s.Forget(ctx, first, "customer")
		if err != nil || len(cert.Kept) != 1 {
			t.Fatal(cert, err)
		}
		if cs, _ := s.ByPhone(ctx, somebody, 10); len(cs) != 1 || cs[0].ID != chat {
			t.Error("a forgotten conversation is found by its number", cs)
		}
		if ds, err := s.Dials(ctx, time.Time{}); err != nil || len(ds) != 1 || ds[0].Body != "" {
			t.Error("the number of who is forgotten stays", ds, err)
		}
		if ts, err := s.Tasks(ctx, store.Callback, 10); err != nil || len(ts) != 0 {
			t.Error("who is forgotten is called back", ts, err)
		}
		if err := s.Reached(ctx, first, somebody); !errors.Is(err, dialog.ErrClosed) {
			t.Error(err)
		}
	})
}

func TestTheDoNotCallList(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		for _, n := range []string{somebody, "+12125550123", somebody} {
			b, err := s.Bar(ctx, n, "said so", "u")
			if number, reason := b.Number(); err != nil || number != n || reason != "said so" {
				t.Fatal(b, err)
			}
		}
		bs, err := s.BarredNumbers(ctx, 0, "", 1)
		if err != nil || len(bs) != 1 {
			t.Fatal(bs, err)
		}
		if bs, err = s.BarredNumbers(ctx, bs[0].At, bs[0].ID, 10); err != nil || len(bs) != 1 {
			t.Fatal(bs, err)
		}
		if on, err := s.IsBarred(ctx, somebody); err != nil || !on {
			t.Error(on, err)
		}
		if err := s.Unbar(ctx, somebody); err != nil {
			t.Error(err)
		}
		if on, err := s.IsBarred(ctx, somebody); err != nil || on {
			t.Error(on, err)
		}
		if err := s.Unbar(ctx, somebody); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestSwitchesAndDialsAreKept(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if v, err := s.Switched(ctx, "outbound"); err != nil || v != "" {
			t.Error(v, err)
		}
		for _, v := range []string{"off", "on", "off"} {
			if err := s.Switch(ctx, "outbound", v, "u"); err != nil {
				t.Fatal(err)
			}
		}
		if v, err := s.Switched(ctx, "outbound"); err != nil || v != "off" {
			t.Error(v, err)
		}
		id := begin(t, s)
		before := time.Now()
		if err := s.AddDial(ctx, store.Dial{ID: "call_1", Conversation: id, Trunk: "a", Body: somebody}); err != nil {
			t.Fatal(err)
		}
		if err := s.EndDial(ctx, "call_1", 1500*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if ds, err := s.Dials(ctx, before.Add(-time.Second)); err != nil || len(ds) != 1 || ds[0].Seconds != 2 || ds[0].Body != somebody {
			t.Error(ds, err)
		}
		if ds, err := s.Dials(ctx, time.Now().Add(time.Minute)); err != nil || len(ds) != 0 {
			t.Error(ds, err)
		}
	})
}

// A task is done by one at a time, comes again when its owner does not, and ends once.
func TestTasksAreTakenByOne(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s)
		now := time.Now()
		task := store.Task{ID: "task_1", Kind: store.Callback, Conversation: id, Due: now.UnixMicro(), Body: `{"a":1}`}
		if _, added, err := s.AddTask(ctx, task); err != nil || !added {
			t.Fatal(added, err)
		}
		task.ID = "task_2"
		if kept, added, err := s.AddTask(ctx, task); err != nil || added || kept.ID != "task_1" {
			t.Fatal("a conversation has two", kept, err)
		}
		was, _, err := s.TaskOf(ctx, id, store.Callback)
		if err != nil {
			t.Fatal(err)
		}
		is := was
		is.Tries, is.Lease, is.Body = 1, now.Add(time.Minute).UnixMicro(), `{"a":2}`
		if r, err := s.StepTask(ctx, was, is, dialog.CallbackUpdated, map[string]string{"state": "calling"}); err != nil || r.Type != dialog.CallbackUpdated || r.Seq == 0 {
			t.Fatal(r, err)
		}
		if _, err := s.StepTask(ctx, was, is, dialog.CallbackUpdated, nil); !errors.Is(err, dialog.ErrConflict) {
			t.Error("two have it:", err)
		}
		if k, ok, err := s.TaskOf(ctx, id, store.Callback); err != nil || !ok || k.Tries != 1 || k.Body != `{"a":2}` {
			t.Error(k, ok, err)
		}
		if ids, err := s.Still(ctx, store.Awake, time.Now().Add(time.Hour), 10); err != nil || len(ids) != 0 {
			t.Error("a conversation with something to do sleeps", ids, err)
		}
		if met, closed, err := s.Met(ctx, store.Callback); err != nil || len(met)+len(closed) != 0 {
			t.Error(met, closed, err)
		}
		row := store.Transfer{ID: "transfer_1", Conversation: id, State: "completed", Created: now.UnixMicro(), Ended: time.Now().Add(time.Second).UnixMicro(), Body: "{}"}
		if _, _, err := s.AddTransfer(ctx, row); err != nil {
			t.Fatal(err)
		}
		if met, closed, err := s.Met(ctx, store.Callback); err != nil || len(met) != 1 || met[0].ID != "task_1" || met[0].Body != `{"a":2}` || len(closed) != 0 {
			t.Error(met, closed, err)
		}
		ended := is
		ended.Ended, ended.Outcome = time.Now().UnixMicro(), "done"
		if _, err := s.StepTask(ctx, is, ended, "", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := s.StepTask(ctx, ended, is, "", nil); !errors.Is(err, dialog.ErrConflict) {
			t.Error("what is over goes on:", err)
		}
		if ts, err := s.EndedTasks(ctx, store.Callback, now.Add(-time.Minute), 10); err != nil || len(ts) != 1 || ts[0].Outcome != "done" {
			t.Error(ts, err)
		}
		if _, ok, err := s.TaskOf(ctx, id, store.Callback); err != nil || ok {
			t.Error(ok, err)
		}
		if _, added, err := s.AddTask(ctx, task); err != nil || !added {
			t.Error("after one there is never another", err)
		}
	})
}
