package spoken

import "strings"

// run is a digit string or a code without a word between its parts.
type run struct {
	items    []item
	from, to int // tokens
	negated  bool
}

func (r run) value() string {
	var b strings.Builder
	for _, it := range r.items {
		b.WriteString(it.text)
	}
	return b.String()
}

// sure is the least sure item's, a little less for each more that is in doubt.
func (r run) sure() float64 {
	s := 1.0
	for _, it := range r.items {
		if it.sure < 1 {
			s = min(s, it.sure) * 0.99
		}
	}
	return max(s, 0.05)
}

// readings of a run, likeliest first: as said, and with parts parted or joined as
// recognisers do.
func (r run) readings() []string {
	out := []string{r.value()}
	var joined, other, swapped strings.Builder
	for i, it := range r.items {
		if i > 0 && r.items[i-1].count && len(it.text) == 1 && it.text >= "1" && it.text <= "9" {
			s := joined.String()
			joined.Reset()
			joined.WriteString(s[:len(s)-1]) // "40 8 15" is 4815
		}
		joined.WriteString(it.text)
		if it.other != "" {
			other.WriteString(it.other)
		} else {
			other.WriteString(it.text)
		}
	}
	for _, c := range r.value() {
		switch c {
		case 'O':
			c = '0'
		case '0':
			c = 'O'
		}
		swapped.WriteRune(c)
	}
	out = append(out, joined.String(), other.String())
	if strings.ContainsRune(r.value(), '-') {
		out = append(out, strings.ReplaceAll(r.value(), "-", ""))
	}
	if strings.ContainsFunc(r.value(), func(c rune) bool { return c >= 'A' && c <= 'Z' }) {
		out = append(out, swapped.String(), strings.ReplaceAll(r.value(), "O", "0"))
	}
	return out
}

// reader finds items: digits alone, or letters too.
type reader func(ts []token, i int, alike bool) (item, bool)

// runs of items in a text. asked lets words that sound alike begin and end a run.
func runs(ts []token, read reader, asked bool) []run {
	var out []run
	for i := 0; i < len(ts); {
		it, ok := read(ts, i, asked && edge(ts, i))
		if !ok {
			i++
			continue
		}
		r := run{items: []item{it}, from: i, to: i + it.n}
		for {
			j := gap(ts, r.to)
			next, ok := read(ts, j, alikeHere(ts, j, read, asked))
			if !ok {
				break
			}
			r.items = append(r.items, next)
			r.to = j + next.n
		}
		r.negated = negated(ts, r.from)
		out = append(out, r)
		i = r.to
	}
	return out
}

// edge reports whether token i begins the utterance, fillers aside.
func edge(ts []token, i int) bool {
	for k := range i {
		if !fillers[ts[k].text] && ts[k].kind != mark {
			return false
		}
	}
	_, d := singleDigit(ts, i+1)
	return d
}

// alikeHere reports whether a word that sounds like a digit may be one at j: the next
// token is a digit for sure, or, when digits were asked for, the text ends there.
func alikeHere(ts []token, j int, read reader, asked bool) bool {
	if at(ts, j).kind != word && at(ts, j).kind != han {
		return false
	}
	if p := at(ts, j-1); p.kind == figure && len(p.text) >= 4 {
		return false // "205101 to 9 Oak Street"
	}
	if t := at(ts, j); t.kind == han && at(ts, j-1).kind == mark {
		return false // 「不是4815，是4851」
	}
	k := j + 1
	if at(ts, k).text == "" || at(ts, k).kind == mark && at(ts, k+1).text == "" {
		return asked
	}
	k = gap(ts, k)
	if _, ok := read(ts, k, false); ok {
		return true
	}
	_, a := zhAlike[at(ts, k).text]
	_, b := enAlike[at(ts, k).text]
	if asked && (a || b) {
		return alikeHere(ts, k, read, asked)
	}
	return false
}

// gap skips what may stand between the parts of a value.
func gap(ts []token, i int) int {
	for {
		t := at(ts, i)
		switch {
		case t.text == "":
			return i
		case t.kind == mark && strings.Contains(",-·/()、，…_~‐‑–—", t.text):
			i++
		case (t.text == "." || t.text == "。") && lone(ts, i-1) && lone(ts, i+1):
			i++ // a recogniser's "4. 8. 1. 5."
		case fillers[t.text]:
			i++
		case t.text == "then", t.text == "next":
			i++
		default:
			if n, ok := anyOf(ts, i, "and then", "dash", "hyphen", "横杠", "杠", "然后是", "然后", "接着"); ok {
				i += n
				continue
			}
			return i
		}
	}
}

