// Package care reads from a customer's words whether a person should come: because
// the customer asks for one, is in danger, in distress or angry.
//
// It knows words in English and Chinese, as they are typed and as recognisers garble
// them, and nothing of conversations. Asking has two grades, since an offer costs a
// sentence and a wrong transfer costs a person's time.
package care

import (
	"strings"
	"unicode"

	"parley/dialog/lately"
)

// Wish is how far a customer asks for a person.
type Wish uint8

// The grades.
const (
	NoWish  Wish = iota
	MayWish      // people are spoken of: answer, and offer one
	Wishes       // a person is asked for: bring one
	Refuses      // a person is expressly not wanted
)

// Danger is what the customer seems to be in.
type Danger uint8

// The kinds; Lethal first has the number to call.
const (
	NoDanger Danger = iota
	Distress        // bereavement, despair, grave illness, destitution: a person, gently
	SelfHarm        // a person at once, and the number to call first
	Lethal          // fire, injury, current, gas, a break-in: the number to call first
)

// Signal is what the words say.
type Signal struct {
	Person Wish
	Danger Danger
	Anger  float64 // 0 calm to 1; from 0.5 on the customer is angry
}

// How sure the learnt ear must be, where the rules hear nothing.
const (
	surely  = 0.8 // that a person is asked for
	perhaps = 0.2
	gravely = 0.5 // of danger, distress, anger
)

// Read reads one utterance or message in any of the languages that it knows: by rules,
// and by what examples teach where the rules hear nothing.
func Read(text string) Signal { return signals.Of(text, read) }

// signals are those of what was said a moment ago: who leads a conversation asks, and who
// watches it.
var signals = lately.Memo[Signal]{Most: 512, Longest: 2000}

func read(text string) Signal {
	f := fold(text)
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) && !strings.Contains(text, "!!") && !strings.Contains(text, "！！") {
		return Signal{} // a lone question mark waits, and is not angry
	}
	s := Signal{Person: wish(f), Danger: danger(f), Anger: anger(text, f)}
	if f.latin == "" && f.han == "" {
		return s
	}
	x := features(f)
	ear := learnt()["person"]
	switch p := ear.at(ear.odds(x), "ask"); {
	case s.Person == Refuses:
	case p >= surely:
		s.Person = Wishes
	case p >= perhaps && s.Person == NoWish:
		s.Person = MayWish
	}
	if s.Danger == NoDanger {
		c := learnt()["care"]
		p := c.odds(x)
		switch {
		case c.at(p, "emergency") >= gravely:
			s.Danger = Lethal
		case c.at(p, "distress") >= gravely && s.Anger < gravely: // who is angry is not in despair
			s.Danger = Distress
		case c.at(p, "anger") >= gravely:
			s.Anger = max(s.Anger, gravely)
		}
	}
	return s
}

// Warm learns the examples and makes what the patterns need, so that the first customer does not
// wait for it.
func Warm() { read("Hello there, where is my parcel? 你好，我的包裹在哪里？") }

// folded is a text made plain for looking at.
type folded struct {
	latin   string   // lower-case words and clause marks ("." and ","), one blank between all
	clauses []string // of latin
	han     string   // Han characters, with clause marks
	closely string   // han without the marks
}

// fold makes a text plain: case, apostrophes, the spellings of haste.
func fold(text string) folded {
	var latin, han strings.Builder
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			han.WriteRune(r)
			latin.WriteByte(' ')
		case r == '’' || r == '\'':
			// "don't" becomes "dont"
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			latin.WriteRune(unicode.ToLower(r))
			if unicode.IsLetter(r) {
				han.WriteRune(unicode.ToLower(r))
			}
		case strings.ContainsRune(".!?。！？…;；\n", r):
			latin.WriteString(" . ")
			han.WriteByte('.')
		case strings.ContainsRune(",，、:：—", r):
			latin.WriteString(" , ")
			han.WriteByte(',')
		default:
			latin.WriteByte(' ')
		}
	}
	words := strings.Fields(latin.String())
	words = joined(words)
	for i, w := range words {
		words[i] = respelt(w)
	}
	f := folded{latin: strings.Join(strings.Fields(strings.Join(words, " ")), " "), han: han.String()}
	for c := range strings.FieldsFuncSeq(f.latin, func(r rune) bool { return r == '.' || r == ',' }) {
		if c = strings.TrimSpace(c); c != "" {
			f.clauses = append(f.clauses, c)
		}
	}
	f.closely = strings.Map(func(r rune) rune {
		if r == '.' || r == ',' {
			return -1
		}
		return r
	}, f.han)
	return f
}

// wish is the strongest of what the two languages say.
func wish(f folded) Wish {
	en, zh := wishEnglish(f), wishChinese(f)
	switch {
	case en == Wishes || zh == Wishes:
		return Wishes
	case en == Refuses || zh == Refuses:
		return Refuses
	case en == MayWish || zh == MayWish:
		return MayWish
	}
	return NoWish
}
