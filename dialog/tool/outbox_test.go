package tool_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/tool"
	"parley/dialog/tool/tooltest"
)

// rig is an outbox over a scripted system and a store, on a virtual clock.
type rig struct {
	*testing.T
	sys   *tooltest.System
	store *store.Store
	box   *tool.Box
	out   *tool.Outbox

	mu   sync.Mutex
	told []string // changes that Settled was told of
}

func newRig(t *testing.T, sys *tooltest.System) *rig {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, sys: sys, store: s}
	r.start()
	return r
}

func (r *rig) start() {
	r.Helper()
	r.box = tool.NewBox(tool.Options{})
	for _, x := range r.sys.Tools() {
		if err := r.box.Add(x); err != nil {
			r.Fatal(err)
		}
	}
	r.out = tool.NewOutbox(tool.OutboxOptions{Box: r.box, Journal: r.store, Alone: true,
		Settled: func(_ context.Context, _ dialog.ConversationID, change string) error {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.told = append(r.told, change)
			return nil
		}})
	if err := r.out.Start(context.Background()); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) close() {
	r.Helper()
	if err := errors.Join(r.out.Close(context.Background()), r.box.Close(), r.store.Close()); err != nil {
		r.Error(err)
	}
}

func (r *rig) settled() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.told)
}

func request(name, number string) tool.ChangeRequest {
	return tool.ChangeRequest{User: tool.User{Role: tool.Customer, Conversation: "c", Language: "en"}, Key: "key-" + number, Tool: name, Args: map[string]any{"number": number}}
}

func moods(list ...tooltest.Mood) *tooltest.System {
	return &tooltest.System{Late: 3 * time.Second, Mood: func(n int) tooltest.Mood {
		if n <= len(list) {
			return list[n-1]
		}
		return list[len(list)-1]
	}}
}

func TestWhatBecomesOfAChange(t *testing.T) {
	m := func(l ...tooltest.Mood) []tooltest.Mood { return l }
	for _, c := range []struct {
		name, tool string
		moods      []tooltest.Mood
		state      tool.State
		runs       int
	}{
		{"at once", "book", m(tooltest.Fine), tool.Done, 1},
		{"slow", "book", m(tooltest.Slow), tool.Done, 1},
		{"down, then up", "book", m(tooltest.Down, tooltest.Down, tooltest.Fine), tool.Done, 1},
		{"down for good", "book", m(tooltest.Down), tool.Failed, 0},
		{"refused", "book", m(tooltest.Refusing), tool.Failed, 0},
		{"done, and said to have failed", "book", m(tooltest.Lying, tooltest.Fine), tool.Done, 1},
		{"done, and silent", "book", m(tooltest.Silent, tooltest.Fine), tool.Done, 1},
		{"hangs for good", "book", m(tooltest.Hanging), tool.Unknown, 0},
		{"natural, done and then refused", "set", m(tooltest.Lying, tooltest.Refusing), tool.Unknown, 1},
		{"natural, refused at once", "set", m(tooltest.Refusing), tool.Failed, 0},
		{"not to be repeated: down", "send", m(tooltest.Down, tooltest.Fine), tool.Failed, 0},
		{"not to be repeated: silent", "send", m(tooltest.Silent, tooltest.Fine), tool.Unknown, 1},
		{"not to be repeated: broken", "send", m(tooltest.Broken, tooltest.Fine), tool.Unknown, 0},
		{"looked up: it was done", "send_checked", m(tooltest.Lying, tooltest.Down, tooltest.Fine), tool.Done, 1},
		{"looked up: it was not", "send_checked", m(tooltest.Broken, tooltest.Fine), tool.Failed, 0},
		{"looked up in vain", "send_checked", m(tooltest.Crazy), tool.Unknown, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, moods(c.moods...))
				defer r.close()
				o, err := r.out.Change(t.Context(), request(c.tool, "1"))
				if err != nil || o.State != c.state || r.sys.Runs("1") != c.runs {
					t.Errorf("%+v %v, run %d times", o, err, r.sys.Runs("1"))
				}
				if again, err := r.out.Change(t.Context(), request(c.tool, "1")); err != nil || again.ID != o.ID || again.State != o.State || r.sys.Runs("1") != c.runs {
					t.Errorf("the same key again: %+v %v, run %d times", again, err, r.sys.Runs("1"))
				}
				if s := r.out.Say(o, "en"); s == "" || r.out.Say(o, "zh-CN") == "" {
					t.Error("nothing to say")
				}
			})
		})
	}
}

func TestAnInterruptedReplyLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, moods(tooltest.Slow))
		defer r.close()
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, dialog.ErrYield)
		defer cancel()
		o, err := r.out.Change(ctx, request("book", "1"))
		if !errors.Is(err, dialog.ErrYield) || o.State.Settled() || o.ID == "" {
			t.Fatalf("%+v %v", o, err)
		}
		if u, _ := r.out.Untold(t.Context(), "c"); len(u) != 0 || r.settled() != 0 {
			t.Error("told of what has not happened")
		}
		time.Sleep(3 * time.Second)
		u, err := r.out.Untold(t.Context(), "c")
		if err != nil || len(u) != 1 || u[0].ID != o.ID || u[0].State != tool.Done || r.settled() != 1 {
			t.Fatalf("%+v %v, %d times told", u, err, r.settled())
		}
		time.Sleep(time.Minute) // nobody told the customer yet
		if n := r.settled(); n < 2 || n > 4 {
			t.Errorf("reminded %d times", n)
		}
		if err := r.out.Told(t.Context(), o.ID); err != nil {
			t.Fatal(err)
		}
		n := r.settled()
		time.Sleep(time.Hour)
		if u, _ := r.out.Untold(t.Context(), "c"); len(u) != 0 || r.settled() != n {
			t.Errorf("told again: %+v", u)
		}
	})
}
