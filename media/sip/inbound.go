package sip

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// incoming takes an INVITE that begins a call.
func (s *Server) incoming(r *gosip.Request, tx *gosip.ServerTx) {
	from := addrOf(r.Source())
	t, user, ok := s.owner(r, tx, from)
	if !ok {
		return
	}
	to := r.Recipient
	switch to.Scheme {
	case "sip", "sips", "tel", "urn":
	default:
		s.refuse(r, tx, 416)
		return
	}
	if bad := unknownOptions(r); len(bad) > 0 {
		s.n.refused.Add(1)
		res := s.response(r, 420, "")
		res.AppendHeader(gosip.NewHeader("Unsupported", strings.Join(bad, ", ")))
		tx.Respond(res)
		return
	}
	contact := r.Contact()
	if contact == nil || contact.Address.Wildcard || (contact.Address.Scheme != "sip" && contact.Address.Scheme != "sips") {
		s.refuse(r, tx, 400)
		return
	}
	offer, ok := sdpOf(r)
	if !ok {
		s.n.refused.Add(1)
		res := s.response(r, 415, "")
		res.AppendHeader(gosip.NewHeader("Accept", "application/sdp"))
		tx.Respond(res)
		return
	}
	var plan Plan
	name := ""
	if t != nil {
		plan, name = t.Plan, t.Name
	}
	number := userOf(to)
	if plan.IsEmergency(number) {
		s.n.emergency.Add(1)
		s.o.Logger.Error("an emergency call came to us: refused, so that it takes another way", "trunk", name, "phone", user,
			"number", clean(number), "call", r.CallID().Value())
		res := s.response(r, 404, "")
		res.AppendHeader(gosip.NewHeader("Reason", `Q.850;cause=3;text="No route to destination"`))
		tx.Respond(res)
		return
	}
	number = clean(plan.Normal(number))
	if t != nil && !t.calls(number) {
		s.o.Logger.Warn("called on a number that is none of the trunk's", "trunk", name, "number", number)
		s.refuse(r, tx, 404)
		return
	}
	se, small := s.agree(r)
	if small {
		s.n.refused.Add(1)
		res := s.response(r, 422, "")
		res.AppendHeader(gosip.NewHeader("Min-SE", seconds(minSession)))
		tx.Respond(res)
		return
	}
	merged := tagOf(r.From().Params) + " " + r.CallID().Value() + " " + strconv.Itoa(int(r.CSeq().SeqNo))
	if !s.calls.begin(merged) {
		s.refuse(r, tx, 482)
		return
	}
	c := s.newCall(Info{ID: r.CallID().Value(), Direction: Inbound, User: user, Number: number,
		Caller: identity(r, plan), Diverted: diverted(r, plan), Headers: extras(r)}, t)
	c.invite, c.tx, c.early, c.session = r, tx, merged, se
	s.accept(c, offer)
}

// accept gives a call its lines, dialog and media, and lets Incoming decide on it.
func (s *Server) accept(c *Call, offer []byte) {
	r, tx := c.invite, c.tx
	// refused is for calls that have no place among the calls yet.
	refused := func(code int, wait time.Duration) {
		c.cancel(ErrEnded)
		s.calls.forget(c.early)
		res := s.response(r, code, "")
		switch {
		case code == 503:
			s.n.full.Add(1)
			retryAfter(res, wait)
		case wait > 0:
			s.n.full.Add(1)
		default:
			s.n.refused.Add(1)
		}
		tx.Respond(res)
	}
	if s.full503() || (c.trunk != nil && c.trunk.blocked.Load()) || s.o.Incoming == nil {
		refused(503, 30*time.Second)
		return
	}
	free, wait := s.admit(c.trunk)
	if free == nil {
		code := 503
		if c.trunk != nil && c.trunk.Full != 0 {
			code = c.trunk.Full
		}
		refused(code, wait)
		return
	}
	c.free = free
	tx.Respond(s.response(r, gosip.StatusTrying, ""))

	if code := c.replaces(r); code != 0 {
		free()
		refused(code, 0)
		return
	}
	if err := c.openUAS(r); err != nil {
		free()
		c.log.Warn("a call whose far end cannot be reached", "err", err)
		refused(400, 0)
		return
	}
	m, err := s.o.Media(MediaRequest{CallID: c.ID, Trunk: c.Trunk, User: c.User, Peer: c.peer(), Public: s.announced(c.peer())})
	if err != nil {
		free()
		c.log.Warn("no media for a call", "err", err)
		refused(503, 10*time.Second)
		return
	}
	c.media = m
	if len(offer) > 0 {
		if c.answer, err = m.Answer(offer); err != nil {
			m.Close()
			free()
			c.log.Info("an offer that we cannot take", "err", err)
			refused(488, 0)
			return
		}
	}
	c.turn <- struct{}{} // until the call is confirmed, or has failed
	s.calls.add(c, c.d.key())
	s.n.in.Add(1)
	if !tx.OnCancel(func(r *gosip.Request) { c.cancelled(r) }) {
		c.cancelled(nil)
	}
	c.log.Info("call comes in", "number", c.Number, "from", c.source)
	s.o.Incoming(c.ctx, c)
	c.Reject(480) // unless there is an answer
	// The transaction must stay until the ACK.
	select {
	case <-c.confirmed:
	case <-c.done:
	case <-s.ctx.Done():
	}
}

