package media

import (
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// Whatever a ring is asked to hold, up to its bound, comes out as it went in, with
// its call time; what is more gives way, oldest first.
func TestRing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		most := 1 + rng.IntN(3*firstSize)
		r := NewRing(most)
		var want []int16 // what is unread
		var at CallTime  // of the next to be written
		var f Frame
		next, dropped := int16(0), int64(0)
		for range 60 {
			if rng.IntN(3) > 0 {
				pcm := make([]int16, rng.IntN(firstSize/2))
				for i := range pcm {
					next++
					pcm[i] = next
				}
				r.Write(at, pcm)
				at += CallTime(len(pcm))
				want = append(want, pcm...)
				if over := len(want) - most; over > 0 {
					want, dropped = want[over:], dropped+int64(over)
				}
			} else if len(want) > 0 {
				if err := r.ReadFrame(&f); err != nil || f.At != at-CallTime(len(want)) {
					t.Fatalf("%v, at %d, want %d", err, f.At, at-CallTime(len(want)))
				}
				for i, v := range f.PCM {
					if v != want[i] {
						t.Fatalf("sample %d is %d, want %d", i, v, want[i])
					}
				}
				want = want[len(f.PCM):]
			}
		}
		if r.Dropped() != dropped {
			t.Fatalf("%d dropped, want %d", r.Dropped(), dropped)
		}
		r.Close(nil)
		for len(want) > 0 {
			if err := r.ReadFrame(&f); err != nil {
				t.Fatal(err)
			}
			want = want[len(f.PCM):]
		}
		if err := r.ReadFrame(&f); !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	}
}
