package endpoint

import (
	_ "embed"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"parley/asr/endpoint"
)

const (
	features    = len(endpoint.Features{})
	ridge       = 8.0 // of the weights but the first
	ridgeNear   = 5.0 // of the weights that our sentences taught: towards those
	ridgeTaught = 1.0 // of those that our sentences teach
	breaks      = 1.4 // pauses inside a sentence of ours
	folds       = 8
)

// sample is a pause to learn from.
type sample struct {
	pause
	weight float64
}

// fit learns weights from the pauses of turns, by Newton's method on the
// regularised likelihood: what the words weigh is sought near to what our own
// sentences taught.
func fit(turns []*heard) endpoint.Weights {
	prior := taught()
	all := samples(turns)
	w := newton(prior, all, ridge)
	w.Mu, w.Sigma = fitPauses(all)
	return w
}

func samples(turns []*heard) []sample {
	var all []sample
	for _, h := range turns {
		// Nothing ends: the pauses are all there.
		for _, p := range h.promptly().replay(endpoint.Options{Language: h.Language, Fixed: 1 << 40}).pauses {
			all = append(all, sample{p, 1})
		}
	}
	return all
}

func newton(prior endpoint.Weights, all []sample, ridge float64) endpoint.Weights {
	var w endpoint.Weights
	for range 25 {
		if step(&w, &prior, all, ridge) < 1e-6 {
			break
		}
	}
	return w
}

// ourSentences are whole turns, a line each, written for this.
//
//go:embed sentences.txt
var ourSentences string

// taught are the weights of words by which our sentences are told from their own
// beginnings.
var taught = sync.OnceValue(func() endpoint.Weights {
	var all []sample
	for line := range strings.Lines(ourSentences) {
		line = strings.TrimSpace(line)
		ends := wordEnds(line)
		for _, n := range ends {
			s := sample{weight: breaks / float64(max(len(ends)-1, 1))}
			if s.end = n == len(line); s.end {
				s.weight = 1
			}
			s.x = endpoint.Words(line[:n], "")
			all = append(all, s)
		}
	}
	w := newton(endpoint.Weights{}, all, ridgeTaught)
	for _, i := range endpoint.Lengths() {
		w.W[i] = 0 // sentences of ours are as long as they are
	}
	return w
})

// wordEnds are the bytes at which the words of a sentence end; a Han character is one.
func wordEnds(line string) []int {
	var out []int
	for i, r := range line {
		switch n := i + utf8.RuneLen(r); {
		case r == ' ' && i > 0:
			out = append(out, i)
		case n == len(line) || unicode.Is(unicode.Han, r):
			out = append(out, n)
		}
	}
	return slices.Compact(out)
}

// promptly is the turn with its words known as soon as they are said: what a
// pause is learnt from has all of its text.
func (h *heard) promptly() *heard {
	p := *h
	p.texts = knownWords(h.turn, len(h.frames), 0)
	return &p
}

// step is one step of Newton's method; it gives the longest change.
func step(w, prior *endpoint.Weights, all []sample, ridge float64) float64 {
	var h [features][features + 1]float64
	for i := range features {
		r := ridge
		if prior.W[i] != 0 {
			r = ridgeNear
		}
		if i == 0 {
			r = 1e-3
		}
		h[i][i] = r
		h[i][features] = -r * (w.W[i] - prior.W[i])
	}
	for _, s := range all {
		p := 1 / (1 + math.Exp(-w.Done(&s.x)))
		y := 0.0
		if s.end {
			y = 1
		}
		for i, v := range s.x {
			if v == 0 {
				continue
			}
			h[i][features] += s.weight * (y - p) * v
			for j := range features {
				h[i][j] += s.weight * p * (1 - p) * v * s.x[j]
			}
		}
	}
	most := 0.0
	for i, d := range solve(&h) {
		w.W[i] += d
		most = max(most, math.Abs(d))
	}
	return most
}

// solve is Gauss-Jordan elimination of a positive definite system.
func solve(h *[features][features + 1]float64) [features]float64 {
	for i := range features {
		pivot := h[i][i]
		for j := range h[i] {
			h[i][j] /= pivot
		}
		for k := range features {
			if f := h[k][i]; k != i && f != 0 {
				for j := range h[k] {
					h[k][j] -= f * h[i][j]
				}
			}
		}
	}
	var x [features]float64
	for i := range features {
		x[i] = h[i][features]
	}
	return x
}

// fitPauses is the likeliest log-normal of the pauses inside turns, of which none
// shorter than judged was seen.
func fitPauses(all []sample) (mu, sigma float64) {
	best := math.Inf(-1)
	least := math.Log(float64(judged) * frameS)
	for m := -1.2; m <= 0.2; m += 0.02 {
		for s := 0.3; s <= 1.0; s += 0.02 {
			tail := math.Log(math.Erfc((least-m)/(s*math.Sqrt2)) / 2)
			l := 0.0
			for _, p := range all {
				if !p.end {
					z := (math.Log(p.lasted) - m) / s
					l += -z*z/2 - math.Log(s) - tail
				}
			}
			if l > best {
				best, mu, sigma = l, m, s
			}
		}
	}
	return mu, sigma
}

// foldOf puts a base clip always into the same part.
func foldOf(base string) int {
	h := fnv.New32a()
	h.Write([]byte(base))
	return int(h.Sum32() % folds)
}

// crossed fits one set of weights for each part, on the bases of the others.
func crossed(turns []*heard) []endpoint.Weights {
	out := make([]endpoint.Weights, folds)
	for k := range out {
		var others []*heard
		for _, h := range turns {
			if foldOf(h.Base) != k {
				others = append(others, h)
			}
		}
		out[k] = fit(others)
	}
	return out
}
