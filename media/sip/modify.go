package sip

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// Hold puts the far end on hold, or takes it back, and returns when it agrees.
func (c *Call) Hold(ctx context.Context, on bool) error {
	if !c.Answered() {
		return ErrState
	}
	c.media.SetHold(on)
	if err := c.modify(ctx); err != nil {
		c.media.SetHold(!on)
		return err
	}
	return nil
}

// modify makes a new offer by INVITE; it is also how a session is refreshed. Glare (491)
// is tried again, after a time that the two ends never share (RFC 3261 section 14.1).
func (c *Call) modify(ctx context.Context) error {
	for range 6 {
		res, err := c.reinvite(ctx)
		switch {
		case err != nil:
			return err
		case res.IsSuccess():
			return nil
		case res.StatusCode == 491:
			wait := time.Duration(rand.IntN(200)) * 10 * time.Millisecond
			if c.Direction == Outbound { // the Call-ID is ours
				wait = 2100*time.Millisecond + time.Duration(rand.IntN(190))*10*time.Millisecond
			}
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-c.done:
				return ErrEnded
			}
		case res.StatusCode == 422:
			c.mu.Lock()
			c.session.every = max(c.session.every, min(minSE(res), 24*time.Hour))
			c.mu.Unlock()
		case gone(res):
			c.hangup(End{By: "network", Cause: CauseFailure, Err: statusOf(res)})
			return statusOf(res)
		default:
			return statusOf(res)
		}
	}
	return &StatusError{Code: 491, Reason: phrase(491)}
}

// reinvite sends one INVITE in the dialog, sees it through, and gives its final answer.
func (c *Call) reinvite(ctx context.Context) (*gosip.Response, error) {
	if err := c.take(ctx); err != nil {
		return nil, err
	}
	defer c.give()
	c.mu.Lock()
	c.inviting = true
	every := c.session.every
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.inviting = false
		c.mu.Unlock()
	}()
	sdp, err := c.media.Offer()
	if err != nil {
		return nil, err
	}
	for range 3 {
		c.mu.Lock()
		r := c.d.request(gosip.INVITE, 0)
		err := c.creds.apply(r)
		c.mu.Unlock()
		if err != nil {
			return nil, err
		}
		r.AppendHeader(gosip.NewHeader("Allow", allowed))
		r.AppendHeader(gosip.NewHeader("Supported", supported))
		r.AppendHeader(gosip.NewHeader("User-Agent", c.s.o.UserAgent))
		if every > 0 {
			c.s.ask(r, every, "uac")
		}
		setBody(r, "application/sdp", sdp)
		res, err := c.invite2(ctx, r)
		if err != nil {
			return nil, err
		}
		if res.IsSuccess() {
			c.retarget(res)
			c.ack(r)
			answer, _ := sdpOf(res)
			c.renew(agreed(res, every))
			return res, c.media.Accept(answer)
		}
		c.mu.Lock()
		again := c.creds.challenged(r, res)
		c.mu.Unlock()
		if !again {
			return res, nil
		}
	}
	return nil, ErrPassword
}

// invite2 sends an INVITE in the dialog and gives its final answer.
func (c *Call) invite2(ctx context.Context, r *gosip.Request) (*gosip.Response, error) {
	c.s.addVia(r)
	tx, err := c.s.tx.Request(ctx, r)
	if err != nil {
		return nil, err
	}
	tx.OnRetransmission(func(res *gosip.Response) {
		if res.IsSuccess() {
			c.ack(r)
		}
	})
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
			continue
		case <-tx.Done():
			return nil, tx.Err()
		case <-ctx.Done():
			err = context.Cause(ctx)
		case <-c.done:
			err = ErrEnded
		}
		tx.Terminate()
		return nil, err
	}
}

// retarget takes the far end's new Contact: where later requests go.
func (c *Call) retarget(m gosip.Message) {
	var contact *gosip.ContactHeader
	source := ""
	switch m := m.(type) {
	case *gosip.Request:
		contact, source = m.Contact(), m.Source()
	case *gosip.Response:
		contact, source = m.Contact(), m.Source()
	}
	if contact == nil || contact.Address.Wildcard {
		return
	}
	c.mu.Lock()
	d, network := c.d, c.network
	c.mu.Unlock()
	if d.target.String() == contact.Address.String() {
		return
	}
	d.target = *contact.Address.Clone()
	ctx, stop := context.WithTimeout(c.ctx, 3*time.Second)
	defer stop()
	next, err := c.s.nextHop(ctx, &d, network, source)
	if err != nil {
		c.log.Warn("a new contact that cannot be reached", "err", err)
		return
	}
	c.mu.Lock()
	c.d.target, c.d.next, c.source = d.target, next, source
	c.mu.Unlock()
}

// ordered takes a request's number in the dialog; false: it came too late.
func (c *Call) ordered(r *gosip.Request) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := r.CSeq().SeqNo
	if n <= c.d.remoteSeq {
		return false
	}
	c.d.remoteSeq = n
	return true
}

