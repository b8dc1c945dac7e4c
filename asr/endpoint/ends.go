package endpoint

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// endsFile has, a line each, five times the negative natural log of the chance
// that an English sentence ends after a word, and the words of that chance, with a
// + when they follow "he", "they", "I", "who" or "it" more than an article: finite
// verbs. They are some 6000 of the most frequent words of the general language model that
// the offline recogniser uses (pocketsphinx-en-us, BSD), by its own bigrams.
//
//go:embed ends.txt
var endsFile string

const rareEnds = -2.2 // words that are not listed: mostly nouns and names

// lexeme is what is known of a word.
type lexeme struct {
	ends float64 // ln of the chance that a sentence ends after it
	verb bool
}

var lexicon = sync.OnceValue(func() map[string]lexeme {
	m := map[string]lexeme{}
	for line := range strings.Lines(endsFile) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		n, _ := strconv.Atoi(f[0])
		for _, w := range f[1:] {
			word, verb := strings.CutSuffix(w, "+")
			_, clitic, _ := strings.Cut(word, "'")
			m[word] = lexeme{-float64(n) / 5, verb || clitic == "s" || clitic == "m" || clitic == "re" || clitic == "ll" || clitic == "d" || clitic == "ve" || clitic == "t"}
		}
	}
	return m
})

// grammar fills what is known of an English text's words.
func (r *reading) grammar(text string) {
	f := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
	r.last, r.before = rareEnds, rareEnds
	sinceVerb := -1
	for i, w := range f {
		l, known := lexicon()[w]
		if !known {
			l.ends = rareEnds
		}
		r.before, r.last = r.last, l.ends
		if sinceVerb >= 0 {
			sinceVerb++
		}
		if l.verb {
			r.verbs++
			sinceVerb = 0
		}
		if subordinates[w] && (w != "that" || i > 1) && !(i == 0 && asks(f)) {
			r.clauses++
		}
	}
	r.object = sinceVerb
}
