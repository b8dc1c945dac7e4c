package sip

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// Request is a call that is to be made.
type Request struct {
	To   string // E.164, or a number of the trunk's own
	User string // instead: a phone that registered with us
	// Caller is the number shown; empty: the trunk's. Name goes with it.
	Caller, Name string
	Anonymous    bool              // hides both (RFC 3323); the network still knows
	Headers      map[string]string // X-… alone
	Ring         time.Duration     // how long it rings; 0: as the server's options say
	// Progress is told what comes before the answer: 180, 183 and others; early is
	// whether the far end is heard already. It must not wait.
	Progress func(c *Call, code int, early bool)

	replaces   string // Replaces header, of a transfer that we carry out
	referredBy string
	uri        *gosip.Uri // instead of To, of a transfer
}

// Dial makes a call and returns when it is answered, or why it is not: a *StatusError for
// a refusal, ErrRinging, or what ended ctx. The trunk is not looked at for a User.
func (s *Server) Dial(ctx context.Context, name string, q Request) (*Call, error) {
	if s.full503() {
		return nil, ErrClosed
	}
	if !s.enter() {
		return nil, ErrClosed
	}
	defer s.wg.Done()
	var t *trunk
	if q.User == "" {
		if t = s.trunks[name]; t == nil || t.Host == "" {
			return nil, ErrTrunk
		}
		if err := s.allowed(t, &q); err != nil {
			return nil, err
		}
	}
	for k, v := range q.Headers {
		if len(k) < 3 || !strings.EqualFold(k[:2], "X-") || !isHeaderName(k) || !sendable(v) {
			return nil, fmt.Errorf("%w: %q", ErrHeader, k)
		}
	}
	if !quotable(q.Name) || (q.Caller != "" && !isDialable(q.Caller)) {
		return nil, fmt.Errorf("%w: caller", ErrHeader)
	}
	free, _ := s.admit(t)
	if free == nil {
		return nil, ErrLimit
	}
	c := s.newCall(Info{ID: token(16), Direction: Outbound, Number: q.To, User: q.User, Headers: q.Headers}, t)
	c.free = free
	s.calls.ring(c)
	s.n.out.Add(1)
	c.log.Info("call goes out", "number", q.To)
	if err := c.dial(ctx, &q); err != nil {
		e := End{By: "remote", Err: err}
		var st *StatusError
		if errors.As(err, &st) {
			e.Code, e.Cause = st.Code, Cause(st.Cause)
		} else {
			e.By = "local"
		}
		c.finish(e)
		return nil, err
	}
	return c, nil
}

// allowed refuses what must not be dialled on a trunk.
func (s *Server) allowed(t *trunk, q *Request) error {
	if t.blocked.Load() {
		return ErrBlocked
	}
	if q.uri != nil {
		if n := userOf(*q.uri); t.Plan.IsEmergency(n) && t.Emergency != "dial" {
			return s.noEmergency(t, n)
		}
		return nil
	}
	n := strip(q.To)
	if t.Plan.IsEmergency(n) && t.Emergency != "dial" {
		return s.noEmergency(t, n)
	}
	if !isDialable(n) && !isToken(n) {
		return fmt.Errorf("%w: %q", ErrNumber, clean(q.To))
	}
	q.To = n
	return nil
}

func (s *Server) noEmergency(t *trunk, number string) error {
	s.n.emergency.Add(1)
	t.log.Error("an emergency number was to be dialled, and was not", "number", clean(number))
	return fmt.Errorf("%w: %s", ErrEmergency, clean(number))
}

