package sip

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// Info is what is known of a call from its beginning; it does not change.
type Info struct {
	ID        string // the Call-ID
	Direction Direction
	Trunk     string            // empty: a phone of our own
	User      string            // that phone
	Number    string            // that was called: E.164, or as it came
	Caller    Identity          // who calls
	Diverted  string            // whom the caller called first (Diversion, History-Info); empty: nobody else
	Headers   map[string]string // X-… of its INVITE
	Replaces  *Call             // the call that this one takes the place of (RFC 3891); nil: none
}

// Cause says why a call ends (ITU-T Q.850, RFC 3326).
type Cause int

// The causes that we send.
const (
	CauseNormal      Cause = 16
	CauseBusy        Cause = 17
	CauseNoAnswer    Cause = 19
	CauseRejected    Cause = 21
	CauseFailure     Cause = 41
	CauseUnavailable Cause = 47
	CauseTimer       Cause = 102
)

// End is how a call ended.
type End struct {
	By    string // "remote", "local" or "network" (nobody said anything)
	Code  int    // final status; 0: it was up
	Cause Cause  // 0: not said
	Text  string // of a Reason header
	Err   error  // why, when it is a failure
}

type state int

const (
	fresh state = iota
	ringing
	answered
	ended
)

// Call is one call with one far end. Its methods may be called from anywhere.
type Call struct {
	Info
	s     *Server
	trunk *trunk
	log   *slog.Logger
	media Media
	free  func() // gives the lines back

	ctx    context.Context // the call's life
	cancel context.CancelCauseFunc
	done   chan struct{}
	acks   chan *gosip.Request
	// turn is held by whoever makes an offer or an answer: one at a time (RFC 3264
	// section 4).
	turn      chan struct{}
	confirmed chan struct{} // closed when the far end knows that the call is answered
	renewed   chan struct{} // the session was refreshed
	checks    chan struct{} // Check asks for it

	mu       sync.Mutex
	state    state
	end      End
	d        dialog
	creds    credentials
	source   string // where its messages come from
	network  string
	inviting bool // an INVITE of ours is under way: glare
	held     bool
	updates  bool // the far end takes UPDATE
	session  session
	refer    *outRefer
	early    string // key of merged requests

	invite   *gosip.Request  // inbound: what began it
	tx       *gosip.ServerTx // of invite
	answer   []byte          // our SDP, when the INVITE had an offer
	answered time.Time
}

// newCall makes a call that has neither dialog nor media yet.
func (s *Server) newCall(i Info, t *trunk) *Call {
	c := &Call{Info: i, s: s, trunk: t, done: make(chan struct{}), acks: make(chan *gosip.Request, 4),
		turn: make(chan struct{}, 1), confirmed: make(chan struct{}), renewed: make(chan struct{}, 1), checks: make(chan struct{}, 1)}
	if t != nil {
		c.Trunk = t.Name
	}
	c.ctx, c.cancel = context.WithCancelCause(s.ctx)
	c.log = s.o.Logger.With("call", i.ID, "trunk", i.Trunk, "direction", string(i.Direction))
	if i.User != "" {
		c.log = c.log.With("phone", i.User)
	}
	return c
}

// Media is the call's audio. It is closed when the call ends.
func (c *Call) Media() Media { return c.media }

// Done is closed when the call has ended.
func (c *Call) Done() <-chan struct{} { return c.done }

// End says how it ended, after Done.
func (c *Call) End() End {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end
}

// Answered reports whether the call is up or was.
func (c *Call) Answered() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.answered.IsZero()
}

// Held reports whether the far end holds us.
func (c *Call) Held() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held
}

// finish ends a call, once, about which there is nothing more to say to the far end.
func (c *Call) finish(e End) bool {
	if !c.stop(e) {
		return false
	}
	c.s.calls.bury(c)
	return true
}

