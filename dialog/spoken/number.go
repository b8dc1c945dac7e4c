package spoken

import (
	"strconv"
	"strings"
)

// numberAt reads a number, with decimals, at token i.
func numberAt(ts []token, i int) (value string, n int, ok bool) {
	t := at(ts, i)
	if m, ok := anyOf(ts, i, "half a dozen"); ok {
		return "6", m, true
	}
	if m, ok := anyOf(ts, i, "a dozen", "dozen", "一打"); ok {
		return "12", m, true
	}
	if m, ok := anyOf(ts, i, "a couple of", "a couple", "a pair of", "一对"); ok {
		return "2", m, true
	}
	if m, ok := anyOf(ts, i, "a hundred", "a thousand"); ok {
		v := map[string]int{"hundred": 100, "thousand": 1000}[at(ts, i+1).text]
		if w, k, ok := tail(ts, i+m); ok {
			return strconv.Itoa(v + w), m + k, true
		}
		return strconv.Itoa(v), m, true
	}
	switch {
	case t.kind == figure && len(t.text) <= 15:
		return figures(ts, i)
	case t.kind == word:
		return enNumber(ts, i)
	case t.text == "半":
		return "0.5", 1, true
	case t.kind == han:
		return zhNumber(ts, i)
	}
	return "", 0, false
}

// figures reads "1,250.50" and "3万5".
func figures(ts []token, i int) (string, int, bool) {
	v, j := ts[i].text, i+1
	for at(ts, j).text == "," && touching(ts, j-1) && touching(ts, j) && at(ts, j+1).kind == figure && len(at(ts, j+1).text) == 3 && len(v) <= 12 {
		v, j = v+ts[j+1].text, j+2
	}
	if at(ts, j).text == "." && touching(ts, j-1) && touching(ts, j) && at(ts, j+1).kind == figure {
		v, j = v+"."+ts[j+1].text, j+2
	}
	if u, ok := zhUnit[at(ts, j).text]; ok && u >= 100 && len(v) < 10 {
		f, err := strconv.ParseFloat(v, 64)
		if err == nil {
			return plainFloat(f * float64(u)), j + 1 - i, true
		}
	}
	if s := at(ts, j).text; s == "k" && touching(ts, j-1) || s == "thousand" || s == "hundred" {
		f, err := strconv.ParseFloat(v, 64)
		by := map[string]float64{"k": 1000, "thousand": 1000, "hundred": 100}[s]
		if err == nil {
			return plainFloat(f * by), j + 1 - i, true
		}
	}
	return trimZeros(v), j - i, true
}

func plainFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func trimZeros(v string) string {
	w := strings.TrimLeft(v, "0")
	if w == "" || w[0] == '.' {
		return "0" + w
	}
	return w
}

func enNumber(ts []token, i int) (string, int, bool) {
	v, n := "", 0
	if it, ok := enCardinalAt(ts, i); ok {
		v, n = it.text, it.n
	} else if d, ok := enDigit[at(ts, i).text]; ok && at(ts, i).text != "oh" {
		v, n = d, 1
	} else {
		return "", 0, false
	}
	if at(ts, i+n).text == "point" {
		frac := ""
		j := i + n + 1
		for d, ok := singleDigit(ts, j); ok; d, ok = singleDigit(ts, j) {
			frac += d
			j++
		}
		if frac != "" {
			return v + "." + frac, j - i, true
		}
	}
	if m, ok := is(ts, i+n, "and a half"); ok {
		return v + ".5", n + m, true
	}
	return v, n, true
}

func zhNumber(ts []token, i int) (string, int, bool) {
	v, n := "", 0
	if k, m, ok := zhCardinal(ts, i); ok {
		v, n = strconv.Itoa(k), m
	} else if d, ok := zhDigit[at(ts, i).text]; ok && !strings.Contains("洞拐勾钩幺", at(ts, i).text) {
		v, n = d, 1
	} else {
		return "", 0, false
	}
	if at(ts, i+n).text == "点" {
		frac, j := "", i+n+1
		for d, ok := zhDigit[at(ts, j).text]; ok; d, ok = zhDigit[at(ts, j).text] {
			frac += d
			j++
		}
		if frac != "" && at(ts, j).text != "分" {
			return v + "." + frac, j - i, true
		}
	}
	return v, n, true
}

// Number finds numbers: "forty-two", 「两百五十」, "1,250". Ordinals and parts of longer
// codes are none.
func Number(text string, o Options) []Found {
	ts := tokens(text)
	return scan(ts, o, func(i int) (Found, int) {
		v, n, ok := numberAt(ts, i)
		if !ok || at(ts, i-1).text == "第" || touching(ts, i-1) && ts[i-1].kind == word || touching(ts, i+n-1) && at(ts, i+n).kind == word && ts[i].kind == figure {
			return Found{}, 0
		}
		return Found{Value: v, Confidence: 0.9}, n
	})
}

