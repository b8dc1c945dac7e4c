package brain

import (
	"context"
	"slices"
	"strings"

	"parley/dialog"
	"parley/dialog/rag"
)

// What a passage must have of the question to be an answer. Words carry more than
// sound, which a misheard question leaves intact.
const (
	sure     = 0.6  // coverage that answers
	likely   = 0.42 // coverage that answers when the passage stands out
	alike    = 0.55 // likeness by sound that answers a misheard question
	maybe    = 0.3  // coverage worth asking back
	standOut = 1.25 // score over the next passage's of another answer
	maxSpeak = 320  // bytes spoken of a passage
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
	text := asked(c)
	last := c.Question[len(c.Question)-1].Text
	if s, ok := e.smallTalk(last, c.Language); ok {
		emit(dialog.Delta{Text: s})
		return
	}
	hits := e.search(c, text)
	if !emit(dialog.Delta{Retrieved: true}) {
		return
	}
	switch hit, how := choose(hits); how {
	case found:
		e.tell(hit, text, c, emit)
	case unsure:
		q := hit.Question
		if q == "" {
			q = hit.Title[strings.LastIndex(hit.Title, "›")+1:]
		}
		emit(dialog.Delta{Text: pick(c.Language, "Do you mean: "+strings.TrimSpace(q), "您是想问：“"+strings.TrimSpace(q)+"”吗？"), Expect: dialog.ExpectYesNo})
	default:
		emit(dialog.Delta{Action: &dialog.Action{Kind: "gap", Reason: text},
			Text: pick(c.Language, "I do not have that in our information, so I cannot say. ", "我的资料里没有这项规定，不能随便答应您。") +
				e.o.wayOn(c, "You can ask for a person, or ask me something else.", "可以为您转人工，也可以留言。")})
	}
}

// search looks for the question; after a question of ours that is answered by
// yes, for what we asked.
func (e extractive) search(c dialog.Context, text string) []rag.Hit {
	if q, ok := confirmed(c, text); ok {
		text = q
	}
	// A question that the knowledge has word for word needs no history, which would
	// draw it to what was spoken of before.
	if h, ok := asListed(e.o.Retriever.Search(rag.Query{Text: text, Language: c.Language, K: 10, Words: true}), text); ok {
		h.Coverage = 1
		return []rag.Hit{h}
	}
	return e.o.Retriever.Search(rag.Query{Text: text, Language: c.Language, History: before(c, 6), K: 4})
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

// confirmed gives what the bot asked back, when the customer says yes to it.
func confirmed(c dialog.Context, text string) (string, bool) {
	p := plain(text)
	if !slices.Contains([]string{"yes", "yeah", "yes please", "yep", "right", "correct", "exactly", "是", "是的", "对", "对的", "嗯", "没错"}, p) || len(c.History) == 0 {
		return "", false
	}
	last := c.History[len(c.History)-1]
	if last.From != dialog.Bot {
		return "", false
	}
	if q, ok := strings.CutPrefix(last.Text, "Do you mean: "); ok {
		return q, true
	}
	if q, ok := strings.CutPrefix(last.Text, "您是想问：“"); ok {
		return strings.TrimSuffix(q, "”吗？"), true
	}
	return "", false
}

type outcome uint8

const (
	unknown outcome = iota
	unsure
	found
)

// choose takes the passage that answers, if one does.
func choose(hits []rag.Hit) (rag.Hit, outcome) {
	if len(hits) == 0 {
		return rag.Hit{}, unknown
	}
	h := hits[0]
	stands := len(hits) == 1 || h.Score >= standOut*hits[1].Score
	switch {
	case h.Coverage >= sure,
		h.Coverage >= likely && (stands || h.Likeness >= alike),
		h.Likeness >= alike && h.Coverage >= maybe && stands:
		return h, found
	case h.Coverage >= maybe && stands, h.Coverage >= likely:
		return h, unsure
	}
	return h, unknown
}

// tell speaks the pertinent part of a passage, and where it is from.
func (e extractive) tell(h rag.Hit, question string, c dialog.Context, emit func(dialog.Delta) bool) {
	text := pertinent(h.Text, question)
	path := strings.Split(h.Title, " › ")
	title := path[0]
	if len(path) > 2 { // company › section › question
		title = path[1]
	}
	d := dialog.Delta{Text: text, Citation: citation(h, text)}
	if c.Via == dialog.ViaVoice {
		source := pick(c.Language, " That is from our page “"+title+"”.", "以上来自“"+title+"”。")
		emit(d)
		emit(dialog.Delta{Text: source})
		return
	}
	emit(d)
}

// pertinent is the passage when it is short, else the sentences that share most
// with the question, in their order.
func pertinent(text, question string) string {
	flat := strings.Join(strings.Fields(strings.ReplaceAll(text, "\n", " ")), " ")
	if len(flat) <= maxSpeak {
		return flat
	}
	sentences := cut(flat)
	want := map[string]bool{}
	for _, w := range grams(question) {
		want[w] = true
	}
	type scored struct {
		i int
		n float64
	}
	var all []scored
	for i, s := range sentences {
		n := 0.0
		seen := map[string]bool{}
		for _, w := range grams(s) {
			if want[w] && !seen[w] {
				seen[w] = true
				n++
			}
		}
		if i == 0 {
			n += 0.5 // a passage begins with its matter
		}
		all = append(all, scored{i, n})
	}
	slices.SortStableFunc(all, func(a, b scored) int {
		switch {
		case a.n > b.n:
			return -1
		case a.n < b.n:
			return 1
		}
		return a.i - b.i
	})
	var take []int
	size := 0
	for _, s := range all {
		if size > 0 && (size+len(sentences[s.i]) > maxSpeak || s.n == 0) {
			continue
		}
		take = append(take, s.i)
		size += len(sentences[s.i])
	}
	slices.Sort(take)
	var out []string
	for _, i := range take {
		out = append(out, sentences[i])
	}
	return strings.Join(out, " ")
}

// cut splits a text into sentences.
func cut(text string) []string {
	var out []string
	start := 0
	rs := []rune(text)
	for i, r := range rs {
		end := strings.ContainsRune("。！？", r) || strings.ContainsRune(".!?", r) && (i+1 == len(rs) || rs[i+1] == ' ')
		if end {
			if s := strings.TrimSpace(string(rs[start : i+1])); s != "" {
				out = append(out, s)
			}
			start = i + 1
		}
	}
	if s := strings.TrimSpace(string(rs[start:])); s != "" {
		out = append(out, s)
	}
	return out
}
