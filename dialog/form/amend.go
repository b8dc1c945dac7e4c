package form

import (
	"strings"
	"unicode/utf8"

	"parley/dialog/regexp"
	"parley/dialog/spoken"
)

// alikeFrom is how alike a text said anew and the one that it replaces are, at least,
// when nothing else tells that it is one: the share of pairs of characters.
const alikeFrom = 0.4

// courtesy ends what is said, and is none of it.
var courtesy = regexp.MustCompile(`(?i)[, ]+(?:actually|please|instead|then|thanks|thank you|rather)[.!]*$|(?:吧|哈|哦|谢谢)$`)

var (
	swapped   = regexp.MustCompile(`(?i)\bnot (?:the |number )?([\p{L}\p{N}]+),? (?:but|it is|it's|it should be)?:? ?(?:the |number )?([\p{L}\p{N}]+)|\b([\p{L}\p{N}]+),? not (?:the |number )?([\p{L}\p{N}]+)`)
	swappedZh = regexp.MustCompile(`不是(?:第|的)?([\p{L}\p{N}]+)[，, ]*(?:而)?(?:是|应该是)([\p{L}\p{N}]+)`)
	partings  = regexp.MustCompile(`[，,;；。.!！]+\s*`)
	chatter   = regexp.MustCompile(`(?i)\b(?:i|you|we|it|that|this|those|what|why|how|don'?t|do|not|said|mean|never|please)\b|[我你您这那不没别什么说吗呢]`)
	sends     = regexp.MustCompile(`(?i)\b(?:send|ship|deliver|move|change|make) (?:it|them|that) (?:to )?|改成|改到|改为|换成|寄到|送到`)
)

// anewText takes a text or a name that is said anew at a confirmation: "no, 21 Elm
// Road", 「改成南京路5号」, "not 12 but 21". What was named otherwise, or looks like none, stays.
func (r *run) anewText(sl *Slot, text string) bool {
	rest, corrects := spoken.Correction(text)
	moved := sends.MatchString(text)
	if !corrects && !moved && !either(text, swapped, swappedZh) && !r.retold(sl, text) {
		return false
	}
	said := strings.Trim(leads.ReplaceAllString(strings.TrimSpace(text[rest:]), ""), " ,，。.!！")
	if loc := sends.FindStringIndex(said); loc != nil {
		said = strings.TrimSpace(said[loc[1]:])
	}
	said = strings.TrimPrefix(courtesy.ReplaceAllString(said, ""), "是")
	only := (*Slot)(nil)
	for i := range r.f.Slots {
		o := &r.f.Slots[i]
		if o.Type != Words || !r.f.filled(&r.s, o.Name) || sl != nil && sl != o {
			continue
		}
		old := r.s.Slots[o.Name].Value
		if best, like := nearest(said, old); like >= alikeFrom && best != old && o.valid(best) {
			return r.replace(o, best)
		}
		if v := exchanged(text, old); v != old && o.valid(v) {
			return r.replace(o, v)
		}
		if only != nil {
			return false
		}
		only = o
	}
	if v := renumbered(said, valueOf(&r.s, only)); corrects && only != nil && v != "" && only.valid(v) {
		return r.replace(only, v)
	}
	if !corrects && !moved || only == nil || !only.valid(said) || givesUp(said) {
		return false
	}
	a, _ := spoken.YesNo(said)
	place := strings.ContainsAny(said, numerals) == strings.ContainsAny(r.s.Slots[only.Name].Value, numerals)
	if a != spoken.Unclear || !place && !moved || !moved && (chatter.MatchString(said) || long(said)) && only.Min < 8 || only.Min >= 8 && !place {
		return false
	}
	return r.replace(only, said)
}

// retold reports whether a text is one of the values in other words.
func (r *run) retold(sl *Slot, text string) bool {
	for i := range r.f.Slots {
		o := &r.f.Slots[i]
		if o.Type == Words && r.f.filled(&r.s, o.Name) && (sl == nil || sl == o) && alike(text, r.s.Slots[o.Name].Value) >= surelyAlike {
			return true
		}
	}
	return false
}

