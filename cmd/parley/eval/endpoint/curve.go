package endpoint

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"parley/asr/endpoint"
)

const (
	toleranceS = 0.1  // a decision so long before the end of speech is still at it
	never      = 3.5  // the delay of a decision that does not come: what follows the speech
	resamples  = 1000 // of the bootstrap
)

// Point is an operating point: what it costs in cuts and in waiting.
type Point struct {
	Setting float64 `json:"setting"` // the risk, or the timer in ms
	Cut     float64 `json:"cut"`     // share of turns
	DelayMS float64 `json:"delay_ms"`
}

// sums of the turns of a base at one operating point.
type sums struct{ n, cut, delay float64 }

// tally is a curve before it is drawn: sums by operating point and base.
type tally struct {
	settings []float64
	bases    []string
	at       [][]sums // by setting, by base
}

func newTally(settings []float64, bases []string) *tally {
	t := &tally{settings: settings, bases: bases, at: make([][]sums, len(settings))}
	for i := range t.at {
		t.at[i] = make([]sums, len(bases))
	}
	return t
}

func (t *tally) add(setting int, base string, cut bool, delay float64) {
	s := &t.at[setting][slices.Index(t.bases, base)]
	s.n++
	s.delay += delay
	if cut {
		s.cut++
	}
}

// points are the curve for bases drawn so often each; nil is each once.
func (t *tally) points(times []int) []Point {
	out := make([]Point, len(t.settings))
	for i := range out {
		var s sums
		for b, x := range t.at[i] {
			k := 1.0
			if times != nil {
				k = float64(times[b])
			}
			s.n, s.cut, s.delay = s.n+k*x.n, s.cut+k*x.cut, s.delay+k*x.delay
		}
		out[i] = Point{t.settings[i], s.cut / max(s.n, 1), 1000 * s.delay / max(s.n, 1)}
	}
	return out
}

// delayAt is the least mean delay with at most that share of turns cut; -1 when no
// setting cuts so few.
func delayAt(points []Point, share float64) float64 {
	best := -1.0
	for _, p := range points {
		if p.Cut <= share+1e-9 && (best < 0 || p.DelayMS < best) {
			best = p.DelayMS
		}
	}
	return best
}

// judge tells what became of a turn: whether it was cut, and how late its end
// was decided.
func (o outcome) judge(end float64) (cut bool, delay float64) {
	for _, d := range o.decided {
		if d >= end-toleranceS {
			return cut, d - end
		}
		cut = true
	}
	return cut, never
}

// risks are the operating points of the endpointer.
func risks() []float64 {
	var out []float64
	for z := -6.0; z <= 4; z += 0.2 {
		out = append(out, 1/(1+math.Exp(-z)))
	}
	return out
}

// timers are the fixed timers in ms.
func timers() []float64 {
	var out []float64
	for ms := 200.0; ms <= 2400; ms += 20 {
		out = append(out, ms)
	}
	return out
}

// onTrueSilences is what a timer does that hears perfectly: its delay is itself.
func onTrueSilences(turns []*heard, bases []string) *tally {
	t := newTally(timers(), bases)
	for _, h := range turns {
		longest := 0.0
		for _, p := range h.pauses {
			longest = max(longest, p.to-p.from)
		}
		for i, ms := range t.settings {
			t.add(i, h.Base, longest >= ms/1000-1e-9, ms/1000)
		}
	}
	return t
}

// swept runs every turn at every operating point that options makes.
func swept(turns []*heard, bases []string, settings []float64, options func(h *heard, setting float64) endpoint.Options) *tally {
	t := newTally(settings, bases)
	for _, h := range turns {
		for i, s := range settings {
			cut, delay := h.replay(options(h, s)).judge(h.end)
			t.add(i, h.Base, cut, delay)
		}
	}
	return t
}

func fixed(h *heard, ms float64) endpoint.Options {
	return endpoint.Options{Language: h.Language, Fixed: time.Duration(ms) * time.Millisecond}
}

// Interval is a figure with its 95 % interval over base clips.
type Interval struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// bootstrap gives f of all bases, and its interval over bases drawn anew.
func bootstrap(bases int, f func(times []int) float64) Interval {
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, resamples)
	for i := range values {
		times := make([]int, bases)
		for range bases {
			times[rng.IntN(bases)]++
		}
		values[i] = f(times)
	}
	slices.Sort(values)
	return Interval{f(nil), values[resamples*25/1000], values[resamples*975/1000]}
}
