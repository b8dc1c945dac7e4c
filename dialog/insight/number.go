package insight

import (
	"slices"
	"strconv"
	"strings"

	"parley/dialog"
	"parley/dialog/regexp"
)

// amounts are numbers with what they count.
var (
	amounts = regexp.MustCompile(`(?i)([$€£¥￥]) ?(\d+(?:[.,]\d+)*)|(\d+(?:[.,]\d+)*) ?(%|percent|business days?|working days?|calendar days?|days?|weeks?|months?|years?|hours?|minutes?|dollars?|euros?|pounds?|yuan|rmb|usd|个?工作日|天|日内|周|个月|年|小时|分钟|美元|美金|欧元|英镑|元|块|折)`)
	units   = map[string]string{"percent": "%", "business day": "day", "working day": "day", "calendar day": "day", "dollar": "$", "usd": "$", "euro": "€", "pound": "£", "yuan": "¥", "rmb": "¥", "￥": "¥",
		"个工作日": "day", "工作日": "day", "天": "day", "日内": "day", "周": "week", "个月": "month", "年": "year", "小时": "hour", "分钟": "minute", "元": "¥", "块": "¥", "美元": "$", "美金": "$", "欧元": "€", "英镑": "£"}
	spelt = strings.NewReplacer("one", "1", "two", "2", "three", "3", "four", "4", "five", "5", "six", "6", "seven", "7", "eight", "8", "nine", "9", "ten", "10", "twelve", "12", "fourteen", "14", "fifteen", "15", "twenty", "20", "thirty", "30", "sixty", "60", "ninety", "90")
	// speltHan are numbers before what they count, the longer ones first.
	speltHan = strings.NewReplacer("三十", "30", "二十", "20", "六十", "60", "九十", "90", "十五", "15", "十四", "14", "十二", "12", "十", "10", "一", "1", "二", "2", "两", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")
	words    = regexp.MustCompile(`(?i)\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty|thirty|sixty|ninety)\b`)
	hanWords = regexp.MustCompile(`[一二两三四五六七八九十]+( ?)(个?工作日|天|日内|周|个月|年|小时|分钟|美元|美金|欧元|英镑|元|块|折)`)
)

// amount is a number and its unit.
type amount struct{ n, unit string }

// amountsOf are those of a text.
func amountsOf(text string) []amount {
	text = words.ReplaceAllStringFunc(text, func(w string) string { return spelt.Replace(strings.ToLower(w)) })
	text = hanWords.ReplaceAllStringFunc(text, speltHan.Replace)
	var out []amount
	for _, m := range amounts.FindAllStringSubmatch(text, -1) {
		n, unit := m[2], m[1]
		if n == "" {
			n, unit = m[3], strings.ToLower(m[4])
		}
		if one := strings.TrimSuffix(unit, "s"); units[one] != "" {
			unit = units[one]
		} else {
			unit = one
		}
		n = strings.ReplaceAll(n, ",", "")
		if strings.Contains(n, ".") {
			n = strings.TrimRight(strings.TrimRight(n, "0"), ".")
		}
		out = append(out, amount{n, unit})
	}
	return out
}

// bare are numbers in a text, whatever they count.
var bare = regexp.MustCompile(`\d+(?:[.,]\d+)*`)

// wrongNumber: an amount that is said is not in the sources, where they have one of its unit,
// or is there of something else. What the customer said, and what was said of the sources
// before, may be said again.
func (s Script) wrongNumber() int64 {
	sources, spoken, counted, numbers := map[amount]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	return s.first(func(l Line) bool {
		if l.From == dialog.Customer {
			for _, a := range amountsOf(l.Text) {
				spoken[a.n] = true // who says 块 may mean dollars
			}
			return false
		}
		if !l.ours() {
			return false
		}
		for _, c := range l.Cites {
			for _, a := range amountsOf(c.Quote) {
				sources[a], counted[a.unit] = true, true
			}
			for _, n := range bare.FindAllString(amounts.ReplaceAllString(c.Quote, " "), -1) {
				numbers[n] = true // "8 hours, and 30 with the case"
			}
		}
		if slices.ContainsFunc(amountsOf(l.Text), func(a amount) bool {
			return !sources[a] && !spoken[a.n] && (counted[a.unit] && !numbers[a.n] || otherSpan(a, sources, l.Cites))
		}) {
			return true
		}
		return slices.ContainsFunc(l.Cites, func(c dialog.Citation) bool { return swapped(l.Text, c.Quote) })
	})
}

// spans are units of time, in days.
var spans = map[string]float64{"minute": 1.0 / 1440, "hour": 1.0 / 24, "day": 1, "week": 7, "month": 30, "year": 365}

// otherSpan reports whether a time is told in another unit than in the one source that has
// this number of it, and is not as long: "7 weeks" for 7 working days.
func otherSpan(a amount, sources map[amount]bool, cites []dialog.Citation) bool {
	long, ok := spans[a.unit]
	n, err := strconv.ParseFloat(a.n, 64)
	if !ok || err != nil || len(cites) == 0 {
		return false
	}
	other := false
	for x := range sources {
		days, isTime := spans[x.unit]
		m, err := strconv.ParseFloat(x.n, 64)
		if !isTime || err != nil {
			continue
		}
		if ratio := n * long / (m * days); ratio > 0.65 && ratio < 1.5 { // the same, or working days for days
			return false
		}
		other = other || x.n == a.n && x.n != "1" && x.unit != a.unit
	}
	return other
}

// each parts a source where it goes from one thing to the next.
var each = regexp.MustCompile(`[.;:!?。；：！？，、]\s?|, | and | or `)

// valued is what a source says of one thing.
type valued struct {
	amount amount
	words  []string
}

// valuesOf are a source's single amounts with the words beside them.
func valuesOf(source string) []valued {
	var out []valued
	for _, part := range each.Split(source, -1) {
		if as := amountsOf(part); len(as) == 1 {
			out = append(out, valued{as[0], statedWords(amounts.ReplaceAllString(part, " "))})
		}
	}
	return out
}

// swapped reports whether a text gives one thing the amount of another: a sentence names what
// its source has another amount for, and not what the source has this one for.
func swapped(text, source string) bool {
	values := valuesOf(source)
	for _, sentence := range sentencesWhole(text) {
		as := amountsOf(sentence)
		if len(as) != 1 {
			continue
		}
		said := statedWords(amounts.ReplaceAllString(sentence, " "))
		for _, x := range values {
			for _, y := range values {
				if x.amount == as[0] && y.amount != as[0] && x.amount.unit == y.amount.unit && !names(said, x, y) && names(said, y, x) {
					return true
				}
			}
		}
	}
	return false
}

// names reports whether words name a thing by what tells it from another.
func names(words []string, x, other valued) bool {
	return slices.ContainsFunc(x.words, func(w string) bool { return slices.Contains(words, w) && !slices.Contains(other.words, w) })
}