func lone(ts []token, i int) bool {
	_, ok := singleDigit(ts, i)
	return ok || at(ts, i).kind == word && len(at(ts, i).text) == 1
}

// negated reports whether the value at token i is named to be ruled out: "not 4815".
func negated(ts []token, i int) bool {
	for _, p := range []string{"not", "isn't", "而不是", "不是", "不要", "并非"} {
		for back := 1; back <= 3 && back <= i; back++ {
			if n, ok := is(ts, i-back, p); ok && n == back {
				return true
			}
		}
	}
	return false
}

// counted reports whether a run says how many of something there are.
func counted(ts []token, r run) bool {
	if len(r.items) > 1 || len(r.items[0].text) > 2 {
		return false
	}
	switch at(ts, r.to).text {
	case "digits", "digit", "numbers", "letters", "characters", "times", "days", "day", "weeks", "week", "months", "items", "pairs", "pair", "hours", "minutes", "years":
		return true
	case "位", "个", "天", "周", "年", "月", "副", "件", "次", "台", "小", "分", "块", "点", "号":
		return true
	}
	return at(ts, r.from-1).text == "第" || at(ts, r.from-1).text == "last" && at(ts, r.to).kind == word
}

// corrected joins runs that correct one another, and drops those that are ruled out.
func corrected(ts []token, rs []run, o Options) []Found {
	var out []Found
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		if r.negated && i+1 <= len(rs) && (i+1 < len(rs) || len(out) > 0) || counted(ts, r) {
			continue
		}
		readings := r.readings()
		f := Found{Start: ts[r.from].start, End: ts[r.to-1].end, Confidence: r.sure()}
		for i+1 < len(rs) && !rs[i+1].negated && corrects(ts, rs[i].to, rs[i+1].from) {
			i++
			readings = append(amended(r, rs[i], o), readings...)
			r = replaced(r, rs[i], readings[0])
			f.End = ts[rs[i].to-1].end
			f.Confidence = min(f.Confidence, rs[i].sure()) * 0.95
		}
		if !o.settle(&f, readings) && o.Fit != nil {
			f.Confidence *= 0.5
		}
		if f.Value != "" {
			out = append(out, f)
		}
	}
	return out
}

// amended are the readings of a value and what corrects it: all of it anew, its end
// anew, or gone on with from its last part.
func amended(r, next run, o Options) []string {
	whole := next.readings()[0]
	old := r.value()
	end, anew := "", ""
	if len(whole) < len(old) {
		end = old[:len(old)-len(whole)] + whole
	}
	if n := len(r.items); n > 1 {
		anew = run{items: r.items[:n-1]}.value() + whole
	}
	var all []string
	switch {
	case next.items[0].spelled && r.items[len(r.items)-1].spelled && anew != "":
		all = []string{anew, end, whole}
	case len(whole) >= len(old):
		all = []string{whole, anew, end}
	default:
		all = []string{end, anew, whole}
	}
	all = append(all, next.readings()[1:]...)
	var f Found
	if !o.settle(&f, all) {
		return all
	}
	return append([]string{f.Value}, f.Others...)
}

// replaced is a run with the reading decided, to be corrected further.
func replaced(r, next run, value string) run {
	out := run{from: r.from, to: next.to}
	if v := next.value(); strings.HasSuffix(value, v) && len(value) >= len(v) {
		if head := value[:len(value)-len(v)]; head != "" {
			out.items = append(out.items, item{text: head, sure: r.sure(), from: r.from, n: 1})
		}
		out.items = append(out.items, next.items...)
		return out
	}
	out.items = []item{{text: value, sure: next.sure(), from: next.from, n: next.to - next.from}}
	return out
}

// Digits finds digit strings, each in ASCII digits: "double four one five" is 4415,
// 「三个八」 888, "forty-eight fifteen" 4815.
func Digits(text string, o Options) []Found {
	ts := tokens(text)
	rs := runs(ts, digitAt, o.Asked)
	out := corrected(ts, rs, o)
	if o.Fit == nil || len(rs) < 2 {
		return out
	}
	for _, f := range out {
		if o.Fit(f.Value) {
			return out
		}
	}
	return joined(ts, rs, o, out)
}

// joined tries all runs of an utterance as one value, when none fits by itself and
// little else was said.
func joined(ts []token, rs []run, o Options, else_ []Found) []Found {
	all := run{from: rs[0].from, to: rs[len(rs)-1].to}
	for _, r := range rs {
		all.items = append(all.items, r.items...)
	}
	f := Found{Start: ts[all.from].start, End: ts[all.to-1].end, Confidence: all.sure() * 0.6}
	if o.Asked && o.settle(&f, all.readings()) {
		return append([]Found{f}, else_...)
	}
	return else_
}
