package outbound

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"parley/dialog/spoken"
)

// furthest is how far ahead a wished time is believed.
const furthest = 14 * 24 * time.Hour

var (
	inSome   = regexp.MustCompile(`(?i)\bin (?:about |around )?(half an|an?|\d{1,3}|two|three|four|five|ten|fifteen|twenty|thirty) ?(minutes?|mins?|hours?|hrs?)\b`)
	laterHan = regexp.MustCompile(`(半|一|两|二|三|四|五|十|[0-9]{1,3})(?:个)?(半)?(小时|钟头|分钟|刻钟)(?:之后|以后|后)`)
	numbers  = map[string]int{"an": 1, "a": 1, "two": 2, "three": 3, "four": 4, "five": 5, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "十": 10}
	parts    = []struct {
		of   *regexp.Regexp
		hour int
	}{{regexp.MustCompile(`(?i)\bmorning\b|上午|早上`), 9}, {regexp.MustCompile(`(?i)\b(?:noon|lunch)|中午`), 12}, {regexp.MustCompile(`(?i)\bafternoon\b|下午`), 14}, {regexp.MustCompile(`(?i)\b(?:evening|tonight)\b|傍晚|晚上|今晚|明晚`), 18}}
)

// Wish makes out at what time a customer wants to be called: "tomorrow at nine", "in an
// hour", 「明天下午三点」. A part of a day begins as working days have it, a day at open. False:
// no time is named, or it is past or more than two weeks ahead. now is in the customer's zone.
func Wish(text string, now time.Time, open int) (time.Time, bool) {
	at, ok := wish(text, now, open)
	if !ok || !at.After(now) || at.Sub(now) > furthest {
		return time.Time{}, false
	}
	return at, true
}

func wish(text string, now time.Time, open int) (time.Time, bool) {
	if m := inSome.FindStringSubmatch(text); m != nil {
		n, unit := time.Duration(howMany(m[1])), time.Minute
		if h := strings.ToLower(m[2]); strings.HasPrefix(h, "h") {
			unit = time.Hour
		}
		if strings.EqualFold(m[1], "half an") {
			return now.Add(unit / 2), true
		}
		return now.Add(n * unit), n > 0
	}
	if m := laterHan.FindStringSubmatch(text); m != nil {
		unit := map[string]time.Duration{"小时": time.Hour, "钟头": time.Hour, "分钟": time.Minute, "刻钟": 15 * time.Minute}[m[3]]
		d := unit / 2
		if m[1] != "半" {
			d = time.Duration(howMany(m[1])) * unit
		}
		if m[2] != "" {
			d += unit / 2
		}
		return now.Add(d), d > 0
	}
	day, named := now, false
	if f := spoken.Date(text, spoken.Options{Now: now}); len(f) > 0 {
		if d, err := time.ParseInLocation(time.DateOnly, f[0].Value, now.Location()); err == nil {
			day, named = d, true
		}
	}
	hour, minute, timed := open, 0, false
	if f := spoken.Time(text, spoken.Options{Now: now}); len(f) > 0 {
		if c, err := time.Parse("15:04", f[0].Value); err == nil {
			hour, minute, timed = c.Hour(), c.Minute(), true
		}
	}
	for _, p := range parts {
		if !timed && p.of.MatchString(text) {
			hour, timed = p.hour, true
		}
	}
	if !named && !timed {
		return time.Time{}, false
	}
	at := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, now.Location())
	if !named && !at.After(now) { // "at nine" said at ten is tomorrow's
		at = at.AddDate(0, 0, 1)
	}
	return at, true
}

func howMany(s string) int {
	if n, ok := numbers[strings.ToLower(s)]; ok {
		return n
	}
	n, _ := strconv.Atoi(s) // digits, by the pattern
	return n
}