// dial finds where the call goes and tries one place after the other.
func (c *Call) dial(ctx context.Context, q *Request) error {
	ring := q.Ring
	if ring == 0 {
		ring = c.s.o.Ring
	}
	var hops []hop
	var target, from, to gosip.Uri
	if c.trunk == nil {
		b := c.s.phones.binding(q.User)
		if b == nil {
			return ErrUser
		}
		hops, target = []hop{b.hop}, b.contact
		u := c.s.phones.user(q.User)
		c.creds = phoneCredentials(u, addrOf(b.hop.addr))
		host := c.s.announced(addrOf(b.hop.addr)).String()
		caller := q.Caller
		if caller == "" {
			caller = "parley"
		}
		from = gosip.Uri{Scheme: "sip", User: caller, Host: host}
		to = gosip.Uri{Scheme: "sip", User: q.User, Host: host}
	} else {
		t := c.trunk
		var err error
		if hops, err = c.s.trunkHops(ctx, t.Trunk); err != nil {
			return err
		}
		host, port, _ := hostPort(t.Host)
		target = gosip.Uri{Scheme: "sip", User: t.Plan.Write(q.To), Host: host, Port: port}
		if isDialable(q.To) {
			target.UriParams.Add("user", "phone")
		}
		if q.uri != nil {
			target = *q.uri.Clone()
			target.Headers = nil
			if target.Scheme == "tel" {
				target = gosip.Uri{Scheme: "sip", User: userOf(*q.uri), Host: host, Port: port}
			}
		}
		if t.Transport != "udp" {
			target.UriParams.Add("transport", t.Transport)
		}
		from = gosip.Uri{Scheme: "sip", User: t.fromUser(q.Caller), Host: t.domain()}
		to = *target.Clone()
		to.UriParams, to.Port = nil, 0
		c.creds = c.s.trunkCredentials(t, hops)
	}
	c.Caller = Identity{Name: q.Name, Number: q.Caller, Private: q.Anonymous}
	if len(hops) == 0 {
		return ErrTrunk
	}
	peer := addrOf(hops[0].addr)
	m, err := c.s.o.Media(MediaRequest{CallID: c.ID, Trunk: c.Trunk, User: c.User, Peer: peer, Public: c.s.announced(peer)})
	if err != nil {
		return err
	}
	c.media = m
	sdp, err := m.Offer()
	if err != nil {
		return err
	}
	ringing, stop := context.WithTimeoutCause(ctx, ring, ErrRinging)
	defer stop()
	for i, h := range hops {
		c.mu.Lock()
		c.d = dialog{callID: c.ID, local: party{name: q.Name, uri: from, tag: token(12)},
			remote: party{uri: to}, target: target, next: h}
		if q.Anonymous {
			c.d.local.name, c.d.local.uri = "Anonymous", gosip.Uri{Scheme: "sip", User: "anonymous", Host: "anonymous.invalid"}
		}
		user := ""
		if isToken(from.User) {
			user = from.User
		}
		c.d.contact = c.s.contact(user, h)
		c.source, c.network = h.addr, h.network
		c.creds.realms = nil // another place has nonces, and maybe a realm, of its own
		c.mu.Unlock()
		err = c.attempt(ringing, q, sdp, from)
		if err == nil || !elsewhere(err) || i == len(hops)-1 || ringing.Err() != nil {
			return err
		}
		c.log.Info("trying another place", "not", h.addr, "err", err)
	}
	if err == nil {
		err = ErrTrunk
	}
	return err
}

// elsewhere reports whether another place may do what this one did not (RFC 3263 section 4.3).
func elsewhere(err error) bool {
	var st *StatusError
	if errors.As(err, &st) {
		return st.Code == 503
	}
	return errors.Is(err, gosip.ErrTransactionTimeout) || errors.Is(err, gosip.ErrTransactionTransport)
}

// attempt sends INVITEs to one place until one is answered for good: with a password,
// and with a longer session where it asks for that.
func (c *Call) attempt(ctx context.Context, q *Request, sdp []byte, from gosip.Uri) error {
	every := c.s.o.Session
	for range 4 {
		c.mu.Lock()
		r := c.d.request(gosip.INVITE, 0)
		c.mu.Unlock()
		c.dress(r, q, from)
		c.s.ask(r, every, "")
		if err := c.creds.apply(r); err != nil {
			return err
		}
		setBody(r, "application/sdp", sdp)
		res, err := c.invite1(ctx, r, q)
		if err != nil {
			return err
		}
		switch {
		case res.IsSuccess():
			return c.established(ctx, r, res, every)
		case res.StatusCode == 422 && minSE(res) > every:
			every = min(minSE(res), 24*time.Hour)
		case res.IsRedirection():
			return fmt.Errorf("%w: %w", ErrRedirect, statusOf(res))
		case c.creds.challenged(r, res):
		case res.StatusCode == 401 || res.StatusCode == 407:
			return fmt.Errorf("%w: %w", ErrPassword, statusOf(res))
		default:
			return statusOf(res)
		}
	}
	return ErrPassword
}

// dress gives an INVITE what is of this call and no other.
func (c *Call) dress(r *gosip.Request, q *Request, from gosip.Uri) {
	r.AppendHeader(gosip.NewHeader("Allow", allowed))
	r.AppendHeader(gosip.NewHeader("Supported", supported))
	r.AppendHeader(gosip.NewHeader("User-Agent", c.s.o.UserAgent))
	if c.trunk != nil {
		r.AppendHeader(gosip.NewHeader("P-Asserted-Identity", "<"+from.String()+">"))
	}
	if q.Anonymous {
		r.AppendHeader(gosip.NewHeader("Privacy", "id"))
	}
	for k, v := range q.Headers {
		r.AppendHeader(gosip.NewHeader(k, v))
	}
	if q.replaces != "" {
		r.AppendHeader(gosip.NewHeader("Replaces", q.replaces))
	}
	if q.referredBy != "" {
		r.AppendHeader(gosip.NewHeader("Referred-By", q.referredBy))
	}
}

