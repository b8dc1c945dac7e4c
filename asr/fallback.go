package asr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync"
	"time"

	"parley/media"
)

// Errors of recognisers.
var (
	// ErrNoEngine: no engine hears this language.
	ErrNoEngine = errors.New("asr: no engine for this language")
	// ErrUnavailable: the engine cannot be reached or broke off.
	ErrUnavailable = errors.New("asr: the engine is not available")
)

// maxReplay bounds what an utterance may hold for the next engine: 40 s.
const maxReplay = 40 * media.SampleRate

// Choice is one engine of a Fallback.
type Choice struct {
	Name       string
	Languages  []string // BCP 47 tags or primary subtags it hears; nil is all
	Recognizer Recognizer
}

// Hears reports whether the choice hears a tag: "zh" covers "zh-CN", but no "yue".
func (c Choice) Hears(tag string) bool {
	return slices.ContainsFunc(spoken(tag), c.hears)
}

// hears is Hears of one language as it is spoken.
func (c Choice) hears(language string) bool {
	return c.Languages == nil || slices.ContainsFunc(c.Languages, func(l string) bool { return covers(l, language) })
}

// FallbackOptions of a Fallback. The zero value works.
type FallbackOptions struct {
	// Failed is told when an engine was given up for the next; to is "" when
	// there is none. It must not block.
	Failed func(from string, err error, to string)
	// Final is how long an engine that is not the last may take for its final
	// result after the end of the utterance; 0 is 4 s.
	Final time.Duration
	// Rest is how long an engine that failed is asked last; 0 is 15 s.
	Rest time.Duration
}

// Fallback asks the next engine that hears the language when one breaks, with
// the utterance from its beginning. A result says which engine it is from.
type Fallback struct {
	o       FallbackOptions
	choices []Choice

	mu    sync.Mutex
	until map[string]time.Time // resting engines, by name
}

var (
	_ Recognizer = (*Fallback)(nil)
	_ Warmer     = (*Fallback)(nil)
)

// NewFallback returns the chain of cs, the preferred first.
func NewFallback(o FallbackOptions, cs ...Choice) *Fallback {
	if o.Failed == nil {
		o.Failed = func(string, error, string) {}
	}
	if o.Final == 0 {
		o.Final = 4 * time.Second
	}
	if o.Rest == 0 {
		o.Rest = 15 * time.Second
	}
	return &Fallback{o: o, choices: cs, until: map[string]time.Time{}}
}

// Hears reports whether any engine hears a language.
func (f *Fallback) Hears(language string) bool { return len(f.order(language)) > 0 }

// order is who is asked, first to last: those that rest come after the others.
func (f *Fallback) order(language string) []Choice {
	f.mu.Lock()
	defer f.mu.Unlock()
	var fit, tired []Choice
	now := time.Now()
	asked := make([]bool, len(f.choices))
	for _, l := range spoken(language) { // an engine for how it is spoken comes first
		for i, c := range f.choices {
			switch {
			case asked[i], !c.hears(l):
			case now.Before(f.until[c.Name]):
				tired, asked[i] = append(tired, c), true
			default:
				fit, asked[i] = append(fit, c), true
			}
		}
	}
	return append(fit, tired...)
}

func (f *Fallback) rest(name string, failed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if failed {
		f.until[name] = time.Now().Add(f.o.Rest)
	} else {
		delete(f.until, name)
	}
}

// Warm warms the engine that will be asked, and those behind it that can be.
func (f *Fallback) Warm(ctx context.Context, o Options) (func(), error) {
	for _, c := range f.order(o.Language) {
		if w, ok := c.Recognizer.(Warmer); ok {
			return w.Warm(ctx, o)
		}
		break // the first is ready at once; a fallback is warmed when it is needed
	}
	return func() {}, nil
}

// Recognize implements Recognizer.
func (f *Fallback) Recognize(ctx context.Context, src media.Source, o Options) iter.Seq2[Result, error] {
	return func(yield func(Result, error) bool) {
		list := f.order(o.Language)
		if len(list) == 0 {
			yield(Result{}, fmt.Errorf("%w: %q", ErrNoEngine, o.Language))
			return
		}
		tape := newTape(src)
		defer tape.close()
		for i, c := range list {
			done, err := f.ask(ctx, c, tape, o, i == len(list)-1, yield)
			if done {
				return
			}
			if ctx.Err() != nil {
				yield(Result{}, context.Cause(ctx))
				return
			}
			f.rest(c.Name, true)
			next := ""
			if i+1 < len(list) {
				next = list[i+1].Name
			}
			f.o.Failed(c.Name, err, next)
			if next == "" {
				yield(Result{}, fmt.Errorf("%w: %w", ErrUnavailable, err))
			}
		}
	}
}

// ask lets one engine hear the utterance; done means that there is no more to do.
func (f *Fallback) ask(ctx context.Context, c Choice, t *tape, o Options, last bool, yield func(Result, error) bool) (done bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := t.reader(ctx)
	if !last {
		timer := time.AfterFunc(time.Hour, func() { cancel(fmt.Errorf("no final result within %v", f.o.Final)) })
		defer timer.Stop()
		r.atEnd = func() { timer.Reset(f.o.Final) }
	}
	for res, err := range c.Recognizer.Recognize(ctx, r, o) {
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				err = cause
			}
			cancel(err) // the engine may wait for audio that it no longer wants
			return false, err
		}
		res.Engine = c.Name
		if !yield(res, nil) {
			cancel(context.Canceled)
			return true, nil
		}
		if res.Final {
			f.rest(c.Name, false)
			cancel(context.Canceled)
			return true, nil
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		return false, cause
	}
	return false, errors.New("the engine gave no final result")
}

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
	done   chan struct{}
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

// close ends the tape. The source ends by itself: it is closed by whoever owns
// it when Recognize returns, so it is not waited for.
func (t *tape) close() { t.stop() }

// reader reads a tape from its beginning.
type reader struct {
	t     *tape
	ctx   context.Context
	next  int
	atEnd func()
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
			if r.atEnd != nil {
				r.atEnd()
				r.atEnd = nil
			}
			return err
		}
		select {
		case <-wait:
		case <-r.ctx.Done():
			return context.Cause(r.ctx)
		}
	}
}
