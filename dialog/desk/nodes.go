package desk

import (
	"context"
	"errors"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// Several nodes show the same desk. Each has all transfers that are under way, as the store
// has them; the node that is named in a transfer does what is due in it by itself, and every
// node does what its people ask for: a step is kept by one node alone, for the store refuses
// what came from an older version, and who kept it carries it out and goes on with it. When
// a node is dead the others take its transfers over.
//
// What a node shows its people it works out of what the store has, so that nothing is lost
// with a message between the nodes: those only make it look sooner.

// mine reports whether this node does what is due in a transfer.
func (d *Desk) mine(r *running) bool { return r.Node == d.o.Node }

// orphan reports whether nobody does.
func (d *Desk) orphan(r *running) bool { return !d.mine(r) && !d.lives[r.Node] }

// elsewhere reports whether another node has a conversation's call.
func (d *Desk) elsewhere(ctx context.Context, id dialog.ConversationID) (bool, error) {
	if d.o.Where == nil || d.up(id) {
		return false, nil
	}
	node, err := d.o.Where(ctx, id)
	return node != "" && node != d.o.Node, err
}

// here is ErrElsewhere of a conversation whose call another node has.
func (d *Desk) here(ctx context.Context, id dialog.ConversationID) error {
	away, err := d.elsewhere(ctx, id)
	if err == nil && away {
		err = ErrElsewhere
	}
	return err
}

// take has a transfer that this node did not know.
func (d *Desk) take(ctx context.Context, t Transfer, version int64, restart bool) {
	r := &running{Transfer: t, version: version}
	owns := d.mine(r) || d.orphan(r)
	if t.State.Over() { // it was over when it began: told, and forgotten
		if owns {
			d.keep(ctx, r, t, true)
		}
		return
	}
	d.open[t.ID], d.of[t.Conversation] = r, t.ID
	switch {
	case version == 0 && owns:
		r.Node = d.o.Node
		d.start(ctx, r, Begin{})
	case version > 0 && restart && d.mine(r):
		if r.Kind == Call && !d.up(r.Conversation) { // the call went with the process
			r.Kind = Chat
		}
		d.start(ctx, r, Begin{Restart: true})
	default:
		d.reflect(ctx, r, Transfer{})
	}
}

// start begins a transfer, or ends it with a conversation that is over.
func (d *Desk) start(ctx context.Context, r *running, e Begin) {
	if c, err := d.o.Store.Conversation(ctx, r.Conversation); err == nil && c.State == store.Closed {
		d.step(ctx, r, CustomerLeft{})
		return
	}
	d.step(ctx, r, e)
}

// reflect shows what another node has made of a transfer.
func (d *Desk) reflect(ctx context.Context, r *running, before Transfer) {
	d.follow(r.Transfer, before)
	d.o.Feed.show(r.Conversation, audience(r.Transfer))
	if before.Offer != "" && before.Offer != r.Transfer.Offer {
		why := string(r.Reason)
		if h, agent := r.Holder(); agent == before.Agent && h == dialog.HeldByAgent || r.State == Consulting && r.Agent == before.Agent {
			why = "accepted"
		}
		d.withdrawn(r, before.Agent, before.Offer, why)
	}
	if r.State == Offering && r.offer.ID != r.Transfer.Offer {
		d.ring(ctx, r)
	}
}

// reread takes a transfer as the store has it now; false: it is over, and known no more.
func (d *Desk) reread(ctx context.Context, r *running) bool {
	x, err := d.o.Store.Transfer(ctx, r.ID)
	before := r.Transfer
	if errors.Is(err, dialog.ErrNotFound) { // forgotten
		r.State, r.Reason, r.Agent, r.Transfer.Offer = Abandoned, LeftBy, "", ""
		d.reflect(ctx, r, before)
		d.drop(r)
		return false
	}
	t, broken := Transfer{}, err
	if err == nil {
		t, broken = read(x)
	}
	if broken != nil {
		d.fault("a transfer is not read", broken)
		return false
	}
	r.Transfer, r.version, r.stale = t, x.Version, false
	d.reflect(ctx, r, before)
	if t.State.Over() {
		d.drop(r)
		return false
	}
	return true
}

// inherit goes on with the transfers of dead nodes. Their calls went with them.
func (d *Desk) inherit(ctx context.Context) {
	for _, r := range d.each() {
		if !d.orphan(r) || r.version == 0 {
			continue
		}
		was := r.Node
		t := r.Transfer
		t.Node = d.o.Node
		if !d.keep(ctx, r, t, false) { // another node was faster
			continue
		}
		d.o.Logger.Warn("a transfer of a dead node goes on here", "transfer", r.ID, "node", was, "state", r.State)
		if r.Kind == Call && !d.up(r.Conversation) {
			d.step(ctx, r, Kinded{Chat})
		}
	}
}

// holder reads who of the people has a conversation.
func (d *Desk) holder(ctx context.Context, id dialog.ConversationID) (holding, bool, error) {
	c, err := d.o.Store.Conversation(ctx, id)
	if err != nil {
		return holding{}, false, err
	}
	if c.Holder != dialog.HeldByAgent || c.State == store.Closed {
		delete(d.held, id)
		return holding{}, false, nil
	}
	d.held[id] = holding{c.Agent, c.Queue}
	return d.held[id], true, nil
}

// holders reads it of all conversations, where others may have changed it.
func (d *Desk) holders(ctx context.Context) error {
	if d.o.Node == "" {
		return nil
	}
	cs, err := d.o.Store.HeldByPeople(ctx)
	if err != nil {
		return err
	}
	held := make(map[dialog.ConversationID]holding, len(cs))
	for _, c := range cs {
		held[c.ID] = holding{c.Agent, c.Queue}
		if d.running(c.ID) == nil {
			d.o.Feed.show(c.ID, Audience{Agents: []string{c.Agent}})
		}
	}
	for id := range d.held {
		if _, still := held[id]; !still && d.running(id) == nil {
			d.o.Feed.show(id, Audience{})
		}
	}
	d.held = held
	return nil
}

// doubtful is how long the registry may have what nobody knows of: a step may be under way.
const doubtful = 10 * time.Second

// mend makes the registry have what the records say, where it lacks it: after a fault of
// Redis, or of a node between two writes.
func (d *Desk) mend(ctx context.Context) error {
	agents, err := d.o.Registry.Agents(ctx)
	if err != nil {
		return err
	}
	waiting, err := d.o.Registry.Waiting(ctx)
	if err != nil {
		return err
	}
	waits, seats := map[string]bool{}, map[string]map[dialog.ConversationID]Seat{}
	for _, e := range waiting {
		waits[e.Transfer] = true
	}
	for _, a := range agents {
		seats[a.ID] = map[dialog.ConversationID]Seat{}
		for _, s := range a.Seats {
			seats[a.ID][s.Conversation] = s
		}
	}
	var errs []error
	keep := func(agent string, id dialog.ConversationID, k Kind, reserved bool) {
		s, has := seats[agent][id]
		if agent == "" || seats[agent] == nil || has && (s.Offer == "" || reserved) {
			return
		}
		errs = append(errs, d.o.Registry.Keep(ctx, agent, id, k))
	}
	for _, r := range d.each() {
		if !d.mine(r) || r.version == 0 {
			continue
		}
		keep(r.From, r.Conversation, r.Kind, false)
		switch r.State {
		case Queued:
			if !waits[r.ID] {
				errs = append(errs, d.o.Registry.Wait(ctx, r.Entry()))
			}
		case Offering, Consulting:
			keep(r.Agent, r.Conversation, r.Kind, true)
		case Conference:
			keep(r.Agent, r.Conversation, r.Kind, false)
		}
	}
	for id, h := range d.held {
		kind := Chat
		if d.up(id) {
			kind = Call
		}
		if d.running(id) == nil {
			keep(h.agent, id, kind, false)
		}
	}
	return errors.Join(append(errs, d.weed(ctx, agents, waiting), d.strayed(ctx))...)
}

// weed removes from the registry what is nobody's, once that has lasted.
func (d *Desk) weed(ctx context.Context, agents []Agent, waiting []Entry) error {
	var errs []error
	now, still := d.o.Now(), map[string]time.Time{}
	odd := func(what string) bool {
		since, known := d.odd[what]
		if !known {
			since = now
		}
		still[what] = since
		return now.Sub(since) >= doubtful
	}
	for _, a := range agents {
		for _, s := range a.Seats {
			r := d.running(s.Conversation)
			if d.held[s.Conversation].agent == a.ID || r != nil && (r.Agent == a.ID || r.From == a.ID) {
				continue
			}
			if odd("seat " + a.ID + " " + string(s.Conversation)) {
				d.o.Logger.Warn("a place that is nobody's is freed", "agent", a.ID, "conversation", s.Conversation)
				errs = append(errs, d.o.Registry.Free(ctx, a.ID, s.Conversation, now))
			}
		}
	}
	for _, e := range waiting {
		if r := d.open[e.Transfer]; (r == nil || r.State != Queued) && odd("entry "+e.Transfer) {
			errs = append(errs, d.o.Registry.Unwait(ctx, e.Transfer))
		}
	}
	d.odd = still
	return errors.Join(errs...)
}

// noting is a registry that notes that something was changed in it.
type noting struct {
	Registry
	changed *bool
}

func (n *noting) note(err error) error {
	*n.changed = true
	return err
}

// Wish implements Registry.
func (n *noting) Wish(ctx context.Context, agent string, s Status, now, grace time.Time) error {
	return n.note(n.Registry.Wish(ctx, agent, s, now, grace))
}

// Connect implements Registry.
func (n *noting) Connect(ctx context.Context, agent string, now time.Time) error {
	return n.note(n.Registry.Connect(ctx, agent, now))
}

// Disconnect implements Registry.
func (n *noting) Disconnect(ctx context.Context, agent string, now, grace time.Time) error {
	return n.note(n.Registry.Disconnect(ctx, agent, now, grace))
}

// Wrap implements Registry.
func (n *noting) Wrap(ctx context.Context, agent string, until time.Time) error {
	return n.note(n.Registry.Wrap(ctx, agent, until))
}

// Wait implements Registry.
func (n *noting) Wait(ctx context.Context, e Entry) error { return n.note(n.Registry.Wait(ctx, e)) }

// Unwait implements Registry.
func (n *noting) Unwait(ctx context.Context, transfer string) error {
	return n.note(n.Registry.Unwait(ctx, transfer))
}

// Keep implements Registry.
func (n *noting) Keep(ctx context.Context, agent string, id dialog.ConversationID, k Kind) error {
	return n.note(n.Registry.Keep(ctx, agent, id, k))
}

// Free implements Registry.
func (n *noting) Free(ctx context.Context, agent string, id dialog.ConversationID, now time.Time) error {
	return n.note(n.Registry.Free(ctx, agent, id, now))
}
