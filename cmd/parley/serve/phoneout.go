package serve

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"parley/dialog"
	"parley/dialog/outbound"
	"parley/dialog/store"
	"parley/dialog/voice"
	"parley/media/sip"
	"parley/web"
)

var _ web.Phones = (*phones)(nil)

// Number implements web.Phones.
func (p *phones) Number(text string) (string, error) {
	n, err := outbound.Parse(text, p.c.Region)
	return n.E164, err
}

// Call implements web.Phones: it asks whether the call may be made, writes it down in ctx's
// transaction, and gives what begins it once that is kept.
func (p *phones) Call(ctx context.Context, q web.PhoneCall) (web.PhoneAnswer, func(), error) {
	n, err := outbound.Parse(q.To, p.c.Region)
	if err != nil {
		return web.PhoneAnswer{}, nil, err
	}
	only := ""
	if q.From != "" {
		if only = p.owner(q.From); only == "" {
			return web.PhoneAnswer{}, nil, web.ErrNotOurs
		}
	}
	listed, err := p.s.store.IsBarred(ctx, n.E164)
	if err != nil {
		return web.PhoneAnswer{}, nil, err
	}
	if err := p.catchUp(ctx); err != nil {
		return web.PhoneAnswer{}, nil, err
	}
	permit, err := p.gate.Take(n, outbound.Ask{Listed: listed, Trunk: only}, time.Now())
	if err != nil {
		return web.PhoneAnswer{}, nil, err
	}
	a, err := p.write(ctx, permit, q)
	if err != nil {
		permit.Done(0)
		return a, nil, err
	}
	var settled atomic.Bool         // whose the permit is: the call's, or nobody's
	context.AfterFunc(ctx, func() { // a request whose changes are not kept calls nobody
		if settled.CompareAndSwap(false, true) {
			permit.Done(0)
		}
	})
	return a, func() {
		if !settled.CompareAndSwap(false, true) { // the caller went while it was being kept: the call is counted again
			if permit, err = p.gate.Take(n, outbound.Ask{Listed: listed, Trunk: only}, time.Now()); err != nil {
				p.unanswered(a.Call, a.Conversation, "error", err)
				q.Ended("error")
				return
			}
		}
		p.dial(a.Call, a.Conversation, permit, q)
	}, nil
}

// owner is the trunk that a number of ours belongs to.
func (p *phones) owner(number string) string {
	for _, t := range p.c.Trunks {
		if _, ok := t.Numbers[number]; ok && t.Host != "" || t.From == number && t.Host != "" {
			return t.Name
		}
	}
	return ""
}

// write notes a call that is about to be made, with a conversation when it has none.
func (p *phones) write(ctx context.Context, permit *outbound.Permit, q web.PhoneCall) (a web.PhoneAnswer, err error) {
	a = web.PhoneAnswer{Call: voice.NewID(), Conversation: q.Conversation, To: permit.Number.E164}
	if a.Conversation == "" {
		a.Conversation, _, err = p.s.store.Create(ctx, store.NewConversation{Site: phoneSite, Locale: q.Language, Phone: a.To})
		if err != nil {
			return a, err
		}
	}
	return a, p.s.store.AddDial(ctx, store.Dial{ID: a.Call, Conversation: a.Conversation, Trunk: permit.Trunk, Body: a.To})
}

// dial calls, and hands who answers to the conversation. It returns at once.
func (p *phones) dial(id dialog.CallID, conversation dialog.ConversationID, permit *outbound.Permit, q web.PhoneCall) {
	ctx, cancel := context.WithCancelCause(p.ctx)
	p.mu.Lock()
	p.dialing[id] = &dialing{conversation, cancel}
	p.mu.Unlock()
	began := p.run(func() {
		defer cancel(nil)
		c, err := p.sip.Dial(ctx, permit.Trunk, sip.Request{To: permit.Number.E164, Caller: q.From, Headers: map[string]string{"X-Parley-Conversation": string(conversation)}})
		p.mu.Lock()
		delete(p.dialing, id)
		p.mu.Unlock()
		if err != nil {
			permit.Done(0)
			p.unanswered(id, conversation, unansweredBy(ctx, err), err)
			q.Ended(unansweredBy(ctx, err))
			return
		}
		answered := time.Now()
		p.begin(id, c, voice.Request{Tenant: dialog.DefaultTenant, Conversation: conversation, Language: q.Language, Via: "phone", Direction: "out", Caller: permit.Number.E164,
			Out: &dialog.Out{Purpose: q.Purpose, Callback: q.Callback, Person: q.Callback, Informed: q.Informed}}, func() {
			lasted := time.Since(answered)
			permit.Done(lasted)
			p.lasted(id, lasted)
		})
	})
	if !began {
		cancel(dialog.ErrClosing)
		permit.Done(0)
		q.Ended("shutdown")
	}
}

// lasted notes how long a call of ours was up, which is what it cost.
func (p *phones) lasted(id dialog.CallID, d time.Duration) {
	if d <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), journalTime)
	defer cancel()
	if err := p.s.store.EndDial(ctx, id, d); err != nil {
		p.log.Error("how long a call lasted is not noted", "call", id, "err", err)
	}
}

