package insight

import (
	"slices"
	"strings"
	"unicode"

	"parley/dialog"
	"parley/dialog/regexp"
)

// statement is one clause: what it speaks of, and whether it denies.
type statement struct {
	words  []string // sorted
	denied bool
}

var (
	clauseEnds = regexp.MustCompile(`[.;!?。；！？，\n]|: |：|,? but |,? however,? |,? while `)
	// notAfter begins what is denied after what is not.
	notAfter  = regexp.MustCompile(`, (not|no|never) `)
	negations = regexp.MustCompile(`(?i)\b(not|no|never|cannot|neither|nor|nobody|nothing|none|excluded|except)\b|n['’]t\b|不能|不可以|不得|不包括|不|没有|没|无法|除外|未`)
	listing   = regexp.MustCompile(`, | or | and |、|和|或|及`)
	notLast   = regexp.MustCompile(`(?i)(\bnot|\bno|n['’]t|没有|不能|不行|不可以)[^\p{Han}\w]*$`)
	condition = regexp.MustCompile(`(?i)\b(if|unless|until|when|only|more than|after|before|at least|yet|otherwise)\b|如果|除非|的话|只有|只能|超过|之前|之后|以前|以后|至少|还没|否则|不满|不会`)
	idleSaid  = setOf(`a an and are as at be been by can cannot could do does for from had has have he her him his i in is it its may me my no not of on or our out shall she so some such than that the their them then there these they this to up us was we were will with would yes you your also any all just`)
)

// statementsOf are a text's clauses. Such as hold under a condition say nothing here, and
// neither do those that only end in a denial ("the others do not").
func statementsOf(text string) []statement {
	var out []statement
	text = notAfter.ReplaceAllString(text, "; $1 ")
	for _, c := range clauseEnds.Split(text, -1) {
		if condition.MatchString(c) || notLast.MatchString(c) {
			continue
		}
		denied, parts := negations.MatchString(c), []string{c}
		if denied {
			parts = listing.Split(c, -1) // each of them is denied
		}
		for _, part := range parts {
			if x := (statement{statedWords(negations.ReplaceAllString(part, " ")), denied}); len(x.words) > 0 {
				out = append(out, x)
			}
		}
	}
	return out
}

// statedWords are the words of a text that say what it is of, sorted.
func statedWords(text string) []string {
	var out []string
	for _, w := range wordsAlike(text) {
		if w = stem(w); !idleSaid[w] && !idleHanPair[w] {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// idleHanPair are twos of characters that carry no matter.
var idleHanPair = setOf(`可以 以的 是的 您可 能的 都能 都可 也可 就可 行的 会的 好的 但是 不过 我们 您的 我的 这个 那个 一个 可是`)

// stem makes one word of "swim" and "swimming".
func stem(w string) string {
	if len(w) < 4 || !unicode.IsLetter(rune(w[0])) || w[0] > unicode.MaxASCII {
		return w
	}
	for _, end := range []string{"ing", "ied", "ies", "ed", "es", "s"} {
		if short, ok := strings.CutSuffix(w, end); ok && len(short) >= 3 {
			w = short
			break
		}
	}
	if n := len(w); n > 3 && w[n-1] == w[n-2] && w[n-1] != 's' {
		w = w[:n-1]
	}
	return strings.TrimSuffix(strings.TrimSuffix(w, "e"), "y")
}

// covers reports whether all words of a are in b.
func (b statement) covers(a statement) bool {
	return !slices.ContainsFunc(a.words, func(w string) bool { _, ok := slices.BinarySearch(b.words, w); return !ok })
}

// againstSource: a turn affirms what its source denies, or the other way about.
func (s Script) againstSource() int64 {
	return s.first(func(l Line) bool {
		if !l.ours() || len(l.Cites) == 0 {
			return false
		}
		var source []statement
		for _, c := range l.Cites {
			source = append(source, statementsOf(c.Quote)...)
			if x, ok := answered(c); ok {
				source = append(source, x)
			}
		}
		return slices.ContainsFunc(statementsOf(l.Text), func(x statement) bool { return opposed(x, source) })
	})
}

var (
	yesNo    = regexp.MustCompile(`(?i)^\W*(can|could|may|do|does|is|are|will|would|should|must|have|has)\b.*[?]|[吗么][?？]?$|(能|可|是|会|要|算)不(能|可以|是|会|要|算)|能否|是否`)
	saysYes  = regexp.MustCompile(`(?i)^\W*(yes|of course|certainly|sure)\b|^(可以|能|会|是的?|支持|当然|有的?)[，,。、]`)
	saysNo   = regexp.MustCompile(`(?i)^\W*(no|unfortunately not|sorry, no)\b|^(不可以|不能|不会|不是|不支持|没有|不行)[，,。、]`)
	asksOnly = regexp.MustCompile(`(?i)^\W*(can|could|may|do|does|is|are|will|would|should|must|have|has)\b|\b(i|we|you|your|my)\b|[吗么?？]|能否|是否|能不能|可不可以`)
)

// answered is what a source states whose title asks and whose text begins with yes or no.
func answered(c dialog.Citation) (statement, bool) {
	title := c.Title[strings.LastIndex(c.Title, "›")+1:]
	yes := saysYes.MatchString(c.Quote)
	if !yesNo.MatchString(strings.TrimPrefix(strings.TrimSpace(title), "› ")) || !yes && !saysNo.MatchString(c.Quote) {
		return statement{}, false
	}
	x := statement{statedWords(asksOnly.ReplaceAllString(title, " ")), !yes}
	return x, len(x.words) > 1
}

// opposed reports whether sources say the contrary of a statement, and none says the same.
func opposed(x statement, source []statement) bool {
	contrary := false
	for _, y := range source {
		switch same := x.denied == y.denied; {
		case same && (x.covers(y) || y.covers(x)) && len(y.words) > 0:
			return false
		case !same && len(y.words) > 1 && x.covers(y), // it affirms all that is denied, or denies all that is affirmed
			!same && y.denied && x.covers(y),
			!same && x.denied && len(x.words) > 1 && y.covers(x): // it denies what is affirmed
			contrary = true
		}
	}
	return contrary
}
