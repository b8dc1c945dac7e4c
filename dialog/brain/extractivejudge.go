package brain

import (
	"math"
	"slices"
	"strings"

	"parley/dialog/rag"
)

// sign is what is seen of a passage beside a question: shares from 0 to 1.
type sign uint8

const (
	byAnswers sign = iota // what the search makes of it
	byScore               // of the best score
	byLead                // over the next passage, when it is the first
	byContent             // of the question's content words, synonyms too, what the passage has
	byRival               // content words that another passage has and this one lacks, of two
	byMatter              // of what the question is about, lines of near and other words, what the passage speaks of
	byHeading             // the same of its heading and questions
	byOther               // of what its question is about, what the customer does not speak of
	signs
)

// Learnt weights of the signs (TestFit), of passages with a question of their own and of
// others: the customers' own ways of asking left out one by one and with them the passage,
// in knowledge of 4, 8 and all passages, with the lines of near and without; half of testdata/asked.tsv; and, of others,
// half of the test data's questions.
var (
	ofQuestions = judgement{-3.06, [signs]float64{0, 0.28, 1.83, 0, -0.18, 2.55, 0.97, -2.09}}
	ofProse     = judgement{-4.55, [signs]float64{0.71, 2.95, 1.58, 0.52, 0, 1.36, 0.13, 0}}
)

// What a passage must reach: to answer, and to be worth asking back.
var (
	questionLimits = limits{0.45, 0.3}
	proseLimits    = limits{0.55, 0.4}
)

type limits struct{ answers, asks float64 }

// Whether the best passage of prose answers at all, the search says better than which of the
// passages does: it has seen what was said before, and the signs see the question alone. So
// its word counts once more then, as far as it is above or below the usual (TestFit).
const (
	trust = 4.0
	usual = 0.4
)

// sure is how likely a passage of prose answers, which was taken with p, by what the search
// makes of it.
func sure(p, answers float64) float64 {
	return 1 / (1 + (1-p)/p*math.Exp(-trust*(answers-usual)))
}

// alike is how near two passages are between which the customer is asked to choose.
const alike = 0.08

// twins is what both must reach, which are of one section.
const twins = 0.18

type judgement struct {
	bias    float64
	weights [signs]float64
}

// of is how likely a passage with these signs answers, 0 to 1.
func (j *judgement) of(s *[signs]float64) float64 {
	z := j.bias
	for i, w := range j.weights {
		z += w * s[i]
	}
	return 1 / (1 + math.Exp(-z))
}

// choose takes the passage that answers, if one does. Passages in another language count
// when there is none in the customer's.
func choose(question, language string, hits []rag.Hit) finding {
	hits = inTongue(hits, language)
	f := finding{all: hits}
	ss := seen(question, hits)
	best, next, second := 0.0, 0.0, -1
	at := -1
	for i, h := range hits {
		j := &ofProse
		if h.Question != "" {
			j = &ofQuestions
		}
		switch p := j.of(&ss[i]); {
		case p > best:
			next, second = best, at
			best, at = p, i
		case p > next:
			next, second = p, i
		}
	}
	if at < 0 {
		return f
	}
	f.hit, f.likely = hits[at], best
	l := questionLimits
	if f.hit.Question == "" {
		l, f.likely = proseLimits, sure(best, f.hit.Answers)
	}
	switch {
	case f.likely >= l.answers:
		f.how = found
	case f.likely >= l.asks:
		f.how = unsure
	}
	if f.how != found && second >= 0 && next >= twins && best-next < alike && pathTo(hits[second].Title) == pathTo(f.hit.Title) && headingOf(hits[second]) != headingOf(f.hit) {
		f.how, f.other = either, hits[second]
	}
	return f
}

// inTongue gives the hits in the customer's language, all when there is none.
func inTongue(hits []rag.Hit, language string) []rag.Hit {
	var out []rag.Hit
	for _, h := range hits {
		if chinese(h.Language) == chinese(language) {
			out = append(out, h)
		}
	}
	if len(out) == 0 {
		return hits
	}
	return out
}

