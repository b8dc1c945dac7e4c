package endpoint

import (
	"math"
	"strings"

	"parley/asr/words"
)

// state is what the words so far ask for.
type state uint8

const (
	unsaid    state = iota // no words yet
	open                   // may go on or not
	whole                  // a whole sentence
	answer                 // yes, no, thanks
	hanging                // breaks off: "and", "my order number is"
	dictating              // in the middle of a number
	complete               // a number that has all its digits
	modified               // ends in a word that describes what has not been said
	begun                  // a clause without its verb
	wanting                // a verb without its object
)

// reading is what is known of a text.
type reading struct {
	state  state
	words  int // Han characters count half
	digits int // when the text ends in a number
	han    bool

	question bool // by its form

	last, before float64 // how readily an English sentence ends after these words
	verbs        int
	clauses      int // subordinate ones begun
	object       int // words since the last verb; -1 without one
}

// read looks at a text. It allocates.
func read(text string, o Options) reading {
	ws := words.Split(text)
	r := reading{state: unsaid, words: len(ws)}
	if len(ws) == 0 {
		return r
	}
	for _, w := range ws {
		r.han = r.han || words.Han(w)
	}
	if r.han {
		r.words = (len(ws) + 1) / 2
	}
	for i := range ws {
		if n, all := digits(ws[i:]); all && n >= len(ws)-i {
			r.digits = n
			break
		}
	}
	r.grammar(text)
	r.question = asks(ws) || strings.HasSuffix(text, "吗") || strings.HasSuffix(text, "什么") || strings.HasSuffix(text, "多少")
	said, tail := digits(ws)
	switch {
	case tail && (o.Expect == Digits || said >= 3 || said >= 1 && said == len(ws)):
		r.state = number(said, o)
	case o.Expect == Digits && said == 0 && !r.han && len(ws) < 3:
		r.state = open
	case r.han:
		r.state = judgeHan(strings.Join(ws, ""))
	default:
		r.state = judgeEnglish(ws, text)
	}
	return r
}

// into fills the features of the words.
func (r *reading) into(x *Features) {
	x[fOne] = 1
	is := func(f int, b bool) {
		if b {
			x[f] = 1
		}
	}
	if is(fHan, r.han); r.han {
		is(fHanWhole, r.state == whole || r.state == answer)
		is(fHanHanging, r.state == hanging)
		return
	}
	if is(fUnsaid, r.words == 0); r.words == 0 {
		return
	}
	is(fAnswer, r.state == answer)
	is(fDigit, r.digits == 1)
	is(fGroup, r.digits == 2 || r.digits == 3)
	is(fNumber, r.digits > 3)
	is(fSingle, r.words == 1 && r.digits == 0)
	is(fHanging, r.state == hanging)
	if r.digits > 0 {
		return
	}
	x[fEnd], x[fEndPrev] = r.last+2.5, r.before+2.5
	if !r.short() {
		x[fWords] = math.Log(float64(r.words)) - 1.5
	}
	is(fNoVerb, r.verbs == 0 && r.words > 1)
	x[fMainVerb] = limit(float64(r.verbs-r.clauses), 2)
	if r.object >= 0 {
		x[fObject] = math.Log(float64(r.object)+0.5) - 0.7
	}
	is(fVerbLast, r.object == 0)
	is(fWhole, r.state == whole)
	is(fModified, r.state == modified)
	is(fBegun, r.state == begun)
	is(fWanting, r.state == wanting)
}

// short reports whether the words say how much is to be expected better than how
// long they took: an answer, a number, a word alone.
func (r *reading) short() bool {
	return r.words == 1 && !r.han || r.digits > 0 || r.state == answer
}

// asked is what the moment adds to the odds of being done, beyond what was learnt
// from turns that nobody asked for: a number is waited for until it has all its
// digits, a bare answer is enough, a whole question wants its answer, and who breaks
// off in "my order number is" looks for it.
func (r *reading) asked(o Options) float64 {
	switch {
	case r.state == complete:
		return 3
	case r.state == dictating && o.Expect == Digits:
		return -5
	case r.state == answer:
		return 3
	case r.state == hanging:
		return -2
	case r.state == whole && r.question:
		return 1.5
	}
	return 0
}

// digits counts the digits said, and reports whether the text ends in one.
func digits(ws []string) (n int, tail bool) {
	for _, w := range ws {
		k := 0
		switch {
		case digitWords[w], len([]rune(w)) == 1 && strings.Contains(hanDigits, w):
			k = 1
		default:
			for _, r := range w {
				if r < '0' || r > '9' {
					k = 0
					break
				}
				k++
			}
		}
		n += k
		tail = k > 0
	}
	return n, tail
}

// number is in the middle unless it has a usual length: of phones 10 and 11, of
// our own orders 8. A short one that was not asked for may be an answer.
func number(n int, o Options) state {
	switch {
	case n == 8 && o.Expect == Digits, n >= 10 && n <= 11, n >= 16:
		return complete
	case n == 1 && o.Expect != Digits:
		return open
	}
	return dictating
}
