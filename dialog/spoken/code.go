package spoken

import (
	"strings"
	"unicode/utf8"
)

// codeAt reads the part of a code that begins at token i: a letter, letters as written
// in capitals or beside digits, or digits.
func codeAt(ts []token, i int, alike bool) (item, bool) {
	t := at(ts, i)
	if it, ok := likeWord(ts, i, alike); ok {
		return it, true
	}
	if k, ok := times[t.text]; ok && t.kind == word {
		if l := letter(ts, i+1, true); l != "" && at(ts, i+1).kind == word {
			if _, digit := singleDigit(ts, i+1); !digit {
				if k == 2 && l == "U" {
					l, k = "W", 1
				}
				return item{text: strings.Repeat(l, k), sure: 0.95, from: i, n: 2}, true
			}
		}
	}
	if it, ok := written(ts, i); ok {
		return it, true
	}
	if (t.text == "o" || t.text == "oh") && !plainDigit(ts, i-1) && !plainDigit(ts, i+1) && letter(ts, i-1, true)+letter(ts, i+1, true) != "" {
		return item{text: "O", other: "0", sure: 0.8, from: i, n: 1}, true
	}
	if it, ok := digitAt(ts, i, alike); ok {
		if t.text == "oh" || t.text == "o" {
			it.other = "O"
		}
		return it, true
	}
	if n, ok := anyOf(ts, i, "x ray", "x-ray"); ok {
		return item{text: "X", sure: 1, from: i, n: n}, true
	}
	if n, ok := anyOf(ts, i, "capital", "upper case", "lower case", "small", "letter", "大写的", "大写", "小写的", "小写", "字母"); ok {
		if it, ok := codeAt(ts, i+n, true); ok && it.text >= "A" {
			it.from, it.n = i, it.n+n
			return it, true
		}
		return item{}, false
	}
	if l := letter(ts, i, alike); l != "" {
		sure := 0.9
		if !t.capital {
			sure = 0.8
		}
		return item{text: l, sure: sure, from: i, n: 1}, true
	}
	return item{}, false
}

// plainDigit reports whether token i is a digit for sure, however said.
func plainDigit(ts []token, i int) bool {
	t := at(ts, i)
	return t.kind == figure || t.text != "oh" && enDigit[t.text] != "" || zhDigit[t.text] != ""
}

// letter is token i as one letter, in capitals. alike lets in what recognisers write
// for a letter's name.
func letter(ts []token, i int, alike bool) string {
	t := at(ts, i)
	if t.kind != word {
		return ""
	}
	if len(t.text) == 1 && t.text[0] >= 'a' && t.text[0] <= 'z' {
		return strings.ToUpper(t.text)
	}
	if l, ok := nato[t.text]; ok {
		return l
	}
	if alike {
		return letterNames[t.text]
	}
	return ""
}

// likeWord reads "S for sugar", "S as in sugar", 「sugar的S」, 「S是sugar的S」. When letter
// and word disagree the word is believed: it is what people say because the letter
// was misheard.
func likeWord(ts []token, i int, alike bool) (item, bool) {
	t := at(ts, i)
	if t.kind != word {
		return item{}, false
	}
	if at(ts, i+1).text == "的" && len(t.text) > 2 {
		if l := letter(ts, i+2, true); l != "" && l == initial(t.text) {
			return item{text: l, spelled: true, sure: 1, from: i, n: 3}, true
		}
	}
	name := letter(ts, i, true)
	if name == "" {
		if t.text != "ask" && t.text != "oh" {
			return item{}, false
		}
		name = map[string]string{"ask": "S", "oh": "O"}[t.text]
	}
	if t.text == "oh" || t.text == "o" {
		name = "O"
	}
	n, ok := anyOf(ts, i+1, "for", "as in", "like in", "like", "as", "four", "4", "是", "像")
	w := at(ts, i+1+n)
	if !ok || w.kind != word || len(w.text) < 3 || !ascii(w.text) {
		return item{}, false
	}
	if _, digit := enDigit[w.text]; digit && name != initial(w.text) {
		return item{}, false
	}
	joint := at(ts, i+1).text
	if (joint == "four" || joint == "4" || joint == "as" || joint == "like") && initial(w.text) != name {
		return item{}, false
	}
	it := item{text: initial(w.text), spelled: true, sure: 1, from: i, n: 2 + n}
	if it.text != name {
		it.sure, it.other = 0.7, name
		if _, single := letterNames[t.text]; single && !alike {
			return item{}, false // "are for sale"
		}
	}
	if at(ts, i+it.n).text == "的" && letter(ts, i+it.n+1, true) == it.text {
		it.n += 2
	}
	return it, true
}

