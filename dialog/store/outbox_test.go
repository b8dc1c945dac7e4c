package store_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

func change(id dialog.ConversationID, key string, at time.Time) store.Change {
	return store.Change{Conversation: id, Key: key, Tool: "book", Idempotent: "key", State: store.ChangeWaiting, Due: at.UnixMicro(), Created: at.UnixMicro(), Body: `{"a":1}`}
}

func TestAChangeIsKeptOnceAndTakenOnce(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), time.Now()
		first, again, err := s.AddChange(ctx, change("c", "k", now))
		if err != nil || again || first.ID == "" {
			t.Fatal(first, again, err)
		}
		second, again, err := s.AddChange(ctx, change("c", "k", now.Add(time.Second)))
		if err != nil || !again || second.ID != first.ID {
			t.Error(second, again, err)
		}
		other := change("c", "k", now)
		other.Body = `{"a":2}`
		if _, _, err := s.AddChange(ctx, other); !errors.Is(err, dialog.ErrConflict) {
			t.Error("the key for another change:", err)
		}
		var wg sync.WaitGroup
		var taken atomic.Int64
		for i := range 8 {
			wg.Go(func() {
				c := first
				ok, err := s.TakeChange(ctx, &c, fmt.Sprint("owner", i), now, now.Add(time.Minute))
				if err != nil {
					t.Error(err)
				}
				if ok {
					taken.Add(1)
				}
			})
		}
		wg.Wait()
		if taken.Load() != 1 {
			t.Errorf("taken %d times", taken.Load())
		}
	})
}

func TestChangesAreDueInTheirOrder(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), time.Now()
		add := func(id dialog.ConversationID, key string, at time.Time) store.Change {
			c, _, err := s.AddChange(ctx, change(id, key, at))
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		a, _, _, later := add("c", "a", now.Add(-3*time.Second)), add("c", "b", now.Add(-2*time.Second)), add("d", "x", now.Add(-time.Second)), add("e", "y", now.Add(time.Hour))
		due := func(at time.Time) (keys string, next time.Time) {
			cs, next, err := s.DueChanges(ctx, at, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cs {
				keys += c.Key
			}
			return keys, next
		}
		if keys, next := due(now); keys != "ax" || next.UnixMicro() != later.Due {
			t.Errorf("due are %q, next is %v", keys, next)
		}
		if ok, err := s.TakeChange(ctx, &a, "o", now, now.Add(time.Minute)); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if keys, next := due(now); keys != "x" || next.UnixMicro() != a.Lease {
			t.Errorf("while the first runs: %q, %v", keys, next)
		}
		if keys, _ := due(now.Add(2 * time.Minute)); keys != "ax" {
			t.Errorf("after its owner has gone: %q", keys)
		}
		if err := s.FreeChanges(ctx, "o"); err != nil {
			t.Fatal(err)
		}
		if keys, _ := due(now); keys != "x" {
			t.Errorf("its own was freed: %q", keys)
		}
		if err := s.FreeChanges(ctx, "p"); err != nil {
			t.Fatal(err)
		}
		if keys, _ := due(now); keys != "ax" {
			t.Errorf("what others left: %q", keys)
		}
		a.State, a.Settled = store.ChangeDone, now.UnixMicro()
		if _, ok, err := s.KeepChange(ctx, a, "o", a.Attempts); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if keys, _ := due(now); keys != "bx" {
			t.Errorf("after the first: %q", keys)
		}
	})
}

func TestWhoComesLateChangesNothingButKnowsWhatHasHappened(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), time.Now()
		c, _, err := s.AddChange(ctx, change("c", "k", now))
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := s.TakeChange(ctx, &c, "slow", now, now); !ok || err != nil {
			t.Fatal(ok, err)
		}
		late := c
		if ok, err := s.TakeChange(ctx, &c, "next", now, now); !ok || err != nil || c.Attempts != 2 {
			t.Fatal(ok, err, c.Attempts)
		}
		keep := func(c store.Change, owner string, state string) bool {
			t.Helper()
			n := c.Attempts
			if c.State = state; state != store.ChangeWaiting {
				c.Settled = now.UnixMicro()
			}
			_, ok, err := s.KeepChange(ctx, c, owner, n)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if keep(late, "slow", store.ChangeFailed) || keep(late, "slow", store.ChangeWaiting) || keep(late, "slow", store.ChangeDone) {
			t.Error("who came late was believed while another runs it")
		}
		if !keep(c, "next", store.ChangeUnknown) || keep(late, "slow", store.ChangeFailed) {
			t.Error("unknown")
		}
		if err := s.ToldChanges(ctx, now, c.ID); err != nil {
			t.Fatal(err)
		}
		if us, err := s.UntoldChanges(ctx, "c"); err != nil || len(us) != 0 {
			t.Error(us, err)
		}
		if !keep(late, "slow", store.ChangeDone) {
			t.Error("that it has happened was not believed")
		}
		us, err := s.UntoldChanges(ctx, "c")
		if err != nil || len(us) != 1 || us[0].State != store.ChangeDone {
			t.Error("it is not told again:", us, err)
		}
		if all, err := s.UntoldSince(ctx, now.Add(-time.Minute), 10); err != nil || len(all) != 1 {
			t.Error(all, err)
		}
		if keep(c, "next", store.ChangeDone) || keep(c, "next", store.ChangeFailed) {
			t.Error("changed once it was done")
		}
	})
}

// The arguments of a tool's settled changes can be emptied, and no others are.
func TestSettledArgumentsAreEmptied(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), time.Now()
		ids := map[string]string{}
		for _, key := range []string{"settled", "open", "another tool's"} {
			c := change("c", key, now)
			if key == "another tool's" {
				c.Tool = "other"
			}
			c, _, err := s.AddChange(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			ids[key] = c.ID
			if key == "open" {
				continue
			}
			if ok, err := s.TakeChange(ctx, &c, "me", now, now.Add(time.Minute)); !ok || err != nil {
				t.Fatal(ok, err)
			}
			c.State, c.Settled = store.ChangeDone, now.UnixMicro()
			if _, ok, err := s.KeepChange(ctx, c, "me", c.Attempts); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
		if n, err := s.BlankChanges(ctx, "book", now.Add(-time.Minute)); n != 0 || err != nil {
			t.Error("too soon: ", n, err)
		}
		if n, err := s.BlankChanges(ctx, "book", now.Add(time.Minute)); n != 1 || err != nil {
			t.Error(n, err)
		}
		for key, want := range map[string]string{"settled": `{}`, "open": `{"a":1}`, "another tool's": `{"a":1}`} {
			if c, err := s.GetChange(ctx, ids[key]); err != nil || c.Body != want {
				t.Errorf("%s: %s %v", key, c.Body, err)
			}
		}
	})
}
