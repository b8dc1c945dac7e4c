package bus

import (
	"testing"

	"parley/dialog"
	"parley/dialog/bus/bustest"
)

func asleep() {}

func TestLocal(t *testing.T) {
	bustest.Bus(t, func(*testing.T) dialog.Bus { return NewLocal() }, func(_ *testing.T, b dialog.Bus) dialog.Bus { return b })
}

// One that always lags a little never comes to the end of its queue, which still is bounded.
func TestTheQueueIsBounded(t *testing.T) {
	b := NewLocal()
	w := b.Watch("a", asleep).(*watcher)
	defer w.Stop()
	_ = b.Publish(t.Context(), bustest.Kept("a", 1))
	for seq := range int64(10 * depth) {
		_ = b.Publish(t.Context(), bustest.Kept("a", seq+2))
		if r, _ := w.Next(); r.Seq != seq+1 {
			t.Fatalf("%d instead of %d", r.Seq, seq+1)
		}
		if n := len(w.queue); n > 2*depth {
			t.Fatalf("%d places for one record", n)
		}
	}
	for range 2 {
		w.Next()
	}
	if w.queue != nil {
		t.Error("an empty queue holds memory")
	}
}

func TestNoWatcherIsLeft(t *testing.T) {
	b := NewLocal()
	one, two := b.Watch("a", asleep), b.Watch("a", asleep)
	one.Stop()
	two.Stop()
	two.Stop()
	if len(b.watchers) != 0 {
		t.Error("a watcher is left")
	}
}
