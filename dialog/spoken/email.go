package spoken

import "strings"

// mailSigns are what is said for the signs of an address. Longer ones first.
var mailSigns = []struct{ said, sign string }{{"at sign", "@"}, {"at symbol", "@"}, {"小老鼠", "@"}, {"艾特", "@"}, {"爱特", "@"}, {"圈a", "@"}, {"圈 a", "@"}, {"at", "@"}, {"@", "@"}, {"full stop", "."}, {"dot", "."}, {"点", "."}, {"period", "."}, {"point", "."}, {".", "."},
	{"underscore", "_"}, {"under score", "_"}, {"下划线", "_"}, {"_", "_"}, {"hyphen", "-"}, {"dash", "-"}, {"minus", "-"}, {"中划线", "-"}, {"横杠", "-"}, {"横线", "-"}, {"减号", "-"}, {"杠", "-"}, {"-", "-"}, {"plus", "+"}, {"加号", "+"}, {"+", "+"}}

// notLocal are words before an address that are not part of it.
var notLocal = map[string]bool{"is": true, "it's": true, "its": true, "my": true, "email": true, "e": true, "mail": true, "address": true, "to": true, "the": true, "me": true, "write": true, "send": true, "and": true, "as": true, "use": true, "that's": true, "was": true, "no": true, "not": true, "yes": true, "sure": true, "okay": true, "ok": true, "please": true, "under": true, "reach": true, "sorry": true, "it": true, "um": true, "uh": true, "er": true, "mean": true, "wait": true, "actually": true, "at": true}

var tlds = map[string]bool{"com": true, "cn": true, "net": true, "org": true, "edu": true, "gov": true, "io": true, "co": true, "uk": true, "de": true, "fr": true, "eu": true, "us": true, "info": true, "biz": true, "me": true, "app": true, "dev": true, "hk": true, "tw": true, "jp": true, "ca": true, "au": true, "example": true}

func signAt(ts []token, i int) (string, int) {
	for _, s := range mailSigns {
		if n, ok := is(ts, i, s.said); ok {
			return s.sign, n
		}
	}
	return "", 0
}

// mailPart is token i as part of an address: a word, a letter, digits.
func mailPart(ts []token, i int) (string, int) {
	t := at(ts, i)
	switch {
	case t.kind == figure:
		return t.text, 1
	case t.kind == word && ascii(t.text) && !strings.Contains(t.text, "'"):
		if it, ok := likeWord(ts, i, false); ok {
			return strings.ToLower(it.text), it.n
		}
		if it, ok := digitAt(ts, i, false); ok {
			return it.text, it.n
		}
		return t.text, 1
	case t.kind == han:
		if it, ok := digitAt(ts, i, false); ok {
			return it.text, it.n
		}
	}
	return "", 0
}

// Email finds e-mail addresses, written or spoken: "john dot smith at gmail dot com",
// 「zhangwei 一二三 艾特 163 点 com」.
func Email(text string, o Options) []Found {
	ts := tokens(text)
	var out []Found
	for i := range ts {
		if sign, n := signAt(ts, i); sign == "@" {
			f, ok := mailAround(ts, i, n)
			if !ok {
				continue
			}
			switch k := len(out); {
			case k > 0 && out[k-1].End > f.Start:
			case k > 0 && corrects(ts, tokenAt(ts, out[k-1].End), tokenAt(ts, f.Start)):
				f.Start = out[k-1].Start
				out[k-1] = f
			case o.Fit == nil || o.Fit(f.Value):
				out = append(out, f)
			}
		}
	}
	return out
}

// tokenAt is the first token that begins at the byte or after it.
func tokenAt(ts []token, at int) int {
	for i, t := range ts {
		if t.start >= at {
			return i
		}
	}
	return len(ts) - 1
}