// surelyAlike is how alike a text is that is said anew with no word of correction.
const surelyAlike = 0.6

func valueOf(s *State, sl *Slot) string {
	if sl == nil {
		return ""
	}
	return s.Slots[sl.Name].Value
}

var houses = regexp.MustCompile(`\d+(?:号|室|单元|栋|幢|楼|弄)`)

// renumbered puts "8号" in the place of the one number of its kind in an address.
func renumbered(said, old string) string {
	if houses.FindString(said) != said || said == "" {
		return ""
	}
	unit := strings.TrimLeft(said, "0123456789")
	out, n := old, 0
	for _, h := range houses.FindAllString(old, -1) {
		if strings.TrimLeft(h, "0123456789") == unit {
			out = strings.Replace(old, h, said, 1)
			n++
		}
	}
	if n != 1 {
		return ""
	}
	return out
}

func (r *run) replace(sl *Slot, v string) bool {
	if r.s.Slots[sl.Name].Value == v {
		return false
	}
	r.f.set(&r.s, sl.Name, Value{Value: v, Text: v, Confidence: 0.85, From: "said"})
	return true
}

// nearest is what of a text may be said anew, without first parts that are said again
// after it or are no value, and how like it is to the old.
func nearest(text, old string) (best string, like float64) {
	trim := func(s string) string {
		return strings.Trim(strings.TrimPrefix(strings.TrimSpace(s), "是"), " ,，。.!！")
	}
	for range 5 {
		loc := partings.FindStringIndex(text)
		if loc == nil {
			break
		}
		part, rest := trim(text[:loc[0]]), text[loc[1]:]
		if !strings.Contains(rest, part) && (strings.ContainsAny(part, numerals) || !chatter.MatchString(part)) {
			break
		}
		text = rest
	}
	best = trim(text)
	return best, alike(best, old)
}

// numerals tell a place from talk.
const numerals = "0123456789０１２３４５６７８９号"

// alike is the share of the pairs of characters of two texts that both have.
func alike(a, b string) float64 {
	pairs := func(s string) map[string]int {
		out := map[string]int{}
		last := ""
		for _, c := range strings.ToLower(s) {
			if c == ' ' || c == ',' || c == '，' {
				continue
			}
			if last != "" {
				out[last+string(c)]++
			}
			last = string(c)
		}
		return out
	}
	x, y := pairs(a), pairs(b)
	n, same := 0, 0
	for k, c := range x {
		n += c
		same += min(c, y[k])
	}
	for _, c := range y {
		n += c
	}
	if n == 0 {
		return 0
	}
	return 2 * float64(same) / float64(n)
}

// exchanged puts into an old text what is said to stand in the place of something in
// it: "not 12 but 21".
func exchanged(text, old string) string {
	from, to := "", ""
	if m := swapped.FindStringSubmatch(text); m != nil {
		from, to = m[1]+m[4], m[2]+m[3]
	} else if m := swappedZh.FindStringSubmatch(text); m != nil {
		from, to = m[1], m[2]
	}
	if from == "" || to == "" || strings.Count(old, from) != 1 {
		return old
	}
	return strings.Replace(old, from, to, 1)
}

var (
	atEnd   = regexp.MustCompile(`(?i)\b(?:last|end|ends|ending|final)\b|最后|末|尾|后面`)
	atStart = regexp.MustCompile(`(?i)\b(?:first|start|starts|beginning|begins|front)\b|第一|开头|前面|最前`)
)

// mended is an old number with a part of it said anew: "the last digit is 7".
func mended(text, old, part string) []string {
	n := len(part)
	if n == 0 || n >= len(old) || utf8.RuneCountInString(part) != n {
		return nil
	}
	end, start := old[:len(old)-n]+part, part+old[n:]
	switch {
	case atEnd.MatchString(text):
		return []string{end}
	case atStart.MatchString(text):
		return []string{start}
	case n > 1: // the end is what people repeat
		return []string{end}
	}
	return nil
}
