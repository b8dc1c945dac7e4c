package form

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/dialog"
	"parley/dialog/card"
	"parley/dialog/regexp"
	"parley/dialog/spoken"
)

// expect tells the recogniser what kind of answer is asked for.
func (sl *Slot) expect() dialog.Expect {
	switch sl.Type {
	case Digits, Phone:
		return dialog.ExpectDigits
	case YesNo:
		return dialog.ExpectYesNo
	case Card:
		return dialog.ExpectCard
	case CardCode:
		return dialog.ExpectCardCode
	case CardExpiry:
		return dialog.ExpectCardExpiry
	}
	return dialog.ExpectAnything
}

// sealed reports whether the slot is of a payment card: no words are its value, but what
// was taken out of them.
func (sl *Slot) sealed() bool { return sl.expect().Card() != "" }

// keypad reports whether the slot can be typed on a keypad.
func (sl *Slot) keypad() bool {
	if sl.Type == Code && sl.pattern != nil {
		return sl.Prefix != ""
	}
	return sl.sealed() || sl.Type == Digits || sl.Type == Phone || sl.Type == YesNo || sl.Type == Number
}

// typed is a slot's value as a tool's argument.
func (sl *Slot) typed(v Value) any {
	switch sl.Type {
	case Number, Amount:
		return json.Number(v.Value)
	case YesNo:
		return v.Value == "yes"
	}
	return v.Value
}

// norm gives a value the slot's form: its prefix, no hyphens that the pattern lacks.
func (sl *Slot) norm(v string) (string, bool) {
	try := []string{v}
	if sl.Type == Code || sl.Type == Digits {
		bare := strings.ReplaceAll(v, "-", "")
		try = append(try, bare)
		if p := sl.Prefix; p != "" {
			if strings.HasPrefix(bare, strings.ReplaceAll(p, "-", "")) {
				try = append(try, p+strings.TrimPrefix(bare, strings.ReplaceAll(p, "-", "")))
			}
			try = append(try, p+v, p+bare)
		}
	}
	for _, t := range try {
		if sl.valid(t) {
			return t, true
		}
	}
	return v, false
}

// valid checks pattern, length or range, and checksum.
func (sl *Slot) valid(v string) bool {
	if v == "" || sl.pattern != nil && !sl.pattern.MatchString(v) {
		return false
	}
	if sl.Prefix != "" && !strings.HasPrefix(v, sl.Prefix) {
		return false
	}
	size := float64(utf8.RuneCountInString(v))
	switch sl.Type {
	case Number, Amount:
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return false
		}
		size = n
	case Date, Time, Choice, YesNo:
		return true
	}
	if size < sl.Min || sl.Max > 0 && size > sl.Max {
		return false
	}
	return sl.Check != "luhn" || card.Luhn(v)
}

// options are a choice's, of the results when it is chosen from those.
func (sl *Slot) options(c scope) []Option {
	if sl.From == "" {
		return sl.Choices
	}
	v, _ := c.look(sl.From)
	list, _ := v.([]any)
	var out []Option
	for _, item := range list[:min(len(list), 20)] {
		in := c
		in.item = item
		value, ok := dig(item, sl.Value, true)
		if !ok {
			continue
		}
		name := Text{}
		for _, l := range []string{"en", "zh"} {
			in.language = l
			s, _ := in.fill(sl.Label.In(l, c.via))
			name[l] = Spoken{s, s}
		}
		out = append(out, Option{Value: plain(value), Name: name})
	}
	return out
}

// extract finds a slot's values in an utterance, the ones that fit first. asked tells
// that it answers the question for the slot.
func (f *Form) extract(s *State, sl *Slot, text string, asked bool) []spoken.Found {
	o := spoken.Options{Asked: asked, Now: s.Now, Past: sl.Past, Fit: func(v string) bool { _, ok := sl.norm(v); return ok }}
	if v, ok := s.Slots[sl.Name]; ok && sl.Type == Date {
		o.Near, _ = time.Parse("2006-01-02", v.Value)
	}
	switch sl.Type {
	case Digits:
		return spoken.Digits(text, o)
	case Code:
		return append(spoken.Code(text, o), spoken.Digits(text, o)...)
	case Number:
		return spoken.Number(text, o)
	case Amount:
		return spoken.Amount(text, o)
	case Date:
		return f.dates(s, sl, spoken.Date(text, o))
	case Time:
		return spoken.Time(text, o)
	case Phone:
		return spoken.Phone(text, o)
	case Email:
		return spoken.Email(text, o)
	case Name:
		return spoken.Name(text, o)
	case Choice:
		return sl.choose(f.scope(s), text, asked)
	case YesNo:
		if a, _ := spoken.YesNo(text); a != spoken.Unclear && asked {
			return []spoken.Found{{Value: map[spoken.Answer]string{spoken.Yes: "yes", spoken.No: "no"}[a], End: len(text), Confidence: 0.9}}
		}
	case Words:
		text = hesitant.ReplaceAllString(text, "")
		if t := strings.TrimSpace(leads.ReplaceAllString(strings.TrimSpace(text), "")); asked && t != "" {
			return []spoken.Found{{Value: t, End: len(text), Confidence: 0.9}}
		}
	}
	return nil
}

// hesitant are sounds of thinking in a text, and dots for them.
var hesitant = regexp.MustCompile(`(?i)^(?:(?:um+|uh+|er+|hm+|嗯+|呃+|额+|那个|哦)[…，,。.、 ]+)+|…+`)

