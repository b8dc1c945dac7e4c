package bargein

import (
	"runtime"
	"slices"
	"sync"
	"time"
)

// clock is the conversation's time in a replayed call: it moves when it is told to.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*timer
}

type timer struct {
	at time.Time
	c  chan time.Time
}

func newClock() *clock { return &clock{now: time.Unix(0, 0)} }

// Now implements conversation.Clock.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Timer implements conversation.Clock.
func (c *clock) Timer(d time.Duration) (<-chan time.Time, func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{c.now.Add(d), make(chan time.Time, 1)}
	if d <= 0 {
		t.c <- c.now
		return t.c, func() {}
	}
	c.timers = append(c.timers, t)
	return t.c, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.timers = slices.DeleteFunc(c.timers, func(x *timer) bool { return x == t })
	}
}

// advance moves time on and fires what is due, earliest first.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	slices.SortStableFunc(c.timers, func(a, b *timer) int { return a.at.Compare(b.at) })
	for len(c.timers) > 0 && !c.timers[0].at.After(c.now) {
		c.timers[0].c <- c.now
		c.timers = c.timers[1:]
	}
}

// turns is how often everybody else is let go first. With one processor a
// goroutine that yields comes after all that are ready, and what those wake: a
// dozen turns are more than any chain of ours is long.
const turns = 24

// settle returns when every goroutine of the call waits for time or audio. It
// needs GOMAXPROCS(1).
func settle() {
	for range turns {
		runtime.Gosched()
	}
}
