package spoken

import (
	"slices"
	"strings"
	"unicode"
)

var enLeads = []string{"my full name is", "my name is", "my name's", "the name is", "name is", "this is", "i am called", "i'm called", "call me", "you can call me", "it's under", "it is under", "under the name of", "under the name", "i am", "i'm", "im", "it's", "it is", "mister", "mr", "mrs", "ms", "miss", "doctor", "dr"}

var zhLeads = []string{"我的名字叫", "我的名字是", "我的姓名是", "我名字叫", "我名叫", "名字叫", "名字是", "姓名是", "我叫", "叫我", "我是", "免贵姓", "我姓", "我的姓是", "姓", "叫"}

// sureLeads are those that nothing but a name follows.
var sureLeads = map[string]bool{"my full name is": true, "my name is": true, "my name's": true, "the name is": true, "name is": true, "i am called": true, "i'm called": true, "call me": true, "you can call me": true, "it's under": true, "under the name of": true, "under the name": true, "it is under": true, "mister": true, "mr": true, "mrs": true,
	"我的名字叫": true, "我的名字是": true, "我的姓名是": true, "我名字叫": true, "我名叫": true, "名字叫": true, "名字是": true, "姓名是": true, "我叫": true, "叫我": true, "免贵姓": true, "我姓": true, "我的姓是": true}

// notNames end or refuse an English name.
var notNames = map[string]bool{"a": true, "an": true, "the": true, "and": true, "calling": true, "looking": true, "not": true, "from": true, "my": true, "your": true, "i": true, "is": true, "about": true, "with": true, "here": true, "speaking": true, "sorry": true, "trying": true, "on": true, "in": true, "at": true, "for": true, "to": true, "very": true, "so": true, "just": true, "really": true, "still": true, "waiting": true, "please": true, "yes": true, "no": true, "okay": true, "ok": true, "spelled": true, "that": true, "that's": true, "of": true, "going": true, "what": true, "how": true, "why": true, "when": true, "where": true, "who": true, "can": true, "do": true, "does": true, "it": true, "sure": true, "happy": true, "angry": true, "back": true, "good": true, "fine": true, "hello": true, "hi": true, "but": true, "or": true, "because": true, "interested": true, "order": true, "number": true, "this": true, "never": true, "mind": true, "wrong": true, "phone": true, "correct": true, "change": true, "again": true, "actually": true, "wait": true, "hang": true, "hold": true, "cancel": true, "um": true, "uh": true, "er": true, "well": true, "thanks": true, "thank": true, "you": true, "with-": true,
	// "call me before ten tomorrow"
	"before": true, "after": true, "tomorrow": true, "today": true, "tonight": true, "later": true, "around": true, "between": true, "whenever": true, "anytime": true, "any": true, "until": true, "only": true, "next": true, "early": true, "late": true, "once": true, "if": true, "morning": true, "mornings": true, "afternoon": true, "afternoons": true, "evening": true, "evenings": true, "noon": true, "monday": true, "tuesday": true, "wednesday": true, "thursday": true, "friday": true, "saturday": true, "sunday": true}

// Name finds a person's name: after "my name is", 「我姓」, by its parts (「弓长张」, 「明天的明」),
// spelled, or, when it was asked for, as all of the utterance.
func Name(text string, o Options) []Found {
	ts := tokens(text)
	var f Found
	var ok bool
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		f, ok = zhName(text, ts, o)
	}
	if !ok {
		f, ok = enName(text, ts, o)
	}
	if !ok || o.Fit != nil && !o.Fit(f.Value) {
		return nil
	}
	return []Found{f}
}

