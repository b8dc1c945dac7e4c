// Package speech is the tts.Speech that every engine gives: a goroutine that
// makes audio, a bounded buffer, a reader, and the words' times.
//
// It knows nothing of engines.
package speech

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"parley/media"
	"parley/tts"
	"parley/tts/marks"
	"parley/tts/normal"
)

const (
	ahead    = 30 * media.SampleRate  // how far a producer may run ahead of the reader
	maxFrame = 5 * media.TickSamples  // what one ReadFrame gives
	maxAudio = 600 * media.SampleRate // no text makes more
)

// Stream is one text being spoken.
type Stream struct {
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when the producer has returned

	words []marks.Word
	spans []tts.Span
	rate  float64
	all   tts.Span // the whole text as written

	mu     sync.Mutex
	mem    *[]int16 // where buf lies, to be used again; nil when it is somebody else's
	buf    []int16  // written and not yet read
	total  int64    // samples written
	read   int64    // samples read
	ended  bool
	closed bool
	err    error // after the last sample; io.EOF when all went well
	env    marks.Envelope
	exact  []marks.Time // of the first len(exact) words, when the engine tells
	times  []marks.Time // an estimate
	known  int          // frames it was made from
	final  bool         // made when all was known

	readable, writable chan struct{} // hold one token at most
}

var _ tts.Speech = (*Stream)(nil)

// Start runs produce in a goroutine of its own, which ends with ctx and with
// Close. What it returns is the stream's end: nil is io.EOF. rate is the tempo.
func Start(ctx context.Context, t normal.Text, rate float64, produce func(ctx context.Context, s *Stream) error) *Stream {
	ctx, cancel := context.WithCancelCause(ctx)
	ws := marks.Words(t.Spoken)
	s := &Stream{
		cancel: cancel, done: make(chan struct{}),
		words: ws, spans: marks.Spans(t, ws), rate: Tempo(rate), all: tts.Span{End: t.Len},
		readable: make(chan struct{}, 1), writable: make(chan struct{}, 1),
	}
	go func() {
		defer close(s.done)
		err := produce(ctx, s)
		if err == nil {
			err = io.EOF
		} else if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
			err = cause
		}
		s.finish(err)
		cancel(io.EOF)
	}()
	return s
}

// Tempo is a Voice's rate within sane bounds; 0 is 1.
func Tempo(rate float64) float64 {
	if !(rate > 0) {
		return 1
	}
	return min(max(rate, 0.4), 2.5)
}

