package outbound

import (
	"slices"
	"sync"
	"time"
)

// Gate lets calls through by the rules, and counts them: those under way, those of the
// second and those of the day. It is safe for use by several goroutines.
type Gate struct {
	rules Rules
	zone  *time.Location // whose midnight ends the day

	mu     sync.Mutex
	day    time.Time
	off    bool
	recent map[string][]time.Time // of a trunk, of the last second
	live   map[string]int
	count  map[string]int
	spent  map[string]float64
	to     map[string]int // by number
}

// NewGate returns a gate. The zone (nil: UTC) is the operator's.
func NewGate(r Rules, zone *time.Location) *Gate {
	if zone == nil {
		zone = time.UTC
	}
	g := &Gate{rules: r.Default(), zone: zone, recent: map[string][]time.Time{}, live: map[string]int{}}
	g.reset()
	return g
}

func (g *Gate) reset() {
	g.count, g.spent, g.to = map[string]int{}, map[string]float64{}, map[string]int{}
}

// Past is a call that was made before.
type Past struct {
	At      time.Time
	Trunk   string
	Number  string // E.164
	Seconds int
}

// Recount counts anew what was called today, by a process before this one and by other nodes
// as well.
func (g *Gate) Recount(calls []Past, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn(now)
	g.reset()
	for _, p := range calls {
		if p.At.Before(g.day) {
			continue
		}
		g.count[p.Trunk]++
		g.to[p.Number]++
		g.spent[p.Trunk] += g.cost(p.Trunk, p.Number, time.Duration(p.Seconds)*time.Second)
	}
}

// Midnight is when the day that now is in began.
func (g *Gate) Midnight(now time.Time) time.Time {
	y, m, d := now.In(g.zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, g.zone)
}

func (g *Gate) turn(now time.Time) {
	if day := g.Midnight(now); !day.Equal(g.day) {
		g.day = day
		g.reset()
	}
}

// Switch turns all outgoing calls off, or on again.
func (g *Gate) Switch(off bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.off = off
}

// Off reports whether they are off.
func (g *Gate) Off() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.off
}

// Allows reports whether a number's destination may be called.
func (g *Gate) Allows(n Number) bool { return g.rules.allows(n) }

// Permit is a call that may be made. Its Done is called once it is over.
type Permit struct {
	Trunk  string
	Number Number
	gate   *Gate
	once   sync.Once
}

// Ask is what is known of a call that is to be made.
type Ask struct {
	Listed bool   // the number is on the do-not-call list
	Trunk  string // the one that it is to go by; "": any
}

// Take lets a call through, or gives a *Refusal.
func (g *Gate) Take(n Number, a Ask, now time.Time) (*Permit, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.rules
	if a.Trunk != "" {
		r.Trunks = slices.DeleteFunc(slices.Clone(r.Trunks), func(t Trunk) bool { return t.Name != a.Trunk })
	}
	trunk, err := r.Decide(n, g.usage(n, a.Listed, now), now, g.day.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	return g.let(trunk, n, now), nil
}

// TakeStaff is Take for a person of the company's, or one whom an agent hands a customer to:
// neither the do-not-call list nor quiet hours nor the limit of a number is theirs.
func (g *Gate) TakeStaff(n Number, now time.Time) (*Permit, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.usage(n, false, now)
	u.ToIt = 0
	r := g.rules
	r.Hours = map[string]string{} // around the clock
	trunk, err := r.Decide(n, u, now, g.day.AddDate(0, 0, 1))
	if err != nil {
		return nil, err
	}
	return g.let(trunk, n, now), nil
}

func (g *Gate) let(trunk string, n Number, now time.Time) *Permit {
	g.recent[trunk] = append(g.recent[trunk], now)
	g.live[trunk]++
	g.count[trunk]++
	g.to[n.E164]++
	return &Permit{Trunk: trunk, Number: n, gate: g}
}

// usage is how it stands. The lock is held.
func (g *Gate) usage(n Number, listed bool, now time.Time) Usage {
	g.turn(now)
	u := Usage{Off: g.off, Listed: listed, ToIt: g.to[n.E164], Trunks: map[string]Used{}}
	for _, t := range g.rules.Trunks {
		last := g.recent[t.Name]
		for len(last) > 0 && now.Sub(last[0]) >= time.Second {
			last = last[1:]
		}
		g.recent[t.Name] = last
		u.Trunks[t.Name] = Used{Second: len(last), Live: g.live[t.Name], Day: g.count[t.Name], Spent: g.spent[t.Name]}
		u.Spent += g.spent[t.Name]
	}
	return u
}

// Done ends a call that lasted so long from its answer, 0 of one that was not answered. A
// second Done changes nothing.
func (p *Permit) Done(lasted time.Duration) {
	p.once.Do(func() {
		g := p.gate
		g.mu.Lock()
		defer g.mu.Unlock()
		g.live[p.Trunk]--
		g.spent[p.Trunk] += g.cost(p.Trunk, p.Number.E164, lasted)
	})
}

// cost is by whole minutes begun.
func (g *Gate) cost(trunk, number string, lasted time.Duration) float64 {
	if lasted <= 0 {
		return 0
	}
	for _, t := range g.rules.Trunks {
		if t.Name == trunk {
			return t.Price(Number{E164: number}) * float64((lasted+time.Minute-1)/time.Minute)
		}
	}
	return 0
}

// TrunkUse is how a trunk stands today.
type TrunkUse struct {
	Trunk         string
	Live, Today   int
	AtOnce        int
	PerDay        int
	Spent, MaySum float64
}

// Use tells how the trunks stand, in the order of the rules.
func (g *Gate) Use(now time.Time) []TrunkUse {
	g.mu.Lock()
	defer g.mu.Unlock()
	u := g.usage(Number{}, false, now)
	out := make([]TrunkUse, 0, len(g.rules.Trunks))
	for _, t := range g.rules.Trunks {
		x := u.Trunks[t.Name]
		out = append(out, TrunkUse{Trunk: t.Name, Live: x.Live, Today: x.Day, AtOnce: t.AtOnce, PerDay: t.PerDay, Spent: x.Spent, MaySum: t.CostPerDay})
	}
	return out
}
