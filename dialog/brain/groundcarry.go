package brain

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// carries reports whether a source says what a sentence says: its numbers, dates and
// names, all but a few of its words, none of those that promise left out, and neither
// denied where the other is not.
func (g *ground) carries(s *source, c *claim) bool {
	for _, d := range c.days {
		if !slices.Contains(s.dates, d) {
			return false
		}
	}
	for _, name := range c.names {
		if !strings.Contains(strings.ToLower(g.names), name) && !containsWords(s.folded(), name) {
			return false
		}
	}
	if sternBeyond(c, s.reading) {
		return false
	}
	ours, our := c.minds()
	theirs, their := s.minds()
	if ours&^theirs != 0 || our.opposed(their) || stretched(s, c) {
		return false
	}
	for _, f := range c.facts {
		if f.unit == "" && (f.raw == 1 || f.raw >= 1000 && strings.Contains(digitsOf(g.question), digitsOf(c.rest[f.at:f.end]))) {
			continue
		}
		if !slices.ContainsFunc(s.facts, f.fits) {
			return false
		}
	}
	return g.worded(s, c) && belongs(s, c) && agrees(s, c)
}

// containsWords reports whether all words of a name are in a text.
func containsWords(text, name string) bool {
	if strings.Contains(text, name) {
		return true
	}
	for _, w := range strings.Fields(name) {
		if !strings.Contains(text, strings.TrimSuffix(w, "s")) {
			return false
		}
	}
	return true
}

// worded reports whether the words of a claim are the source's, synonyms and a quarter of
// them aside. A word that only other sources have is one too many.
func (g *ground) worded(s *source, c *claim) bool {
	counted := len(c.facts) > 0
	seen, missing, n := map[string]bool{}, 0, 0
	for _, t := range c.terms() {
		if seen[t] || courtesy[t] && !s.words[t] {
			continue
		}
		seen[t] = true
		n++
		if s.words[t] || strings.Contains(strings.ToLower(g.names), t) || t == "=cost" && s.money() || t == "=need" { // what is asked for is needed
			continue
		}
		if g.elsewhere(s, t) {
			return false
		}
		missing++
	}
	if missing > 0 && missing*4 > n {
		return false
	}
	han := strings.Join(runs(c.text), " ")
	if han == "" {
		return n > 1 || counted && (n > 0 || len(g.sources) > 0 && (s == g.sources[0] || slices.Contains(g.last, s)))
	}
	if len(runs(s.text)) == 0 {
		return foreign(s, han, counted)
	}
	left, covered := residue(c.text, s.all, s.words)
	strangers, chars := 0, 0
	for _, l := range left {
		k := len([]rune(l))
		chars += k
		if k < 2 {
			continue
		}
		if g.elsewhereHan(s, l) || len([]rune(l)) > 4 {
			return false
		}
		strangers++
	}
	return (covered+2*n > 3 || counted && covered+n > 0) && strangers*8 <= covered && chars*4 <= covered+1
}

// foreign judges a Chinese sentence by an English source: by the words that both languages
// have in our list.
func foreign(s *source, han string, counted bool) bool {
	hs := heads(han)
	hit := 0
	for h := range hs {
		if s.words[h] {
			hit++
		}
	}
	if hit == 0 || hit < len(hs) {
		return false
	}
	left := 0
	for _, r := range strange(han, append(han2(hs), courtesyHan...), "") {
		left += len([]rune(r))
	}
	return counted && left <= 4 || left <= 1
}

// han2 are the Chinese words of heads.
func han2(hs map[string]bool) (out []string) {
	for _, p := range phrases {
		if hs[p[1]] && p[0][0] >= 0x80 {
			out = append(out, p[0])
		}
	}
	return out
}

func (g *ground) elsewhere(s *source, t string) bool {
	for _, x := range g.sources {
		if x != s && x.words[t] {
			return true
		}
	}
	return false
}

func (g *ground) elsewhereHan(s *source, w string) bool {
	for _, x := range g.sources {
		if x != s && strings.Contains(x.all, w) {
			return true
		}
	}
	return false
}

// money reports whether a source names an amount, so that "it costs" is its own word.
func (s *source) money() bool {
	return slices.ContainsFunc(s.facts, func(f fact) bool { return len(f.unit) == 3 && f.unit != "min" })
}

// function are the words that say nothing of what a part of a text is about.
var function = set("a an the this that these those is are was were be been am i we you it they he she me us them my our your its their his her of to in on at by for from with and or but as if so than then do does did has have had will would can could shall should may might must not no never up")

// marksOf is what tells the parts of a text from one another: words, names ("@"), pairs of
// Han characters and numbers ("#").
func marksOf(text string) map[string]bool {
	out := map[string]bool{}
	for _, t := range terms(text) {
		out[t] = true
	}
	for _, w := range latin(strings.ToLower(text)) {
		if !function[w] && len(w) > 2 && light[w] {
			out[stem(w)] = true
		}
	}
	for _, name := range properNames("x " + text) {
		for _, w := range strings.Fields(name) {
			if !function[w] {
				out["@"+w] = true
			}
		}
	}
	for _, run := range runs(text) {
		rs := []rune(run)
		for i := 0; i+1 < len(rs); i++ {
			if !strings.ContainsRune("的了是在我您请", rs[i]) && !strings.ContainsRune("的了是在我您请", rs[i+1]) {
				out[string(rs[i:i+2])] = true
			}
		}
	}
	for h := range heads(text) {
		out[h] = true
	}
	return out
}

