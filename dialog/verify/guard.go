package verify

import (
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	guardTries = 5
	guardFor   = 15 * time.Minute
	guardMost  = 50_000 // claimed numbers that are remembered
)

// Guard limits how often a claimed number is tried, over all conversations: somebody who
// hangs up and calls again goes on counting. It forgets after a quarter of an hour. The
// zero value works.
type Guard struct {
	mu    sync.Mutex
	tried map[[32]byte]tally
}

type tally struct {
	n     int
	since time.Time
}

// Check runs the check when the claimed numbers have attempts left, else it is a no like
// any other. Each attempt counts before its answer is known, so that many at a time are
// limited too; one that succeeds is forgiven.
func (g *Guard) Check(args map[string]any, now time.Time, check func() Checked) Checked {
	keys := claimed(args)
	if !g.take(keys, now) {
		return Checked{}
	}
	c := check()
	if c.Level > 0 || c.Down {
		g.forgive(keys)
	}
	return c
}

func claimed(args map[string]any) (out [][32]byte) {
	for _, k := range kinds {
		v, _ := args[k].(string)
		v = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, v)
		if v != "" {
			out = append(out, sha256.Sum256([]byte(k+" "+v[max(0, len(v)-9):])))
		}
	}
	return out
}

func (g *Guard) take(keys [][32]byte, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tried == nil {
		g.tried = map[[32]byte]tally{}
	}
	if len(g.tried) > guardMost-8 {
		for k, t := range g.tried {
			if now.Sub(t.since) > guardFor {
				delete(g.tried, k)
			}
		}
		if len(g.tried) > guardMost-8 {
			return false // under attack: nobody gets in by facts for a while
		}
	}
	spent := slices.ContainsFunc(keys, func(k [32]byte) bool {
		t := g.tried[k]
		return t.n >= guardTries && now.Sub(t.since) <= guardFor
	})
	if spent || len(keys) == 0 {
		return false
	}
	for _, k := range keys {
		t := g.tried[k]
		if t.n == 0 || now.Sub(t.since) > guardFor {
			t = tally{since: now}
		}
		t.n++
		g.tried[k] = t
	}
	return true
}

func (g *Guard) forgive(keys [][32]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, k := range keys {
		if t := g.tried[k]; t.n > 1 {
			t.n--
			g.tried[k] = t
		} else {
			delete(g.tried, k)
		}
	}
}