// Write appends 16 kHz mono audio; it waits when the reader is far behind.
func (s *Stream) Write(ctx context.Context, pcm []int16) error {
	for len(pcm) > 0 {
		s.mu.Lock()
		if s.total+int64(len(pcm)) > maxAudio {
			s.mu.Unlock()
			return fmt.Errorf("speech: %w", tts.ErrTooLong)
		}
		n := min(len(pcm), ahead-len(s.buf))
		s.hold(pcm[:n])
		s.env.Write(pcm[:n])
		s.total += int64(n)
		s.mu.Unlock()
		signal(s.readable)
		if pcm = pcm[n:]; len(pcm) == 0 {
			break
		}
		select {
		case <-s.writable:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return context.Cause(ctx)
}

// blocks are the memory of streams that are over, for those to come.
var blocks = sync.Pool{New: func() any { b := make([]int16, 2*media.SampleRate); return &b }}

// hold puts pcm behind what is not read yet. The lock is held.
func (s *Stream) hold(pcm []int16) {
	if s.mem == nil {
		s.mem = blocks.Get().(*[]int16)
		s.buf = append((*s.mem)[:0], s.buf...)
	}
	need := len(s.buf) + len(pcm)
	if cap(s.buf) < need && need > len(*s.mem)*3/4 {
		b := make([]int16, need*4/3+1)
		s.buf = b[:copy(b, s.buf)]
		blocks.Put(s.mem)
		s.mem = &b
	} else if cap(s.buf) < need { // a quarter at least has been read
		s.buf = (*s.mem)[:copy(*s.mem, s.buf)]
	}
	s.buf = append(s.buf, pcm...)
}

// Give is Write of all there is, without a copy: pcm stays as it is while the stream
// lives, and may be given to others too. Nothing is written before or after it.
func (s *Stream) Give(ctx context.Context, pcm []int16) error {
	if len(pcm) > maxAudio {
		return fmt.Errorf("speech: %w", tts.ErrTooLong)
	}
	s.mu.Lock()
	s.buf = pcm[:len(pcm):len(pcm)]
	s.env.Write(pcm)
	s.total = int64(len(pcm))
	s.mu.Unlock()
	signal(s.readable)
	return context.Cause(ctx)
}

// Mark tells when the next words are said, for an engine that knows.
func (s *Stream) Mark(ts ...marks.Time) {
	s.mu.Lock()
	s.exact = append(s.exact, ts[:min(len(ts), len(s.words)-len(s.exact))]...)
	s.mu.Unlock()
}

// Written is how many samples were written.
func (s *Stream) Written() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// Audible waits until there is audio, or the end of it, whose error it gives.
func (s *Stream) Audible(ctx context.Context) error {
	for {
		s.mu.Lock()
		n, ended, err := s.total, s.ended, s.err
		s.mu.Unlock()
		if n > 0 || ended && err == io.EOF {
			return nil
		}
		if ended {
			return err
		}
		select {
		case <-s.readable:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (s *Stream) finish(err error) {
	s.mu.Lock()
	s.ended, s.err = true, err
	s.mu.Unlock()
	signal(s.readable)
}

// Format is 16 kHz mono.
func (s *Stream) Format() media.Format { return media.Speech }

// ReadFrame gives the next audio, at most 100 ms, with f.At counted from the
// beginning of the speech. It waits for the engine.
func (s *Stream) ReadFrame(f *media.Frame) error {
	for {
		s.mu.Lock()
		switch {
		case s.closed:
			s.mu.Unlock()
			return tts.ErrClosed
		case len(s.buf) > 0:
			n := min(len(s.buf), maxFrame)
			f.At = media.CallTime(s.read)
			f.PCM = append(f.PCM[:0], s.buf[:n]...)
			s.buf = s.buf[n:]
			s.read += int64(n)
			s.mu.Unlock()
			signal(s.writable)
			return nil
		case s.ended:
			err := s.err
			s.mu.Unlock()
			return err
		}
		s.mu.Unlock()
		<-s.readable
	}
}

// Heard implements tts.Speech. Where the engine gives no times it errs on the
// side of "not heard".
func (s *Stream) Heard(n int64) tts.Span {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended && s.err == io.EOF && n >= s.total {
		return s.all
	}
	return marks.Heard(s.timesLocked(), s.spans, min(n, s.total))
}

// Boundary implements tts.Speech.
func (s *Stream) Boundary(n int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n <= 0 {
		return 0
	}
	return marks.Boundary(s.timesLocked(), min(n, s.total))
}

// timesLocked gives the words' times, estimating again when a tenth of a second
// more is known.
func (s *Stream) timesLocked() []marks.Time {
	if len(s.exact) == len(s.words) {
		return s.exact
	}
	if len(s.exact) > 0 {
		return s.exact
	}
	whole := s.ended && s.err == io.EOF
	if s.times == nil || whole && !s.final || s.env.Frames() >= s.known+10 && !s.final {
		s.times = marks.Align(s.words, &s.env, whole, s.rate)
		s.known, s.final = s.env.Frames(), whole
	}
	return s.times
}

// Words is the times of the words so far, for a copy that keeps them.
func (s *Stream) Words() []marks.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]marks.Time(nil), s.timesLocked()...)
}

// Close stops the engine and waits until it has let go.
func (s *Stream) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel(tts.ErrClosed)
	signal(s.readable)
	<-s.done // nothing is written any more
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.mem != nil {
		blocks.Put(s.mem)
	}
	s.mem, s.buf = nil, nil
	return nil
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