// scan finds values with a function that reads one at a token, and lets corrections
// replace what was before.
func scan(ts []token, o Options, read func(i int) (Found, int)) []Found {
	var out []Found
	last := -1
	for i := 0; i < len(ts); {
		f, n := read(i)
		if n <= 0 || f.Value == "" {
			i++
			continue
		}
		if i+n > len(ts)-1 {
			n = len(ts) - 1 - i
			if n <= 0 {
				break
			}
		}
		f.Start, f.End = ts[i].start, ts[i+n-1].end
		if o.Fit != nil && !o.settle(&f, append([]string{f.Value}, f.Others...)) {
			f.Confidence *= 0.5
		}
		neg := negated(ts, i)
		switch {
		case neg && len(out) > 0:
		case last >= 0 && len(out) > 0 && corrects(ts, last, i):
			f.Start = out[len(out)-1].Start
			f.Confidence *= 0.95
			out[len(out)-1] = f
		default:
			if neg {
				f.Confidence *= 0.2
			}
			out = append(out, f)
		}
		last = i + n
		i += n
	}
	if len(out) > 1 && out[0].Confidence < 0.2 {
		out = out[1:] // "not the fourth but the fifth"
	}
	return out
}

// currencies by what is said for them.
var currencies = map[string]string{"$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "美元": "USD", "美金": "USD", "刀": "USD", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR",
	"£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "英镑": "GBP", "¥": "CNY", "rmb": "CNY", "cny": "CNY", "yuan": "CNY", "元": "CNY", "块": "CNY", "块钱": "CNY", "人民币": "CNY", "港币": "HKD", "hkd": "HKD", "日元": "JPY", "yen": "JPY"}

func currencyAt(ts []token, i int) (string, int) {
	for _, p := range []string{"块钱", "美元", "美金", "欧元", "英镑", "人民币", "港币", "日元"} {
		if n, ok := is(ts, i, p); ok {
			return currencies[p], n
		}
	}
	if c, ok := currencies[at(ts, i).text]; ok {
		return c, 1
	}
	return "", 0
}

// Amount finds sums of money: "$12.50", "twelve dollars fifty", 「三块五」. A number with
// no currency is one when an amount was asked for.
func Amount(text string, o Options) []Found {
	ts := tokens(text)
	return scan(ts, o, func(i int) (Found, int) {
		unit, lead := currencyAt(ts, i)
		if lead > 0 && ts[i].kind == han && unit != "" && lead == 1 {
			return Found{}, 0
		}
		v, n, ok := numberAt(ts, i+lead)
		if !ok {
			return Found{}, 0
		}
		n += lead
		after, m := currencyAt(ts, i+n)
		if m > 0 {
			unit = after
			n += m
			if c, k := cents(ts, i+n); k > 0 {
				v, n = addCents(v, c), n+k
			}
		}
		if unit == "" && !o.Asked {
			return Found{}, 0
		}
		f := Found{Value: v, Unit: unit, Confidence: 0.95}
		if unit == "" {
			f.Confidence = 0.7
		}
		return f, n
	})
}

// cents reads what follows "dollars" and 块: fifty, "and fifty cents", 五, 五毛, 两毛五.
func cents(ts []token, i int) (c, n int) {
	skip := 0
	if at(ts, i).text == "and" {
		skip = 1
	}
	v, k, ok := under100(ts, i+skip)
	if !ok && at(ts, i+skip).kind == figure && len(ts[i+skip].text) <= 2 {
		v, _ = strconv.Atoi(ts[i+skip].text)
		k, ok = 1, true
	}
	if ok {
		if w := at(ts, i+skip+k).text; w == "cents" || w == "cent" || w == "pence" {
			return v, skip + k + 1
		}
		if skip == 0 && v >= 10 && at(ts, i+k).kind == mark {
			return v, k
		}
		return 0, 0
	}
	d, ok := zhDigit[at(ts, i).text]
	if !ok {
		return 0, 0
	}
	v, _ = strconv.Atoi(d)
	switch t := at(ts, i+1).text; {
	case t == "毛" || t == "角":
		if e, ok := zhDigit[at(ts, i+2).text]; ok {
			w, _ := strconv.Atoi(e)
			if at(ts, i+3).text == "分" {
				return v*10 + w, 4
			}
			return v*10 + w, 3
		}
		return v * 10, 2
	case at(ts, i+1).kind == han:
		return 0, 0
	}
	return v * 10, 1
}

func addCents(v string, c int) string {
	whole, _, _ := strings.Cut(v, ".")
	return whole + "." + string(rune('0'+c/10%10)) + string(rune('0'+c%10))
}
