package desk

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"

	"parley/dialog"
	"parley/dialog/store"
)

// Request is a person who is asked for.
type Request struct {
	Conversation dialog.ConversationID
	Asked        string   // why: "customer", "anger" …
	Language     string   // "": the page's
	About        []string // what it is about, for a queue that does it
	Queue        string   // "": the one that fits
	Only         string   // the person whom it is for
	Phone        string   // instead: the number of one who is not at the desk, E.164
	From         string   // the person who hands on
	Note         string   // of who hands on
	Said         string   // by the customer, asked why
	ByBot        bool     // the bot has told the customer
	Blind        bool
	First        bool // before all others: the customer has waited already
	Consult      bool // who hands on talks to the person first
}

// Ask has a person come. What it writes goes with ctx's transaction: call Look after it.
// While somebody is being fetched already, that is given. When nobody is there it has
// failed at once, and the bot goes on.
func (d *Desk) Ask(ctx context.Context, q Request) (Transfer, error) {
	c, err := d.o.Store.Conversation(ctx, q.Conversation)
	if err != nil {
		return Transfer{}, err
	}
	if c.State == store.Closed {
		return Transfer{}, dialog.ErrClosed
	}
	if c.Holder == dialog.HeldByAgent { // a person is there
		return Transfer{Conversation: c.ID, State: Completed, Agent: c.Agent, Queue: c.Queue}, nil
	}
	if l := c.Line(); q.Queue == "" && d.has(l) {
		q.Queue = l
	}
	t, err := d.fresh(ctx, q)
	if err != nil {
		return Transfer{}, err
	}
	if _, ok := d.choose(t.Kind, t.Language, q.About, q.Queue); !ok {
		t.State, t.Reason, t.Ended = Failed, Nobody, t.Since
	}
	return d.add(ctx, t)
}

func (d *Desk) add(ctx context.Context, t Transfer) (Transfer, error) {
	t, _, err := d.put(ctx, t)
	return t, err
}

// put keeps a transfer; false: one is under way already, and given.
func (d *Desk) put(ctx context.Context, t Transfer) (Transfer, bool, error) {
	x, err := row(t, 0)
	if err != nil {
		return t, false, err
	}
	kept, added, err := d.o.Store.AddTransfer(ctx, x)
	if err != nil || added {
		return t, added, err
	}
	t, err = read(kept)
	return t, false, err
}

// fresh is a transfer for a request, not kept yet.
func (d *Desk) fresh(ctx context.Context, q Request) (Transfer, error) {
	if q.Language == "" {
		c, err := d.o.Store.Conversation(ctx, q.Conversation)
		if err != nil {
			return Transfer{}, err
		}
		q.Language = c.Locale
	}
	now := d.o.Now().UTC()
	t := Transfer{ID: "transfer_" + rand.Text(), Conversation: q.Conversation, Kind: Chat, State: Queued, Queue: q.Queue, Only: q.Only, From: q.From, Asked: q.Asked,
		Note: q.Note, Said: q.Said, Language: q.Language, ByBot: q.ByBot, Blind: q.Blind, First: q.First, Consult: q.Consult, Since: now, Queued: now}
	t.Node = d.o.Node
	if d.up(q.Conversation) {
		t.Kind = Call
	} else if d.o.Where != nil {
		node, err := d.o.Where(ctx, q.Conversation)
		if err != nil {
			return Transfer{}, err
		}
		if node != "" && node != d.o.Node { // that node goes on with it
			t.Kind, t.Node = Call, node
		}
	}
	if t.Queue == "" {
		t.Queue = cmp.Or(Choose(d.o.Queues, q.Language, q.About, now), d.fallback())
	}
	return t, nil
}

func (d *Desk) fallback() string {
	for _, q := range d.o.Queues {
		if q.Default {
			return q.Name
		}
	}
	return d.o.Queues[0].Name
}

// begin adds a transfer on the actor, and steps it; false: one is under way already.
func (d *Desk) begin(ctx context.Context, t Transfer) (added bool, err error) {
	if _, added, err = d.put(ctx, t); err != nil {
		return added, err
	}
	return added, d.pickUp(ctx, false)
}

// Accept takes an offer.
func (d *Desk) Accept(ctx context.Context, agent, offer string) (Transfer, error) {
	return d.answer(ctx, agent, offer, Accept{agent})
}

// Decline refuses one.
func (d *Desk) Decline(ctx context.Context, agent, offer string) (Transfer, error) {
	return d.answer(ctx, agent, offer, Decline{agent})
}

func (d *Desk) answer(ctx context.Context, agent, offer string, e Event) (t Transfer, err error) {
	err = d.ask(ctx, func(ctx context.Context) error {
		r := d.offered(offer)
		if r == nil && d.o.Node != "" { // another node's, of a moment ago
			if err := d.pickUp(ctx, false); err != nil {
				return err
			}
			r = d.offered(offer)
		}
		switch {
		case r == nil:
			return ErrOver
		case r.Agent != agent:
			return ErrNotYours
		case r.Transfer.Offer != offer: // accepted already: again is the same
			t = r.Transfer
			return nil
		}
		if r.Kind == Call {
			if err := d.here(ctx, r.Conversation); err != nil {
				return err
			}
		}
		d.step(ctx, r, e)
		if t = r.Transfer; t.Offer == offer && t.State == Offering {
			return errNotKept
		}
		if _, ok := e.(Accept); !ok {
			return nil
		}
		if t.Agent != agent { // it went to another meanwhile
			return ErrOver
		}
		d.withdrawn(r, agent, offer, "accepted")
		return nil
	})
	return t, err
}

