package sip

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// How long a registration is asked for, and the bounds of waiting after a failure.
const (
	registerFor  = 300 * time.Second
	firstBackoff = 5 * time.Second
	lastBackoff  = 5 * time.Minute
)

// registration is one binding of ours at a PBX: the same Call-ID and rising numbers for
// all its life (RFC 3261 section 10.2).
type registration struct {
	t     *trunk
	d     dialog
	creds credentials
	every time.Duration
}

// keepRegistered keeps a trunk registered and unregisters it at the end.
func (s *Server) keepRegistered(ctx context.Context, t *trunk) {
	reg := &registration{t: t, every: registerFor}
	backoff := firstBackoff
	for {
		granted, err := s.registerOnce(ctx, reg, reg.every)
		if ctx.Err() != nil {
			break
		}
		t.mu.Lock()
		was := t.registered
		t.regErr = err
		if err == nil {
			t.registered = time.Now().Add(granted)
		}
		t.mu.Unlock()
		var wait time.Duration
		if err == nil {
			if was.IsZero() {
				t.log.Info("registered", "for", granted)
			}
			backoff = firstBackoff
			wait = max(granted-30*time.Second, granted/2)
		} else {
			t.log.Warn("not registered", "err", err, "again_in", backoff)
			wait = backoff + time.Duration(rand.Int64N(int64(backoff)/2))
			var st *StatusError
			if errors.As(err, &st) && st.RetryAfter > 0 {
				wait = min(st.RetryAfter, lastBackoff)
			}
			backoff = min(2*backoff, lastBackoff)
		}
		select {
		case <-time.After(wait):
			continue
		case <-ctx.Done():
		}
		break
	}
	t.mu.Lock()
	up := time.Now().Before(t.registered)
	t.registered = time.Time{}
	t.mu.Unlock()
	if up {
		last, stop := context.WithTimeout(context.Background(), s.grace)
		defer stop()
		if _, err := s.registerOnce(last, reg, 0); err != nil {
			t.log.Debug("not unregistered", "err", err)
		}
	}
}

// registerOnce registers for a while (0 unregisters) and gives what was granted.
func (s *Server) registerOnce(ctx context.Context, reg *registration, want time.Duration) (time.Duration, error) {
	t := reg.t
	hops, err := s.trunkHops(ctx, t.Trunk)
	if err != nil {
		return 0, err
	}
	realms := reg.creds.realms
	reg.creds = s.trunkCredentials(t, hops)
	reg.creds.realms = realms
	var last error
	for _, h := range hops {
		if reg.d.callID == "" {
			host, port, _ := hostPort(t.Host)
			aor := gosip.Uri{Scheme: "sip", User: t.User, Host: t.domain()}
			reg.d = dialog{callID: token(16), local: party{uri: aor, tag: token(8)}, remote: party{uri: aor},
				target: gosip.Uri{Scheme: "sip", Host: host, Port: port}}
		}
		reg.d.next, reg.d.contact = h, s.contact(t.User, h)
		for range 4 {
			r := reg.d.request(gosip.REGISTER, 0)
			r.AppendHeader(&gosip.ContactHeader{Address: *reg.d.contact.Clone()})
			r.AppendHeader(gosip.NewHeader("Expires", seconds(want)))
			r.AppendHeader(gosip.NewHeader("User-Agent", s.o.UserAgent))
			r.AppendHeader(gosip.NewHeader("Allow", allowed))
			if err := reg.creds.apply(r); err != nil {
				return 0, err
			}
			res, err := s.do(ctx, t, r)
			if err != nil {
				last = err
				break
			}
			switch {
			case res.IsSuccess():
				return granted(res, reg.d.contact, want), nil
			case res.StatusCode == 423: // RFC 3261 section 10.3
				if n, err := strconv.ParseUint(strings.TrimSpace(header(res, "min-expires")), 10, 32); err == nil {
					want = min(max(want, time.Duration(n)*time.Second), 24*time.Hour)
					reg.every = want
					continue
				}
				return 0, statusOf(res)
			case reg.creds.challenged(r, res):
				continue
			case res.StatusCode == 401 || res.StatusCode == 407:
				reg.creds.realms = nil
				return 0, fmt.Errorf("%w: %w", ErrPassword, statusOf(res))
			}
			last = statusOf(res)
			if res.StatusCode == 503 || res.StatusCode >= 500 {
				break // another host may do
			}
			return 0, last
		}
	}
	if last == nil {
		last = ErrPassword
	}
	return 0, last
}

// granted is for how long our contact was taken.
func granted(res *gosip.Response, ours gosip.Uri, want time.Duration) time.Duration {
	read := func(v string) (time.Duration, bool) {
		n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 32)
		d := time.Duration(n) * time.Second
		return min(d, 24*time.Hour), err == nil && (n >= 10 || want == 0)
	}
	for _, h := range res.GetHeaders("contact") {
		c, ok := h.(*gosip.ContactHeader)
		if !ok || c.Address.User != ours.User || c.Address.Host != ours.Host || c.Address.Port != ours.Port {
			continue
		}
		if v, ok := c.Params.Get("expires"); ok {
			if d, ok := read(v); ok {
				return d
			}
		}
	}
	if d, ok := read(header(res, "expires")); ok {
		return d
	}
	return want
}

// Registered tries a trunk's registration at once, for whoever tests it, and says for how long
// it was granted.
func (s *Server) Registered(ctx context.Context, name string) (time.Duration, error) {
	t := s.trunks[name]
	if t == nil || t.Host == "" || t.User == "" {
		return 0, ErrTrunk
	}
	return s.registerOnce(ctx, &registration{t: t, every: registerFor}, registerFor)
}
