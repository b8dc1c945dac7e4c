// Package desktest is the suite that every registry of the desk passes.
package desktest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
)

// Registry runs the suite. fresh gives an empty registry; other gives another node's view
// of the same one.
func Registry(t *testing.T, fresh func(t *testing.T) desk.Registry, other func(t *testing.T, r desk.Registry) desk.Registry) {
	now := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for name, f := range map[string]func(t *testing.T, r desk.Registry, now time.Time){
		"presence": presence, "profiles": profiles, "waiting": waiting, "places": places,
		"assigned once, within capacity": func(t *testing.T, r desk.Registry, now time.Time) { assigned(t, r, other(t, r), now) },
	} {
		t.Run(name, func(t *testing.T) { f(t, fresh(t), now) })
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func agent(t *testing.T, r desk.Registry, id string) desk.Agent {
	t.Helper()
	as, err := r.Agents(t.Context())
	must(t, err)
	for _, a := range as {
		if a.ID == id {
			return a
		}
	}
	t.Fatalf("%s is not known", id)
	return desk.Agent{}
}

func presence(t *testing.T, r desk.Registry, now time.Time) {
	ctx := t.Context()
	if err := r.Wish(ctx, "nobody", desk.Available, now, now); !errors.Is(err, dialog.ErrNotFound) {
		t.Errorf("a stranger's wish: %v", err)
	}
	must(t, r.Know(ctx, desk.Profile{ID: "a"}))
	is := func(want desk.Status, at time.Time) {
		t.Helper()
		if got := agent(t, r, "a").Status(at); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
	is(desk.Offline, now)
	must(t, r.Wish(ctx, "a", desk.Available, now, now.Add(time.Minute)))
	is(desk.Reconnecting, now)
	is(desk.Offline, now.Add(time.Minute))
	must(t, r.Connect(ctx, "a", now), r.Connect(ctx, "a", now))
	is(desk.Available, now.Add(time.Hour))
	must(t, r.Disconnect(ctx, "a", now, now.Add(time.Minute)))
	is(desk.Available, now.Add(time.Hour)) // another window is open
	must(t, r.Disconnect(ctx, "a", now, now.Add(time.Minute)), r.Disconnect(ctx, "a", now, now.Add(time.Minute)))
	is(desk.Reconnecting, now.Add(time.Second))
	must(t, r.Connect(ctx, "a", now))
	is(desk.Available, now.Add(time.Hour))
	must(t, r.Wrap(ctx, "a", now.Add(time.Minute)))
	is(desk.WrappingUp, now)
	must(t, r.Wish(ctx, "a", desk.Available, now, now)) // enough of that
	is(desk.Available, now)
	must(t, r.Wish(ctx, "a", desk.Away, now, now))
	is(desk.Away, now)
	must(t, r.Forget(ctx, "a"))
	if as, err := r.Agents(ctx); err != nil || len(as) != 0 {
		t.Errorf("forgotten, and there: %v %v", as, err)
	}
}

func profiles(t *testing.T, r desk.Registry, now time.Time) {
	ctx := t.Context()
	must(t, r.Know(ctx, desk.Profile{ID: "b", Name: "Bo", Role: "agent", Queues: []string{"sales"}, Skills: map[string]int{"en": 4}, Chats: 2}),
		r.Know(ctx, desk.Profile{ID: "a"}), r.Connect(ctx, "b", now), r.Wish(ctx, "b", desk.Available, now, now), r.Keep(ctx, "b", "c1", desk.Chat))
	must(t, r.Know(ctx, desk.Profile{ID: "b", Name: "Bob", Role: "supervisor", Skills: map[string]int{"zh": 2}}))
	b := agent(t, r, "b")
	if b.Name != "Bob" || b.Role != "supervisor" || len(b.Queues) != 0 || len(b.Skills) != 1 || b.Skills["zh"] != 2 || b.Chats != 0 {
		t.Errorf("changed: %+v", b)
	}
	if !b.Connected() || b.Wish != desk.Available || len(b.Seats) != 1 {
		t.Errorf("what is live went with the change: %+v", b)
	}
	if as, err := r.Agents(ctx); err != nil || len(as) != 2 || as[0].ID != "a" {
		t.Errorf("not by id: %v %v", as, err)
	}
}

func waiting(t *testing.T, r desk.Registry, now time.Time) {
	ctx := t.Context()
	e := desk.Entry{Transfer: "t1", Conversation: "c1", Kind: desk.Chat, Queue: "sales", Language: "zh-CN", Skills: []string{"x"}, Priority: 2,
		Only: "a", From: "b", Not: []string{"d"}, First: true, Since: now, Queued: now.Add(time.Second)}
	must(t, r.Wait(ctx, e), r.Wait(ctx, desk.Entry{Transfer: "t2", Since: now.Add(-time.Second)}))
	ws, err := r.Waiting(ctx)
	must(t, err)
	if len(ws) != 2 || fmt.Sprintf("%+v", ws[1]) != fmt.Sprintf("%+v", e) {
		t.Errorf("%+v", ws)
	}
	e.Queue = "support"
	must(t, r.Wait(ctx, e), r.Unwait(ctx, "t2"), r.Unwait(ctx, "t2"))
	if ws, err = r.Waiting(ctx); err != nil || len(ws) != 1 || ws[0].Queue != "support" {
		t.Errorf("%+v %v", ws, err)
	}
}

func places(t *testing.T, r desk.Registry, now time.Time) {
	ctx := t.Context()
	must(t, r.Know(ctx, desk.Profile{ID: "a", Chats: 2}), r.Wait(ctx, desk.Entry{Transfer: "t1", Conversation: "c1", Kind: desk.Chat}))
	if err := r.Assign(ctx, "t1", "a", "o1", now); !errors.Is(err, desk.ErrFull) {
		t.Errorf("who is not there was asked: %v", err)
	}
	must(t, r.Connect(ctx, "a", now), r.Wish(ctx, "a", desk.Available, now, now))
	if err := r.Assign(ctx, "t1", "nobody", "o1", now); !errors.Is(err, dialog.ErrNotFound) {
		t.Errorf("a stranger was asked: %v", err)
	}
	must(t, r.Assign(ctx, "t1", "a", "o1", now))
	if err := r.Assign(ctx, "t1", "a", "o2", now); !errors.Is(err, desk.ErrTaken) {
		t.Errorf("asked twice: %v", err)
	}
	if a := agent(t, r, "a"); a.Status(now) != desk.BeingAsked || len(a.Seats) != 1 || a.Seats[0] != (desk.Seat{Conversation: "c1", Kind: desk.Chat, Offer: "o1"}) {
		t.Errorf("%+v", a)
	}
	must(t, r.Keep(ctx, "a", "c1", desk.Chat), r.Keep(ctx, "a", "c1", desk.Chat))
	if a := agent(t, r, "a"); a.Status(now) != desk.Available || len(a.Seats) != 1 {
		t.Errorf("kept: %+v", a)
	}
	must(t, r.Keep(ctx, "a", "c2", desk.Chat), r.Keep(ctx, "a", "c3", desk.Chat)) // taken over, beyond what is asked of anybody
	if a := agent(t, r, "a"); a.Status(now) != desk.Occupied {
		t.Errorf("full: %s", a.Status(now))
	}
	later := now.Add(time.Minute)
	must(t, r.Free(ctx, "a", "c2", later), r.Free(ctx, "a", "c2", later), r.Free(ctx, "a", "c3", later), r.Free(ctx, "nobody", "c1", later), r.Free(ctx, "a", "c1", later))
	if a := agent(t, r, "a"); len(a.Seats) != 0 || !a.Idle.Equal(later) {
		t.Errorf("freed: %+v", a)
	}
}

// assigned lets two nodes give the same transfers to the same people at once.
func assigned(t *testing.T, one, two desk.Registry, now time.Time) {
	const transfers, people, chats = 40, 3, 5
	ctx := t.Context()
	for p := range people {
		id := fmt.Sprintf("a%d", p)
		must(t, one.Know(ctx, desk.Profile{ID: id, Chats: chats}), one.Connect(ctx, id, now), one.Wish(ctx, id, desk.Available, now, now))
	}
	for i := range transfers {
		must(t, one.Wait(ctx, desk.Entry{Transfer: fmt.Sprintf("t%02d", i), Conversation: dialog.ConversationID(fmt.Sprintf("c%d", i)), Kind: desk.Chat, Since: now}))
	}
	var mu sync.Mutex
	won := map[string]int{}
	var wg sync.WaitGroup
	for n, r := range []desk.Registry{one, two, one, two} {
		wg.Go(func() {
			for i := range transfers {
				tr := fmt.Sprintf("t%02d", (i+n/2*transfers/2)%transfers)                                // two ask for the same, two for others,
				err := r.Assign(ctx, tr, fmt.Sprintf("a%d", i%people), fmt.Sprintf("o%d-%d", n, i), now) // all of one person
				if err == nil {
					mu.Lock()
					won[tr]++
					mu.Unlock()
				} else if !errors.Is(err, desk.ErrTaken) && !errors.Is(err, desk.ErrFull) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for tr, n := range won {
		if n > 1 {
			t.Errorf("%s was given %d times", tr, n)
		}
	}
	if len(won) != people*chats {
		t.Errorf("%d given, there are %d places", len(won), people*chats)
	}
	ws, err := two.Waiting(ctx)
	must(t, err)
	if len(ws) != transfers-people*chats {
		t.Errorf("%d wait", len(ws))
	}
}
