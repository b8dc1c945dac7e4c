package voice

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/media"
	"parley/tts"
	"parley/tts/normal"
	"parley/tts/speech"
)

// monotone says every sentence as three seconds of one number, in pieces.
type monotone int16

func (v monotone) Synthesize(ctx context.Context, text string, _ tts.Voice) (tts.Speech, error) {
	return speech.Start(ctx, normal.Text{Spoken: text, Len: len(text)}, 1, func(ctx context.Context, s *speech.Stream) error {
		for left := 3 * media.SampleRate; left > 0; {
			pcm := make([]int16, min(left, 7001))
			for i := range pcm {
				pcm[i] = int16(v)
			}
			if err := s.Write(ctx, pcm); err != nil {
				return err
			}
			left -= len(pcm)
		}
		return nil
	}), nil
}

// Callers whose bots use each other's memory again hear their own bot alone, whether its
// replies are heard out, cut in the middle of a sentence, or hushed and said again.
func TestNoCallerHearsAnothersBot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var wg sync.WaitGroup
		for caller := range 8 {
			wg.Go(func() { callerHears(t, int16(1000+caller), rand.New(rand.NewPCG(9, uint64(caller)))) })
		}
		wg.Wait()
	})
}

func callerHears(t *testing.T, own int16, rng *rand.Rand) {
	var clock atomic.Int64
	m := newMouth(media.LegID(fmt.Sprint(own)), monotone(own))
	m.emit = func(dialog.Event) {}
	m.now = func() media.CallTime { return media.CallTime(clock.Load()) }
	m.delay = func() media.CallTime { return 0 }
	heard, wrong := 0, 0
	for turn := 0; turn < 100 && wrong == 0; turn++ {
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := m.deliver(ctx, dialog.Message{ID: "r", Language: "en", Reply: dialog.Say("One. Two. Three.")})
			done <- err
		}()
		last := 1 + rng.IntN(40+560*(turn%10/9)) // most are cut soon, so that memory changes hands often
		for i, over := 0, false; !over; i++ {
			p := media.Packet{At: m.now()}
			if m.Pull(&p) {
				heard++
				ramp := i%40 >= 20 && i%40 < 28 // then it is louder or softer
				for _, v := range p.PCM {
					if v != own && v != 0 && !ramp && wrong == 0 {
						t.Errorf("the caller of %d heard %d", own, v)
						wrong++
					}
				}
			}
			switch {
			case i == last:
				cancel(dialog.ErrYield)
			case i%40 == 20:
				m.hush()
			case i%40 == 25:
				m.resume()
			}
			clock.Add(media.TickSamples)
			time.Sleep(media.Tick)
			select {
			case err := <-done:
				if err != nil && !errors.Is(err, dialog.ErrYield) {
					t.Error(err)
				}
				over = true
			default:
			}
		}
		cancel(nil)
	}
	if heard < 1000 && wrong == 0 {
		t.Errorf("%d ticks were heard", heard)
	}
}
