package desk

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// kept is how many events of the desk can be caught up with.
const kept = 4096

// The types of the desk's own events.
const (
	OfferCreated    = "offer.created"
	OfferWithdrawn  = "offer.withdrawn"
	PresenceUpdated = "presence.updated"
	QueueUpdated    = "queue.updated"
	DeskSnapshot    = "desk.snapshot"
	MentionCreated  = "mention.created" // a note calls one by name
	CallListened    = "call.listened"   // who of the supervisors is in a call has changed
)

// Person is who of the staff looks.
type Person struct {
	ID     string
	Senior bool         // a supervisor or administrator
	Scope  *store.Scope // what a senior person sees; nil: all
	Queues []string     // none: all
}

// takes reports whether the person takes from a queue.
func (p Person) takes(queue string) bool {
	return queue != "" && (len(p.Queues) == 0 || slices.Contains(p.Queues, queue))
}

// Audience is whom an event is for, beside supervisors, who see every one.
type Audience struct {
	All    bool
	Agents []string // user ids
	Queue  string   // those who take from it
}

func (a Audience) has(p Person) bool {
	if a.All || slices.Contains(a.Agents, p.ID) {
		return true
	}
	if !p.Senior {
		return p.takes(a.Queue)
	}
	return p.Scope.Covers("", a.Queue) || slices.ContainsFunc(a.Agents, func(id string) bool { return p.Scope.Covers(id, "") })
}

// with is those of both.
func (a Audience) with(b Audience) Audience {
	for _, x := range b.Agents {
		if !slices.Contains(a.Agents, x) {
			a.Agents = append(slices.Clip(a.Agents), x)
		}
	}
	if a.Queue == "" {
		a.Queue = b.Queue
	}
	return a
}

// Feed is what happens at the desk: numbered, the newest kept for those whose connection
// was gone, shown to each who may see it. It never waits for anybody.
type Feed struct {
	mu       sync.Mutex
	ring     []noted
	next     int64
	watchers map[chan struct{}]struct{}
	who      map[dialog.ConversationID]Audience
}

type noted struct {
	dialog.Record
	to Audience
}

// NewFeed returns an empty feed. Its numbers begin where no feed before it has been.
func NewFeed(now time.Time) *Feed {
	return &Feed{next: now.UnixMicro(), watchers: map[chan struct{}]struct{}{}, who: map[dialog.ConversationID]Audience{}}
}

// add notes an event and wakes those who watch.
func (f *Feed) add(r dialog.Record, to Audience) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.Seq = f.next
	f.next++
	if f.ring = append(f.ring, noted{r, to}); len(f.ring) >= 2*kept {
		f.ring = slices.Clone(f.ring[len(f.ring)-kept:])
	}
	f.wake()
}

// tell notes an event of the desk's own.
func (f *Feed) tell(kind string, id dialog.ConversationID, data any, now time.Time, to Audience) {
	b, err := json.Marshal(data)
	if err != nil {
		return // the desk's own types can be written
	}
	f.add(dialog.Record{Type: kind, At: now.UTC(), Conversation: id, Data: b}, to)
}

// Seq is the number of the last event.
func (f *Feed) Seq() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.next - 1
}

// After gives what a person may see of what came after a number, and the number up to
// which that is; false when what came then is no longer kept, or never was: look anew.
func (f *Feed) After(seq int64, p Person) (rs []dialog.Record, upto int64, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	first := f.next - int64(len(f.ring))
	if seq < first-1 || seq >= f.next {
		return nil, f.next - 1, false
	}
	for _, n := range f.ring[seq-first+1:] {
		if n.Type != "" && n.to.has(p) { // else it was forgotten
			rs = append(rs, n.Record)
		}
	}
	return rs, f.next - 1, true
}

// Forget blanks what happened in a conversation, so that nobody catches up with it any
// more, and tells those who follow it that it is over.
func (f *Feed) Forget(id dialog.ConversationID, now time.Time) {
	f.mu.Lock()
	for i, n := range f.ring {
		if n.Conversation == id {
			f.ring[i] = noted{Record: dialog.Record{Seq: n.Seq}}
		}
	}
	f.mu.Unlock()
	f.tell(dialog.ConversationUpdated, id, dialog.UpdatedData{State: store.Closed, Holder: dialog.HeldByBot}, now, f.audience(id))
}

// Watch gives a channel that is written to when something came, until stop is called.
func (f *Feed) Watch() (<-chan struct{}, func()) {
	w := make(chan struct{}, 1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.watchers[w] = struct{}{}
	return w, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.watchers, w)
	}
}

// show says who sees what happens in a conversation from now on.
func (f *Feed) show(id dialog.ConversationID, to Audience) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if to.Queue == "" && len(to.Agents) == 0 {
		delete(f.who, id)
		return
	}
	f.who[id] = to
}

func (f *Feed) audience(id dialog.ConversationID) Audience {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.who[id]
}

// Stamp is whom a record is for, as another node's Hear reads it.
func (f *Feed) Stamp(r dialog.Record) json.RawMessage {
	b, err := json.Marshal(f.audience(r.Conversation))
	if err != nil {
		return nil // an audience can be written
	}
	return b
}

// Hear notes what another node has published, for those whom it stamped it for.
func (f *Feed) Hear(r dialog.Record, stamp json.RawMessage) {
	var to Audience
	if r.Data == nil || json.Unmarshal(stamp, &to) != nil {
		f.Reset()
		return
	}
	f.show(r.Conversation, to)
	f.add(r, to)
}

// Reset has everybody look anew: something may have been missed.
func (f *Feed) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ring = nil
	f.next++ // nobody has seen all of it
	f.wake()
}

// wake tells those who watch. It needs mu.
func (f *Feed) wake() {
	for w := range f.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// Tap is a bus that shows the feed what is published on another: of every conversation
// what is kept, and nothing that passes.
func (f *Feed) Tap(b dialog.Bus) dialog.Bus { return tapped{b, f} }

type tapped struct {
	dialog.Bus
	feed *Feed
}

// Publish implements dialog.Bus.
func (t tapped) Publish(ctx context.Context, r dialog.Record) error {
	if r.Seq > 0 && r.Data != nil {
		t.feed.add(r, t.feed.audience(r.Conversation))
	}
	return t.Bus.Publish(ctx, r)
}
