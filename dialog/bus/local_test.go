package bus

import (
	"sync"
	"testing"

	"parley/dialog"
)

func kept(id dialog.ConversationID, seq int64) dialog.Record {
	return dialog.Record{Conversation: id, Seq: seq, Data: []byte("{}")}
}

func TestASlowWatcherIsToldWhereToLook(t *testing.T) {
	b := NewLocal()
	c, stop := b.Watch("a")
	defer stop()
	last := int64(depth + 10)
	for seq := range last {
		_ = b.Publish(t.Context(), kept("a", seq+1))
		_ = b.Publish(t.Context(), dialog.Record{Conversation: "b", Type: dialog.MessageDelta})
	}
	for i := range depth {
		if r := <-c; r.Seq != int64(i+1) || r.Data == nil {
			t.Fatalf("record %d is %+v", i, r)
		}
	}
	// Nothing else happens, and still it learns that there is more.
	select {
	case r := <-c:
		if r.Data != nil || r.Seq != depth+1 {
			t.Errorf("no hint of what was lost: %+v", r)
		}
	default:
		t.Fatal("the watcher waits for ever for what it lost")
	}
	_ = b.Publish(t.Context(), kept("a", last+1))
	if r := <-c; r.Seq != last+1 || r.Data == nil {
		t.Errorf("after the hint: %+v", r)
	}
}

// A watcher that reads the log at every hint sees every number, however slow it is.
func TestNoNumberIsMissed(t *testing.T) {
	const all = 5000
	b := NewLocal()
	var wg sync.WaitGroup
	var mu sync.Mutex
	log := int64(0) // numbers 1 to log are kept
	for range 4 {
		c, stop := b.Watch("a")
		wg.Go(func() {
			defer stop()
			seen := int64(0)
			for r := range c {
				switch {
				case r.Seq == 0 || r.Seq <= seen:
				case r.Data == nil || r.Seq > seen+1:
					mu.Lock()
					seen = log
					mu.Unlock()
				default:
					seen = r.Seq
				}
				if seen == all {
					return
				}
			}
		})
	}
	for seq := int64(1); seq <= all; seq++ {
		mu.Lock()
		log = seq
		mu.Unlock()
		_ = b.Publish(t.Context(), kept("a", seq))
		_ = b.Publish(t.Context(), dialog.Record{Conversation: "a", Type: dialog.SpeechPartial})
	}
	wg.Wait()
}

func TestWatchersComeAndGo(t *testing.T) {
	b := NewLocal()
	one, stop := b.Watch("a")
	two, stopTwo := b.Watch("a")
	other, stopOther := b.Watch("b")
	_ = b.Publish(t.Context(), kept("a", 1))
	if (<-one).Seq != 1 || (<-two).Seq != 1 || len(other) > 0 {
		t.Error("not told to each watcher of its conversation alone")
	}
	stop()
	stop()
	_ = b.Publish(t.Context(), kept("a", 2))
	if len(one) > 0 || len(two) != 1 {
		t.Error("told after stop, or not told to the one that stays")
	}
	stopTwo()
	stopOther()
	if len(b.watchers) != 0 {
		t.Error("a watcher is left")
	}
}