// invite1 sends one INVITE and gives its final answer. When ctx ends first it is
// cancelled; an answer that crosses the CANCEL is confirmed and hung up at once.
func (c *Call) invite1(ctx context.Context, r *gosip.Request, q *Request) (*gosip.Response, error) {
	c.s.addVia(r)
	if err := c.s.meets(ctx, c.trunk, r); err != nil {
		return nil, fmt.Errorf("sip: INVITE: %w", errors.Join(err, gosip.ErrTransactionTransport))
	}
	tx, err := c.s.tx.Request(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("sip: INVITE: %w", errors.Join(err, gosip.ErrTransactionTransport))
	}
	// From here on the transaction is left to its own timers: what comes late must be answered.
	tx.OnRetransmission(func(res *gosip.Response) { c.again(r, res) })
	provisional := false
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
			provisional = true
			if res.StatusCode > 100 {
				c.provisional(res, q)
			}
			continue
		case <-tx.Done():
			return nil, fmt.Errorf("sip: INVITE: %w", tx.Err())
		case <-ctx.Done():
			err = context.Cause(ctx)
		case <-c.ctx.Done():
			err = context.Cause(c.ctx)
		}
		c.s.run(func() { c.giveUp(tx, r, provisional, err) })
		return nil, err
	}
}

// giveUp cancels an INVITE, as soon as something provisional has come (RFC 3261 section
// 9.1), and sees to an answer that crosses the CANCEL.
func (c *Call) giveUp(tx *gosip.ClientTx, invite *gosip.Request, provisional bool, why error) {
	limit := time.NewTimer(64 * gosip.T1)
	defer limit.Stop()
	if provisional {
		c.sendCancel(invite, why)
	}
	closing := c.s.ctx.Done()
	for {
		select {
		case res := <-tx.Responses():
			switch {
			case res.IsSuccess():
				c.stray(invite, res)
				return
			case !res.IsProvisional():
				return
			case !provisional:
				provisional = true
				c.sendCancel(invite, why)
			}
		case <-tx.Done():
			return
		case <-closing:
			closing = nil
			limit.Reset(c.s.grace)
		case <-limit.C:
			tx.Terminate()
			return
		}
	}
}

// provisional tells of ringing, and lets early audio in.
func (c *Call) provisional(res *gosip.Response, q *Request) {
	early := false
	if sdp, _ := sdpOf(res); len(sdp) > 0 {
		if err := c.media.Accept(sdp); err != nil {
			c.log.Debug("early media that we cannot take", "err", err)
		} else {
			early = true
		}
	}
	c.mu.Lock()
	if c.state == fresh {
		c.state = ringing
	}
	c.mu.Unlock()
	if q.Progress != nil {
		q.Progress(c, res.StatusCode, early)
	}
}

// sendCancel gives an INVITE up.
func (c *Call) sendCancel(invite *gosip.Request, why error) {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	defer context.AfterFunc(c.s.ctx, func() { time.AfterFunc(c.s.grace, stop) })()
	r := gosip.NewRequest(gosip.CANCEL, *invite.Recipient.Clone())
	r.AppendHeader(gosip.HeaderClone(invite.Via()))
	for _, h := range invite.GetHeaders("route") {
		r.AppendHeader(gosip.HeaderClone(h))
	}
	forwards := gosip.MaxForwardsHeader(70)
	r.AppendHeader(&forwards)
	r.AppendHeader(gosip.HeaderClone(invite.From()))
	r.AppendHeader(gosip.HeaderClone(invite.To()))
	r.AppendHeader(gosip.HeaderClone(invite.CallID()))
	r.AppendHeader(&gosip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: gosip.CANCEL})
	if errors.Is(why, ErrRinging) {
		r.AppendHeader(reasonHeader(CauseNoAnswer))
	}
	r.SetTransport(invite.Transport())
	r.SetDestination(invite.Destination())
	r.Laddr = invite.Laddr
	r.SetBody(nil)
	tx, err := c.s.tx.Request(ctx, r)
	if err != nil {
		c.log.Debug("CANCEL was not sent", "err", err)
		return
	}
	defer tx.Terminate()
	select {
	case <-tx.Responses():
	case <-tx.Done():
	case <-ctx.Done():
	}
}

