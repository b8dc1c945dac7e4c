package sphinx

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"

	"parley/asr"
	"parley/asr/sphinx/wire"
	"parley/media"
)

var _ asr.Warmer = (*Pool)(nil)

// Recognize implements asr.Recognizer, for English.
func (p *Pool) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		if o.Language != "" && o.Language != "en" && !strings.HasPrefix(o.Language, "en-") {
			yield(asr.Result{}, fmt.Errorf("sphinx: %w: %q", asr.ErrNoEngine, o.Language))
			return
		}
		w, err := p.take(ctx)
		if err != nil {
			yield(asr.Result{}, err)
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		u := &utterance{w: w, lang: o.Language, digits: o.Expect == asr.ExpectDigits}
		var wg sync.WaitGroup
		// A context that ends kills the worker: nothing else ends a read of its pipe.
		stop := context.AfterFunc(ctx, func() { _ = w.cmd.Process.Kill() })
		wg.Go(func() { u.speak(ctx, src, cancel) })
		finished := u.listen(ctx, yield)
		sound := stop() && finished
		cancel()
		if !finished {
			_ = w.cmd.Process.Kill()
		}
		wg.Wait()
		p.give(w, sound)
	}
}

// utterance is one stretch of speech at a worker.
type utterance struct {
	w      *worker
	lang   string
	digits bool

	mu    sync.Mutex
	first media.CallTime
	err   error // of the source or the pipe
}

// speak feeds the worker.
func (u *utterance) speak(ctx context.Context, src media.Source, cancel func()) {
	if err := u.feed(ctx, src); err != nil {
		u.mu.Lock()
		u.err = err
		u.mu.Unlock()
		cancel()
	}
}

func (u *utterance) feed(ctx context.Context, src media.Source) error {
	start, err := json.Marshal(wire.Utterance{Digits: u.digits})
	if err != nil {
		return err
	}
	if err := wire.Write(u.w.in, wire.Start, start); err != nil {
		return err
	}
	var f media.Frame
	var body []byte
	for began := false; ; began = true {
		err := src.ReadFrame(&f)
		if errors.Is(err, io.EOF) {
			return wire.Write(u.w.in, wire.End, nil)
		}
		if err != nil {
			return err
		}
		if !began {
			u.mu.Lock()
			u.first = f.At
			u.mu.Unlock()
		}
		body = body[:0]
		for _, v := range f.PCM {
			body = binary.LittleEndian.AppendUint16(body, uint16(v))
		}
		if err := wire.Write(u.w.in, wire.Audio, body); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// listen yields what the worker says, and reports whether the worker is fit for
// another utterance.
func (u *utterance) listen(ctx context.Context, yield func(asr.Result, error) bool) bool {
	for {
		k, body, err := wire.Read(u.w.out, u.w.body)
		u.w.body = body
		var r wire.Result
		switch {
		case err != nil:
		case k == wire.Fault:
			err = errors.New(string(body))
		case k == wire.Partial, k == wire.Final:
			err = json.Unmarshal(body, &r)
		default:
			err = fmt.Errorf("unknown frame %q", k)
		}
		if err != nil {
			u.mu.Lock()
			if u.err != nil {
				err = u.err
			}
			u.mu.Unlock()
			if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
				yield(asr.Result{}, cause)
			} else {
				yield(asr.Result{}, fmt.Errorf("sphinx: %w: %w", asr.ErrUnavailable, err))
			}
			return false
		}
		if !yield(u.result(r, k == wire.Final), nil) {
			return k == wire.Final
		}
		if k == wire.Final {
			return true
		}
	}
}

func (u *utterance) result(r wire.Result, final bool) asr.Result {
	u.mu.Lock()
	first := u.first
	u.mu.Unlock()
	out := asr.Result{Text: r.Text, Final: final, Language: u.lang}
	var sum float64
	for _, w := range r.Words {
		out.Words = append(out.Words, asr.Word{Text: w.Text, Confidence: w.Confidence,
			Start: first + media.CallTime(w.Start), End: first + media.CallTime(w.End)})
		sum += w.Confidence
	}
	if len(out.Words) > 0 {
		out.Confidence = sum / float64(len(out.Words))
	}
	return out
}
