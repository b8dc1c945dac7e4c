package care

import (
	"embed"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// The examples are our own sentences, written by people who had not seen the rules:
// a label, a tab, a sentence.
//
//go:embed examples/*.tsv
var files embed.FS

// classifier is a multinomial logistic regression over the presence of word and
// character n-grams, hashed.
type classifier struct {
	labels  []string
	weights [][]float32 // by label, then feature
	bias    []float32
}

const (
	buckets = 1 << 16
	rounds  = 12
	rate    = 0.35
	decay   = 2e-5
)

// learnt are the classifiers, made once: it takes a fraction of a second.
var learnt = sync.OnceValue(func() map[string]*classifier {
	out := map[string]*classifier{}
	plain := examples("plain") // everyday matters, in which neither ear hears anything
	for name, nothing := range map[string]string{"person": "none", "care": "normal"} {
		xs := examples(name)
		for _, x := range plain {
			xs = append(xs, example{nothing, x.x})
		}
		out[name] = train(xs)
	}
	return out
})

// examples of a name in all languages.
func examples(name string) (xs []example) {
	for _, l := range []string{"en", "zh"} {
		b, err := files.ReadFile("examples/" + name + "_" + l + ".tsv")
		if err != nil {
			panic(err) // embedded above
		}
		for line := range strings.Lines(string(b)) {
			if label, s, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
				xs = append(xs, example{label, features(fold(s))})
			}
		}
	}
	return xs
}

type example struct {
	label string
	x     []uint32
}

// features are the n-grams of a text, each once.
func features(f folded) []uint32 {
	seen := map[uint32]bool{}
	add := func(kind byte, s string) {
		h := fnv.New32a()
		_, _ = h.Write([]byte{kind})
		_, _ = h.Write([]byte(s))
		seen[h.Sum32()%buckets] = true
	}
	words := strings.Fields(noMarks.Replace(f.latin))
	ends := append(append([]string{"^"}, words...), "$")
	for i, w := range ends {
		if w != "^" && w != "$" {
			add('w', w)
			rs := []rune("<" + w + ">")
			for n := 3; n <= 5; n++ {
				for j := 0; j+n <= len(rs); j++ {
					add('c', string(rs[j:j+n]))
				}
			}
		}
		if i+1 < len(ends) {
			add('b', w+" "+ends[i+1])
		}
		if i+2 < len(ends) {
			add('t', w+" "+ends[i+1]+" "+ends[i+2])
			add('s', w+" _ "+ends[i+2])
		}
	}
	if strings.ContainsFunc(f.closely, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		rs := []rune("^" + f.closely + "$")
		for n := 1; n <= 4; n++ {
			for j := 0; j+n <= len(rs); j++ {
				add('h', string(rs[j:j+n]))
			}
		}
		for j := 0; j+2 < len(rs); j++ {
			add('g', string([]rune{rs[j], '_', rs[j+2]}))
		}
	}
	out := make([]uint32, 0, len(seen))
	for k := range seen {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// train fits the weights by stochastic gradient descent, the same each time.
func train(xs []example) *classifier {
	c := &classifier{}
	for _, x := range xs {
		if !slices.Contains(c.labels, x.label) {
			c.labels = append(c.labels, x.label)
		}
	}
	slices.Sort(c.labels)
	for range c.labels {
		c.weights = append(c.weights, make([]float32, buckets))
	}
	c.bias = make([]float32, len(c.labels))
	rng := rand.New(rand.NewPCG(1, 2))
	order := make([]int, len(xs))
	for i := range order {
		order[i] = i
	}
	for round := range rounds {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		step := float32(rate / (1 + 0.3*float64(round)))
		for _, i := range order {
			p := c.odds(xs[i].x)
			scale := step / float32(math.Sqrt(float64(len(xs[i].x)+1)))
			for k, label := range c.labels {
				g := -p[k]
				if label == xs[i].label {
					g++
				}
				c.bias[k] += step * 0.1 * g
				for _, f := range xs[i].x {
					w := &c.weights[k][f]
					*w += scale*g - decay**w
				}
			}
		}
	}
	return c
}

// odds are the probabilities of the labels, in their order.
func (c *classifier) odds(x []uint32) []float32 {
	out := make([]float32, len(c.labels))
	norm := float32(1 / math.Sqrt(float64(len(x)+1)))
	top := float32(math.Inf(-1))
	for k := range c.labels {
		s := c.bias[k]
		for _, f := range x {
			s += c.weights[k][f] * norm * 4
		}
		out[k] = s
		top = max(top, s)
	}
	sum := float32(0)
	for k := range out {
		out[k] = float32(math.Exp(float64(out[k] - top)))
		sum += out[k]
	}
	for k := range out {
		out[k] /= sum
	}
	return out
}

// at is the probability of one label among odds.
func (c *classifier) at(odds []float32, label string) float64 {
	return float64(odds[slices.Index(c.labels, label)])
}
