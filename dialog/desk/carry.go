package desk

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// updated is the data of transfer.updated.
type updated struct {
	ID       string `json:"id"`
	State    State  `json:"state"`
	Queue    string `json:"queue,omitempty"`
	Agent    string `json:"agent,omitempty"`
	Name     string `json:"name,omitempty"` // of the person, once there is one
	From     string `json:"from,omitempty"` // the person who hands on
	Reason   Reason `json:"reason,omitempty"`
	Position int    `json:"position,omitempty"`
	WaitMS   int64  `json:"wait_ms"`
}

// races is how often other nodes may be faster with one transfer.
const races = 4

// step lets Step decide, keeps it, and carries it out; again with what another node has
// made of the transfer meanwhile.
func (d *Desk) step(ctx context.Context, r *running, e Event) {
	for range races {
		d.once(ctx, r, e)
		if !r.stale {
			return
		}
		if !d.reread(ctx, r) { // it is over
			for _, f := range (&step{}).late(e) {
				d.do(ctx, r, f)
			}
			return
		}
		if _, begins := e.(Begin); begins { // another node has begun it
			return
		}
	}
	d.undo(ctx, r, e)
}

func (d *Desk) once(ctx context.Context, r *running, e Event) {
	before := r.Transfer
	t, out := Step(d.rules(r.Queue), before, e, d.o.Now())
	if len(out) == 0 && reflect.DeepEqual(before, t) {
		return
	}
	t.Node = d.o.Node
	if !d.keep(ctx, r, t, visible(before, t) || r.version == 0) {
		switch {
		case r.stale:
		case r.gone:
			d.clear(ctx, r, e, out)
		default:
			d.undo(ctx, r, e)
		}
		return
	}
	d.follow(t, before)
	line := Line("")
	for _, f := range out {
		if f, ok := f.(Tell); ok {
			line = f.Line
			continue
		}
		d.do(ctx, r, f)
	}
	if e, ok := e.(Routed); ok && t.State == Offering {
		if OutsideNumber(e.Agent) == "" {
			d.ring(ctx, r)
		} else if r.offer = (Offer{ID: e.Offer, agent: e.Agent}); d.o.Phones != nil && d.o.Phones() != nil {
			d.o.Phones().Ring(t)
		}
	}
	h, _ := t.Holder()
	was, _ := before.Holder()
	if h != was || line != "" || r.version == 1 {
		d.inform(ctx, t, h, line)
	}
	if t.State.Over() {
		d.drop(r)
		d.dismiss(ctx, t.Only)
	}
}

// visible reports whether others are to hear of the difference.
func visible(a, b Transfer) bool {
	return a.State != b.State || a.Queue != b.Queue || a.Agent != b.Agent || a.Reason != b.Reason
}

// keep writes a step down and publishes it. False: it was not kept, and is not so.
func (d *Desk) keep(ctx context.Context, r *running, t Transfer, public bool) bool {
	x, err := row(t, r.version)
	if err != nil {
		d.fault("a transfer cannot be written", err)
		return false
	}
	p := store.TransferStep{Transfer: x}
	if public {
		u := updated{ID: t.ID, State: t.State, Queue: t.Queue, Agent: t.Agent, From: t.From, Reason: t.Reason, WaitMS: t.Wait(d.o.Now()).Milliseconds()}
		if t.State == Queued {
			if ws, err := d.o.Registry.Waiting(ctx); err == nil {
				if u.Position = Position(d.o.Queues, ws, t.ID); u.Position == 0 { // not in it yet
					u.Position = Position(d.o.Queues, append(ws, t.Entry()), t.ID)
				}
			}
		}
		if t.Agent != "" && t.State != Offering {
			u.Name = d.name(t.Agent)
		}
		r.place, r.placed = u.Position, d.o.Now()
		if p.Updated, err = json.Marshal(u); err != nil {
			d.fault("a transfer cannot be told of", err)
			return false
		}
	}
	if was, person := r.Holder(); r.version == 0 || !t.State.Over() || t.State == Completed || was != dialog.HeldByBot || person != "" {
		p.Holder, p.Agent = t.Holder()
		if p.Queue = t.Queue; p.Holder == dialog.HeldByBot {
			p.Queue = ""
		}
	}
	d.o.Feed.show(t.Conversation, audience(r.Transfer).with(audience(t)))
	rs, err := d.o.Store.StepTransfer(ctx, p)
	switch {
	case errors.Is(err, dialog.ErrStale):
		r.stale = true
		d.looked = d.looked.Add(-again) // whoever has it no more is shown so
		return false
	case errors.Is(err, dialog.ErrClosed), errors.Is(err, dialog.ErrNotFound):
		d.drop(r) // it was forgotten; what was closed meanwhile is read again, and ended
		d.looked = d.looked.Add(-again)
		d.o.Feed.show(t.Conversation, Audience{})
		r.gone = true
		d.do(ctx, r, Unwait{})
		return false
	case err != nil:
		d.fault("a transfer is not kept", err)
		return false
	}
	r.Transfer, r.version, r.stale, d.changed = t, r.version+1, false, true
	d.publish(ctx, rs)
	d.o.Feed.show(t.Conversation, audience(t))
	return true
}

