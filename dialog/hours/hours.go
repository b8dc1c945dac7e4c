// Package hours says when people are there: times of the week in a time zone, and
// holidays. It has no clock; whoever asks says what time it is.
package hours

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a bare machine has no zones
)

// Hours are when people are there. The zero value is always.
type Hours struct {
	zone *time.Location // nil: always
	week [7][]span      // by time.Weekday, in order
	off  map[string]bool
}

// span of a day, in minutes from midnight.
type span struct{ from, to int }

// Error is what is wrong with one value of the settings.
type Error struct {
	Field string // "zone", "open", "holidays"
	Want  string
	Value string
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s: %q", e.Field, e.Want, e.Value) }

// names of the days, by time.Weekday.
var names = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// New reads settings: an IANA zone; days ("mon-fri", "sat") to times ("09:00-18:00", or
// several with commas), where no days at all are every day around the clock; and dates
// ("2026-10-01") on which nobody is there. What is wrong are *Errors, joined.
func New(zone string, open map[string]string, holidays []string) (Hours, error) {
	var errs []error
	bad := func(field, want, value string) { errs = append(errs, &Error{field, want, value}) }
	h := Hours{off: map[string]bool{}}
	var err error
	if h.zone, err = time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		bad("zone", "expected an IANA zone, as Asia/Shanghai", zone)
	}
	for d, times := range open {
		days, ok := daysOf(d)
		if !ok {
			bad("open", "expected days, as mon-fri or sat", d)
		}
		spans, ok := spansOf(times)
		if !ok {
			bad("open", fmt.Sprintf("expected times of %s, as 09:00-18:00", d), times)
		}
		for _, day := range days {
			h.week[day] = append(h.week[day], spans...)
		}
	}
	for i := range h.week {
		if len(open) == 0 {
			h.week[i] = []span{{0, 24 * 60}}
		}
		slices.SortFunc(h.week[i], func(a, b span) int { return a.from - b.from })
	}
	for _, d := range holidays {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			bad("holidays", "expected a date, as 2026-10-01", d)
		}
		h.off[d] = true
	}
	return h, errors.Join(errs...)
}

func daysOf(s string) (out []time.Weekday, ok bool) {
	first, last, ranged := strings.Cut(s, "-")
	if !ranged {
		last = first
	}
	from, to := slices.Index(names, first), slices.Index(names, last)
	if from < 0 || to < 0 {
		return nil, false
	}
	for d := from; ; d = (d + 1) % 7 {
		if out = append(out, time.Weekday(d)); d == to {
			return out, true
		}
	}
}

func spansOf(s string) (out []span, ok bool) {
	for part := range strings.SplitSeq(s, ",") {
		a, b, _ := strings.Cut(strings.TrimSpace(part), "-")
		from, ok1 := minute(a)
		to, ok2 := minute(b)
		if !ok1 || !ok2 || from >= to {
			return nil, false
		}
		out = append(out, span{from, to})
	}
	return out, true
}

// minute reads 00:00 to 24:00.
func minute(s string) (int, bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil && len(s) == 5
}

// Open reports whether people are there.
func (h Hours) Open(now time.Time) bool {
	if h.zone == nil {
		return true
	}
	now = now.In(h.zone)
	m := now.Hour()*60 + now.Minute()
	return !h.off[now.Format(time.DateOnly)] && slices.ContainsFunc(h.week[now.Weekday()], func(s span) bool { return s.from <= m && m < s.to })
}

// Back is when people are there again, in their zone; false when no day is known on which
// they are.
func (h Hours) Back(now time.Time) (time.Time, bool) {
	if h.zone == nil {
		return now, true
	}
	now = now.In(h.zone)
	if h.Open(now) {
		return now, true
	}
	y, m, d := now.Date()
	for i := range 400 { // more than a year of holidays, and a week
		day := time.Date(y, m, d+i, 12, 0, 0, 0, h.zone)
		if h.off[day.Format(time.DateOnly)] {
			continue
		}
		for _, s := range h.week[day.Weekday()] {
			if at := time.Date(y, m, d+i, 0, s.from, 0, 0, h.zone); at.After(now) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// Zone is the name of the time zone, "" when people are always there.
func (h Hours) Zone() string {
	if h.zone == nil {
		return ""
	}
	return h.zone.String()
}
