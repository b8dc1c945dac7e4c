package brain

import (
	"slices"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/regexp"
)

// source is what a sentence may rest on: a passage, the result of a tool, what was cited
// before.
type source struct {
	*reading
	cite  dialog.Citation
	own   bool      // from a business system, about this customer's own matter
	since time.Time // from when it holds; zero is not known
}

func newSource(c dialog.Citation, title, text string, own bool) *source {
	return &source{reading: read(title, text), cite: c, own: own}
}

// ground judges sentences by what carries them.
type ground struct {
	sources  []*source // as they are numbered for the model, from 1
	before   []*source // what earlier replies cited
	question string    // what the customer said, now and before
	asked    string    // the question alone
	names    string    // of bot and company
	private  []string  // lines of the instructions, which are not said
	now      time.Time
	last     []*source // what the sentence before rests on

	given *claim // what the question says, when it was asked for
}

// verdict on a sentence.
type verdict uint8

const (
	dropped verdict = iota // not carried
	free                   // needs no source
	unknows                // says that it is not known
	asks                   // asks back
	carried
	held // means nothing without the next
)

// judged is a sentence with what it rests on.
type judged struct {
	verdict verdict
	text    string
	sources []*source
}

var (
	looking = regexp.MustCompile(`(?:我|这就)*(?:马上|立即|立刻)(?:去|就)?(?:为您|帮您|给您)?(?:查询?|看)(?:一下)?`)
	wordy   = regexp.MustCompile(`\p{L}{2}|\p{Han}|\d`)
	// Not written for people: markup, data, the path of a heading.
	markup = regexp.MustCompile("[{}›]|\":|</?[a-zA-Z!]|<[|]|```")
)

// echoes reports whether a sentence only repeats the customer's words.
func (g *ground) echoes(s string) bool {
	s = flat(s)
	return (len(strings.Fields(s)) > 3 || len(runs(s)) > 0 && len([]rune(s)) > 5) && strings.Contains(flat(g.question), s)
}

func flat(s string) string { return plain(s) }

var listMark = regexp.MustCompile(`^[\s>#|*•-]*(?:\d{1,2}[.)、]\s+)?`)

// judge decides on one sentence, without its marks; cited are the numbers that it had.
func (g *ground) judge(sentence string, cited []int) judged {
	plain := strings.TrimSpace(strings.NewReplacer("**", "", "__", "", "`", "", "|", " ").Replace(listMark.ReplaceAllString(sentence, "")))
	plain = looking.ReplaceAllString(plain, "查询")
	switch {
	case strings.Trim(sentence, " -:|—–_*\n\t") == "": // a rule of a table or between paragraphs
		return judged{verdict: free, text: sentence}
	case !wordy.MatchString(plain):
		return judged{}
	case markup.MatchString(plain), g.echoes(plain), g.leaks(plain), secret.MatchString(plain) && demands.MatchString(plain) && !denied(plain):
		return judged{}
	case !g.literally(plain):
		return judged{}
	case bare.MatchString(plain):
		return judged{verdict: held, text: sentence}
	}
	if deeds(plain) {
		return judged{}
	}
	if !vows(plain) && !state.MatchString(plain) {
		if v := g.needsNone(plain); v != dropped {
			return judged{verdict: v, text: sentence}
		}
	}
	return g.carriedBy(sentence, plain, cited)
}

// literally reports whether what must be in the evidence letter by letter is there.
func (g *ground) literally(s string) bool {
	l := literal(s)
	return l.none() || l.in(g.evidence())
}

// evidence is every text that may be repeated letter by letter.
func (g *ground) evidence() string {
	var b strings.Builder
	for _, s := range append(g.sources, g.before...) {
		b.WriteString(s.text)
		b.WriteString("\n")
	}
	l := literal(g.question) // codes of the customer may be repeated, their links and phones not
	return b.String() + strings.Join(l.codes, " ")
}

// needsNone says what kind of sentence needs no source, dropped when it needs one.
func (g *ground) needsNone(s string) verdict {
	if !g.factsFrom(s) {
		return dropped
	}
	switch isQuestion := question.MatchString(s) || request.MatchString(s); {
	case ignorant.MatchString(s):
		for _, c := range parts(s) {
			if !ignorant.MatchString(c) && !regret.MatchString(c) && !polite(c, g.names) || !polite(c, g.names, g.asked) {
				return dropped
			}
		}
		return unknows
	case sternBeyond(newClaim(s), &reading{}):
		return dropped
	case polite(s, g.names):
		if isQuestion {
			return asks
		}
		return free
	case isQuestion:
		if g.mayAsk(s) {
			return asks
		}
	case regret.MatchString(s) || restates.MatchString(s):
		if polite(s, g.names, g.asked, mishaps) {
			return free
		}
	}
	return dropped
}