func (d *Desk) publish(ctx context.Context, rs []dialog.Record) {
	for _, x := range rs {
		if err := d.o.Bus.Publish(ctx, x); err != nil {
			d.o.Logger.Warn("event not published", "type", x.Type, "err", err)
		}
	}
}

// undo gives back what was reserved for a step that could not be kept.
func (d *Desk) undo(ctx context.Context, r *running, e Event) {
	if e, ok := e.(Routed); ok {
		err := errors.Join(d.o.Registry.Free(ctx, e.Agent, r.Conversation, d.o.Now()), d.o.Registry.Wait(ctx, r.Entry()))
		if err != nil {
			d.fault("an offer is not taken back", err)
		}
	}
}

// clear leaves nothing of a transfer whose conversation is gone: nobody is rung, or has a
// place taken by it.
func (d *Desk) clear(ctx context.Context, r *running, e Event, out []Effect) {
	if e, ok := e.(Routed); ok {
		d.do(ctx, r, Free{e.Agent})
	}
	if r.Agent != "" && d.held[r.Conversation].agent != r.Agent {
		d.do(ctx, r, Free{r.Agent})
	}
	for _, f := range out {
		switch f := f.(type) {
		case Free, Withdraw:
			d.do(ctx, r, f)
		case Move:
			if f.What == DropAgent || f.What == BackCustomer {
				d.do(ctx, r, f)
			}
		}
	}
}

// follow notes which conversations people have after a step.
func (d *Desk) follow(t, before Transfer) {
	h, agent := t.Holder()
	if h == dialog.HeldByAgent {
		queue := t.Queue
		if was, ok := d.held[t.Conversation]; ok && was.agent == agent {
			queue = was.queue
		}
		d.held[t.Conversation] = holding{agent, queue}
		return
	}
	if _, was := before.Holder(); was != "" {
		delete(d.held, t.Conversation)
	}
}

// hold notes that a person has a conversation, for the feed too.
func (d *Desk) hold(id dialog.ConversationID, agent, queue string) {
	d.held[id] = holding{agent, queue}
	d.o.Feed.show(id, Audience{Agents: []string{agent}})
}

// audience of a conversation with a transfer.
func audience(t Transfer) Audience {
	var a Audience
	for _, p := range []string{t.Agent, t.From, t.Only} {
		if p != "" && !slices.Contains(a.Agents, p) {
			a.Agents = append(a.Agents, p)
		}
	}
	if t.State == Queued && t.Only == "" {
		a.Queue = t.Queue
	}
	if h, _ := t.Holder(); h == dialog.HeldByBot {
		return Audience{}
	}
	return a
}

func (d *Desk) name(agent string) string {
	agents, err := d.o.Registry.Agents(d.ctx)
	if err != nil {
		return ""
	}
	for _, a := range agents {
		if a.ID == agent {
			return a.Name
		}
	}
	return ""
}

func (d *Desk) drop(r *running) {
	if d.open[r.ID] != r {
		return
	}
	delete(d.open, r.ID)
	if d.of[r.Conversation] == r.ID {
		delete(d.of, r.Conversation)
	}
}

