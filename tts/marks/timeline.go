package marks

import (
	"sort"
	"unicode"
	"unicode/utf8"

	"parley/tts"
	"parley/tts/normal"
)

// Spans are the parts of the written text that have been said with each word:
// whole words only, with the punctuation and closing markup after them.
func Spans(t normal.Text, ws []Word) []tts.Span {
	spans := make([]tts.Span, len(ws))
	for i, w := range ws {
		end := w.End
		next := len(t.Spoken)
		if i+1 < len(ws) {
			next = ws[i+1].Start
		}
		for end < next {
			r, n := utf8.DecodeRuneInString(t.Spoken[end:])
			if unicode.IsSpace(r) || opening(r) {
				break
			}
			end += n
		}
		if i == len(ws)-1 {
			end = len(t.Spoken)
		}
		spans[i] = t.Source(0, end)
	}
	return spans
}

func opening(r rune) bool {
	return unicode.In(r, unicode.Ps, unicode.Pi) || r == '"' || r == '“' || r == '¥' || r == '$'
}

// Heard is the span of the words whose end is at most n.
func Heard(ts []Time, spans []tts.Span, n int64) tts.Span {
	i := sort.Search(len(ts), func(i int) bool { return ts[i].End > n })
	if i == 0 {
		return tts.Span{}
	}
	return spans[i-1]
}

// Boundary is the largest start of a word that is at most n; 0 before the first.
func Boundary(ts []Time, n int64) int64 {
	i := sort.Search(len(ts), func(i int) bool { return ts[i].Start > n })
	if i == 0 {
		return 0
	}
	return ts[i-1].Start
}
