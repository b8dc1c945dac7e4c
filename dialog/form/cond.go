package form

import (
	"fmt"
	"strings"
)

// A condition is terms joined by &&: "path", "!path", "path == word", "path != word".
type term struct {
	path, word string
	not, equal bool
}

func condition(s string) ([]term, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var out []term
	for _, part := range strings.Split(s, "&&") {
		part = strings.TrimSpace(part)
		var t term
		if l, r, ok := strings.Cut(part, "!="); ok {
			t = term{path: strings.TrimSpace(l), word: strings.TrimSpace(r), not: true, equal: true}
		} else if l, r, ok := strings.Cut(part, "=="); ok {
			t = term{path: strings.TrimSpace(l), word: strings.TrimSpace(r), equal: true}
		} else {
			t.path, t.not = strings.TrimSpace(strings.TrimPrefix(part, "!")), strings.HasPrefix(part, "!")
		}
		if t.path == "" || strings.ContainsAny(t.path, " {}") || t.equal && t.word == "" {
			return nil, fmt.Errorf("%q is no condition", s)
		}
		out = append(out, t)
	}
	return out, nil
}

// holds reports whether a condition is true; a malformed one was refused by Load.
func (c scope) holds(s string) bool {
	terms, err := condition(s)
	if err != nil {
		return false
	}
	for _, t := range terms {
		v, ok := c.look(t.path)
		truth := ok && v != false
		if t.equal {
			truth = ok && plain(v) == t.word
		}
		if truth == t.not {
			return false
		}
	}
	return true
}