// numbered adds the numbers of a text to its marks, with how they are bounded.
func numbered(text string, marks map[string]bool) map[string]bool {
	for _, f := range facts(text) {
		marks[fmt.Sprintf("#%g%s%+d", f.value, f.unit, f.most)] = true
	}
	return marks
}

// segment is a part of a text with numbers of its own.
type segment struct {
	facts []fact
	marks map[string]bool
}

func segments(text string) (out []segment) {
	for _, p := range pieces(text, commas) {
		_, rest := dates(p)
		if fs := facts(rest); len(fs) > 0 {
			out = append(out, segment{fs, marksOf(p)})
		}
	}
	return out
}

// belongs reports whether the numbers of a claim are those of the things that it speaks
// of: "$29 for headphones and $59 for speakers" does not carry "$59 for headphones".
func belongs(s *source, c *claim) bool {
	theirs := s.segments()
	if len(theirs) < 2 {
		return true
	}
	topic := s.topic()
	ours := c.segments()
	for _, o := range ours {
		marks := maps.Clone(o.marks)
		if len(ours) == 1 {
			marks = maps.Clone(c.marks())
		}
		maps.DeleteFunc(marks, func(m string, _ bool) bool { return topic[m] && m[0] != '@' })
		for _, f := range o.facts {
			if f.raw == 1 && f.unit == "" {
				continue
			}
			if !mine(f, marks, theirs) {
				return false
			}
		}
	}
	return true
}

// mine reports whether a number stands in the segment whose own words are used with it.
func mine(f fact, marks map[string]bool, theirs []segment) bool {
	best, other := -1, 0
	for i, t := range theirs {
		n := 0
		for m := range t.marks {
			if marks[m] && exclusive(m, i, theirs) {
				n++
				if m[0] == '@' {
					n += 2
				}
			}
		}
		if slices.ContainsFunc(t.facts, f.fits) {
			best = max(best, n)
		} else {
			other = max(other, n)
		}
	}
	return best < 0 || best > other || other == 0
}

func exclusive(m string, i int, theirs []segment) bool {
	for j, t := range theirs {
		if j != i && t.marks[m] {
			return false
		}
	}
	return true
}

// agrees reports whether a claim denies what the source denies, and nothing else.
func agrees(s *source, c *claim) bool {
	for _, p := range c.parts() {
		if len(p.counts) > 0 && (!sameMind(s, p) || !s.admits(p.counts, p.denies)) {
			return false
		}
	}
	return true
}

// admits reports whether no word of a clause is spoken of only by parts that deny, or only
// by parts that do not, where the clause does otherwise.
func (s *source) admits(marks map[string]bool, deny bool) bool {
	where := s.where()
	// What the claim names is denied something, in words before or after.
	named := slices.ContainsFunc(s.parts(), func(p clause) bool { return p.denies && names(marks, p.marks) })
	for m := range marks {
		w := where[m]
		if m[0] == '#' || m[0] == '@' || light[m] || m[0] >= 0x80 && strings.ContainsFunc(m, func(r rune) bool { return strings.ContainsRune(lightRunes, r) }) || strings.Contains(strings.ToLower(s.title), strings.TrimPrefix(m, "=")) {
			continue
		}
		if !deny && w.no && !w.yes || deny && w.yes && !w.no && !named {
			return false
		}
	}
	return true
}

// names reports whether all names of one set of marks are in another, and there are some.
func names(marks, in map[string]bool) (some bool) {
	for m := range marks {
		if m[0] == '@' {
			if some = in[m]; !some {
				return false
			}
		}
	}
	return some
}

// sameMind looks for the parts of a source that speak most of what a clause speaks of, and
// asks whether one of them denies as it does.
func sameMind(s *source, said clause) bool {
	marks := said.counts
	called := properNames("x " + said.text)
	var found []clause
	best := 0
	consider := func(c clause) {
		n := 0
		for m := range marks {
			if c.counts[m] {
				n++
			}
		}
		if n > best {
			best, found = n, nil
		}
		if n == best && n > 0 {
			found = append(found, c)
		}
	}
	sentences := s.sentences()
	if named := slices.DeleteFunc(slices.Clone(sentences), func(x sentence) bool {
		return !slices.ContainsFunc(called, func(n string) bool { return strings.Contains(x.low, n) })
	}); len(named) > 0 {
		sentences = named
	}
	for _, x := range sentences {
		for _, p := range x.parts {
			consider(p)
		}
	}
	if best*5 < len(marks)*3 { // no clause has enough of it: its sentence decides
		best, found = 0, nil
		for _, x := range sentences {
			consider(x.clause)
		}
	}
	if len(found) == 0 {
		return !said.denies // of the title alone
	}
	return slices.ContainsFunc(found, func(x clause) bool { return x.denies == said.denies && !said.sides.opposed(x.sides) })
}
