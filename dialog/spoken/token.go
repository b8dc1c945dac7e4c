package spoken

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type kind uint8

const (
	word   kind = iota // a run of letters
	figure             // a run of ASCII digits
	han                // one Han character
	mark               // any other character
)

// token is a piece of a text in lower case and half width.
type token struct {
	kind       kind
	text       string
	capital    bool // written in capitals alone
	start, end int  // bytes of the text
}

// tokens of a text. The last one, of kind mark and without text, ends them.
func tokens(text string) []token {
	if len(text) > Longest {
		cut := Longest
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut]
	}
	return allTokens(text)
}

// allTokens is tokens of a text however long.
func allTokens(text string) []token {
	var out []token
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		r = half(r)
		if unicode.IsSpace(r) {
			i += n
			continue
		}
		t := token{kind: kindOf(r), start: i}
		end := i + n
		if t.kind == word || t.kind == figure {
			end = runEnd(text, i, t.kind)
		}
		t.end = end
		raw := strings.Map(half, text[i:end])
		t.text = strings.ToLower(strings.ReplaceAll(raw, "’", "'"))
		t.capital = t.kind == word && strings.ToUpper(raw) == raw
		out = append(out, t)
		i = end
	}
	return append(out, token{kind: mark, start: len(text), end: len(text)})
}

func runEnd(text string, i int, k kind) int {
	for i < len(text) {
		r, n := utf8.DecodeRuneInString(text[i:])
		r = half(r)
		apostrophe := k == word && (r == '\'' || r == '’')
		if kindOf(r) != k && !apostrophe {
			break
		}
		i += n
	}
	return i
}

// half is the half-width form of a full-width character.
func half(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

func kindOf(r rune) kind {
	switch {
	case r >= '0' && r <= '9':
		return figure
	case r == '〇' || unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r):
		return word
	}
	return mark
}

// at is the token i, or the end.
func at(ts []token, i int) token {
	if i < 0 || i >= len(ts) {
		return token{kind: mark}
	}
	return ts[i]
}

// is reports whether the tokens from i on are those words, and how many they are.
// Words are parted by spaces; Han characters stand for themselves.
func is(ts []token, i int, phrase string) (int, bool) {
	n := 0
	for phrase != "" {
		t := at(ts, i+n)
		if t.text == "" || !strings.HasPrefix(phrase, t.text) {
			return 0, false
		}
		phrase = phrase[len(t.text):]
		if phrase != "" && t.kind == word {
			if c := phrase[0]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
				return 0, false
			}
		}
		phrase = strings.TrimPrefix(phrase, " ")
		n++
	}
	return n, n > 0
}

// anyOf is is for several phrases; longer ones should come first.
func anyOf(ts []token, i int, phrases ...string) (int, bool) {
	for _, p := range phrases {
		if n, ok := is(ts, i, p); ok {
			return n, true
		}
	}
	return 0, false
}

// touching reports whether nothing stands between tokens i and i+1.
func touching(ts []token, i int) bool {
	return i >= 0 && i+1 < len(ts) && ts[i+1].text != "" && ts[i].end == ts[i+1].start
}

// fillers are sounds between the parts of a value.
var fillers = map[string]bool{"um": true, "uh": true, "er": true, "erm": true, "uhm": true, "ah": true, "hmm": true, "mm": true, "嗯": true, "呃": true, "啊": true, "额": true, "哦": true}