func initial(w string) string { return strings.ToUpper(w[:1]) }

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// written reads letters that touch digits ("BW4815", "BW-4815") or stand in capitals
// before them ("BW 4815").
func written(ts []token, i int) (item, bool) {
	t := at(ts, i)
	if t.kind != word || len(t.text) > 8 || !ascii(t.text) || strings.Contains(t.text, "'") {
		return item{}, false
	}
	text := strings.ToUpper(t.text)
	joint := touching(ts, i) && at(ts, i+1).text == "-" && touching(ts, i+1)
	switch {
	case joint && (at(ts, i+2).kind == figure || t.capital && at(ts, i+2).capital) && len(t.text) <= 5:
		return item{text: text + "-", sure: 1, from: i, n: 2}, true
	case touching(ts, i) && at(ts, i+1).kind == figure && len(t.text) <= 5,
		touching(ts, i-1) && at(ts, i-1).kind == figure && len(t.text) <= 3 && !ordinalEnd[t.text],
		t.capital && len(t.text) >= 2 && len(t.text) <= 5 && (at(ts, i+1).kind == figure || zhDigit[at(ts, i+1).text] != "" || letter(ts, i+1, false) != "" || at(ts, i-1).kind == figure):
		return item{text: text, sure: 1, from: i, n: 1}, true
	}
	return item{}, false
}

var ordinalEnd = map[string]bool{"st": true, "nd": true, "rd": true, "th": true, "am": true, "pm": true}

// Code finds codes of letters and digits, letters in capitals, as said letter by letter
// or as written: "B W four eight one five" is BW4815. Hyphens stay as written.
func Code(text string, o Options) []Found {
	ts := tokens(text)
	var rs []run
	for _, r := range runs(ts, codeAt, o.Asked) {
		rs = append(rs, shorn(ts, r, o)...)
	}
	return corrected(ts, rs, o)
}

// shorn takes from a run's ends the letters that are words of a sentence: "I", "a".
func shorn(ts []token, r run, o Options) []run {
	if o.Asked && r.from == 0 && at(ts, r.to).text == "" || o.Fit != nil && o.Fit(r.value()) {
		return []run{r}
	}
	small := func(it item) bool {
		t := at(ts, it.from)
		weak := t.text == "a" || t.text == "i" || t.text == "u" || letterNames[t.text] != ""
		return it.n == 1 && t.kind == word && weak
	}
	for len(r.items) > 0 && small(r.items[0]) && (at(ts, r.from-1).kind == word || len(r.items) < 3 || at(ts, r.items[1].from).kind == figure) {
		r.items = r.items[1:]
		if len(r.items) > 0 {
			r.from = r.items[0].from
		}
	}
	for len(r.items) > 0 && small(r.items[len(r.items)-1]) && at(ts, r.to).kind == word {
		r.items = r.items[:len(r.items)-1]
		if n := len(r.items); n > 0 {
			r.to = r.items[n-1].from + r.items[n-1].n
		}
	}
	if len(r.items) == 0 || len(r.items) == 1 && len(r.items[0].text) == 1 && !r.items[0].spelled && !o.Asked && r.items[0].text >= "A" {
		return nil
	}
	return []run{r}
}
