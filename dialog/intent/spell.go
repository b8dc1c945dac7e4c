package intent

import (
	"strings"
	"unicode"
)

// words that the examples know, with how often they use them.
func vocabulary(data []example) map[string]int {
	out := map[string]int{}
	for _, d := range data {
		for _, w := range split(strings.ToLower(d.text)) {
			if r := []rune(w); unicode.IsLetter(r[0]) && !unicode.Is(unicode.Han, r[0]) {
				out[w]++
			}
		}
	}
	return out
}

// mend puts words that no example knows, one slip of the fingers away from one that it
// knows, in that word's place: "retrun", "oder".
func (m *Model) mend(text string) string {
	var b strings.Builder
	word := func(w string) {
		low := strings.ToLower(w)
		if len(w) >= 4 && m.words[low] == 0 && !strings.ContainsFunc(w, func(r rune) bool { return r >= unicode.MaxASCII || !unicode.IsLetter(r) }) {
			best, n := "", 0
			for k, c := range m.words {
				if (c > n || c == n && k < best) && len(k) >= 4 && slip(low, k) {
					best, n = k, c
				}
			}
			if best != "" {
				w = best
			}
		}
		b.WriteString(w)
	}
	start := -1
	for i, r := range text {
		letter := unicode.IsLetter(r) || r == '\''
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			word(text[start:i])
			start = -1
		}
		if !letter {
			b.WriteRune(r)
		}
	}
	if start >= 0 {
		word(text[start:])
	}
	return b.String()
}

// slip reports whether one letter too many, too few, or another, or two exchanged, make a of b.
func slip(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	if len(a)-len(b) > 1 {
		return false
	}
	i := 0
	for i < len(b) && a[i] == b[i] {
		i++
	}
	switch {
	case i == 0 && len(a) == len(b) && (len(b) < 2 || a[0] != b[1] || a[1] != b[0]):
		return false // another first letter is another word
	case len(a) > len(b):
		return a[i+1:] == b[i:]
	case i == len(b):
		return true
	}
	return len(b) > 4 && a[i+1:] == b[i+1:] || i+1 < len(b) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}
