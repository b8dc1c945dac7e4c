package spoken

import (
	"strconv"
	"strings"
	"time"
)

// ordinalAt reads "fifth", "5th", "twenty-first".
func ordinalAt(ts []token, i int) (v, n int, ok bool) {
	t := at(ts, i)
	if t.kind == figure && len(t.text) <= 3 && touching(ts, i) && ordinalEnd[at(ts, i+1).text] && len(at(ts, i+1).text) == 2 && at(ts, i+1).text[1] != 'm' {
		v, _ = strconv.Atoi(t.text)
		return v, 2, true
	}
	if v, ok := ordinals[t.text]; ok {
		return v, 1, true
	}
	tens, ok := enTens[t.text]
	if !ok {
		return 0, 0, false
	}
	j := i + 1
	if at(ts, j).text == "-" {
		j++
	}
	if u, ok := ordinals[at(ts, j).text]; ok && u < 10 {
		return tens + u, j + 1 - i, true
	}
	return 0, 0, false
}

// dayOfMonth reads an ordinal or a number up to 31.
func dayOfMonth(ts []token, i int) (v, n int, ordinal, ok bool) {
	skip := 0
	if at(ts, i).text == "the" {
		skip = 1
	}
	if v, n, ok = ordinalAt(ts, i+skip); ok && v <= 31 {
		return v, n + skip, true, true
	}
	t := at(ts, i+skip)
	if t.kind == figure && len(t.text) <= 2 {
		v, _ = strconv.Atoi(t.text)
		return v, 1 + skip, false, v >= 1 && v <= 31
	}
	if v, n, ok = under100(ts, i+skip); ok && v >= 1 && v <= 31 {
		return v, n + skip, false, true
	}
	return 0, 0, false, false
}

// yearAt reads "2026", "twenty twenty-six", "nineteen eighty", after a comma too.
func yearAt(ts []token, i int) (v, n int) {
	j := i
	if t := at(ts, j).text; t == "," || t == "of" || t == "in" {
		j++
	}
	t := at(ts, j)
	if t.kind == figure && len(t.text) == 4 {
		v, _ = strconv.Atoi(t.text)
		if v >= 1900 && v <= 2100 {
			return v, j + 1 - i
		}
		return 0, 0
	}
	if next := at(ts, j+1); t.kind == figure && len(t.text) == 2 && t.text > "31" && (next.text == "" || next.kind == mark) {
		v, _ = strconv.Atoi(t.text) // "14 Feb 88"
		return 1900 + v, j + 1 - i
	}
	if m, ok := is(ts, j, "two thousand"); ok {
		m2, k, ok := tail(ts, j+m)
		if !ok {
			return 2000, j + m - i
		}
		return 2000 + m2, j + m + k - i
	}
	century, k, ok := under100(ts, j)
	if !ok || century < 19 || century > 20 {
		return 0, 0
	}
	if at(ts, j+k).text == "oh" {
		if u, m, ok := under100(ts, j+k+1); ok && u < 10 {
			return century*100 + u, j + k + 1 + m - i
		}
	}
	if u, m, ok := under100(ts, j+k); ok && u >= 10 {
		return century*100 + u, j + k + m - i
	}
	return 0, 0
}

// dated puts a day and a month into a year: the one said, else the nearest.
func (c calendar) dated(year int, m time.Month, d, n int) (day, bool) {
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return day{}, false
	}
	make := func(y int) (time.Time, bool) {
		t := time.Date(y, m, d, 0, 0, 0, 0, c.now.Location())
		return t, t.Month() == m && t.Day() == d
	}
	if year > 0 {
		t, ok := make(year)
		return day{from: t, n: n, sure: 0.98}, ok
	}
	y := c.now.Year()
	t, ok := make(y)
	if !ok {
		if t, ok = make(y + 1); !ok {
			return day{}, false
		}
	}
	out := day{from: t, n: n, sure: 0.92}
	switch days := t.Sub(c.now).Hours() / 24; {
	case c.o.Past && days > 0:
		if p, ok := make(y - 1); ok {
			out.from, out.other = p, []time.Time{t}
		}
	case !c.o.Past && days < -60:
		if p, ok := make(y + 1); ok {
			out.from, out.other = p, []time.Time{t}
		}
	}
	return out, true
}

