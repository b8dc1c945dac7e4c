package tts_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"parley/media"
	"parley/tts"
)

// frames is an engine whose speeches are so many frames long and then end, or break.
type frames struct {
	n     int
	broke error
}

func (e frames) Synthesize(context.Context, string, tts.Voice) (tts.Speech, error) {
	return &framesSpeech{left: e.n, end: e.broke}, nil
}

type framesSpeech struct {
	left int
	end  error
}

func (s *framesSpeech) Format() media.Format   { return media.Speech }
func (s *framesSpeech) Heard(int64) tts.Span   { return tts.Span{} }
func (s *framesSpeech) Boundary(n int64) int64 { return n }
func (s *framesSpeech) Close() error           { return nil }
func (s *framesSpeech) ReadFrame(f *media.Frame) error {
	if s.left == 0 {
		if s.end != nil {
			return s.end
		}
		return io.EOF
	}
	s.left--
	f.PCM = append(f.PCM[:0], 1)
	return nil
}

// An engine that breaks in mid-speech rests: the rest of the sentence, and the next
// sentences, are asked of the next engine.
func TestAnEngineThatBreaksInMidSpeechRests(t *testing.T) {
	boom := errors.New("cut off")
	var told bytes.Buffer
	b := tts.NewFallback(tts.FallbackOptions{Failed: func(from string, err error, to string) {
		told.WriteString(from + ": " + err.Error() + ", " + to + "\n")
	}}, tts.Choice{Name: "far", Synthesizer: frames{3, boom}}, tts.Choice{Name: "near", Synthesizer: frames{5, nil}})
	var got []int
	for range 3 {
		s, err := b.Synthesize(t.Context(), "hello", tts.Voice{})
		if err != nil {
			t.Fatal(err)
		}
		var f media.Frame
		n := 0
		for err = s.ReadFrame(&f); err == nil; err = s.ReadFrame(&f) {
			n++
		}
		if n == 3 != errors.Is(err, boom) {
			t.Errorf("%d frames, then %v", n, err)
		}
		if err := s.ReadFrame(&f); err == nil {
			t.Error("a frame after the end")
		}
		s.Close()
		got = append(got, n)
	}
	if !slices.Equal(got, []int{3, 5, 5}) || told.String() != "far: cut off, near\n" {
		t.Errorf("frames %v; told %q", got, told.String())
	}
}
