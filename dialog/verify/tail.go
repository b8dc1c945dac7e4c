package verify

import (
	"parley/dialog/regexp"
	"parley/dialog/spoken"
)

var tails = regexp.MustCompile(`(?i)[,，;；、 ]*(?:(?:and )?(?:my |the )?(?:phone |mobile )?(?:number )?(?:ends?(?: in| with| on)?|ending(?: in| with)?|(?:phone )?last (?:four|4)(?: digits)?(?: (?:is|are|of my phone(?: number)? (?:is|are)))?)|(?:我的?)?(?:手机|电话)?(?:号码?)?(?:尾号|后四位|末四位)(?:是|为)?)[ ::：]*`)

// Tail takes "… and my number ends in 0158" out of what a customer said: the four
// digits are a fact to be checked, and no order number. digits is "" where there are none.
func Tail(text string) (rest, digits string) {
	loc := tails.FindStringIndex(text)
	if loc == nil {
		return text, ""
	}
	d := spoken.Digits(text[loc[1]:], spoken.Options{Asked: true, Fit: func(v string) bool { return len(v) == 4 }})
	if len(d) == 0 || len(d[0].Value) != 4 {
		return text, ""
	}
	after := text[loc[1]:]
	if d[0].End <= len(after) && d[0].Start < d[0].End {
		after = after[d[0].End:]
	} else {
		after = ""
	}
	return text[:loc[0]] + " " + after, d[0].Value
}
