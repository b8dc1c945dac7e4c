package speech_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"parley/media"
	"parley/tts/normal"
	"parley/tts/speech"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ramp is n samples, each another than its neighbours.
func ramp(n, from int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(from + i*7)
	}
	return out
}

// However writing and reading interleave, and whatever memory streams before used,
// each reads what was written to it.
func TestEachStreamReadsItsOwn(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range 60 {
		want := ramp(1+rng.IntN(8*media.SampleRate), i)
		steps := make(chan struct{}) // the writer's turns
		mine := rand.New(rand.NewPCG(2, uint64(i)))
		s := speech.Start(t.Context(), normal.Text{}, 1, func(ctx context.Context, s *speech.Stream) error {
			for left := want; len(left) > 0; {
				n := min(len(left), 1+mine.IntN(6000))
				if err := s.Write(ctx, left[:n]); err != nil {
					return err
				}
				left = left[n:]
				steps <- struct{}{}
			}
			close(steps)
			return nil
		})
		var got []int16
		var f media.Frame
		for range steps {
			for range rng.IntN(4) {
				if int64(len(got)) < s.Written() && s.ReadFrame(&f) == nil {
					got = append(got, f.PCM...)
				}
			}
		}
		for {
			err := s.ReadFrame(&f)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, f.PCM...)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("stream %d: %d samples were read that are not the %d written", i, len(got), len(want))
		}
		if i%2 == 0 { // the others are left to the collector
			_ = s.Close()
		}
	}
}

// What is given is read by several, and stays as it is.
func TestWhatIsGivenIsShared(t *testing.T) {
	pcm := ramp(media.SampleRate, 3)
	for range 3 {
		s := speech.Start(t.Context(), normal.Text{}, 1, func(ctx context.Context, s *speech.Stream) error { return s.Give(ctx, pcm) })
		var got []int16
		var f media.Frame
		for s.ReadFrame(&f) == nil {
			got = append(got, f.PCM...)
			clear(f.PCM)
		}
		if !slices.Equal(got, pcm) || s.Written() != int64(len(pcm)) {
			t.Fatal("not what was given")
		}
		_ = s.Close()
		other := speech.Start(t.Context(), normal.Text{}, 1, func(ctx context.Context, s *speech.Stream) error {
			return s.Write(ctx, make([]int16, 5*media.SampleRate))
		})
		_ = other.Audible(t.Context())
		_ = other.Close()
	}
	if !slices.Equal(pcm, ramp(media.SampleRate, 3)) {
		t.Error("it was written to")
	}
}
