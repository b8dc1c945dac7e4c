// Package marks finds when each word of a spoken text was said, by a model of
// how long syllables last that is snapped to the pauses in the audio.
//
// It knows text as it is spoken, and audio only by its loudness.
package marks

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is one word of a spoken text; of Chinese, one character.
type Word struct {
	Start, End int     // bytes of the text, without punctuation around it
	Weight     float64 // how long it takes to say, in English syllables
	Break      float64 // how likely a pause follows, 0 to 1: none to the end of a sentence
}

// Words splits a spoken text.
func Words(spoken string) []Word {
	var ws []Word
	open := false // the last word may go on
	for i, r := range spoken {
		switch {
		case Han(r):
			ws = append(ws, Word{Start: i, End: i + utf8.RuneLen(r), Weight: 1})
			open = false
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && open:
			if !open {
				ws = append(ws, Word{Start: i})
			}
			ws[len(ws)-1].End = i + utf8.RuneLen(r)
			open = true
		case open && (r == '\'' || r == '’' || r == '.') && letterAt(spoken, i+utf8.RuneLen(r)):
		default:
			open = false
			if len(ws) > 0 {
				last := &ws[len(ws)-1]
				last.Break = max(last.Break, pause(r))
			}
		}
	}
	for i := range ws {
		if ws[i].Weight == 0 {
			ws[i].Weight = weigh(spoken[ws[i].Start:ws[i].End])
		}
	}
	return ws
}

// Han reports whether r is a Chinese character.
func Han(r rune) bool { return r >= 0x2e80 && unicode.Is(unicode.Han, r) }

func letterAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return unicode.IsLetter(r) && !Han(r)
}

// pause is how likely a voice pauses at r.
func pause(r rune) float64 {
	switch r {
	case '.', '!', '?', '。', '！', '？', '\n', '…':
		return 1
	case ',', ';', ':', '，', '；', '：', '—', '–':
		return 0.8
	case '、', '(', ')', '（', '）':
		return 0.5
	}
	return 0
}

// weigh estimates how long a word is to say: its syllables, and a little for
// each consonant, since "strengths" is longer than "a".
func weigh(word string) float64 {
	syllables, letters, digits, in := 0, 0, 0, false
	word = strings.ToLower(word)
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouyàáâäãåæèéêëìíîïòóôöõøùúûü", r)
		if vowel && !in {
			syllables++
		}
		in = vowel
		if unicode.IsDigit(r) {
			digits++
		} else {
			letters++
		}
	}
	silentE := strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le") || strings.HasSuffix(word, "ed") && len(word) > 4
	if silentE && syllables > 1 {
		syllables--
	}
	if letters > 0 {
		syllables = max(syllables, 1)
	}
	return 0.62*float64(syllables) + 0.11*float64(letters) + 1.3*float64(digits)
}
