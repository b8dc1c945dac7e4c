package normal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Options of a Normalizer. The zero value works.
type Options struct {
	// Lexicon says how a word is to be pronounced, by language ("en", "zh"),
	// then by the word, whole and in any case.
	Lexicon map[string]map[string]string
}

// Normalizer makes text speakable. It may be used by many goroutines.
type Normalizer struct{ o Options }

// New returns a Normalizer.
func New(o Options) *Normalizer { return &Normalizer{o: o} }

// Speakable is (&Normalizer{}).Speakable.
func Speakable(text, language string) Text { return (&Normalizer{}).Speakable(text, language) }

// Speakable makes text, whose main language is the BCP 47 tag language,
// speakable. A nil Normalizer is one without options.
func (n *Normalizer) Speakable(text, language string) Text {
	b := &builder{src: text}
	for i := 0; i < len(text); {
		r, w := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && w == 1, strings.ContainsRune("*_`#", r):
		case unicode.IsSpace(r):
			if b.out.Len() > 0 {
				b.add(i, i+w, " ")
			}
		case unicode.IsControl(r):
		default:
			b.add(i, i+w, text[i:i+w])
		}
		i += w
	}
	return b.text()
}
