package cache

import (
	"fmt"
	"slices"
	"testing"

	"parley/media"
	"parley/tts"
	"parley/tts/ttstest"
)

func entries(t testing.TB, n int) (out []*entry) {
	t.Helper()
	for i := range n {
		text := fmt.Sprintf("sentence number %d", i)
		e, err := encode(keyOf(text, tts.Voice{}), ttstest.Speak(text, media.SampleRate))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func heard(t testing.TB, c *Cache, e *entry) []int16 {
	t.Helper()
	s := c.play(t.Context(), e, e.key.text, tts.Voice{})
	defer s.Close()
	pcm, err := ttstest.Read(s)
	if err != nil {
		t.Fatal(err)
	}
	return pcm
}

// What was played last is kept decoded as far as there is room; that it is, is not heard.
func TestDecodedWithinBounds(t *testing.T) {
	es := entries(t, 6)
	c := New(nil, Options{Ready: 2 * (es[0].samples*3 + 100)})
	for round := range 3 {
		for _, e := range es {
			plain, err := e.decode()
			if err != nil || len(plain) != e.samples {
				t.Fatalf("%d of %d samples, %v", len(plain), e.samples, err)
			}
			for range 2 {
				if !slices.Equal(heard(t, c, e), plain) {
					t.Fatalf("round %d: it sounds different", round)
				}
			}
			if e.pcm == nil || c.ready.Front().Value != e {
				t.Error("what was just played is not ready")
			}
			held := 0
			for _, x := range es {
				held += len(x.pcm)
			}
			if held != c.loaded || held > c.most {
				t.Fatalf("%d samples are held, %d counted, %d allowed", held, c.loaded, c.most)
			}
		}
	}
	if c.ready.Len() < 2 {
		t.Errorf("%d are ready where three fit", c.ready.Len())
	}
}

// BenchmarkPlay compares an entry that is ready with one that is decoded each time.
func BenchmarkPlay(b *testing.B) {
	e := entries(b, 1)[0]
	for name, room := range map[string]int{"ready": 1 << 20, "decoded": 1} {
		b.Run(name, func(b *testing.B) {
			c := New(nil, Options{Ready: room})
			for b.Loop() {
				s := c.play(b.Context(), e, e.key.text, tts.Voice{})
				var f media.Frame
				for s.ReadFrame(&f) == nil {
				}
				_ = s.Close()
			}
			e.pcm, e.ready = nil, nil
		})
	}
}
