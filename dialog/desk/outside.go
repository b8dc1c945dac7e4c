package desk

import (
	"context"
	"errors"
	"strings"
	"time"

	"parley/dialog"
)

// Phones call people who are not at the desk.
type Phones interface {
	// Ring calls the phone that a transfer is for, and answers the offer for whoever takes it:
	// Accept, or Unanswered. Hush ends what rings for a transfer. Neither waits.
	Ring(t Transfer)
	Hush(transfer string)
	// Has reports whether a person outside is on the line for a conversation.
	Has(agent string, id dialog.ConversationID) bool
}

const outside = "phone:"

// Outside is a phone's number as one of the people.
func Outside(number string) string { return outside + number }

// OutsideNumber is the number of a person outside; "" of one at the desk.
func OutsideNumber(agent string) string {
	n, ok := strings.CutPrefix(agent, outside)
	if !ok {
		return ""
	}
	return n
}

// invite makes a phone one of the people, as long as a conversation is for it.
func (d *Desk) invite(ctx context.Context, number string) error {
	agent, now := Outside(number), d.o.Now()
	if err := d.o.Registry.Know(ctx, Profile{ID: agent, Name: number, Role: "phone", Queues: []string{outside}}); err != nil {
		return err
	}
	if err := d.o.Registry.Wish(ctx, agent, Available, now, now); err != nil {
		return err
	}
	return d.o.Registry.Connect(ctx, agent, now)
}

// dismiss forgets a phone that no conversation is for any more.
func (d *Desk) dismiss(ctx context.Context, agent string) {
	if OutsideNumber(agent) == "" {
		return
	}
	for _, h := range d.held {
		if h.agent == agent {
			return
		}
	}
	for _, r := range d.open {
		if !r.State.Over() && (r.Only == agent || r.Agent == agent) {
			return
		}
	}
	if err := d.o.Registry.Forget(ctx, agent); err != nil {
		d.fault("a phone is still one of the people", err)
	}
}

// Unanswered says that a person who was called, or who took a call and did not confirm it,
// cannot be had. It does not wait.
func (d *Desk) Unanswered(agent string, id dialog.ConversationID, why Reason) {
	d.later(func(ctx context.Context) error { return d.on(ctx, id, Unanswered{agent, why}) })
}

// Left says that a phone which had a conversation has hung up: the bot goes on, and says so
// while the customer is there. It does not wait; what fails is tried again by strayed.
func (d *Desk) Left(agent string, id dialog.ConversationID) {
	d.later(func(ctx context.Context) error { return d.left(ctx, agent, id) })
}

func (d *Desk) left(ctx context.Context, agent string, id dialog.ConversationID) error {
	h, held := d.held[id]
	if r := d.running(id); r != nil && r.Agent == agent { // who hands on is there
		d.step(ctx, r, Gone{agent})
		return nil
	}
	if !held || h.agent != agent {
		return nil
	}
	rs, err := d.o.Store.Hold(ctx, id, dialog.HeldByBot, "", "")
	if err != nil {
		return err
	}
	d.publish(ctx, rs)
	up := d.up(id)
	d.quit(ctx, id, agent, BackCustomer)
	d.let(ctx, id, h)
	line := Line("")
	if up {
		line = LineReturned
	}
	c, err := d.o.Store.Conversation(ctx, id)
	if err != nil {
		return err
	}
	d.inform(ctx, Transfer{Conversation: id, State: Returned, Language: c.Locale}, dialog.HeldByBot, line)
	return nil
}

// strayed gives the bot what a phone has that is on no line any more, once that has lasted:
// its server died, or the store was away when it hung up.
func (d *Desk) strayed(ctx context.Context) error {
	var errs []error
	now, still := d.o.Now(), map[dialog.ConversationID]time.Time{}
	for id, h := range d.held {
		if OutsideNumber(h.agent) == "" || d.running(id) != nil || d.up(id) && d.speaks(h.agent, id) {
			continue
		}
		if away, err := d.elsewhere(ctx, id); away || err != nil {
			errs = append(errs, err)
			continue
		}
		since, known := d.strays[id]
		if !known {
			since = now
		}
		if now.Sub(since) < doubtful {
			still[id] = since
			continue
		}
		d.o.Logger.Warn("a phone is on no line any more; the bot has its conversation again", "conversation", id)
		if err := d.left(ctx, h.agent, id); err != nil {
			still[id] = since
			errs = append(errs, err)
		}
	}
	d.strays = still
	return errors.Join(errs...)
}

// speaks reports whether a person outside is on the line for a conversation.
func (d *Desk) speaks(agent string, id dialog.ConversationID) bool {
	if d.o.Phones == nil {
		return false
	}
	p := d.o.Phones()
	return p != nil && p.Has(agent, id)
}
