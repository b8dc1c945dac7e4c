// Package sentence cuts a reply that is still being written into pieces that
// can be spoken one by one.
//
// It knows the marks of writing in English, Chinese and Markdown, and nothing
// of voices.
package sentence

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/tts/marks"
)

// Lengths, in letters; a Chinese character counts as three.
const (
	firstClause = 24  // a first piece this long may end at a comma
	longClause  = 140 // and any piece this long
	longPiece   = 260 // ends at a space, or after any Chinese character
	hardPiece   = 600 // ends anywhere
	block       = 4000
)

// Splitter takes a reply as it grows. The pieces it gives, in order, are exactly
// the text that was pushed. It serves one goroutine.
type Splitter struct {
	buf   string
	first bool // nothing was given yet
}

// New returns a splitter of a reply in a language (a BCP 47 tag). The marks of
// both languages are known whatever it is.
func New(language string) *Splitter { return &Splitter{first: true} }

// Push adds text and returns the pieces that are complete.
func (s *Splitter) Push(text string) []string {
	s.buf += text
	var out []string
	for {
		n := s.cut()
		if n == 0 {
			return out
		}
		out = append(out, s.buf[:n])
		s.buf = s.buf[n:]
		s.first = s.first && strings.TrimSpace(out[len(out)-1]) == ""
	}
}

// Flush says that the reply is complete, and returns what is left. The splitter
// is as new.
func (s *Splitter) Flush() []string {
	out := s.Push("\n")
	if k := len(out) - 1; s.buf == "" && k >= 0 {
		out[k] = out[k][:len(out[k])-1]
	} else if s.buf != "" {
		out = append(out, s.buf[:len(s.buf)-1])
	}
	s.buf, s.first = "", true
	kept := out[:0]
	for _, p := range out {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

// cut finds the end of the first complete piece of the buffer; 0 is none yet.
func (s *Splitter) cut() int {
	b := s.buf
	start := len(b) - len(strings.TrimLeftFunc(b, unicode.IsSpace))
	if n, is := fenced(b, start); is {
		return n
	}
	if strings.HasPrefix(b[start:], "|") {
		return table(b, start)
	}
	var p position
	for i := start; i < len(b); {
		r, w := utf8.DecodeRuneInString(b[i:])
		if r == utf8.RuneError && w == 1 && !utf8.FullRuneInString(b[i:]) {
			return 0 // the rest of a character is on its way
		}
		if end := p.step(b, i, r, w, s.first); end > 0 {
			return end
		} else if end < 0 {
			return 0
		}
		i = max(i+w, p.skip)
	}
	return 0
}

// position is what is known on the way through a piece.
type position struct {
	letters int // length so far
	square  int // depth of [ ] of a possible link
	since   int // where it was opened
	space   int // after the last white space; 0 is none
	skip    int // the end of a link's address
	code    bool
}

// step looks at one character: above 0 is where to cut, below 0 means that it
// takes more text to tell.
func (p *position) step(b string, i int, r rune, w int, first bool) int {
	next := i + w
	switch {
	case marks.Han(r):
		p.letters += 3
	default:
		p.letters++
	}
	switch {
	case r == '[':
		p.square, p.since = p.square+1, i
	case r == '`':
		p.code = !p.code
	case r == ']' && p.square > 0:
		p.square--
		if p.skip = address(b, next); p.skip < 0 {
			return -1
		}
	case r == '\n':
		return next
	case unicode.IsSpace(r):
		p.space = next
	}
	if p.letters > hardPiece || p.square > 0 && i-p.since > 300 {
		p.square, p.code = 0, false
	}
	if p.square > 0 || p.code {
		return 0
	}
	if end := ends(b, i, r, next); end != 0 {
		return end
	}
	if p.letters >= longClause || first && p.letters >= firstClause {
		if end := clause(b, i, r, next); end != 0 {
			return end
		}
	}
	switch {
	case p.letters > hardPiece:
		return next
	case p.letters > longPiece && p.space > 0:
		return p.space
	case p.letters > longPiece && marks.Han(r):
		return next
	}
	return 0
}

// address finds the end of the (…) after a link's ]: 0 when there is none,
// below 0 when it is not complete.
func address(b string, i int) int {
	if i == len(b) {
		return -1
	}
	if b[i] != '(' {
		return 0
	}
	n := strings.IndexAny(b[i:min(len(b), i+2000)], ")\n")
	if n < 0 && len(b)-i < 2000 {
		return -1
	}
	return i + max(n, 0) + 1
}

// fenced reports whether the buffer begins with a code block, and where it ends;
// 0 is not yet.
func fenced(b string, start int) (int, bool) {
	if !strings.HasPrefix(b[start:], "```") {
		return 0, start < len(b) && len(b)-start < 3 && strings.Trim(b[start:], "`") == ""
	}
	from := start + 3
	if n := strings.Index(b[from:], "```"); n >= 0 && n < block {
		end := from + n + 3
		if nl := strings.IndexByte(b[end:], '\n'); nl >= 0 {
			return end + nl + 1, true
		}
		if len(b) > end+20 {
			return end, true
		}
		return 0, true
	}
	if len(b)-start > block {
		return runeStart(b, start+block), true
	}
	return 0, true
}

// table is where the lines that begin with | end; 0 is not yet.
func table(b string, start int) int {
	for i := start; ; {
		nl := strings.IndexByte(b[i:], '\n')
		if nl < 0 || i+nl+1 == len(b) {
			if len(b)-start > block {
				return runeStart(b, start+block)
			}
			return 0
		}
		if i += nl + 1; b[i] != '|' {
			return i
		}
	}
}

func runeStart(b string, i int) int {
	for !utf8.RuneStart(b[i]) {
		i--
	}
	return i
}