// offered finds the transfer of an offer that rings, or was accepted; nil: there is none.
func (d *Desk) offered(offer string) *running {
	if offer == "" {
		return nil
	}
	for _, r := range d.open {
		if r.Transfer.Offer == offer {
			return r
		}
		if r.offer.ID == offer && r.offer.agent == r.Agent && (r.State == Consulting || r.State == Conference) {
			return r
		}
	}
	return nil
}

// Move brings a transfer on that a person has accepted: Join, Complete or Cancel. So may who
// hands it on; a senior person may cancel any.
func (d *Desk) Move(ctx context.Context, p Person, transfer string, e Event) (t Transfer, err error) {
	err = d.ask(ctx, func(ctx context.Context) error {
		r := d.open[transfer]
		if r == nil {
			x, err := d.o.Store.Transfer(ctx, transfer)
			if err != nil {
				return err
			}
			if t, err = read(x); err != nil {
				return err
			}
			if _, done := e.(Complete); done && t.State == Completed && t.Agent == p.ID {
				return nil // again is the same
			}
			return ErrOver
		}
		if r.Kind == Call {
			if err := d.here(ctx, r.Conversation); err != nil {
				return err
			}
		}
		_, cancel := e.(Cancel)
		if r.Agent != p.ID && r.From != p.ID && !(cancel && p.Senior) {
			return ErrNotYours
		}
		who := r.Agent // for whom the one who hands on decides as well
		switch e.(type) {
		case Join:
			e = Join{who}
		case Complete:
			e = Complete{who}
		}
		if r.Kind == Call && d.o.Calls != nil && !cancel && !d.o.Calls.Hears(r.Conversation, who) {
			return ErrNoAudio
		}
		d.step(ctx, r, e)
		if t = r.Transfer; !come(t, who, e) {
			return ErrOver
		}
		return nil
	})
	return t, err
}

// come reports whether a transfer is where somebody wanted to bring it.
func come(t Transfer, who string, e Event) bool {
	switch e.(type) {
	case Join:
		return t.Agent == who && (t.State == Conference || t.State == Completed)
	case Complete:
		return t.Agent == who && t.State == Completed
	}
	return t.State.Over()
}

// HandOn gives a conversation to a queue or to one person. Who has it keeps it until
// somebody comes, unless it goes blind.
func (d *Desk) HandOn(ctx context.Context, p Person, q Request) (t Transfer, err error) {
	err = d.ask(ctx, func(ctx context.Context) error {
		if err := d.here(ctx, q.Conversation); err != nil {
			return err
		}
		h, held, err := d.holder(ctx, q.Conversation)
		if err != nil {
			return err
		}
		if !p.Senior && (!held || h.agent != p.ID) {
			return ErrNotYours
		}
		if q.Queue != "" && !d.has(q.Queue) {
			return ErrNoQueue
		}
		if q.Phone != "" {
			if d.o.Phones == nil || d.o.Phones() == nil || !d.up(q.Conversation) {
				return ErrNoCall
			}
			q.Only = Outside(q.Phone)
		}
		if d.running(q.Conversation) != nil || held && q.Only == h.agent {
			return dialog.ErrConflict
		}
		q.From, q.ByBot = "", false
		if held && !q.Blind {
			q.From = h.agent
		}
		if t, err = d.fresh(ctx, q); err != nil {
			return err
		}
		if q.Phone != "" {
			if err := d.invite(ctx, q.Phone); err != nil {
				return err
			}
		}
		there, known, err := d.there(ctx, t)
		if err != nil {
			return err
		}
		if !known {
			return ErrNoAgent
		}
		if !there { // it stays where it is
			t.State, t.Reason, t.Ended, t.From = Failed, Nobody, t.Since, h.agent
			if t, err = d.add(ctx, t); err != nil {
				return err
			}
			return d.pickUp(ctx, false)
		}
		if held && q.Blind {
			d.quit(ctx, q.Conversation, h.agent, HoldCustomer)
			if err := d.o.Registry.Free(ctx, h.agent, q.Conversation, d.o.Now()); err != nil {
				return err
			}
			delete(d.held, q.Conversation)
		}
		if _, err := d.begin(ctx, t); err != nil {
			return err
		}
		if r := d.open[t.ID]; r != nil {
			t = r.Transfer
		}
		return nil
	})
	return t, err
}

func (d *Desk) has(queue string) bool {
	for _, q := range d.o.Queues {
		if q.Name == queue {
			return true
		}
	}
	return false
}

