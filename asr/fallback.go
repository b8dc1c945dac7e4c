package asr

import (
	"context"
	"errors"
	"fmt"
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
	// ErrStale: a connection that was kept ready turned out dead before the engine
	// said anything: the utterance may be given to it once more.
	ErrStale = errors.New("asr: a connection kept ready was dead")
)

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
	// Recovered is told when an engine that had failed has heard an utterance to its
	// end. It must not block.
	Recovered func(name string)
	// Final is how long an engine that is not the last may take for its final
	// result after the end of the utterance; 0 is 4 s.
	Final time.Duration
	// Rest is how long an engine that failed is asked last; 0 is 15 s. It doubles
	// with each failure in a row, three times at most.
	Rest time.Duration
}

// Fallback asks the next engine that hears the language when one breaks, with
// the utterance from its beginning. A result says which engine it is from. An
// engine that failed rests; when the rest is over, one that is a Checker is asked
// again only after its server was found to be there, so that a dead one
// delays no further utterance.
type Fallback struct {
	o       FallbackOptions
	choices []Choice

	mu     sync.Mutex
	health []health // of choices
}

// health of an engine.
type health struct {
	fails   int       // in a row
	until   time.Time // it rests
	found   bool      // its server was there after the rest
	probing bool
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
	if o.Recovered == nil {
		o.Recovered = func(string) {}
	}
	if o.Final == 0 {
		o.Final = 4 * time.Second
	}
	if o.Rest == 0 {
		o.Rest = 15 * time.Second
	}
	return &Fallback{o: o, choices: cs, health: make([]health, len(cs))}
}

// First names the engine that is asked first for a language, as things stand; "" when
// none hears it.
func (f *Fallback) First(language string) string {
	if list, _ := f.order(language); len(list) > 0 {
		return f.choices[list[0]].Name
	}
	return ""
}

// Hears reports whether any engine hears a language.
func (f *Fallback) Hears(language string) bool {
	return slices.ContainsFunc(f.choices, func(c Choice) bool { return c.Hears(language) })
}

// order is who is asked, first to last, as indices of choices: those that rest
// come after the others. due are those that rested long enough to be looked for.
func (f *Fallback) order(language string) (list, due []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var fit, tired []int
	now := time.Now()
	asked := make([]bool, len(f.choices))
	for _, l := range spoken(language) { // an engine for how it is spoken comes first
		for i, c := range f.choices {
			if asked[i] || !c.hears(l) {
				continue
			}
			asked[i] = true
			h := f.health[i]
			_, checks := c.Recognizer.(Checker)
			switch {
			case h.fails == 0, h.found, !checks && !now.Before(h.until):
				fit = append(fit, i)
			default:
				tired = append(tired, i)
				if !now.Before(h.until) && !h.probing {
					due = append(due, i)
				}
			}
		}
	}
	return append(fit, tired...), due
}

// failed lets an engine rest and tells what was given up for what.
func (f *Fallback) failed(list []int, at int, err error) {
	f.weaken(list[at])
	next := ""
	if at+1 < len(list) {
		next = f.choices[list[at+1]].Name
	}
	f.o.Failed(f.choices[list[at]].Name, err, next)
}

func (f *Fallback) weaken(i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := &f.health[i]
	h.until = time.Now().Add(f.o.Rest << min(h.fails, 3))
	h.fails++
	h.found = false
}

func (f *Fallback) heard(i int) {
	f.mu.Lock()
	back := f.health[i].fails > 0
	f.health[i] = health{probing: f.health[i].probing}
	f.mu.Unlock()
	if back {
		f.o.Recovered(f.choices[i].Name)
	}
}

// probe looks for the servers of engines that have rested, until ctx ends.
func (f *Fallback) probe(ctx context.Context, wg *sync.WaitGroup, due []int) {
	for _, i := range due {
		f.mu.Lock()
		taken := f.health[i].probing
		f.health[i].probing = true
		f.mu.Unlock()
		if taken {
			continue
		}
		wg.Go(func() {
			err := f.choices[i].Recognizer.(Checker).Check(ctx)
			if err != nil && ctx.Err() == nil {
				f.weaken(i)
			}
			f.mu.Lock()
			defer f.mu.Unlock()
			f.health[i].probing = false
			f.health[i].found = err == nil
		})
	}
}

// Warm warms the engine that will be asked, so that one whose server is gone is
// known before anybody speaks. A fallback is warmed when it is needed.
func (f *Fallback) Warm(ctx context.Context, o Options) (func(), error) {
	list, due := f.order(o.Language)
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: %q", ErrNoEngine, o.Language)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	f.probe(ctx, &wg, due)
	var last error
	for n, i := range list {
		w, ok := f.choices[i].Recognizer.(Warmer)
		if !ok {
			return func() {}, nil
		}
		release, err := w.Warm(ctx, o)
		if err == nil {
			return release, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		f.failed(list, n, err)
		last = err
	}
	return nil, last
}

// Recognize implements Recognizer.
func (f *Fallback) Recognize(ctx context.Context, src media.Source, o Options) iter.Seq2[Result, error] {
	return func(yield func(Result, error) bool) {
		list, due := f.order(o.Language)
		if len(list) == 0 {
			yield(Result{}, fmt.Errorf("%w: %q", ErrNoEngine, o.Language))
			return
		}
		tape := newTape(src)
		defer tape.close()
		probing, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer stop()
		f.probe(probing, &wg, due)
		for n, i := range list {
			last := n == len(list)-1
			done, err := f.ask(ctx, i, tape, o, last, yield)
			if errors.Is(err, ErrStale) && ctx.Err() == nil {
				done, err = f.ask(ctx, i, tape, o, last, yield)
			}
			if done {
				return
			}
			if ctx.Err() != nil {
				yield(Result{}, context.Cause(ctx))
				return
			}
			if broken := tape.broken(); broken != nil { // nobody's fault here
				yield(Result{}, broken)
				return
			}
			f.failed(list, n, err)
			if last {
				yield(Result{}, fmt.Errorf("%w: %w", ErrUnavailable, err))
			}
		}
	}
}

// limit gives an engine up that has no final result in time, whether it has read the
// utterance to its end or not.
func (f *Fallback) limit(ctx context.Context, t *tape, cancel context.CancelCauseFunc) {
	select {
	case <-t.done:
	case <-ctx.Done():
		return
	}
	timer := time.NewTimer(f.o.Final)
	defer timer.Stop()
	select {
	case <-timer.C:
		cancel(fmt.Errorf("no final result within %v", f.o.Final))
	case <-ctx.Done():
	}
}

// ask lets one engine hear the utterance; done means that there is no more to do.
func (f *Fallback) ask(ctx context.Context, i int, t *tape, o Options, last bool, yield func(Result, error) bool) (done bool, err error) {
	c := f.choices[i]
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel(nil)
	r := t.reader(ctx)
	if !last {
		wg.Go(func() { f.limit(ctx, t, cancel) })
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
			f.heard(i)
			cancel(context.Canceled)
			return true, nil
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		return false, cause
	}
	return false, errors.New("the engine gave no final result")
}
