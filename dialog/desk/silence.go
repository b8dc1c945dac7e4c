package desk

import (
	"context"
	"errors"
	"time"

	"parley/dialog"
)

// silence is a call in which nothing is heard of its person: not yet, or no more.
type silence struct {
	agent string
	what  Movement // that is done when the person is heard
	until time.Time
	say   time.Time // when the customer is told; zero: not, or told already
}

// blink is how long a line may be gone before the customer is told: a page that is loaded
// again is back by then.
const blink = 1500 * time.Millisecond

// up reports whether a conversation's customer is on a call.
func (d *Desk) up(id dialog.ConversationID) bool {
	return d.o.Calls != nil && d.o.Calls.Up(id)
}

// move moves the parties of a call. While nothing is heard of the person the customer has
// music, for a while.
func (d *Desk) move(ctx context.Context, id dialog.ConversationID, what Movement, agent string) error {
	if d.o.Calls == nil {
		return nil
	}
	if s, ok := d.silent[id]; ok && (s.agent == agent || what == BackCustomer) {
		delete(d.silent, id)
	}
	err := d.o.Calls.Move(ctx, id, what, agent, func() {
		d.later(func(ctx context.Context) error { return d.on(ctx, id, Brief{agent}) })
	})
	if err == nil || what != BriefAgent && what != JoinAll && what != SeatAgent || errors.Is(err, dialog.ErrNotFound) {
		return err
	}
	if !errors.Is(err, ErrNoAudio) {
		d.fault("a person is not brought into a call", err)
	}
	return d.hush(ctx, id, what, agent)
}

// hush gives the customer music until the person is heard, or others are asked.
func (d *Desk) hush(ctx context.Context, id dialog.ConversationID, what Movement, agent string) error {
	d.silent[id] = silence{agent: agent, what: what, until: d.o.Now().Add(d.o.Rules.Grace)}
	return d.o.Calls.Move(ctx, id, HoldCustomer, "", nil)
}

// quit takes a person who had the conversation out of its call, if there is one.
func (d *Desk) quit(ctx context.Context, id dialog.ConversationID, agent string, then Movement) {
	delete(d.silent, id)
	if d.o.Calls == nil || !d.o.Calls.Up(id) {
		return
	}
	err := errors.Join(d.o.Calls.Move(ctx, id, DropAgent, agent, nil), d.o.Calls.Move(ctx, id, then, "", nil))
	if err != nil {
		d.fault("a person is still in a call", err)
	}
}

// who has a conversation's call, or is getting it, and what is to be done when that person
// is heard.
func (d *Desk) who(id dialog.ConversationID) (agent string, what Movement) {
	if r := d.running(id); r != nil {
		switch {
		case r.State == Consulting && r.Consult && r.From != "":
			return r.Agent, SeatAgent
		case r.State == Consulting:
			return r.Agent, BriefAgent
		case r.State == Conference:
			return r.Agent, JoinAll
		case r.From != "":
			return r.From, JoinAll
		}
		return "", ""
	}
	return d.held[id].agent, JoinAll
}

// Heard says that a person's audio is there: in a conversation's call, or, when that is "",
// standing by for any. It does not wait.
func (d *Desk) Heard(agent string, in dialog.ConversationID) {
	d.later(func(ctx context.Context) error {
		for id, s := range d.silent {
			if s.agent != agent || in != "" && in != id {
				continue
			}
			until := s.until
			if err := d.move(ctx, id, s.what, agent); err != nil {
				d.fault("a person is not brought into a call", err)
			}
			if s, still := d.silent[id]; still { // in vain: the time that it may take goes on
				s.until = until
				d.silent[id] = s
			}
		}
		if in == "" {
			d.reseat(ctx, agent)
		}
		return nil
	})
}

// reseat brings a person whose audio is back into what they are handing on: others are there
// for the customer meanwhile, so nobody has music for it.
func (d *Desk) reseat(ctx context.Context, agent string) {
	for _, r := range d.each() {
		if r.From != agent || r.Kind != Call || r.State != Consulting && r.State != Conference || !d.up(r.Conversation) {
			continue
		}
		if err := d.o.Calls.Move(ctx, r.Conversation, SeatAgent, agent, nil); err != nil {
			d.fault("a person is not back in a call", err)
		}
	}
}

// Silenced says that nothing is heard of a person in a call any more: the line is gone, or,
// wanted, the person has left it without giving the conversation to anybody.
// The customer has music and is told; when the person does not come back in time, others
// are asked. It does not wait.
func (d *Desk) Silenced(agent string, id dialog.ConversationID, wanted bool) {
	d.later(func(ctx context.Context) error {
		has, what := d.who(id)
		if has != agent || agent == "" || d.o.Calls == nil || !d.o.Calls.Up(id) {
			return nil
		}
		back := d.move
		if wanted { // audio that stands by does not come by itself
			back = d.hush
		}
		if err := back(ctx, id, what, agent); err != nil {
			return err
		}
		if _, still := d.silent[id]; !still || what != JoinAll { // back already, or the customer did not hear them yet
			return nil
		}
		s := d.silent[id]
		s.say = d.o.Now().Add(blink)
		d.silent[id] = s
		return nil
	})
}

// regret tells a customer whose person is not heard any more.
func (d *Desk) regret(ctx context.Context, id dialog.ConversationID) error {
	c, err := d.o.Store.Conversation(ctx, id)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return d.o.Tell(ctx, id, dialog.Held{By: dialog.HeldByAgent, Say: words(LineLost, c.Locale, 0, 0), Language: c.Locale})
}

// unheard asks others where a person was not heard in time.
func (d *Desk) unheard(ctx context.Context) {
	now := d.o.Now()
	for id, s := range d.silent {
		if !s.say.IsZero() && !now.Before(s.say) {
			s.say = time.Time{}
			d.silent[id] = s
			if err := d.regret(ctx, id); err != nil {
				d.fault("a customer is not told that nobody is heard", err)
			}
		}
		if now.Before(s.until) {
			continue
		}
		delete(d.silent, id)
		if has, _ := d.who(id); has != s.agent || !d.up(id) {
			continue
		}
		d.o.Logger.Warn("nothing is heard of a person in a call; others are asked", "agent", s.agent, "conversation", id)
		d.abandon(ctx, s.agent, Seat{Conversation: id, Kind: Call})
	}
}

// CallBegan says that a customer calls, who may be waiting for a person or be with one. It
// does not wait.
func (d *Desk) CallBegan(id dialog.ConversationID) {
	d.later(func(ctx context.Context) error {
		if r := d.running(id); r != nil {
			d.step(ctx, r, Kinded{Call})
			if r.From == "" {
				return nil
			}
		}
		has, what := d.who(id)
		if has == "" || what != JoinAll {
			return nil
		}
		if err := d.o.Registry.Keep(ctx, has, id, Call); err != nil {
			return err
		}
		return d.move(ctx, id, what, has)
	})
}

// CallOver says that a customer's call has ended. Who hung up while waiting has left; who
// was cut off still waits, in the chat. It does not wait.
func (d *Desk) CallOver(id dialog.ConversationID, hungUp bool) {
	d.later(func(ctx context.Context) error {
		if d.up(id) { // by another one
			return nil
		}
		delete(d.silent, id)
		if r := d.running(id); r != nil && r.Kind == Call {
			if hungUp && r.From == "" {
				d.step(ctx, r, CustomerLeft{})
			} else {
				d.step(ctx, r, Kinded{Chat})
			}
		}
		h, held := d.held[id]
		if !held {
			return nil
		}
		return d.o.Registry.Keep(ctx, h.agent, id, Chat)
	})
}
