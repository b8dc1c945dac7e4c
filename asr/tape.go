package asr

import (
	"context"
	"errors"
	"io"
	"sync"

	"parley/media"
)

// maxReplay bounds what an utterance may hold for the next engine: 40 s.
const maxReplay = 40 * media.SampleRate

// tape keeps an utterance for an engine that begins again. One goroutine reads
// the source; readers follow at their pace.
type tape struct {
	mu     sync.Mutex
	src    media.Source
	frames []media.Frame
	size   int
	err    error // at the end
	wait   chan struct{}
	stop   context.CancelFunc
	done   chan struct{} // the source has ended
}

func newTape(src media.Source) *tape {
	ctx, stop := context.WithCancel(context.Background())
	t := &tape{src: src, wait: make(chan struct{}), stop: stop, done: make(chan struct{})}
	go t.fill(ctx)
	return t
}

func (t *tape) fill(ctx context.Context) {
	defer close(t.done)
	for {
		var f media.Frame
		err := t.src.ReadFrame(&f)
		t.mu.Lock()
		switch {
		case ctx.Err() != nil:
			err = ctx.Err()
		case err == nil && t.size+len(f.PCM) > maxReplay:
			err = io.EOF // longer than anybody speaks: finalise what is there
		}
		if err == nil {
			t.frames = append(t.frames, f)
			t.size += len(f.PCM)
		} else {
			t.err = err
		}
		close(t.wait)
		t.wait = make(chan struct{})
		t.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// broken is the error of the source, when it ended by another than its end.
func (t *tape) broken() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if errors.Is(t.err, io.EOF) {
		return nil
	}
	return t.err
}

// close ends the tape. The source ends by itself: it is closed by whoever owns
// it when Recognize returns, so it is not waited for.
func (t *tape) close() { t.stop() }

// reader reads a tape from its beginning.
type reader struct {
	t    *tape
	ctx  context.Context
	next int
}

func (t *tape) reader(ctx context.Context) *reader { return &reader{t: t, ctx: ctx} }

// Format implements media.Source.
func (r *reader) Format() media.Format { return r.t.src.Format() }

// ReadFrame implements media.Source.
func (r *reader) ReadFrame(f *media.Frame) error {
	for {
		r.t.mu.Lock()
		if r.next < len(r.t.frames) {
			g := r.t.frames[r.next]
			r.next++
			r.t.mu.Unlock()
			f.At, f.PCM = g.At, append(f.PCM[:0], g.PCM...)
			return nil
		}
		err, wait := r.t.err, r.t.wait
		r.t.mu.Unlock()
		if err != nil {
			return err
		}
		select {
		case <-wait:
		case <-r.ctx.Done():
			return context.Cause(r.ctx)
		}
	}
}
