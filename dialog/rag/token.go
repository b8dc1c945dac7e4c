package rag

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"
)

// A term is what the index looks up: a stem, a Han character or pair, a name, a
// trigram of letters or a pair of syllables, packed or hashed into 64 bits. The
// low three bits tell the kinds apart, so that no two kinds meet; 0 is no term.
// The same word is the same term in every process: snapshots rely on it.
type term uint64

const (
	kindStem term = iota + 1
	kindHan
	kindHanPair
	kindName
	kindTrigram
	kindSyllables
)

// field says which of a passage's two fields a term belongs to.
type field uint8

const (
	byWord  field = iota // what is written
	bySound              // what it sounds like or nearly spells: survives recognition errors
	fields  = 2
)

func (t term) field() field {
	if t&7 >= kindTrigram {
		return bySound
	}
	return byWord
}

// maxWord bounds what is taken for a word, in bytes: longer runs are no language.
const maxWord = 48

// analyser turns text into terms. It remembers stems; one goroutine at a time.
type analyser struct {
	stems map[string]term // by lower-case word; 0 is a stop word
	buf   []letter        // of the words of the clause so far, for trigrams
}

// letter is one of a word that is no stop word.
type letter struct {
	r  rune
	of term
}

// maxStems bounds the memory of stems: a vocabulary is smaller, noise is not.
const maxStems = 200_000

func newAnalyser() *analyser { return &analyser{stems: map[string]term{}} }

// hash is 64-bit FNV-1a, stirred so that its low bits are as good as its high ones.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return stir(h)
}

func stir(h uint64) uint64 {
	h = (h ^ h>>32) * 0xD6E8FEB86659FD93
	return h ^ h>>32
}

// terms calls emit for each term of the text, repetitions included. Of a term by
// sound it also gives the term by word whose sound it is, else 0.
func (a *analyser) terms(text string, emit func(t, of term)) {
	a.buf = a.buf[:0]
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case unicode.Is(unicode.Han, r):
			end := runEnd(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			a.trigrams(emit)
			a.han(text[:end], emit)
			text = text[end:]
		case wordRune(r):
			end := runEnd(text, func(r rune) bool { return wordRune(r) && !unicode.Is(unicode.Han, r) })
			a.compound(text[:end], emit)
			text = text[end:]
		default:
			if r != ' ' && r != '-' && r != '\t' && r != '\n' {
				a.trigrams(emit)
			}
			text = text[n:]
		}
	}
	a.trigrams(emit)
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' || r == '’' || r == '-' || unicode.Is(unicode.Mn, r)
}

func runEnd(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

// compound handles a run of letters, digits, apostrophes and hyphens: its parts,
// and "wi-fi" as "wifi" too.
func (a *analyser) compound(s string, emit func(t, of term)) {
	s = strings.Trim(s, "-'’")
	if !strings.Contains(s, "-") {
		a.word(s, emit)
		return
	}
	parts := strings.Split(s, "-")
	for _, p := range parts {
		a.word(p, emit)
	}
	if joined := strings.Join(parts, ""); len(parts) == 2 && len(joined) <= maxWord {
		if t := a.stem(joined); t != 0 {
			emit(t, 0)
		}
	}
}

func (a *analyser) word(w string, emit func(t, of term)) {
	if w == "" || len(w) > maxWord {
		return
	}
	if t := a.stem(w); t != 0 {
		emit(t, 0)
		for _, r := range lower(w) {
			a.buf = append(a.buf, letter{r, t})
		}
	}
}

// stem gives the term of a word, 0 for a stop word.
func (a *analyser) stem(w string) term {
	w = lower(w)
	if t, ok := a.stems[w]; ok {
		return t
	}
	t := term(0)
	if !stopWords[w] && w != "" {
		t = term(hash(english.Stem(w, false))<<3) | kindStem
	}
	if len(a.stems) < maxStems {
		a.stems[strings.Clone(w)] = t
	}
	return t
}

// lower folds a word: case, curly apostrophes, the possessive.
func lower(w string) string {
	w = strings.ToLower(w)
	if strings.ContainsAny(w, "'’") {
		w = strings.ReplaceAll(w, "’", "'")
		w = strings.TrimSuffix(w, "'s")
		if !stopWords[w] {
			w = strings.ReplaceAll(w, "'", "")
		}
	}
	return w
}

// trigrams emits those of the letters gathered, across the borders of words:
// "head phones" has nearly those of "headphones".
func (a *analyser) trigrams(emit func(t, of term)) {
	for i := 0; i+2 < len(a.buf); i++ {
		x, y, z := a.buf[i], a.buf[i+1], a.buf[i+2]
		emit(term(x.r&0xFFFFF)<<43|term(y.r&0xFFFFF)<<23|term(z.r&0xFFFFF)<<3|kindTrigram, y.of)
	}
	a.buf = a.buf[:0]
}

// han emits characters, pairs, and pairs of syllables.
func (a *analyser) han(s string, emit func(t, of term)) {
	var last rune
	var lastSyllable syllable
	for _, r := range s {
		if !stopHan[r] {
			emit(term(r)<<3|kindHan, 0)
		}
		syl := soundOf(r)
		if last != 0 {
			pair := pairOf(last, r)
			emit(pair, 0)
			if syl != 0 && lastSyllable != 0 {
				emit(term(lastSyllable)<<19|term(syl)<<3|kindSyllables, pair)
			}
		}
		last, lastSyllable = r, syl
	}
}

func pairOf(a, b rune) term { return term(a)<<24 | term(b)<<3 | kindHanPair }

// idle reports whether a character of a pair carries no subject by itself.
func (t term) idle() bool { return stopHan[rune(t>>24)] || stopHan[rune(t>>3&0x1FFFFF)] }
