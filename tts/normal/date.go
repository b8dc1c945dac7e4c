package normal

import (
	"regexp"
	"strconv"
	"strings"
)

const months = `January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec`

var monthNames = strings.Fields("January February March April May June July August September October November December")

var (
	reISO      = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})`)
	reNumeric  = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4}|\d{2})`)
	reHanYear  = regexp.MustCompile(`^(\d{4})年|^(\d{2})年\d{1,2}月`)
	reDayMonth = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?(?: of)? (` + months + `)\b\.?(?:,? (\d{4})\b)?`)
	reMonthDay = regexp.MustCompile(`^(` + months + `)\b\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?`)
	reMonthly  = regexp.MustCompile(`^(` + months + `)\b\.? (\d{4})\b`)
	reClock    = regexp.MustCompile(`^(\d{1,2})[:：]([0-5]\d)(?:[:：]([0-5]\d))?`)
	reHalfDay  = regexp.MustCompile(`^ ?(?:([aApP])\.[mM]\.|([aApP])[mM]\b)`)
	reHour     = regexp.MustCompile(`^(\d{1,2})(?: ?(?:-|–|to) ?(\d{1,2}))?( ?(?:[aApP]\.[mM]\.|[aApP][mM]\b))`)
	reDecade   = regexp.MustCompile(`^(1[1-9]|20)(\d0)['’]?s\b`)
	reYear     = regexp.MustCompile(`^(1[1-9]|20)\d{2}`)
)

func itoa(n int) string { return strconv.Itoa(n) }

// monthNumber is 1 to 12 of a month's name or its short form.
func monthNumber(name string) int {
	for i, m := range monthNames {
		if strings.HasPrefix(m, name[:3]) {
			return i + 1
		}
	}
	return 0
}

// date says what begins with a digit and is a date.
func (s *scan) date(rest string) bool {
	if m := reISO.FindStringSubmatch(rest); m != nil {
		n := len(m[0])
		stamp := n+1 < len(rest) && rest[n] == 'T' && digit(rune(rest[n+1]))
		if (stamp || clear(rest, n)) && s.calendar(n, m[1], atoi(m[2]), atoi(m[3])) {
			if stamp {
				s.skip(1, false)
			}
			return true
		}
	}
	if m := reNumeric.FindStringSubmatch(rest); m != nil && clear(rest, len(m[0])) && (len(m[4]) == 4 || m[2] == "/") {
		a, b, y := atoi(m[1]), atoi(m[3]), m[4]
		if len(y) == 2 {
			y = "20" + y
		}
		month, day := b, a
		if s.american && m[2] == "/" && a <= 12 || b > 12 {
			month, day = a, b
		}
		return s.calendar(len(m[0]), y, month, day)
	}
	if m := reHanYear.FindStringSubmatch(rest); m != nil {
		s.say(len(m[1])+len(m[2]), hanSpell(m[1]+m[2], false))
		return true
	}
	if m := reDecade.FindStringSubmatch(rest); m != nil {
		words := year(m[1] + m[2])
		s.say(len(m[0]), decade(words))
		return true
	}
	if s.dayOfMonth(rest) {
		return true
	}
	if m := reYear.FindString(rest); m != "" && clear(rest, 4) && !s.zh() && aboutAYear.MatchString(s.context()) && !counted(rest[4:]) {
		s.say(4, year(m))
		return true
	}
	return false
}

// counted reports whether what follows "from 2000" is a thing: then it is no year.
func counted(after string) bool {
	after = strings.TrimPrefix(after, " ")
	for _, w := range []string{"dollar", "euro", "pound", "yuan", "percent", "people", "item", "point", "customer", "km", "kg", "m ", "GB", "MB"} {
		if strings.HasPrefix(after, w) {
			return true
		}
	}
	return false
}

// decade is the plural of a year's words.
func decade(words string) string {
	if strings.HasSuffix(words, "y") {
		return strings.TrimSuffix(words, "y") + "ies"
	}
	return words + "s"
}

// calendar says a day; it refuses what is none.
func (s *scan) calendar(n int, y string, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	if s.zh() {
		s.say(n, hanSpell(y, false)+"年"+hanCardinal(itoa(month))+"月"+hanCardinal(itoa(day))+"日")
	} else {
		s.say(n, monthNames[month-1]+" "+ordinal(itoa(day))+", "+year(y))
	}
	return true
}

// dayOfMonth says 24 November 2026, 1st of May.
func (s *scan) dayOfMonth(rest string) bool {
	m := reDayMonth.FindStringSubmatch(rest)
	if m == nil || atoi(m[1]) < 1 || atoi(m[1]) > 31 {
		return false
	}
	words := "the " + ordinal(m[1]) + " of "
	if strings.HasSuffix(strings.ToLower(s.context()), "the ") {
		words = ordinal(m[1]) + " of "
	}
	words += monthNames[monthNumber(m[2])-1]
	if m[3] != "" {
		words += ", " + year(m[3])
	}
	s.say(s.abbreviated(m[0]), words)
	return true
}

