package vad

import (
	"math"
	"math/rand/v2"
	"testing"
)

const tick = 320

// sound makes n ticks of samples from a function of time in seconds.
func sound(n int, f func(t float64) float64) []int16 {
	out := make([]int16, n*tick)
	for i := range out {
		out[i] = int16(max(min(f(float64(i)/16000), 32767), -32768))
	}
	return out
}

func noise(rng *rand.Rand, a float64) func(float64) float64 {
	return func(float64) float64 { return a * rng.NormFloat64() }
}

// vowel is a glottal buzz through two formants' worth of harmonics, its pitch moving.
func vowel(a float64) func(float64) float64 {
	phase := 0.0
	return func(t float64) float64 {
		f := 130 + 25*math.Sin(2*math.Pi*1.5*t)
		phase += 2 * math.Pi * f / 16000
		v := 0.0
		for h := 1.0; h <= 24; h++ {
			hz := h * f
			g := math.Exp(-math.Pow((hz-600)/250, 2)) + 0.6*math.Exp(-math.Pow((hz-1500)/300, 2)) + 0.3*math.Exp(-math.Pow((hz-2500)/400, 2))
			v += g * math.Sin(h*phase)
		}
		return a * v * (0.7 + 0.3*math.Sin(2*math.Pi*4*t))
	}
}

func add(fs ...func(float64) float64) func(float64) float64 {
	return func(t float64) float64 {
		s := 0.0
		for _, f := range fs {
			s += f(t)
		}
		return s
	}
}

// run gives the ticks at which speech begins and ends.
func run(d *Detector, pcm []int16) (on, off []int, active int) {
	for i := 0; i+tick <= len(pcm); i += tick {
		a := d.Frame(pcm[i : i+tick])
		if a.Onset {
			on = append(on, i/tick)
		}
		if a.Offset {
			off = append(off, i/tick)
		}
		if a.Speech {
			active++
		}
	}
	return on, off, active
}

func TestFindsSpeechInNoise(t *testing.T) {
	for _, level := range []float64{3, 60, 250} { // of noise; the voice has some 2500
		rng := rand.New(rand.NewPCG(1, 1))
		pcm := sound(100, noise(rng, level))
		pcm = append(pcm, sound(50, add(noise(rng, level), vowel(2500)))...)
		pcm = append(pcm, sound(100, noise(rng, level))...)
		on, off, _ := run(New(Options{}), pcm)
		if len(on) != 1 || len(off) != 1 || on[0] < 100 || on[0] > 103 || off[0] < 150 || off[0] > 160 {
			t.Errorf("noise %.0f: speech from 100 to 150, found on %v off %v", level, on, off)
		}
	}
}

func TestFindsOneShortWord(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	pcm := append(sound(50, noise(rng, 20)), sound(7, add(noise(rng, 20), vowel(1500)))...)
	pcm = append(pcm, sound(40, noise(rng, 20))...)
	if on, _, _ := run(New(Options{}), pcm); len(on) != 1 {
		t.Errorf("a word of 140 ms: %v", on)
	}
}

func TestIgnoresTonesAndNoise(t *testing.T) {
	tone := func(fs ...float64) func(float64) float64 {
		return func(t float64) float64 {
			v := 0.0
			for _, f := range fs {
				v += 4000 * math.Sin(2*math.Pi*f*t)
			}
			return v
		}
	}
	for name, f := range map[string]func(float64) float64{
		"ring 440+480": tone(440, 480), "key 1": tone(697, 1209), "key 9": tone(852, 1477), "beep": tone(1000), "dial": tone(350, 440),
	} {
		rng := rand.New(rand.NewPCG(1, 1))
		pcm := append(sound(60, noise(rng, 10)), sound(100, add(noise(rng, 10), f))...)
		pcm = append(pcm, sound(30, noise(rng, 10))...)
		if _, _, active := run(New(Options{}), pcm); active > 12 {
			t.Errorf("%s: speech in %d of 100 ticks", name, active)
		}
	}
	rng := rand.New(rand.NewPCG(1, 1))
	pcm := append(sound(100, noise(rng, 10)), sound(400, noise(rng, 80))...) // a fan is switched on
	if _, _, active := run(New(Options{}), pcm); active > 60 {
		t.Errorf("a fan is speech for %d ticks", active)
	}
}

func TestTellsVoiceAndPitch(t *testing.T) {
	d := New(Options{})
	run(d, sound(20, noise(rand.New(rand.NewPCG(1, 1)), 10)))
	good := 0
	pcm := sound(50, vowel(2000))
	for i := 0; i < len(pcm); i += tick {
		a := d.Frame(pcm[i : i+tick])
		if a.Voicing > 0.6 && a.PitchHz > 95 && a.PitchHz < 170 {
			good++
		}
	}
	if good < 40 {
		t.Errorf("pitch found in %d of 50 frames", good)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	d, pcm := New(Options{}), sound(1, vowel(2000))
	if n := testing.AllocsPerRun(100, func() { d.Frame(pcm) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	d.Frame(nil) // a short frame is no crash
	d.Frame(pcm[:7])
}

func BenchmarkFrame(b *testing.B) {
	d, pcm := New(Options{}), sound(1, vowel(2000))
	for b.Loop() {
		d.Frame(pcm)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20e6*100, "%core")
}
