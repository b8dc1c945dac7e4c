package insight

import (
	"slices"
	"strings"
	"unicode"

	"parley/dialog"
	"parley/dialog/regexp"
)

// The faults that rules find, and what they cost of 100 points.
var faultCosts = map[string]struct {
	of   Criterion
	cost int64
}{
	"no_greeting":       {Greeting, 60},
	"misunderstood":     {Understanding, 50},
	"customer_again":    {Understanding, 40},
	"asked_again":       {Understanding, 60},
	"wrong_number":      {Correctness, 80},
	"against_source":    {Correctness, 90},
	"rude":              {Tone, 90},
	"shouting":          {Tone, 50},
	"no_empathy":        {Tone, 40},
	"left_open":         {Resolution, 70},
	"no_answer":         {Resolution, 60},
	"gave_up":           {Resolution, 60},
	"needless_transfer": {Resolution, 40},
	"no_disclosure":     {Compliance, 80},
	"promise":           {Compliance, 70},
	"secret_asked":      {Compliance, 90},
}

// rule looks at a conversation and gives the turn that shows the fault; 0: there is none.
type rule struct {
	fault string
	find  func(s Script) int64
}

// rules are those of every conversation; what the company requires and forbids comes beside.
var rules = []rule{
	{"no_greeting", (Script).ungreeted}, {"misunderstood", (Script).misunderstood}, {"customer_again", (Script).again}, {"asked_again", (Script).askedAgain},
	{"wrong_number", (Script).wrongNumber}, {"against_source", (Script).againstSource}, {"rude", (Script).rude}, {"shouting", (Script).shouting}, {"no_empathy", (Script).cold},
	{"left_open", (Script).leftOpen}, {"no_answer", (Script).noAnswer}, {"gave_up", (Script).gaveUp}, {"needless_transfer", (Script).needlessTransfer},
	{"no_disclosure", (Script).undisclosed}, {"promise", (Script).promise}, {"secret_asked", (Script).secret},
}

// Faults are the names of those that rules find, in their order.
func Faults() []string {
	out := make([]string, len(rules))
	for k, r := range rules {
		out[k] = r.fault
	}
	return out
}

// Findings are the faults of a conversation, in the order of the rules.
func Findings(s Script, r Rubric) []Finding {
	var out []Finding
	for _, x := range rules {
		if slices.Contains(r.Off, x.fault) {
			continue
		}
		if seq := x.find(s); seq != 0 {
			f := faultCosts[x.fault]
			out = append(out, Finding{x.fault, f.of, seq, f.cost})
		}
	}
	for _, p := range r.Forbidden {
		if k := s.index(func(l Line) bool { return l.ours() && p.said(l.Text, s.Language) }); k >= 0 {
			out = append(out, Finding{p.Name, Compliance, s.Lines[k].Seq, 80})
		}
	}
	for _, p := range r.Required {
		if seq := s.unsaid(p); seq != 0 {
			out = append(out, Finding{p.Name, Compliance, seq, 60})
		}
	}
	return out
}

// unsaid gives the turn that shows that a phrase is missing: the one that made it due, else
// the last of ours; 0: it was said, or is not due.
func (s Script) unsaid(p Phrase) int64 {
	if len(p.Any[s.Language]) == 0 || s.index(func(l Line) bool { return l.ours() && p.said(l.Text, s.Language) }) >= 0 {
		return 0
	}
	if len(p.When) == 0 {
		return s.shows(Tone)
	}
	return s.first(func(l Line) bool { return holds(l.Text, p.When[s.Language]) })
}

// ours reports whether a turn is the company's.
func (l Line) ours() bool { return l.From == dialog.Bot || l.From == dialog.Agent }

func (s Script) index(is func(Line) bool) int { return slices.IndexFunc(s.Lines, is) }

// first gives the turn of the first line that is so.
func (s Script) first(is func(Line) bool) int64 {
	if k := s.index(is); k >= 0 {
		return s.Lines[k].Seq
	}
	return 0
}

// ungreeted: a person's first words greet nobody, and say nobody's name.
func (s Script) ungreeted() int64 {
	k := s.index(func(l Line) bool { return l.From == dialog.Agent })
	if k < 0 || greets.MatchString(s.Lines[k].Text) {
		return 0
	}
	return s.Lines[k].Seq
}

// misunderstood: it was said twice that the customer was not understood.
func (s Script) misunderstood() int64 {
	n := 0
	return s.first(func(l Line) bool {
		if l.ours() && lostTrack.MatchString(l.Text) {
			n++
		}
		return n == 2
	})
}

// lastSaid is how many of the customer's lines are compared with the next one.
const lastSaid = 20

