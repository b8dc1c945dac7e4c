package brain

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/dialog/regexp"
)

// fact is a number in a text, with what it counts and how it is bounded.
type fact struct {
	raw   float64
	value float64 // in the canonical unit: hours, months, money, …
	unit  string  // "" is unknown, and fits any
	most  int     // -1: at least, or after; 1: at most, or before; 0: neither said
	at    int     // byte offset in the text
	end   int
}

// fits reports whether a sentence's number is the source's.
func (f fact) fits(source fact) bool {
	if f.most*source.most < 0 {
		return false
	}
	if f.unit == "" || source.unit == "" {
		return f.raw == source.raw
	}
	return f.unit == source.unit && f.value == source.value
}

// units, longest names first where one begins another.
var units = []struct {
	unit  string
	scale float64
	en    []string
	zh    []string
}{
	{"workday", 1, []string{"working days", "working day", "business days", "business day", "workdays", "workday"}, []string{"个工作日", "工作日", "个营业日", "营业日"}},
	{"hour", 24, []string{"days", "day"}, []string{"个自然日", "自然日", "天", "日"}},
	{"hour", 168, []string{"weeks", "week"}, []string{"个星期", "星期", "个礼拜", "礼拜", "周"}},
	{"hour", 1, []string{"hours", "hour", "hrs", "hr"}, []string{"个小时", "小时", "个钟头", "钟头"}},
	{"hour", 1.0 / 60, []string{"minutes", "minute", "mins", "min"}, []string{"分钟"}},
	{"second", 1, []string{"seconds", "second", "secs"}, []string{"秒钟", "秒"}},
	{"month", 1, []string{"months", "month"}, []string{"个月"}},
	{"month", 12, []string{"years", "year", "yrs"}, []string{"周年", "年"}},
	{"usd", 1, []string{"us dollars", "dollars", "dollar", "usd"}, []string{"美元", "美金"}},
	{"gbp", 1, []string{"pounds", "pound", "gbp", "quid"}, []string{"英镑"}},
	{"eur", 1, []string{"euros", "euro", "eur"}, []string{"欧元"}},
	{"cny", 1, []string{"yuan", "rmb", "cny"}, []string{"元人民币", "块钱", "元", "块"}},
	{"%", 1, []string{"percent", "per cent", "%"}, []string{"%", "％"}},
	{"km", 1, []string{"kilometres", "kilometers", "km"}, []string{"公里"}},
	{"m", 1, []string{"metres", "meters", "metre", "meter"}, []string{"米"}},
	{"kg", 1, []string{"kilograms", "kilos", "kg"}, []string{"公斤", "千克"}},
	{"time", 1, []string{"times"}, []string{"次"}},
	{"fold", 1, nil, []string{"倍"}},
}

var (
	number  = regexp.MustCompile(`\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?`)
	zhCount = regexp.MustCompile(`[零〇一二两三四五六七八九十百千万亿]+`)
	enCount = regexp.MustCompile(`(?i)\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|a dozen)(?:[ -]|\b)(?:and )?)+`)
	single  = regexp.MustCompile(`(?i)\b(?:a|an|one)[ -](?:single |full |whole )?`)
	clock   = regexp.MustCompile(`(?i)^\s?([ap])\.?m\b\.?|^点`)
	hundred = regexp.MustCompile(`百分之$`)
)

