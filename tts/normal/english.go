package normal

import "strings"

var ones = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
var tens = strings.Fields("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
var scales = strings.Fields("- thousand million billion trillion quadrillion")

// cardinal says a whole number of decimal digits; one that is longer than
// anybody counts is said digit by digit.
func cardinal(d string) string {
	d = strings.TrimLeft(d, "0")
	switch {
	case d == "":
		return "zero"
	case len(d) > 18:
		return spell(d)
	}
	var parts []string
	for scale := (len(d) - 1) / 3; scale >= 0; scale-- {
		cut := len(d) - 3*scale
		if w := hundreds(atoi(d[:cut])); w != "" {
			parts = append(parts, w)
			if scale > 0 {
				parts = append(parts, scales[scale])
			}
		}
		d = d[cut:]
	}
	return strings.Join(parts, " ")
}

// hundreds says 1 to 999; 0 is "".
func hundreds(n int) string {
	var parts []string
	if n >= 100 {
		parts = append(parts, ones[n/100], "hundred")
		n %= 100
	}
	if n >= 20 {
		parts = append(parts, tens[n/10])
		n %= 10
		if n == 0 {
			return strings.Join(parts, " ")
		}
	}
	if n > 0 {
		parts = append(parts, ones[n])
	}
	return strings.Join(parts, " ")
}

// decimal says digits with perhaps a fraction and thousands' commas.
func decimal(n string) string {
	n = strings.ReplaceAll(n, ",", "")
	whole, frac, has := strings.Cut(n, ".")
	if !has {
		return cardinal(whole)
	}
	return cardinal(whole) + " point " + spell(frac)
}

// spell says digits one by one.
func spell(d string) string {
	var parts []string
	for _, c := range d {
		if c >= '0' && c <= '9' {
			parts = append(parts, ones[c-'0'])
		}
	}
	return strings.Join(parts, " ")
}

var irregular = map[string]string{
	"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}

// ordinal says the place that a number names: 21 is "twenty first".
func ordinal(d string) string {
	w := cardinal(d)
	head, last := "", w
	if i := strings.LastIndexByte(w, ' '); i >= 0 {
		head, last = w[:i+1], w[i+1:]
	}
	switch {
	case irregular[last] != "":
		return head + irregular[last]
	case strings.HasSuffix(last, "y"):
		return head + last[:len(last)-1] + "ieth"
	}
	return head + last + "th"
}

// year says 1999 as "nineteen ninety nine", 2005 as "two thousand five".
func year(d string) string {
	n := atoi(d)
	switch {
	case len(d) != 4 || n%1000 < 10 || n < 1100:
		return cardinal(d)
	case n%100 == 0:
		return hundreds(n/100) + " hundred"
	case n%100 < 10:
		return hundreds(n/100) + " oh " + ones[n%10]
	}
	return hundreds(n/100) + " " + hundreds(n%100)
}

// fraction says 3/4 as "three quarters"; "" when there is no good way.
func fraction(n, d string) string {
	over := map[string]string{"2": "half", "4": "quarter"}[d]
	if over == "" {
		over = ordinal(d)
	}
	if strings.Trim(n, "0") == "1" {
		return "one " + over
	}
	if over == "half" {
		return cardinal(n) + " halves"
	}
	return cardinal(n) + " " + over + "s"
}

func atoi(d string) int {
	n := 0
	for _, c := range d {
		if c >= '0' && c <= '9' && n < 1<<40 {
			n = n*10 + int(c-'0')
		}
	}
	return n
}

// plural is the unit's form for this amount.
func plural(amount, one string) string {
	if amount == "1" {
		return one
	}
	switch one {
	case "foot":
		return "feet"
	case "inch":
		return "inches"
	case "hertz", "kilohertz", "megahertz", "gigahertz", "yuan", "yen", "percent":
		return one
	}
	if head, tail, ok := strings.Cut(one, " per "); ok {
		return plural(amount, head) + " per " + tail
	}
	if head, tail, ok := strings.Cut(one, " "); ok && head == "degree" {
		return "degrees " + tail
	}
	return one + "s"
}