// enName reads an English name, spelled letters before heard words.
func enName(text string, ts []token, o Options) (Found, bool) {
	best := Found{}
	for i := range ts {
		lead, sure := 0, false
		for _, l := range enLeads {
			if n, ok := is(ts, i, l); ok && n > lead {
				lead, sure = n, sureLeads[l]
			}
		}
		if lead == 0 {
			continue
		}
		f, ok := enWords(text, ts, i+lead)
		if ok && (sure || o.Asked || f.Confidence >= 0.8 && len(strings.Fields(f.Value)) > 1) {
			if best.Value == "" || f.Start > best.Start && corrects(ts, tokenAt(ts, best.End), i+lead) {
				best = f
				if sure {
					best.Confidence = 0.9
				}
			}
		}
	}
	if best.Value == "" && o.Asked {
		i := 0
		for i < len(ts) && (ts[i].kind == mark && ts[i].text != "" || fillers[ts[i].text] || ts[i].text == "yes" || ts[i].text == "sure" || ts[i].text == "no" || ts[i].text == "hi" || ts[i].text == "hello") {
			i++
		}
		best, _ = enWords(text, ts, i)
		best.Confidence *= 0.85
	}
	if spelt, ok := spelling(ts, o); ok {
		words := strings.Fields(best.Value)
		switch {
		case len(words) > 0 && similar(words[len(words)-1], spelt.Value):
			words[len(words)-1] = title(spelt.Value)
			best.Value, best.End, best.Confidence = strings.Join(words, " "), max(best.End, spelt.End), 0.95
		case len(words) > 0 && similar(words[0], spelt.Value):
			words[0] = title(spelt.Value)
			best.Value, best.Confidence = strings.Join(words, " "), 0.9
		case best.Value == "" || o.Asked && best.Confidence < 0.7:
			best = Found{Value: title(spelt.Value), Start: spelt.Start, End: spelt.End, Confidence: 0.9}
		}
	}
	return best, best.Value != "" && best.Confidence > 0
}

// enWords are up to four words that may be a name, from token i.
func enWords(text string, ts []token, i int) (Found, bool) {
	var parts []string
	start, end, capitals := -1, 0, 0
	for ; i < len(ts) && len(parts) < 4; i++ {
		t := ts[i]
		if t.kind == mark && t.text == "-" && touching(ts, i) && touching(ts, i-1) && len(parts) > 0 {
			continue
		}
		if t.kind != word || notNames[t.text] || len(t.text) == 1 && len(parts) == 0 || enDigit[t.text] != "" {
			break
		}
		if len(t.text) == 1 && len(at(ts, i+1).text) <= 1 {
			break // spelling begins
		}
		if start < 0 {
			start = t.start
		}
		joint := at(ts, i-1).text == "-" && len(parts) > 0
		raw := text[t.start:t.end]
		if unicode.IsUpper([]rune(raw)[0]) {
			capitals++
		} else {
			raw = title(raw)
		}
		if joint {
			parts[len(parts)-1] += "-" + raw
		} else {
			parts = append(parts, raw)
		}
		end = t.end
	}
	if len(parts) == 0 {
		return Found{}, false
	}
	f := Found{Value: strings.Join(parts, " "), Start: start, End: end, Confidence: 0.7}
	if capitals >= len(parts) {
		f.Confidence = 0.85
	}
	return f, true
}

