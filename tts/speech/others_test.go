package speech_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"parley/media"
	"parley/tts"
	"parley/tts/normal"
	"parley/tts/speech"
)

// Nobody ever hears another's words: streams use each other's memory again, and whether a
// stream is read to its end, closed in the middle by another goroutine (twice, while it is
// read and while it is written), or given what others are given too, every sample that is
// read is its own, and after its end there is none.
func TestNobodyHearsAnother(t *testing.T) {
	shared := same(3*media.SampleRate, -1)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(7, uint64(worker)))
			for turn := range 60 {
				id := int16(1 + worker*100 + turn)
				kind := rng.IntN(4)
				if kind == 0 {
					id = -1
				}
				n, steps := 1+rng.IntN(4*media.SampleRate), rand.New(rand.NewPCG(uint64(id), 1))
				s := speech.Start(t.Context(), normal.Text{}, 1, func(ctx context.Context, s *speech.Stream) error {
					if kind == 0 {
						return s.Give(ctx, shared)
					}
					for left := n; left > 0; {
						k := min(left, 1+steps.IntN(9000))
						if err := s.Write(ctx, same(k, id)); err != nil {
							return err
						}
						left -= k
					}
					return nil
				})
				whole := kind > 1
				listen(t, s, id, whole, rng.IntN(20))
			}
		})
	}
	wg.Wait()
	for _, v := range shared {
		if v != -1 {
			t.Fatal("what several were given was written to")
		}
	}
}

// listen reads a stream, and closes it: to its end, or in the middle while it is read.
func listen(t *testing.T, s *speech.Stream, id int16, whole bool, frames int) {
	var closing sync.WaitGroup
	var f media.Frame
	for i := 0; ; i++ {
		if !whole && i == frames {
			for range 2 {
				closing.Go(func() { _ = s.Close() })
			}
		}
		err := s.ReadFrame(&f)
		if errors.Is(err, io.EOF) || !whole && errors.Is(err, tts.ErrClosed) {
			break
		}
		if err != nil {
			t.Error(err)
			break
		}
		for _, v := range f.PCM {
			if v != id {
				t.Errorf("stream %d was read %d", id, v)
				closing.Wait()
				return
			}
		}
	}
	closing.Wait()
	_ = s.Close()
	if err := s.ReadFrame(&f); !errors.Is(err, tts.ErrClosed) {
		t.Errorf("after its end stream %d gave %d samples, %v", id, len(f.PCM), err)
	}
}

func same(n int, v int16) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = v
	}
	return out
}
