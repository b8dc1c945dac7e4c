package sip

import (
	"sync"
	"time"
)

// line bounds calls: how many at once, and how many new ones a second (with a second's
// worth at once). 0 is no bound.
type line struct {
	calls, rate int

	mu   sync.Mutex
	up   int
	pace bucket
}

// take admits a call, or says after how long to try again.
func (l *line) take() (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calls > 0 && l.up >= l.calls {
		return false, 10 * time.Second
	}
	if l.rate > 0 {
		l.pace.rate, l.pace.burst = float64(l.rate), float64(l.rate)
		if !l.pace.take(time.Now()) {
			return false, 2 * time.Second
		}
	}
	l.up++
	return true, 0
}

func (l *line) free() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up--
}

func (l *line) now() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.up
}

// admit takes a line of the server and one of the trunk (nil: a phone of our own).
func (s *Server) admit(t *trunk) (free func(), wait time.Duration) {
	ok, wait := s.line.take()
	if !ok {
		return nil, wait
	}
	if t == nil {
		return s.line.free, 0
	}
	if ok, wait = t.line.take(); !ok {
		s.line.free()
		return nil, wait
	}
	return func() { t.line.free(); s.line.free() }, 0
}
