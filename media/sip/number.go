package sip

import (
	"errors"
	"slices"
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// Plan is how a trunk writes numbers. The zero value takes what begins with + or 00,
// and digits alone from eight on, as international, and sends E.164 with its plus.
type Plan struct {
	Country       string // calling code without plus, "49"; empty: no national numbers
	National      string // prefix of national numbers; empty is "0" where there is a country, none in +1
	International string // prefix of international numbers; empty is "00"
	Send          string // "e164" (or empty): +4930…; "digits": 4930…; "international": 004930…
}

func (p Plan) check() error {
	if !digits(p.Country) || !digits(p.National) || !digits(p.International) {
		return errors.New("country and prefixes are digits")
	}
	switch p.Send {
	case "", "e164", "digits", "international":
		return nil
	}
	return errors.New(`numbers are sent as "e164", "digits" or "international"`)
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// Normal is a number as the network wrote it in E.164 (+ and digits) where the plan says
// how. What is no such number (an extension, a name) stays as it was.
func (p Plan) Normal(raw string) string {
	n := strip(raw)
	if n == "" || !digits(strings.TrimPrefix(n, "+")) {
		return raw
	}
	if n[0] == '+' {
		return n
	}
	international := p.International
	if international == "" {
		international = "00"
	}
	if rest, ok := strings.CutPrefix(n, international); ok && len(rest) >= 7 {
		return "+" + rest
	}
	if p.Country != "" {
		national := p.National
		if national == "" && p.Country != "1" {
			national = "0"
		}
		if rest, ok := strings.CutPrefix(n, national); ok && national != "" && len(rest) >= 4 {
			return "+" + p.Country + rest
		}
		if p.Country == "1" && len(n) == 10 {
			return "+1" + n
		}
		if strings.HasPrefix(n, p.Country) && len(n) >= 10 {
			return "+" + n
		}
		return n
	}
	if len(n) >= 8 && n[0] != '0' {
		return "+" + n
	}
	return n
}

// Write is an E.164 number as the trunk wants it; short numbers stay as they are.
func (p Plan) Write(number string) string {
	rest, ok := strings.CutPrefix(number, "+")
	if !ok {
		return number
	}
	switch p.Send {
	case "digits":
		return rest
	case "international":
		if p.International != "" {
			return p.International + rest
		}
		return "00" + rest
	}
	return number
}

// strip takes visual separators (RFC 3966 section 5.1.1) away.
func strip(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '-', '.', '(', ')', ' ', '/':
			return -1
		}
		return r
	}, s)
}

// isDialable reports whether s is + and digits, digits, or with * and #, up to 32.
func isDialable(s string) bool {
	rest := strings.TrimPrefix(s, "+")
	return rest != "" && len(rest) <= 32 && strings.Trim(rest, "0123456789*#") == "" &&
		(rest == s || digits(rest))
}

// emergencies are short numbers behind which lives are saved, in one country or many.
var emergencies = map[string]bool{
	"000": true, "066": true, "110": true, "111": true, "112": true, "113": true, "114": true, "115": true,
	"117": true, "118": true, "119": true, "120": true, "122": true, "133": true, "144": true, "155": true,
	"190": true, "191": true, "192": true, "193": true, "911": true, "933": true, "988": true, "991": true,
	"993": true, "994": true, "995": true, "997": true, "998": true, "999": true, "10111": true, "10177": true,
	"12119": true, "12122": true,
}

// nationalEmergencies are such as are extensions of a PBX everywhere else.
var nationalEmergencies = map[string][]string{
	"7": {"101", "102", "103", "104"}, "30": {"100", "108", "166", "199"}, "55": {"190", "197", "199"},
	"57": {"123"}, "62": {"118", "119"}, "91": {"100", "101", "102", "108"}, "94": {"1990"},
	"375": {"101", "102", "103"}, "380": {"101", "102", "103", "104"}, "880": {"100"}, "972": {"100", "101", "102"},
	"977": {"100", "101", "102"}, "998": {"101", "102", "103"},
}

// IsEmergency reports whether a number is an emergency service's in some country (or in
// the plan's own), with or without a prefix for an outside line.
func (p Plan) IsEmergency(number string) bool {
	n := strip(number)
	if strings.HasPrefix(strings.ToLower(n), "urn:service:sos") || strings.EqualFold(n, "sos") {
		return true
	}
	n = strings.TrimPrefix(n, "+")
	if emergencies[n] || slices.Contains(nationalEmergencies[p.Country], n) {
		return true
	}
	if len(n) == 4 && (n[0] == '0' || n[0] == '9') { // an outside line first
		switch n[1:] {
		case "112", "911", "999", "110", "119", "120":
			return true
		}
	}
	return false
}

// userOf is the number or name that a URI means: a SIP user without its parameters, or
// a tel: URI with its context (RFC 3966).
func userOf(u gosip.Uri) string {
	switch u.Scheme {
	case "tel":
		number, params, _ := strings.Cut(u.Raw(), ";")
		if !strings.HasPrefix(number, "+") {
			for p := range strings.SplitSeq(params, ";") {
				if k, v, _ := strings.Cut(p, "="); strings.EqualFold(k, "phone-context") && strings.HasPrefix(v, "+") {
					return strip(v + number)
				}
			}
		}
		return strip(number)
	case "urn":
		return "urn:" + u.Raw()
	}
	user, _, _ := strings.Cut(unescape(u.User), ";")
	return user
}

// unescape undoes %hh in a user; what is malformed or no printable ASCII stays.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			h, l := unhex(s[i+1]), unhex(s[i+2])
			if c := h<<4 | l; h < 16 && l < 16 && c > 0x20 && c < 0x7f {
				b.WriteByte(c)
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