// monthDay reads "June 5th 2026", "the fifth of June", "5 June".
func (c calendar) monthDay(i int) (day, bool) {
	if m, ok := months[at(c.ts, i).text]; ok {
		j := i + 1
		if at(c.ts, j).text == "." {
			j++
		}
		d, n, ordinal, ok := dayOfMonth(c.ts, j)
		if !ok {
			if t := at(c.ts, i-1).text; t == "in" || t == "since" || t == "last" || t == "next" {
				first, ok := c.dated(0, m, 1, 1)
				first.until, first.sure = first.from.AddDate(0, 1, -1), 0.5
				return first, ok
			}
			return day{}, false
		}
		if at(c.ts, i).text == "may" && !ordinal && at(c.ts, j).kind != figure && at(c.ts, j).text != "the" {
			return day{}, false
		}
		y, k := yearAt(c.ts, j+n)
		return c.dated(y, m, d, j+n+k-i)
	}
	d, n, _, ok := dayOfMonth(c.ts, i)
	if !ok {
		return day{}, false
	}
	j := i + n
	if at(c.ts, j).text == "of" {
		j++
	}
	if k, ok := anyOf(c.ts, j, "this month", "next month", "last month"); ok {
		by := map[string]int{"this": 0, "next": 1, "last": -1}[at(c.ts, j).text]
		t := firstOf(c.now).AddDate(0, by, 0)
		return c.dated(t.Year(), t.Month(), d, j+k-i)
	}
	m, ok := months[at(c.ts, j).text]
	if !ok {
		return day{}, false
	}
	y, k := yearAt(c.ts, j+1)
	return c.dated(y, m, d, j+1+k-i)
}

// bare reads "the fifth", "on the 5th", 「5号」: a day of the month spoken of, or of the
// nearest one.
func (c calendar) bare(i int) (day, bool) {
	skip := 0
	if at(c.ts, i).text == "the" {
		skip = 1
	}
	v, n, ok := ordinalAt(c.ts, i+skip)
	if !ok || v < 1 || v > 31 || skip == 0 && !c.o.Asked && c.ts[i].kind != figure {
		return day{}, false
	}
	switch at(c.ts, i+skip+n).text {
	case "one", "time", "option", "order", "pair", "street", "avenue", "floor", "digit", "letter", "of":
		return day{}, false
	}
	return c.inMonth(v, n+skip)
}

// inMonth is a day of the month spoken of before, else of the nearest month.
func (c calendar) inMonth(v, n int) (day, bool) {
	if !c.o.Near.IsZero() {
		d, ok := c.dated(c.o.Near.Year(), c.o.Near.Month(), v, n)
		d.sure, d.ofMonth = 0.9, v
		return d, ok
	}
	by, step := 0, 1
	if c.o.Past {
		step = -1
	}
	for range 3 {
		m := firstOf(c.now).AddDate(0, by, 0)
		d, ok := c.dated(m.Year(), m.Month(), v, n)
		if ok && (step > 0 && !d.from.Before(c.now) || step < 0 && !d.from.After(c.now)) {
			d.sure, d.ofMonth = 0.85, v
			return d, true
		}
		by += step
	}
	return day{}, false
}

// numeric reads "2026-06-05", "2026/6/5", "6/5/2026", "5.6.2026", "6/5".
func (c calendar) numeric(i int) (day, bool) {
	a, sep, b := at(c.ts, i), at(c.ts, i+1).text, at(c.ts, i+2)
	if a.kind != figure || b.kind != figure || !strings.Contains("-/.", sep) || sep == "" || !touching(c.ts, i) || !touching(c.ts, i+1) || len(a.text) > 4 || len(b.text) > 2 {
		return day{}, false
	}
	x, _ := strconv.Atoi(a.text)
	y, _ := strconv.Atoi(b.text)
	third := at(c.ts, i+3).text == sep && touching(c.ts, i+2) && touching(c.ts, i+3) && at(c.ts, i+4).kind == figure
	z := at(c.ts, i+4).text
	switch {
	case len(a.text) == 4 && third && len(z) <= 2:
		d, _ := strconv.Atoi(z)
		return c.dated(x, time.Month(y), d, 5)
	case len(a.text) <= 2 && third && (len(z) == 4 || len(z) == 2):
		year, _ := strconv.Atoi(z)
		if len(z) == 2 {
			year += 2000
		}
		return c.either(year, x, y, 5)
	case len(a.text) <= 2 && sep == "/" && !third:
		return c.either(0, x, y, 3)
	}
	return day{}, false
}

// either reads two numbers of which it is open which one is the month.
func (c calendar) either(year, x, y, n int) (day, bool) {
	if c.o.MonthLast {
		x, y = y, x
	}
	first, ok := c.dated(year, time.Month(x), y, n)
	second, ok2 := c.dated(year, time.Month(y), x, n)
	if !ok {
		return second, ok2
	}
	if ok2 && !second.from.Equal(first.from) {
		first.other, first.sure = []time.Time{second.from}, 0.6
	}
	return first, true
}
