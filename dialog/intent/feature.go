package intent

import (
	"math"
	"strings"
	"unicode"

	"parley/dialog/english"
	"parley/dialog/rag"
)

// vector is features with their weights, of length 1.
type vector map[string]float64

// postings are vectors by feature, so that one is compared with all of them at once.
type postings map[string][]posting

type posting struct {
	i int // of the vector
	x float64
}

func (p postings) add(i int, v vector) {
	for k, x := range v {
		p[k] = append(p[k], posting{i, x})
	}
}

// nearest is the cosine of v and the vector most like it. dots is room for one number
// for each vector.
func (p postings) nearest(v vector, dots []float64) float64 {
	clear(dots)
	for k, x := range v {
		for _, of := range p[k] {
			dots[of.i] += x * of.x
		}
	}
	best := 0.0
	for _, d := range dots {
		best = max(best, d)
	}
	return best
}

// How much the kinds of features count.
const (
	ofWord    = 1.0
	ofPair    = 0.8
	ofLetters = 0.35
	ofSound   = 0.5
	ofHan     = 0.5
	ofHanPair = 1.0
	ofHanSkip = 0.5
	ofShape   = 0.6
	ofIdea    = 1.2
	ofIdeas   = 0.6
)

// longest is how much of an utterance is looked at, in bytes.
const longest = 1500

// features of a text: stems and pairs of them, trigrams of letters, consonants as they
// sound; characters, pairs, and pairs of syllables; whether it asks.
func features(text string) vector {
	text = strings.ToLower(strings.ToValidUTF8(text[:min(len(text), longest)], ""))
	v := vector{}
	var words []string
	var hans [][]rune
	for _, w := range split(text) {
		if r := []rune(w); unicode.Is(unicode.Han, r[0]) {
			hans = append(hans, r)
			v.han(r)
			continue
		}
		words = append(words, w)
	}
	v.words(words)
	v.ideas(words, hans)
	if strings.ContainsAny(text, "?？") {
		v["shape ?"] = ofShape / 2
	}
	return v.unit()
}

// split gives words, and Han characters in runs; numbers become one word.
func split(text string) []string {
	var out []string
	start, kind := 0, 0
	rs := []rune(text)
	of := func(r rune) int {
		switch {
		case unicode.Is(unicode.Han, r):
			return 1
		case unicode.IsDigit(r):
			return 2
		case unicode.IsLetter(r) || r == '\'' || r == '’':
			return 3
		}
		return 0
	}
	add := func(end int) {
		switch kind {
		case 1:
			out = append(out, string(rs[start:end]))
		case 2:
			out = append(out, "#")
		case 3:
			if w := strings.Trim(strings.ReplaceAll(string(rs[start:end]), "’", "'"), "'"); w != "" {
				out = append(out, w)
			}
		}
	}
	for i, r := range rs {
		if k := of(r); k != kind {
			add(i)
			start, kind = i, k
		}
	}
	add(len(rs))
	return out
}

func (v vector) words(words []string) {
	last, lastSound := "^", ""
	for i, w := range words {
		s := w
		if w != "#" {
			s = english.Stem(w)
		}
		v["w "+s] = ofWord * v.rarity(s)
		v["p "+last+" "+s] = ofPair
		if i == 0 {
			v["shape "+s] = ofShape
		}
		last = s
		padded := "_" + w + "_"
		for j := 0; j+3 <= len(padded) && len(w) > 3; j++ {
			v["t "+padded[j:j+3]] = ofLetters
		}
		if s := skeleton(w); len(s) > 1 {
			v["s "+s] = ofSound
			if lastSound != "" {
				v["s "+lastSound+" "+s] = ofSound / 2
			}
			lastSound = s
		}
	}
}

// common are words that say little of a matter.
var common = map[string]bool{"the": true, "a": true, "an": true, "i": true, "to": true, "it": true, "is": true, "of": true, "and": true, "my": true, "for": true, "on": true, "in": true, "that": true, "this": true, "please": true, "pleas": true, "you": true, "me": true, "just": true, "with": true, "hi": true, "hello": true, "um": true, "uh": true, "so": true, "well": true}

func (v vector) rarity(stem string) float64 {
	if common[stem] {
		return 0.3
	}
	return 1
}

func (v vector) han(rs []rune) {
	for i, r := range rs {
		v["h "+string(r)] = ofHan
		if i == 0 {
			continue
		}
		v["hh "+string(rs[i-1:i+1])] = ofHanPair
		if i > 1 {
			v["hs "+string(rs[i-2])+string(r)] = ofHanSkip
		}
		a, b := rag.SoundOf(rs[i-1]), rag.SoundOf(r)
		if a != 0 && b != 0 {
			v["y "+string([]rune{rune(a) + 0x100, rune(b) + 0x100})] = ofSound
		}
	}
	if n := len(rs); n > 0 {
		v["he "+string(rs[n-1])] = ofShape / 2 // 吗, 吧, 了
	}
}

// skeleton is a word by its consonants, those that sound alike being one.
func skeleton(w string) string {
	var b strings.Builder
	last := byte(0)
	for i := range len(w) {
		c := w[i]
		switch c {
		case 'c', 'q', 'g', 'j':
			c = 'k'
		case 'z', 'x':
			c = 's'
		case 'd':
			c = 't'
		case 'b':
			c = 'p'
		case 'v':
			c = 'f'
		case 'm':
			c = 'n'
		}
		if strings.IndexByte("ksptfnlr", c) < 0 {
			if i == 0 && c < 0x80 {
				b.WriteByte('*')
			}
			last = 0
			continue
		}
		if c != last {
			b.WriteByte(c)
		}
		last = c
	}
	return b.String()
}

func (v vector) unit() vector {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	if sum == 0 {
		return v
	}
	n := 1 / math.Sqrt(sum)
	for k := range v {
		v[k] *= n
	}
	return v
}
