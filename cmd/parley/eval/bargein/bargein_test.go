package bargein

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"parley/media"
	"parley/tts"
	"parley/tts/local"
)

// by is a text as the local voice says it, in silence.
func by(t *testing.T, v *memo, text string, name string) sample {
	t.Helper()
	sp, err := v.Synthesize(context.Background(), text, tts.Voice{Language: "en", Rate: 1})
	if err != nil {
		t.Fatal(err)
	}
	pcm := sp.(*replay).pcm
	s := sample{File: name, Language: "en", Text: text, pcm: pcm, onset: media.CallTime(firstSound(pcm)), end: media.CallTime(len(pcm))}
	for s.end > 0 && pcm[s.end-1] < 120 && pcm[s.end-1] > -120 {
		s.end--
	}
	return s
}

// cough is two bursts of noise.
func cough() sample {
	rng := rand.New(rand.NewPCG(2, 2))
	pcm := make([]int16, 9600)
	last := 0.0
	for i := range pcm {
		last = 0.6*last + rng.NormFloat64()
		pcm[i] = int16(3000 * last * math.Exp(-float64(i%4800)/1500))
	}
	return sample{File: "noise_cough_0", Language: "-", pcm: pcm, end: 9600}
}

func TestWhatStopsTheBot(t *testing.T) {
	v := newMemo(local.New(local.Options{}))
	believe, err := believer(context.Background(), "words", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = alone(func() error {
		for _, c := range []struct {
			s     sample
			stops bool
		}{{by(t, v, "okay", "bc_okay"), false}, {cough(), false}, {by(t, v, "stop", "stop_stop"), true},
			{by(t, v, "where is the parcel that you sent", "stop_cut_en"), true}} {
			x, err := interrupt(v, c.s, places[0], believe, 1)
			if err != nil {
				return err
			}
			if (x.Yield != never) != c.stops || x.Duck == never || x.Duck > 200*time.Millisecond {
				t.Errorf("%s: %+v", c.s.File, x)
			}
			if !c.stops && x.Hush != never && (x.Resumed == never || x.Resumed > 500*time.Millisecond) {
				t.Errorf("%s does not let the bot go on: %+v", c.s.File, x)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEchoDoesNotStopItAndACustomerOverItDoes(t *testing.T) {
	v := newMemo(local.New(local.Options{}))
	pool := map[string][]string{"en": {"You can return unworn items within thirty days of delivery.", "Your parcel is handed to the carrier the same evening.",
		"The money is back on your card after two working days.", "Please keep the number of the label until then."}}
	who := by(t, v, "no wait where is the other parcel", "stop_cut_en")
	err := alone(func() error {
		for i := range 3 {
			s, x, err := newScene(v, pool, 4*i, 9)
			if err != nil {
				return err
			}
			if x, err = echoes(v, s, x, 9); err != nil {
				return err
			}
			if x.Yields > 0 || len(x.Turns) > 0 || x.Bot < 5*time.Second {
				t.Errorf("%+v", x)
			}
			if s, x, err = newScene(v, pool, 4*i, 9); err != nil {
				return err
			}
			d, err := double(v, s, x, who, true, 9)
			if err != nil {
				return err
			}
			if d.Yield == never || d.Yield > 1200*time.Millisecond {
				t.Errorf("%+v", d)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestIntervals(t *testing.T) {
	low, high := share{K: 5, N: 100}.interval()
	if math.Abs(low-2.15) > 0.05 || math.Abs(high-11.18) > 0.05 {
		t.Errorf("5 of 100: %.2f–%.2f", low, high)
	}
}
