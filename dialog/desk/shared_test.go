package desk_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/desk/desktest"
	"parley/dialog/redistest"
)

var nodes atomic.Int64

// view is a node's, in a tenant's space of its own.
func view(t *testing.T, s *redistest.Server, tenant dialog.TenantID) *desk.Shared {
	t.Helper()
	r, err := desk.NewShared(t.Context(), s.Client(), tenant, fmt.Sprintf("node%d", nodes.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestSharedRegistry(t *testing.T) {
	s := redistest.Start(t)
	var tenant dialog.TenantID
	desktest.Registry(t, func(t *testing.T) desk.Registry {
		tenant = dialog.TenantID(t.Name())
		return view(t, s, tenant)
	}, func(t *testing.T, _ desk.Registry) desk.Registry { return view(t, s, tenant) })
}

// A person at two nodes is there while one of them lives; a node that goes takes its
// sockets with it, and the person is waited for.
func TestANodeDies(t *testing.T) {
	s := redistest.Start(t)
	one, two := view(t, s, "x"), view(t, s, "x")
	ctx, now := t.Context(), time.Now()
	for _, err := range []error{one.Know(ctx, desk.Profile{ID: "a"}), one.Connect(ctx, "a", now), two.Connect(ctx, "a", now), one.Wish(ctx, "a", desk.Available, now, now)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	status := func(r desk.Registry) desk.Status {
		as, err := r.Agents(ctx)
		if err != nil || len(as) != 1 {
			t.Fatal(as, err)
		}
		return as[0].Status(time.Now())
	}
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	if st := status(two); st != desk.Available {
		t.Errorf("a node of two died: %s", st)
	}
	third := view(t, s, "x")
	if err := two.Close(); err != nil {
		t.Fatal(err)
	}
	if st := status(third); st != desk.Reconnecting {
		t.Errorf("both died: %s", st)
	}
	if err := third.Connect(ctx, "a", now); err != nil {
		t.Fatal(err)
	}
	if st := status(third); st != desk.Available {
		t.Errorf("back at another: %s", st)
	}
}

// Redis goes away in the middle and comes back: what was given stays given once.
func TestAnAnswerIsLost(t *testing.T) {
	s := redistest.Start(t)
	r := view(t, s, "x")
	ctx, now := t.Context(), time.Now()
	for _, err := range []error{r.Know(ctx, desk.Profile{ID: "a"}), r.Connect(ctx, "a", now), r.Wish(ctx, "a", desk.Available, now, now),
		r.Wait(ctx, desk.Entry{Transfer: "t", Conversation: "c", Kind: desk.Chat}), r.Assign(ctx, "t", "a", "o", now)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Assign(ctx, "t", "a", "o", now); err != nil { // who asked did not hear of it
		t.Errorf("the same again: %v", err)
	}
	if as, err := r.Agents(ctx); err != nil || len(as[0].Seats) != 1 {
		t.Errorf("%+v %v", as, err)
	}
	s.Down()
	if err := r.Wait(ctx, desk.Entry{Transfer: "u"}); err == nil {
		t.Error("nothing was kept, and no error")
	}
	s.Up()
	if err := r.Wait(ctx, desk.Entry{Transfer: "u"}); err != nil {
		t.Errorf("it is back: %v", err)
	}
}

// Redis was away for longer than nodes are waited for: whoever comes back first takes nobody
// for dead, nor the people who sit there.
func TestNobodyIsTakenForDeadAfterAFault(t *testing.T) {
	s := redistest.Start(t)
	ctx, now := t.Context(), time.Now()
	for _, empty := range []bool{true, false} {
		one, two := view(t, s, dialog.TenantID(fmt.Sprint(empty))), view(t, s, dialog.TenantID(fmt.Sprint(empty)))
		for _, err := range []error{one.Know(ctx, desk.Profile{ID: "a"}), one.Connect(ctx, "a", now), one.Wish(ctx, "a", desk.Available, now, now), one.Keep(ctx, "a", "c", desk.Chat)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if as, err := two.Agents(ctx); err != nil || as[0].Status(now) != desk.Available {
			t.Fatal(as, err)
		}
		if empty {
			s.Down()
			s.Up()
		} else {
			c, key := s.Client(), fmt.Sprintf("parley:{%v:desk}:nodes", empty)
			for _, n := range c.HKeys(ctx, key).Val() {
				if err := c.HSet(ctx, key, n, now.Add(-time.Hour).UnixMilli()).Err(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if lives, err := two.Lives(ctx); err != nil || len(lives) != 2 {
			t.Errorf("live: %v %v", lives, err)
		}
		if err := two.Wrap(ctx, "a", now); err != nil { // a change counts out the dead
			t.Error(err)
		}
		as, err := two.Agents(ctx)
		if err != nil || len(as) != 1 || as[0].Wish != desk.Available || len(as[0].Seats) != 1 || !empty && !as[0].Connected() {
			t.Errorf("%+v %v", as, err)
		}
		if _, err := one.Agents(ctx); err != nil {
			t.Fatal(err)
		}
		if as, err = two.Agents(ctx); err != nil || as[0].Status(now) != desk.Available {
			t.Errorf("%+v %v", as, err)
		}
	}
}
