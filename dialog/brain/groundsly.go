package brain

import (
	"slices"
	"strings"

	"parley/dialog/regexp"
)

// stretched reports whether a claim says more than a source does in its own words: of all
// where the source speaks of some, always where it says when, without the condition, or of
// the neighbour of what the source speaks of.
func stretched(s *source, c *claim) bool {
	return generalised(c.text, s.reading) || toUs(c.text, s.all) || off.MatchString(c.text) && !off.MatchString(s.all) || unconditional(s, c.text) || neighbour(s, c)
}

var (
	evers     = regexp.MustCompile(`(?i)\balways\b|\bat any time\b|\bin (?:every|any) case\b|\bno matter (?:when|what|how)\b|总是|始终|永远|任何时候|随时|无论何时|每次都`)
	overall   = regexp.MustCompile(`(?i)\b(?:all|every|any|each)\s+(?:of\s+)?(?:(?:the|our|your|their)\s+)?([a-z]{3,})`)
	orNot     = regexp.MustCompile(`(?i)\b([a-z]+) or not\b`)
	whomUs    = regexp.MustCompile(`(?i)\bto us\b|[向跟]我们`)
	us        = regexp.MustCompile(`(?i)\bus\b|我们`)
	freely    = regexp.MustCompile(`(?i)\bfree\b|\bfor nothing\b|\bno (?:cost|charge)\b|免费|免运费|包邮|不收费`)
	condition = regexp.MustCompile(`(?i)\b(?:over|under|above|below|within|if|when|while|until|unless|after|before|as long as|only|with)\b|\bfor (?:orders|customers|members)\b|[满内]|之前|以前|之后|如果|只要|只有|凭|除|境内|在保`)
)

// generalised: always, all of them, and "or not" are a source's own words or nobody's.
func generalised(claim string, source *reading) bool {
	if evers.MatchString(claim) && !evers.MatchString(source.all) {
		return true
	}
	for _, m := range orNot.FindAllStringSubmatch(claim, -1) {
		if !strings.Contains(source.folded(), strings.ToLower(m[0])) {
			return true
		}
	}
	for _, m := range overall.FindAllStringSubmatch(claim, -1) {
		if w := strings.ToLower(m[1]); !source.general()[stem(w)] && !light[w] {
			return true
		}
	}
	return false
}

// toUs: what is to be told or sent to us is so in the source.
func toUs(claim, source string) bool { return whomUs.MatchString(claim) && !us.MatchString(source) }

// off: what is on something is not off it.
var off = regexp.MustCompile(`(?i)\boff\b`)

// unconditional: what is free under a condition is not free without one.
func unconditional(s *source, claim string) bool {
	if !freely.MatchString(claim) || condition.MatchString(claim) || strings.ContainsAny(claim, "0123456789") {
		return false
	}
	free := 0
	for _, p := range s.parts() {
		if !freely.MatchString(p.text) {
			continue
		}
		if free++; !condition.MatchString(p.text) {
			return false
		}
	}
	return free > 0
}

// neighbour: what a source says of one of two is not so of the other. The sentence that
// says most of the claim must speak of what the claim names.
func neighbour(s *source, c *claim) bool {
	sentences := s.sentences()
	if len(sentences) < 2 {
		return false
	}
	marks := c.marks()
	said := func(of func(sentence) bool) int {
		best := -1
		for _, x := range sentences {
			if !of(x) {
				continue
			}
			n := 0
			for m := range x.marks {
				if m[0] != '@' && marks[m] {
					n++
				}
			}
			best = max(best, n)
		}
		return best
	}
	if called := c.called(); len(called) == 1 && !denied(c.text) {
		has := func(x sentence) bool { return strings.Contains(x.low, called[0]) }
		others := func(x sentence) bool { return !has(x) && x.named }
		if mine := said(has); mine >= 0 && said(others) > mine {
			return true
		}
	}
	return slices.ContainsFunc(rivals, func(r [2]*regexp.Regexp) bool {
		for i := range r {
			if !r[i].MatchString(c.text) || r[1-i].MatchString(c.text) {
				continue
			}
			mine := said(func(x sentence) bool { return r[i].MatchString(x.text) })
			if mine >= 0 && said(func(x sentence) bool { return r[1-i].MatchString(x.text) && !r[i].MatchString(x.text) }) > mine {
				return true
			}
		}
		return false
	})
}

// rivals are kinds of one thing of which each has its own terms.
var rivals = [][2]*regexp.Regexp{
	{regexp.MustCompile(`(?i)\bstandard\b|标准`), regexp.MustCompile(`(?i)\bexpress\b|加急`)},
	{regexp.MustCompile(`(?i)\bsingle\b|单次`), regexp.MustCompile(`(?i)\bannual\b|年度`)},
	{regexp.MustCompile(`(?i)\bmonthly\b|每月|按月`), regexp.MustCompile(`(?i)\byearly\b|每年|按年`)},
	{regexp.MustCompile(`(?i)\bonline\b|网上|线上`), regexp.MustCompile(`(?i)\bin (?:the |our )?(?:shop|store|branch)\b|门店|线下`)},
}
