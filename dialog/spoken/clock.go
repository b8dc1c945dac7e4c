package spoken

import (
	"fmt"
	"strconv"
)

// half of the day that is said with a time.
type part uint8

const (
	noPart part = iota
	morning
	noonish
	afternoon
	evening
	night // after midnight
)

var zhParts = []struct {
	word string
	is   part
}{{"上午", morning}, {"早上", morning}, {"早晨", morning}, {"清晨", morning}, {"凌晨", night}, {"半夜", night}, {"中午", noonish}, {"下午", afternoon}, {"午后", afternoon}, {"傍晚", evening}, {"晚上", evening}, {"夜里", evening}, {"今晚", evening}, {"明晚", evening}, {"今早", morning}, {"明早", morning}}

// Time finds times of day as "15:04": "half past two", "2 pm", 「下午两点半」. Hours without
// a part of the day are taken for those of a working day; the other is among Others.
func Time(text string, o Options) []Found {
	ts := tokens(text)
	said := daypart(ts)
	return scan(ts, o, func(i int) (Found, int) {
		h, m, p, n, ok := zhTime(ts, i)
		if !ok {
			h, m, p, n, ok = enTime(ts, i, o.Asked)
		}
		if !ok || h > 24 || m > 59 {
			return Found{}, 0
		}
		if p == noPart {
			p = said
		}
		return clocked(h, m, p), n
	})
}

// daypart is the part of the day that is named anywhere: "Tuesday afternoon at two".
func daypart(ts []token) part {
	for i := range ts {
		switch ts[i].text {
		case "morning":
			return morning
		case "afternoon":
			return afternoon
		case "evening", "tonight":
			return evening
		}
	}
	return noPart
}

func clocked(h, m int, p part) Found {
	f := Found{Confidence: 0.95}
	switch {
	case h == 24:
		h = 0
	case p == afternoon && h < 12, p == evening && h >= 4 && h < 12, p == noonish && h < 4:
		h += 12
	case p == night && h == 12, p == morning && h == 12, p == evening && h == 12:
		h = 0
	case p == noPart && h >= 1 && h <= 12:
		f.Confidence = 0.8
		other := (h + 12) % 24
		if h <= 6 {
			h, other = h+12, h
		}
		f.Others = []string{fmt.Sprintf("%02d:%02d", other, m)}
	}
	f.Value = fmt.Sprintf("%02d:%02d", h, m)
	return f
}

// zhTime reads 「下午两点半」, 「差五分三点」, 「十四点三十分」.
func zhTime(ts []token, i int) (h, m int, p part, n int, ok bool) {
	j := i
	for _, w := range zhParts {
		if k, ok := is(ts, i, w.word); ok {
			p, j = w.is, i+k
			if at(ts, j).text == "的" {
				j++
			}
			break
		}
	}
	if j > i && at(ts, j).kind == figure && at(ts, j+1).text == ":" {
		h, m, n, ok = figureTime(ts, j)
		return h, m, p, j + n - i, ok
	}
	early := 0
	if at(ts, j).text == "差" {
		v, k := zhSmall(ts, j+1)
		switch {
		case k > 0 && at(ts, j+1+k).text == "分":
			early, j = v, j+2+k
		case at(ts, j+1).text == "一" && at(ts, j+2).text == "刻":
			early, j = 15, j+3
		}
	}
	h, k := zhSmall(ts, j)
	if k == 0 {
		return 0, 0, p, 0, false
	}
	j += k
	if t := at(ts, j).text; t != "点" && t != "點" && (t != "时" || at(ts, j+1).text == "候") {
		return 0, 0, p, 0, false
	}
	j++
	m, k = zhMinutes(ts, j)
	j += k
	if early > 0 {
		h, m = (h*60-early)/60, (h*60-early)%60
	}
	return h, m, p, j - i, true
}

// zhMinutes reads what follows 点.
func zhMinutes(ts []token, j int) (m, n int) {
	switch at(ts, j).text {
	case "半":
		return 30, 1
	case "整", "钟":
		return 0, 1
	}
	if at(ts, j+1).text == "刻" {
		switch at(ts, j).text {
		case "一", "1":
			return 15, 2
		case "三", "3":
			return 45, 2
		}
	}
	z := 0
	if t := at(ts, j).text; (t == "零" || t == "过") && at(ts, j+1).text != "" {
		z = 1
	}
	v, k := zhSmall(ts, j+z)
	if k == 0 || v > 59 {
		return 0, 0
	}
	k += z
	if at(ts, j+k).text == "分" {
		return v, k + 1
	}
	if v < 10 && z == 0 {
		return 0, 0
	}
	return v, k
}

// figureTime reads "14:30".
func figureTime(ts []token, i int) (h, m, n int, ok bool) {
	a, sep, b := at(ts, i), at(ts, i+1), at(ts, i+2)
	if a.kind != figure || b.kind != figure || len(a.text) > 2 || len(b.text) != 2 || !touching(ts, i) || !touching(ts, i+1) || sep.text != ":" && sep.text != "." {
		return 0, 0, 0, false
	}
	h, _ = strconv.Atoi(a.text)
	m, _ = strconv.Atoi(b.text)
	if sep.text == "." {
		if _, k := meridiem(ts, i+3); k == 0 {
			return 0, 0, 0, false
		}
	}
	return h, m, 3, h <= 24 && m <= 59
}

