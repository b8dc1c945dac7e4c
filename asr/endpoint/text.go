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
	begun                  // a clause without its verb
	wanting                // a verb without its object
)

// reading is what is known of a text.
type reading struct {
	state  state
	words  int // Han characters are one each
	digits int // when the text is a number and nothing else, or ends in one of several digits
	han    bool

	question bool // by its form
	definite bool // begins with "the", "my"
	opener   bool // an answer with which more than an answer may begin: "okay", "thank you"
	clause   clause
	tail     hanTail
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
	for i := range ws {
		if n, all := digits(ws[i:]); all && n >= len(ws)-i && (i == 0 || n > 1) {
			r.digits = n
			break
		}
	}
	r.question = asks(ws) || strings.HasSuffix(text, "吗") || strings.HasSuffix(text, "什么") || strings.HasSuffix(text, "多少")
	said, tail := digits(ws)
	switch {
	case tail && (o.Expect == Digits || said >= 3 || said >= 1 && said == len(ws)):
		r.state = dictated(said, o)
	case o.Expect == Digits && said == 0 && !r.han && len(ws) < 3:
		r.state = open
	case r.han:
		r.state = r.judgeHan(strings.Join(ws, ""))
	default:
		r.state = r.judgeEnglish(text)
	}
	return r
}

// into fills the features of the words.
func (r *reading) into(x *Features) {
	x[fOne] = 1
	if x.is(fUnsaid, r.words == 0); r.words == 0 {
		return
	}
	x.is(fHan, r.han)
	x.is(fDigit, r.digits == 1)
	x.is(fGroup, r.digits == 2 || r.digits == 3)
	if r.digits > 3 {
		x[fNumber], x[fLonger] = 1, limit(float64(r.digits-4)/2, 2)
	}
	switch {
	case r.digits > 0:
	case r.han:
		r.intoHan(x)
	default:
		r.intoEnglish(x)
	}
}

func (r *reading) intoEnglish(x *Features) {
	if r.state == answer {
		x.is(fOpener, r.opener)
		return
	}
	c := &r.clause
	x.is(fSingle, r.words == 1)
	if c.need != nothing {
		x[fNeed+int(c.need)-1] = 1
	}
	many := r.words > 1
	x.is(fNamed, many && c.fragment && r.definite)
	x.is(fFragment, many && c.fragment && !r.definite)
	x.is(fBegun, c.need == nothing && !c.fragment && (c.pending || c.groups <= c.openings))
	x.is(fWhole, r.state == whole)
	x.is(fClosing, c.closing)
	x.is(fLinked, c.linked)
	x.is(fVerbLast, c.after == 0 && c.need == nothing)
	if !r.short() {
		x[fWords] = math.Log(float64(r.words)) - 1.5
	}
	x[fMainVerb] = limit(float64(c.groups-c.openings), 2)
	if c.groups > 0 && c.need == nothing {
		x[fAfter] = math.Log(float64(c.after)+0.5) - 0.7
	}
}

// short reports whether the words say how much is to be expected better than how
// long they took: an answer, a number, a word alone.
func (r *reading) short() bool {
	return r.words == 1 && !r.han || r.digits > 0 || r.state == answer
}

// sure reports whether nothing is expected after these words, however soon: a bare
// yes or no, a number with all its digits.
func (r *reading) sure() bool { return r.state == complete || r.state == answer && !r.opener }

// asked is what the moment adds to the odds of being done, beyond what is learnt
// from turns that nobody asked for: a number is waited for until it has all its
// digits, a bare yes or no is enough, a whole question wants its answer, and who
// breaks off in "my order number is" looks for it.
func (r *reading) asked(o Options) float64 {
	switch {
	case r.state == dictating && o.Expect == Digits:
		return -5
	case r.sure():
		return 3
	case r.state == whole && r.question:
		return 1.5
	case r.state == hanging:
		return -2
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

// dictated is in the middle unless it has a usual length: of phones 10 and 11, of
// our own orders 8. A short one that was not asked for may be an answer.
func dictated(n int, o Options) state {
	switch {
	case n == 8 && o.Expect == Digits, n >= 10 && n <= 11, n >= 16:
		return complete
	case n == 1 && o.Expect != Digits:
		return open
	}
	return dictating
}
