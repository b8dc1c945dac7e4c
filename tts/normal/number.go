package normal

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const amount = `(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,12})?`

var (
	reRange     = regexp.MustCompile(`^(` + amount + `)(%?) ?(?:-|–|—|~|～|至|到) ?(` + amount + `)`)
	rePlain     = regexp.MustCompile(`^` + amount)
	reOrdinal   = regexp.MustCompile(`^(\d{1,6})(?:st|nd|rd|th)\b`)
	reSlash     = regexp.MustCompile(`^(\d{1,3})/(\d{1,3})`)
	reVersion   = regexp.MustCompile(`^[vV]?\d{1,5}(?:\.\d{1,5}){2,5}`)
	reTimes     = regexp.MustCompile(`^(` + amount + `) ?[x×*] ?(` + amount + `)(?: ?[x×*] ?(` + amount + `))?`)
	rePhone     = regexp.MustCompile(`^(?:\+\d{1,3}[ -.]?)?(?:\(\d{2,4}\) ?)?\d{2,5}(?:[ -.]\d{2,5}){1,5}`)
	reMobile    = regexp.MustCompile(`^\+?(?:86)?1[3-9]\d{9}`)
	reLandline  = regexp.MustCompile(`^0\d{2,3}[- ]\d{7,8}`)
	reGroups    = regexp.MustCompile(`^\d{2,6}(?: \d{2,6}){1,6}`)
	reDigits    = regexp.MustCompile(`^\d+`)
	dialled     = regexp.MustCompile(`(?i)(?:\b(?:call|dial|phone|tel|telephone|fax|mobile|hotline|ext|extension|text)\b[^0-9\n]{0,16}|(?:拨打|致电|电话|热线|客服|手机|分机|传真)[^0-9\n]{0,12})$`)
	numbered    = regexp.MustCompile(`(?i)(?:\b(?:order|tracking|reference|ref|account|policy|case|ticket|invoice|serial|code|pin|number|id|no|claim|booking|card)\b(?: (?:number|no|id|code))?\.?(?: is| was)?[:# ]{0,3}|(?:编号|单号|订单号|订单|号码|验证码|密码|账号|卡号|工号|尾号|保单号|保单|代码|序列号)(?:是|为|：|:)? ?)$`)
	aboutAYear  = regexp.MustCompile(`(?i)\b(?:in|since|until|till|year|of|from|to|by|before|after|during|©|through|and|or|summer|spring|autumn|fall|winter|` + months + `)\.?,? $`)
	afterOnDate = regexp.MustCompile(`(?i)\b(?:on|by|until|till|since|before|after|from|date|dated|due|the|expires|of)[: ] ?$`)
)

// number says what begins with a digit.
func (s *scan) number() bool {
	rest := s.src[s.i:]
	return s.date(rest) || s.clock(rest) || s.phone(rest) || s.version(rest) || s.slash(rest) || s.place(rest) ||
		s.span(rest) || s.product(rest) || s.digits(rest) || s.quantity(rest)
}

// signed says -5 and +3, where no word is before it.
func (s *scan) signed(r rune) bool {
	if r != '-' && r != '−' && r != '+' && r != '(' {
		return false
	}
	w := utf8.RuneLen(r)
	if s.i+w >= len(s.src) {
		return false
	}
	if r == '+' || r == '(' {
		if s.phone(s.src[s.i:]) {
			return true
		}
	}
	b := s.before()
	if r == '(' || !digit(rune(s.src[s.i+w])) || latin(b) || han(b) && r == '-' || b == ')' {
		return false
	}
	words := map[bool][2]string{false: {"minus", "plus"}, true: {"负", "加"}}[s.zh()]
	word := words[0]
	if r == '+' {
		word = words[1]
	}
	if !s.zh() {
		word += " "
	}
	s.say(w, word)
	return true
}

