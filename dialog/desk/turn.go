package desk

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"parley/dialog"
)

// turn does what is due, and shows how it stands. The actor's.
func (d *Desk) turn() {
	ctx, cancel := context.WithTimeout(d.ctx, writing)
	defer cancel()
	now := d.o.Now()
	if now.Sub(d.looked) >= again || now.Before(d.hunt) || !d.mirror.IsZero() && !now.Before(d.mirror) {
		d.looked, d.mirror = now, time.Time{}
		if err := d.pickUp(ctx, false); err != nil {
			d.fault("transfers not read", err)
		}
	}
	if now.Sub(d.mended) >= again {
		d.mended = now
		if err := d.mend(ctx); err != nil {
			d.fault("the registry is not mended", err)
		}
	}
	if now.Sub(d.measured) >= recount {
		d.measured = now
		h, err := d.o.Store.HandlingTime(ctx)
		if err != nil {
			d.fault("handling time not read", err)
		}
		if d.handling = h; h == 0 {
			d.handling = 5 * time.Minute
		}
		if err := d.know(ctx); err != nil {
			d.fault("people not read", err)
		}
	}
	d.missing(ctx)
	d.unheard(ctx)
	d.retell(ctx)
	for _, r := range d.each() {
		if !d.mine(r) {
			continue
		}
		if q := find(d.o.Queues, r.Queue); r.State == Queued && q.Overflow != "" && q.After > 0 && now.Sub(r.Transfer.Queued) >= q.After {
			d.step(ctx, r, Overflow{q.Overflow})
		}
		if at := r.Next(d.rules(r.Queue)); !at.IsZero() && !now.Before(at) {
			d.step(ctx, r, Deadline{})
		}
	}
	d.route(ctx)
	d.show(ctx)
	if d.changed && d.o.Nudge != nil {
		d.o.Nudge()
	}
	d.changed = false
}

// loud is how often the same fault is logged, at most.
const loud = 10 * time.Second

func (d *Desk) fault(what string, err error) {
	now := d.o.Now()
	if d.ctx.Err() != nil || now.Sub(d.faults[what]) < loud {
		return
	}
	d.faults[what] = now
	d.o.Logger.Error(what, "err", err)
}

// each is the transfers under way, oldest first, so that none is stepped while the map
// changes.
func (d *Desk) each() []*running {
	out := make([]*running, 0, len(d.open))
	for _, r := range d.open {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *running) int { return a.Since.Compare(b.Since) })
	return out
}

// pickUp takes up the transfers that the store has and the desk does not know, and what
// other nodes have made of the others.
func (d *Desk) pickUp(ctx context.Context, restart bool) error {
	if lives, err := d.o.Registry.Lives(ctx); err == nil { // else nobody is taken for dead
		d.lives = lives
	}
	rows, err := d.o.Store.Transfers(ctx)
	if err != nil {
		return err
	}
	there := make(map[string]bool, len(rows))
	for _, x := range rows {
		there[x.ID] = true
		r := d.open[x.ID]
		if r != nil && r.version >= x.Version {
			continue
		}
		t, err := read(x)
		switch {
		case err != nil:
			d.o.Logger.Error("a transfer cannot be read", "transfer", x.ID, "err", err)
		case r == nil:
			d.hunt = time.Time{}
			d.take(ctx, t, x.Version, restart)
		default:
			before := r.Transfer
			r.Transfer, r.version = t, x.Version
			d.reflect(ctx, r, before)
		}
	}
	for _, r := range d.each() {
		if !there[r.ID] { // it has ended at another node
			d.reread(ctx, r)
		}
	}
	d.inherit(ctx)
	return d.holders(ctx)
}

// missing deals with people whose connection did not come back.
func (d *Desk) missing(ctx context.Context) {
	agents, err := d.o.Registry.Agents(ctx)
	if err != nil {
		d.fault("people not read", err)
		return
	}
	now, fresh := d.o.Now(), d.o.Node == ""
	for _, a := range agents {
		if a.Connected() && a.Wish != Offline || len(a.Seats) == 0 {
			continue
		}
		over := a.Wish == Offline || !now.Before(a.Grace)
		if over && !fresh { // another node may have made something of what they had
			if err := d.pickUp(ctx, false); err != nil {
				d.fault("transfers not read", err)
				return
			}
			fresh = true
		}
		for _, s := range a.Seats { // nobody rings at a window that is closed
			if s.Offer != "" && !over {
				if r := d.running(s.Conversation); r != nil && d.mine(r) && r.State == Offering {
					d.step(ctx, r, Gone{a.ID})
				}
			}
		}
		if !over {
			continue
		}
		d.o.Logger.Warn("a person is gone; what they had is offered to others", "agent", a.ID, "conversations", len(a.Seats))
		for _, s := range a.Seats {
			d.abandon(ctx, a.ID, s)
		}
	}
}

