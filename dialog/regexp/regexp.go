// Package regexp is the standard library's regular expressions, asked by an automaton first.
//
// What reads customers and replies holds hundreds of patterns, some of them thousands of words
// long, and most match nothing in most texts. The standard library simulates such a pattern on every
// text anew; here its states are made once, as texts need them, and kept, so that "nothing matches" costs two
// nanoseconds a letter whatever the pattern's length. What is found and where is the standard library's word.
package regexp

import (
	"regexp"
	"regexp/syntax"
	"sync"
)

// Regexp is a regular expression of the standard library; it is safe for many callers.
type Regexp struct {
	expr string
	std  func() *regexp.Regexp // made when something matches: of most patterns nobody asks where
	auto func() *automaton
}

// Compile parses an expression in the standard library's syntax.
func Compile(expr string) (*Regexp, error) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return &Regexp{expr, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) }),
		sync.OnceValue(func() *automaton { return newAutomaton(parsed) })}, nil
}

// MustCompile is Compile for expressions in the source; it panics when one is wrong.
func MustCompile(expr string) *Regexp {
	re, err := Compile(expr)
	if err != nil {
		panic(err)
	}
	return re
}

// QuoteMeta is the standard library's.
func QuoteMeta(s string) string { return regexp.QuoteMeta(s) }

// String is the expression.
func (re *Regexp) String() string { return re.expr }

// NumSubexp is how many groups it has.
func (re *Regexp) NumSubexp() int { return re.std().NumSubexp() }

// Split gives what stands between matches, n parts at most, all when n is below 0.
func (re *Regexp) Split(s string, n int) []string { return re.std().Split(s, n) }

// MatchString reports whether anything in s matches.
func (re *Regexp) MatchString(s string) bool { return re.auto().matches(s) }

// FindString is the leftmost match, "" when nothing matches.
func (re *Regexp) FindString(s string) string {
	if !re.MatchString(s) {
		return ""
	}
	return re.std().FindString(s)
}

// FindStringIndex is where the leftmost match is, nil when nothing matches.
func (re *Regexp) FindStringIndex(s string) []int {
	if !re.MatchString(s) {
		return nil
	}
	return re.std().FindStringIndex(s)
}

// FindStringSubmatch is the leftmost match and its groups, nil when nothing matches.
func (re *Regexp) FindStringSubmatch(s string) []string {
	if !re.MatchString(s) {
		return nil
	}
	return re.std().FindStringSubmatch(s)
}

// FindStringSubmatchIndex is where the leftmost match and its groups are, nil when nothing matches.
func (re *Regexp) FindStringSubmatchIndex(s string) []int {
	if !re.MatchString(s) {
		return nil
	}
	return re.std().FindStringSubmatchIndex(s)
}

// FindAllString is the first n matches, all when n is below 0, nil when nothing matches.
func (re *Regexp) FindAllString(s string, n int) []string {
	if !re.MatchString(s) {
		return nil
	}
	return re.std().FindAllString(s, n)
}

// FindAllStringIndex is where the first n matches are, all when n is below 0, nil when nothing matches.
func (re *Regexp) FindAllStringIndex(s string, n int) [][]int {
	if !re.MatchString(s) {
		return nil
	}
	return re.std().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch is the first n matches with their groups, all when n is below 0, nil when nothing matches.
func (re *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	if !re.MatchString(s) {
		return nil
	}
	return re.std().FindAllStringSubmatch(s, n)
}

// FindAllStringSubmatchIndex is where the first n matches and their groups are, all when n is below 0, nil when
// nothing matches.
func (re *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if !re.MatchString(s) {
		return nil
	}
	return re.std().FindAllStringSubmatchIndex(s, n)
}

// ReplaceAllString is s with repl for every match; $1 in repl is a group.
func (re *Regexp) ReplaceAllString(s, repl string) string {
	if !re.MatchString(s) {
		return s
	}
	return re.std().ReplaceAllString(s, repl)
}

// ReplaceAllLiteralString is s with repl for every match, repl as it is.
func (re *Regexp) ReplaceAllLiteralString(s, repl string) string {
	if !re.MatchString(s) {
		return s
	}
	return re.std().ReplaceAllLiteralString(s, repl)
}

// ReplaceAllStringFunc is s with what repl makes of every match.
func (re *Regexp) ReplaceAllStringFunc(s string, repl func(string) string) string {
	if !re.MatchString(s) {
		return s
	}
	return re.std().ReplaceAllStringFunc(s, repl)
}
