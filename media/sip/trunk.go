package sip

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"log/slog"

	gosip "github.com/emiago/sipgo/sip"
)

// trunk is a Trunk and how it fares.
type trunk struct {
	*Trunk
	log     *slog.Logger
	line    line
	blocked atomic.Bool

	mu         sync.Mutex
	registered time.Time // until when; zero: not
	regErr     error     // of the last registration
	alive      bool      // whether the last OPTIONS was answered
	rtt        time.Duration
	checked    time.Time
	realms     []string // that the trunk itself asked passwords for, latest last
}

// maxRealms is how many a trunk is remembered to ask for.
const maxRealms = 16

// asks reports whether it is the trunk itself that asks for a realm's password: whoever answers
// a registration or is the first to ask in a new call (it may) is believed and remembered.
func (t *trunk) asks(realm string, may bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.Contains(t.realms, realm) {
		return true
	}
	if !may {
		return false
	}
	if len(t.realms) >= maxRealms {
		t.realms = t.realms[1:]
	}
	t.realms = append(t.realms, realm)
	return true
}

// calls reports whether a number is the trunk's to call.
func (t *trunk) calls(number string) bool {
	return len(t.Numbers) == 0 || slices.Contains(t.Numbers, number)
}

// TrunkState is how a trunk fares.
type TrunkState struct {
	Name       string
	Calls      int  // up now
	Blocked    bool // by Block
	Registered bool
	Until      time.Time     // of the registration
	RegisterBy error         // why the last registration failed
	Alive      bool          // whether the last OPTIONS was answered
	RTT        time.Duration // of it
	Checked    time.Time     // when; zero: never
}

func (t *trunk) state() TrunkState {
	t.mu.Lock()
	defer t.mu.Unlock()
	return TrunkState{Name: t.Name, Calls: t.line.now(), Blocked: t.blocked.Load(),
		Registered: time.Now().Before(t.registered), Until: t.registered, RegisterBy: t.regErr,
		Alive: t.alive, RTT: t.rtt, Checked: t.checked}
}

// sources say which trunks an address may belong to.
type sources struct {
	nets  []netip.Prefix
	owner []*trunk
}

func (s *sources) known(a netip.Addr) bool {
	for _, p := range s.nets {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

func (s *sources) of(a netip.Addr) []*trunk {
	var out []*trunk
	for i, p := range s.nets {
		if p.Contains(a) && !slices.Contains(out, s.owner[i]) {
			out = append(out, s.owner[i])
		}
	}
	return out
}

// learn makes sources anew: what is configured, and the addresses of the trunks' hosts.
// A host that cannot be looked up keeps the addresses that it had.
func (s *Server) learn(ctx context.Context) {
	old := s.sources.Load()
	next := &sources{}
	add := func(t *trunk, p netip.Prefix) {
		next.nets = append(next.nets, p)
		next.owner = append(next.owner, t)
	}
	for _, t := range s.order {
		for _, p := range t.Allow {
			add(t, p.Masked())
		}
		if t.Host == "" {
			continue
		}
		hops, err := s.trunkHops(ctx, t.Trunk)
		if err != nil && old != nil {
			for i, o := range old.owner {
				if o == t && !slices.Contains(next.nets, old.nets[i]) {
					add(t, old.nets[i])
				}
			}
			t.log.Warn("the trunk's host cannot be looked up", "host", t.Host, "err", err)
		}
		for _, h := range hops {
			a := addrOf(h.addr)
			add(t, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	s.sources.Store(next)
}

// relearn keeps sources up to date.
func (s *Server) relearn(ctx context.Context) {
	tick := time.NewTicker(5 * time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.learn(ctx)
		}
	}
}

// trunkFor is the trunk that a request from addr belongs to: of several at one address the
// one whose number is called, else the first that takes all numbers, else the first.
func (s *Server) trunkFor(addr netip.Addr, to gosip.Uri) *trunk {
	found := s.sources.Load().of(addr)
	for _, t := range found {
		if len(t.Numbers) > 0 && t.calls(t.Plan.Normal(userOf(to))) {
			return t
		}
	}
	for _, t := range found {
		if len(t.Numbers) == 0 {
			return t
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return nil
}

// keepAlive asks a trunk every so often whether it is there.
func (s *Server) keepAlive(ctx context.Context, t *trunk) {
	tick := time.NewTicker(t.KeepAlive)
	defer tick.Stop()
	for {
		rtt, err := s.Ping(ctx, t.Name)
		if ctx.Err() != nil {
			return
		}
		t.mu.Lock()
		was, first := t.alive, t.checked.IsZero()
		t.alive, t.rtt, t.checked = err == nil, rtt, time.Now()
		t.mu.Unlock()
		if err != nil && (was || first) {
			t.log.Warn("the trunk does not answer OPTIONS", "err", err)
		}
		if err == nil && !was && !first {
			t.log.Info("the trunk answers again", "rtt", rtt)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Ping asks a trunk by OPTIONS whether it is there. Any answer at all says so, but for
// 408, 503 and 504 (RFC 3261 section 11, and what proxies say of those behind them).
func (s *Server) Ping(ctx context.Context, name string) (time.Duration, error) {
	t := s.trunks[name]
	if t == nil || t.Host == "" {
		return 0, ErrTrunk
	}
	var last error = ErrTrunk
	hops, err := s.trunkHops(ctx, t.Trunk)
	if err != nil {
		return 0, err
	}
	for _, h := range hops {
		began := time.Now()
		attempt, cancel := context.WithTimeout(ctx, 5*time.Second)
		res, err := s.do(attempt, t, s.bare(gosip.OPTIONS, t, h))
		cancel()
		if err != nil {
			last = err
			continue
		}
		switch res.StatusCode {
		case 408, 503, 504:
			last = statusOf(res)
			continue
		}
		return time.Since(began), nil
	}
	return 0, last
}

// bare is a request to a trunk outside of any call.
func (s *Server) bare(method gosip.RequestMethod, t *trunk, h hop) *gosip.Request {
	host, port, _ := hostPort(t.Host)
	uri := gosip.Uri{Scheme: "sip", Host: host, Port: port}
	from := gosip.Uri{Scheme: "sip", User: t.fromUser(""), Host: t.domain()}
	d := dialog{callID: token(12), local: party{uri: from, tag: token(8)}, remote: party{uri: uri}, target: uri, next: h}
	d.contact = s.contact(from.User, h)
	r := d.request(method, 0)
	r.AppendHeader(gosip.NewHeader("User-Agent", s.o.UserAgent))
	return r
}

func (t *trunk) domain() string {
	if t.Domain != "" {
		return t.Domain
	}
	host, _, _ := hostPort(t.Host)
	return host
}

// fromUser is who a call is from: the number given, else the trunk's own, else its user.
func (t *trunk) fromUser(number string) string {
	for _, n := range []string{number, t.Caller} {
		if n != "" {
			return t.Plan.Write(n)
		}
	}
	if t.User != "" {
		return t.User
	}
	return "parley"
}
