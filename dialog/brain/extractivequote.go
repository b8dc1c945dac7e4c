package brain

import (
	"strings"
	"unicode/utf8"
)

// What is told of a passage at most, in bytes: a sentence that is longer is told whole.
const (
	maxSpoken = 320
	maxShown  = 900
	maxRun    = 1500 // a run without an end is no sentence
)

// unit is a piece of a text that is told whole or not at all: a sentence, or a line of a
// table or list.
type unit struct{ from, to int }

// excerpt is the part of a text that is most to the question, at most so many bytes, in
// its own words: whole sentences and lines that follow one another.
func excerpt(text, question string, most int) string {
	text = strings.TrimSpace(text)
	if len(text) <= most {
		return text
	}
	us := unitsOf(text)
	want := map[string]bool{}
	for _, w := range grams(question) {
		want[w] = true
	}
	scores := make([]float64, len(us))
	for i, u := range us {
		seen := map[string]bool{}
		for _, w := range grams(text[u.from:u.to]) {
			if want[w] && !seen[w] {
				seen[w] = true
				scores[i]++
			}
		}
	}
	scores[0] += 0.5 // a passage begins with its matter
	bestFrom, bestTo, best := 0, 0, -1.0
	for i := range us {
		sum := 0.0
		for j := i; j < len(us) && (j == i || us[j].to-us[i].from <= most); j++ {
			if sum += scores[j]; sum > best {
				bestFrom, bestTo, best = i, j, sum
			}
		}
	}
	for bestTo+1 < len(us) && us[bestTo+1].to-us[bestFrom].from <= most && scores[bestTo] > 0 && conditional(text[us[bestTo+1].from:us[bestTo+1].to]) {
		bestTo++ // what limits a sentence goes with it
	}
	for tabular(text, us, bestFrom) && tabular(text, us, bestFrom-1) && us[bestTo].to-us[bestFrom-1].from <= most {
		bestFrom--
	}
	for tabular(text, us, bestTo) && tabular(text, us, bestTo+1) && us[bestTo+1].to-us[bestFrom].from <= most {
		bestTo++
	}
	return ended(text[us[bestFrom].from:us[bestTo].to])
}

// tabular reports whether a unit is a line of a table, which is read with its head.
func tabular(text string, us []unit, i int) bool {
	return i >= 0 && i < len(us) && strings.Count(text[us[i].from:us[i].to], "|") >= 2
}

// conditional reports whether a sentence limits the one before it.
func conditional(s string) bool {
	low := strings.ToLower(strings.TrimSpace(s))
	for _, w := range []string{"but ", "however", "except", "unless", "only ", "this does not", "it does not", "after that", "但", "不过", "除", "仅", "只", "之后", "超过"} {
		if strings.HasPrefix(low, w) {
			return true
		}
	}
	return false
}

// ended bounds a run that has no end, between words and never within a number.
func ended(s string) string {
	if len(s) <= maxRun {
		return s
	}
	s = strings.ToValidUTF8(s[:maxRun], "")
	if i := strings.LastIndexAny(s, " \n,;，；、"); i > 0 {
		s = s[:i]
	}
	return strings.TrimRight(s, " \n,;，；、") + " …"
}

// unitsOf parts a text into units; lines that look like a table's or list's are whole.
func unitsOf(text string) (out []unit) {
	at := 0
	for line := range strings.Lines(text) {
		end := at + len(strings.TrimRight(line, " \t\r\n"))
		switch {
		case end == at:
		case strings.Count(line, "|") >= 2 || listMark.FindString(line) != "":
			out = append(out, unit{at, end})
		default:
			for from := at; from < end; {
				n := sentenceEnd(text[from:end])
				out = append(out, unit{from, from + n})
				from += n
				for from < end {
					r, size := utf8.DecodeRuneInString(text[from:])
					if r != ' ' && r != '\t' && r != '\u3000' {
						break
					}
					from += size
				}
			}
		}
		at += len(line)
	}
	if len(out) == 0 {
		out = []unit{{0, len(text)}}
	}
	return out
}

// sentenceEnd is where the first sentence of a line ends, all of it when none does.
func sentenceEnd(s string) int {
	for i, r := range s {
		end := i + utf8.RuneLen(r)
		if strings.ContainsRune("。！？", r) || strings.ContainsRune(".!?", r) && end < len(s) && s[end] == ' ' && !(r == '.' && inside(s, i)) {
			for strings.HasPrefix(s[end:], "”") || strings.HasPrefix(s[end:], "’") || strings.HasPrefix(s[end:], "）") || strings.HasPrefix(s[end:], ")") {
				_, n := utf8.DecodeRuneInString(s[end:])
				end += n
			}
			return end
		}
	}
	return len(s)
}

// cut splits a text into sentences.
func cut(text string) []string {
	var out []string
	start := 0
	rs := []rune(text)
	for i, r := range rs {
		end := strings.ContainsRune("。！？", r) || strings.ContainsRune(".!?", r) && (i+1 == len(rs) || rs[i+1] == ' ')
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
