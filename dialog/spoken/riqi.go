package spoken

import (
	"strconv"
	"time"
)

// zh reads the dates that are said in Chinese.
func (c calendar) zh(i int) (day, bool) {
	t := at(c.ts, i)
	if t.kind != han && t.kind != figure {
		return day{}, false
	}
	for _, read := range []func(int) (day, bool){c.zhWeek, c.zhMonth, c.zhYear, c.zhAgo} {
		if d, ok := read(i); ok {
			return d, true
		}
	}
	return day{}, false
}

var zhShift = []struct {
	word string
	by   int
}{{"上上", -2}, {"下下", 2}, {"上", -1}, {"下", 1}, {"这", 0}, {"本", 0}, {"", 0}}

// zhWeek reads 「下周三」, 「这个星期天」, 「周五」, 「上周」.
func (c calendar) zhWeek(i int) (day, bool) {
	for _, s := range zhShift {
		j := i
		if s.word != "" {
			n, ok := is(c.ts, i, s.word)
			if !ok {
				continue
			}
			j += n
			if at(c.ts, j).text == "个" || at(c.ts, j).text == "一" {
				j++
			}
		}
		n, ok := anyOf(c.ts, j, "星期", "礼拜", "周")
		if !ok {
			continue
		}
		j += n
		off, named := map[string]int{"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6}[at(c.ts, j).text]
		monday := c.monday(s.by)
		switch {
		case named:
			d := day{from: monday.AddDate(0, 0, off), n: j + 1 - i, sure: 0.97}
			if s.word == "" {
				d.sure = 0.9
				if !c.o.Past && d.from.Before(c.now) {
					d.from = d.from.AddDate(0, 0, 7)
				}
				if c.o.Past && d.from.After(c.now) {
					d.from = d.from.AddDate(0, 0, -7)
				}
			}
			return d, true
		case at(c.ts, j).text == "末":
			from := monday.AddDate(0, 0, 5)
			return day{from: from, until: from.AddDate(0, 0, 1), n: j + 1 - i, sure: 0.6}, true
		case s.word != "":
			return day{from: monday, until: monday.AddDate(0, 0, 6), n: j - i, sure: 0.6}, true
		}
	}
	return day{}, false
}

// zhSmall reads a number up to 31 in figures or characters.
func zhSmall(ts []token, i int) (v, n int) {
	t := at(ts, i)
	if t.kind == figure && len(t.text) <= 2 {
		v, _ = strconv.Atoi(t.text)
		return v, 1
	}
	if v, n, ok := zhCardinal(ts, i); ok {
		return v, n
	}
	if d, ok := zhDigit[t.text]; ok {
		v, _ = strconv.Atoi(d)
		return v, 1
	}
	return 0, 0
}

// zhMonth reads 「下个月五号」, 「六月五号」, 「6月5日」, 「5号」, 「上个月」.
func (c calendar) zhMonth(i int) (day, bool) {
	for _, s := range zhShift[:6] {
		n, ok := is(c.ts, i, s.word)
		if !ok {
			continue
		}
		j := i + n
		if at(c.ts, j).text == "个" {
			j++
		}
		if at(c.ts, j).text != "月" {
			continue
		}
		first := firstOf(c.now).AddDate(0, s.by, 0)
		if v, m := zhSmall(c.ts, j+1); m > 0 && dayMark(c.ts, j+1+m) {
			return c.dated(first.Year(), first.Month(), v, j+2+m-i)
		}
		return day{from: first, until: first.AddDate(0, 1, -1), n: j + 1 - i, sure: 0.5}, true
	}
	v, n := zhSmall(c.ts, i)
	if n == 0 {
		return day{}, false
	}
	switch t := at(c.ts, i+n).text; {
	case t == "月" && at(c.ts, i-1).text != "个":
		return c.zhMonthDay(0, v, i, i+n+1)
	case (t == "号" || t == "日" && c.o.Asked) && v >= 1 && v <= 31 && at(c.ts, i-1).text != "月" && zhUnit[at(c.ts, i-1).text] == 0 && zhDigit[at(c.ts, i-1).text] == "" && !unnumbered[at(c.ts, i+n+1).text]:
		return c.inMonth(v, n+1)
	}
	return day{}, false
}

// unnumbered are characters after 号 that make it no date: 三号楼, 5号线.
var unnumbered = map[string]bool{"楼": true, "线": true, "店": true, "门": true, "码": true, "院": true, "房": true, "桌": true, "机": true, "订": true}

func dayMark(ts []token, i int) bool { return at(ts, i).text == "号" || at(ts, i).text == "日" }

// zhMonthDay reads what follows the month, from token j.
func (c calendar) zhMonthDay(year, month, i, j int) (day, bool) {
	v, n := zhSmall(c.ts, j)
	if n == 0 {
		switch at(c.ts, j).text {
		case "初", "底", "份", "中":
			d, ok := c.dated(year, time.Month(month), 1, j+1-i)
			d.until, d.sure = d.from.AddDate(0, 1, -1), 0.5
			return d, ok
		}
		return day{}, false
	}
	if dayMark(c.ts, j+n) {
		n++
	}
	return c.dated(year, time.Month(month), v, j+n-i)
}

// zhYear reads 「2026年6月5日」, 「二零二六年六月五号」, 「明年三月一号」.
func (c calendar) zhYear(i int) (day, bool) {
	year, j := 0, i
	for _, y := range []struct {
		word string
		by   int
	}{{"今年", 0}, {"明年", 1}, {"去年", -1}, {"后年", 2}, {"前年", -2}} {
		if n, ok := is(c.ts, i, y.word); ok {
			year, j = c.now.Year()+y.by, i+n
		}
	}
	if year == 0 {
		if t := at(c.ts, i); t.kind == figure && (len(t.text) == 4 || len(t.text) == 2) {
			year, _ = strconv.Atoi(t.text)
			j = i + 1
		} else {
			digits := ""
			for d, ok := zhDigit[at(c.ts, j).text]; ok && len(digits) < 4; d, ok = zhDigit[at(c.ts, j).text] {
				digits, j = digits+d, j+1
			}
			year, _ = strconv.Atoi(digits)
			if len(digits) != 4 && len(digits) != 2 {
				return day{}, false
			}
		}
		if at(c.ts, j).text != "年" {
			return day{}, false
		}
		j++
		if year < 100 {
			year += 1900
			if year < 1940 {
				year += 100
			}
		}
	}
	m, n := zhSmall(c.ts, j)
	if n == 0 || at(c.ts, j+n).text != "月" {
		return day{}, false
	}
	return c.zhMonthDay(year, m, i, j+n+1)
}

// zhAgo reads 「三天前」, 「两周后」, 「一个月之前」.
func (c calendar) zhAgo(i int) (day, bool) {
	v, n := zhSmall(c.ts, i)
	if n == 0 || at(c.ts, i-1).text == "第" {
		return day{}, false
	}
	j := i + n
	if at(c.ts, j).text == "个" {
		j++
	}
	unit := at(c.ts, j).text
	m, ok := anyOf(c.ts, j, "星期", "礼拜", "天", "周", "月", "日")
	if !ok {
		return day{}, false
	}
	if m == 2 {
		unit = "周"
	}
	j += m
	if k, ok := anyOf(c.ts, j, "之前", "以前", "前"); ok {
		return c.shift(-v, unit, j+k-i)
	}
	if k, ok := anyOf(c.ts, j, "之后", "以后", "后"); ok {
		return c.shift(v, unit, j+k-i)
	}
	return day{}, false
}
