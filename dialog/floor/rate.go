package floor

import (
	"strings"
	"time"
	"unicode"

	"parley/dialog"
)

// rateWait is how long a mark is waited for.
const rateWait = 6 * time.Second

// asksRating reports whether a good-bye is the time to ask how the call was: by phone, where
// something was answered, once, and never after danger, anger or a parting for bad words.
func (s *State) asksRating() bool {
	return s.Config.AskRating && s.Phone && s.Out == nil && s.Rating == unrated && !s.Unrated && !s.Relayed && s.Answered
}

// rating reports whether a mark is awaited.
func (s *State) rating() bool { return s.Rating == rateAsked || s.Rating == rateAgain }

func (t *step) askRating() {
	t.Rating = rateAsked
	t.expectDigits()
	t.say(t.pick("Before you go: how was this call, from one, bad, to five, very good? Say the number or press the key, or just hang up.",
		"挂机前请您评价一下这次通话：1分很不满意，5分非常满意。请说数字或按键，直接挂机也可以。"), false)
}

func (t *step) expectDigits() {
	t.Expecting = dialog.ExpectDigits
	t.do(Expect{t.Expecting})
}

// rates takes the mark, and reports whether the words were one, or the end of the matter. Longer
// words are about something: the call goes on.
func (t *step) rates(text string) bool {
	if !t.rating() {
		return false
	}
	n := mark(text)
	switch {
	case n > 0:
		t.do(Rate{n})
		t.thank()
	case len(plain(text)) > maxCommand:
		t.Rating = rated
		return false
	case t.command(text) == bye || t.Rating == rateAgain || declines(text):
		t.thank()
	default:
		t.Rating = rateAgain
		t.say(t.pick("A number from one to five, please.", "请说1到5的数字。"), false)
	}
	return true
}

// thank ends the call after the question.
func (t *step) thank() {
	t.Rating, t.End = rated, "goodbye"
	t.say(t.pick("Thank you for calling. Goodbye.", "感谢您的来电，再见。"), false)
}

// declines reports whether somebody does not want to give a mark.
func declines(text string) bool {
	switch plain(text) {
	case "no", "no thanks", "no thank you", "not now", "不", "不用", "不用了", "不评价", "不了":
		return true
	}
	return false
}

var marks = map[string]int{"1": 1, "one": 1, "won": 1, "2": 2, "two": 2, "too": 2, "to": 2, "3": 3, "three": 3, "4": 4, "four": 4, "for": 4, "5": 5, "five": 5, "fife": 5}

var hanMarks = map[rune]int{'1': 1, '一': 1, '壹': 1, '2': 2, '二': 2, '两': 2, '3': 3, '三': 3, '4': 4, '四': 4, '5': 5, '五': 5}

// mark is the one number from 1 to 5 that is said; 0: there is none, or there are several.
func mark(text string) int {
	p := plain(text)
	if strings.ContainsFunc(p, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return hanMark(p)
	}
	found := 0
	words := strings.Fields(p)
	for _, w := range words {
		n, ok := marks[w]
		alike := w == "won" || w == "to" || w == "too" || w == "for" || w == "fife" // words that a recogniser writes for a number
		switch {
		case !ok && strings.ContainsFunc(w, unicode.IsDigit):
			return 0
		case !ok, alike && len(words) > 1, n == found:
		case found > 0:
			return 0
		default:
			found = n
		}
	}
	return found
}

// hanMark is mark of Chinese: "5分", "给五分", "四星"; of "一般" and "有一点" it is none.
func hanMark(p string) int {
	found := 0
	runes := []rune(p)
	for i, r := range runes {
		n, ok := hanMarks[r]
		if !ok {
			if unicode.IsDigit(r) || r == '十' || r == '百' {
				return 0
			}
			continue
		}
		alone := len(runes) == 1
		counted := i+1 < len(runes) && strings.ContainsRune("分星颗", runes[i+1])
		if !unicode.IsDigit(r) && !alone && !counted {
			continue
		}
		if found > 0 && found != n {
			return 0
		}
		found = n
	}
	return found
}
