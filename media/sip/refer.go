package sip

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// Refer is a transfer that the far end of a call asks for: that we call somebody else
// (RFC 3515), perhaps in the place of a call that is up there (RFC 3891). Server.Transfer
// carries it out.
type Refer struct {
	Number string // E.164 where the plan says how, else as it came
	By     string // Referred-By; empty: not said

	uri      gosip.Uri
	replaces string
	by       string
}

// outRefer is a REFER of ours whose end is awaited.
type outRefer struct{ result chan *StatusError }

// Transfer carries out what the far end of c asked for, on c's trunk: it dials, and
// returns the new call. The far end of c is expected to hang up.
func (s *Server) Transfer(ctx context.Context, c *Call, r Refer, q Request) (*Call, error) {
	q.To, q.replaces, q.referredBy = r.Number, r.replaces, r.by
	if c.Trunk == "" { // a phone of our own: among its fellows, nowhere else
		if u := s.phones.user(userOf(r.uri)); u != nil {
			q.User = u.Name
			return s.Dial(ctx, "", q)
		}
		return nil, ErrUser
	}
	q.uri = &r.uri
	return s.Dial(ctx, c.Trunk, q)
}

// receiveRefer takes a wish to transfer, and tells how it went by NOTIFY.
func (c *Call) receiveRefer(r *gosip.Request, tx *gosip.ServerTx) {
	if !c.ordered(r) {
		tx.Respond(c.s.response(r, 500, ""))
		return
	}
	refer, err := c.readRefer(r)
	if err != nil {
		c.log.Info("a REFER that we cannot take", "err", err)
		tx.Respond(c.s.response(r, 400, ""))
		return
	}
	if c.s.o.Refer == nil || !c.Answered() {
		tx.Respond(c.s.response(r, 603, ""))
		return
	}
	quiet := strings.HasPrefix(strings.ToLower(header(r, "refer-sub")), "false") // RFC 4488: it wants no NOTIFY
	c.mu.Lock()
	res := c.s.full(r, 202, "", c.d.contact, nil)
	c.mu.Unlock()
	if quiet {
		res.AppendHeader(gosip.NewHeader("Refer-Sub", "false"))
	}
	if tx.Respond(res) != nil {
		return
	}
	id := strconv.Itoa(int(r.CSeq().SeqNo))
	c.log.Info("far end wants a transfer", "to", refer.Number)
	news := make(chan int, 8)
	progress := func(code int) {
		if !quiet && code < 200 {
			select {
			case news <- code:
			default: // the far end is slow; what counts is the end
			}
		}
	}
	if !quiet {
		c.s.run(func() { c.tell(id, news) })
	}
	c.s.run(func() {
		progress(100)
		err := c.s.o.Refer(c.ctx, c, refer, progress)
		code := 200
		if err != nil {
			code = 603
			var st *StatusError
			if errors.As(err, &st) {
				code = st.Code
			} else if errors.Is(err, ErrRinging) {
				code = 408
			}
			c.log.Info("the transfer failed", "err", err)
		}
		select {
		case news <- code:
		case <-c.done:
		}
	})
}

// tell sends the news of a transfer, one after the other, until a final one.
func (c *Call) tell(id string, news <-chan int) {
	for {
		select {
		case code := <-news:
			c.notify(id, code, code >= 200)
			if code >= 200 {
				return
			}
		case <-c.done:
			return
		}
	}
}

