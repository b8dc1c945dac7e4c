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

// watcher is one that looks. What is too much for it is dropped; a kept record
// that was dropped is told by its number, so that the log can be read.
type watcher struct {
	c    chan dialog.Record
	lost int64 // the first kept record that was dropped since; 0 is none
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

func (w *watcher) give(r dialog.Record) {
	if w.lost > 0 {
		hint := dialog.Record{Conversation: r.Conversation, Seq: w.lost}
		select {
		case w.c <- hint:
			w.lost = 0
		default:
		}
	}
	select {
	case w.c <- r:
	default:
		if r.Seq > 0 && w.lost == 0 {
			w.lost = r.Seq
		}
	}
}

// Watch implements dialog.Bus.
func (b *Local) Watch(id dialog.ConversationID) (<-chan dialog.Record, func()) {
	w := &watcher{c: make(chan dialog.Record, depth)}
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
