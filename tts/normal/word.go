package normal

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// short forms, with their full stop where they need one.
var short = map[string]string{
	"Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Prof.": "Professor", "St.": "Street", "Ave.": "Avenue", "Rd.": "Road", "Blvd.": "Boulevard",
	"e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "vs": "versus", "approx.": "approximately", "incl.": "including", "excl.": "excluding",
	"Inc.": "Incorporated", "Ltd.": "Limited", "Corp.": "Corporation", "Co.": "Company", "Dept.": "Department", "dept.": "department", "Tel.": "telephone", "tel.": "telephone",
	"Ext.": "extension", "ext.": "extension", "max.": "maximum", "min.": "minimum", "qty.": "quantity", "Qty.": "quantity", "avg.": "average", "w/o": "without", "w/": "with",
	"hrs": "hours", "hrs.": "hours", "mins": "minutes", "Apt.": "apartment", "P.S.": "P S", "a.m.": "A M", "p.m.": "P M", "a.k.a.": "also known as",
	"FYI": "for your information", "ASAP": "as soon as possible", "TBD": "to be determined", "N/A": "not applicable", "n/a": "not applicable", "OK": "okay", "Ok": "okay",
	"Mon.": "Monday", "Tue.": "Tuesday", "Wed.": "Wednesday", "Thu.": "Thursday", "Fri.": "Friday", "Sat.": "Saturday", "Sun.": "Sunday",
	"Jan.": "January", "Feb.": "February", "Aug.": "August", "Sept.": "September", "Oct.": "October", "Nov.": "November", "Dec.": "December",
}

// titles go on to a name: their full stop never ends a sentence.
var titles = map[string]bool{"Dr.": true, "Mr.": true, "Mrs.": true, "Ms.": true, "Prof.": true, "e.g.": true, "i.e.": true, "vs.": true}

// spelt are the acronyms with vowels that are said by their letters.
var spelt = set("AI API APIS ATM CEO CFO CTO COO DIY ETA EU FAQ FAQS GUI HQ ID IDS IDE IP IOS IOT OS PO QA RMA ROI SUV TIA UI UK UPS URL URLS US USA USB USPS VAT VIP VOIP UX AM IE IOU EV")

var (
	reShort  = regexp.MustCompile(`^(?:[A-Za-z]\.(?:[A-Za-z]\.)+|[A-Za-z]+\.|[wW]/o\b|w/|[nN]/[aA]\b|[A-Za-z]+)`)
	reCaps   = regexp.MustCompile(`^([A-Z]{2,6})(s?)`)
	reNumero = regexp.MustCompile(`^(?:No|Nos|no)\. ?\d`)
	reCode   = regexp.MustCompile(`^[A-Za-z0-9]{1,16}(?:[-_][A-Za-z0-9]{1,16}){0,5}`)
	reUnited = regexp.MustCompile(`^\d+(?:[a-z²³]{1,3}|st|nd|rd|th|[kKMB]|GB|MB|TB|KB|kHz|MHz|GHz|Hz|mAh|kWh|Wh|kW|W|V|L|mL|AM|PM|Mbps|Gbps|s)$`)
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// abbreviation says a short form in full.
func (s *scan) abbreviation() bool {
	rest := s.src[s.i:]
	if m := reNumero.FindString(rest); m != "" {
		s.say(strings.IndexByte(m, '.')+1, "number")
		return true
	}
	m := reShort.FindString(rest)
	said, ok := short[m]
	if !ok {
		m = strings.TrimSuffix(m, ".")
		if said, ok = short[m]; !ok {
			return false
		}
	}
	after := rest[len(m):]
	if r, _ := utf8.DecodeRuneInString(after); !strings.HasSuffix(m, "/") && latin(r) && r < utf8.RuneSelf && !strings.HasSuffix(m, ".") {
		return false
	}
	if m == "St." && len(after) > 1 && after[0] == ' ' && after[1] >= 'A' && after[1] <= 'Z' && !latin(s.last()) && s.saintly() {
		said = "Saint"
	}
	if strings.HasSuffix(m, ".") && !titles[m] && said != "Saint" && sentenceEnds(after) {
		s.say(len(m)-1, said)
		return true
	}
	s.say(len(m), said)
	return true
}

// saintly: before a saint's name stands no name of a street.
func (s *scan) saintly() bool {
	before := strings.TrimRight(s.context(), " ")
	i := strings.LastIndexByte(before, ' ') + 1
	return i >= len(before) || before[i] < 'A' || before[i] > 'Z'
}

// sentenceEnds reports whether a full stop before after also ends a sentence.
func sentenceEnds(after string) bool {
	t := strings.TrimLeft(after, " *_\"')”")
	if t == "" || t[0] == '\n' {
		return true
	}
	return len(t) < len(after) && t[0] >= 'A' && t[0] <= 'Z'
}

// acronym spells what nobody pronounces: VIP, HTML, IDs.
func (s *scan) acronym() bool {
	m := reCaps.FindStringSubmatch(s.src[s.i:])
	if m == nil {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(s.src[s.i+len(m[0]):]); r < utf8.RuneSelf && latin(r) && r != '\'' {
		return false
	}
	if !spelt[m[1]] && strings.ContainsAny(m[1], "AEIOUY") {
		return false
	}
	words := strings.Join(strings.Split(m[1], ""), " ")
	if m[2] != "" {
		words += "'s"
	}
	s.say(len(m[0]), words)
	return true
}

// code spells an identifier of letters and digits, such as A-1042.
func (s *scan) code() bool {
	m := reCode.FindString(s.src[s.i:])
	if !s.identifier(m) || !clear(s.src[s.i:], len(m)) {
		return false
	}
	end := s.i + len(m)
	for s.i < end {
		c := rune(s.src[s.i])
		switch {
		case digit(c):
			n := len(reDigits.FindString(s.src[s.i:end]))
			if d := s.src[s.i : s.i+n]; n <= 2 && d[0] != '0' {
				s.say(n, s.either(cardinal(d), hanCardinal(d)))
			} else {
				s.digitByDigit(n, false)
			}
		case letter(c):
			s.say(1, strings.ToUpper(string(c)))
		default:
			s.say(1, s.either(", ", "，"))
		}
	}
	return true
}

// identifier reports whether a word is a code and not a word, unit or ordinal.
func (s *scan) identifier(m string) bool {
	letters, digits, run, upper := 0, 0, 0, false
	for _, c := range m {
		switch {
		case digit(c):
			digits++
			run = 0
		case letter(c):
			letters++
			upper = upper || c < 'a'
			if run++; run > 4 {
				return false
			}
		default:
			run = 0
		}
	}
	if letters == 0 || digits == 0 || reUnited.MatchString(m) {
		return false
	}
	return upper && strings.ToUpper(m) == m || digits >= 3 || numbered.MatchString(s.context())
}
