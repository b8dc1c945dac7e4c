package rag

import "time"

// A gate is whom a passage is for and when it holds. Passages share few of them,
// so that a search asks each gate once and not each passage.
type gate struct {
	audience    string
	from, until time.Time
}

// gates numbers those in use. Number 0 is open to all at all times, and
// crowded is for passages beyond the numbers, which are asked one by one.
type gates struct {
	all   []gate
	users []int
	of    map[gate]uint16
	free  []uint16
}

const crowded = 1<<16 - 1

func newGates() gates {
	return gates{all: []gate{{}}, users: []int{0}, of: map[gate]uint16{{}: 0}}
}

func gateOf(p *Passage) gate { return gate{p.Audience, p.From.UTC().Round(0), p.Until.UTC().Round(0)} }

// enter gives a passage's gate a number.
func (g *gates) enter(p *Passage) uint16 {
	k := gateOf(p)
	at, ok := g.of[k]
	switch {
	case ok:
	case len(g.free) > 0:
		at, g.free = g.free[len(g.free)-1], g.free[:len(g.free)-1]
		g.all[at], g.of[k] = k, at
	case len(g.all) == crowded:
		return crowded
	default:
		at = uint16(len(g.all))
		g.all, g.users, g.of[k] = append(g.all, k), append(g.users, 0), at
	}
	g.users[at]++
	return at
}

func (g *gates) leave(p *Passage, at uint16) {
	if at == crowded {
		return
	}
	if g.users[at]--; g.users[at] == 0 && at > 0 {
		delete(g.of, gateOf(p))
		g.free = append(g.free, at)
	}
}

// open tells of each gate whether a query passes.
func (g *gates) open(q *Query, into []bool) []bool {
	into = into[:0]
	for _, k := range g.all {
		p := Passage{Audience: k.audience, From: k.from, Until: k.until}
		into = append(into, p.holds(q.Audience, q.Now))
	}
	return into
}
