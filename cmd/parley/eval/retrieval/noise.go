package retrieval

import (
	"math/rand/v2"
	"strings"
	"unicode"

	"parley/dialog/rag"
)

// garbler spoils words as recognition spoils them: by words of the vocabulary
// that look alike (English), by characters of the same or nearly the same sound
// (Chinese), by words lost, split and run together.
type garbler struct {
	rnd   *rand.Rand
	alike map[string][]string // words of the vocabulary by spelling key
	han   map[uint16][]rune   // characters of the corpus by sound
}

func newGarbler(ps []rag.Passage, seed uint64) *garbler {
	g := &garbler{rnd: rand.New(rand.NewPCG(seed, 1)), alike: map[string][]string{}, han: map[uint16][]rune{}}
	words, runes := map[string]bool{}, map[rune]bool{}
	for _, p := range ps {
		for _, w := range strings.FieldsFunc(p.Title+" "+p.Text, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if r := []rune(w)[0]; unicode.Is(unicode.Han, r) {
				for _, r := range w {
					if unicode.Is(unicode.Han, r) && !runes[r] {
						runes[r] = true
						g.han[rag.SoundOf(r)] = append(g.han[rag.SoundOf(r)], r)
					}
				}
				continue
			}
			if w = strings.ToLower(w); !words[w] && len(w) < 24 {
				words[w] = true
				g.alike[spelling(w)] = append(g.alike[spelling(w)], w)
			}
		}
	}
	return g
}

// spelling is what remains of a word when vowels are alike and consonants are
// those of their class: what a recogniser confuses.
func spelling(w string) string {
	var b strings.Builder
	last := byte(0)
	for _, r := range w {
		c := byte('-')
		switch {
		case strings.ContainsRune("aeiouy", r):
			c = 'a'
		case strings.ContainsRune("bpfv", r):
			c = 'p'
		case strings.ContainsRune("dt", r):
			c = 't'
		case strings.ContainsRune("ckqgj", r):
			c = 'k'
		case strings.ContainsRune("szx", r):
			c = 's'
		case strings.ContainsRune("mn", r):
			c = 'n'
		case strings.ContainsRune("lr", r):
			c = 'l'
		case r == 'h' || r == 'w':
			continue
		}
		if c != last {
			b.WriteByte(c)
		}
		last = c
	}
	return b.String()
}

// spoil garbles each word, or Han character, with probability p.
func (g *garbler) spoil(text string, p float64) string {
	var b strings.Builder
	for i, w := range strings.Fields(text) {
		if i > 0 {
			b.WriteByte(' ')
		}
		if isHan(w) {
			g.spoilHan(&b, w, p)
			continue
		}
		if g.rnd.Float64() >= p {
			b.WriteString(w)
			continue
		}
		g.spoilWord(&b, strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })))
	}
	return b.String()
}

// isHan tells whether a word has Han characters.
func isHan(w string) bool {
	return strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func (g *garbler) spoilWord(b *strings.Builder, w string) {
	alike := g.alike[spelling(w)]
	switch x := g.rnd.Float64(); {
	case x < 0.6 && len(alike) > 1:
		for {
			if o := alike[g.rnd.IntN(len(alike))]; o != w {
				b.WriteString(o)
				return
			}
		}
	case x < 0.8 && len(w) > 5:
		at := 2 + g.rnd.IntN(len(w)-4)
		b.WriteString(w[:at] + " " + w[at:])
	case x < 0.9 && len(w) > 3: // an ending misheard
		b.WriteString(w[:len(w)-2] + "er")
	default: // lost
	}
}

func (g *garbler) spoilHan(b *strings.Builder, w string, p float64) {
	for _, r := range w {
		if !unicode.Is(unicode.Han, r) || g.rnd.Float64() >= p {
			b.WriteRune(r)
			continue
		}
		if alike := g.han[rag.SoundOf(r)]; len(alike) > 1 && g.rnd.Float64() < 0.9 {
			b.WriteRune(alike[g.rnd.IntN(len(alike))])
		}
	}
}
