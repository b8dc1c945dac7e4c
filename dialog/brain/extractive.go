package brain

import (
	"context"
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/rag"
	"parley/dialog/regexp"
)

type extractive struct{ o Options }

// Answer implements dialog.Brain.
func (e extractive) Answer(c dialog.Context) dialog.Reply {
	return reply(func(_ context.Context, emit func(dialog.Delta) bool) error {
		e.answer(c, emit)
		return nil
	})
}

func (e extractive) answer(c dialog.Context, emit func(dialog.Delta) bool) {
	text := own(asked(c))
	if strings.TrimSpace(text) == "" { // only pictures
		text = asked(c)
	}
	if declined(c, text) {
		e.lack(c, lastAsked(c), emit)
		return
	}
	if s, ok := e.smallTalk(c.Question[len(c.Question)-1].Text, c.Language); ok {
		emit(dialog.Delta{Text: s})
		return
	}
	s := e.look(c, text)
	if !emit(dialog.Delta{Retrieved: true}) {
		return
	}
	switch s.how {
	case found:
		e.tell(s, text, c, emit)
	case unsure, either:
		emit(askBack(s, c.Language))
	default:
		e.lack(c, text, emit)
	}
}

// lack says that it is not known, and what can be done then.
func (e extractive) lack(c dialog.Context, question string, emit func(dialog.Delta) bool) {
	emit(dialog.Delta{Action: &dialog.Action{Kind: "gap", Reason: question},
		Text: pick(c.Language, "I do not have that in our information, so I cannot say. ", "我的资料里没有相关内容，不能随便答复您。") +
			e.o.wayOn(c, "I can bring in a person or take a message.", "可以为您转人工，也可以留言。")})
}

type outcome uint8

const (
	unknown outcome = iota
	unsure          // worth asking back
	either          // two are equally near
	found
)

// finding is what the knowledge has for a question.
type finding struct {
	how   outcome
	hit   rag.Hit
	other rag.Hit   // with either
	twin  *rag.Hit  // answers the same question of something else: "How can I pay?" of a shop and an insurer
	all   []rag.Hit // of the search, for what says otherwise

	likely float64 // how likely it answers, 0 to 1
}

// certain is how likely a passage must answer what is asked amid something else.
const certain = 0.55

// aside looks for the answer to what is said amid a procedure, whose open question says
// what it is about. Only what is certain counts.
func (e extractive) aside(c dialog.Context, text string) finding {
	if bare := bareOf(text); questions.MatchString(strings.TrimSpace(text)) || questions.MatchString(bare) {
		for _, s := range append([]string{bare}, askingParts(text)...) {
			if f := e.judge(c, s, nil); f.how == found && f.likely >= certain {
				return f
			}
		}
	}
	open := ""
	for _, t := range slices.Backward(c.History) {
		if t.From == dialog.Bot {
			if ss := cut(t.Text); len(ss) > 0 {
				open = ss[len(ss)-1]
			}
			break
		}
	}
	text = bareOf(text)
	matter := about(open)
	if len(matter) == 0 {
		return finding{}
	}
	for _, part := range append([]string{text}, strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '，' })...) {
		f := e.among(c, open+"\n"+part, func(m map[int]bool) bool { return covers(m, matter) })
		if own := about(part); f.how == found && len(own) > 0 && covers(shelve(f.hit).matters, own) && !covers(matter, own) {
			return f
		}
	}
	return finding{}
}

// among decides among the passages that pass.
func (e extractive) among(c dialog.Context, text string, pass func(matters map[int]bool) bool) finding {
	q := rag.Query{Text: text, Language: c.Language, K: 20, Now: c.Now}
	hits := slices.DeleteFunc(widen(e.o.Retriever, q, e.o.Retriever.Search(q)), func(h rag.Hit) bool { return !pass(shelve(h).matters) })
	return choose(text, c.Language, hits)
}

// askingParts are the sentences and clauses of a longer text that ask.
func askingParts(text string) (out []string) {
	for _, s := range cut(text) {
		for _, part := range append([]string{s}, strings.FieldsFunc(s, func(r rune) bool { return r == '，' })...) {
			if len(part) < len(text) && len(out) < 4 && questions.MatchString(strings.TrimSpace(part)) {
				out = append(out, bareOf(strings.TrimSpace(part)))
			}
		}
	}
	return out
}

