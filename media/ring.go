package media

import (
	"context"
	"io"
	"sync"
)

// Ring joins the polled world to the waiting one: writing never blocks, and
// drops and counts what a slow reader left no room for; reading waits. Frames
// keep their call time over a gap. One writer and one reader may use it at once.
type Ring struct {
	mu      sync.Mutex
	most    int // samples that buf may grow to
	buf     []int16
	r, n    int // first unread sample, and how many
	at      CallTime
	dropped int64
	closed  bool
	err     error

	wake chan struct{} // holds at most one token
}

// firstSize is what a ring begins with, in samples: a reader that keeps up needs no more.
const firstSize = SampleRate / 2

// NewRing returns a ring that holds the given number of samples at SampleRate.
// Memory is taken as it is needed.
func NewRing(samples int) *Ring {
	return &Ring{most: samples, buf: make([]int16, min(samples, firstSize)), wake: make(chan struct{}, 1)}
}

// grow makes room for so many samples, as far as the ring may grow.
func (r *Ring) grow(samples int) {
	if samples <= len(r.buf) || len(r.buf) == r.most {
		return
	}
	buf := make([]int16, min(max(samples, 2*len(r.buf)), r.most))
	c := copy(buf, r.buf[r.r:min(r.r+r.n, len(r.buf))])
	copy(buf[c:], r.buf[:r.n-c])
	r.buf, r.r = buf, 0
}

// Write appends pcm, whose first sample is at call time at. It never waits: the
// oldest samples give way, and are counted. A gap in call time is not filled; the
// clock of what follows moves on.
func (r *Ring) Write(at CallTime, pcm []int16) {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return
	}
	r.grow(r.n + len(pcm))
	if over := len(pcm) - len(r.buf); over > 0 {
		pcm, at = pcm[over:], at+CallTime(over)
		r.dropped += int64(over)
	}
	if over := r.n + len(pcm) - len(r.buf); over > 0 {
		r.r = (r.r + over) % len(r.buf)
		r.n -= over
		r.dropped += int64(over)
	}
	w := (r.r + r.n) % len(r.buf)
	c := copy(r.buf[w:], pcm)
	copy(r.buf, pcm[c:])
	r.n += len(pcm)
	r.at = at + CallTime(len(pcm)) // of the sample after the last
	r.mu.Unlock()
	r.signal()
}

// Close ends the stream: the reader gets what is left, then err, or io.EOF when
// err is nil. Further calls change nothing.
func (r *Ring) Close(err error) {
	r.mu.Lock()
	if !r.closed {
		r.closed, r.err = true, err
		if err == nil {
			r.err = io.EOF
		}
	}
	r.mu.Unlock()
	r.signal()
}

// Dropped is how many samples were lost to a slow reader.
func (r *Ring) Dropped() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

// Format is 16 kHz mono.
func (r *Ring) Format() Format { return Speech }

// ReadFrame implements Source. It waits for audio or for Close.
func (r *Ring) ReadFrame(f *Frame) error { return r.ReadContext(context.Background(), f) }

// ReadContext is ReadFrame that also ends with ctx.
func (r *Ring) ReadContext(ctx context.Context, f *Frame) error {
	for {
		r.mu.Lock()
		if r.n > 0 {
			n := min(r.n, 4*TickSamples)
			f.PCM = append(f.PCM[:0], r.buf[r.r:min(r.r+n, len(r.buf))]...)
			f.PCM = append(f.PCM, r.buf[:n-len(f.PCM)]...)
			f.At = r.at - CallTime(r.n)
			r.r = (r.r + n) % len(r.buf)
			r.n -= n
			r.mu.Unlock()
			return nil
		}
		if r.closed {
			err := r.err
			r.mu.Unlock()
			return err
		}
		r.mu.Unlock()
		select {
		case <-r.wake:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *Ring) signal() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}
