package normal

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	reLead      = regexp.MustCompile(`^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|(?:[-*+•·▪●][ \t]+)(?:\[[ xX]\][ \t]+)?)`)
	reRule      = regexp.MustCompile(`^[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|={3,})(?:\n|$)`)
	reFence     = regexp.MustCompile("^[ \t]*(?:```|~~~)[^\n]*")
	reDivider   = regexp.MustCompile(`^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*(?:\n|$)`)
	reTableLead = regexp.MustCompile(`^[ \t]*\|[ \t]*`)
	reCitation  = regexp.MustCompile(`^\[\^?\d{1,3}\]`)
	reTarget    = regexp.MustCompile(`^\]\([^()\n]{0,1000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?\)`)
	reTag       = regexp.MustCompile(`^</?[a-zA-Z][^<>\n]{0,200}>`)
	reEntity    = regexp.MustCompile(`^&(?:nbsp|amp|lt|gt|quot|apos|#39);`)
)

// line passes over what Markdown writes at the start of a line.
func (s *scan) line() bool {
	rest := s.src[s.i:]
	for _, re := range []*regexp.Regexp{reRule, reDivider} {
		if m := re.FindString(rest); m != "" {
			s.skip(len(strings.TrimSuffix(m, "\n")), true)
			return true
		}
	}
	for _, re := range []*regexp.Regexp{reFence, reLead, reTableLead} {
		if m := re.FindString(rest); m != "" {
			s.skip(len(m), false)
			return true
		}
	}
	return false
}

// markup passes over Markdown within a line.
func (s *scan) markup(r rune) bool {
	rest := s.src[s.i:]
	switch r {
	case '*', '~', '`', '_':
		return s.emphasis(r)
	case '[':
		if m := reCitation.FindString(rest); m != "" {
			s.skip(len(m), true)
		} else {
			s.skip(1, false)
		}
		return true
	case ']':
		s.skip(max(1, len(reTarget.FindString(rest))), true)
		return true
	case '!':
		if strings.HasPrefix(rest, "![") {
			s.skip(1, false)
			return true
		}
	case '<':
		if m := reTag.FindString(rest); m != "" {
			if strings.HasPrefix(strings.ToLower(m), "<br") || strings.HasPrefix(m, "</") {
				s.skip(len(m), true)
			} else {
				s.skip(len(m), false)
			}
			return true
		}
	case '\\':
		if len(rest) > 1 && unicode.IsPunct(rune(rest[1])) || len(rest) > 1 && strings.IndexByte("$+<=>^`|~", rest[1]) >= 0 {
			s.skip(1, false)
			return true
		}
	case '&':
		return s.entity(rest)
	}
	return false
}

func (s *scan) entity(rest string) bool {
	m := reEntity.FindString(rest)
	switch m {
	case "":
		return false
	case "&amp;":
		s.say(len(m), s.either("and", "和"))
	case "&apos;", "&#39;":
		s.say(len(m), "'")
	default:
		s.say(len(m), " ")
	}
	return true
}

// emphasis passes over **, _, ~~ and `.
func (s *scan) emphasis(r rune) bool {
	n := 0
	for s.i+n < len(s.src) && s.src[s.i+n] == byte(r) {
		n++
	}
	next, _ := utf8.DecodeRuneInString(s.src[s.i+n:])
	before := s.before()
	open := before == 0 || unicode.IsSpace(before) || unicode.IsPunct(before)
	if r == '_' && latin(before) && latin(next) {
		s.say(n, " ")
		return true
	}
	if r == '~' && n == 1 && digit(next) {
		s.say(1, s.either("about ", "约"))
		return true
	}
	s.skip(n, !open)
	return true
}

var symbols = map[rune][2]string{
	'&': {"and", "和"}, '@': {"at", "艾特"}, '+': {"plus", "加"}, '=': {"equals", "等于"}, '%': {"percent", "百分之"}, '°': {"degrees", "度"},
	'→': {"to", "到"}, '⇒': {"to", "到"}, '×': {"times", "乘"}, '÷': {"divided by", "除以"}, '≥': {"at least", "至少"}, '≤': {"at most", "至多"}, '≈': {"about", "约"},
	'<': {"less than", "小于"}, '>': {"greater than", "大于"}, '±': {"plus or minus", "正负"}, '€': {"euro", "欧元"}, '£': {"pound", "英镑"}, '$': {"dollar", "美元"}, '¥': {"yuan", "元"},
	'½': {"one half", "二分之一"}, '¼': {"one quarter", "四分之一"}, '¾': {"three quarters", "四分之三"}, '№': {"number", "第"}, '§': {"section", "第"},
}

// symbol says or drops what is neither letter, digit nor plain punctuation.
func (s *scan) symbol(r rune, w int) bool {
	after, _ := utf8.DecodeRuneInString(s.src[s.i+w:])
	switch {
	case r == '#':
		if digit(after) {
			s.say(w, s.either("number ", "号"))
		} else {
			s.skip(w, false)
		}
		return true
	case r == '|':
		s.bar(w)
		return true
	case r == '/':
		s.say(w, " ")
		return true
	case r == '—' || r == '–' || r == '-' && unicode.IsSpace(s.before()) && unicode.IsSpace(after):
		s.say(w, s.either(", ", "，"))
		return true
	case r == '…':
		s.say(w, s.either("...", "。"))
		return true
	case r == '>' && s.closesAddress():
		s.skip(w, true)
		return true
	case r == '<' && letter(after):
		s.skip(w, false)
		return true
	}
	if words, ok := symbols[r]; ok {
		s.apart(w, s.either(words[0], words[1]))
		return true
	}
	if silent(r) {
		s.skip(w, true)
		return true
	}
	return false
}

// apart says a symbol's words with blanks around them in English.
func (s *scan) apart(w int, words string) {
	after, _ := utf8.DecodeRuneInString(s.src[s.i+w:])
	if first, _ := utf8.DecodeRuneInString(words); !han(first) && latin(after) {
		words += " "
	}
	s.say(w, words)
}

// bar says the border of a table's cells as a pause.
func (s *scan) bar(w int) {
	rest := strings.TrimLeft(s.src[s.i+w:], " \t")
	if rest == "" || rest[0] == '\n' {
		s.skip(w, true)
		return
	}
	s.say(w, s.either(", ", "，"))
}

// closesAddress reports whether this > ends an <address>.
func (s *scan) closesAddress() bool {
	c := s.context()
	i := strings.LastIndexByte(c, '<')
	return i >= 0 && !strings.ContainsAny(c[i:], " >")
}

// silent is what no voice says: emoji, their joiners, marks of trade, controls.
func silent(r rune) bool {
	switch {
	case r == 0x200d || r == 0x20e3 || r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0000 && r <= 0xe0fff:
		return true
	case r >= 0x1f000 && r <= 0x1faff || r >= 0x2190 && r <= 0x2bff || r == '©' || r == '®' || r == '™' || r == '^' || r == '{' || r == '}' || r == '\\':
		return true
	}
	return unicode.In(r, unicode.So, unicode.Sk, unicode.Cf, unicode.Cc, unicode.Co)
}
