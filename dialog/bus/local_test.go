package bus

import (
	"testing"

	"parley/dialog"
)

func TestWatchersAndSlowOnes(t *testing.T) {
	b := NewLocal()
	c, stop := b.Watch("a")
	other, stopOther := b.Watch("b")
	defer stopOther()
	for i := range depth + 10 {
		_ = b.Publish(t.Context(), dialog.Record{Conversation: "a", Seq: int64(i + 1), Data: []byte("{}")})
	}
	for i := range depth {
		if r := <-c; r.Seq != int64(i+1) {
			t.Fatalf("record %d is %d", i, r.Seq)
		}
	}
	_ = b.Publish(t.Context(), dialog.Record{Conversation: "a", Seq: 200, Data: []byte("{}")})
	if r := <-c; r.Data != nil || r.Seq != depth+1 {
		t.Errorf("no hint of what was lost: %+v", r)
	}
	if r := <-c; r.Seq != 200 {
		t.Errorf("%+v", r)
	}
	if len(other) > 0 {
		t.Error("another conversation's watcher was told")
	}
	stop()
	stop()
	if len(b.watchers) != 1 {
		t.Error("a watcher is left")
	}
}
