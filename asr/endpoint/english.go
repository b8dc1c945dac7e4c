package endpoint

import (
	"strings"
	"unicode"
)

// need is what an English text still wants after its last word.
type need uint8

const (
	nothing     need = iota
	aNoun            // "the", "your", "the neighbor's"
	itsNoun          // "the small": a noun phrase that was begun, and described
	anyNoun          // "small": something may follow, or it is an answer
	aUnit            // "go forward ten"
	anObject         // of a preposition: "with"
	aTail            // "logged on": of what, or of nothing
	aThing           // of a verb: "please enter"
	aComplement      // "the air is"
	aVerb            // "I", "will", "to"
	aClause          // "and", "because"
	moreWords        // "very", "what", "um"
)

// clause is what a look from left to right finds in an English text: no parser, but
// enough to tell "the party you are" from "the party is over".
type clause struct {
	need     need
	groups   int // of verbs; an infinitive is none
	openings int // clauses begun by a conjunction or relative, that need a verb of their own
	after    int // words since the last verb
	pending  bool
	fragment bool // no verb, and nothing that begs for one: "two people"
	closing  bool // ends in "again", "please", "for them"
	linked   bool // ends in what a copula wanted: "the air is pure"

	last    tag
	word    string // the last
	inVerb  bool
	nominal bool // the last word was a noun, or stands for one
	passive bool // a form of "be" or "get" leads the verb
	fresh   bool // a sentence may begin here
	gap     bool // the clause is about what stands before it: its verb has its thing
}

// tokens are the words in lower case, with their apostrophes.
func tokens(text string) []string {
	return strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(text, "’", "'")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}

// scan reads the words from left to right.
func scan(ws []string) clause {
	c := clause{fresh: true}
	question := len(ws) > 0 && questions[ws[0]]
	for i, w := range ws {
		t := c.tag(w)
		was := c.last
		c.closing, c.linked = false, false
		c.after++
		c.count(t, w, was, question && i > 0, i == 0 && asks(ws))
		c.take(t, w, was)
		if t != adverb && t != leading && t != negation {
			c.inVerb = t.verbal()
		}
		c.nominal = t == noun || t == subject || t == pronoun || t == object || t == number
		c.fresh = t == join || t == polite || i == 0 && t == answering || c.fresh && (t == adverb || t == leading)
		c.last, c.word = t, w
	}
	c.fragment = c.groups == 0 && c.openings == 0
	if object, preposition := asksForThing(ws); object && (c.need == aThing || preposition && (c.need == aTail || c.need == anObject && c.after == 1)) {
		c.need = nothing
	}
	return c
}

// asksForThing reports whether a question puts the object of its verb first, so that
// the verb may end it: "how long does delivery take"; and whether that may be
// a preposition's: "who can I talk to".
func asksForThing(ws []string) (object, preposition bool) {
	if len(ws) < 3 {
		return false, false
	}
	switch ws[0] {
	case "what", "which", "who", "whom", "whose":
		object, preposition = true, true
	case "how":
		object = ws[1] == "much" || ws[1] == "many" || ws[1] == "long"
	}
	for i, w := range ws[1:min(len(ws)-1, 6)] {
		who := i == 0 && class[ws[0]] == subject // "who can": perhaps the one who does it
		if next := class[ws[i+2]]; auxiliary(w) && (!who || next == subject || next == pronoun) {
			return object, preposition
		}
	}
	return false, false
}

// count follows the verbs, and the clauses that want one.
func (c *clause) count(t tag, w string, was tag, question, asking bool) {
	switch {
	case t.verbal() && t != participle || t == participle && !c.after0(was):
		auxiliary := (t == modal || t == copula) && was.verbal() && was != modal && was != copula
		if (!c.inVerb || auxiliary) && was != infinitive {
			c.groups++
			c.pending = false
		}
		c.after = 0
	case t == participle:
		c.after = 0
	case t == conjunction && !asking && !(w == "that" && c.inVerb && c.groups > 1):
		c.openings++
		c.pending, c.gap = true, was == noun && (w == "which" || w == "that")
	case c.need == anObject && (c.word == "after" || c.word == "before" || c.word == "until" || c.word == "since") && (t == subject || t == pronoun):
		c.openings++
		c.pending = true
	case (t == subject || t == pronoun && !c.inVerb) && c.nominal && was != object && !c.fresh && !question:
		c.openings++ // "the number you have dialed"
		c.pending, c.gap = true, true
	}
}

