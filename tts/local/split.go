package local

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/tts/marks"
)

// part is what one program says at once: a sentence, or a run of one script in it.
type part struct {
	text  string
	han   bool
	pause int // ms after it
}

// Pauses after a part in ms: between scripts, at a comma, at a sentence's end.
const (
	noPause    = 10
	commaPause = 140
	endPause   = 280
)

const (
	longPart  = 240 // bytes: beyond it a part ends at the next blank
	firstPart = 40  // bytes of the first part, from which it may end at a comma: first sound soon
)

// byScript is the parts of a text that have something to say.
func byScript(spoken, _ string) (ps []part) {
	for _, p := range split(spoken) {
		if len(marks.Words(p.text)) > 0 {
			ps = append(ps, p)
		}
	}
	return ps
}

// split cuts a spoken text into parts in order; together they are all of it.
func split(spoken string) []part {
	var ps []part
	start, script, known := 0, false, false
	cut := func(end, pause int) {
		if end > start {
			ps = append(ps, part{text: spoken[start:end], han: script && known, pause: pause})
		}
		start, known = end, false
	}
	for i, r := range spoken {
		is := marks.Han(r)
		if is || unicode.IsLetter(r) || unicode.IsDigit(r) {
			if known && is != script {
				cut(i, noPause)
			}
			script, known = is, true
			if i-start > 2*longPart {
				cut(i, noPause)
				script, known = is, true
			}
			continue
		}
		after := i + utf8.RuneLen(r)
		next, _ := utf8.DecodeRuneInString(spoken[after:])
		switch {
		case strings.ContainsRune("。！？", r), strings.ContainsRune(".!?", r) && (after == len(spoken) || unicode.IsSpace(next)):
			cut(after, endPause)
		case strings.ContainsRune("，；：", r) && (len(ps) == 0 && after-start >= firstPart || after-start > longPart),
			strings.ContainsRune(",;:", r) && unicode.IsSpace(next) && (len(ps) == 0 && after-start >= firstPart || after-start > longPart):
			cut(after, commaPause)
		case unicode.IsSpace(r) && after-start > longPart:
			cut(after, noPause)
		}
	}
	cut(len(spoken), endPause)
	if len(ps) > 0 {
		ps[len(ps)-1].pause = noPause
	}
	return ps
}

// plain is a text in the letters that flite reads: no control characters, no
// accents, curly quotes straight.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '’' || r == '‘':
			return '\''
		case r == '—' || r == '–' || r == '；' || r == '，' || r == '、':
			return ','
		case r == '。':
			return '.'
		case r == '？':
			return '?'
		case r == '！':
			return '!'
		case r < ' ' || r == 0x7f:
			return ' '
		case r < 0x7f:
			return r
		}
		if base, ok := unaccented[unicode.ToLower(r)]; ok {
			return base
		}
		return ' '
	}, text)
}

var unaccented = func() map[rune]rune {
	m := map[rune]rune{}
	for base, forms := range map[rune]string{'a': "àáâãäåā", 'c': "ç", 'e': "èéêëē", 'i': "ìíîïī", 'n': "ñ", 'o': "òóôõöøō", 'u': "ùúûüū", 'y': "ýÿ", 's': "š", 'z': "ž"} {
		for _, r := range forms {
			m[r] = base
		}
	}
	return m
}()