// again: the customer has to say the same once more, after an answer.
func (s Script) again() int64 {
	var said [][]string
	answered, asked, last := false, s.askedAgain(), int64(0)
	return s.first(func(l Line) bool {
		if l.ours() {
			last = l.Seq
			answered = len(said) > 0 && !lostTrack.MatchString(l.Text)
			return false
		}
		if l.From != dialog.Customer {
			return false
		}
		words := wordsAlike(l.Text)
		repeated := answered && (saysAgain.MatchString(l.Text) && (asked == 0 || asked != last) || slices.ContainsFunc(said, func(old []string) bool {
			return alike(old, words) || insists.MatchString(l.Text) && within(old, words)
		}))
		said = append(said, words)
		said = said[max(len(said)-lastSaid, 0):]
		return repeated
	})
}

// saysAgain are words of a customer who has to say something once more.
var saysAgain = regexp.MustCompile(`(?i)(\bnot|n['’]t) (quite |really )?(what i('m| am| was)? (ask|meant|mean|said|want|talking)|my question)|\bi (have |'ve |had )?(just|already) (told|said|wrote|written|explained|asked|given|gave)( (you|all|of|that|this|it|them|your \w+|so))* ?([.,:!]|$)|\bas (i|was) (said|wrote|told|above)\b|\bi (told|said) (you |that |all that |it )?(before|already|earlier|a moment ago)` +
	`|(我)?(问|说|要|指)的不是(这个|这|那)|不是(我)?(问|说|要)的|(刚才|前面|上面)(不是)?(都|已经|就)?(说|讲|发|写|报)(过|了|清楚)|(我)?(都|已经|早就)(说|讲|告诉)(过|了)(的|呀|啊|吧)?[，。！]?|答非所问`)

// wordsAlike are a text's words, and Han characters by twos, to be compared.
func wordsAlike(text string) []string {
	var out []string
	var word []rune
	var last rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = word[:0]
		}
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.Is(unicode.Han, r):
			flush()
			if last != 0 {
				out = append(out, string([]rune{last, r}))
			}
			last = r
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word = append(word, r)
		default:
			if r != '\'' && r != '’' {
				flush()
			}
		}
		last = 0
	}
	flush()
	slices.Sort(out)
	return slices.Compact(out)
}

// common is how many words are in both.
func common(a, b []string) int {
	n := 0
	for _, w := range a {
		if _, ok := slices.BinarySearch(b, w); ok {
			n++
		}
	}
	return n
}

// within reports whether nearly all that was said is said again, with more.
func within(old, words []string) bool { return len(old) >= 4 && 10*common(old, words) >= 8*len(old) }

// alike reports whether two texts say the same: most of their words are the same, and there
// are enough of them.
func alike(a, b []string) bool {
	if len(a) < 4 || len(b) < 4 {
		return false
	}
	both := common(a, b)
	return 10*both >= 6*max(len(a), len(b)) || 10*both >= 8*min(len(a), len(b)) && 2*min(len(a), len(b)) >= max(len(a), len(b))
}

// rude: words that nobody says to a customer.
func (s Script) rude() int64 {
	return s.first(func(l Line) bool { return l.ours() && impolite.MatchString(strings.ReplaceAll(l.Text, "’", "'")) })
}

// shouting: whole sentences in capitals, or a heap of exclamation marks.
func (s Script) shouting() int64 {
	return s.first(func(l Line) bool {
		if !l.ours() {
			return false
		}
		upper, words := 0, 0
		for _, w := range strings.Fields(l.Text) {
			if letters := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }); len(letters) >= 2 {
				words++
				if letters == strings.ToUpper(letters) && !strings.ContainsFunc(letters, func(r rune) bool { return r > 127 }) {
					upper++
				}
			}
		}
		return words >= 3 && 3*upper >= 2*words || strings.Contains(l.Text, "!!!") || strings.Contains(l.Text, "！！！")
	})
}

// noAnswer: it was said that the answer is not known, no person came, and the customer did
// not say that it was settled.
func (s Script) noAnswer() int64 {
	at := int64(0)
	for _, l := range s.Lines {
		switch {
		case l.From == dialog.Agent:
			at = 0
		case l.From == dialog.Bot && noAnswer.MatchString(l.Text):
			at = l.Seq
		case l.From == dialog.Bot && len(l.Cites) > 0:
			at = 0
		case l.From == dialog.Customer && confirms(l.Text):
			at = 0
		}
	}
	return at
}

// gaveUp: the customer waited for a person, in vain.
func (s Script) gaveUp() int64 {
	if (s.Lost || s.Failed) && len(s.Lines) > 0 && s.index(func(l Line) bool { return l.From == dialog.Agent }) < 0 {
		return s.Lines[len(s.Lines)-1].Seq
	}
	return 0
}

// undisclosed: in a call the bot's first words do not say what it is.
func (s Script) undisclosed() int64 {
	if !s.Call {
		return 0
	}
	k := s.index(func(l Line) bool { return l.From == dialog.Bot })
	if k < 0 || discloses.MatchString(s.Lines[k].Text) {
		return 0
	}
	return s.Lines[k].Seq
}

func sentences(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?;。！？；\n", r) })
}
