package rag

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// Parameters of the score, found on questions with known answers.
type Parameters struct {
	K1, B         float32 // BM25's saturation and length
	Trigram       float32 // weight of letter trigrams
	Syllables     float32 // weight of pairs of syllables
	UserHistory   float32 // weight of what the customer said before
	BotHistory    float32 // weight of what the bot said before: it names the entity
	Decay         float32 // for each turn further back
	Cap           float32 // of a turn, in questions' lengths
	OtherLanguage float32 // factor for passages in another language than asked for
}

var defaults = Parameters{K1: 1.2, B: 0.75, Trigram: 0.3, Syllables: 0.5, UserHistory: 0.3, BotHistory: 0.6, Decay: 0.5, Cap: 2, OtherLanguage: 0.5}

// weighted is a term of a query.
type weighted struct {
	term     term
	weight   float32 // in the score
	question float32 // how often the question itself has it
	idf      float32
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
	s.analyse.terms(q.Text, func(t term) {
		w := s.at(t)
		w.weight++
		w.question++
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
		base := p.UserHistory
		if turn.Role == "assistant" {
			base = p.BotHistory
		}
		s.said(turn.Text, base*decay, p.Cap*distinct)
		decay *= p.Decay
	}
	for i := range s.query {
		switch s.query[i].term & 7 {
		case kindTrigram:
			s.query[i].weight *= p.Trigram
		case kindSyllables:
			s.query[i].weight *= p.Syllables
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
	s.analyse.terms(text, func(t term) {
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
		gain := w.weight * w.idf * (p.K1 + 1)
		for _, e := range w.list {
			sl := &ix.slots[e.slot]
			norm := p.K1 * (1 - p.B + p.B*sl.length[f]/sl.lang.mean(f))
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
				s.scores[at] *= defaults.OtherLanguage
			}
		}
	}
	order := func(a, b uint32) int {
		return cmp.Or(cmp.Compare(s.scores[b], s.scores[a]), cmp.Compare(a, b))
	}
	top := make([]uint32, 0, q.K+1)
	for _, at := range s.touched {
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
		p := ix.slots[at].passage
		hits[i] = Hit{Document: p.Document, Passage: p.ID, Title: p.Title, Question: p.Question, Asked: p.Asked,
			Text: p.Text, Language: p.Language, Start: p.Start, End: p.End, Score: float64(s.scores[at])}
		hits[i].Coverage = s.coverage(at, byWord)
		hits[i].Likeness = s.coverage(at, bySound)
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