func (c *Call) readRefer(r *gosip.Request) (Refer, error) {
	to := r.GetHeaders("refer-to")
	if len(to) == 0 {
		to = r.GetHeaders("r")
	}
	if len(to) != 1 {
		return Refer{}, errors.New("sip: not one Refer-To")
	}
	var out Refer
	var ps gosip.HeaderParams
	if _, err := gosip.ParseAddressValue(to[0].Value(), &out.uri, &ps); err != nil {
		return Refer{}, err
	}
	switch out.uri.Scheme {
	case "sip", "sips", "tel":
	default:
		return Refer{}, fmt.Errorf("sip: no transfer to a %s: URI", clean(out.uri.Scheme))
	}
	if m, ok := out.uri.UriParams.Get("method"); ok && !strings.EqualFold(m, "INVITE") {
		return Refer{}, errors.New("sip: a REFER for something else than a call")
	}
	out.uri.UriParams.Remove("method")
	for _, kv := range out.uri.Headers {
		if strings.EqualFold(kv.K, "Replaces") {
			v := unescape(kv.V)
			if _, err := parseReplaces(v); err != nil {
				return Refer{}, err
			}
			out.replaces = v
		}
	}
	out.uri.Headers = nil
	var plan Plan
	if c.trunk != nil {
		plan = c.trunk.Plan
	}
	out.Number = clean(plan.Normal(userOf(out.uri)))
	if out.Number == "" {
		return Refer{}, errors.New("sip: a REFER to nobody")
	}
	if by := header(r, "referred-by", "b"); by != "" && sendable(by) {
		out.by = by
		var u gosip.Uri
		if _, err := gosip.ParseAddressValue(out.by, &u, &ps); err == nil {
			out.By = clean(plan.Normal(userOf(u)))
		}
	}
	return out, nil
}

// notify says how a transfer is going (RFC 3515 section 2.4.5).
func (c *Call) notify(id string, code int, last bool) {
	ctx, stop := context.WithTimeout(c.ctx, 10*time.Second)
	defer stop()
	_, err := c.exchange(ctx, func(d *dialog) *gosip.Request {
		r := d.request(gosip.NOTIFY, 0)
		r.AppendHeader(gosip.NewHeader("Event", "refer;id="+id))
		st := "active;expires=60"
		if last {
			st = "terminated;reason=noresource"
		}
		r.AppendHeader(gosip.NewHeader("Subscription-State", st))
		setBody(r, "message/sipfrag;version=2.0", []byte(fmt.Sprintf("SIP/2.0 %d %s\r\n", code, phrase(code))))
		return r
	})
	if err != nil {
		c.log.Debug("a NOTIFY was not answered", "err", err)
	}
}

// Refer hands the far end on to somebody else (a blind transfer) and hangs up when it has
// been put through. It returns a *StatusError when the far end cannot or will not; the
// call is then as before.
func (c *Call) Refer(ctx context.Context, to string) error {
	c.mu.Lock()
	target := *c.d.target.Clone()
	c.mu.Unlock()
	n := strip(to)
	if !isDialable(n) && !isToken(n) {
		return fmt.Errorf("%w: %q", ErrNumber, clean(to))
	}
	u := gosip.Uri{Scheme: "sip", User: n, Host: target.Host, Port: target.Port}
	if c.trunk != nil {
		if c.trunk.Plan.IsEmergency(n) && c.trunk.Emergency != "dial" {
			return c.s.noEmergency(c.trunk, n)
		}
		u.User = c.trunk.Plan.Write(n)
		u.Host, u.Port, _ = hostPort(c.trunk.Host)
		if c.trunk.Host == "" {
			u.Host, u.Port = target.Host, target.Port
		}
	}
	return c.sendRefer(ctx, u)
}

// ReferReplaces joins the far ends of two calls of ours (an attended transfer): this one's
// calls the other one's in our place. Both calls end when it has.
func (c *Call) ReferReplaces(ctx context.Context, other *Call) error {
	if other == nil || other == c || !other.Answered() {
		return ErrState
	}
	other.mu.Lock()
	u := *other.d.target.Clone()
	replaces := other.d.callID + ";to-tag=" + other.d.remote.tag + ";from-tag=" + other.d.local.tag
	other.mu.Unlock()
	u.UriParams = nil
	u.Headers = gosip.HeaderParams{{K: "Replaces", V: escape(replaces)}}
	if err := c.sendRefer(ctx, u); err != nil {
		return err
	}
	other.Hangup(CauseNormal)
	return nil
}