// digitByDigit speaks each digit of the next n bytes on its own, so that what
// was heard of it can be told; groups are what was written, or of three and four.
func (s *scan) digitByDigit(n int, phone bool) {
	zh := s.zh()
	end := s.i + n
	run := 0 // digits left until the next pause within an unbroken run
	sep := ", "
	if zh {
		sep = "，"
	}
	for s.i < end {
		c := s.src[s.i]
		switch {
		case c == '+' && zh:
			s.say(1, "加")
		case c == '+':
			s.say(1, "plus")
		case !digit(rune(c)):
			_, w := utf8.DecodeRuneInString(s.src[s.i:])
			if last := s.last(); last == 0 || strings.ContainsRune(" ，,", last) || s.i+w >= end || c == '(' {
				s.skip(w, false)
			} else {
				s.say(w, sep)
			}
			run = 0
		default:
			word := ""
			if run == 0 {
				run = group(len(reDigits.FindString(s.src[s.i:end])))
			} else if run--; run == 0 {
				word = sep
				run = group(len(reDigits.FindString(s.src[s.i:end])))
			}
			if zh {
				s.say(1, word+hanSpell(string(c), phone))
			} else {
				s.say(1, word+ones[c-'0'])
			}
		}
	}
}

// group is how many digits are said in a breath when so many are left.
func group(n int) int {
	switch {
	case n <= 5:
		return n
	case n == 11: // a Chinese mobile number: 3 4 4
		return 3
	case n%4 == 0 || n == 7+1:
		return 4
	}
	return 3
}

func digitsIn(s string) (n int) {
	for _, r := range s {
		if digit(r) {
			n++
		}
	}
	return n
}

// context is what stands before s.i on its line.
func (s *scan) context() string {
	left := s.src[max(0, s.i-48):s.i]
	for len(left) > 0 && !utf8.RuneStart(left[0]) {
		left = left[1:]
	}
	return left[strings.LastIndexByte(left, '\n')+1:]
}

func (s *scan) phone(rest string) bool {
	if m := reMobile.FindString(rest); m != "" && clear(rest, len(m)) {
		s.digitByDigit(len(m), true)
		return true
	}
	if m := reLandline.FindString(rest); m != "" && clear(rest, len(m)) {
		s.digitByDigit(len(m), true)
		return true
	}
	m := rePhone.FindString(rest)
	n := digitsIn(m)
	if m == "" || !clear(rest, len(m)) || n < 7 || n > 16 {
		return false
	}
	marked := m[0] == '+' || m[0] == '(' || dialled.MatchString(s.context())
	dashes := strings.Count(m, "-") + strings.Count(m, " ") + strings.Count(m, ".")
	if !marked && (dashes == 0 || strings.Count(m, ".") == 1 && dashes == 1 || dashes == 1 && n < 10 && strings.Contains(m, " ")) {
		return false
	}
	s.digitByDigit(len(m), true)
	return true
}

// clear reports whether a match of n bytes ends where no number goes on.
func clear(rest string, n int) bool {
	if n >= len(rest) {
		return true
	}
	r, w := utf8.DecodeRuneInString(rest[n:])
	if (r == '.' || r == ',' || r == ':' || r == '-') && n+w < len(rest) {
		return !digit(rune(rest[n+w]))
	}
	return !latin(r) && r != '%' && r != '/'
}

// digits says what is an identifier and no amount, digit by digit.
func (s *scan) digits(rest string) bool {
	if m := reGroups.FindString(rest); m != "" && clear(rest, len(m)) && numbered.MatchString(s.context()) {
		s.digitByDigit(len(m), false)
		return true
	}
	m := reDigits.FindString(rest)
	after := rest[len(m):]
	switch {
	case strings.HasPrefix(after, "/") && len(after) > 1 && digit(rune(after[1])), strings.HasPrefix(after, "%"):
		return false
	case (strings.HasPrefix(after, ".") || strings.HasPrefix(after, ",")) && len(after) > 1 && digit(rune(after[1])):
		return false
	}
	context := s.context()
	phone := dialled.MatchString(context)
	named := phone || numbered.MatchString(context) || strings.HasSuffix(context, "#")
	switch {
	case len(m) >= 7 && !strings.HasPrefix(after, "元") && (named || !strings.HasSuffix(m, "000")), len(m) > 1 && m[0] == '0', named && len(m) >= 3:
		s.digitByDigit(len(m), phone || len(m) == 11)
		return true
	}
	return false
}

func (s *scan) version(rest string) bool {
	m := reVersion.FindString(rest)
	if m == "" || !clear(rest, len(m)) {
		return false
	}
	s.say(len(m), s.dotted(strings.TrimLeft(m, "vV")))
	return true
}

// dotted says 1.2.3.
func (s *scan) dotted(v string) string {
	var parts []string
	zh := s.zh()
	for _, p := range strings.Split(v, ".") {
		if zh {
			parts = append(parts, hanCardinal(p))
		} else {
			parts = append(parts, cardinal(p))
		}
	}
	if zh {
		return strings.Join(parts, "点")
	}
	return strings.Join(parts, " point ")
}