// stop ends the call here, once: media, lines, place among the calls.
func (c *Call) stop(e End) bool {
	c.mu.Lock()
	if c.state == ended {
		c.mu.Unlock()
		return false
	}
	was := c.answered
	c.state, c.end = ended, e
	early := c.early
	c.mu.Unlock()
	c.cancel(ErrEnded)
	if c.media != nil {
		c.media.Close()
	}
	c.s.calls.remove(c, early)
	if c.free != nil {
		c.free()
	}
	attrs := []any{"by", e.By}
	if e.Code != 0 {
		attrs = append(attrs, "status", e.Code)
	}
	if e.Cause != 0 {
		attrs = append(attrs, "cause", int(e.Cause))
	}
	if e.Err != nil {
		attrs = append(attrs, "err", e.Err)
	}
	if !was.IsZero() {
		attrs = append(attrs, "lasted", time.Since(was).Round(time.Millisecond))
	}
	c.log.Info("call ended", attrs...)
	close(c.done)
	return true
}

// Hangup ends the call, whatever its state: BYE, CANCEL, or a refusal. It does not wait
// for the far end.
func (c *Call) Hangup(cause Cause) {
	c.mu.Lock()
	st := c.state
	c.mu.Unlock()
	switch {
	case st == ended:
	case st == answered:
		c.hangup(End{By: "local", Cause: cause})
	case c.Direction == Inbound:
		code := 480
		switch cause {
		case CauseBusy:
			code = 486
		case CauseRejected, CauseNormal:
			code = 603
		case CauseFailure, CauseUnavailable:
			code = 503
		}
		c.Reject(code)
	default:
		c.cancel(ErrCancelled)
	}
}

// hangup ends an answered call and says BYE.
func (c *Call) hangup(e End) {
	if !c.stop(e) {
		return
	}
	if !c.s.run(func() { c.bye(e.Cause) }) {
		c.s.calls.bury(c)
	}
}

// bye says BYE. Who answered may say so only after the ACK, or when none came
// (RFC 3261 section 15).
func (c *Call) bye(cause Cause) {
	defer c.s.calls.bury(c)
	ctx, stop := context.WithTimeout(context.Background(), byeTime+64*gosip.T1)
	defer stop()
	defer context.AfterFunc(c.s.ctx, func() { time.AfterFunc(c.s.grace, stop) })()
	select {
	case <-c.confirmed:
	case <-c.s.ctx.Done():
	}
	_, err := c.exchange(ctx, func(d *dialog) *gosip.Request {
		r := d.request(gosip.BYE, 0)
		if cause != 0 {
			r.AppendHeader(reasonHeader(cause))
		}
		return r
	})
	if err != nil {
		c.log.Debug("BYE was not answered", "err", err)
	}
}

func reasonHeader(cause Cause) gosip.Header {
	texts := map[Cause]string{CauseNormal: "Normal call clearing", CauseBusy: "User busy", CauseNoAnswer: "No answer",
		CauseRejected: "Call rejected", CauseFailure: "Temporary failure", CauseUnavailable: "Resource unavailable",
		CauseTimer: "Recovery on timer expiry"}
	if t, ok := texts[cause]; ok {
		return gosip.NewHeader("Reason", fmt.Sprintf(`Q.850;cause=%d;text="%s"`, cause, t))
	}
	return gosip.NewHeader("Reason", fmt.Sprintf("Q.850;cause=%d", cause))
}

// exchange sends a request in the dialog, with a password where one is asked for, and
// gives its final answer.
func (c *Call) exchange(ctx context.Context, build func(*dialog) *gosip.Request) (*gosip.Response, error) {
	for range 3 {
		c.mu.Lock()
		r := build(&c.d)
		err := c.creds.apply(r)
		c.mu.Unlock()
		if err != nil {
			return nil, err
		}
		r.AppendHeader(gosip.NewHeader("User-Agent", c.s.o.UserAgent))
		res, err := c.s.do(ctx, c.trunk, r)
		if err != nil {
			return nil, err
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

// gone reports whether an answer to a request in the dialog says that there is no dialog
// any more (RFC 5057 section 5.1).
func gone(res *gosip.Response) bool {
	switch res.StatusCode {
	case 404, 408, 410, 416, 480, 481, 482, 483, 484, 485, 502, 604:
		return true
	}
	return false
}

// take waits for the turn to make an offer or an answer.
func (c *Call) take(ctx context.Context) error {
	select {
	case c.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.done:
		return ErrEnded
	}
}

func (c *Call) give() { <-c.turn }

// peer is the address that the call's messages come from.
func (c *Call) peer() netip.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return addrOf(c.source)
}
