package serve

import (
	"context"
	"errors"
	"strings"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/outbound"
	"parley/dialog/store"
	"parley/dialog/voice"
	"parley/media/sip"
)

// SIP's answers to calls that are not taken (RFC 3261 section 21).
const (
	sipNotFound  = 404
	sipBusyHere  = 486
	sipServerErr = 500
	sipOverload  = 503
)

// phoneSite is the site of conversations that came by phone.
const phoneSite = "phone"

// incoming takes a call: a conversation of its own, whose customer is known by the number
// alone, which proves nothing.
func (p *phones) incoming(ctx context.Context, c *sip.Call) {
	select {
	case <-p.ready:
	case <-p.ctx.Done():
		c.Reject(sipOverload)
		return
	}
	if p.s.calls.Busy() {
		c.Reject(sipOverload)
		return
	}
	line, ok := p.lineOf(c)
	if !ok {
		p.log.Info("a call to a number that is none of ours", "trunk", c.Trunk, "number", c.Number)
		c.Reject(sipNotFound)
		return
	}
	caller := p.callerOf(c)
	if !p.take(caller) {
		c.Reject(sipBusyHere)
		return
	}
	given := false
	defer func() {
		if !given {
			p.give(caller)
		}
	}()
	_ = c.Ring() // the answer follows
	name := ""
	if n := c.Caller.Name; !c.Caller.Private && strings.Trim(n, "+0123456789 ") != "" {
		name = n
	}
	id, _, err := p.s.store.Create(ctx, store.NewConversation{Site: phoneSite, Locale: line.Language, Name: name, Phone: caller, Queue: line.Queue})
	if err != nil {
		p.log.Error("a phone call has no conversation", "err", err)
		c.Reject(sipServerErr)
		return
	}
	if err := c.Answer(ctx); err != nil {
		p.log.Info("a phone call was not answered", "conversation", id, "err", err)
		return
	}
	given = true
	p.begin(voice.NewID(), c, voice.Request{Tenant: dialog.DefaultTenant, Conversation: id, Language: line.Language, Via: "phone", Direction: "in", Caller: caller}, func() { p.give(caller) })
}

// lineOf is what the number that was called stands for.
func (p *phones) lineOf(c *sip.Call) (config.Line, bool) {
	l := config.Line{}
	if t := p.trunk(c.Trunk); t != nil && len(t.Numbers) > 0 {
		var ok bool
		if l, ok = t.Numbers[p.plain(c.Number)]; !ok {
			return l, false
		}
	}
	if l.Language == "" {
		if l.Language = "en"; len(p.s.c.Bot.Languages) > 0 {
			l.Language = p.s.live.config().Bot.Languages[0]
		}
	}
	return l, true
}

// plain is a number with its country's code, or as it is when it has none that we know.
func (p *phones) plain(number string) string {
	if strings.HasPrefix(number, "+") {
		return number
	}
	if n, err := outbound.Parse(number, p.c.Region); err == nil {
		return n.E164
	}
	return number
}

// callerOf is the number that calls, "" when it is hidden, or none that could be called back.
func (p *phones) callerOf(c *sip.Call) string {
	if c.Caller.Private {
		return ""
	}
	for _, n := range []string{c.Caller.Asserted, c.Caller.Number} {
		if x, err := outbound.Parse(n, p.c.Region); n != "" && err == nil {
			return x.E164
		}
	}
	return ""
}

// take counts a call of a number, when it may have one more. Hidden numbers are one, which
// may have half of all lines: nobody can tell whether they are one caller.
func (p *phones) take(number string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := p.s.c.Limits.CallsPerAddress
	if number == "" {
		most = max(most, p.s.c.Limits.Calls/2)
	}
	if p.callers[number] >= most {
		return false
	}
	p.callers[number]++
	return true
}

func (p *phones) give(number string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.callers[number]--; p.callers[number] <= 0 {
		delete(p.callers, number)
	}
}

// begin hands an answered phone to its conversation. over is called when the phone is gone.
func (p *phones) begin(id dialog.CallID, c *sip.Call, r voice.Request, over func()) {
	l := newPhoneLine(c)
	p.mu.Lock()
	p.lines[id] = l
	p.mu.Unlock()
	gone := func() {
		l.attend(p.quiet, p.longest(c.Trunk), func() { p.near(r.Conversation) }, func() {
			p.log.Info("a call has lasted as long as it may", "call", id)
			_ = p.s.calls.Hangup(id, "limit") // it may be over already
		})
		p.mu.Lock()
		delete(p.lines, id)
		p.mu.Unlock()
		over()
	}
	if !p.run(gone) {
		_ = l.Close()
		gone()
		return
	}
	if err := p.s.calls.Begin(id, r, l); err != nil && !errors.Is(err, voice.ErrBusy) { // it has closed the line
		p.log.Error("a phone call did not begin", "call", id, "err", err)
	}
}

// near tells a conversation that its call ends in a minute.
func (p *phones) near(id dialog.ConversationID) {
	ctx, cancel := context.WithTimeout(p.ctx, journalTime)
	defer cancel()
	if err := p.s.hub.Tell(ctx, id, dialog.Ending{In: lastMinute}); err != nil {
		p.log.Warn("a conversation does not know that its call is about to end", "conversation", id, "err", err)
	}
}