// meridiem reads "pm", "p.m.", "in the afternoon", "o'clock in the morning".
func meridiem(ts []token, i int) (part, int) {
	j := i
	if n, ok := anyOf(ts, j, "o'clock", "oclock", "o clock"); ok {
		j += n
	}
	if at(ts, j).text == "," && j == i {
		j++
	}
	for _, m := range []struct {
		phrase string
		is     part
	}{{"in the morning", morning}, {"in the afternoon", afternoon}, {"in the evening", evening}, {"at night", evening}, {"a.m.", morning}, {"p.m.", afternoon}, {"am", morning}, {"pm", afternoon}, {"a.m", morning}, {"p.m", afternoon}, {"a m", morning}, {"p m", afternoon}} {
		if n, ok := is(ts, j, m.phrase); ok {
			return m.is, j + n - i
		}
	}
	if j > i && ts[i].text != "," {
		return noPart, j - i
	}
	return noPart, 0
}

// enTime reads "2 pm", "half past two", "two thirty", "14:30", "noon"; a bare hour after
// "at", or when a time was asked for.
func enTime(ts []token, i int, asked bool) (h, m int, p part, n int, ok bool) {
	if n, ok := anyOf(ts, i, "noon", "midday", "正午"); ok {
		return 12, 0, noonish, n, true
	}
	if n, ok := anyOf(ts, i, "midnight"); ok {
		return 0, 0, night, n, true
	}
	if h, m, n, ok := figureTime(ts, i); ok {
		p, k := meridiem(ts, i+n)
		if p == noPart && (h > 12 || h == 0 || ts[i].text[0] == '0') {
			p = night
		}
		return h, m, p, n + k, true
	}
	if h, m, n, ok := pastTo(ts, i); ok {
		p, k := meridiem(ts, i+n)
		return h, m, p, n + k, true
	}
	h, n, ok = hour(ts, i)
	if !ok {
		return 0, 0, 0, 0, false
	}
	minutes := false
	if v, k, ok := minute(ts, i+n); ok {
		m, n, minutes = v, n+k, true
	}
	p, k := meridiem(ts, i+n)
	n += k
	before := at(ts, i-1).text
	if k == 0 && !minutes && !asked && before != "at" && before != "around" && before != "about" && before != "by" {
		return 0, 0, 0, 0, false
	}
	if k == 0 && minutes && !asked && before != "at" && before != "around" {
		return 0, 0, 0, 0, false
	}
	if k == 0 && at(ts, i+n).kind == word && counts[at(ts, i+n).text] {
		return 0, 0, 0, 0, false
	}
	return h, m, p, n, true
}

// counts are words after a number that make it no hour.
var counts = map[string]bool{"days": true, "weeks": true, "months": true, "years": true, "hours": true, "minutes": true, "pairs": true, "items": true, "digits": true, "street": true, "dollars": true, "th": true, "st": true, "nd": true, "rd": true,
	"january": true, "february": true, "march": true, "april": true, "may": true, "june": true, "july": true, "august": true, "september": true, "october": true, "november": true, "december": true}

func hour(ts []token, i int) (h, n int, ok bool) {
	t := at(ts, i)
	if t.kind == figure && len(t.text) <= 2 && at(ts, i+1).text != "/" && at(ts, i-1).text != "/" && at(ts, i-1).text != "-" {
		h, _ = strconv.Atoi(t.text)
		return h, 1, h >= 1 && h <= 24
	}
	if t.kind != word || t.text == "oh" {
		return 0, 0, false
	}
	h, n, ok = under100(ts, i)
	if ok && h >= 20 && n > 1 { // "twenty two" is no hour here
		return 0, 0, false
	}
	return h, n, ok && h >= 1 && h <= 12
}

func minute(ts []token, i int) (m, n int, ok bool) {
	if at(ts, i).text == "oh" {
		if d, ok := singleDigit(ts, i+1); ok {
			m, _ = strconv.Atoi(d)
			return m, 2, true
		}
	}
	t := at(ts, i)
	if t.kind == figure && len(t.text) == 2 {
		m, _ = strconv.Atoi(t.text)
		return m, 1, m <= 59
	}
	m, n, ok = under100(ts, i)
	return m, n, ok && m >= 10 && m <= 59
}

// pastTo reads "half past two", "quarter to three", "ten past nine".
func pastTo(ts []token, i int) (h, m, n int, ok bool) {
	j := i
	if at(ts, j).text == "a" {
		j++
	}
	switch t := at(ts, j); {
	case t.text == "half":
		m, j = 30, j+1
	case t.text == "quarter":
		m, j = 15, j+1
	default:
		v, k, ok := under100(ts, j)
		if !ok && t.kind == figure && len(t.text) <= 2 {
			v, _ = strconv.Atoi(t.text)
			k, ok = 1, true
		}
		if !ok || v < 1 || v > 29 {
			return 0, 0, 0, false
		}
		m, j = v, j+k
	}
	if t := at(ts, j).text; t == "minutes" || t == "minute" {
		j++
	}
	dir := at(ts, j).text
	h, k, ok := hour(ts, j+1)
	if !ok {
		return 0, 0, 0, false
	}
	switch dir {
	case "past", "after":
	case "to", "till", "before":
		h, m = (h+23)%24, 60-m
		if h == 0 {
			h = 12
		}
	default:
		return 0, 0, 0, false
	}
	return h, m, j + 1 + k - i, true
}
