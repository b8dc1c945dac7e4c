package spoken

import (
	"strconv"
	"time"
)

// day is what a phrase says of a date, and how many tokens say it.
type day struct {
	from, until time.Time // until is zero for one day
	other       []time.Time
	n           int
	sure        float64
	ofMonth     int // only the day of the month was said
}

var weekdays = map[string]time.Weekday{"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 0, "mon": 1, "tue": 2, "tues": 2, "wed": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5, "sat": 6, "sun": 0,
	"mondays": 1, "monday's": 1, "tuesday's": 2, "wednesday's": 3, "thursday's": 4, "friday's": 5, "saturday's": 6, "sunday's": 0}

var months = map[string]time.Month{"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12}

var ordinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
	"sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30}

const isoDay = "2006-01-02"

// Date finds days: "tomorrow", "next Tuesday", "the fifth of June", 「下周三」, 「六月五号」. What
// is a span ("last week", 「上个月」) has Until. A relative date needs Options.Now.
func Date(text string, o Options) []Found {
	ts := tokens(text)
	c := calendar{ts: ts, o: o, now: midnight(o.Now)}
	return scan(ts, o, func(i int) (Found, int) {
		d, ok := c.at(i)
		if !ok || d.from.Year() < 1800 || d.from.Year() > 2200 {
			return Found{}, 0
		}
		f := Found{Value: d.from.Format(isoDay), Confidence: d.sure}
		if !d.until.IsZero() {
			f.Until = d.until.Format(isoDay)
		}
		for _, t := range d.other {
			if t.Year() >= 1800 && t.Year() <= 2200 {
				f.Others = append(f.Others, t.Format(isoDay))
			}
		}
		return f, d.n
	})
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// calendar reads dates; now is midnight of today.
type calendar struct {
	ts  []token
	o   Options
	now time.Time
}

func (c calendar) at(i int) (day, bool) {
	for _, read := range []func(int) (day, bool){c.numeric, c.zh, c.relative, c.weekday, c.monthDay, c.bare} {
		if d, ok := read(i); ok {
			return d, true
		}
	}
	return day{}, false
}

func (c calendar) plus(days int) time.Time { return c.now.AddDate(0, 0, days) }

var enRelative = []struct {
	phrase string
	days   int
}{{"the day after tomorrow", 2}, {"day after tomorrow", 2}, {"the day before yesterday", -2}, {"day before yesterday", -2}, {"tomorrow", 1}, {"tomorrow's", 1}, {"yesterday", -1}, {"yesterday's", -1}, {"today", 0}, {"tonight", 0}, {"last night", -1}, {"this morning", 0}, {"this afternoon", 0}, {"this evening", 0},
	{"大后天", 3}, {"大前天", -3}, {"后天", 2}, {"前天", -2}, {"明天", 1}, {"明日", 1}, {"明早", 1}, {"明晚", 1}, {"昨天", -1}, {"昨日", -1}, {"昨晚", -1}, {"今天", 0}, {"今日", 0}, {"今早", 0}, {"今晚", 0}}

// relative reads "tomorrow", "in three days", "two weeks ago", "last week".
func (c calendar) relative(i int) (day, bool) {
	for _, r := range enRelative {
		if n, ok := is(c.ts, i, r.phrase); ok {
			return day{from: c.plus(r.days), n: n, sure: 0.98}, true
		}
	}
	if d, ok := c.span(i); ok {
		return d, true
	}
	return c.ago(i)
}

// span reads "last week", "next month", "this weekend".
func (c calendar) span(i int) (day, bool) {
	by, ok := map[string]int{"last": -1, "previous": -1, "past": -1, "next": 1, "coming": 1, "this": 0}[at(c.ts, i).text]
	if !ok {
		return day{}, false
	}
	monday := c.monday(0)
	switch at(c.ts, i+1).text {
	case "week", "week's":
		if w, ok := weekdays[at(c.ts, i+2).text]; ok { // "next week Tuesday"
			return day{from: c.monday(by).AddDate(0, 0, fromMonday(w)), n: 3, sure: 0.95}, true
		}
		from := monday.AddDate(0, 0, 7*by)
		return day{from: from, until: from.AddDate(0, 0, 6), n: 2, sure: 0.6}, true
	case "weekend":
		from := monday.AddDate(0, 0, 7*by+5)
		return day{from: from, until: from.AddDate(0, 0, 1), n: 2, sure: 0.6}, true
	case "month":
		from := firstOf(c.now).AddDate(0, by, 0)
		return day{from: from, until: from.AddDate(0, 1, -1), n: 2, sure: 0.5}, true
	}
	return day{}, false
}

func firstOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

// monday of the week that is by weeks from this one.
func (c calendar) monday(by int) time.Time { return c.plus(-fromMonday(c.now.Weekday()) + 7*by) }

func fromMonday(w time.Weekday) int { return (int(w) + 6) % 7 }

// ago reads "three days ago", "a week ago", "in two weeks", "two days from now".
func (c calendar) ago(i int) (day, bool) {
	j, sign := i, 0
	if t := at(c.ts, i).text; t == "in" || t == "within" {
		j, sign = i+1, 1
	}
	v, n := 1, 1
	if t := at(c.ts, j).text; t != "a" && t != "one" && t != "an" {
		s, m, ok := numberAt(c.ts, j)
		k, err := strconv.Atoi(s)
		if !ok || err != nil || k > 400 || at(c.ts, j).kind == han {
			return day{}, false
		}
		v, n = k, m
	}
	unit := at(c.ts, j+n).text
	n++
	if sign == 0 {
		switch at(c.ts, j+n).text {
		case "ago", "back":
			sign, n = -1, n+1
		case "from":
			if m, ok := anyOf(c.ts, j+n, "from now", "from today"); ok {
				sign, n = 1, n+m
			}
		}
	}
	if sign == 0 {
		return day{}, false
	}
	return c.shift(sign*v, unit, j+n-i)
}

// shift is so many days, weeks or months from today.
func (c calendar) shift(by int, unit string, n int) (day, bool) {
	switch unit {
	case "day", "days", "天", "日":
		return day{from: c.plus(by), n: n, sure: 0.95}, true
	case "week", "weeks", "周":
		return day{from: c.plus(7 * by), n: n, sure: 0.8}, true
	case "month", "months", "月":
		return day{from: c.now.AddDate(0, by, 0), n: n, sure: 0.7}, true
	}
	return day{}, false
}

// weekday reads "Tuesday", "next Tuesday", "last Tuesday", "Tuesday next week".
func (c calendar) weekday(i int) (day, bool) {
	j, which := i, ""
	switch t := at(c.ts, i).text; t {
	case "next", "last", "this", "coming", "past", "previous":
		j, which = i+1, t
	}
	t := at(c.ts, j)
	w, ok := weekdays[t.text]
	if !ok || len(t.text) <= 3 && which == "" && (t.text == "sun" || t.text == "sat") && !c.o.Asked || t.text == "wed" && !c.o.Asked && which == "" {
		return day{}, false
	}
	n := j + 1 - i
	if m, ok := anyOf(c.ts, j+1, "next week", "last week", "this week"); ok {
		by := map[string]int{"next": 1, "last": -1, "this": 0}[at(c.ts, j+1).text]
		return day{from: c.monday(by).AddDate(0, 0, fromMonday(w)), n: n + m, sure: 0.97}, true
	}
	ahead := c.plus((int(w) - int(c.now.Weekday()) + 7) % 7)
	if ahead.Equal(c.now) && which != "this" && which != "" {
		ahead = ahead.AddDate(0, 0, 7)
	}
	behind := c.plus(-((int(c.now.Weekday())-int(w)+6)%7 + 1))
	switch which {
	case "last", "past", "previous":
		d := day{from: behind, n: n, sure: 0.9}
		if lastWeek := c.monday(-1).AddDate(0, 0, fromMonday(w)); !lastWeek.Equal(behind) {
			d.other = []time.Time{lastWeek}
		}
		return d, true
	case "next":
		next := c.monday(1).AddDate(0, 0, fromMonday(w))
		d := day{from: next, n: n, sure: 0.95}
		if !ahead.Equal(next) {
			d.sure, d.other = 0.7, []time.Time{ahead}
		}
		return d, true
	}
	if c.o.Past {
		return day{from: behind, other: []time.Time{ahead}, n: n, sure: 0.85}, true
	}
	return day{from: ahead, n: n, sure: 0.9}, true
}
