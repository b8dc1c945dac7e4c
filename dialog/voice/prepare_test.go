package voice

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/tts"
)

// slow is the steady voice after a while, and counts what is open.
type slow struct {
	steady
	open atomic.Int64
}

type counted struct {
	tts.Speech
	of *slow
}

func (c *counted) Close() error { c.of.open.Add(-1); return c.Speech.Close() }

func (s *slow) Synthesize(ctx context.Context, text string, v tts.Voice) (tts.Speech, error) {
	s.asked = append(s.asked, text)
	select {
	case <-time.After(100 * time.Millisecond):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	s.open.Add(1)
	sp, err := (&steady{}).Synthesize(ctx, text, v)
	return &counted{sp, s}, err
}

// ready lets a draft's beginning be prepared, and returns what drops it.
func (r *rig) ready(t *testing.T, text string) (drop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.prepare(ctx, "en", dialog.Say(text))
	}()
	synctest.Wait()
	return func() { cancel(); <-done }
}

func TestWhatWasPreparedIsSpokenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &slow{}
		r := newRig(v)
		drop := r.ready(t, "It comes tomorrow. Until then, good-bye.")
		r.tick(300 * time.Millisecond)
		for _, s := range r.out {
			if s != 0 {
				t.Fatal("it was heard before it was delivered")
			}
		}
		got, err := r.say(t.Context(), "It comes tomorrow. Until then, good-bye.")
		from := len(r.out)
		r.tick(40 * time.Millisecond)
		if r.out[from+400] == 0 {
			t.Error("the customer waits for what was ready")
		}
		drop() // as the end of the draft's stream does
		r.tick(3 * time.Second)
		if e := <-err; e != nil {
			t.Fatal(e)
		}
		if turn := <-got; turn.Cut || turn.Text != "It comes tomorrow. Until then, good-bye." {
			t.Errorf("%+v", turn)
		}
		if len(v.asked) != 2 || v.open.Load() != 0 {
			t.Errorf("the voice was asked for %q, %d are open", v.asked, v.open.Load())
		}
	})
}

func TestWhatWasPreparedInVainIsLetGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &slow{}
		r := newRig(v)
		r.ready(t, "One two.")() // dropped while the voice has not begun
		drop := r.ready(t, "One two.")
		r.tick(200 * time.Millisecond)
		drop() // dropped when it was ready
		if v.open.Load() != 0 {
			t.Error("a dropped draft is still being spoken")
		}
		drop = r.ready(t, "One two.")
		got, _ := r.say(t.Context(), "Three four.")
		r.tick(2 * time.Second)
		drop()
		if turn := <-got; turn.Text != "Three four." || v.asked[len(v.asked)-1] != "Three four." {
			t.Errorf("%+v of %q", turn, v.asked)
		}
		if v.open.Load() != 0 {
			t.Error("what another reply took the place of is still being spoken")
		}
	})
}

func TestACutWhileThePreparedIsNotReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &slow{}
		r := newRig(v)
		drop := r.ready(t, "One two.")
		ctx, cancel := context.WithCancelCause(t.Context())
		got, err := r.say(ctx, "One two.")
		r.tick(20 * time.Millisecond)
		cancel(dialog.ErrYield)
		if turn, e := <-got, <-err; e != dialog.ErrYield || turn.Text != "" {
			t.Errorf("%+v, %v", turn, e)
		}
		drop()
		if v.open.Load() != 0 {
			t.Error("it is still being spoken")
		}
	})
}
