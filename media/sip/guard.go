package sip

import (
	"net/netip"
	"sync"
	"time"
)

// guard locks out who guesses passwords. It remembers networks (a /64 of IPv6 is one
// customer's), not accounts: nobody can lock a phone out by guessing at it from elsewhere.
type guard struct {
	mu sync.Mutex
	m  map[netip.Addr]*misses
}

type misses struct {
	n     int
	first time.Time
	until time.Time
}

// How many wrong passwords in what time lock somebody out for how long.
const (
	maxMisses   = 5
	missWindow  = 10 * time.Minute
	lockTime    = 15 * time.Minute
	maxGuarded  = 20000
	maxStranger = 20000
)

func network(a netip.Addr) netip.Addr {
	if a = a.Unmap(); a.Is4() {
		return a
	}
	p, _ := a.Prefix(64)
	return p.Addr()
}

func (g *guard) locked(a netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.m[network(a)]
	return e != nil && time.Now().Before(e.until)
}

// missed counts a wrong password and reports whether it was the last one allowed.
func (g *guard) missed(a netip.Addr) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if len(g.m) >= maxGuarded {
		for k, e := range g.m {
			if now.After(e.until) && now.Sub(e.first) > missWindow {
				delete(g.m, k)
			}
		}
	}
	if g.m == nil || len(g.m) >= maxGuarded {
		g.m = make(map[netip.Addr]*misses)
	}
	e := g.m[network(a)]
	if e == nil || now.Sub(e.first) > missWindow {
		e = &misses{first: now}
		g.m[network(a)] = e
	}
	if e.n++; e.n >= maxMisses {
		e.until = now.Add(lockTime)
		return true
	}
	return false
}

// hit forgets the misses of who knew the password.
func (g *guard) hit(a netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e := g.m[network(a)]; e != nil && e.until.IsZero() {
		delete(g.m, network(a))
	}
}

// strangers bounds what unknown addresses may ask: the stack keeps a little for each.
type strangers struct {
	mu  sync.Mutex
	m   map[netip.Addr]*bucket
	all bucket
}

func (t *strangers) take(a netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.m[network(a)]
	if b == nil {
		if t.m == nil || len(t.m) >= maxStranger {
			t.m = make(map[netip.Addr]*bucket)
		}
		b = &bucket{rate: 2, burst: 20}
		t.m[network(a)] = b
	}
	now := time.Now()
	if t.all.rate == 0 {
		t.all = bucket{rate: 100, burst: 200}
	}
	return b.take(now) && t.all.take(now)
}

// bucket lets rate events a second through, and burst of them at once.
type bucket struct {
	rate, burst float64
	level       float64 // what was taken and has not flown off yet
	at          time.Time
}

func (b *bucket) take(now time.Time) bool {
	if !b.at.IsZero() {
		b.level = max(0, b.level-now.Sub(b.at).Seconds()*b.rate)
	}
	b.at = now
	if b.level+1 > b.burst {
		return false
	}
	b.level++
	return true
}

// connections bounds how many are open, in all and from one network.
type connections struct {
	mu  sync.Mutex
	m   map[netip.Addr]int
	all int
}

const (
	maxConns     = 2000
	maxConnsFrom = 200
)

func (t *connections) take(a netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	a = network(a)
	if t.all >= maxConns || t.m[a] >= maxConnsFrom {
		return false
	}
	if t.m == nil {
		t.m = make(map[netip.Addr]int)
	}
	t.m[a]++
	t.all++
	return true
}

func (t *connections) free(c *gatedConn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	a := network(c.from.Addr())
	if t.m[a]--; t.m[a] <= 0 {
		delete(t.m, a)
	}
	t.all--
}
