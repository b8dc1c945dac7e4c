package sip

import (
	"context"
	"strconv"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// receive takes a request in the call's dialog.
func (c *Call) receive(r *gosip.Request, tx *gosip.ServerTx) {
	c.mu.Lock()
	over := c.state == ended
	c.mu.Unlock()
	switch {
	case over && r.Method == gosip.BYE: // the two crossed
		tx.Respond(c.s.response(r, 200, ""))
		return
	case over && !r.IsAck():
		tx.Respond(c.s.response(r, 481, ""))
		return
	}
	switch r.Method {
	case gosip.ACK:
		select {
		case c.acks <- r:
		default: // a repeated one
		}
	case gosip.BYE:
		c.receiveBye(r, tx)
	case gosip.INVITE:
		c.receiveInvite(r, tx)
	case gosip.UPDATE:
		c.receiveUpdate(r, tx)
	case gosip.INFO:
		c.receiveInfo(r, tx)
	case gosip.REFER:
		c.receiveRefer(r, tx)
	case gosip.NOTIFY:
		c.receiveNotify(r, tx)
	case gosip.OPTIONS:
		res := c.s.response(r, 200, "")
		res.AppendHeader(gosip.NewHeader("Allow", allowed))
		res.AppendHeader(gosip.NewHeader("Supported", supported))
		tx.Respond(res)
	case gosip.CANCEL, gosip.PRACK:
		tx.Respond(c.s.response(r, 481, ""))
	default:
		res := c.s.response(r, 405, "")
		res.AppendHeader(gosip.NewHeader("Allow", allowed))
		tx.Respond(res)
	}
}

func (c *Call) receiveBye(r *gosip.Request, tx *gosip.ServerTx) {
	cause, text := reason(r)
	c.mu.Lock()
	unanswered := c.state < answered
	c.mu.Unlock()
	c.finish(End{By: "remote", Cause: Cause(cause), Text: text})
	tx.Respond(c.s.response(r, 200, "")) // who has this has a free line again
	if unanswered && c.tx != nil {       // a BYE in an early dialog ends the INVITE too
		c.tx.Respond(c.s.response(c.invite, 487, c.d.local.tag))
	}
}

// receiveInfo takes keys (application/dtmf-relay, application/dtmf); what else comes is
// confirmed and means nothing here.
func (c *Call) receiveInfo(r *gosip.Request, tx *gosip.ServerTx) {
	kind, _, _ := strings.Cut(header(r, "content-type", "c"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	var key rune
	switch {
	case len(r.Body()) == 0:
	case kind == "application/dtmf-relay" || kind == "application/dtmf":
		var ok bool
		if key, ok = infoKey(kind, r.Body()); !ok {
			tx.Respond(c.s.response(r, 400, ""))
			return
		}
	default:
		res := c.s.response(r, 415, "")
		res.AppendHeader(gosip.NewHeader("Accept", "application/dtmf-relay, application/dtmf"))
		tx.Respond(res)
		return
	}
	if key != 0 {
		c.media.Key(key)
	}
	tx.Respond(c.s.response(r, 200, ""))
}

// SendKey sends a key by INFO (application/dtmf-relay), to a far end that takes no RTP events.
func (c *Call) SendKey(ctx context.Context, key rune) error {
	if !c.Answered() {
		return ErrState
	}
	res, err := c.exchange(ctx, func(d *dialog) *gosip.Request {
		r := d.request(gosip.INFO, 0)
		r.AppendHeader(gosip.NewHeader("Content-Type", "application/dtmf-relay"))
		r.SetBody([]byte("Signal=" + string(key) + "\r\nDuration=160\r\n"))
		return r
	})
	if err == nil && !res.IsSuccess() {
		err = statusOf(res)
	}
	return err
}

// infoKey is the key of an INFO: "Signal=5" among lines, or the key alone; also as the
// number of an RFC 4733 event.
func infoKey(kind string, body []byte) (rune, bool) {
	signal := strings.TrimSpace(string(body))
	if kind == "application/dtmf-relay" {
		signal = ""
		for line := range strings.Lines(string(body)) {
			k, v, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(k), "Signal") {
				signal = strings.TrimSpace(v)
				break
			}
		}
	}
	if len(signal) == 1 && strings.Contains("0123456789*#ABCDabcd", signal) {
		return rune(strings.ToUpper(signal)[0]), true
	}
	if n, err := strconv.ParseUint(signal, 10, 8); err == nil && n >= 10 && n <= 15 {
		return rune("*#ABCD"[n-10]), true
	}
	return 0, false
}
