// Package asrtest has the suite that every recogniser passes, and scripted peers
// that speak the engines' protocols: well, slowly, brokenly, or not at all.
package asrtest

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"parley/asr"
	"parley/media"
)

// Clip is audio that plays as a source, at its own pace or as fast as it is read.
type Clip struct {
	PCM  []int16
	At   media.CallTime // of the first sample
	Pace bool           // real time
	pos  int
	t0   time.Time
}

// Format implements media.Source.
func (c *Clip) Format() media.Format { return media.Speech }

// ReadFrame implements media.Source.
func (c *Clip) ReadFrame(f *media.Frame) error {
	if c.pos >= len(c.PCM) {
		return io.EOF
	}
	if c.Pace {
		if c.t0.IsZero() {
			c.t0 = time.Now()
		}
		time.Sleep(time.Until(c.t0.Add(time.Duration(c.pos) * time.Second / media.SampleRate)))
	}
	n := min(len(c.PCM)-c.pos, media.TickSamples)
	f.At = c.At + media.CallTime(c.pos)
	f.PCM = append(f.PCM[:0], c.PCM[c.pos:c.pos+n]...)
	c.pos += n
	return nil
}

// endless never ends by itself.
type endless struct{ ctx context.Context }

func (e endless) Format() media.Format { return media.Speech }
func (e endless) ReadFrame(f *media.Frame) error {
	select {
	case <-e.ctx.Done():
		return context.Cause(e.ctx)
	case <-time.After(5 * time.Millisecond):
	}
	f.PCM = append(f.PCM[:0], make([]int16, media.TickSamples)...)
	return nil
}

// Conformance runs the suite on an engine that, given pcm, hears something.
func Conformance(t *testing.T, r asr.Recognizer, pcm []int16, o asr.Options) {
	t.Run("partials then one final", func(t *testing.T) {
		finals, n, last := 0, 0, asr.Result{}
		for res, err := range r.Recognize(t.Context(), &Clip{PCM: pcm, At: 16000}, o) {
			if err != nil {
				t.Fatal(err)
			}
			if finals > 0 {
				t.Fatal("a result after the final one")
			}
			if res.Final {
				finals++
			}
			n, last = n+1, res
		}
		if finals != 1 || last.Text == "" {
			t.Fatalf("%d final of %d results, the last %+v", finals, n, last)
		}
		at := media.CallTime(16000)
		for _, w := range last.Words {
			if w.Start < at-1600 || w.End < w.Start || w.End > 16000+media.CallTime(len(pcm))+8000 {
				t.Errorf("word %+v in a clip from 16000 to %d", w, 16000+len(pcm))
			}
			at = w.Start
		}
	})
	t.Run("silence", func(t *testing.T) {
		for res, err := range r.Recognize(t.Context(), &Clip{PCM: make([]int16, 8000)}, o) {
			if err != nil {
				t.Fatal(err)
			}
			_ = res
		}
	})
	t.Run("nothing at all", func(t *testing.T) {
		final := false
		for res, err := range r.Recognize(t.Context(), &Clip{}, o) {
			if err != nil {
				t.Fatal(err)
			}
			final = res.Final
		}
		if !final {
			t.Error("no final result")
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("left")
		time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
		done := make(chan error, 1)
		go func() {
			var last error
			for _, err := range r.Recognize(ctx, endless{ctx}, o) {
				last = err
			}
			done <- last
		}()
		select {
		case err := <-done:
			if err == nil {
				t.Error("no error when cancelled")
			}
		case <-time.After(20 * time.Second):
			t.Fatal("it goes on after ctx has ended")
		}
	})
	t.Run("left early", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for range r.Recognize(ctx, &Clip{PCM: pcm}, o) {
			break
		}
	})
}