// fillers are what people begin with.
var fillers = regexp.MustCompile(`(?i)^(?:(?:hang on|hold on|wait(?: a (?:minute|second|moment))?|one (?:moment|second|more (?:thing|question))|by the way|btw|sorry|excuse me|ok(?:ay)?|so|well|hm+|oh|um|uh|actually|fine|great|right|all right|alright|thanks|thank you|just wondering|quick question|great|hello|hi|please|ah|first|but|and|(?:can|could) you tell me|tell me|i(?:'d| would) like to know|i (?:want|need) to know|do you know)\b[,.:!… ]*)+|^(?:(?:等一下|等等|等下|对了|顺便问一下|顺便问|我想问一下|我想问|想问一下|请问一下|请问|那个|麻烦问下|先问下|先问一下|先告诉我|问一下|问下|不好意思|你好|您好|嗯|哦|喂)[，,。！!… ]*)+`)

// bareOf is a question without what people begin with.
func bareOf(text string) string {
	if s := strings.TrimSpace(fillers.ReplaceAllString(strings.TrimSpace(text), "")); substantial(s) {
		return s
	}
	return text
}

// look decides on what was found. After a question of ours it is what we asked for, and
// we do not ask twice in a row.
func (e extractive) look(c dialog.Context, text string) finding {
	options, back := askedBack(c)
	if chosen := chosen(options, text); chosen != "" {
		if h, ok := headed(e.o.Retriever.Search(rag.Query{Text: chosen, Language: c.Language, K: 10, Now: c.Now}), chosen); ok {
			return finding{how: found, hit: h, likely: 1}
		}
	}
	if back {
		text = withoutNo(text)
	}
	text = bareOf(text)
	best := e.judge(c, text, nil)
	for _, s := range askingParts(text) {
		if best.how == found {
			break
		}
		if one := e.judge(c, s, nil); one.how > best.how {
			best = one
		}
	}
	if best.how != found && len(c.History) > 0 {
		best = e.follow(c, text, best)
	}
	if back && best.how != found {
		best.how = unknown
	}
	return best
}

// judge searches and decides.
func (e extractive) judge(c dialog.Context, text string, history []rag.Turn) finding {
	q := rag.Query{Text: text, Language: c.Language, History: history, K: 10, Now: c.Now} // for everybody, as it is now
	byWords := q
	byWords.Words = true
	hits := e.o.Retriever.Search(byWords)
	if h, ok := asListed(hits, text); ok { // word for word
		f := finding{how: found, hit: h, all: hits, likely: 1}
		if t, ok := twin(hits, h, text); ok {
			switch spokenOf(c, h, t) {
			case rootOf(t.Title):
				f.hit = t
			case "":
				f.twin = &t
			}
		}
		return f
	}
	return choose(text, c.Language, widen(e.o.Retriever, q, e.o.Retriever.Search(q)))
}

// follow looks again for a question that lives from what was said before: with the
// customer's question before it. It must bring something of its own.
func (e extractive) follow(c dialog.Context, text string, alone finding) finding {
	if !elliptic(text) {
		if full := e.judge(c, text, before(c, 6)); full.how > alone.how {
			return full
		}
		return alone
	}
	topic := ""
	for _, t := range slices.Backward(c.History) {
		if t.From == dialog.Customer && substantial(t.Text) && !elliptic(t.Text) {
			topic = clip(t.Text, maxQuote)
			break
		}
	}
	if topic == "" {
		return alone
	}
	alone.how = unknown
	if full := e.judge(c, topic+"\n"+text, nil); full.how == found && brings(text, full.hit) {
		return full
	}
	of := e.judge(c, topic, nil)
	if of.how == unknown {
		return alone
	}
	section := pathTo(of.hit.Title)
	q := rag.Query{Text: topic + "\n" + text, Language: c.Language, K: 20, Now: c.Now}
	hits := slices.DeleteFunc(widen(e.o.Retriever, q, e.o.Retriever.Search(q)), func(h rag.Hit) bool { return pathTo(h.Title) != section })
	if f := choose(text, c.Language, hits); (f.how == found || f.how == unsure) && brings(text, f.hit) {
		f.how = found
		return f
	}
	return alone
}

// pathTo is a title path without its last part.
func pathTo(title string) string {
	return title[:max(0, strings.LastIndex(title, " › "))]
}

