package sip

import (
	"net/netip"
	"sync"
	"time"
)

// guard locks out who guesses passwords. It remembers a user's name at a network (a /64 of IPv6
// is one customer's): nobody can lock a phone out by guessing at it from elsewhere, and a phone
// with an old password does so to none of its neighbours. A network that guesses at many names is
// locked out as a whole.
type guard struct {
	mu sync.Mutex
	m  map[guess]*misses
}

// guess is whose password was wrong, and where; "" is a network's whole count.
type guess struct {
	at   netip.Addr
	user string
}

type misses struct {
	n     int
	first time.Time
	until time.Time
}

// How many wrong passwords in what time lock somebody out for how long.
const (
	maxMisses   = 5  // of one user's
	maxNetwork  = 40 // of a network's
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

// locked reports whether a network is locked out, or one name there; "" asks for the network
// alone.
func (g *guard) locked(a netip.Addr, user string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, a := time.Now(), network(a)
	for _, k := range []guess{{a, ""}, {a, user}} {
		if e := g.m[k]; e != nil && now.Before(e.until) {
			return true
		}
	}
	return false
}

// missed counts a wrong password of a user and reports whether it was the last one allowed.
func (g *guard) missed(a netip.Addr, user string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	a = network(a)
	one := g.count(guess{a, user}, maxMisses)
	return g.count(guess{a, ""}, maxNetwork) || one
}

func (g *guard) count(at guess, most int) bool {
	now := time.Now()
	if len(g.m) >= maxGuarded {
		for k, e := range g.m {
			if now.After(e.until) && now.Sub(e.first) > missWindow {
				delete(g.m, k)
			}
		}
	}
	if g.m == nil || len(g.m) >= maxGuarded {
		g.m = make(map[guess]*misses)
	}
	e := g.m[at]
	if e == nil || now.Sub(e.first) > missWindow {
		e = &misses{first: now}
		g.m[at] = e
	}
	if e.n++; e.n >= most {
		e.until = now.Add(lockTime)
		return true
	}
	return false
}

// hit forgets the misses of who knew the password; the network's stay counted, or one account
// would buy any number of guesses at others.
func (g *guard) hit(a netip.Addr, user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := guess{network(a), user}
	if e := g.m[at]; e != nil && e.until.IsZero() {
		delete(g.m, at)
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
