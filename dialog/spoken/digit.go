package spoken

import (
	"strconv"
	"strings"
)

// item is a part of a digit string or a code, as it was said.
type item struct {
	text    string
	other   string // another reading of it
	spelled bool   // by a word: "S for sugar"
	count   bool   // a whole number of tens, which a recogniser may have parted
	sure    float64
	from, n int // tokens
}

var enDigit = map[string]string{"zero": "0", "oh": "0", "nought": "0", "naught": "0", "nil": "0", "null": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
	"fower": "4", "fife": "5", "niner": "9", "six": "6", "seven": "7", "eight": "8", "nine": "9"}

var enPlural = map[string]string{"zeros": "0", "zeroes": "0", "ohs": "0", "ones": "1", "twos": "2", "threes": "3", "fours": "4", "fives": "5", "sixes": "6", "sevens": "7", "eights": "8", "nines": "9"}

var enTeen = map[string]int{"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}

var enTens = map[string]int{"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}

// enAlike are words that a recogniser writes for a digit; they count between digits alone.
var enAlike = map[string]string{"o": "0", "owe": "0", "won": "1", "wan": "1", "to": "2", "too": "2", "tree": "3", "free": "3", "for": "4", "fore": "4", "sex": "6", "sicks": "6", "ate": "8", "nein": "9"}

var times = map[string]int{"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "双": 2}

var zhDigit = map[string]string{"零": "0", "〇": "0", "洞": "0", "一": "1", "幺": "1", "壹": "1", "二": "2", "两": "2", "俩": "2", "贰": "2", "三": "3", "叁": "3", "仨": "3", "四": "4", "肆": "4",
	"五": "5", "伍": "5", "六": "6", "陆": "6", "七": "7", "柒": "7", "拐": "7", "八": "8", "捌": "8", "九": "9", "玖": "9", "勾": "9", "钩": "9"}

// zhAlike are characters that a recogniser writes for a digit; they count between digits alone.
var zhAlike = map[string]string{"林": "0", "玲": "0", "灵": "0", "领": "0", "另": "0", "动": "0", "冻": "0", "么": "1", "要": "1", "腰": "1", "妖": "1", "邀": "1", "医": "1", "依": "1", "衣": "1",
	"儿": "2", "而": "2", "耳": "2", "散": "3", "山": "3", "伞": "3", "是": "4", "似": "4", "死": "4", "寺": "4", "我": "5", "无": "5", "舞": "5", "午": "5", "吴": "5", "流": "6", "留": "6", "刘": "6",
	"期": "7", "起": "7", "气": "7", "其": "7", "吧": "8", "把": "8", "巴": "8", "爸": "8", "就": "9", "酒": "9", "久": "9", "旧": "9"}

var zhUnit = map[string]int{"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10000, "亿": 100000000}

// digitAt reads the part of a digit string that begins at token i. alike lets in
// the words that sound like digits.
func digitAt(ts []token, i int, alike bool) (item, bool) {
	t := at(ts, i)
	one := func(text string, sure float64) (item, bool) {
		return item{text: text, sure: sure, from: i, n: 1}, true
	}
	switch {
	case t.kind == figure && len(t.text) <= 40:
		if n, ok := repeated(ts, i, t.text); ok {
			return n, true
		}
		if c, ok := enCardinalAt(ts, i); ok {
			return c, true
		}
		return item{text: t.text, sure: 1, count: len(t.text) == 2 && t.text[1] == '0', from: i, n: 1}, true
	case t.kind == word:
		if k, ok := times[t.text]; ok {
			return multiple(ts, i, k)
		}
		if d, ok := enDigit[t.text]; ok {
			if n, ok := repeated(ts, i, d); ok {
				return n, true
			}
		}
		if c, ok := enCardinalAt(ts, i); ok {
			return c, true
		}
		if d, ok := enDigit[t.text]; ok {
			return one(d, 1)
		}
		if d, ok := enAlike[t.text]; ok && alike {
			return one(d, 0.6)
		}
	case t.kind == han:
		return zhDigitAt(ts, i, alike)
	}
	return item{}, false
}

func zhDigitAt(ts []token, i int, alike bool) (item, bool) {
	t := at(ts, i)
	if k, ok := times[t.text]; ok {
		return multiple(ts, i, k)
	}
	if d, ok := zhDigit[t.text]; ok {
		if n, ok := repeated(ts, i, d); ok {
			return n, true
		}
	}
	if v, n, ok := zhCardinal(ts, i); ok && n > 1 {
		return item{text: strconv.Itoa(v), sure: 0.9, from: i, n: n}, true
	} else if ok && t.text == "十" {
		return item{text: "10", sure: 0.9, from: i, n: 1}, true
	}
	if d, ok := zhDigit[t.text]; ok {
		return item{text: d, sure: 1, from: i, n: 1}, true
	}
	if d, ok := zhAlike[t.text]; ok && alike {
		return item{text: d, sure: 0.5, from: i, n: 1}, true
	}
	return item{}, false
}

// singleDigit is token i as one digit.
func singleDigit(ts []token, i int) (string, bool) {
	t := at(ts, i)
	if t.kind == figure && len(t.text) == 1 {
		return t.text, true
	}
	if d, ok := enDigit[t.text]; ok {
		return d, true
	}
	if t.text == "o" {
		return "0", true
	}
	d, ok := zhDigit[t.text]
	if _, unit := zhUnit[at(ts, i+1).text]; ok && unit {
		return "", false
	}
	return d, ok
}

// multiple reads "double four", "triple oh", 「双八」.
func multiple(ts []token, i, k int) (item, bool) {
	d, ok := singleDigit(ts, i+1)
	if !ok {
		return item{}, false
	}
	return item{text: strings.Repeat(d, k), sure: 1, from: i, n: 2}, true
}

// repeated reads 「三个八」 and "three eights": n of one digit.
func repeated(ts []token, i int, n string) (item, bool) {
	k, err := strconv.Atoi(n)
	if err != nil || k < 2 || k > 9 {
		return item{}, false
	}
	if d, ok := enPlural[at(ts, i+1).text]; ok {
		return item{text: strings.Repeat(d, k), sure: 0.95, from: i, n: 2}, true
	}
	if at(ts, i+1).text != "个" {
		return item{}, false
	}
	d, ok := singleDigit(ts, i+2)
	if !ok {
		return item{}, false
	}
	return item{text: strings.Repeat(d, k), sure: 0.95, from: i, n: 3}, true
}

// enCardinalAt reads "forty-eight", "eight hundred", "four thousand eight hundred and
// fifteen"; digits said one by one are not summed.
func enCardinalAt(ts []token, i int) (item, bool) {
	v, n, ok := under100(ts, i)
	if !ok {
		return item{}, false
	}
	it := item{sure: 0.95, from: i}
	words := n > 1 || at(ts, i).kind == word && v >= 10
	if at(ts, i).kind == word && v >= 20 && v%10 == 0 {
		it.count = true
	}
	if n > 1 && v > 20 && at(ts, i+1).kind == word { // "forty eight" may be 40, 8
		it.other = strconv.Itoa(v-v%10) + strconv.Itoa(v%10)
	}
	total, used := 0, n
	scaled := false
	for _, scale := range []struct {
		word string
		by   int
	}{{"thousand", 1000}, {"hundred", 100}} {
		if v > 0 && at(ts, i+used).text == scale.word {
			total += v * scale.by
			used++
			scaled = true
			v = 0
			it.count, it.other = false, ""
			if w, m, ok := tail(ts, i+used); ok {
				if scale.by == 1000 || at(ts, i+used+m).text != "hundred" {
					v, used = w, used+m
				}
			}
		}
	}
	if !scaled {
		if !words {
			return item{}, false
		}
		it.text, it.n = strconv.Itoa(v), n
		return it, true
	}
	it.text, it.n = strconv.Itoa(total+v), used
	return it, true
}

// tail reads what may follow a hundred or a thousand as part of the number.
func tail(ts []token, i int) (v, n int, ok bool) {
	skip := 0
	if at(ts, i).text == "and" {
		skip = 1
	}
	v, n, ok = under100(ts, i+skip)
	if !ok || at(ts, i+skip).kind == figure {
		return 0, 0, false
	}
	if _, another := singleDigit(ts, i+skip+n); v < 10 && another && skip == 0 {
		return 0, 0, false // "eight hundred five five five"
	}
	if v == 0 {
		return 0, 0, false
	}
	return v, n + skip, true
}

// under100 reads a number word up to 99, or a figure that a scale may follow.
func under100(ts []token, i int) (v, n int, ok bool) {
	t := at(ts, i)
	if t.kind == figure {
		if s := at(ts, i+1).text; len(t.text) <= 3 && (s == "hundred" || s == "thousand") {
			v, _ = strconv.Atoi(t.text)
			return v, 1, true
		}
		return 0, 0, false
	}
	if t.kind != word {
		return 0, 0, false
	}
	if d, ok := enDigit[t.text]; ok {
		v, _ = strconv.Atoi(d)
		return v, 1, true
	}
	if v, ok := enTeen[t.text]; ok {
		return v, 1, true
	}
	v, ok = enTens[t.text]
	if !ok {
		return 0, 0, false
	}
	j := i + 1
	if at(ts, j).text == "-" && touching(ts, i) {
		j++
	}
	if d, ok := enDigit[at(ts, j).text]; ok && d != "0" && at(ts, j).kind == word {
		u, _ := strconv.Atoi(d)
		return v + u, j + 1 - i, true
	}
	return v, 1, true
}

// zhCardinal reads 「四千八百一十五」, 「十五」, 「一万二」, 「两百五」; n is the number of tokens.
func zhCardinal(ts []token, i int) (v, n int, ok bool) {
	total, section, digit := 0, 0, -1
	lastUnit := 0
	j := i
	for ; ; j++ {
		t := at(ts, j)
		if u, isUnit := zhUnit[t.text]; isUnit && t.kind == han {
			switch {
			case digit < 0 && u == 10 && section%100 == 0 && lastUnit != 10:
				digit = 1
			case digit < 0 && u < 10000, u < 10000 && lastUnit > 0 && lastUnit < 10000 && u >= lastUnit:
				return done(total, section, digit, lastUnit, j-i)
			}
			if u >= 10000 {
				if section+max(digit, 0) == 0 || total > 0 && u >= 100000000 {
					return done(total, section, digit, lastUnit, j-i)
				}
				total, section = total+(section+max(digit, 0))*u, 0
			} else {
				section += digit * u
			}
			lastUnit, digit = u, -1
			continue
		}
		d, isDigit := zhDigit[t.text]
		if !isDigit || t.kind != han {
			break
		}
		if d == "0" && lastUnit > 0 && digit < 0 {
			if _, next := zhDigit[at(ts, j+1).text]; next {
				lastUnit = -lastUnit // a zero: the next digit is no abbreviated unit
				continue
			}
			break
		}
		_, unitNext := zhUnit[at(ts, j+1).text]
		if digit >= 0 || lastUnit == 0 && !unitNext {
			break
		}
		digit, _ = strconv.Atoi(d)
		if lastUnit < 0 && !unitNext {
			section += digit
			return total + section, j + 1 - i, true
		}
	}
	return done(total, section, digit, lastUnit, j-i)
}

// done closes a cardinal: a last digit after a unit is of the next lower unit
// (一万二 is 12,000), after 十 of ones.
func done(total, section, digit, lastUnit, n int) (int, int, bool) {
	if lastUnit == 0 || n <= 0 {
		return 0, 0, false
	}
	if digit > 0 {
		switch {
		case lastUnit >= 100:
			section += digit * lastUnit / 10
		default:
			section += digit
		}
	}
	return total + section, n, true
}
