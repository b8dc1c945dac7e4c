package rag

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"time"
)

// parameters of the score, found on questions with known answers (parley eval
// retrieval): what is near them does as well.
type parameters struct {
	k1, b            float32 // BM25's saturation and length
	hanK1, hanB      float32 // the same for Chinese
	trigram          float32 // weight of letter trigrams
	unknownTrigram   float32 // factor when the knowledge does not have the word: it may be misheard
	syllables        float32 // weight of pairs of syllables
	unknownSyllables float32 // factor when it does not have the pair of characters
	user             float32 // weight of what the customer said before
	bot              float32 // weight of what the bot said before: it names the entity
	decay            float32 // for each turn further back
	turn             float32 // the most that an earlier turn weighs, in questions
	otherLanguage    float32 // factor for passages in another language than asked for
}

var defaults = parameters{k1: 2, b: 0.9, hanK1: 1.2, hanB: 0.75,
	trigram: 0.1, unknownTrigram: 2, syllables: 0.1, unknownSyllables: 8,
	user: 0.5, bot: 0.7, decay: 0.7, turn: 2, otherLanguage: 0.5}

// weighted is a term of a query.
type weighted struct {
	term     term
	weight   float32 // in the score
	question float32 // how often the question itself has it
	idf      float32
	of       term // of a term by sound: the term by word that it doubles
	list     []posting
}

// scratch is what a search needs besides the index, kept for the next search.
type scratch struct {
	scores  []float32
	touched []uint32
	analyse *analyser
	terms   map[term]int
	query   []weighted
}

var scratches = sync.Pool{New: func() any { return &scratch{analyse: newAnalyser(), terms: map[term]int{}} }}

// Search finds the passages that q is about, best first.
func (ix *Index) Search(q Query) []Hit {
	if q.K <= 0 {
		q.K = 10
	}
	if q.Now.IsZero() {
		q.Now = time.Now()
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.ask(q)
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	ix.look(s)
	ix.score(s)
	hits := ix.best(s, q)
	for _, at := range s.touched {
		s.scores[at] = 0
	}
	s.touched = s.touched[:0]
	return hits
}

// ask turns the question and what was said before into weighted terms.
func (s *scratch) ask(q Query) {
	clear(s.terms)
	s.query = s.query[:0]
	p := defaults
	s.analyse.terms(q.Text, func(t, of term) {
		w := s.at(t)
		w.weight++
		w.question++
		w.of = of
	})
	distinct := float32(2)
	for _, w := range s.query {
		if w.term.field() == byWord {
			distinct++
		}
	}
	decay := float32(1)
	for _, turn := range slices.Backward(q.History) {
		if decay < 0.01 {
			break
		}
		base := p.user
		if turn.Role == "assistant" {
			base = p.bot
		}
		s.said(turn.Text, base*decay, p.turn*distinct)
		decay *= p.decay
	}
	for i := range s.query {
		switch s.query[i].term & 7 {
		case kindTrigram:
			s.query[i].weight *= p.trigram
		case kindSyllables:
			s.query[i].weight *= p.syllables
		}
	}
}

// at is the place of a term in the query.
func (s *scratch) at(t term) *weighted {
	i, ok := s.terms[t]
	if !ok {
		i = len(s.query)
		s.terms[t] = i
		s.query = append(s.query, weighted{term: t})
	}
	return &s.query[i]
}

// said adds the terms of an earlier turn, each once, all together at most limit.
func (s *scratch) said(text string, weight, limit float32) {
	if len(text) > maxHistory {
		text = text[:maxHistory]
	}
	seen := map[term]bool{}
	n := 0
	s.analyse.terms(text, func(t, _ term) {
		if !seen[t] && t.field() == byWord {
			n++
		}
		seen[t] = true
	})
	if n > 0 {
		weight *= min(1, limit/float32(n))
	}
	for t := range seen {
		if t.field() == byWord {
			s.at(t).weight += weight
		}
	}
}

// maxHistory bounds what is read of an earlier turn, in bytes.
const maxHistory = 4000

// look finds the lists.
func (ix *Index) look(s *scratch) {
	n := float64(len(ix.slots) - len(ix.free))
	for i := range s.query {
		w := &s.query[i]
		w.list = ix.lists[w.term]
		df := float64(len(w.list))
		if w.of != 0 && len(ix.lists[w.of]) == 0 {
			if w.term&7 == kindTrigram {
				w.weight *= defaults.unknownTrigram
			} else {
				w.weight *= defaults.unknownSyllables
			}
		}
		w.idf = float32(math.Log(1 + (n-df+0.5)/(df+0.5)))
	}
}

// score adds up what each term gives to each passage that holds it.
func (ix *Index) score(s *scratch) {
	if len(s.scores) < len(ix.slots) {
		s.scores = make([]float32, len(ix.slots)+len(ix.slots)/4+16)
	}
	p := defaults
	for i := range s.query {
		w := &s.query[i]
		f := w.term.field()
		gain := w.weight * w.idf
		for _, e := range w.list {
			sl := &ix.slots[e.slot]
			k1, b := p.k1, p.b
			if sl.passage.Language == "zh" {
				k1, b = p.hanK1, p.hanB
			}
			norm := k1 * (1 - b + b*sl.length[f]/sl.lang.mean(f))
			if s.scores[e.slot] == 0 {
				s.touched = append(s.touched, e.slot)
			}
			n := float32(e.n)
			s.scores[e.slot] += gain * n / (n + norm)
		}
	}
}

// best picks the K best and says how well they cover the question.
func (ix *Index) best(s *scratch, q Query) []Hit {
	lang := primary(q.Language)
	if lang != "" {
		for _, at := range s.touched {
			if ix.slots[at].passage.Language != lang {
				s.scores[at] *= defaults.otherLanguage
			}
		}
	}
	order := func(a, b uint32) int {
		return cmp.Or(cmp.Compare(s.scores[b], s.scores[a]), cmp.Compare(a, b))
	}
	top := make([]uint32, 0, q.K+1)
	for _, at := range s.touched {
		if !ix.slots[at].passage.holds(q.Audience, q.Now) {
			continue
		}
		if len(top) == q.K && order(at, top[q.K-1]) > 0 {
			continue
		}
		i, _ := slices.BinarySearchFunc(top, at, order)
		top = slices.Insert(top, i, at)
		if len(top) > q.K {
			top = top[:q.K]
		}
	}
	hits := make([]Hit, len(top))
	for i, at := range top {
		hits[i] = ix.slots[at].passage.hit()
		hits[i].Score = float64(s.scores[at])
		hits[i].Coverage = s.coverage(at, byWord)
		hits[i].Likeness = s.coverage(at, bySound)
		hits[i].Why = s.why(q.Text, at)
	}
	return hits
}

// coverage is the share of the question's weight that the passage has terms for.
func (s *scratch) coverage(at uint32, f field) float64 {
	var all, held float32
	for i := range s.query {
		w := &s.query[i]
		if w.question == 0 || w.term.field() != f {
			continue
		}
		all += w.idf
		if _, ok := find(w.list, at); ok {
			held += w.idf
		}
	}
	if all == 0 {
		return 0
	}
	return float64(held / all)
}