// do carries out one effect.
func (d *Desk) do(ctx context.Context, r *running, f Effect) {
	var err error
	reg, now := d.o.Registry, d.o.Now()
	switch f := f.(type) {
	case Wait:
		err = reg.Wait(ctx, r.Entry())
	case Unwait:
		err = reg.Unwait(ctx, r.ID)
	case Free:
		err = reg.Free(ctx, f.Agent, r.Conversation, now)
	case Keep:
		err = reg.Keep(ctx, f.Agent, r.Conversation, r.Kind)
	case Withdraw:
		if OutsideNumber(f.Agent) != "" && d.o.Phones != nil && d.o.Phones() != nil {
			d.o.Phones().Hush(r.ID)
		}
		d.withdrawn(r, f.Agent, f.Offer, string(f.Reason))
		if f.Rest {
			err = reg.Wish(ctx, f.Agent, Away, now, now)
		}
	case Move:
		id := r.Conversation
		err = d.move(ctx, id, f.What, f.Agent)
		if err != nil && f.What != DropAgent && f.What != HoldCustomer && f.What != BackCustomer {
			d.later(func(ctx context.Context) error { return d.on(ctx, id, Broken{}) })
		}
	}
	if err != nil {
		d.fault("desk: an effect failed", err)
	}
}

// on gives an event to the transfer of a conversation, if there is one.
func (d *Desk) on(ctx context.Context, id dialog.ConversationID, e Event) error {
	if r := d.running(id); r != nil {
		d.step(ctx, r, e)
	}
	return nil
}

// withdrawn ends the ringing at a person.
func (d *Desk) withdrawn(r *running, agent, offer, why string) {
	d.o.Feed.tell(OfferWithdrawn, r.Conversation, map[string]any{"id": offer, "transfer": r.ID, "conversation": r.Conversation, "reason": why}, d.o.Now(), Audience{Agents: []string{agent}})
}

// ring shows a person what they are asked.
func (d *Desk) ring(ctx context.Context, r *running) {
	var packet any
	if d.o.Packet != nil {
		var err error
		if packet, err = d.o.Packet(ctx, r.Conversation, r.Asked); err != nil {
			d.o.Logger.Warn("an offer without its packet", "conversation", r.Conversation, "err", err)
		}
	}
	r.offer = Offer{ID: r.Transfer.Offer, Transfer: r.ID, Conversation: r.Conversation, Kind: r.Kind, Queue: r.Queue, Language: r.Language, From: r.From, Note: r.Note, Said: r.Said,
		WaitMS: r.Wait(d.o.Now()).Milliseconds(), Expires: r.Due.UTC(), Packet: packet, agent: r.Agent}
	d.o.Feed.tell(OfferCreated, r.Conversation, r.offer, d.o.Now(), Audience{Agents: []string{r.Agent}})
}

// inform tells the conversation who has it, and what the bot says about it.
func (d *Desk) inform(ctx context.Context, t Transfer, h dialog.Holder, line Line) {
	e := dialog.Held{By: h, Language: t.Language, Released: line == LineReleased}
	send := d.o.Tell
	if line != "" && h != dialog.HeldByAgent {
		n := 1
		if ws, err := d.o.Registry.Waiting(ctx); err == nil {
			n = max(1, Position(d.o.Queues, ws, t.ID))
		}
		wait := d.view.Load().expect(t.Queue, t.Kind, n, d.o.Now())
		if e.Say = words(line, t.Language, n, wait); e.Say != "" {
			send = d.o.Post
		}
	}
	delete(d.untold, t.Conversation)
	d.tellHolder(ctx, t.Conversation, news{e, send})
}

// news is who has a conversation, and how it is told.
type news struct {
	held dialog.Held
	send func(ctx context.Context, id dialog.ConversationID, e dialog.Event) error
}

// patience is how long the desk waits for a conversation that has too much to do.
const patience = 300 * time.Millisecond

// tellHolder tells a conversation who has it, now or as soon as it listens.
func (d *Desk) tellHolder(ctx context.Context, id dialog.ConversationID, n news) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := n.send(ctx, id, n.held); err != nil && d.ctx.Err() == nil {
		d.o.Logger.Warn("a conversation is not told yet who has it", "conversation", id, "err", err)
		d.untold[id] = n
	}
}

// retell tells those that did not listen.
func (d *Desk) retell(ctx context.Context) {
	for id, n := range d.untold {
		delete(d.untold, id)
		d.tellHolder(ctx, id, n)
		if ctx.Err() != nil {
			return
		}
	}
}