// after0 reports whether a participle is no verb of its own: "no call parked".
func (c *clause) after0(was tag) bool { return was == noun && c.groups > c.openings }

// take says what is wanted after a word.
func (c *clause) take(t tag, w string, was tag) {
	held := c.need
	switch t {
	case determiner:
		c.need = aNoun
	case adjective:
		switch held {
		case aNoun, itsNoun:
			c.need = itsNoun
		case aComplement:
			c.need, c.linked = nothing, true
		case moreWords:
			c.need = anyNoun
			if c.linked = was == leading && c.inVerb; c.linked {
				c.need = nothing
			}
		default:
			c.need = anyNoun
		}
	case number:
		c.need = nothing
		if c.groups > 0 || held == aNoun || held == anObject {
			c.need = aUnit
		}
	case noun, object:
		c.need = nothing
		c.closing = t == object
	case pronoun:
		c.need = nothing
		if held != aThing && held != anObject && held != aTail && !c.inVerb {
			c.need = aVerb
		} else {
			c.closing = true
		}
	case subject, modal, infinitive:
		c.need = aVerb
	case copula:
		c.need, c.passive = aComplement, true
	case transitive:
		if c.need = aThing; c.gap {
			c.need = nothing
		}
	case participle:
		c.need = nothing
		if (objects[w] || stem(w) != w && action(stem(w)) == transitive) && !c.passive && !c.gap && !c.after0(was) {
			c.need = aThing
		}
	case intransitive:
		c.need = nothing
	case preposition:
		c.need = anObject
	case particle:
		c.need = anObject
		if was.verbal() {
			c.need = aTail
		}
	case join, conjunction:
		c.need = aClause
	case leading, negation, asked, filler:
		if c.need = moreWords; held == aNoun || held == itsNoun {
			c.need = itsNoun
		} else if held == aComplement && t != asked {
			c.need = aComplement
		}
	case adverb, polite, answering:
		if c.closing = true; held != aNoun && held != itsNoun && held != aVerb && held != aClause && held != moreWords {
			c.need = nothing
		}
	}
	if t == modal || t == copula {
		c.passive = t == copula
		c.gap = c.gap && !(was.verbal() && was != modal && was != copula)
	}
}

// asks reports whether a sentence begins as a question: "where is", not "when you".
func asks(ws []string) bool {
	return questions[ws[0]] && (len(ws) < 2 || auxiliary(ws[0]) || auxiliary(ws[1]) || ws[0] != "when" && class[ws[1]] != subject && class[ws[1]] != pronoun)
}

func auxiliary(w string) bool { t := class[w]; return t == modal || t == copula }

// judgeEnglish reads what was said in words of Latin script.
func (r *reading) judgeEnglish(text string) state {
	ws := tokens(text)
	if len(ws) == 0 {
		return open
	}
	all, opener := true, true
	for _, w := range ws {
		all, opener = all && short[w], opener && openers[w]
	}
	c := scan(ws)
	r.opener = opener
	r.clause, r.definite = c, class[ws[0]] == determiner || strings.HasSuffix(ws[0], "'s")
	switch {
	case c.last == filler:
		return hanging
	case all && len(ws) <= 4:
		return answer
	case strings.HasSuffix(strings.TrimSpace(text), "?"):
		return whole
	}
	switch c.need {
	case aNoun, itsNoun, anObject, aVerb, aClause, aComplement, moreWords:
		return hanging
	case aThing, aUnit, aTail:
		return wanting
	case anyNoun:
		return open
	}
	switch {
	case c.groups == 0:
		return open
	case c.pending || c.groups <= c.openings:
		return begun
	case c.after == 0 && c.groups == 1 && len(ws) < 3:
		return open
	}
	return whole
}
