package brain

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/dialog"
	"parley/dialog/regexp"
)

// maxSentence is how many bytes a sentence may have until it is judged as far as it goes.
const maxSentence = 1500

// speaker lets a growing text out by sentences: each is said when it is whole and
// something carries it.
type speaker struct {
	g    *ground
	emit func(dialog.Delta) bool

	buf  string
	held string // a bare yes or no, that means nothing by itself
	over bool   // no more is wanted

	offered bool // a person or a message, in the model's words
	tally   struct{ carried, free, dropped, unknown, asked int }
	lost    []string // sentences that were not said
	cited   []string // passages, in this reply
	told    map[string]bool
}

// take lets out what is sure; false: no more is wanted.
func (s *speaker) take(text string) bool {
	s.buf += text
	for !s.over {
		n := boundary(s.buf, false)
		if n < 0 && len(s.buf) > maxSentence {
			n = len(s.buf)
		}
		if n < 0 {
			break
		}
		sentence := s.buf[:n]
		s.buf = s.buf[n:]
		s.release(sentence)
	}
	return !s.over
}

// flush lets out the rest, unless it is only the beginning of a sentence.
func (s *speaker) flush(whole bool) {
	for s.buf != "" && !s.over {
		n := boundary(s.buf, true)
		if n < 0 {
			if !whole {
				break
			}
			n = len(s.buf)
		}
		sentence := s.buf[:n]
		s.buf = s.buf[n:]
		s.release(sentence)
	}
	s.buf = ""
	if s.held != "" {
		s.held = ""
		s.tally.dropped++
	}
}

// said reports whether the customer was given anything.
func (s *speaker) said() bool { return s.tally.carried+s.tally.free+s.tally.unknown+s.tally.asked > 0 }

var offers = regexp.MustCompile(`(?i)\b(?:person|human|colleague|agent|representative|message)\b|人工|客服|同事|专员|留言`)

var citeMark = regexp.MustCompile(`[ \t]*[\[【［]\^?\s*(\d{1,2}(?:\s*[,，、;]\s*\^?\d{1,2})*)\s*[\]】］]`)

// uncite takes the marks out of a sentence.
func uncite(s string) (string, []int) {
	var out []int
	s = citeMark.ReplaceAllStringFunc(s, func(m string) string {
		for _, f := range strings.FieldsFunc(citeMark.FindStringSubmatch(m)[1], func(r rune) bool { return !unicode.IsDigit(r) }) {
			if n, err := strconv.Atoi(f); err == nil {
				out = append(out, n)
			}
		}
		return ""
	})
	return s, out
}

func (s *speaker) release(sentence string) {
	text, cited := uncite(sentence)
	if strings.TrimSpace(text) == "" {
		if s.said() && !s.over {
			s.over = !s.emit(dialog.Delta{Text: text})
		}
		return
	}
	j := s.g.judge(text, cited)
	switch j.verdict {
	case held:
		s.held += text
		return
	case dropped:
		s.tally.dropped++
		s.held = ""
		s.lost = append(s.lost, strings.TrimSpace(text))
		return
	case carried:
		s.tally.carried++
	case unknows:
		s.tally.unknown++
	case asks:
		s.tally.asked++
	case free:
		if strings.Trim(text, " -:|—–…._*\n\t") != "" {
			s.tally.free++
		} else if !s.said() {
			return
		}
	}
	s.say(j)
}

// say hands a sentence on with what it rests on. A yes or no before it is said only
// when its source speaks of all that was asked.
func (s *speaker) say(j judged) {
	text := j.text
	s.offered = s.offered || offers.MatchString(text)
	if s.held != "" {
		if j.verdict == carried && s.g.answers(j.sources[0]) {
			text = s.held + text
		}
		s.held = ""
	}
	if s.tally.carried+s.tally.free+s.tally.unknown+s.tally.asked == 1 {
		text = strings.TrimLeft(text, " \n\t")
	}
	if s.over = !s.emit(dialog.Delta{Text: text}); s.over {
		return
	}
	for _, x := range j.sources {
		c := x.cite
		if s.over = !s.emit(dialog.Delta{Citation: &c}); s.over {
			return
		}
		if !slices.Contains(s.cited, c.Passage) {
			s.cited = append(s.cited, c.Passage)
		}
	}
	if j.verdict == carried {
		s.contradict(j)
	}
}

