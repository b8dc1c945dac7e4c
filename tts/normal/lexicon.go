package normal

import (
	"strings"
	"unicode/utf8"
)

// lexicon is words in lower case and how they are said.
type lexicon struct {
	words map[string]string
	long  int // bytes of the longest
}

func (l *lexicon) add(word, said string) {
	if l.words == nil {
		l.words = map[string]string{}
	}
	word = strings.ToLower(strings.TrimSpace(word))
	l.words[word] = said
	l.long = max(l.long, len(word))
}

// find is the longest word that text begins with, in bytes; 0 is none. A word
// ends where neither a letter nor a digit follows; a Chinese character may.
func (l *lexicon) find(text string) (n int, said string) {
	for n = min(l.long, len(text)); n > 0; n-- {
		if n < len(text) && !utf8.RuneStart(text[n]) {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(text[n:]); n < len(text) && (letter(r) || digit(r)) {
			continue
		}
		if said, ok := l.words[strings.ToLower(text[:n])]; ok {
			return n, said
		}
	}
	return 0, ""
}

// lexiconLatin says the longest entry that the lexicon has here, and its
// possessive.
func (s *scan) lexiconLatin() bool {
	rest := s.src[s.i:]
	n, said := 0, ""
	if s.chinese {
		n, said = s.n.latin[1].find(rest)
	}
	if n == 0 {
		n, said = s.n.latin[0].find(rest)
	}
	if n == 0 {
		return false
	}
	for _, of := range []string{"'s", "’s"} {
		if after, ok := strings.CutPrefix(rest[n:], of); ok {
			if r, _ := utf8.DecodeRuneInString(after); after == "" || !letter(r) && !digit(r) {
				n, said = n+len(of), said+"'s"
			}
		}
	}
	s.say(n, said)
	return true
}

// lexiconHan says the longest run of characters that the lexicon has.
func (s *scan) lexiconHan() bool {
	rest, end := s.src[s.i:], 0
	found := 0
	for k := 0; k < s.n.long && end < len(rest); k++ {
		_, w := utf8.DecodeRuneInString(rest[end:])
		end += w
		if _, ok := s.n.runs[rest[:end]]; ok {
			found = end
		}
	}
	if found == 0 {
		return false
	}
	s.say(found, s.n.runs[rest[:found]])
	return true
}
