package rag

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// mostWhy bounds the words that a hit names.
const mostWhy = 24

// why gives the words of the question that the passage in the slot has: words as
// they were asked, runs of Han characters whose pairs it has.
func (s *scratch) why(question string, at uint32) []string {
	var out []string
	add := func(w string) {
		if len(out) < mostWhy && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	for text := question; len(text) > 0; {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case unicode.Is(unicode.Han, r):
			n = runEnd(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			s.whyHan(text[:n], at, add)
		case wordRune(r):
			n = runEnd(text, func(r rune) bool { return wordRune(r) && !unicode.Is(unicode.Han, r) })
			has := false
			s.analyse.terms(text[:n], func(t, _ term) { has = has || t.field() == byWord && s.holds(t, at) })
			if has {
				add(text[:n])
			}
		}
		text = text[n:]
	}
	return out
}

// whyHan adds the longest runs of which the passage has every pair.
func (s *scratch) whyHan(run string, at uint32, add func(string)) {
	start, last := 0, rune(0)
	for i, r := range run {
		if last != 0 && !s.holds(pairOf(last, r), at) {
			s.whyRun(run[start:i], at, add)
			start = i
		}
		last = r
	}
	s.whyRun(run[start:], at, add)
}

func (s *scratch) whyRun(run string, at uint32, add func(string)) {
	r, n := utf8.DecodeRuneInString(run)
	if n < len(run) || s.holds(term(r)<<3|kindHan, at) {
		add(run)
	}
}

// holds reports whether the passage has a term of the question.
func (s *scratch) holds(t term, at uint32) bool {
	i, ok := s.terms[t]
	return ok && s.query[i].list.holds(at)
}
