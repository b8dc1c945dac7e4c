package tts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"parley/media"
)

// Choice is one engine of a Fallback.
type Choice struct {
	Name        string
	Languages   []string // BCP 47 tags or primary subtags it speaks; nil is all
	Synthesizer Synthesizer
}

// speaks reports whether the choice has a voice for a tag: "zh" covers "zh-CN".
func (c Choice) speaks(tag string) bool {
	if tag == "" {
		tag = "en"
	}
	return c.Languages == nil || slices.ContainsFunc(c.Languages, func(l string) bool {
		return strings.EqualFold(l, tag) ||
			len(tag) > len(l) && tag[len(l)] == '-' && strings.EqualFold(tag[:len(l)], l)
	})
}

// FallbackOptions of a Fallback. The zero value works.
type FallbackOptions struct {
	// Failed is told when an engine was given up for the next; to is "" when
	// there is none. It must not block.
	Failed func(from string, err error, to string)
	// FirstAudio is how long an engine that is not the last may take to the
	// first sample; 0 is 2.5 s.
	FirstAudio time.Duration
	// Rest is how long an engine that failed is asked last; 0 is 15 s. A refusal
	// of one text is no reason to rest.
	Rest time.Duration
}

// Fallback asks the next engine when one refuses, breaks or gives no first audio
// in time. Once audio has begun an engine's error is the speech's, and the engine
// rests: the caller knows what was heard, and says the rest again by the next.
type Fallback struct {
	o       FallbackOptions
	choices []Choice

	mu    sync.Mutex
	until map[string]time.Time // resting engines, by name
}

var _ Synthesizer = (*Fallback)(nil)

// NewFallback returns the chain of cs, the preferred first.
func NewFallback(o FallbackOptions, cs ...Choice) *Fallback {
	if o.FirstAudio == 0 {
		o.FirstAudio = 2500 * time.Millisecond
	}
	if o.Rest == 0 {
		o.Rest = 15 * time.Second
	}
	return &Fallback{o: o, choices: cs, until: map[string]time.Time{}}
}

// Synthesize returns when an engine gave its first audio. When none did, the
// error joins what each of them said.
func (b *Fallback) Synthesize(ctx context.Context, text string, v Voice) (Speech, error) {
	order := b.order(v.Language)
	if len(order) == 0 {
		return nil, fmt.Errorf("speak %q: %w", v.Language, ErrLanguage)
	}
	var errs []error
	for i, c := range order {
		wait := b.o.FirstAudio
		if i == len(order)-1 {
			wait = 0 // nobody is left to be better
		}
		own := v
		if c.Name != b.choices[0].Name {
			own.Name = "" // a voice's name is that of the preferred engine
		}
		s, err := begin(ctx, c.Synthesizer, text, own, wait)
		if err == nil {
			s.broke = func(err error) { b.failed(c, err, order[i+1:]) }
			return s, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		errs = append(errs, fmt.Errorf("%s: %w", c.Name, err))
		b.failed(c, err, order[i+1:])
	}
	return nil, errors.Join(errs...)
}

// order is the engines that speak a language, those that rest last.
func (b *Fallback) order(language string) []Choice {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	var fit, resting []Choice
	for _, c := range b.choices {
		switch {
		case !c.speaks(language):
		case b.until[c.Name].After(now):
			resting = append(resting, c)
		default:
			fit = append(fit, c)
		}
	}
	return append(fit, resting...)
}

func (b *Fallback) failed(c Choice, err error, rest []Choice) {
	if !errors.Is(err, ErrRefused) && !errors.Is(err, ErrTooLong) && !errors.Is(err, ErrLanguage) {
		b.mu.Lock()
		b.until[c.Name] = time.Now().Add(b.o.Rest)
		b.mu.Unlock()
	}
	if b.o.Failed == nil {
		return
	}
	to := ""
	if len(rest) > 0 {
		to = rest[0].Name
	}
	b.o.Failed(c.Name, err, to)
}

// begin starts an engine and waits for its first audio, at most wait when that
// is not 0.
func begin(ctx context.Context, e Synthesizer, text string, v Voice, wait time.Duration) (*begun, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	inTime := func() bool { return true }
	if wait > 0 {
		inTime = time.AfterFunc(wait, func() { cancel(fmt.Errorf("%w: no audio in %v", ErrSlow, wait)) }).Stop
	}
	s, err := e.Synthesize(ctx, text, v)
	if err != nil {
		inTime()
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		cancel(err)
		return nil, err
	}
	b := &begun{Speech: s, ctx: ctx, cancel: cancel}
	stop := context.AfterFunc(ctx, func() { s.Close() })
	err = s.ReadFrame(&b.first)
	if !inTime() || !stop() || err != nil && !errors.Is(err, io.EOF) {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		b.Close()
		return nil, err
	}
	return b, nil
}

// begun is a speech whose first frame was read already.
type begun struct {
	Speech
	ctx    context.Context
	cancel context.CancelCauseFunc
	first  media.Frame
	broke  func(error) // told once of an error in mid-speech
}

// ReadFrame gives the first frame, then the others.
func (b *begun) ReadFrame(f *media.Frame) error {
	if len(b.first.PCM) == 0 {
		err := b.Speech.ReadFrame(f)
		if err != nil && !errors.Is(err, io.EOF) && b.ctx.Err() == nil && b.broke != nil {
			b.broke(err)
			b.broke = nil
		}
		return err
	}
	f.At, f.PCM = b.first.At, append(f.PCM[:0], b.first.PCM...)
	b.first.PCM = nil
	return nil
}

// Close implements Speech.
func (b *begun) Close() error {
	b.cancel(ErrClosed)
	return b.Speech.Close()
}