// monthDay says Nov 24, 2026 and May 2027.
func (s *scan) monthDay() bool {
	rest := s.src[s.i:]
	if m := reMonthly.FindStringSubmatch(rest); m != nil {
		s.say(len(m[0]), monthNames[monthNumber(m[1])-1]+" "+year(m[2]))
		return true
	}
	m := reMonthDay.FindStringSubmatch(rest)
	if m == nil || atoi(m[2]) < 1 || atoi(m[2]) > 31 || strings.HasPrefix(rest[len(m[0]):], ":") {
		return false
	}
	words := monthNames[monthNumber(m[1])-1] + " " + ordinal(m[2])
	if m[3] != "" {
		words += ", " + year(m[3])
	}
	s.say(len(m[0]), words)
	return true
}

// abbreviated is the length of a match without a full stop that ends a sentence.
func (s *scan) abbreviated(m string) int {
	rest := s.src[s.i+len(m):]
	if strings.HasSuffix(m, ".") && (rest == "" || rest[0] == '\n') {
		return len(m) - 1
	}
	return len(m)
}

// clock says 14:30, 9:05 am, 9am and 9-5pm.
func (s *scan) clock(rest string) bool {
	m := reClock.FindStringSubmatch(rest)
	if m == nil {
		return s.hour(rest)
	}
	h, min := atoi(m[1]), atoi(m[2])
	if h > 24 {
		return false
	}
	n := len(m[0])
	half := reHalfDay.FindStringSubmatch(rest[n:])
	if half == nil && n < len(rest) && (digit(rune(rest[n])) || letter(rune(rest[n])) && rest[n] < 0x80) {
		return false
	}
	if s.zh() {
		s.say(n, hanClock(h, m[2], m[3]))
	} else {
		letters := ""
		if half != nil {
			n += s.abbreviated2(rest[n:], half[0])
			letters = half[1] + half[2]
		}
		s.say(n, clockWords(h, min, m[3], letters))
	}
	s.until()
	return true
}

// abbreviated2 is abbreviated for a match that begins later.
func (s *scan) abbreviated2(rest, m string) int {
	if strings.HasSuffix(m, ".") && (len(rest) == len(m) || rest[len(m)] == '\n') {
		return len(m) - 1
	}
	return len(m)
}

// until says the dash between two times.
func (s *scan) until() {
	rest := s.src[s.i:]
	for _, dash := range []string{" - ", " – ", " — ", "-", "–", "—", "~", "～"} {
		if after, ok := strings.CutPrefix(rest, dash); ok && reClock.MatchString(after) {
			s.say(len(dash), s.either(" to ", "到"))
			return
		}
	}
}

// hour says 9am, 9-5 pm.
func (s *scan) hour(rest string) bool {
	m := reHour.FindStringSubmatch(rest)
	if m == nil || atoi(m[1]) > 12 || atoi(m[2]) > 12 || atoi(m[1]) == 0 {
		return false
	}
	words := cardinal(m[1])
	if m[2] != "" {
		words += " to " + cardinal(m[2])
	}
	letter := strings.ToUpper(strings.TrimSpace(m[3])[:1])
	s.say(s.abbreviated(m[0]), words+" "+letter+" M")
	return true
}

func clockWords(h, min int, seconds, half string) string {
	if half == "" && min == 0 && seconds == "" && h%24 == 0 {
		return "midnight"
	}
	letters := strings.ToUpper(half)
	if half == "" && (h > 12 || h == 0) {
		letters = map[bool]string{true: "P", false: "A"}[h > 12 && h < 24]
	}
	if h > 12 {
		h -= 12
	}
	if h == 0 {
		h = 12
	}
	words := cardinal(itoa(h))
	switch {
	case min >= 10:
		words += " " + cardinal(itoa(min))
	case min > 0:
		words += " oh " + ones[min]
	case letters == "" && seconds == "":
		words += " o'clock"
	}
	if seconds != "" {
		words += " and " + cardinal(seconds) + " seconds"
	}
	if letters != "" {
		words += " " + letters + " M"
	}
	return words
}

func hanClock(h int, min, seconds string) string {
	words := hanCardinal(itoa(h)) + "点"
	if h == 2 {
		words = "两点"
	}
	if min != "00" || seconds != "" {
		if min[0] == '0' && min != "00" {
			words += "零"
		}
		words += hanCardinal(min) + "分"
	}
	if seconds != "" {
		words += hanCardinal(seconds) + "秒"
	}
	return words
}