// unansweredBy is why a call of ours has no answer, in the words of call.ended.
func unansweredBy(ctx context.Context, err error) string {
	var s *sip.StatusError
	switch {
	case errors.Is(context.Cause(ctx), errCancelled), errors.Is(err, sip.ErrCancelled):
		return "cancelled"
	case ctx.Err() != nil:
		return "shutdown"
	case errors.Is(err, sip.ErrRinging):
		return "no_answer"
	case errors.As(err, &s):
		switch s.Code {
		case 486, 600:
			return "busy"
		case 408, 480, 487:
			return "no_answer"
		case 403, 603, 607:
			return "declined"
		case 404, 410, 484, 604:
			return "number"
		}
	}
	return "error"
}

var errCancelled = errors.New("serve: hung up before the answer")

// unanswered notes a call of ours that nobody took.
func (p *phones) unanswered(id dialog.CallID, conversation dialog.ConversationID, reason string, why error) {
	p.log.Info("a call of ours was not answered", "call", id, "conversation", conversation, "reason", reason, "err", why)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), journalTime)
	defer cancel()
	rec, err := p.s.store.StartCall(ctx, store.Call{ID: id, Conversation: conversation, Via: "phone", Direction: "out"})
	if err == nil {
		err = p.s.bus.Publish(ctx, rec)
	}
	if err == nil {
		if rec, err = p.s.store.EndCall(ctx, id, reason); err == nil {
			err = p.s.bus.Publish(ctx, rec)
		}
	}
	if err != nil {
		p.log.Error("a call of ours is not noted", "call", id, "err", err)
	}
}

// cancel hangs up a call of ours that has no answer yet; false: there is no such call.
func (p *phones) cancel(id dialog.CallID) bool {
	p.mu.Lock()
	d := p.dialing[id]
	p.mu.Unlock()
	if d == nil {
		return false
	}
	d.cancel(errCancelled)
	return true
}

// calling is the conversation of a call of ours that has no answer yet.
func (p *phones) calling(id dialog.CallID) (dialog.ConversationID, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.dialing[id]; d != nil {
		return d.conversation, true
	}
	return "", false
}

// bar puts the number of a conversation's customer on the do-not-call list: the customer has
// said so.
func (p *phones) bar(ctx context.Context, id dialog.ConversationID) error {
	c, err := p.s.store.Conversation(ctx, id)
	if err != nil || c.Phone() == "" {
		return err
	}
	_, err = p.s.store.Bar(ctx, c.Phone(), "said so in a call", "customer")
	return err
}

// Switch implements web.Phones.
func (p *phones) Switch(ctx context.Context, on bool, by string) error {
	v := map[bool]string{true: "on", false: "off"}[on]
	if err := p.s.store.Switch(ctx, outboundSwitch, v, by); err != nil {
		return err
	}
	p.switched(!on)
	return nil
}

// switched turns calls out off, and ends what rings, or on.
func (p *phones) switched(off bool) {
	p.gate.Switch(off)
	if !off {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.dialing {
		d.cancel(errCancelled)
	}
	for r := range p.rings {
		if r.line == nil {
			r.cancel(errCancelled)
		}
	}
}

// catchUp learns what other nodes have switched and called today; what they are calling at
// this moment counts for at_once at theirs alone.
func (p *phones) catchUp(ctx context.Context) error {
	if p.s.nodes == nil {
		return nil
	}
	now := time.Now()
	v, err := p.s.store.Switched(ctx, outboundSwitch)
	if err != nil {
		return err
	}
	past, err := p.today(ctx, now)
	if err != nil {
		return err
	}
	p.gate.Recount(past, now)
	if off := v == "off"; off != p.gate.Off() {
		p.switched(off)
	}
	return nil
}

// follow does what other nodes switch, until the server stops.
func (p *phones) follow() {
	t := time.NewTicker(2 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-p.s.stopping:
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), journalTime)
		v, err := p.s.store.Switched(ctx, outboundSwitch)
		cancel()
		if off := v == "off"; err == nil && off != p.gate.Off() {
			p.switched(off)
		} else if err != nil {
			p.log.Warn("whether phones may be called is not known anew", "err", err)
		}
	}
}

// State implements web.Phones.
func (p *phones) State() web.PhoneState {
	st := p.sip.Stats()
	out := web.PhoneState{Outbound: !p.gate.Off(), Destinations: append([]string{}, p.c.Destinations...), Trunks: []web.TrunkState{}, Phones: []web.DeskPhone{}}
	use := map[string]outbound.TrunkUse{}
	for _, u := range p.gate.Use(time.Now()) {
		use[u.Trunk] = u
	}
	for _, t := range st.Trunks {
		x := web.TrunkState{Name: t.Name, Calls: t.Calls, Numbers: []string{}, Alive: t.Alive, RTTMS: t.RTT.Milliseconds(), Checked: t.Checked}
		if c := p.trunk(t.Name); c != nil {
			x.Registers, x.Registered = c.Register, t.Registered
			for n := range c.Numbers {
				x.Numbers = append(x.Numbers, n)
			}
		}
		if t.RegisterBy != nil {
			x.Trouble = strings.TrimPrefix(t.RegisterBy.Error(), "sip: ")
		}
		if u, ok := use[t.Name]; ok {
			x.OutToday, x.OutLive, x.PerDay, x.AtOnce, x.Spent = u.Today, u.Live, u.PerDay, u.AtOnce, u.Spent
		}
		out.Trunks = append(out.Trunks, x)
	}
	for _, u := range p.c.Phones {
		until, on := p.sip.Phone(u.User)
		d := web.DeskPhone{User: u.User, Registered: on}
		if on {
			d.Until = until
		}
		out.Phones = append(out.Phones, d)
	}
	return out
}
