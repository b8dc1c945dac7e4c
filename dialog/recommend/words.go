package recommend

import (
	"regexp"
	"strings"
	"unicode"
)

// fold brings a text into comparable form: lower case, without punctuation, words one blank
// apart, and a blank on both sides of each Han character.
func fold(text string) string {
	var b strings.Builder
	gap := true
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			if !gap {
				b.WriteByte(' ')
			}
			b.WriteRune(r)
			b.WriteByte(' ')
			gap = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
			gap = false
		case r == '\'' || r == '’':
		case !gap:
			b.WriteByte(' ')
			gap = true
		}
	}
	return strings.TrimSpace(b.String())
}

var no = regexp.MustCompile(`(?: (?:no|not|dont|doesnt|isnt|without|never|nor|except|cant|hate|dislike)(?: [a-z]+){0,3}|(?:不|没|别|无|讨 厌)(?: \p{Han}){0,3}) $`)

// unwanted reports whether a text ends in what takes the next words back.
func unwanted(before string) bool {
	if n := len(before) - 60; n > 0 {
		before = " " + strings.ToValidUTF8(before[n:], "")
	}
	return no.MatchString(before)
}

// sentences of a product's text.
func sentences(text string) (out []string) {
	start := 0
	rs := []rune(text)
	for i, r := range rs {
		end := strings.ContainsRune("!?。！？\n", r) || r == '.' && (i+1 == len(rs) || unicode.IsSpace(rs[i+1]))
		if end {
			if s := strings.TrimSpace(string(rs[start : i+1])); s != "" {
				out = append(out, s)
			}
			start = i + 1
		}
	}
	if s := strings.TrimSpace(string(rs[start:])); s != "" {
		out = append(out, s)
	}
	return out
}