// owner finds who an INVITE is of: a trunk by its address, a registered phone by its
// password, a trunk by its password. false: it was answered, or gets nothing.
func (s *Server) owner(r *gosip.Request, tx *gosip.ServerTx, from netip.Addr) (t *trunk, user string, ok bool) {
	if s.phones.at(from) {
		if u := s.phones.user(r.From().Address.User); u != nil {
			return nil, u.Name, s.login(r, tx, u.Name, u.Password)
		}
	}
	if t = s.trunkFor(from, r.Recipient); t != nil {
		return t, "", true
	}
	if t = s.roamer(r); t != nil {
		return t, "", s.login(r, tx, t.InboundUser, t.InboundPassword)
	}
	s.n.unknown.Add(1)
	return nil, "", false
}

// openUAS makes the dialog of a call that came in (RFC 3261 section 12.1.1).
func (c *Call) openUAS(r *gosip.Request) error {
	c.source, c.network = r.Source(), r.Transport()
	to, from := r.To(), r.From()
	c.d = dialog{
		callID:    c.ID,
		local:     party{name: to.DisplayName, uri: *to.Address.Clone(), tag: token(12)},
		remote:    party{name: from.DisplayName, uri: *from.Address.Clone(), tag: tagOf(from.Params)},
		remoteSeq: r.CSeq().SeqNo,
		routes:    recordRoutes(r),
		target:    *r.Contact().Address.Clone(),
	}
	c.updates = allows(r, gosip.UPDATE)
	ctx, stop := context.WithTimeout(c.ctx, 3*time.Second)
	defer stop()
	next, err := c.s.nextHop(ctx, &c.d, c.network, c.source)
	if err != nil {
		return err
	}
	c.d.next = next
	user := ""
	if isToken(r.Recipient.User) {
		user = r.Recipient.User
	}
	c.d.contact = c.s.contact(user, hop{c.network, c.source})
	if c.trunk != nil && c.trunk.User != "" {
		c.creds = c.s.trunkCredentials(c.trunk, nil)
	}
	if c.User != "" {
		if u := c.s.phones.user(c.User); u != nil {
			c.creds = phoneCredentials(u, addrOf(c.source))
		}
	}
	return nil
}

// cancelled ends a call that the caller gives up before the answer.
func (c *Call) cancelled(r *gosip.Request) {
	e := End{By: "remote", Code: 487}
	if r != nil {
		cause, text := reason(r)
		e.Cause, e.Text = Cause(cause), text
	}
	c.mu.Lock()
	up := c.state == answered
	c.mu.Unlock()
	if !up {
		c.finish(e)
	}
}

// Ring says that the called party is being told: 180.
func (c *Call) Ring() error { return c.progress(180, nil) }

// Early lets the caller hear our audio before the answer: 183 with SDP. A caller who
// made no offer hears nothing.
func (c *Call) Early() error { return c.progress(183, c.answer) }

func (c *Call) progress(code int, sdp []byte) error {
	if c.Direction != Inbound {
		return ErrState
	}
	c.mu.Lock()
	if c.state > ringing {
		c.mu.Unlock()
		return ErrState
	}
	c.state = ringing
	res := c.s.full(c.invite, code, c.d.local.tag, c.d.contact, sdp)
	c.mu.Unlock()
	return c.tx.Respond(res)
}