var englishNumbers = map[string]float64{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
	"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12}

// facts finds the numbers of a text, however they are written, in their order.
func facts(text string) (out []fact) {
	taken := make([]bool, len(text))
	add := func(at, end int, v float64, bare bool) {
		for i := at; i < end; i++ {
			if taken[i] {
				return
			}
		}
		f := fact{raw: v, value: v, at: at, end: end}
		f.measure(text)
		if bare && f.unit == "" {
			return
		}
		f.bound(text)
		for i := at; i < end; i++ {
			taken[i] = true
		}
		out = append(out, f)
	}
	for _, m := range number.FindAllStringIndex(text, -1) {
		if inWord(text, m[0], m[1]) {
			continue
		}
		v, err := strconv.ParseFloat(strings.ReplaceAll(text[m[0]:m[1]], ",", ""), 64)
		end := m[1]
		if scale, n := magnitude(text[end:]); n > 0 {
			v, end = v*scale, end+n
		}
		if err == nil {
			add(m[0], end, v, false)
		}
	}
	for _, m := range enCount.FindAllStringIndex(text, -1) {
		words := strings.TrimRight(text[m[0]:m[1]], " -")
		v := counted(words)
		add(m[0], m[0]+len(words), v, v == 1)
	}
	for _, m := range single.FindAllStringIndex(text, -1) {
		add(m[0], m[1], 1, true)
	}
	for _, m := range zhCount.FindAllStringIndex(text, -1) {
		if v, ok := chineseNumber(text[m[0]:m[1]]); ok {
			add(m[0], m[1], v, true)
		}
	}
	return out
}

// inWord reports whether digits are a part of a name or code, as in IPX4 or BW-10233.
func inWord(text string, at, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	if before < 0x80 && unicode.IsLetter(before) || before == '_' {
		return true
	}
	if before == '-' && at > 1 && text[at-2] < 0x80 && unicode.IsLetter(rune(text[at-2])) {
		return true
	}
	return false
}

// magnitude reads what multiplies digits: "100万", "2 million", "3k".
func magnitude(rest string) (float64, int) {
	for _, m := range []struct {
		word  string
		scale float64
	}{{"万", 1e4}, {"亿", 1e8}, {"千", 1e3}, {"百", 100}, {" million", 1e6}, {" thousand", 1e3}} {
		if strings.HasPrefix(strings.ToLower(rest), m.word) {
			return m.scale, len(m.word)
		}
	}
	return 1, 0
}

func counted(words string) float64 {
	total, part := 0.0, 0.0
	for _, w := range strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return r == ' ' || r == '-' }) {
		switch w {
		case "hundred":
			part = max(part, 1) * 100
		case "thousand":
			total, part = total+max(part, 1)*1e3, 0
		case "million":
			total, part = total+max(part, 1)*1e6, 0
		default:
			part += englishNumbers[w]
		}
	}
	return total + part
}

