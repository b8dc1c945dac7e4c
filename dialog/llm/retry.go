package llm

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"net/http"
	"time"
)

// RetryOptions of a model; the zero value works.
type RetryOptions struct {
	Attempts int           // in all; 0 is 2
	Pause    time.Duration // before the second, doubled for each further one, half of it by chance; 0 is 200 ms
	Longest  time.Duration // that is waited, also when the server asks for more; 0 is 1 s
}

// Retry asks a model again when it fails for a passing reason before anything was said.
// A server that asks for a longer wait than Longest is not asked again: the next model of
// a chain is quicker.
func Retry(m Model, o RetryOptions) Model {
	if o.Attempts == 0 {
		o.Attempts = 2
	}
	if o.Pause == 0 {
		o.Pause = 200 * time.Millisecond
	}
	if o.Longest == 0 {
		o.Longest = time.Second
	}
	return Func(func(ctx context.Context, r Request) iter.Seq2[Chunk, error] {
		return func(yield func(Chunk, error) bool) { retry(ctx, m, r, o, yield) }
	})
}

func retry(ctx context.Context, m Model, r Request, o RetryOptions, yield func(Chunk, error) bool) {
	for try := 1; ; try++ {
		said, err := relay(ctx, m, r, yield)
		if err == nil {
			return
		}
		d, again := o.wait(err, try)
		if said || !again || try >= o.Attempts || !pause(ctx, d) {
			yield(Chunk{}, err)
			return
		}
	}
}

// relay hands a reply on; err is nil when it is complete, or nobody wants more.
func relay(ctx context.Context, m Model, r Request, yield func(Chunk, error) bool) (said bool, err error) {
	for c, err := range m.Stream(ctx, r) {
		if err != nil {
			return said, err
		}
		said = said || c.Text != "" || c.FinishReason != ""
		if !yield(c, nil) {
			return said, nil
		}
	}
	return said, nil
}

// wait is how long to wait after a failure; false: the same request would fail again, or
// the wait is too long.
func (o RetryOptions) wait(err error, try int) (time.Duration, bool) {
	if !passing(err) {
		return 0, false
	}
	d := min(o.Pause<<(try-1), o.Longest)
	d = d/2 + rand.N(d/2+1)
	if e := (*StatusError)(nil); errors.As(err, &e) && e.RetryAfter > 0 {
		return max(d, e.RetryAfter), e.RetryAfter <= o.Longest
	}
	return d, true
}

// passing reports whether a failure may be over in a moment. Silence is none: it has
// cost the customer's patience already.
func passing(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrSilent) {
		return false
	}
	e := (*StatusError)(nil)
	if !errors.As(err, &e) {
		return true // the connection
	}
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return e.Status >= 500 && e.Status != http.StatusNotImplemented
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
