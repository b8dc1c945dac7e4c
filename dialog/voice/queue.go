package voice

import (
	"context"
	"iter"
	"slices"
	"sync"

	"parley/dialog"
)

// queueBound is far more than a conversation that reads its inbox ever leaves behind.
const queueBound = 256

// queue carries events from the tick and from engines to whoever listens. push
// never waits. A partial replaces the one before it; when the queue is full,
// what repeats itself (partials, progress) is dropped first and counted. The end of a
// sound is kept: without it the customer would seem to talk for ever.
type queue struct {
	mu      sync.Mutex
	events  []dialog.Event
	dropped int
	closed  bool
	wake    chan struct{} // one token
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) push(e dialog.Event) {
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return
	}
	if n := len(q.events); n > 0 {
		if replaces(e, q.events[n-1]) {
			q.events[n-1] = e
			q.mu.Unlock()
			return
		}
	}
	if len(q.events) >= queueBound {
		q.dropped++
		if passing(e) {
			q.mu.Unlock()
			return
		}
		i := max(slices.IndexFunc(q.events, passing), 0)
		q.events = slices.Delete(q.events, i, i+1)
	}
	q.events = append(q.events, e)
	q.mu.Unlock()
	q.signal()
}

// passing reports whether an event is one of many like it.
func passing(e dialog.Event) bool {
	switch e.(type) {
	case dialog.Partial, dialog.Progress, dialog.Spoken, dialog.Tentative, dialog.Onset, dialog.Stir, dialog.Lasting:
		return true
	}
	return false
}

// replaces reports whether an event says all that the one before it says.
func replaces(e, before dialog.Event) bool {
	switch e.(type) {
	case dialog.Partial:
		_, same := before.(dialog.Partial)
		return same
	case dialog.Lasting:
		_, same := before.(dialog.Lasting)
		return same
	case dialog.Stir:
		_, same := before.(dialog.Stir)
		return same
	case dialog.Spoken:
		_, same := before.(dialog.Spoken)
		return same
	}
	return false
}

// close ends the stream after what is in it.
func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// listen yields events until close or the end of ctx.
func (q *queue) listen(ctx context.Context) iter.Seq2[dialog.Event, error] {
	return func(yield func(dialog.Event, error) bool) {
		for {
			q.mu.Lock()
			events, closed := q.events, q.closed
			q.events = nil
			q.mu.Unlock()
			for _, e := range events {
				if !yield(e, nil) {
					return
				}
			}
			if len(events) > 0 {
				continue
			}
			if closed {
				return
			}
			select {
			case <-q.wake:
			case <-ctx.Done():
				return
			}
		}
	}
}