// slash says fractions, and days of a month where a day is plausible.
func (s *scan) slash(rest string) bool {
	m := reSlash.FindStringSubmatch(rest)
	if m == nil || !clear(rest, len(m[0])) {
		return false
	}
	n, d := atoi(m[1]), atoi(m[2])
	switch {
	case m[0] == "24/7":
		s.say(len(m[0]), s.either("twenty four seven", "全天候"))
	case s.dayMonth(m[0], n, d):
	case d == 0 || d > 100:
		return false
	case s.zh():
		s.say(len(m[0]), hanCardinal(m[2])+"分之"+hanCardinal(m[1]))
	case n < d || d <= 10:
		s.say(len(m[0]), fraction(m[1], m[2]))
	default:
		s.say(len(m[0]), cardinal(m[1])+" over "+cardinal(m[2]))
	}
	return true
}

// dayMonth says 3/4 as a day, where the words before or the numbers ask for it.
func (s *scan) dayMonth(m string, a, b int) bool {
	if s.zh() || !afterOnDate.MatchString(s.context()) && !(a > 12 && a <= 31 && b > 0 && b <= 12) {
		return false
	}
	month, day := b, a
	if s.american && a <= 12 || b > 12 {
		month, day = a, b
	}
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	s.say(len(m), monthNames[month-1]+" "+ordinal(itoa(day)))
	return true
}

// place says 1st, 2nd, 3rd.
func (s *scan) place(rest string) bool {
	m := reOrdinal.FindStringSubmatch(rest)
	if m == nil || s.dayOfMonth(rest) {
		return m != nil
	}
	s.say(len(m[0]), ordinal(m[1]))
	return true
}

// span says 3-5 as "three to five"; the unit after it belongs to both.
func (s *scan) span(rest string) bool {
	m := reRange.FindStringSubmatch(rest)
	if m == nil {
		return false
	}
	tail := rest[len(m[0]):]
	if strings.HasPrefix(tail, "-") && len(tail) > 1 && digit(rune(tail[1])) {
		return false
	}
	head := len(m[1]) + len(m[2])
	if len(m[1]) >= 7 || strings.HasPrefix(m[1], "0") && len(m[1]) > 1 || numbered.MatchString(s.context()) {
		return false
	}
	joint := len(m[0]) - len(m[3])
	if s.zh() {
		if strings.Contains(m[0], "至") {
			return false // reads as it is
		}
		if m[2] != "" {
			s.say(head, "百分之"+hanDecimal(m[1]))
		} else if strings.HasPrefix(tail, "%") {
			s.say(joint+len(m[3])+1, "百分之"+hanDecimal(m[1])+"到"+hanDecimal(m[3]))
			return true
		} else {
			s.say(head, hanDecimal(m[1]))
		}
		s.say(joint-head, "到")
		return s.quantity(s.src[s.i:])
	}
	word := decimal(m[1])
	if len(m[1]) == 4 && len(m[3]) == 4 && aboutAYear.MatchString(s.context()) {
		s.say(len(m[0]), year(m[1])+" to "+year(m[3]))
		return true
	}
	if m[2] != "" {
		word += " percent"
	}
	s.say(head, word)
	s.say(joint-head, " to ")
	return s.quantity(s.src[s.i:])
}

// product says 3x4 as "three by four".
func (s *scan) product(rest string) bool {
	m := reTimes.FindStringSubmatch(rest)
	if m == nil || !clear(rest, len(m[0])) && !strings.ContainsAny(rest[len(m[0]):][:1], "cmkin") {
		return false
	}
	end := strings.LastIndex(m[0], m[2])
	if m[3] != "" {
		end = len(m[0]) - len(m[3])
	}
	by := " by "
	if strings.Contains(m[0], "*") || strings.Contains(m[0], " × ") {
		by = " times "
	}
	say := decimal
	if s.zh() {
		say, by = hanDecimal, "乘"
	}
	words := say(m[1]) + by
	if m[3] != "" {
		words += say(m[2]) + by
	}
	s.say(end, words)
	return s.quantity(s.src[s.i:])
}

func (s *scan) either(en, zh string) string {
	if s.zh() {
		return zh
	}
	return en
}