// Reject refuses a call that has no answer yet; afterwards it does nothing.
func (c *Call) Reject(code int) {
	if c.Direction != Inbound || code < 300 || code > 699 {
		return
	}
	c.mu.Lock()
	if c.state >= answered {
		c.mu.Unlock()
		return
	}
	tag := c.d.local.tag
	c.mu.Unlock()
	if !c.finish(End{By: "local", Code: code}) {
		return
	}
	res := c.s.response(c.invite, code, tag)
	if code == 503 {
		c.s.n.full.Add(1)
		retryAfter(res, 10*time.Second)
	}
	if err := c.tx.Respond(res); err != nil {
		c.log.Debug("a refusal was not sent", "err", err)
	}
}

// Answer takes the call: 200 with SDP. It returns when the answer is sent, and for a
// caller that made no offer when its own answer is there.
func (c *Call) Answer(ctx context.Context) error {
	if c.Direction != Inbound {
		return ErrState
	}
	sdp := c.answer
	late := len(sdp) == 0
	if late {
		var err error
		if sdp, err = c.media.Offer(); err != nil {
			return err
		}
	}
	c.mu.Lock()
	switch {
	case c.state == ended:
		c.mu.Unlock()
		return ErrEnded
	case c.state == answered:
		c.mu.Unlock()
		return ErrState
	}
	c.state, c.answered = answered, time.Now()
	res := c.s.full(c.invite, 200, c.d.local.tag, c.d.contact, sdp)
	c.session.write(res, c.invite)
	c.mu.Unlock()
	if err := c.tx.Respond(res); err != nil {
		c.finish(End{By: "network", Err: err})
		if errors.Is(err, gosip.ErrTransactionCanceled) {
			return ErrEnded
		}
		return err
	}
	c.s.n.answered.Add(1)
	c.log.Info("call answered")
	if c.Replaces != nil {
		c.Replaces.Hangup(CauseNormal)
	}
	settled := make(chan error, 1)
	if !c.s.run(func() { settled <- c.settle(res, late) }) {
		return ErrClosed
	}
	c.s.run(c.keep)
	if !late {
		return nil
	}
	select {
	case err := <-settled:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// settle sees an answered call to its ACK.
func (c *Call) settle(res *gosip.Response, late bool) error {
	defer c.give()
	ack, err := c.confirm(c.tx, res, c.invite.CSeq().SeqNo)
	if err == nil && late {
		sdp, _ := sdpOf(ack)
		if err = c.media.Accept(sdp); err != nil {
			c.log.Info("an answer in ACK that we cannot take", "err", err)
		}
	}
	close(c.confirmed)
	if err != nil {
		if errors.Is(err, ErrNoAck) {
			c.s.n.noAck.Add(1)
		}
		c.hangup(End{By: "network", Cause: CauseFailure, Err: err})
	}
	return err
}

// confirm sends a 200 again until its ACK comes (RFC 3261 section 13.3.1.4).
func (c *Call) confirm(tx *gosip.ServerTx, res *gosip.Response, seq uint32) (*gosip.Request, error) {
	wait := gosip.T1
	again := time.NewTimer(wait)
	defer again.Stop()
	limit := time.NewTimer(64 * gosip.T1)
	defer limit.Stop()
	over := c.done
	for {
		select {
		case ack := <-c.acks:
			if ack.CSeq().SeqNo == seq {
				return ack, nil
			}
		case ack := <-tx.Acks(): // with the INVITE's own branch: wrong, and seen
			return ack, nil
		case <-again.C:
			tx.Respond(res)
			wait = min(2*wait, gosip.T2)
			again.Reset(wait)
		case <-limit.C:
			return nil, ErrNoAck
		case <-over:
			if c.End().By == "remote" {
				return nil, ErrEnded
			}
			over = nil // our BYE waits for the ACK
		case <-c.s.ctx.Done():
			return nil, ErrClosed
		}
	}
}

// diverted is whom a caller called first (RFC 5806, RFC 7044).
func diverted(r *gosip.Request, p Plan) string {
	for _, name := range []string{"diversion", "history-info"} {
		for _, h := range r.GetHeaders(name) {
			for _, v := range splitList(h.Value()) {
				var u gosip.Uri
				var ps gosip.HeaderParams
				if _, err := gosip.ParseAddressValue(v, &u, &ps); err == nil {
					if n := clean(p.Normal(userOf(u))); isDialable(n) {
						return n
					}
				}
			}
		}
	}
	return ""
}
