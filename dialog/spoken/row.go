package spoken

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Row is digits in a row, however they were said or written, with nothing between them
// but what may stand between the parts of a number.
type Row struct {
	Parts      []Part
	Start, End int // bytes of the text
}

// Part is what was said or written at once: a figure, "double four", 「四」.
type Part struct {
	Digits     string
	Figure     bool // written in figures
	Start, End int
}

// Digits are those of the whole row.
func (r Row) Digits() string {
	n := 0
	for _, p := range r.Parts {
		n += len(p.Digits)
	}
	b := make([]byte, 0, n)
	for _, p := range r.Parts {
		b = append(b, p.Digits...)
	}
	return string(b)
}

// joints are words that stand between the parts of a long number that is read out.
var joints = map[string]bool{"and": true, "then": true, "next": true, "space": true, "dot": true, "point": true, "dash": true, "hyphen": true, "minus": true, "ok": true, "okay": true,
	"followed": true, "by": true, "so": true, "pause": true, "well": true, "yes": true, "wait": true, "再": true, "接": true, "着": true, "然": true, "后": true, "面": true, "空": true, "格": true, "下": true, "来": true, "杠": true, "横": true, "是": true, "点": true}

// apart are marks that part one number from the next; full width is half by then.
const apart = ":?!%$¥€£|<>=+\"'“”()[]{}@&"

const (
	maxJoints = 4 // words and marks between two parts of a row, after which it is another
	maxRow    = 64
)

// Rows finds the digits of a text of any length: more freely than Digits, which looks for
// one value. A row that is part of a code of letters and digits is none.
func Rows(text string) []Row {
	ts := allTokens(text)
	var out []Row
	last := -1 // token after the last row
	for _, r := range runs(ts, digitAt, false) {
		if coded(text, ts, r) {
			last = -1
			continue
		}
		row := Row{Start: ts[r.from].start, End: ts[r.to-1].end}
		for _, it := range r.items {
			from, to := ts[it.from], ts[it.from+it.n-1]
			row.Parts = append(row.Parts, Part{Digits: it.text, Figure: it.n == 1 && from.kind == figure, Start: from.start, End: to.end})
		}
		if n := len(out); n > 0 && last >= 0 && joint(ts, last, r.from) && len(out[n-1].Parts)+len(row.Parts) <= maxRow {
			out[n-1].Parts, out[n-1].End = append(out[n-1].Parts, row.Parts...), row.End
		} else {
			out = append(out, row)
		}
		last = r.to
	}
	return out
}

// joint reports whether nothing that parts numbers stands between two tokens.
func joint(ts []token, from, to int) bool {
	if to-from > maxJoints {
		return false
	}
	for i := from; i < to; i++ {
		if t := ts[i]; !joints[t.text] && !fillers[t.text] && (t.kind != mark || strings.ContainsAny(t.text, apart)) {
			return false
		}
	}
	return true
}

// before are words that may touch a number without being part of it.
var before = map[string]bool{"card": true, "cc": true, "pan": true, "visa": true, "amex": true, "mastercard": true, "unionpay": true, "number": true, "no": true, "nr": true, "is": true, "mc": true, "tel": true}

// coded reports whether letters touch a run of figures: "SF1234567890123".
func coded(text string, ts []token, r run) bool {
	if from := r.from - 1; from >= 0 && ts[from].kind == word && ts[from].end == ts[r.from].start && !before[ts[from].text] {
		return true
	}
	next, _ := utf8.DecodeRuneInString(text[ts[r.to-1].end:])
	return next < utf8.RuneSelf && unicode.IsLetter(next)
}
