package voice

import (
	"math"
	"math/rand/v2"
	"testing"

	"parley/asr/endpoint"
	"parley/dialog"
	"parley/media"
)

func ends(l string) endpoint.Options { return endpoint.Options{Language: l} }

// hearing plays sounds to an ear, one after the other from a quiet second on, and
// notes in which of its frames each event comes first.
func hearing(bot bool, sound func(i int) float64, frames int) map[string]int {
	e := newEar("en", ends)
	first := map[string]int{}
	f := 0
	note := func(what string) {
		if _, ok := first[what]; !ok {
			first[what] = f
		}
	}
	e.emit = func(ev dialog.Event) {
		switch ev.(type) {
		case dialog.Stir:
			note("stir")
		case dialog.Onset:
			note("onset")
		}
	}
	rng := rand.New(rand.NewPCG(3, 3))
	voice := make([]int16, media.TickSamples)
	for n := range 150 + frames {
		f = n - 150
		at := media.CallTime(n) * media.TickSamples
		if bot {
			for i := range voice {
				voice[i] = int16(3000 * math.Sin(float64(n*len(voice)+i)/20) * math.Abs(math.Sin(float64(n)/7)))
			}
			e.Sent(&media.Packet{At: at, PCM: voice})
		} else {
			e.Sent(&media.Packet{At: at})
		}
		pcm := make([]int16, media.TickSamples)
		for i := range pcm {
			pcm[i] = int16(8 * rng.NormFloat64())
			if f >= 0 {
				pcm[i] += int16(sound(f*len(pcm) + i))
			}
		}
		e.Arrived(&media.Packet{At: at, PCM: pcm})
	}
	return first
}

// hiss is 160 ms of a consonant, and a vowel after it.
func hiss() func(i int) float64 {
	rng := rand.New(rand.NewPCG(4, 4))
	return func(i int) (v float64) {
		if i < 160*16 {
			return 900 * rng.NormFloat64()
		}
		for h := 1; h < 20; h++ {
			v += 2500 / float64(h) * math.Sin(2*math.Pi*130*float64(h*i)/media.SampleRate)
		}
		return v
	}
}

// A word that begins with a consonant softens the bot long before it is certain
// that somebody speaks.
func TestAConsonantStirs(t *testing.T) {
	first := hearing(true, hiss(), 20)
	stir, ok := first["stir"]
	if !ok || stir > 2 {
		t.Errorf("stirred in frame %d, %v", stir, ok)
	}
	if onset, ok := first["onset"]; !ok || onset <= stir {
		t.Errorf("onset in frame %d, %v; stirred in %d", onset, ok, stir)
	}
}

// Nobody is told to speak softly who does not speak, nor for a single click.
func TestWhatDoesNotStir(t *testing.T) {
	if first := hearing(false, hiss(), 20); len(first) != 1 {
		t.Errorf("while the bot is silent: %v", first)
	}
	click := func(i int) float64 {
		if i < 100 {
			return 8000 * math.Sin(float64(i))
		}
		return 0
	}
	if first := hearing(true, click, 20); len(first) != 0 {
		t.Errorf("a click: %v", first)
	}
}

// How a turn ends goes by the language spoken now, and by the engine that hears it now.
func TestTheEndFollowsTheLanguageAndTheEngine(t *testing.T) {
	poor := "en"
	e := newEar("en", func(l string) endpoint.Options { return endpoint.Options{Language: l, Doubtful: l == poor} })
	e.emit = func(dialog.Event) {}
	if !e.endOpts.Doubtful {
		t.Error("the engine is not doubted from the start")
	}
	e.setLanguage("zh")
	if e.endOpts.Doubtful || e.endOpts.Language != "zh" {
		t.Errorf("after the language changed: %+v", e.endOpts)
	}
	e.setExpect(dialog.ExpectDigits)
	poor = "zh"
	e.onset(0, 0)
	if !e.endOpts.Doubtful || e.endOpts.Expect != endpoint.Digits {
		t.Errorf("at the next turn: %+v", e.endOpts)
	}
}
