package normal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Options of a Normalizer. The zero value works.
type Options struct {
	// Lexicon says how words are to be pronounced, by language tag, then by the
	// word, whole and in any case; it may be of several words. Of Chinese a word is
	// any run of characters. What a Chinese text lacks is taken from English.
	Lexicon map[string]map[string]string
}

// Normalizer makes text speakable. It may be used by many goroutines.
type Normalizer struct {
	latin [2]lexicon // of English and of Chinese texts
	runs  map[string]string
	long  int // runes of the longest Chinese word
}

// New returns a Normalizer.
func New(o Options) *Normalizer {
	n := &Normalizer{runs: map[string]string{}}
	for language, words := range o.Lexicon {
		zh := sinitic(strings.ToLower(language))
		for w, said := range words {
			if r, _ := utf8.DecodeRuneInString(w); han(r) {
				n.runs[w] = said
				n.long = max(n.long, utf8.RuneCountInString(w))
				continue
			}
			l := &n.latin[0]
			if zh {
				l = &n.latin[1]
			}
			l.add(w, said)
		}
	}
	return n
}

func sinitic(tag string) bool {
	return strings.HasPrefix(tag, "zh") || strings.HasPrefix(tag, "yue") || strings.HasPrefix(tag, "cmn")
}

// Speakable is (&Normalizer{}).Speakable.
func Speakable(text, language string) Text { return (*Normalizer)(nil).Speakable(text, language) }

// Speakable makes text, whose main language is the BCP 47 tag language,
// speakable. A nil Normalizer is one without options.
func (n *Normalizer) Speakable(text, language string) Text {
	if n == nil {
		n = &Normalizer{}
	}
	tag := strings.ToLower(language)
	s := &scan{
		builder: builder{src: text}, n: n,
		chinese:  sinitic(tag),
		american: tag == "" || tag == "en" || tag == "en-us",
	}
	for s.i < len(text) {
		s.step()
	}
	return s.text()
}

// scan is one pass over a text.
type scan struct {
	builder
	n        *Normalizer
	i        int  // where it is
	chinese  bool // the text's main language
	american bool // month before day
	made     bool // what was said last is not what was written
}

// step says what is at s.i and moves on.
func (s *scan) step() {
	r, w := utf8.DecodeRuneInString(s.src[s.i:])
	start := s.i == 0 || s.src[s.i-1] == '\n'
	switch {
	case r == utf8.RuneError && w == 1:
		s.skip(w, false)
	case start && s.line():
	case s.word(r):
	case r == '\n':
		s.newline()
	case unicode.IsSpace(r):
		s.space(w)
	case s.markup(r):
	case s.symbol(r, w):
	default:
		s.copy(w)
	}
}

// word tries what can only begin where no word is under way.
func (s *scan) word(r rune) bool {
	before := s.before()
	if r < utf8.RuneSelf && letter(before) && letter(r) || digit(before) && digit(r) {
		return false
	}
	switch {
	case han(r):
		return s.lexiconHan()
	case !letter(before) && !digit(before) && s.lexiconLatin():
		return true
	case digit(r):
		return s.address() || !letter(before) && s.code() || s.number()
	case letter(r):
		return s.address() || !digit(before) && s.code() || s.currency() || s.monthDay() || s.abbreviation() || s.acronym()
	}
	return s.currency() || s.signed(r)
}

// before is the rune before s.i; 0 at the beginning.
func (s *scan) before() rune {
	if s.i == 0 {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(s.src[:s.i])
	return r
}

// say speaks words for the next n bytes.
func (s *scan) say(n int, words string) {
	s.emit(n, words, true)
}

// copy speaks the next n bytes as they are.
func (s *scan) copy(n int) {
	s.emit(n, s.src[s.i:s.i+n], false)
}

// emit keeps words apart where one of them is not as written.
func (s *scan) emit(n int, words string, made bool) {
	if (made || s.made) && words != "" && s.out.Len() > 0 {
		last, _ := utf8.DecodeLastRuneInString(s.out.String())
		first, _ := utf8.DecodeRuneInString(words)
		if latin(last) && latin(first) {
			words = " " + words
		}
	}
	s.add(s.i, s.i+n, words)
	s.made = made
	s.i += n
}

// skip says nothing for the next n bytes.
func (s *scan) skip(n int, closing bool) {
	s.silence(s.i+n, closing)
	s.i += n
}

// space says at most one blank.
func (s *scan) space(w int) {
	if last := s.last(); last == 0 || unicode.IsSpace(last) {
		s.skip(w, false)
		return
	}
	s.add(s.i, s.i+w, " ")
	s.i += w
}

// newline ends a sentence that has no mark of its own.
func (s *scan) newline() {
	last := s.last()
	switch {
	case last == 0 || unicode.IsSpace(last):
		s.skip(1, false)
	case strings.ContainsRune(".!?;:,。！？；：，、…", last):
		s.space(1)
	case han(last):
		s.say(1, "。")
	default:
		s.say(1, ". ")
	}
}

// last is what was spoken last; 0 is nothing yet.
func (s *scan) last() rune {
	if s.out.Len() == 0 {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(s.out.String())
	return r
}

// zh reports whether a number here is to be said in Chinese: in a Chinese text,
// unless its line is wholly Latin; in another, when a Chinese word is next to it.
func (s *scan) zh() bool {
	const reach = 300
	left, right := s.src[max(0, s.i-reach):s.i], s.src[s.i:min(len(s.src), s.i+reach)]
	left = left[strings.LastIndexByte(left, '\n')+1:]
	if n := strings.IndexByte(right, '\n'); n >= 0 {
		right = right[:n]
	}
	l, r := strings.LastIndexFunc(left, alphabetic), strings.IndexFunc(right, alphabetic)
	if !s.chinese {
		return l >= 0 && han(runeAt(left, l)) && (r < 0 || han(runeAt(right, r)) || l > len(left)-4) || r >= 0 && r < 12 && han(runeAt(right, r))
	}
	return l < 0 && r < 0 || strings.IndexFunc(left, han) >= 0 || strings.IndexFunc(right, han) >= 0
}

func runeAt(s string, i int) rune { r, _ := utf8.DecodeRuneInString(s[i:]); return r }

func alphabetic(r rune) bool { return unicode.IsLetter(r) }
func han(r rune) bool        { return r >= 0x2e80 && unicode.Is(unicode.Han, r) }
func digit(r rune) bool      { return r >= '0' && r <= '9' }
func letter(r rune) bool     { return unicode.IsLetter(r) && !han(r) }
func latin(r rune) bool      { return letter(r) || unicode.IsDigit(r) || r == '\'' }