// seen takes the signs of each hit.
func seen(question string, hits []rag.Hit) [][signs]float64 {
	out := make([][signs]float64, len(hits))
	matter := about(question)
	want := contentOf(question)
	shelves := make([]shelf, len(hits))
	for i, h := range hits {
		shelves[i] = shelve(h)
	}
	rare := func(has func(*shelf) bool) float64 { // more weight for what few have
		n := 0
		for i := range shelves {
			if has(&shelves[i]) {
				n++
			}
		}
		return math.Log(1 + (float64(len(hits))+1)/(float64(n)+0.5))
	}
	rarity := func(m int) float64 { return rare(func(s *shelf) bool { return s.matters[m] }) }
	weights, own := map[int]float64{}, make([]float64, len(want))
	for m := range matter {
		weights[m] = rarity(m)
	}
	for j, w := range want {
		own[j] = w.weight * rare(func(s *shelf) bool { return w.in(s.words, s.text) })
	}
	for i, h := range hits {
		s, sh := &out[i], &shelves[i]
		s[byAnswers] = h.Answers
		if hits[0].Score > 0 {
			s[byScore] = h.Score / hits[0].Score
			if i == 0 {
				s[byLead] = 1
				if len(hits) > 1 {
					s[byLead] = 1 - hits[1].Score/h.Score
				}
			}
		}
		all, has, heads := 0.0, 0.0, 0.0
		for m, w := range weights {
			all += w
			has += share(sh.matters[m], w)
			heads += share(sh.headMatters[m], w)
		}
		n, held, rival := 0.0, 0.0, 0.0
		for j, w := range want {
			n += w.weight
			in := w.in(sh.words, sh.text)
			held += share(in, w.weight)
			if !in && slices.ContainsFunc(shelves, func(s shelf) bool { return w.in(s.words, s.text) }) {
				rival += w.weight
			}
			if !w.known { // what is of no line stands for itself
				all += own[j]
				has += share(in, own[j])
				heads += share(w.in(sh.titles, sh.head), own[j])
			}
		}
		if n > 0 {
			s[byContent] = held / n
		}
		if all > 0 {
			s[byMatter], s[byHeading] = has/all, heads/all
		}
		s[byRival] = math.Min(rival/2, 1)
		s[byOther] = 1
		for _, q := range append([]string{h.Question}, h.Asked...) {
			s[byOther] = math.Min(s[byOther], beyond(about(q), matter, rarity))
		}
	}
	return out
}

func share(held bool, weight float64) float64 {
	if held {
		return weight
	}
	return 0
}

// shelf is what a passage says, and its heading.
type shelf struct {
	text, head           string
	words, titles        map[string]bool
	matters, headMatters map[int]bool
}

func shelve(h rag.Hit) (s shelf) {
	s.head = strings.Join(append([]string{topicOf(h.Title), h.Question}, h.Asked...), "\n")
	s.text = s.head + "\n" + h.Text
	s.words, s.titles = wordsOf(s.text), wordsOf(s.head)
	s.matters, s.headMatters = about(s.text), about(s.head)
	return s
}

// content is a content word of a question: a stem, what stands for it, or Han characters.
type content struct {
	word   string
	weight float64
	known  bool // it is of a line of near
}

func (c content) in(words map[string]bool, text string) bool {
	return words[c.word] || c.word[0] >= 0x80 && strings.Contains(text, c.word)
}

func wordsOf(text string) map[string]bool {
	out := heads(text)
	for _, t := range terms(text) {
		out[t] = true
	}
	return out
}

// contentOf gives the content words of a text; of Chinese what stands for its words, and
// the pairs of characters that are left.
func contentOf(text string) (out []content) {
	add := func(w string, weight float64, known bool) {
		if !slices.ContainsFunc(out, func(c content) bool { return c.word == w }) {
			out = append(out, content{w, weight, known})
		}
	}
	low := strings.ToLower(text)
	for _, p := range several {
		if p.text[0] < 0x80 {
			low = strings.ReplaceAll(low, p.text, " ")
		}
	}
	left := map[string]bool{}
	for _, t := range terms(low) {
		left[t] = true
	}
	lined := map[string]bool{}
	for _, w := range latin(low) {
		if len(matters[stem(w)]) > 0 {
			lined[standing(stem(w))] = true
		}
	}
	for _, t := range terms(text) {
		if !courtesy[t] {
			add(t, 1, !left[t] || lined[t])
		}
	}
	for _, run := range runs(uncounted(text)) {
		for _, p := range several {
			if p.text[0] >= 0x80 {
				run = strings.ReplaceAll(run, p.text, " ")
			}
		}
		for _, w := range lightHan {
			run = strings.ReplaceAll(run, w, " ")
		}
		for _, piece := range strings.FieldsFunc(run, func(r rune) bool { return r == ' ' || strings.ContainsRune(lightRunes, r) }) {
			rs := []rune(piece)
			if len(rs) == 1 {
				add(piece, 0.5, false)
			}
			for i := 0; i+1 < len(rs); i++ {
				add(string(rs[i:i+2]), float64(len(rs))/2/float64(len(rs)-1), false)
			}
		}
	}
	return out
}

// within is the share of the first set that the second has.
func within(a, b map[int]bool) float64 {
	if len(a) == 0 {
		return 0
	}
	n := 0
	for x := range a {
		if b[x] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// topicOf is a title path without the document's own title, which is of all its passages.
func topicOf(title string) string {
	if _, rest, ok := strings.Cut(title, " › "); ok {
		return rest
	}
	return title
}

// beyond is the share of the first set, by weight, that the second does not have.
func beyond(a, b map[int]bool, weight func(int) float64) float64 {
	all, out := 0.0, 0.0
	for x := range a {
		all += weight(x)
		if !b[x] {
			out += weight(x)
		}
	}
	if all == 0 {
		return 0
	}
	return out / all
}
