package level

import (
	"math"
	"testing"

	"parley/media"
	"parley/media/mediatest"
)

// talk is a voice of a level with pauses of noise, as a phone brings it.
func talk(level, noise float64, ticks int) []int16 {
	x := mediatest.Voice(ticks)
	was := mediatest.Level(x)
	seed := uint32(7)
	for i := range x {
		v := float64(x[i]) * level / was
		if i/media.TickSamples%50 < 15 {
			v = 0
		}
		seed = seed*1664525 + 1013904223
		x[i] = int16(v + noise*1.7*(float64(seed>>8)/(1<<23)-1))
	}
	return x
}

func raise(r *Raiser, x []int16) {
	for i := 0; i < len(x); i += media.TickSamples {
		r.Raise(x[i : i+media.TickSamples])
	}
}

func TestAFaintVoiceIsRaised(t *testing.T) {
	for _, c := range []struct{ level, noise, least, most float64 }{
		{300, 5, 1200, 2600},   // -41 dB, a faint line
		{100, 5, 600, 1000},    // too faint to come all the way
		{2500, 20, 2300, 2700}, // loud enough: as it was
		{9000, 20, 8800, 9200},
	} {
		x := talk(c.level, c.noise, 500)
		before := mediatest.Level(x[400*media.TickSamples:])
		raise(new(Raiser), x)
		got := mediatest.Level(x[400*media.TickSamples:]) * c.level / before
		if got < c.least || got > c.most {
			t.Errorf("a voice at %.0f is heard at %.0f, want %.0f to %.0f", c.level, got, c.least, c.most)
		}
	}
}

// Noise alone is no voice, and a voice in much noise is not raised into a roar.
func TestNoiseIsNotRaised(t *testing.T) {
	r := new(Raiser)
	raise(r, talk(1e-9, 60, 500))
	if r.Gain() > 1.1 {
		t.Errorf("noise alone is raised by %.2f", r.Gain())
	}
	raise(r, talk(400, 100, 500))
	if r.Gain() > 3.2 {
		t.Errorf("noise of 100 is raised by %.2f", r.Gain())
	}
}

// It comes slowly, and a shout after a whisper does not clip.
func TestItIsGentle(t *testing.T) {
	r := new(Raiser)
	x := talk(300, 5, 500)
	last := 1.0
	for i := 0; i < len(x); i += media.TickSamples {
		r.Raise(x[i : i+media.TickSamples])
		if g := r.Gain(); g > last*1.02 || g < last*0.95 {
			t.Fatalf("frame %d: from %.2f to %.2f", i/media.TickSamples, last, g)
		}
		last = r.Gain()
	}
	shout := mediatest.Tone(300, 20000, media.TickSamples)
	r.Raise(shout)
	for _, v := range shout {
		if math.Abs(float64(v)) > peak+2 {
			t.Fatalf("a shout is raised to %d", v)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	r, x := new(Raiser), talk(300, 5, 1)
	if n := testing.AllocsPerRun(100, func() { r.Raise(x) }); n > 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
