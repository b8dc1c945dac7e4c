package backchannel

import (
	"math"
	"math/rand/v2"
	"testing"

	"parley/asr/vad"
	"parley/media"
)

// measured is what a sound in a quiet room holds.
func measured(pcm []int16) *Sound {
	d, s := vad.New(vad.Options{}), &Sound{}
	rng := rand.New(rand.NewPCG(1, 1))
	f := make([]int16, media.TickSamples)
	for i := range 60 + len(pcm)/len(f) {
		for k := range f {
			f[k] = int16(8 * rng.NormFloat64())
			if i >= 50 && (i-50)*len(f)+k < len(pcm) {
				f[k] += pcm[(i-50)*len(f)+k]
			}
		}
		a := d.Frame(f)
		if i == 50 {
			s.Begin()
		}
		if i >= 50 {
			s.Frame(a)
		}
	}
	return s
}

// vowel is a voice of harmonics whose pitch falls a little.
func vowel(ms int) []int16 {
	out := make([]int16, ms*16)
	phase := 0.0
	for i := range out {
		phase += 2 * math.Pi * (130 - 20*float64(i)/float64(len(out))) / media.SampleRate
		for h := 1; h < 20; h++ {
			out[i] += int16(2500 / float64(h) * math.Sin(float64(h)*phase))
		}
	}
	return out
}

// cough is two bursts of noise.
func cough(ms int) []int16 {
	rng := rand.New(rand.NewPCG(2, 2))
	out := make([]int16, ms*16)
	last := 0.0
	for i := range out {
		last = 0.6*last + rng.NormFloat64()
		out[i] = int16(4000 * last * math.Exp(-float64(i%(len(out)/2))/1500))
	}
	return out
}

func TestAVoiceIsMeasuredAndANoiseIsNot(t *testing.T) {
	if s := measured(vowel(600)); s.Voice().Milliseconds() < 500 || s.Speech() < s.Voice() {
		t.Errorf("600 ms of a vowel: voice %v, speech %v", s.Voice(), s.Speech())
	}
	if s := measured(cough(600)); s.Voice().Milliseconds() > 80 || s.Speech().Milliseconds() < 100 {
		t.Errorf("a cough: voice %v, speech %v", s.Voice(), s.Speech())
	}
	if s := measured(make([]int16, 9600)); s.Speech() > 0 {
		t.Errorf("silence: %v", s.Speech())
	}
}

func TestAPauseBeginsAnotherSound(t *testing.T) {
	s := measured(vowel(300))
	was := s.Speech()
	if s.Begin(); s.Speech() != was {
		t.Error("a short pause divides a sound")
	}
	for range togetherIn {
		s.Pass()
	}
	if s.Begin(); s.Speech() != 0 {
		t.Error("after a long pause it is still the same sound")
	}
}

// rough is a vowel of a creaking voice: no period is like the one before.
func rough(ms int, shimmer float64) []int16 {
	rng := rand.New(rand.NewPCG(5, 5))
	out := make([]int16, ms*16)
	phase, loud := 0.0, 1.0
	for i := range out {
		if phase += 2 * math.Pi * 110 / media.SampleRate; phase > 2*math.Pi {
			phase -= 2 * math.Pi
			loud = 1 + shimmer*(2*rng.Float64()-1)
		}
		for h := 1; h < 20; h++ {
			out[i] += int16(loud * 2500 / float64(h) * math.Sin(float64(h)*phase))
		}
	}
	return out
}

func TestAHoarseVoiceCountsInPart(t *testing.T) {
	clean, hoarse := measured(rough(600, 0)), measured(rough(600, 2))
	if v := hoarse.Voice(); v.Milliseconds() < 200 || v >= clean.Voice() {
		t.Errorf("600 ms of a hoarse vowel: %v; of a clean one %v", hoarse.Voice(), clean.Voice())
	}
}

func TestAHiddenVoiceGoesOn(t *testing.T) {
	s := measured(vowel(300))
	s.Frame(vad.Activity{LevelDB: -20, NoiseDB: -70, Prob: 1})
	was, voice := s.Speech(), s.Voice()
	if s.Hide(); s.Speech() <= was || s.Voice() != voice {
		t.Errorf("hidden: speech %v, voice %v; it was %v, %v", s.Speech(), s.Voice(), was, voice)
	}
	s.Pass()
	was = s.Speech()
	if s.Hide(); s.Speech() != was {
		t.Error("hidden after its end, and it goes on")
	}
}
