package serve

import (
	"context"
	"errors"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/outbound"
	"parley/dialog/store"
	"parley/dialog/voice"
	"parley/media/sip"
	"parley/media/sip/audio"
	"parley/web"
)

// confirmTime is how long a person outside may take, after the briefing, to press 1. Whoever
// does not is a machine, as far as anybody knows.
const confirmTime = 20 * time.Second

// errTransferOver: a phone is not needed any more, and the desk knows.
var errTransferOver = errors.New("serve: the transfer is over")

// ring is a person outside who is being called for a transfer, or has taken it.
type ring struct {
	transfer     desk.Transfer
	conversation dialog.ConversationID
	ctx          context.Context // until the transfer or the call is over
	cancel       context.CancelCauseFunc
	line         *phoneLine    // nil: not answered
	told         chan struct{} // holds one once the briefing was heard
	key          chan struct{} // holds one once 1 was pressed
	confirmed    bool
}

var _ desk.Phones = (*phones)(nil)

// outside calls people who are not at the desk; nil: no phones are there.
func (s *server) outside() desk.Phones {
	if s.phones == nil {
		return nil
	}
	return s.phones
}

// Ring implements desk.Phones.
func (p *phones) Ring(t desk.Transfer) {
	ctx, cancel := context.WithCancelCause(p.ctx)
	r := &ring{transfer: t, conversation: t.Conversation, ctx: ctx, cancel: cancel, told: make(chan struct{}, 1), key: make(chan struct{}, 1)}
	p.mu.Lock()
	p.rings[r] = true
	p.mu.Unlock()
	if !p.run(func() { p.ring(ctx, r) }) {
		cancel(dialog.ErrClosing)
		p.forget(r)
	}
}

// Hush implements desk.Phones.
func (p *phones) Hush(transfer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.rings {
		if r.transfer.ID == transfer && !r.confirmed {
			r.cancel(errTransferOver)
		}
	}
}

func (p *phones) forget(r *ring) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.rings, r)
}

// ring is a transfer to a phone, from its first ring to the end of what the person says.
func (p *phones) ring(ctx context.Context, r *ring) {
	t := r.transfer
	defer func() {
		r.cancel(nil)
		p.forget(r)
	}()
	select {
	case <-p.ready:
	case <-ctx.Done():
		return
	}
	if _, up := p.s.calls.Of(t.Conversation); !up { // the customer hung up meanwhile
		p.s.desk.Unanswered(t.Agent, t.Conversation, desk.NoAnswer)
		return
	}
	n, err := outbound.Parse(desk.OutsideNumber(t.Agent), "")
	if err != nil {
		p.s.desk.Unanswered(t.Agent, t.Conversation, desk.Error)
		return
	}
	permit, done, err := p.permit(ctx, n, t.Conversation)
	if err != nil {
		p.log.Warn("a phone is not called for a transfer", "transfer", t.ID, "err", err)
		p.s.desk.Unanswered(t.Agent, t.Conversation, desk.Error)
		return
	}
	lasted := time.Duration(0)
	defer func() { done(lasted) }()
	if t.Blind && p.refer(ctx, r, n) {
		return
	}
	c, err := p.sip.Dial(ctx, permit.Trunk, sip.Request{To: n.E164, Headers: map[string]string{"X-Parley-Conversation": string(t.Conversation)}})
	if err != nil && context.Cause(ctx) == errTransferOver { // what rings by now is another one
		return
	}
	if err != nil {
		p.s.desk.Unanswered(t.Agent, t.Conversation, notHad[unansweredBy(ctx, err)])
		return
	}
	answered := time.Now()
	defer func() { lasted = time.Since(answered) }()
	defer context.AfterFunc(ctx, func() { c.Hangup(sip.CauseNormal) })() // the customer's call is over
	l := newPhoneLine(c)
	p.taken(ctx, r, l)
	l.attend(p.quiet, 0, nil, nil) // it ends with the customer's
}

// over ends the calls to people outside for a customer whose call has ended: nobody would
// ever part a phone that was answered at that moment.
func (p *phones) over(id dialog.ConversationID) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.rings {
		if r.conversation == id {
			r.cancel(errTransferOver)
		}
	}
}

// permit lets a person outside be called for a conversation, and writes it down: what the
// call costs is the day's after a restart as well. done is told how long it lasted.
func (p *phones) permit(ctx context.Context, n outbound.Number, of dialog.ConversationID) (permit *outbound.Permit, done func(lasted time.Duration), err error) {
	if err := p.catchUp(ctx); err != nil {
		return nil, nil, err
	}
	if permit, err = p.gate.TakeStaff(n, time.Now()); err != nil {
		return nil, nil, err
	}
	d := store.Dial{ID: voice.NewID(), Conversation: of, Trunk: permit.Trunk, Body: n.E164}
	if err := p.s.store.AddDial(ctx, d); err != nil {
		permit.Done(0)
		return nil, nil, err
	}
	return permit, func(lasted time.Duration) {
		permit.Done(lasted)
		p.lasted(d.ID, lasted)
	}, nil
}

// notHad is why a person cannot be had, by the reason of a call without an answer.
var notHad = map[string]desk.Reason{"busy": desk.Busy, "no_answer": desk.NoAnswer, "declined": desk.DeclinedBy, "number": desk.Error, "error": desk.Error, "cancelled": desk.NoAnswer, "shutdown": desk.Error}

