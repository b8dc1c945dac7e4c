package conversation

import "time"

// Clock is the time that conversations go by. What replays calls faster than
// they were, or measures them, brings its own.
type Clock interface {
	Now() time.Time
	// Timer sends once on c when d has passed, unless stop was called before.
	Timer(d time.Duration) (c <-chan time.Time, stop func())
}

// system is the computer's clock.
type system struct{}

func (system) Now() time.Time { return time.Now() }

func (system) Timer(d time.Duration) (<-chan time.Time, func()) {
	t := time.NewTimer(d)
	return t.C, func() { t.Stop() }
}
