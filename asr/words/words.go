// Package words splits what was said into comparable words: lower case, no
// punctuation, each Han character by itself.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split gives the words of a text.
func Split(text string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			out = append(out, string(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		case r == '\'' || r == '’':
		default:
			flush()
		}
	}
	flush()
	return out
}

// Han reports whether a word is a Han character.
func Han(w string) bool {
	for _, r := range w {
		return unicode.Is(unicode.Han, r)
	}
	return false
}

// Join puts pieces of a text together: with a blank where one belongs between
// them, which is not beside a Han character or its punctuation.
func Join(pieces ...string) string {
	var b strings.Builder
	var last rune
	for _, p := range pieces {
		p = strings.TrimSpace(p)
		if p == "" {
			continue
		}
		first, _ := utf8.DecodeRuneInString(p)
		if last != 0 && !(wide(last) || wide(first)) && !unicode.IsPunct(first) {
			b.WriteByte(' ')
		}
		b.WriteString(p)
		last, _ = utf8.DecodeLastRuneInString(p)
	}
	return b.String()
}

// wide reports whether a rune is written without blanks around it.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}