// there reports whether somebody works who could take a transfer; known, whether the
// person whom it is for is one of the people.
func (d *Desk) there(ctx context.Context, t Transfer) (there, known bool, err error) {
	agents, err := d.o.Registry.Agents(ctx)
	for _, a := range agents {
		known = known || a.ID == t.Only
		there = there || fits(t.Entry(), a) && a.There(d.o.Now())
	}
	return there, known || t.Only == "", err
}

// Return gives a conversation back to the bot.
func (d *Desk) Return(ctx context.Context, p Person, id dialog.ConversationID) error {
	return d.giveBack(ctx, p, id, LineReturned)
}

// Release gives a conversation back to the bot for how the customer spoke, and tells them so.
func (d *Desk) Release(ctx context.Context, p Person, id dialog.ConversationID) error {
	return d.giveBack(ctx, p, id, LineReleased)
}

func (d *Desk) giveBack(ctx context.Context, p Person, id dialog.ConversationID, line Line) error {
	return d.ask(ctx, func(ctx context.Context) error {
		if err := d.here(ctx, id); err != nil {
			return err
		}
		if r := d.running(id); r != nil {
			if !p.Senior && r.Agent != p.ID && r.From != p.ID {
				return ErrNotYours
			}
			d.step(ctx, r, Cancel{})
		}
		h, held, err := d.holder(ctx, id)
		if err != nil {
			return err
		}
		switch {
		case !held:
			return nil
		case h.agent != p.ID && !p.Senior:
			return ErrNotYours
		}
		rs, err := d.o.Store.Hold(ctx, id, dialog.HeldByBot, "", "")
		if err != nil {
			return err
		}
		d.publish(ctx, rs)
		d.quit(ctx, id, h.agent, BackCustomer)
		d.let(ctx, id, h)
		c, err := d.o.Store.Conversation(ctx, id)
		if err != nil {
			return err
		}
		d.inform(ctx, Transfer{Conversation: id, State: Returned, Language: c.Locale}, dialog.HeldByBot, line)
		return nil
	})
}

// let frees the place of a conversation that a person had.
func (d *Desk) let(ctx context.Context, id dialog.ConversationID, h holding) {
	now := d.o.Now()
	delete(d.held, id)
	delete(d.silent, id)
	defer d.dismiss(ctx, h.agent)
	d.o.Feed.show(id, Audience{})
	err := d.o.Registry.Free(ctx, h.agent, id, now)
	if err = errors.Join(err, d.wrap(ctx, id, h, now)); err != nil {
		d.fault("a place is not freed", err)
	}
}

// TakeOver gives a conversation to a person who does not wait to be asked.
func (d *Desk) TakeOver(ctx context.Context, agent string, id dialog.ConversationID) error {
	return d.ask(ctx, func(ctx context.Context) error {
		if err := errors.Join(d.here(ctx, id), d.touch(ctx, agent)); err != nil {
			return err
		}
		if r := d.running(id); r != nil {
			h, ok, err := d.holder(ctx, id)
			if err != nil {
				return err
			}
			if ok && h.agent != agent && r.From != h.agent {
				d.let(ctx, id, h)
			}
			d.step(ctx, r, Taken{agent})
			return nil
		}
		h, held, err := d.holder(ctx, id)
		if err != nil || held && h.agent == agent {
			return err
		}
		rs, err := d.o.Store.Hold(ctx, id, dialog.HeldByAgent, agent, h.queue)
		if err != nil {
			return err
		}
		both := Audience{Agents: []string{agent}}
		if held {
			d.let(ctx, id, h)
			both.Agents = append(both.Agents, h.agent)
		}
		d.o.Feed.show(id, both)
		d.publish(ctx, rs)
		d.hold(id, agent, h.queue)
		if held {
			d.quit(ctx, id, h.agent, BackCustomer)
		}
		kind := Chat
		if d.up(id) {
			kind = Call
			if err := d.move(ctx, id, JoinAll, agent); err != nil {
				d.fault("a person who has taken over is not in the call", err)
			}
		}
		if err := d.o.Registry.Keep(ctx, agent, id, kind); err != nil {
			return err
		}
		return d.o.Tell(ctx, id, dialog.Held{By: dialog.HeldByAgent})
	})
}

// Over says that a conversation was closed or forgotten.
func (d *Desk) Over(ctx context.Context, id dialog.ConversationID) error {
	return d.ask(ctx, func(ctx context.Context) error {
		if err := d.pickUp(ctx, false); err != nil { // a person may have been asked for a moment ago
			return err
		}
		if r := d.running(id); r != nil {
			d.step(ctx, r, CustomerLeft{})
		}
		if h, held := d.held[id]; held {
			d.let(ctx, id, h)
		}
		return nil
	})
}

// NeverMind lets the customer go on with the bot. It does not wait.
func (d *Desk) NeverMind(id dialog.ConversationID) {
	d.later(func(ctx context.Context) error { return d.on(ctx, id, NeverMind{}) })
}

// Spoke says that a person wrote to the customer: who was still reading has read. It does
// not wait.
func (d *Desk) Spoke(agent string, id dialog.ConversationID) {
	d.later(func(ctx context.Context) error {
		return errors.Join(d.touch(ctx, agent), d.on(ctx, id, Complete{agent}))
	})
}

var _ Store = (*store.Store)(nil)
