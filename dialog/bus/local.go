// Package bus carries what happens in conversations to whoever watches.
package bus

import (
	"context"
	"sync"

	"parley/dialog"
)

// depth is how many records may wait for one watcher.
const depth = 128

// Local is a bus within one process.
type Local struct {
	mu       sync.Mutex
	watchers map[dialog.ConversationID]map[*watcher]struct{}
}

// watcher is one that looks. What is too much for it is dropped; the last place of
// its queue is for the number from which the log must then be read, so that it is
// told even when nothing happens any more.
type watcher struct {
	c chan dialog.Record // depth, and one
}

var _ dialog.Bus = (*Local)(nil)

// NewLocal returns a bus.
func NewLocal() *Local {
	return &Local{watchers: map[dialog.ConversationID]map[*watcher]struct{}{}}
}

// Publish implements dialog.Bus. It never waits.
func (b *Local) Publish(_ context.Context, r dialog.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.watchers[r.Conversation] {
		w.give(r)
	}
	return nil
}

// give is called under the bus's lock: nobody else fills the queue meanwhile.
func (w *watcher) give(r dialog.Record) {
	switch n := len(w.c); {
	case n < depth:
		w.c <- r
	case n == depth && r.Seq > 0:
		w.c <- dialog.Record{Conversation: r.Conversation, Seq: r.Seq}
	}
	// A full queue ends in such a number already: whoever comes to it reads all the
	// log has by then.
}

// Watch implements dialog.Bus.
func (b *Local) Watch(id dialog.ConversationID) (<-chan dialog.Record, func()) {
	w := &watcher{c: make(chan dialog.Record, depth+1)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watchers[id] == nil {
		b.watchers[id] = map[*watcher]struct{}{}
	}
	b.watchers[id][w] = struct{}{}
	var once sync.Once
	return w.c, func() {
		once.Do(func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			delete(b.watchers[id], w)
			if len(b.watchers[id]) == 0 {
				delete(b.watchers, id)
			}
		})
	}
}
