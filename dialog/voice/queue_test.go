package voice

import (
	"context"
	"testing"

	"parley/dialog"
)

// A queue that nobody reads keeps its bound, the end of every sound and every turn, whatever passes by.
func TestAFullQueueKeepsWhatEnds(t *testing.T) {
	q := newQueue()
	const sounds = 40
	for i := range sounds {
		q.push(dialog.Onset{})
		for range 20 {
			q.push(dialog.Lasting{})
			q.push(dialog.Progress{})
		}
		q.push(dialog.Offset{})
		q.push(dialog.Said{Turn: dialog.Turn{Text: string(rune('a' + i))}})
	}
	if len(q.events) > queueBound {
		t.Fatalf("%d events wait", len(q.events))
	}
	q.close()
	offsets, turns := 0, 0
	for e := range q.listen(context.Background()) {
		switch e.(type) {
		case dialog.Offset:
			offsets++
		case dialog.Said:
			turns++
		}
	}
	if offsets != sounds || turns != sounds {
		t.Errorf("%d sounds ended and %d turns came, of %d", offsets, turns, sounds)
	}
}

func TestAStirReplacesTheOneBefore(t *testing.T) {
	q := newQueue()
	for range 3 {
		q.push(dialog.Stir{})
	}
	if len(q.events) != 1 {
		t.Errorf("%d stirs wait", len(q.events))
	}
}