// sendRefer sends REFER and waits for what becomes of it.
func (c *Call) sendRefer(ctx context.Context, to gosip.Uri) error {
	if !c.Answered() {
		return ErrState
	}
	w := &outRefer{result: make(chan *StatusError, 1)}
	c.mu.Lock()
	if c.refer != nil {
		c.mu.Unlock()
		return ErrState
	}
	c.refer = w
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.refer = nil
		c.mu.Unlock()
	}()
	res, err := c.exchange(ctx, func(d *dialog) *gosip.Request {
		r := d.request(gosip.REFER, 0)
		r.AppendHeader(gosip.NewHeader("Refer-To", "<"+to.String()+">"))
		r.AppendHeader(gosip.NewHeader("Referred-By", "<"+d.local.uri.String()+">"))
		return r
	})
	if err != nil {
		return err
	}
	if !res.IsSuccess() {
		return statusOf(res)
	}
	if strings.HasPrefix(strings.ToLower(header(res, "refer-sub")), "false") {
		c.Hangup(CauseNormal)
		return nil
	}
	select {
	case st := <-w.result:
		if st.Code < 300 {
			c.Hangup(CauseNormal)
			return nil
		}
		return st
	case <-c.done: // the far end hangs up when it has been put through
		if c.End().By == "remote" {
			return nil
		}
		return ErrEnded
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// receiveNotify takes the news of a transfer that we asked for.
func (c *Call) receiveNotify(r *gosip.Request, tx *gosip.ServerTx) {
	event, _, _ := strings.Cut(header(r, "event", "o"), ";")
	if !strings.EqualFold(strings.TrimSpace(event), "refer") {
		res := c.s.response(r, 489, "")
		res.AppendHeader(gosip.NewHeader("Allow-Events", "refer"))
		tx.Respond(res)
		return
	}
	c.mu.Lock()
	w := c.refer
	c.mu.Unlock()
	if w == nil {
		tx.Respond(c.s.response(r, 481, ""))
		return
	}
	code, phrase, ok := sipfrag(r.Body())
	if !ok {
		tx.Respond(c.s.response(r, 400, ""))
		return
	}
	tx.Respond(c.s.response(r, 200, ""))
	state, _, _ := strings.Cut(header(r, "subscription-state"), ";")
	if code < 200 && !strings.EqualFold(strings.TrimSpace(state), "terminated") {
		return
	}
	if code < 200 { // it ended without saying how
		code, phrase = 500, "no final news"
	}
	select {
	case w.result <- &StatusError{Code: code, Reason: phrase}:
	default:
	}
}

// sipfrag is the status line that a NOTIFY carries (RFC 3420).
func sipfrag(body []byte) (code int, phrase string, ok bool) {
	line, _, _ := strings.Cut(string(body), "\n")
	version, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
	if !ok || !strings.EqualFold(version, "SIP/2.0") {
		return 0, "", false
	}
	number, phrase, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil || n < 100 || n > 699 {
		return 0, "", false
	}
	return int(n), clean(phrase), true
}

// parseReplaces reads a Replaces header (RFC 3891).
func parseReplaces(v string) (k dialogKey, err error) {
	id, rest, _ := strings.Cut(v, ";")
	p := params(rest)
	k = dialogKey{strings.TrimSpace(id), p["to-tag"], p["from-tag"]}
	if k.callID == "" || k.local == "" || k.remote == "" || !sendable(v) {
		return k, errors.New("sip: a malformed Replaces")
	}
	return k, nil
}

// replaces finds the call that an INVITE wants to take the place of; the status to refuse
// it with, else 0.
func (c *Call) replaces(r *gosip.Request) int {
	hs := r.GetHeaders("replaces")
	if len(hs) == 0 {
		return 0
	}
	if len(hs) > 1 {
		return 400
	}
	k, err := parseReplaces(hs[0].Value())
	if err != nil {
		return 400
	}
	old := c.s.calls.get(k)
	// Only who could end the old call may take its place: the same trunk, or one of our phones.
	if old == nil || old.trunk != c.trunk {
		return 481
	}
	if !old.Answered() {
		return 481
	}
	_, rest, _ := strings.Cut(hs[0].Value(), ";")
	if strings.Contains(strings.ToLower(rest), "early-only") {
		return 486
	}
	c.Replaces = old
	return 0
}

// escape writes a header's value into a URI (RFC 3261 section 25.1, hnv-unreserved).
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.!~*'()", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
