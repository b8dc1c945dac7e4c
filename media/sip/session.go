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

// session is how a call is kept from hanging when the far end is gone (RFC 4028).
type session struct {
	every time.Duration // 0: it does not expire
	ours  bool          // we refresh
}

// expires reads Session-Expires; 0: none.
func expires(m gosip.Message) (every time.Duration, refresher string) {
	v := header(m, "session-expires", "x")
	n, rest, _ := strings.Cut(v, ";")
	secs, err := strconv.ParseUint(strings.TrimSpace(n), 10, 32)
	if err != nil {
		return 0, ""
	}
	return time.Duration(secs) * time.Second, strings.ToLower(params(rest)["refresher"])
}

func minSE(m gosip.Message) time.Duration {
	n, _, _ := strings.Cut(header(m, "min-se"), ";")
	secs, err := strconv.ParseUint(strings.TrimSpace(n), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(secs) * time.Second
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// agree is the session that we answer an INVITE or UPDATE with; tooSmall asks for 422.
func (s *Server) agree(r *gosip.Request) (se session, tooSmall bool) {
	every, refresher := expires(r)
	knows := supports(r, "timer")
	switch {
	case every == 0:
		// Nobody asked; we keep watch all the same, by refreshing ourselves.
		return session{every: max(s.o.Session, minSE(r)), ours: true}, false
	case every < minSession:
		if knows {
			return session{}, true
		}
		every = minSession
	}
	return session{every: every, ours: refresher == "uas" || !knows}, false
}

// write puts the session into our answer to an INVITE or UPDATE.
func (se session) write(res *gosip.Response, r *gosip.Request) {
	if se.every == 0 || (!supports(r, "timer") && !se.ours) {
		return
	}
	who := "uac"
	if se.ours {
		who = "uas"
	}
	res.AppendHeader(gosip.NewHeader("Session-Expires", seconds(se.every)+";refresher="+who))
	if !se.ours {
		res.AppendHeader(gosip.NewHeader("Require", "timer"))
	}
}

// ask puts what we would like into an INVITE or UPDATE of ours.
func (s *Server) ask(r *gosip.Request, every time.Duration, refresher string) {
	v := seconds(every)
	if refresher != "" {
		v += ";refresher=" + refresher
	}
	r.AppendHeader(gosip.NewHeader("Session-Expires", v))
	r.AppendHeader(gosip.NewHeader("Min-SE", seconds(minSession)))
}

// agreed is the session of an answer to an INVITE or UPDATE of ours.
func agreed(res *gosip.Response, asked time.Duration) session {
	every, refresher := expires(res)
	if every == 0 {
		return session{every: asked, ours: true} // it knows nothing of timers: we ask
	}
	return session{every: max(every, minSession), ours: refresher != "uas"}
}

// renew starts the session's time anew.
func (c *Call) renew(se session) {
	c.mu.Lock()
	c.session = se
	c.mu.Unlock()
	select {
	case c.renewed <- struct{}{}:
	default:
	}
}

// keep refreshes the session, or ends the call that the far end does not refresh.
func (c *Call) keep() {
	misses := 0
	for {
		c.mu.Lock()
		se := c.session
		c.mu.Unlock()
		wait := se.every / 2
		if !se.ours {
			wait = se.every - min(32*time.Second, se.every/3) // RFC 4028 section 10
		}
		if misses > 0 {
			wait = se.every / 8
		}
		var due <-chan time.Time
		var timer *time.Timer
		if se.every > 0 {
			timer = time.NewTimer(wait)
			due = timer.C
		}
		select {
		case <-c.done:
		case <-c.renewed:
			misses = 0
		case <-c.checks:
			c.check()
		case <-due:
			if !se.ours {
				c.s.n.expired.Add(1)
				c.hangup(End{By: "network", Cause: CauseTimer, Err: ErrExpired})
				break
			}
			ctx, stop := context.WithTimeout(c.ctx, 40*time.Second)
			err := c.refresh(ctx)
			stop()
			if err == nil {
				misses = 0
				break
			}
			if misses++; misses > 2 || errors.Is(err, gosip.ErrTransactionTimeout) {
				c.s.n.expired.Add(1)
				c.hangup(End{By: "network", Cause: CauseTimer, Err: fmt.Errorf("%w: %w", ErrExpired, err)})
			}
		}
		if timer != nil {
			timer.Stop()
		}
		select {
		case <-c.done:
			return
		default:
		}
	}
}

// Check asks the far end whether it is there, of which nothing is heard: a call ends when it says
// no, or nothing. It does not wait.
func (c *Call) Check() {
	select {
	case c.checks <- struct{}{}:
	default:
	}
}

// checkTime is how long a far end may take to say that it is there: five repeats over UDP.
const checkTime = 20 * time.Second

func (c *Call) check() {
	ctx, stop := context.WithTimeout(c.ctx, c.s.checkTime)
	defer stop()
	err := c.refresh(ctx)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, gosip.ErrTransactionTimeout) {
		c.s.n.expired.Add(1)
		c.hangup(End{By: "network", Cause: CauseTimer, Err: fmt.Errorf("%w: %w", ErrExpired, err)})
	}
}

// refresh says that we are still there: by UPDATE where the far end takes it, else by
// an INVITE that changes nothing.
func (c *Call) refresh(ctx context.Context) error {
	c.mu.Lock()
	updates, every := c.updates, c.session.every
	c.mu.Unlock()
	if !updates {
		return c.modify(ctx)
	}
	res, err := c.exchange(ctx, func(d *dialog) *gosip.Request {
		r := d.request(gosip.UPDATE, 0)
		r.AppendHeader(gosip.NewHeader("Supported", supported))
		c.s.ask(r, every, "uac")
		return r
	})
	switch {
	case err != nil:
		return err
	case res.IsSuccess():
		c.retarget(res)
		c.renew(agreed(res, every))
		return nil
	case gone(res):
		c.hangup(End{By: "network", Cause: CauseTimer, Err: statusOf(res)})
		return statusOf(res)
	case res.StatusCode == 422:
		c.mu.Lock()
		c.session.every = max(c.session.every, min(minSE(res), 24*time.Hour))
		c.mu.Unlock()
		return statusOf(res)
	}
	return statusOf(res)
}