func chineseNumber(s string) (float64, bool) {
	digits := map[rune]float64{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	scales := map[rune]float64{'十': 10, '百': 100, '千': 1000}
	total, section, digit, plain, scaled := 0.0, 0.0, 0.0, 0.0, false
	for _, r := range s {
		switch {
		case scales[r] > 0:
			if digit == 0 {
				digit = 1
			}
			section, digit, scaled = section+digit*scales[r], 0, true
		case r == '万' || r == '亿':
			by := 1e4
			if r == '亿' {
				by = 1e8
			}
			total, section, digit, scaled = (total+max(section+digit, 1))*by, 0, 0, true
		default:
			plain = plain*10 + digits[r]
			digit = digits[r]
		}
	}
	if !scaled {
		return plain, true
	}
	return total + section + digit, true
}

// measure finds what a number counts.
func (f *fact) measure(text string) {
	before, after := text[:f.at], text[f.end:]
	for sign, unit := range map[string]string{"US$": "usd", "$": "usd", "＄": "usd", "£": "gbp", "€": "eur", "¥": "cny", "￥": "cny"} {
		if strings.HasSuffix(strings.TrimRight(before, " "), sign) {
			f.unit = unit
			return
		}
	}
	if hundred.MatchString(before) {
		f.unit = "%"
		return
	}
	if m := clock.FindString(after); m != "" {
		f.unit = "clock"
		low := strings.ToLower(m)
		if (strings.Contains(low, "p") || hasAny(before[max(0, len(before)-9):], []string{"下午", "晚上"})) && f.raw < 12 {
			f.value = f.raw + 12
		}
		f.end += len(m)
		return
	}
	rest := strings.ToLower(strings.TrimLeft(after, " -"))
	skipped := len(after) - len(rest)
	for _, u := range units {
		for _, w := range u.en {
			if strings.HasPrefix(rest, w) && (len(rest) == len(w) || w == "%" || !unicode.IsLetter(rune(rest[len(w)]))) {
				f.unit, f.value, f.end = u.unit, f.raw*u.scale, f.end+skipped+len(w)
				return
			}
		}
		for _, w := range u.zh {
			if strings.HasPrefix(rest, w) {
				f.unit, f.value, f.end = u.unit, f.raw*u.scale, f.end+skipped+len(w)
				return
			}
		}
	}
}

var (
	mostBefore  = regexp.MustCompile(`(?i)(?:within|up to|at most|no more than|not more than|no later than|less than|under|below|maximum(?: of)?|for orders? under|before|by|until|不超过|最多|最高|至多|不满|低于)\W*(?:the |us)?\W*$`)
	leastBefore = regexp.MustCompile(`(?i)(?:at least|minimum(?: of)?|more than|over|above|exceeding|longer than|starts? at|starting (?:at|from)|from|after|至少|超过|满|高于|不少于|最低)\W*(?:the |us)?\W*$`)
	mostAfter   = regexp.MustCompile(`^(?:\s*(?:or less|or fewer|at most|maximum)|之?以?内|以下|之?前|以前)`)
	leastAfter  = regexp.MustCompile(`^(?:\s*(?:or more|or longer|at least|minimum)|以上|之?后|以后|起)`)
)

// bound finds whether a number is a limit, and which.
func (f *fact) bound(text string) {
	before, after := text[max(0, f.at-40):f.at], strings.ToLower(text[f.end:])
	switch {
	case mostAfter.MatchString(after):
		f.most = 1
	case leastAfter.MatchString(after):
		f.most = -1
	case mostBefore.MatchString(before):
		f.most = 1
	case leastBefore.MatchString(before):
		f.most = -1
	}
}

var (
	link    = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"'）)\]，。]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|net|org|io|co|cn|example|info|shop|top|xyz|app|dev|uk|de|biz|link|me|site|online)\b(?:/[^\s<>"'）)\]，。]*)?`)
	address = regexp.MustCompile(`(?i)[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)
	phone   = regexp.MustCompile(`\+?\d[\d\s().-]{5,}\d`)
	code    = regexp.MustCompile(`\b[A-Za-z]+[_-]?\d[\w-]*\b|\b[A-Za-z]+(?:_[A-Za-z0-9]+)+\b|\b[A-Z]{2,}[0-9]+\b`)
)

// marks that must be in a source letter by letter: links, addresses, phones, codes.
type literals struct{ links, phones, codes []string }

func literal(text string) (l literals) {
	for _, s := range append(link.FindAllString(text, -1), address.FindAllString(text, -1)...) {
		s = strings.TrimRight(strings.ToLower(s), ".,;:!?/")
		l.links = append(l.links, strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://"))
	}
	for _, m := range phone.FindAllString(text, -1) {
		if d := digitsOf(m); len(d) >= 7 {
			l.phones = append(l.phones, d)
		}
	}
	for _, s := range code.FindAllString(text, -1) {
		l.codes = append(l.codes, strings.ToLower(strings.NewReplacer("-", "", "_", "").Replace(s)))
	}
	return l
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func (l literals) none() bool { return len(l.links)+len(l.phones)+len(l.codes) == 0 }

// in reports whether all of them are in a text.
func (l literals) in(text string) bool {
	low := strings.ToLower(text)
	for _, s := range l.links {
		if !strings.Contains(low, s) {
			return false
		}
	}
	digits, squeezed := digitsOf(text), strings.NewReplacer("-", "", "_", "").Replace(low)
	for _, s := range l.phones {
		if !strings.Contains(digits, s) {
			return false
		}
	}
	for _, s := range l.codes {
		if !strings.Contains(squeezed, s) {
			return false
		}
	}
	return true
}

var (
	isoDate = regexp.MustCompile(`\b\d{4}-(\d{1,2})-(\d{1,2})\b`)
	zhDate  = regexp.MustCompile(`(\d{1,2})月(\d{1,2})[日号]`)
	enDate  = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)? (?:of )?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?\b`)
	weekday = regexp.MustCompile(`(?i)\b(mon|tue|tues|wednes|thurs|fri|satur|sun)days?\b|(?:周|星期|礼拜)([一二三四五六日天])`)
)

const monthNames = "jan feb mar apr may jun jul aug sep oct nov dec"

// dates gives the days that a text names, and the text without them.
func dates(text string) (out []string, rest string) {
	note := func(month, day string) {
		if i := strings.Index(monthNames, strings.ToLower(month)); i >= 0 && month != "" && month[0] > '9' {
			month = strconv.Itoa(i/4 + 1)
		}
		out = append(out, strings.TrimLeft(month, "0")+"/"+strings.TrimLeft(day, "0"))
	}
	for _, r := range []*regexp.Regexp{isoDate, zhDate} {
		text = r.ReplaceAllStringFunc(text, func(s string) string {
			m := r.FindStringSubmatch(s)
			note(m[1], m[2])
			return " "
		})
	}
	text = enDate.ReplaceAllStringFunc(text, func(s string) string {
		if m := enDate.FindStringSubmatch(s); m[1] != "" {
			note(m[2], m[1])
		} else {
			note(m[3], m[4])
		}
		return " "
	})
	text = weekday.ReplaceAllStringFunc(text, func(s string) string {
		m := weekday.FindStringSubmatch(s)
		if m[1] != "" {
			out = append(out, strings.ToLower(m[1])[:3])
			return " "
		}
		out = append(out, map[string]string{"一": "mon", "二": "tue", "三": "wed", "四": "thu", "五": "fri", "六": "sat", "日": "sun", "天": "sun"}[m[2]])
		return " "
	})
	return out, text
}