// widen adds what is found in other words for the same matters. It has nothing of the
// question's own words.
func widen(r Retriever, q rag.Query, hits []rag.Hit) []rag.Hit {
	own := q.Text
	if q.Text = widened(q.Text); q.Text == own {
		return hits
	}
	q.K, q.Words = 6, true
	for _, h := range r.Search(q) {
		if !slices.ContainsFunc(hits, func(x rag.Hit) bool { return x.Passage == h.Passage }) {
			h.Score, h.Coverage, h.Likeness, h.Answers, h.Cosine = 0, 0, 0, 0, 0
			hits = append(hits, h)
		}
	}
	return hits
}

// listed is how alike a question and one of the knowledge's own must be, all
// words counted, the small ones too.
const listed = 0.75

// asListed finds the passage one of whose questions is what was asked.
func asListed(hits []rag.Hit, text string) (rag.Hit, bool) {
	best, at := 0.0, -1
	for i, h := range hits {
		for _, q := range append([]string{h.Question}, h.Asked...) {
			if s := same(text, q); s > best {
				best, at = s, i
			}
		}
	}
	if best < listed {
		return rag.Hit{}, false
	}
	return hits[at], true
}

// twin finds what has the same question as well, of another company or field.
func twin(hits []rag.Hit, h rag.Hit, text string) (rag.Hit, bool) {
	for _, o := range hits {
		if rootOf(o.Title) == rootOf(h.Title) || chinese(o.Language) != chinese(h.Language) {
			continue
		}
		for _, q := range append([]string{o.Question}, o.Asked...) {
			if same(text, q) > 0.99 {
				return o, true
			}
		}
	}
	return rag.Hit{}, false
}

// rootOf is the first part of a title path.
func rootOf(title string) string { root, _, _ := strings.Cut(title, " › "); return root }

// spokenOf is the root of one of two passages that answers rested on last; "" is neither.
func spokenOf(c dialog.Context, a, b rag.Hit) string {
	for _, t := range slices.Backward(c.History) {
		for _, x := range slices.Backward(t.Citations) {
			if root := rootOf(x.Title); root == rootOf(a.Title) || root == rootOf(b.Title) {
				return root
			}
		}
	}
	return ""
}

// same is the F1 of two questions' words, Han characters each by itself.
func same(a, b string) float64 {
	x, y := bag(a), bag(b)
	both := 0
	for w, n := range x {
		both += min(n, y[w])
	}
	if both == 0 {
		return 0
	}
	return 2 * float64(both) / float64(size(x)+size(y))
}

func bag(text string) map[string]int {
	out := map[string]int{}
	for _, w := range strings.Fields(plain(text)) {
		if strings.IndexFunc(w, func(r rune) bool { return r >= 0x2e80 }) < 0 {
			out[w]++
			continue
		}
		for _, r := range w {
			out[string(r)]++
		}
	}
	return out
}

func size(b map[string]int) (n int) {
	for _, c := range b {
		n += c
	}
	return n
}

// tell speaks the pertinent part of a passage, and where it is from.
func (e extractive) tell(s finding, question string, c dialog.Context, emit func(dialog.Delta) bool) {
	most := maxShown
	if c.Via == dialog.ViaVoice {
		most = maxSpoken
	}
	text := excerpt(s.hit.Text, question+"\n"+s.hit.Question, most)
	if o, ok := e.otherwise(s, text); ok {
		e.tellBoth(s.hit, text, o, c, emit)
		return
	}
	if s.twin != nil {
		other := excerpt(s.twin.Text, question+"\n"+s.twin.Question, most)
		_ = emit(dialog.Delta{Text: says(s.hit, c.Language)}) && emit(dialog.Delta{Text: text, Citation: citation(s.hit, text)}) &&
			emit(dialog.Delta{Text: pick(c.Language, " ", "") + says(*s.twin, c.Language)}) && emit(dialog.Delta{Text: other, Citation: citation(*s.twin, other)})
		return
	}
	if !emit(dialog.Delta{Text: text, Citation: citation(s.hit, text)}) || c.Via != dialog.ViaVoice {
		return
	}
	title := sectionOf(s.hit)
	emit(dialog.Delta{Text: pick(c.Language, " That is from our page “"+title+"”.", "以上来自“"+title+"”。")})
}

// sectionOf is the part of a title path that people know a page by.
func sectionOf(h rag.Hit) string {
	path := strings.Split(h.Title, " › ")
	if len(path) > 2 { // company › section › question
		return path[1]
	}
	return path[0]
}