// leads are words before a place or text that are none of it: "send it to …".
var leads = regexp.MustCompile(`(?i)^(?:(?:no|ok|okay|well|oh|please)[,.]? +)*(?:(?:please )?(?:send|ship|deliver|move|change) (?:it|them|that) to:? +|(?:it is|it's|(?:my |the |our )?(?:new )?(?:office|address|delivery address) is)(?: at)?:? +)|^(?:不对[，,]?|不是[，,]?|嗯[，,]?|那就?[，,]?)*(?:请?(?:帮我)?(?:改成|改到|改为|换成|寄到|送到)|(?:新)?(?:收货)?地址(?:是|改成|为))[:： ，,]*`)

// dates leaves out spans of days, and those on the wrong side of today.
func (f *Form) dates(s *State, sl *Slot, found []spoken.Found) []spoken.Found {
	today := s.Now.Format("2006-01-02")
	var out []spoken.Found
	for _, d := range found {
		if d.Until != "" || sl.Past && d.Value > today || sl.Future && d.Value < today {
			continue
		}
		out = append(out, d)
	}
	return out
}

// choose finds the option that an utterance names, by name, other words, or place.
func (sl *Slot) choose(c scope, text string, asked bool) []spoken.Found {
	options := sl.options(c)
	low := squeeze(text)
	best, at, twice := 0, -1, false
	for i, o := range options {
		names := []string{o.Value, o.Name.In("en", c.via), o.Name.In("zh", c.via)}
		for _, ws := range o.Words {
			names = append(names, ws...)
		}
		most := 0
		for _, n := range names {
			if k := squeeze(n); k != "" && named(low, k) {
				most = max(most, len(k))
			}
		}
		if asked && most == 0 {
			most = shared(low, squeeze(o.Name.In(c.language, c.via)))
		}
		switch {
		case most > best:
			best, at, twice = most, i, false
		case most == best && most > 0:
			twice = true
		}
	}
	if at >= 0 && !twice {
		return []spoken.Found{{Value: options[at].Value, End: len(text), Confidence: 0.9}}
	}
	if i, ok := sl.timed(c, options, text); asked && ok {
		return []spoken.Found{{Value: options[i].Value, End: len(text), Confidence: 0.9}}
	}
	if i, ok := place(low, len(options)); asked && ok {
		return []spoken.Found{{Value: options[i].Value, End: len(text), Confidence: 0.85}}
	}
	return nil
}

// timed finds the one option, of those that are points in time, that a time or a day names.
func (sl *Slot) timed(c scope, options []Option, text string) (int, bool) {
	times := spoken.Time(text, spoken.Options{Asked: true})
	days := spoken.Date(text, spoken.Options{Now: c.s.Now, Asked: true})
	at, n := -1, 0
	for i, o := range options {
		t, err := time.Parse(time.RFC3339, o.Value)
		if err != nil || len(times)+len(days) == 0 {
			return 0, false
		}
		fits := len(times) == 0
		for _, w := range times {
			fits = fits || w.Value == t.Format("15:04") || slices.Contains(w.Others, t.Format("15:04"))
		}
		for _, d := range days {
			fits = fits && d.Value == t.Format(time.DateOnly)
		}
		if fits {
			at = i
			n++
		}
	}
	return at, n == 1
}

// named reports whether a text holds a name, at word borders where it has letters.
func named(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(name):])
		first, _ := utf8.DecodeRuneInString(name)
		if unicode.Is(unicode.Han, first) || !letter(before) && !letter(after) {
			return true
		}
		from = i + len(name)
	}
}

func letter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Han, r)
}

// shared is how much of an option's name a text has in words of four letters and more,
// or pairs of characters.
func shared(text, name string) int {
	n := 0
	for _, w := range strings.Fields(name) {
		if r := []rune(w); len(r) > 1 && unicode.Is(unicode.Han, r[0]) {
			for i := 0; i+1 < len(r); i++ {
				if strings.Contains(text, string(r[i:i+2])) {
					n += 2
				}
			}
		} else if len(w) >= 4 && named(text, w) {
			n += len(w)
		}
	}
	return n
}

// squeeze is a text in small letters with single spaces and no punctuation.
func squeeze(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'' {
			return unicode.ToLower(r)
		}
		return ' '
	}, text)), " ")
}

var places = [][]string{{"first", "number one", "one", "1", "第一", "一"}, {"second", "number two", "two", "2", "第二", "二"}, {"third", "number three", "three", "3", "第三", "三"}, {"fourth", "number four", "four", "4", "第四", "四"}, {"fifth", "number five", "five", "5", "第五", "五"}, {"sixth", "number six", "six", "6", "第六", "六"}}

// place reads "the second one", 「第二个」, "the last".
func place(low string, n int) (int, bool) {
	if n > 0 && (named(low, "last") || strings.Contains(low, "最后")) {
		return n - 1, true
	}
	at := -1
	for i, ws := range places[:min(n, len(places))] {
		for k, w := range ws {
			whole := low == w || low == w+"个" || low == "the "+w+" one" || low == "the "+w
			long := k == 0 && low != "the first time" || w[0] >= 0x80 && strings.HasPrefix(w, "第")
			if whole || long && named(low, w) {
				at = i
			}
		}
	}
	return at, at >= 0
}
