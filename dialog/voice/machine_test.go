package voice

import (
	"math"
	"math/rand/v2"
	"testing"

	"parley/asr/vad"
	"parley/dialog"
	"parley/media"
)

func sound(ms int, f func(i int) float64) []int16 {
	out := make([]int16, ms*media.SampleRate/1000)
	for i := range out {
		out[i] = int16(f(i))
	}
	return out
}

func hears(pcm []int16, speech func(frame int) bool) (es []dialog.Machine) {
	m := &machine{emit: func(e dialog.Event) { es = append(es, e.(dialog.Machine)) }}
	for n := 0; len(pcm) >= media.TickSamples; n++ {
		m.frame(media.CallTime(n*media.TickSamples), pcm[:media.TickSamples], vad.Activity{Speech: speech(n)})
		pcm = pcm[media.TickSamples:]
	}
	return es
}

func never(int) bool { return false }

func TestATonesEndIsHeard(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	wave := func(hz, amp, noise float64) func(int) float64 {
		return func(i int) float64 {
			return amp*math.Sin(2*math.Pi*hz*float64(i)/media.SampleRate) + noise*r.NormFloat64()
		}
	}
	quiet := sound(400, wave(0, 0, 5))
	for _, hz := range []float64{440, 850, 1000, 1400, 2000} {
		for _, ms := range []int{200, 500, 1000} {
			pcm := append(append(sound(300, wave(0, 0, 5)), sound(ms, wave(hz, 3000, 30))...), quiet...)
			if es := hears(pcm, never); len(es) != 1 || !es[0].Tone {
				t.Errorf("%v Hz for %d ms: %+v", hz, ms, es)
			}
		}
	}
	keys := func(i int) float64 { return wave(770, 3000, 0)(i) + wave(1336, 3000, 0)(i) }
	vowel := func(i int) float64 {
		s := 0.0
		for k := 1; k <= 8; k++ {
			s += 2500 / float64(k) * math.Sin(2*math.Pi*140*float64(k)*float64(i)/media.SampleRate)
		}
		return s
	}
	for name, f := range map[string]func(int) float64{"two tones, a key": keys, "a vowel": vowel, "noise": wave(0, 0, 3000), "a hum": wave(100, 3000, 0), "a faint tone": wave(1000, 100, 0)} {
		if es := hears(append(sound(1000, f), quiet...), never); len(es) != 0 {
			t.Errorf("%s: %+v", name, es)
		}
	}
	if es := hears(append(sound(80, wave(1000, 3000, 0)), quiet...), never); len(es) != 0 {
		t.Errorf("a blip: %+v", es)
	}
}

// Who answers says hello and waits; a machine speaks on, with breaths.
func TestAMachineSpeaksOn(t *testing.T) {
	silent := sound(30000, func(int) float64 { return 0 })
	for name, c := range map[string]struct {
		speech func(frame int) bool
		want   int
	}{
		"hello":                    {func(n int) bool { return n > 20 && n < 60 }, 0},
		"hello, and again":         {func(n int) bool { return n%150 < 80 }, 0},
		"a long greeting":          {func(n int) bool { return n < 700 && n%100 < 85 }, 1},
		"a name, and a department": {func(n int) bool { return n > 20 && n < 200 }, 0},
	} {
		if es := hears(silent, c.speech); len(es) != c.want {
			t.Errorf("%s: %+v", name, es)
		}
	}
}