func title(s string) string {
	r := []rune(strings.ToLower(s))
	if len(r) == 0 {
		return s
	}
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// spelling is a word spelled letter by letter, three letters or more.
func spelling(ts []token, o Options) (Found, bool) {
	var rs []run
	for _, r := range runs(ts, codeAt, false) {
		if v := r.value(); len(v) >= 3 && strings.TrimLeft(v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && len(r.items) >= 3 {
			rs = append(rs, r)
		}
	}
	out := corrected(ts, rs, Options{})
	if len(out) == 0 {
		return Found{}, false
	}
	return out[len(out)-1], true
}

// similar reports whether a heard word may be the one that is spelled.
func similar(heard, spelt string) bool {
	a, b := strings.ToLower(heard), strings.ToLower(spelt)
	if a == "" || b == "" {
		return false
	}
	return a[0] == b[0] || a[len(a)-1] == b[len(b)-1] && len(a)-len(b) <= 2 && len(b)-len(a) <= 2
}

// zhName reads a Chinese name.
func zhName(text string, ts []token, o Options) (Found, bool) {
	family, given, end, from := "", "", 0, -1
	sure := 0.0
	for i := range ts {
		if ts[i].kind != han {
			continue
		}
		if c, n := described(ts, i); n > 0 {
			if family == "" || from >= 0 && ts[i].start >= end && family != c {
				family, sure = c, 0.95
			}
			if from < 0 {
				from = ts[i].start
			}
			end = max(end, ts[i+n-1].end)
		}
	}
	lead, leadEnd, leadSure := zhLead(ts)
	if lead >= 0 {
		f, g, stop := zhChars(ts, leadEnd)
		switch {
		case family == "" && f != "" && (leadSure || o.Asked):
			family, given, from, end, sure = f, g, ts[leadEnd].start, ts[stop-1].end, 0.85
		case family != "" && f != "":
			given = g
			from = min(from, ts[leadEnd].start)
		}
	} else if family == "" && o.Asked {
		i := 0
		for i < len(ts)-1 && (ts[i].kind == mark || fillers[ts[i].text] || ts[i].text == "是") {
			i++
		}
		if f, g, stop := zhChars(ts, i); f != "" && (at(ts, stop).kind == mark || at(ts, stop).text == "的") {
			family, given, from, end, sure = f, g, ts[i].start, ts[stop-1].end, 0.75
		}
	}
	if family == "" {
		return Found{}, false
	}
	if given == "" && lead < 0 { // 「弓长张，张伟」: the whole name beside its description
		for i := range ts {
			if ts[i].text != family || i > 0 && at(ts, i-1).kind != mark {
				continue
			}
			if f, g, stop := zhChars(ts, i); f == family && g != "" && at(ts, stop).kind == mark {
				given, from, end = g, min(from, ts[i].start), max(end, ts[stop-1].end)
			}
		}
	}
	if g, e := spelledGiven(ts, end); g != "" && len([]rune(g)) >= len([]rune(given)) && (given == "" || given != g) {
		given, end, sure = g, max(end, e), 0.9
	}
	f := Found{Value: family + given, Start: from, End: end, Confidence: sure}
	for _, p := range [...]string{"先生", "女士", "小姐"} {
		if rest := text[min(end, len(text)):]; strings.HasPrefix(rest, p) {
			f.End += len(p)
		}
	}
	return f, true
}

// described reads 「弓长张」: the parts and then the character.
func described(ts []token, i int) (string, int) {
	for _, k := range [...]int{5, 4, 3, 2, 1} {
		if i+k >= len(ts) {
			continue
		}
		word := ""
		for j := i; j < i+k; j++ {
			if ts[j].kind != han {
				word = ""
				break
			}
			word += ts[j].text
		}
		c, ok := parts[word]
		if !ok {
			continue
		}
		n := k
		if at(ts, i+n).text == "的" {
			n++
		}
		if at(ts, i+n).text == c {
			return c, n + 1
		}
		if k >= 2 && at(ts, i-1).text == "姓" {
			return c, k
		}
	}
	return "", 0
}

// zhLead finds the last lead-in to a name.
func zhLead(ts []token) (at_, end int, sure bool) {
	at_ = -1
	for i := 0; i < len(ts); i++ {
		for _, l := range zhLeads {
			if n, ok := is(ts, i, l); ok {
				at_, end, sure = i, i+n, sureLeads[l]
				i += n - 1
				break
			}
		}
	}
	return at_, end, sure
}

// zhChars reads a family name and up to two characters more, from token i.
func zhChars(ts []token, i int) (family, given string, stop int) {
	var cs []string
	for j := i; j < len(ts) && ts[j].kind == han && len(cs) < 5; j++ {
		if slices.Contains([]string{"先", "女", "小"}, ts[j].text) && len(cs) > 0 {
			if _, ok := anyOf(ts, j, "先生", "女士", "小姐"); ok {
				break
			}
		}
		if len(cs) > 0 && strings.ContainsAny(ts[j].text, "的，是吧啊呢") {
			break
		}
		cs = append(cs, ts[j].text)
	}
	if len(cs) == 0 {
		return "", "", i
	}
	n := 1
	if len(cs) > 1 && slices.Contains(surnames, cs[0]+cs[1]) {
		n = 2
	} else if !strings.Contains(commonSurnames, cs[0]) {
		return "", "", i
	}
	if len(cs) > n+2 {
		return "", "", i
	}
	return strings.Join(cs[:n], ""), strings.Join(cs[n:], ""), i + len(cs)
}

// spelledGiven reads 「明天的明」 and the like after byte from: each character by a word
// that has it.
func spelledGiven(ts []token, from int) (string, int) {
	given, end := "", 0
	for i := 1; i+1 < len(ts); i++ {
		if ts[i].text != "的" || ts[i-1].start < from || ts[i+1].kind != han || ts[i-1].kind != han {
			continue
		}
		c := ts[i+1].text
		for k := i - 1; k >= 0 && k >= i-4 && ts[k].kind == han; k-- {
			if ts[k].text == c {
				given, end = given+c, ts[i+1].end
				break
			}
		}
	}
	if len([]rune(given)) > 2 {
		return "", 0
	}
	return given, end
}
