package sentence

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/tts/marks"
)

const (
	closers = "\"'”’」』）)]》】*_~"
	// never ends a sentence, whatever follows
	titles = " mr mrs ms dr prof rev hon gen col sgt capt lt gov sen rep messrs mme mlle vs cf e.g i.e eg ie approx viz nr tel ext fig figs eq vol ed eds pp incl excl max min avg est dept univ assn "
	// ends a sentence when a new one plainly begins
	perhaps = " etc st ave blvd rd ln mt ft inc ltd co corp llc jr sr a.m p.m am pm u.s u.k u.s.a u.n e.u d.c ph.d b.a m.a m.d jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun al no nos p ca "
)

// ends reports where to cut when the character at i ends a sentence: 0 is not
// here, below 0 is not known yet.
func ends(b string, i int, r rune, next int) int {
	wide := strings.ContainsRune("。！？｡", r)
	if !wide && !strings.ContainsRune(".!?…", r) {
		return 0
	}
	end := next
	for end < len(b) { // further marks, and what closes
		c, w := utf8.DecodeRuneInString(b[end:])
		if !strings.ContainsRune("。！？.!?…"+closers, c) {
			break
		}
		end += w
	}
	if end == len(b) || !utf8.FullRuneInString(b[end:]) {
		return -1
	}
	after, w := utf8.DecodeRuneInString(b[end:])
	if wide {
		return afterSpace(b, end, after, w)
	}
	before, _ := utf8.DecodeLastRuneInString(b[:i])
	switch {
	case marks.Han(after) && (marks.Han(before) || r == '…'):
		return end
	case !unicode.IsSpace(after):
		return 0
	case r == '.' && next == end:
		if stop := dotted(b, i, end, after); stop != 1 {
			return stop
		}
	}
	return afterSpace(b, end, after, w)
}

// afterSpace takes the white space after a sentence with it, but for what is on
// another line.
func afterSpace(b string, end int, after rune, w int) int {
	if unicode.IsSpace(after) {
		return end + w
	}
	return end
}

// dotted judges the full stop at i, before white space at end: 1 ends a
// sentence, 0 does not, below 0 is not known yet.
func dotted(b string, i, end int, after rune) int {
	from := strings.LastIndexFunc(b[:i], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("([“\"*_", r) || marks.Han(r) }) + 1
	if from > 0 && from < len(b) {
		for !utf8.RuneStart(b[from]) {
			from++
		}
	}
	word := b[from:i]
	if marker(b[:from], word) {
		return 0
	}
	lower := " " + strings.ToLower(word) + " "
	if strings.Contains(titles, lower) && word != "" && !newLine(after) {
		return 0
	}
	initial := utf8.RuneCountInString(word) == 1 && word != "I" && unicode.IsUpper([]rune(word)[0])
	if !initial && (word == "" || !strings.Contains(perhaps, lower)) || newLine(after) {
		return 1
	}
	rest := strings.TrimLeftFunc(b[end:], unicode.IsSpace)
	if rest == "" || !utf8.FullRuneInString(rest) {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case initial:
		return 0
	case strings.Contains(" no nos p ", lower):
		if unicode.IsDigit(r) || r == '#' {
			return 0
		}
		return 1
	case strings.Contains(" st mt ft jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun ", lower):
		return 0 // St. Louis, Nov. 24
	case unicode.IsUpper(r) || marks.Han(r) || unicode.IsPunct(r) || unicode.IsSymbol(r):
		return 1
	}
	return 0
}

func newLine(r rune) bool { return r == '\n' }

// marker reports whether word, with nothing before it on its line, numbers an
// item of a list.
func marker(before, word string) bool {
	line := before[strings.LastIndexByte(before, '\n')+1:]
	if strings.Trim(line, " \t>*_#-") != "" || word == "" || len(word) > 3 {
		return false
	}
	return strings.Trim(word, "0123456789") == "" || len(word) == 1 && unicode.IsLetter(rune(word[0]))
}

// clause reports where to cut when the character at i ends a part of a sentence.
func clause(b string, i int, r rune, next int) int {
	switch {
	case strings.ContainsRune("，；：", r):
		if next == len(b) || !utf8.FullRuneInString(b[next:]) {
			return -1
		}
		if c, w := utf8.DecodeRuneInString(b[next:]); strings.ContainsRune(closers, c) {
			return next + w
		}
		return next
	case strings.ContainsRune(",;:—", r):
		if next == len(b) {
			return -1
		}
		if c, w := utf8.DecodeRuneInString(b[next:]); unicode.IsSpace(c) && c != '\n' {
			return next + w
		}
	}
	return 0
}
