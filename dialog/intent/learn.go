package intent

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
)

const (
	epochs = 15
	rate   = 5    // of AdaGrad
	decay  = 1e-5 // of the weights
)

// weights of a softmax model: by feature, for each class.
type weights struct {
	classes int
	of      map[string][]float64
	bias    []float64
}

// sparse is an example ready to be learnt from.
type sparse struct {
	ids   []int
	x     []float64
	class int
}

// learn fits the model. Beside each example it learns from one with a word missing, as
// recognisers lose them. The same examples give the same model.
func learn(data []example, classes, rounds int) weights {
	r := rand.New(rand.NewPCG(3, 4))
	index := map[string]int{}
	var all []sparse
	for _, d := range data {
		all = append(all, ready(features(d.text), index, d.class))
		if t := thinned(d.text, r); t != "" && d.text == d.origin {
			all = append(all, ready(features(t), index, d.class))
		}
	}
	w, g := make([]float64, len(index)*classes), make([]float64, len(index)*classes)
	bias, biasG := make([]float64, classes), make([]float64, classes)
	p := make([]float64, classes)
	for range rounds {
		for _, i := range r.Perm(len(all)) {
			s := all[i]
			scores(p, w, bias, s.ids, s.x)
			for c := range p {
				e := p[c]
				if c == s.class {
					e--
				}
				for k, id := range s.ids {
					j := id*classes + c
					d := e*s.x[k] + decay*w[j]
					g[j] += d * d
					w[j] -= rate * d / (1 + math.Sqrt(g[j])*4)
				}
				biasG[c] += e * e
				bias[c] -= 0.1 * e / (1 + math.Sqrt(biasG[c]))
			}
		}
	}
	out := weights{classes: classes, of: make(map[string][]float64, len(index)), bias: bias}
	for name, id := range index {
		out.of[name] = w[id*classes : (id+1)*classes]
	}
	return out
}

func ready(v vector, index map[string]int, class int) sparse {
	names := make([]string, 0, len(v))
	for k := range v {
		names = append(names, k)
	}
	slices.Sort(names) // the same order each time
	s := sparse{class: class}
	for _, k := range names {
		id, ok := index[k]
		if !ok {
			id = len(index)
			index[k] = id
		}
		s.ids, s.x = append(s.ids, id), append(s.x, v[k])
	}
	return s
}

// scores writes the probabilities of the classes into p.
func scores(p, w, bias []float64, ids []int, x []float64) {
	n := len(p)
	copy(p, bias)
	for k, id := range ids {
		row := w[id*n : id*n+n]
		for c := range p {
			p[c] += row[c] * x[k]
		}
	}
	softmax(p)
}

func softmax(p []float64) {
	top := slices.Max(p)
	sum := 0.0
	for c := range p {
		p[c] = math.Exp(p[c] - top)
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
}

// likeliest gives the likeliest class but None, and its probability.
func (w weights) likeliest(v vector) (class int, probability float64) {
	p := make([]float64, w.classes)
	copy(p, w.bias)
	for k, x := range v {
		if row, ok := w.of[k]; ok {
			for c := range p {
				p[c] += row[c] * x
			}
		}
	}
	softmax(p)
	for c := 1; c < w.classes; c++ {
		if p[c] > probability {
			class, probability = c, p[c]
		}
	}
	return class, probability
}

// thinned is a text without one of its words, or two of its characters; "" when it is
// too short for that.
func thinned(text string, r *rand.Rand) string {
	rs := []rune(text)
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		if len(rs) < 7 {
			return ""
		}
		i := r.IntN(len(rs) - 1)
		return string(rs[:i]) + string(rs[i+2:])
	}
	words := strings.Fields(text)
	if len(words) < 4 {
		return ""
	}
	i := r.IntN(len(words))
	return strings.Join(slices.Delete(words, i, i+1), " ")
}
