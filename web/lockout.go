package web

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"
)

// lockout slows those who guess passwords, as NIST SP 800-63B section 5.2.2 asks: after some
// wrong ones each further try has to wait twice as long as the one before. It counts what one
// address tries of one account, what it tries of any, and what anybody tries of one account,
// of which one address is enough to sign in with the right password. It forgets after an hour
// without a try. Each node counts for itself.
type lockout struct {
	now func() time.Time

	mu sync.Mutex
	by map[[32]byte]*tries
}

type tries struct {
	n           int // wrong, or not decided yet
	last, until time.Time
}

// Wrong tries that are free, and the waits after them.
const (
	freeOfPair    = 5
	freeOfAddress = 100 // an office may stand behind one
	freeOfAccount = 100
	firstLock     = 30 * time.Second
	longestLock   = 15 * time.Minute
	forgetTries   = time.Hour
	maxTries      = 50_000
)

func newLockout(now func() time.Time) *lockout {
	return &lockout{now: now, by: map[[32]byte]*tries{}}
}

type guess struct {
	key  [32]byte
	free int
}

func guesses(email, address string) [3]guess {
	of := func(kind string, free int) guess { return guess{sha256.Sum256([]byte(kind)), free} }
	email = strings.ToLower(strings.TrimSpace(email))
	return [3]guess{of("both\x00"+email+"\x00"+address, freeOfPair), of("address\x00"+address, freeOfAddress), of("account\x00"+email, freeOfAccount)}
}

// try counts a try before its outcome is known, so that many at a time are counted too. wait
// is above 0 when there is none now.
func (l *lockout) try(email, address string) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	gs := guesses(email, address)
	for _, g := range gs {
		if t := l.by[g.key]; t != nil && now.Sub(t.last) < forgetTries {
			wait = max(wait, t.until.Sub(now))
		}
	}
	if wait > 0 {
		return wait
	}
	for _, g := range gs {
		t := l.by[g.key]
		if t == nil || now.Sub(t.last) >= forgetTries {
			if t == nil && len(l.by) >= maxTries {
				l.forget(now)
			}
			t = &tries{}
			l.by[g.key] = t
		}
		t.n++
		t.last = now
		if over := t.n - g.free; over >= 0 {
			t.until = now.Add(min(firstLock<<min(over, 10), longestLock))
		}
	}
	return 0
}

// right takes a try back that was no guess.
func (l *lockout) right(email, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, g := range guesses(email, address) {
		switch t := l.by[g.key]; {
		case t == nil:
		case i == 0 || t.n <= 1:
			delete(l.by, g.key)
		default:
			t.n--
			t.until = time.Time{}
		}
	}
}

// forget drops what is old, and all when that helps nothing.
func (l *lockout) forget(now time.Time) {
	for k, t := range l.by {
		if now.Sub(t.last) >= forgetTries {
			delete(l.by, k)
		}
	}
	if len(l.by) >= maxTries {
		clear(l.by)
	}
}