// established makes the dialog of a call that was answered, and confirms it.
func (c *Call) established(ctx context.Context, r *gosip.Request, res *gosip.Response, every time.Duration) error {
	d, err := c.fork(ctx, res)
	if err != nil {
		c.stray(r, res)
		return err
	}
	c.mu.Lock()
	c.d = d
	c.updates = allows(res, gosip.UPDATE)
	c.source = res.Source()
	c.mu.Unlock()
	c.s.calls.add(c, d.key())
	c.ack(r)
	close(c.confirmed)
	sdp, _ := sdpOf(res)
	if len(sdp) == 0 {
		err = errors.New("sip: an answer without a session")
	} else {
		err = c.media.Accept(sdp)
	}
	c.mu.Lock()
	if c.state == ended { // hung up while it was being answered
		c.mu.Unlock()
		c.s.calls.remove(c, "")
		if !c.s.run(func() { c.bye(CauseNormal) }) {
			c.s.calls.bury(c)
		}
		return ErrEnded
	}
	c.state, c.answered = answered, time.Now()
	c.session = agreed(res, every)
	c.mu.Unlock()
	if err != nil {
		c.hangup(End{By: "local", Cause: CauseFailure, Err: err})
		return err
	}
	c.s.n.answered.Add(1)
	c.log.Info("call answered")
	c.s.run(c.keep)
	return nil
}

// fork is the dialog that an answer to our INVITE makes (RFC 3261 section 12.1.2).
func (c *Call) fork(ctx context.Context, res *gosip.Response) (dialog, error) {
	c.mu.Lock()
	d := c.d
	network, source := c.network, c.source
	c.mu.Unlock()
	d.remote.tag = tagOf(res.To().Params)
	rr := recordRoutes(res)
	d.routes = nil
	for i := len(rr) - 1; i >= 0; i-- {
		d.routes = append(d.routes, rr[i])
	}
	if contact := res.Contact(); contact != nil && !contact.Address.Wildcard {
		d.target = *contact.Address.Clone()
	}
	if res.Source() != "" {
		source = res.Source()
	}
	next, err := c.s.nextHop(ctx, &d, network, source)
	if err != nil {
		return d, err
	}
	d.next = next
	return d, nil
}

// ack confirms the answer to an INVITE of ours.
func (c *Call) ack(invite *gosip.Request) {
	c.mu.Lock()
	r := c.d.request(gosip.ACK, invite.CSeq().SeqNo)
	c.mu.Unlock()
	c.sendAck(invite, r)
}

// sendAck writes an ACK, with the credentials of its INVITE (RFC 3261 section 22.1) if it may
// be signed where it goes.
func (c *Call) sendAck(invite, r *gosip.Request) {
	if c.creds.may(r) {
		for _, name := range []string{"authorization", "proxy-authorization"} {
			for _, h := range invite.GetHeaders(name) {
				r.AppendHeader(gosip.HeaderClone(h))
			}
		}
	}
	c.s.addVia(r)
	if err := c.s.tp.WriteMsg(r); err != nil {
		c.log.Debug("ACK was not sent", "err", err)
	}
}

// again takes a 200 that came once more: our ACK was lost, or another fork answered too.
func (c *Call) again(invite *gosip.Request, res *gosip.Response) {
	if !res.IsSuccess() || check(res) != nil {
		return
	}
	c.mu.Lock()
	same := tagOf(res.To().Params) == c.d.remote.tag
	c.mu.Unlock()
	if same {
		c.ack(invite)
		return
	}
	c.stray(invite, res)
}

// stray confirms an answer that is not wanted, and hangs up on it.
func (c *Call) stray(invite *gosip.Request, res *gosip.Response) {
	c.s.run(func() {
		ctx, stop := context.WithTimeout(context.Background(), byeTime)
		defer stop()
		defer context.AfterFunc(c.s.ctx, func() { time.AfterFunc(c.s.grace, stop) })()
		d, err := c.fork(ctx, res)
		if err != nil {
			return
		}
		c.sendAck(invite, d.request(gosip.ACK, invite.CSeq().SeqNo))
		d.localSeq = invite.CSeq().SeqNo
		bye := d.request(gosip.BYE, 0)
		bye.AppendHeader(reasonHeader(CauseNormal))
		if _, err := c.s.do(ctx, c.trunk, bye); err != nil {
			c.log.Debug("BYE to another fork was not answered", "err", err)
		}
	})
}