// mayAsk: a question may use the words of the customer, of the sources, and of what one asks for.
func (g *ground) mayAsk(s string) bool {
	all := g.question
	for _, x := range g.sources {
		all += "\n" + x.title
	}
	have := map[string]bool{}
	for _, t := range terms(all + " " + g.names) {
		have[t] = true
	}
	for _, t := range terms(s) {
		if !courtesy[t] && !askable[t] && !have[t] {
			return false
		}
	}
	return len(strange(s, append(slices.Clone(askableHan), courtesyHan...), all)) == 0
}

// factsFrom reports whether all numbers and dates of a sentence are the customer's.
func (g *ground) factsFrom(s string) bool {
	if g.given == nil {
		g.given = newClaim(g.question)
	}
	days, rest := dates(s)
	for _, d := range days {
		if !slices.Contains(g.given.days, d) {
			return false
		}
	}
	for _, f := range facts(rest) {
		if f.raw == 1 && f.unit == "" {
			continue
		}
		if !slices.ContainsFunc(g.given.facts, f.fits) {
			return false
		}
	}
	return true
}

// carriedBy finds what carries a sentence: what it cites, or else what it should have.
func (g *ground) carriedBy(sentence, plain string, cited []int) judged {
	var first []*source
	for _, n := range cited {
		if n >= 1 && n <= len(g.sources) && !slices.Contains(first, g.sources[n-1]) {
			first = append(first, g.sources[n-1])
		}
	}
	text := sentence
	own := state.MatchString(plain) && !policy(plain)
	out := judged{verdict: carried}
	points := refers.MatchString(plain) && len(properNames(plain)) == 0
	c := newClaim(affirms.ReplaceAllString(plain, ""))
	try := func(s *source) bool {
		if points && !slices.Contains(first, s) && !slices.Contains(g.last, s) && (len(g.last) > 0 || len(g.sources) == 0 || s != g.sources[0]) {
			return false
		}
		return (!own || s.own) && g.carries(s, c)
	}
	for _, s := range first {
		if try(s) {
			out.sources = append(out.sources, s)
		}
	}
	if len(out.sources) == 0 {
		for _, s := range append(slices.Clone(g.sources), g.before...) {
			if try(s) {
				out.sources = []*source{s}
				break
			}
		}
	}
	if len(out.sources) == 0 && len(first) > 1 {
		if both := union(first); try(both) {
			out.sources = first
		}
	}
	if len(out.sources) == 0 {
		return judged{}
	}
	if loc := affirms.FindStringIndex(plain); loc != nil && !g.answers(out.sources[0]) {
		text = strings.Replace(sentence, plain[:loc[1]], "", 1)
	}
	out.text = text
	g.last = out.sources
	return out
}

// policy: what is so for everybody is written in the third person without "has been".
func policy(s string) bool { return !perfect.MatchString(s) }

var perfect = regexp.MustCompile(`(?i)has|have|had|was|now|已`)

func union(ss []*source) *source {
	var title, text []string
	own := true
	for _, s := range ss {
		title, text, own = append(title, s.title), append(text, s.text), own && s.own
	}
	return newSource(ss[0].cite, strings.Join(title, "\n"), strings.Join(text, "\n"), own)
}

// answers reports whether a source speaks of all that was asked, so that "yes" may be said
// before what it says.
func (g *ground) answers(s *source) bool {
	for _, t := range terms(g.asked) {
		if !s.words[t] && !courtesy[t] {
			return false
		}
	}
	left, _ := residue(g.asked, s.all, s.words)
	for _, l := range left {
		if len([]rune(l)) > 1 {
			return false
		}
	}
	return true
}

// leaks reports whether a sentence repeats the instructions.
func (g *ground) leaks(s string) bool {
	if ignorant.MatchString(s) { // the instructions say how to say it
		return false
	}
	low := strings.ToLower(s)
	if strings.HasPrefix(strings.TrimSpace(low), "you are ") && strings.Contains(low, "assistant") {
		return true // it may say who it is, not what it was told
	}
	rs := []rune(low)
	most := 40 // characters in a row
	if len(runs(s)) > 0 {
		most = 16
	}
	for _, line := range g.private {
		if len(rs) <= most {
			if len(rs) > most/2 && strings.Contains(line, low) {
				return true
			}
			continue
		}
		for i := 0; i+most <= len(rs); i += most / 6 {
			if strings.Contains(line, string(rs[i:i+most])) {
				return true
			}
		}
	}
	return false
}
