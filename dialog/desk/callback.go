package desk

import (
	"context"
	"time"

	"parley/dialog"
)

// Callbacks are customers who do not wait on the line and are to be called when it is their
// turn. None of it may wait, but for Offers, which may ask the store.
type Callbacks interface {
	// Waiting gives those who may be called now or are being called, in any order. Of one
	// who is being called Only is the person who is free for them: nobody else gets that
	// person meanwhile.
	Waiting(now time.Time) []Entry
	// Turn says that a person is free for one.
	Turn(transfer, agent string)
	// Offers reports whether a customer who waits could be called back.
	Offers(ctx context.Context, id dialog.ConversationID) bool
}

// offerAfter is how long a customer has waited, at the least, when a callback is offered.
const offerAfter = 8 * time.Second

// away are the customers who wait to be called, as the line has them: not those for whom
// somebody is being fetched already, and not where the queue is closed.
func (d *Desk) away(now time.Time) []Entry {
	if d.o.Back == nil {
		return nil
	}
	var out []Entry
	for _, e := range d.o.Back.Waiting(now) {
		if e.Queue == "" || !d.has(e.Queue) {
			e.Queue = d.fallback()
		}
		if q := find(d.o.Queues, e.Queue); d.running(e.Conversation) == nil && q.Hours.Open(now) {
			out = append(out, e)
		}
	}
	return out
}

// offersBack offers to call back who will wait long, once.
func (d *Desk) offersBack(ctx context.Context, r *running, position int, now time.Time) {
	if d.o.Back == nil || d.o.CallbackAfter <= 0 || r.State != Queued || r.Offered || r.From != "" || now.Sub(r.Since) < offerAfter {
		return
	}
	if d.view.Load().expect(r.Queue, r.Kind, position, now) >= d.o.CallbackAfter && d.o.Back.Offers(ctx, r.Conversation) {
		d.step(ctx, r, OfferBack{position})
	}
}
