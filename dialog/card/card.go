// Package card keeps the data of payment cards from staying anywhere. It finds a card's
// number in what is said, written or keyed, in English and Chinese, and takes it out of
// the text; and it keeps what a procedure has asked for sealed in memory, until the tool
// that is called with it opens it.
//
// It knows nothing of channels, recordings or the store: whoever takes words in asks here
// first, so that there is one truth of what a card is.
package card

import (
	"strconv"
	"strings"

	"parley/dialog/spoken"
)

// Mark stands where card data was.
const Mark = "[card data]"

// Lengths of a card's number (ISO/IEC 7812-1).
const (
	shortest = 13
	longest  = 19
)

// Number is a card's number in a text.
type Number struct {
	Digits     string
	Start, End int // bytes of the text
}

// Find gives the card numbers of a text, in order: those whose issuer, length and check
// digit are a card's, however they are written or read out.
func Find(text string) []Number {
	var out []Number
	for _, r := range spoken.Rows(text) {
		out = append(out, within(text, r.Parts)...)
	}
	return out
}

// within gives the card numbers in a row of digits: the whole of one that is parted by
// spaces and hyphens alone, or parts of it that are grouped as cards are.
func within(text string, parts []spoken.Part) (out []Number) {
	for from := 0; from < len(parts); from++ {
		to, digits := 0, ""
		for n, i := "", from; i < len(parts) && len(n)+len(parts[i].Digits) <= longest; i++ {
			if n += parts[i].Digits; Is(n) && (from == 0 && i == len(parts)-1 && even(text, parts) || grouped(text, parts[from:i+1])) {
				to, digits = i+1, n
			}
		}
		if to > 0 {
			out = append(out, Number{digits, parts[from].Start, parts[to-1].End})
			from = to - 1
		}
	}
	return out
}

// even reports whether nothing but spaces and hyphens parts figures.
func even(text string, parts []spoken.Part) bool {
	for i := 1; i < len(parts); i++ {
		if parts[i-1].Figure && parts[i].Figure && strings.Trim(text[parts[i-1].End:parts[i].Start], " \t\r\n-‐‑–—") != "" {
			return false
		}
	}
	return true
}

// grouped reports whether parts are of the sizes in which a card's number is written or
// read: by ones, twos or fours, 4-6-5, or in one.
func grouped(text string, parts []spoken.Part) bool {
	if len(parts) == 1 {
		return true
	}
	words, fours, ones, twos := true, true, true, true
	var sizes strings.Builder
	for i, p := range parts {
		n := len(p.Digits)
		sizes.WriteString(strconv.Itoa(n))
		words = words && (!p.Figure || n <= 2) && (i == 0 || !parts[i-1].Figure || text[parts[i-1].End:p.Start] != ".")
		fours = fours && (n == 4 || i == len(parts)-1 && n <= 7)
		ones, twos = ones && n == 1, twos && n == 2
	}
	s := sizes.String()
	return words || fours || ones || twos || s == "465" || s == "464" || s == "88"
}

// Is reports whether digits are a card's number.
func Is(digits string) bool {
	return len(digits) >= shortest && len(digits) <= longest && issued(digits) && Luhn(digits)
}

// issuer is whose numbers begin with what lies between two prefixes, and how long they are.
type issuer struct {
	from, to string
	min, max int
}

// issuers by prefix: Visa, Mastercard, American Express, Discover, UnionPay, JCB, Diners
// Club, Maestro, Mir, RuPay.
var issuers = []issuer{{"4", "4", 13, 19}, {"51", "55", 16, 16}, {"2221", "2720", 16, 16}, {"34", "34", 15, 15}, {"37", "37", 15, 15},
	{"6011", "6011", 16, 19}, {"644", "649", 16, 19}, {"65", "65", 16, 19}, {"62", "62", 16, 19}, {"81", "81", 16, 19}, {"3528", "3589", 16, 19},
	{"300", "305", 14, 19}, {"3095", "3095", 14, 19}, {"36", "36", 14, 19}, {"38", "39", 14, 19}, {"50", "50", 13, 19}, {"56", "58", 13, 19}, {"60", "60", 13, 19}, {"63", "63", 13, 19}, {"67", "67", 13, 19}, {"2200", "2204", 16, 19}}

func issued(digits string) bool {
	for _, x := range issuers {
		if p := digits[:min(len(x.from), len(digits))]; p >= x.from && p <= x.to && len(digits) >= x.min && len(digits) <= x.max {
			return true
		}
	}
	return false
}

// Begins reports whether a card's number may begin with these digits.
func Begins(digits string) bool {
	if len(digits) > longest || digits == "" {
		return false
	}
	for _, x := range issuers {
		n := min(len(x.from), len(digits))
		if p := digits[:n]; p >= x.from[:n] && p <= x.to[:n] && len(digits) <= x.max {
			return true
		}
	}
	return false
}

// Luhn reports whether the last of some digits checks the others (ISO/IEC 7812-1 annex B).
func Luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return digits != "" && sum%10 == 0
}

// Mask takes the card numbers out of a text, and reports whether there were any.
func Mask(text string) (string, bool) {
	found := Find(text)
	if len(found) == 0 {
		return text, false
	}
	return without(text, found), true
}

// MaskHeard is Mask for what a recogniser wrote of a number that was read out: with a digit
// misheard it has the length of a card's, and not its check digit.
func MaskHeard(text string) (string, bool) {
	if out, ok := Mask(text); ok {
		return out, true
	}
	var found []Number
	for _, r := range spoken.Rows(text) {
		for i := range r.Parts {
			if n := (spoken.Row{Parts: r.Parts[i:]}).Digits(); len(n) >= heard && len(n) <= longest && Begins(n) {
				found = append(found, Number{n, r.Parts[i].Start, r.End})
				break
			}
		}
	}
	return without(text, found), len(found) > 0
}

// heard is how many digits of a number that was read out are taken for a card's.
const heard = 14

func without(text string, found []Number) string {
	var b strings.Builder
	at := 0
	for _, f := range found {
		b.WriteString(text[at:f.Start])
		b.WriteString(Mark)
		at = f.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// brewing is how many digits in a row are enough to suspect a card.
const brewing = 8

// Brewing finds digits at the end of a text that may become a card's number, when more
// follows: eight of them and more, that one may begin with.
func Brewing(text string) (from int, ok bool) {
	rows := spoken.Rows(text)
	if len(rows) == 0 {
		return 0, false
	}
	r := rows[len(rows)-1]
	for i := range r.Parts {
		n := (spoken.Row{Parts: r.Parts[i:]}).Digits()
		if len(n) < brewing {
			break
		}
		if Begins(n) {
			return r.Parts[i].Start, true
		}
	}
	return 0, false
}
