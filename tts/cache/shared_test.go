package cache

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"parley/media"
	"parley/tts"
)

// Many hear the same few sentences at once, some break off in the middle, what they hear is
// scribbled over, and there is room for three of six: each hears its own sentence, and
// after it the next ones do.
func TestReadersOfOneSentenceDoNotDisturbEachOther(t *testing.T) {
	es := entries(t, 6)
	var plain [6][]int16
	for i, e := range es {
		pcm, err := e.decode()
		if err != nil {
			t.Fatal(err)
		}
		plain[i] = pcm
	}
	c := New(nil, Options{Ready: 2 * (es[0].samples*3 + 100)})
	var wg sync.WaitGroup
	for reader := range 8 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(5, uint64(reader)))
			for range 60 {
				i := rng.IntN(len(es))
				got, whole, err := hear(t.Context(), c, es[i], rng.IntN(30))
				if err != nil {
					t.Error(err)
					return
				}
				if len(got) > len(plain[i]) || !slices.Equal(got, plain[i][:len(got)]) || whole && len(got) != len(plain[i]) {
					t.Errorf("sentence %d was not heard as it is, but %d samples", i, len(got))
					return
				}
			}
		})
	}
	wg.Wait()
	if c.loaded > c.most {
		t.Errorf("%d samples are held, %d allowed", c.loaded, c.most)
	}
}

// hear plays an entry for so many frames, or to its end; its context ends where it breaks off.
func hear(ctx context.Context, c *Cache, e *entry, frames int) (pcm []int16, whole bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := c.play(ctx, e, e.key.text, tts.Voice{})
	defer s.Close()
	var f media.Frame
	for range frames {
		switch err := s.ReadFrame(&f); {
		case errors.Is(err, io.EOF):
			return pcm, true, nil
		case err != nil:
			return nil, false, err
		}
		pcm = append(pcm, f.PCM...)
		for i := range f.PCM {
			f.PCM[i] = -32768
		}
	}
	cancel()
	return pcm, false, nil
}
