package brain

import (
	"maps"
	"strings"
)

// claim is a sentence that is held against sources, one after the other: what is asked of
// it is found once. It is for one goroutine, and its parts must not be changed.
type claim struct {
	text  string
	days  []string
	rest  string // without the days
	facts []fact // of rest
	names []string

	known struct { // what was asked for so far
		terms, stern, segments, parts, minds, called bool
	}
	heldTerms    []string
	heldStern    []string
	heldMarks    map[string]bool
	heldSegments []segment
	heldParts    []clause
	heldCalled   []string
	qualities    uint32
	sides        sides
}

func newClaim(text string) *claim {
	c := &claim{text: text}
	c.days, c.rest = dates(text)
	c.facts, c.names = facts(c.rest), properNames(text)
	return c
}

func (c *claim) terms() []string {
	if !c.known.terms {
		c.known.terms, c.heldTerms = true, terms(c.text)
	}
	return c.heldTerms
}

// stern are its stern words in Chinese.
func (c *claim) stern() []string {
	if !c.known.stern {
		c.known.stern = true
		for _, w := range sternHan {
			if strings.Contains(c.text, w) {
				c.heldStern = append(c.heldStern, w)
			}
		}
	}
	return c.heldStern
}

func (c *claim) marks() map[string]bool {
	if c.heldMarks == nil {
		c.heldMarks = marksOf(c.text)
	}
	return c.heldMarks
}

func (c *claim) segments() []segment {
	if !c.known.segments {
		c.known.segments, c.heldSegments = true, segments(c.text)
	}
	return c.heldSegments
}

// called are its names, the first word's too.
func (c *claim) called() []string {
	if !c.known.called {
		c.known.called, c.heldCalled = true, properNames("x "+c.text)
	}
	return c.heldCalled
}

// parts are its clauses, with what counts of their marks.
func (c *claim) parts() []clause {
	if !c.known.parts {
		c.known.parts, c.heldParts = true, clausesOf(c.text)
		for i := range c.heldParts {
			maps.DeleteFunc(c.heldParts[i].counts, func(m string, _ bool) bool { return courtesy[m] || m == "=cost" })
		}
	}
	return c.heldParts
}

// minds are what it qualifies, and the sides that it takes.
func (c *claim) minds() (uint32, sides) {
	if !c.known.minds {
		c.known.minds, c.qualities, c.sides = true, qualities(c.text), sidesOf(c.text)
	}
	return c.qualities, c.sides
}