// receiveInvite takes a new offer, or makes one when the far end wants ours.
func (c *Call) receiveInvite(r *gosip.Request, tx *gosip.ServerTx) {
	se, ok := c.modifiable(r, tx)
	if !ok {
		return
	}
	offer, _ := sdpOf(r)
	tx.Respond(c.s.response(r, gosip.StatusTrying, ""))
	if !c.taken(r, tx) { // it may be held a moment longer by the INVITE before, whose ACK this one overtook
		return
	}
	defer c.give()
	var sdp []byte
	var err error
	if len(offer) > 0 {
		sdp, err = c.media.Answer(offer)
	} else {
		sdp, err = c.media.Offer()
	}
	if err != nil {
		c.log.Info("a new offer that we cannot take", "err", err)
		tx.Respond(c.s.response(r, 488, ""))
		return
	}
	c.retarget(r)
	c.mu.Lock()
	res := c.s.full(r, 200, "", c.d.contact, sdp)
	c.mu.Unlock()
	se.write(res, r)
	c.renew(se)
	if err := tx.Respond(res); err != nil {
		c.log.Debug("an answer was not sent", "err", err)
		return
	}
	c.heldNow()
	ack, err := c.confirm(tx, res, r.CSeq().SeqNo)
	switch {
	case err == nil && len(offer) == 0:
		answer, _ := sdpOf(ack)
		if err := c.media.Accept(answer); err != nil {
			c.log.Info("an answer in ACK that we cannot take", "err", err)
			c.hangup(End{By: "local", Cause: CauseFailure, Err: err})
			return
		}
		c.heldNow()
	case err == ErrNoAck:
		c.s.n.noAck.Add(1)
		c.hangup(End{By: "network", Cause: CauseFailure, Err: err})
	}
}

// receiveUpdate takes an UPDATE (RFC 3311): a refresh, or an offer.
func (c *Call) receiveUpdate(r *gosip.Request, tx *gosip.ServerTx) {
	se, ok := c.modifiable(r, tx)
	if !ok {
		return
	}
	offer, _ := sdpOf(r)
	var sdp []byte
	if len(offer) > 0 {
		if !c.taken(r, tx) {
			return
		}
		defer c.give()
		var err error
		if sdp, err = c.media.Answer(offer); err != nil {
			c.log.Info("a new offer that we cannot take", "err", err)
			tx.Respond(c.s.response(r, 488, ""))
			return
		}
	}
	c.retarget(r)
	c.mu.Lock()
	up := c.state == answered
	res := c.s.full(r, 200, "", c.d.contact, sdp)
	c.mu.Unlock()
	se.write(res, r)
	if up {
		c.renew(se)
	}
	tx.Respond(res)
	c.heldNow()
}

// modifiable refuses what cannot be taken of an INVITE or UPDATE in the dialog.
func (c *Call) modifiable(r *gosip.Request, tx *gosip.ServerTx) (se session, ok bool) {
	c.mu.Lock()
	inviting, unanswered := c.inviting, c.state < answered
	c.mu.Unlock()
	if bad := unknownOptions(r); len(bad) > 0 {
		res := c.s.response(r, 420, "")
		res.AppendHeader(gosip.NewHeader("Unsupported", strings.Join(bad, ", ")))
		tx.Respond(res)
		return se, false
	}
	offer, sdp := sdpOf(r)
	switch {
	case !c.ordered(r):
		tx.Respond(c.s.response(r, 500, ""))
		return se, false
	case inviting && (r.IsInvite() || len(offer) > 0), r.IsInvite() && unanswered:
		tx.Respond(c.s.response(r, 491, ""))
		return se, false
	case !sdp:
		res := c.s.response(r, 415, "")
		res.AppendHeader(gosip.NewHeader("Accept", "application/sdp"))
		tx.Respond(res)
		return se, false
	}
	se, small := c.s.agree(r)
	if small {
		res := c.s.response(r, 422, "")
		res.AppendHeader(gosip.NewHeader("Min-SE", seconds(minSession)))
		tx.Respond(res)
	}
	return se, !small
}

// taken waits a moment for the offer that is under way, and refuses r when that takes longer
// (RFC 3311 section 5.2). Who has the turn gives it back.
func (c *Call) taken(r *gosip.Request, tx *gosip.ServerTx) bool {
	ctx, stop := context.WithTimeout(c.ctx, time.Second)
	defer stop()
	if c.take(ctx) == nil {
		return true
	}
	tx.Respond(retryAfter(c.s.response(r, 500, ""), time.Duration(1+rand.IntN(9))*time.Second))
	return false
}

// heldNow tells of a hold that begins or ends.
func (c *Call) heldNow() {
	on := c.media.RemoteHold()
	c.mu.Lock()
	changed := c.held != on
	c.held = on
	c.mu.Unlock()
	if changed {
		c.log.Info("far end holds", "on", on)
		if c.s.o.Held != nil {
			c.s.o.Held(c, on)
		}
	}
}
