package llm

import (
	"errors"
	"sync"
	"time"
)

// longestCooldown is how long a model that fails again and again is left alone.
const longestCooldown = 5 * time.Minute

// breaker leaves a failing model alone for a while, then lets one request try it.
type breaker struct {
	most     int
	cooldown time.Duration

	mu     sync.Mutex
	failed int       // in a row
	opened int       // times in a row
	until  time.Time // left alone; zero: closed
	trial  bool      // one request is trying it
}

// allows reports whether it may be asked at now. Of those who ask after the cooldown one
// is told yes until done is called.
func (b *breaker) allows(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.until.IsZero():
		return true
	case now.Before(b.until) || b.trial:
		return false
	}
	b.trial = true
	return true
}

// closed reports whether requests pass freely.
func (b *breaker) closed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.until.IsZero()
}

// done says how a request ended. Nobody is to blame for one that was not waited for.
func (b *breaker) done(err error, blameless bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trial = false
	switch {
	case blameless:
		return
	case err == nil:
		b.failed, b.opened, b.until = 0, 0, time.Time{}
		return
	}
	b.failed++
	wait := time.Duration(0)
	if e := (*StatusError)(nil); errors.As(err, &e) {
		wait = min(e.RetryAfter, longestCooldown)
	}
	if b.failed >= b.most || !b.until.IsZero() {
		wait = max(wait, min(b.cooldown<<min(b.opened, 8), longestCooldown))
		b.opened++
	}
	if wait > 0 {
		b.until = now.Add(wait)
	}
}