// abandon offers what a person had to others, first in line.
func (d *Desk) abandon(ctx context.Context, agent string, s Seat) {
	if r := d.running(s.Conversation); r != nil {
		if d.mine(r) {
			d.step(ctx, r, Gone{agent})
		}
		return
	}
	if away, err := d.elsewhere(ctx, s.Conversation); away || err != nil {
		return // that node does it, or the next turn
	}
	h, had, err := d.holder(ctx, s.Conversation)
	if err != nil && !errors.Is(err, dialog.ErrNotFound) {
		d.fault("a conversation whose person is gone is not read", err)
		return
	}
	if had && h.agent == agent && OutsideNumber(agent) != "" { // nobody asked for another person
		if err := d.left(ctx, agent, s.Conversation); err != nil {
			d.fault("a conversation whose phone is gone stays with it until the next turn", err)
		}
		return
	}
	again := false
	if had && h.agent == agent {
		d.quit(ctx, s.Conversation, agent, HoldCustomer)
		t, err := d.fresh(ctx, Request{Conversation: s.Conversation, Asked: "lost", Queue: h.queue, ByBot: true})
		if err == nil {
			t.First = true
			again, err = d.begin(ctx, t)
		}
		if err != nil && !errors.Is(err, dialog.ErrClosed) && !errors.Is(err, dialog.ErrNotFound) {
			d.fault("a conversation whose person is gone is not offered to others yet", err)
			return // the next turn tries again
		}
		delete(d.held, s.Conversation)
	}
	if err := d.o.Registry.Free(ctx, agent, s.Conversation, d.o.Now()); err != nil {
		d.fault("a place is not freed", err)
	}
	if r := d.running(s.Conversation); r != nil && again {
		d.inform(ctx, r.Transfer, dialog.HeldByQueue, LineAgain)
	}
}

func (d *Desk) running(id dialog.ConversationID) *running { return d.open[d.of[id]] }

// route asks people for those who wait.
func (d *Desk) route(ctx context.Context) {
	waiting, err := d.o.Registry.Waiting(ctx)
	if err != nil {
		d.fault("the line is not read", err)
		return
	}
	now := d.o.Now()
	away := d.away(now)
	if len(waiting)+len(away) == 0 {
		return
	}
	agents, err := d.o.Registry.Agents(ctx)
	if err != nil {
		d.fault("people not read", err)
		return
	}
	matches, rest := Route(Board{d.o.Queues, agents, slices.Concat(waiting, away)}, now)
	for _, m := range matches {
		if slices.ContainsFunc(away, func(e Entry) bool { return e.Transfer == m.Transfer }) {
			d.o.Back.Turn(m.Transfer, m.Agent)
			continue
		}
		r := d.open[m.Transfer]
		if r == nil { // another node's, or nobody's
			d.unwait(ctx, m.Transfer)
			continue
		}
		if !d.mine(r) || r.State != Queued {
			continue
		}
		offer := "offer_" + rand.Text()
		if err := d.o.Registry.Assign(ctx, m.Transfer, m.Agent, offer, now); err != nil {
			continue // another node was faster, or the person went: next time
		}
		d.step(ctx, r, Routed{m.Agent, offer})
	}
	for _, r := range d.each() {
		if o, ok := rest[r.ID]; ok && d.mine(r) {
			d.step(ctx, r, Staffed{On: o.Staffed, Exhausted: o.Exhausted})
		}
	}
	for _, r := range d.each() {
		n := Position(d.o.Queues, waiting, r.ID)
		if n == 0 || !d.mine(r) {
			continue
		}
		d.step(ctx, r, Place{n})
		d.offersBack(ctx, r, n, now)
		if r.place != n && now.Sub(r.placed) >= every && r.State == Queued {
			d.keep(ctx, r, r.Transfer, true)
		}
	}
}

// unwait takes out of the line what is under way no more.
func (d *Desk) unwait(ctx context.Context, transfer string) {
	t, err := d.o.Store.Transfer(ctx, transfer)
	if err == nil && t.Ended > 0 || errors.Is(err, dialog.ErrNotFound) {
		err = d.o.Registry.Unwait(ctx, transfer)
	}
	if err != nil {
		d.fault("the line is not cleared", err)
	}
}

// every is how often a changed place in the line is told, at most.
const every = 3 * time.Second

// show gives the view and the feed how it stands now.
func (d *Desk) show(ctx context.Context) {
	agents, err := d.o.Registry.Agents(ctx)
	if err != nil {
		d.fault("people not read", err)
		return
	}
	waiting, err := d.o.Registry.Waiting(ctx)
	if err != nil {
		d.fault("the line is not read", err)
		return
	}
	v := &view{agents: agents, waiting: InOrder(d.o.Queues, waiting), open: map[dialog.ConversationID]Transfer{}, handling: d.handling}
	for _, r := range d.each() {
		v.open[r.Conversation] = r.Transfer
		if r.State == Offering && r.offer.ID == r.Transfer.Offer {
			v.offers = append(v.offers, r.offer)
		}
	}
	d.view.Store(v)
	now := d.o.Now()
	for _, a := range agents {
		if OutsideNumber(a.ID) == "" {
			d.tell(PresenceUpdated, a.ID, person(a, now))
		}
	}
	for _, q := range d.Queues() {
		q := q
		news := q
		news.LongestMS, news.ExpectMS = 0, 0 // time alone is no news
		if b, err := json.Marshal(news); err == nil && d.shown[QueueUpdated+q.Name] != string(b) {
			d.shown[QueueUpdated+q.Name] = string(b)
			d.o.Feed.tell(QueueUpdated, "", q, now, Audience{All: true})
		}
	}
}

// tell shows the feed what has changed.
func (d *Desk) tell(kind, of string, data any) {
	b, err := json.Marshal(data)
	if err != nil || d.shown[kind+of] == string(b) {
		return
	}
	d.shown[kind+of] = string(b)
	d.o.Feed.tell(kind, "", data, d.o.Now(), Audience{All: true})
}
