package marks

import "math"

// Time is when a word is said, in samples at 16 kHz from the start of the audio.
type Time struct{ Start, End int64 }

// priorSyllable is how many frames a syllable lasts in a voice that has not been
// heard yet; a little slow, so that words are not counted too soon.
const priorSyllable = 19.0

// Align estimates when the words are said in audio of which e is known; whole
// says that no more will come. rate is the tempo asked for, 1 is normal. Words
// that the audio has not reached lie beyond its end.
func Align(ws []Word, e *Envelope, whole bool, rate float64) []Time {
	if len(ws) == 0 {
		return nil
	}
	voiced := e.voiced()
	gs, begin, end := gaps(voiced)
	syllable := priorSyllable / rate
	if whole {
		syllable = float64(sounding(voiced, begin, end)) / total(ws)
	}
	a := aligner{ws: ws, voiced: voiced, gaps: gs, syllable: syllable}
	return a.times(a.anchors(begin, end, whole), whole)
}

func total(ws []Word) (t float64) {
	for _, w := range ws {
		t += w.Weight
	}
	return max(t, 0.1)
}

func sounding(voiced []bool, from, to int) (n int) {
	for _, v := range voiced[from:to] {
		if v {
			n++
		}
	}
	return n
}

type aligner struct {
	ws       []Word
	voiced   []bool
	gaps     []gap
	syllable float64 // frames a unit of weight lasts
}

// anchor says that the words before word end by frame end, and word begins at
// frame start.
type anchor struct {
	word       int
	end, start int
}

// anchors pairs the text's likely pauses with the audio's, in order, so that the
// stretches between last as long as their words should.
func (a *aligner) anchors(begin, end int, whole bool) []anchor {
	nodes := []anchor{{0, begin, begin}} // every pairing that may be, from the left
	type state struct {
		cost float64
		prev int
	}
	states := []state{{0, -1}}
	sums := a.sums()
	heard := make([]int, len(a.voiced)+1)
	for i, v := range a.voiced {
		heard[i+1] = heard[i]
		if v {
			heard[i+1]++
		}
	}
	consider := func(n anchor, bonus float64) {
		best := state{math.Inf(1), -1}
		for k := len(nodes) - 1; k >= 0; k-- {
			p := nodes[k]
			if p.word >= n.word || p.start >= n.end {
				continue
			}
			c := states[k].cost + a.misfit(sums[n.word]-sums[p.word], heard[n.end]-heard[p.start])
			if c < best.cost {
				best = state{c, k}
			}
		}
		if best.prev >= 0 {
			nodes, states = append(nodes, n), append(states, state{best.cost - bonus, best.prev})
		}
	}
	const window = 4.0 // seconds of pairing that are looked at around the expected place
	for i, w := range a.ws[:len(a.ws)-1] {
		if w.Break == 0 || len(nodes) > 400 {
			continue
		}
		for _, g := range a.gaps {
			expected := float64(heard[begin]) + sums[i+1]*a.syllable
			if math.Abs(expected-float64(heard[g.start])) < window*100 {
				consider(anchor{i + 1, g.start, g.end}, w.Break*math.Min(float64(g.end-g.start), 30)*0.1)
			}
		}
	}
	last := 0
	if whole {
		consider(anchor{len(a.ws), end, end}, 0)
		last = len(nodes) - 1
	} else {
		for k := range nodes {
			if states[k].cost < states[last].cost {
				last = k
			}
		}
	}
	var path []anchor
	for k := last; k >= 0; k = states[k].prev {
		path = append(path, nodes[k])
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}

// misfit is the cost of saying words of this weight in so many frames.
func (a *aligner) misfit(weight float64, frames int) float64 {
	d := math.Log((float64(frames) + 5) / (weight*a.syllable + 5))
	return 12 * d * d * math.Sqrt(weight)
}

func (a *aligner) sums() []float64 {
	s := make([]float64, len(a.ws)+1)
	for i, w := range a.ws {
		s[i+1] = s[i] + w.Weight
	}
	return s
}

// times spreads the words between anchors over the frames that sound.
func (a *aligner) times(path []anchor, whole bool) []Time {
	ts := make([]Time, len(a.ws))
	for k := 0; k+1 < len(path); k++ {
		p, n := path[k], path[k+1]
		a.spread(ts[p.word:n.word], a.ws[p.word:n.word], p.start, n.end, 0)
	}
	if p := path[len(path)-1]; p.word < len(a.ws) {
		syllable := a.syllable
		if whole {
			syllable = 0
		}
		a.spread(ts[p.word:], a.ws[p.word:], p.start, len(a.voiced), syllable)
	}
	return ts
}

// spread places words over the sounding frames of [from, to): all of them when
// syllable is 0, else at that pace, and on beyond the end.
func (a *aligner) spread(ts []Time, ws []Word, from, to int, syllable float64) {
	if syllable == 0 {
		syllable = float64(sounding(a.voiced, from, max(to, from))) / total(ws)
	}
	f, said, want := from, 0.0, 0.0
	for i, w := range ws {
		ts[i].Start = int64(f) * FrameSamples
		for want += w.Weight * syllable; said < want-0.5; f++ {
			if f >= to || a.voiced[f] {
				said++
			}
		}
		ts[i].End = int64(f) * FrameSamples
		for f < to && !a.voiced[f] {
			f++
		}
	}
}
