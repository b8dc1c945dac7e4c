// Package bustest is the suite that every bus passes.
package bustest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/dialog"
)

// Depth is how many records a bus keeps for one watcher.
const Depth = 128

// Bus runs the suite. fresh gives an empty bus; other gives another node's end of the same
// one, or the bus itself where there is one node.
func Bus(t *testing.T, fresh func(t *testing.T) dialog.Bus, other func(t *testing.T, b dialog.Bus) dialog.Bus) {
	for name, f := range map[string]func(t *testing.T, one, two dialog.Bus){
		"a slow watcher is told where to look": slow, "no number is missed": all, "watchers come and go": comeAndGo, "what passes comes in its order": passing,
	} {
		t.Run(name+", here", func(t *testing.T) { b := fresh(t); f(t, b, b) })
		t.Run(name+", from another node", func(t *testing.T) { b := fresh(t); f(t, other(t, b), b) })
	}
}

// Kept is a record that the log has.
func Kept(id dialog.ConversationID, seq int64) dialog.Record {
	return dialog.Record{Conversation: id, Type: dialog.MessageCreated, Seq: seq, Data: []byte(`{}`)}
}

func passes(id dialog.ConversationID, n int) dialog.Record {
	return dialog.Record{Conversation: id, Type: dialog.MessageDelta, Data: fmt.Appendf(nil, `{"n":%d}`, n)}
}

// Eye is a watch that can be waited at.
type Eye struct {
	dialog.Watch
	t     testing.TB
	woken chan struct{}
}

// Look watches a conversation of a bus, until the test is over.
func Look(t testing.TB, b dialog.Bus, id dialog.ConversationID) *Eye {
	e := &Eye{t: t, woken: make(chan struct{}, 1)}
	e.Watch = b.Watch(id, func() {
		select {
		case e.woken <- struct{}{}:
		default:
		}
	})
	t.Cleanup(e.Stop)
	return e
}

// Wait gives the next record. It must come within a minute.
func (e *Eye) Wait() dialog.Record {
	e.t.Helper()
	limit := time.After(time.Minute)
	for {
		if r, ok := e.Next(); ok {
			return r
		}
		select {
		case <-e.woken:
		case <-limit:
			e.t.Fatal("nothing was published")
		}
	}
}

// Met waits until what passes at one bus comes to a watch at another, and takes all of it.
func (e *Eye) Met(b dialog.Bus, id dialog.ConversationID) {
	e.t.Helper()
	limit := time.After(time.Minute)
	for n := 0; ; n++ {
		_ = b.Publish(e.t.Context(), passes(id, -1))
		select {
		case <-e.woken:
		case <-time.After(20 * time.Millisecond):
			continue
		case <-limit:
			e.t.Fatal("the watch hears nothing")
		}
		break
	}
	_ = b.Publish(e.t.Context(), passes(id, -2))
	for string(e.Wait().Data) != `{"n":-2}` {
	}
}

// slow lets a watcher sleep while much happens.
func slow(t *testing.T, from, b dialog.Bus) {
	w, end := Look(t, b, "a"), Look(t, b, "z")
	end.Met(from, "z")
	for seq := range int64(Depth + 10) {
		_ = from.Publish(t.Context(), Kept("a", seq+1))
	}
	_ = from.Publish(t.Context(), Kept("z", 1))
	for end.Wait().Seq != 1 {
	}
	for i := range int64(Depth) {
		if r, ok := w.Next(); !ok || r.Seq != i+1 || r.Data == nil {
			t.Fatalf("record %d is %+v", i, r)
		}
	}
	// Nothing else happens, and still it learns that there is more.
	if r, ok := w.Next(); !ok || r.Data != nil || r.Seq <= Depth {
		t.Errorf("no hint of what was lost: %v %+v", ok, r)
	}
	if r, ok := w.Next(); ok {
		t.Errorf("more than may be kept: %+v", r)
	}
	_ = from.Publish(t.Context(), Kept("a", Depth+11))
	if r := w.Wait(); r.Seq != Depth+11 || r.Data == nil {
		t.Errorf("after the hint: %+v", r)
	}
}

// all has watchers that read the log at every hint: they see every number, however slow
// they are.
func all(t *testing.T, from, b dialog.Bus) {
	const last = 3000
	var wg sync.WaitGroup
	var mu sync.Mutex
	log := int64(0) // numbers 1 to log are kept
	for range 4 {
		w := Look(t, b, "a")
		w.Met(from, "a")
		wg.Go(func() {
			for seen := int64(0); seen < last; {
				switch r := w.Wait(); {
				case r.Seq <= seen:
				case r.Data == nil || r.Seq > seen+1:
					mu.Lock()
					seen = log
					mu.Unlock()
				default:
					seen = r.Seq
				}
			}
		})
	}
	for seq := int64(1); seq <= last; seq++ {
		mu.Lock()
		log = seq
		mu.Unlock()
		_ = from.Publish(t.Context(), Kept("a", seq))
		_ = from.Publish(t.Context(), passes("a", int(seq)))
	}
	wg.Wait()
}

func comeAndGo(t *testing.T, from, b dialog.Bus) {
	one, two, other := Look(t, b, "a"), Look(t, b, "a"), Look(t, b, "b")
	two.Met(from, "a")
	for r, ok := one.Next(); ok; r, ok = one.Next() {
		if r.Conversation != "a" {
			t.Errorf("%+v", r)
		}
	}
	_ = from.Publish(t.Context(), Kept("a", 1))
	if r1, r2 := one.Wait(), two.Wait(); r1.Seq != 1 || r2.Seq != 1 || r1.Type != dialog.MessageCreated {
		t.Errorf("not told to each watcher: %+v %+v", r1, r2)
	}
	if r, told := other.Next(); told {
		t.Errorf("told of another conversation: %+v", r)
	}
	one.Stop()
	one.Stop()
	_ = from.Publish(t.Context(), Kept("a", 2))
	if r := two.Wait(); r.Seq != 2 {
		t.Errorf("not told to the one that stays: %+v", r)
	}
	if r, told := one.Next(); told {
		t.Errorf("told after stop: %+v", r)
	}
	if r, told := two.Next(); told {
		t.Errorf("told twice: %+v", r)
	}
}

func passing(t *testing.T, from, b dialog.Bus) {
	w := Look(t, b, "a")
	w.Met(from, "a")
	for i := range 50 {
		_ = from.Publish(t.Context(), passes("a", i))
	}
	for i := range 50 {
		if r := w.Wait(); string(r.Data) != fmt.Sprintf(`{"n":%d}`, i) || r.Seq != 0 {
			t.Fatalf("%d is %s", i, r.Data)
		}
	}
}
