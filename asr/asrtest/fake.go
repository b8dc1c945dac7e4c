package asrtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync/atomic"
	"time"

	"parley/asr"
	"parley/media"
)

// Fake is a recogniser in memory. It hears Text in whatever is said, a word for
// each quarter of a second.
type Fake struct {
	Text string
	// Fault, when it is set, gives the error with which an utterance breaks after
	// half a second of audio; nil is none.
	Fault func() error
	// There, when it is set, is asked by Check and Warm.
	There func(ctx context.Context) error
	// Dial is how long an utterance whose server is not there takes to find out.
	Dial time.Duration

	Asked    atomic.Int32 // utterances
	Warmed   atomic.Int32 // conversations
	Released atomic.Int32
	Heard    atomic.Int64 // samples
	Last     atomic.Pointer[asr.Options]
}

var (
	_ asr.Recognizer = (*Fake)(nil)
	_ asr.Warmer     = (*Fake)(nil)
	_ asr.Checker    = (*Fake)(nil)
)

// Check implements asr.Checker.
func (f *Fake) Check(ctx context.Context) error {
	if f.There == nil {
		return nil
	}
	return f.There(ctx)
}

// Warm implements asr.Warmer.
func (f *Fake) Warm(ctx context.Context, _ asr.Options) (func(), error) {
	if err := f.Check(ctx); err != nil {
		return nil, err
	}
	f.Warmed.Add(1)
	return func() { f.Released.Add(1) }, nil
}

// Recognize implements asr.Recognizer.
func (f *Fake) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		f.Asked.Add(1)
		f.Last.Store(&o)
		if err := f.Check(ctx); err != nil {
			time.Sleep(f.Dial)
			yield(asr.Result{}, fmt.Errorf("%w: %w", asr.ErrUnavailable, err))
			return
		}
		var frame media.Frame
		words, n, said := strings.Fields(f.Text), 0, 0
		for {
			err := src.ReadFrame(&frame)
			if errors.Is(err, io.EOF) {
				yield(asr.Result{Text: f.Text, Final: true, Language: o.Language}, nil)
				return
			}
			if err == nil && ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			n += len(frame.PCM)
			f.Heard.Add(int64(len(frame.PCM)))
			if err == nil && f.Fault != nil && n >= media.SampleRate/2 {
				err = f.Fault()
			}
			if err != nil {
				yield(asr.Result{}, err)
				return
			}
			if now := min(n*4/media.SampleRate, len(words)); now > said {
				said = now
				if !yield(asr.Result{Text: strings.Join(words[:said], " "), Language: o.Language}, nil) {
					return
				}
			}
		}
	}
}
