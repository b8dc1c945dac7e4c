// Package bus carries what happens in conversations to whoever watches: in one process
// (Local), or in all that share a Redis. bustest is the suite of both.
package bus

import (
	"context"
	"maps"
	"slices"
	"sync"

	"parley/dialog"
)

// depth is how many records may wait for one watcher.
const depth = 128

// Local is a bus within one process.
type Local struct {
	mu       sync.Mutex
	watchers map[dialog.ConversationID][]*watcher
}

var _ dialog.Bus = (*Local)(nil)

// NewLocal returns a bus.
func NewLocal() *Local {
	return &Local{watchers: map[dialog.ConversationID][]*watcher{}}
}

// Publish implements dialog.Publisher. It never waits.
func (b *Local) Publish(_ context.Context, r dialog.Record) error {
	b.mu.Lock()
	ws := b.watchers[r.Conversation] // is replaced, never changed
	for _, w := range ws {
		w.give(r)
	}
	b.mu.Unlock()
	for _, w := range ws {
		w.wake()
	}
	return nil
}

// Watch implements dialog.Bus.
func (b *Local) Watch(id dialog.ConversationID, wake func()) dialog.Watch {
	w := &watcher{bus: b, id: id, wake: wake}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers[id] = append(slices.Clip(b.watchers[id]), w)
	return w
}

// watches reports whether anybody watches a conversation.
func (b *Local) watches(id dialog.ConversationID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.watchers[id]) > 0
}

// watched are the conversations that somebody watches.
func (b *Local) watched() []dialog.ConversationID {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Keys(b.watchers))
}

// watcher is one that looks. Nearly all wait for nothing, so the queue takes memory only
// while something is in it.
type watcher struct {
	bus  *Local
	id   dialog.ConversationID
	wake func()

	mu    sync.Mutex
	queue []dialog.Record // depth, and one
	next  int             // of the queue
}

// give adds what was published. What is too much is dropped; the last place of the queue
// is for the number from which the log must then be read, so that a watcher is told even
// when nothing happens any more.
func (w *watcher) give(r dialog.Record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch n := len(w.queue) - w.next; {
	case n < depth:
		w.queue = append(w.queue, r)
	case n == depth && r.Seq > 0:
		w.queue = append(w.queue, dialog.Record{Conversation: r.Conversation, Seq: r.Seq})
	}
	// A full queue ends in such a number already: whoever comes to it reads all the
	// log has by then.
}

// Next implements dialog.Watch.
func (w *watcher) Next() (dialog.Record, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == len(w.queue) {
		w.queue, w.next = nil, 0
		return dialog.Record{}, false
	}
	r := w.queue[w.next]
	w.queue[w.next] = dialog.Record{}
	if w.next++; w.next > depth { // never idle: what was read is let go of
		w.queue, w.next = append([]dialog.Record(nil), w.queue[w.next:]...), 0
	}
	return r, true
}

// Stop implements dialog.Watch.
func (w *watcher) Stop() {
	b := w.bus
	b.mu.Lock()
	defer b.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(b.watchers[w.id]), func(o *watcher) bool { return o == w })
	if len(left) == 0 {
		delete(b.watchers, w.id)
		return
	}
	b.watchers[w.id] = left
}