// taken briefs who has answered, and waits for the 1.
func (p *phones) taken(ctx context.Context, r *ring, l *phoneLine) {
	t := r.transfer
	l.OnKey(func(k rune) {
		if k == '1' {
			select {
			case r.key <- struct{}{}:
			default:
			}
		}
	})
	p.mu.Lock()
	r.line, r.confirmed = l, t.Blind || t.Consult
	p.mu.Unlock()
	if _, err := p.s.desk.Accept(ctx, t.Agent, t.Offer); err != nil {
		if !errors.Is(err, desk.ErrOver) {
			p.log.Warn("a transfer to a phone cannot be accepted", "transfer", t.ID, "err", err)
		}
		_ = l.Close()
		return
	}
	if r.confirmed { // nobody is told first, or a person does it
		return
	}
	var late <-chan time.Time
	for {
		select {
		case <-r.told:
			late = time.After(p.confirmIn)
		case <-r.key:
			p.mu.Lock()
			r.confirmed = true
			p.mu.Unlock()
			if _, err := p.s.desk.Move(ctx, desk.Person{ID: t.Agent}, t.ID, desk.Complete{Agent: t.Agent}); err != nil {
				p.log.Warn("a transfer to a phone cannot be completed", "transfer", t.ID, "err", err)
				_ = l.Close()
			}
			return
		case <-late:
			p.s.desk.Unanswered(t.Agent, t.Conversation, desk.Voicemail)
			_ = l.Close()
			return
		case <-ctx.Done(): // the transfer is over
			_ = l.Close()
			return
		case <-l.call.Done():
			p.s.desk.Unanswered(t.Agent, t.Conversation, desk.DeclinedBy)
			return
		}
	}
}

// refer has the trunk of a customer's phone take the customer elsewhere; false: it does not.
func (p *phones) refer(ctx context.Context, r *ring, n outbound.Number) bool {
	id, up := p.s.calls.Of(r.conversation)
	p.mu.Lock()
	l := p.lines[id]
	p.mu.Unlock()
	if !up || l == nil {
		return false
	}
	if t := p.trunk(l.call.Trunk); t == nil || !t.Refer {
		return false
	}
	if err := l.call.Refer(ctx, n.E164); err != nil {
		p.log.Info("the trunk does not take the call back; it is connected here", "conversation", r.conversation, "err", err)
		return false
	}
	if _, err := p.s.desk.Accept(ctx, r.transfer.Agent, r.transfer.Offer); err != nil && !errors.Is(err, desk.ErrOver) {
		p.log.Warn("a call that went elsewhere is not noted", "conversation", r.conversation, "err", err)
	}
	_ = p.s.calls.Hangup(id, "transferred") // it may be over already
	p.s.desk.Left(r.transfer.Agent, r.conversation)
	return true
}

// ringOf is the call to a person outside for a conversation, one that is not over if there
// is such; nil: there is none.
func (p *phones) ringOf(agent string, id dialog.ConversationID) (found *ring) {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for r := range p.rings {
		if r.transfer.Agent == agent && r.conversation == id && (found == nil || r.ctx.Err() == nil) {
			found = r
		}
	}
	return found
}

// Has implements desk.Phones.
func (p *phones) Has(agent string, id dialog.ConversationID) bool { return p.line(agent, id) != nil }

// line is that of a person outside who has answered; nil: there is none.
func (p *phones) line(agent string, id dialog.ConversationID) *phoneLine {
	r := p.ringOf(agent, id)
	if r == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return r.line
}

// Keys implements web.Phones.
func (p *phones) Keys(ctx context.Context, call dialog.CallID, outside bool, keys string) error {
	l := p.keyed(call, outside)
	if l == nil || l.Session == nil {
		return web.ErrNoKeys
	}
	err := l.SendKeys(keys)
	if !errors.Is(err, audio.ErrNoKeys) {
		return err
	}
	for _, k := range keys { // it takes them by signalling, if at all
		if k == ',' {
			continue
		}
		if err := l.call.SendKey(ctx, k); err != nil {
			p.log.Info("a phone takes no keys", "call", call, "err", err)
			return web.ErrNoKeys
		}
	}
	return nil
}

// keyed is the customer's line of a call, or that of the person outside; nil: there is none.
func (p *phones) keyed(call dialog.CallID, outside bool) *phoneLine {
	of, _ := p.s.calls.Conversation(call)
	p.mu.Lock()
	defer p.mu.Unlock()
	if !outside {
		return p.lines[call]
	}
	for r := range p.rings {
		if r.conversation == of && r.line != nil && r.ctx.Err() == nil {
			return r.line
		}
	}
	return nil
}

// confirm is what a person outside hears after the briefing; "" is for one at the desk.
func (p *phones) confirm(agent string, id dialog.ConversationID, language string) string {
	switch {
	case p.ringOf(agent, id) == nil:
		return ""
	case strings.HasPrefix(strings.ToLower(language), "zh"):
		return "接听请按1。"
	}
	return " Press 1 to take the call."
}

// briefed says that a person has heard the briefing.
func (p *phones) briefed(agent string, id dialog.ConversationID) {
	if r := p.ringOf(agent, id); r != nil {
		select {
		case r.told <- struct{}{}:
		default:
		}
	}
}

// parted tells the desk that a person outside has hung up; false: it was none.
func (p *phones) parted(agent string, id dialog.ConversationID) bool {
	if p == nil || desk.OutsideNumber(agent) == "" {
		return false
	}
	p.s.desk.Unanswered(agent, id, desk.DeclinedBy) // if it is not confirmed yet
	p.s.desk.Left(agent, id)
	return true
}
