package tts

import (
	"math"
	"testing"

	"parley/media"
)

func TestWrong(t *testing.T) {
	for _, c := range []struct {
		said, heard string
		want        int
	}{
		{"one two three", "one two three", 0},
		{"one two three", "one too three", 1},
		{"one two three", "one three", 1},
		{"one three", "one two three", 1},
		{"", "a b", 2},
		{"a b", "", 2},
		{"Hello, I.", "hello i.", 0},
		{"ten a m", "ten a. m.", 0},
		{"ten A M", "ten am", 0},
		{"a b c d", "b c d e", 2},
	} {
		if got := wrong(words(c.said), words(c.heard)); got != c.want {
			t.Errorf("%q heard as %q: %d, want %d", c.said, c.heard, got, c.want)
		}
	}
}

func TestLevels(t *testing.T) {
	tone := func(a float64) (u utterance) {
		for i := range media.SampleRate {
			u.pcm = append(u.pcm, int16(math.Round(a*math.Sin(2*math.Pi*float64(i)/16))))
		}
		return u
	}
	l := levels([]utterance{tone(32767), tone(3276.7)})
	if l.Peak != 0 || l.Clipped < 1000 || l.Most != -3 || l.Least != -23 {
		t.Errorf("%+v", l)
	}
	if l := levels([]utterance{tone(20000)}); l.Clipped != 0 {
		t.Errorf("%+v", l)
	}
}

func TestTelephoneKeepsLengthAndLosesTheTop(t *testing.T) {
	power := func(hz float64) float64 {
		var in []int16
		for i := range media.SampleRate {
			in = append(in, int16(8000*math.Sin(2*math.Pi*hz*float64(i)/media.SampleRate)))
		}
		out, err := telephone(in)
		if err != nil || len(out) != len(in) {
			t.Fatalf("%d samples of %d, %v", len(out), len(in), err)
		}
		return levels([]utterance{{pcm: out}}).RMS
	}
	if low, high := power(1000), power(6000); low < -17 || high > low-20 {
		t.Errorf("1 kHz %.1f dB, 6 kHz %.1f dB", low, high)
	}
}

func TestJudge(t *testing.T) {
	h := judge("line", "model", []string{"It costs $5.", "Yes."}, []string{"it costs five dollar", "yes"}, nil)
	if h.Words != 5 || h.Wrong != 1 || h.Percent != 20 || h.Interval[0] > 20 || h.Interval[1] < 20 {
		t.Errorf("%+v", h)
	}
}