func mailAround(ts []token, i, n int) (Found, bool) {
	domain, end := mailDomain(ts, i+n)
	if domain == "" {
		return Found{}, false
	}
	local, start, spelled := mailLocal(ts, i)
	if local == "" || len(local) > 64 {
		return Found{}, false
	}
	f := Found{Value: local + "@" + domain, Start: ts[start].start, End: ts[end-1].end, Confidence: 0.8}
	if ts[i].text == "@" {
		f.Confidence = 0.97
	} else if spelled {
		f.Confidence = 0.85
	}
	return f, true
}

// mailDomain reads "gmail dot com" from token i.
func mailDomain(ts []token, i int) (string, int) {
	var b strings.Builder
	dots, last := 0, ""
	for i < len(ts)-1 && b.Len() < 120 {
		sign, n := signAt(ts, i)
		if (sign == "." || sign == "-") && b.Len() > 0 && last != "" {
			if _, m := mailPart(ts, i+n); m == 0 || sign == "." && ts[i].text == "." && !touching(ts, i) {
				break
			}
			if sign == "." {
				dots++
			}
			b.WriteString(sign)
			last = ""
			i += n
			continue
		}
		if dots > 0 && last != "" && !touching(ts, i-1) {
			break // after "com" the sentence goes on
		}
		p, m := mailPart(ts, i)
		if m == 0 || last != "" && dots == 0 && len(p) > 1 && len(last) > 1 && strings.TrimLeft(p+last, "0123456789") != "" {
			break
		}
		b.WriteString(p)
		last += p
		i += m
	}
	d := strings.TrimRight(b.String(), ".-")
	top := d[strings.LastIndex(d, ".")+1:]
	if dots == 0 || len(top) < 2 || !tlds[top] && strings.TrimLeft(top, "abcdefghijklmnopqrstuvwxyz") != "" {
		return "", 0
	}
	return d, i
}

// mailLocal reads what is before the at sign at token i, backwards.
func mailLocal(ts []token, i int) (local string, start int, spelled bool) {
	start = i
	prev := "@"
	for k := i - 1; k >= 0 && i-k < 60; k-- {
		t := ts[k]
		single := len(t.text) == 1 && t.kind == word
		if _, n := signAt(ts, k); n == 1 && t.kind != figure {
			if s, _ := signAt(ts, k); s != "@" && s != "" && prev != "." && (t.kind != mark || touching(ts, k)) {
				start, prev = k, s
				continue
			}
			break
		}
		digit := t.kind == figure || enDigit[t.text] != "" || zhDigit[t.text] != "" || enTens[t.text] > 0 || enTeen[t.text] > 0 || times[t.text] > 0
		joined := prev == "@" || prev == "." || prev == "_" || prev == "-" || prev == "+" || touching(ts, k) && !(t.kind == han)
		isWord := t.kind == word && ascii(t.text) && !strings.Contains(t.text, "'")
		if !digit && !isWord || notLocal[t.text] && !single && !joined || notLocal[t.text] && prev == "@" && !touching(ts, k) || single && t.text == "e" && at(ts, k+1).text == "mail" {
			break
		}
		like := t.text == "for" || t.text == "as" || t.text == "in"
		if !joined && !single && !digit && !like && prev != "part" {
			break
		}
		if !joined && !single && !digit && prev == "part" && !like && !digitsBetween(ts, k+1, i) {
			break
		}
		start, prev = k, "part"
		if single {
			prev = "single"
		}
		spelled = spelled || single
	}
	var b strings.Builder
	for k := start; k < i; {
		if s, n := signAt(ts, k); n > 0 && ts[k].kind != figure && s != "@" {
			b.WriteString(s)
			k += n
			continue
		}
		p, n := mailPart(ts, k)
		if n == 0 || k+n > i {
			return "", 0, false
		}
		b.WriteString(p)
		k += n
	}
	return strings.Trim(b.String(), ".-+"), start, spelled
}

// digitsBetween reports whether tokens from..to are digits alone: "john one two at …".
func digitsBetween(ts []token, from, to int) bool {
	for k := from; k < to; k++ {
		t := ts[k]
		if t.kind != figure && enDigit[t.text] == "" && zhDigit[t.text] == "" && times[t.text] == 0 {
			return false
		}
	}
	return to > from
}