// contradict names the passage that says otherwise.
func (s *speaker) contradict(j judged) {
	ours := newClaim(j.text)
	if len(ours.facts) == 0 {
		return
	}
	for _, other := range s.g.sources {
		line := otherwise(j, ours, other)
		if line == "" || s.told[line] {
			continue
		}
		if s.told == nil {
			s.told = map[string]bool{}
		}
		s.told[line] = true
		name := shortTitle(other)
		text := " However, our page “" + name + "”" + since(other.since, "en") + " says: " + line
		if len(runs(j.text)) > 0 {
			text = "不过，“" + name + "”" + since(other.since, "zh") + "里写的是：" + line
		}
		c := other.cite
		s.over = !s.emit(dialog.Delta{Text: text}) || !s.emit(dialog.Delta{Citation: &c}) ||
			!s.emit(dialog.Delta{Action: &dialog.Action{Kind: "gap", Reason: "conflict: " + j.sources[0].cite.Title + " / " + other.cite.Title}})
		return
	}
}

func shortTitle(s *source) string {
	path := strings.Split(s.cite.Title, " › ")
	if len(path) > 2 {
		return path[len(path)-2] + " › " + path[len(path)-1]
	}
	return s.cite.Title
}

// sameTopic is how much two headings share that are of one matter.
const sameTopic = 0.6

// otherwise gives the sentence of another source that says the same of another number;
// ours is what the judged sentence claims.
func otherwise(j judged, ours *claim, other *source) string {
	if slices.Contains(j.sources, other) || other.own || j.sources[0].own || len(runs(j.text)) > 0 != (len(runs(other.text)) > 0) {
		return ""
	}
	if overlap(j.sources[0].matter(), other.matter()) < sameTopic { // of another matter
		return ""
	}
	for _, line := range other.sentences() {
		theirs := line.facts
		if overlap(ours.marks(), line.marks) < 0.6 || len(theirs) == 0 {
			continue
		}
		for _, f := range ours.facts {
			same := slices.ContainsFunc(theirs, f.fits)
			rival := slices.ContainsFunc(theirs, func(t fact) bool { return f.unit != "" && t.unit == f.unit && t.value != f.value && t.most == f.most })
			if !same && rival {
				return line.text
			}
		}
	}
	return ""
}

func lastOf(title string) string {
	lines := strings.Split(title, "\n")
	path := strings.Split(lines[0], " › ")
	return path[len(path)-1]
}

// overlap is the share of the smaller set that both have.
func overlap(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	n := 0
	for m := range a {
		if b[m] {
			n++
		}
	}
	return float64(n) / float64(min(len(a), len(b)))
}

// boundary is where the first sentence of a growing text ends, with its marks; -1: not
// yet. last says that nothing more comes.
func boundary(s string, last bool) int {
	for i, r := range s {
		end := i + utf8.RuneLen(r)
		if r == '\n' {
			if strings.TrimSpace(s[:i]) != "" {
				return end
			}
			continue
		}
		if strings.ContainsRune("。！？!?", r) || r == '.' && !inside(s, i) {
			if r == '.' && end < len(s) && !strings.ContainsRune(" \n\t\"”’)）*_[【", first(s[end:])) {
				continue
			}
			n, sure := tail(s, end)
			if sure || last {
				return n
			}
			return -1
		}
	}
	return -1
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// short are what a full stop does not end.
var short = regexp.MustCompile(`(?i)(?:\b(?:e\.g|i\.e|a\.m|p\.m|mr|mrs|ms|dr|no|nr|approx|etc|vs|st)|(?:^|\n)\s*\d{1,2})$`)

func inside(s string, i int) bool { return short.MatchString(s[max(0, i-10):i]) && i+1 < len(s) }

// tail takes in what belongs to a sentence behind its end: quotes and marks. sure: what
// follows cannot belong to it.
func tail(s string, n int) (int, bool) {
	for n < len(s) {
		r := first(s[n:])
		switch {
		case strings.ContainsRune("”’\"')）」』*_.。！？!?", r):
			n += utf8.RuneLen(r)
			continue
		}
		rest := strings.TrimLeft(s[n:], " \t")
		if rest == "" {
			return n, false
		}
		open := first(rest)
		if open != '[' && open != '【' && open != '［' {
			return n, true
		}
		loc := citeMark.FindStringIndex(s[n:])
		if loc != nil && loc[0] == 0 {
			n += loc[1]
			continue
		}
		return n, len(rest) > 24 || strings.ContainsAny(rest, "]】］")
	}
	return n, false
}
