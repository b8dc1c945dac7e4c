package rag

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// parameters of the score, found on questions with known answers (parley eval
// retrieval): what is near them does as well.
type parameters struct {
	k1, b            float32 // BM25's saturation and length
	hanK1, hanB      float32 // the same for Chinese
	han              float32 // weight of single characters
	idle             float32 // weight of pairs with a character that carries no subject
	phrase           float32 // weight of pairs that people ask with, whatever about
	trigram          float32 // weight of letter trigrams
	unknownTrigram   float32 // factor when the knowledge does not have the word: it may be misheard
	syllables        float32 // weight of pairs of syllables
	unknownSyllables float32 // factor when it does not have the pair of characters
	user             float32 // weight of what the customer said before
	bot              float32 // weight of what the bot said before: it names the entity
	decay            float32 // for each turn further back
	turn             float32 // the most that an earlier turn weighs, in questions
	name             float32 // weight of a name in full
	nameDecay        float32 // for each turn further back
	otherLanguage    float32 // factor for passages in another language than asked for
}

var defaults = parameters{k1: 2.5, b: 0.9, hanK1: 1.2, hanB: 0.75, han: 0.8, idle: 0.3, phrase: 0.2,
	trigram: 0.1, unknownTrigram: 2, syllables: 0.1, unknownSyllables: 8,
	user: 0.6, bot: 0.7, decay: 0.7, turn: 1, name: 3, nameDecay: 0.8, otherLanguage: 0.5}

// weighted is a term of a query.
type weighted struct {
	term     term
	weight   float32 // in the score
	question float32 // how often the question itself has it
	idf      float32
	gain     float32 // weight times idf
	bound    float32 // no passage gets more
	of       term    // of a term by sound: the term by word that it doubles
	list     *list
}

// Limits of what is read of a question and of an earlier turn, in bytes, of how many
// turns, and of the terms looked up.
const (
	maxQuestion = 8000
	maxHistory  = 4000
	maxTurns    = 16
	maxTerms    = 4000
)

// head is the beginning of a text, cut between characters.
func head(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

// ask turns the question and what was said before into weighted terms.
func (ix *Index) ask(s *scratch, q *Query) {
	clear(s.terms)
	s.query = s.query[:0]
	p := &s.p
	text := head(q.Text, maxQuestion)
	s.analyse.terms(text, func(t, of term) {
		if w := s.at(t); w != nil {
			w.weight++
			w.question++
			w.of = of
		}
	})
	distinct := float32(2)
	for _, w := range s.query {
		if w.term.field() == byWord {
			distinct++
		}
	}
	decay, nameDecay := float32(1), p.name
	ix.mention(s, text, p.name)
	for i, turn := range slices.Backward(q.History) {
		if len(q.History)-i > maxTurns || decay < 0.01 {
			break
		}
		base := p.user
		if turn.Role == "assistant" {
			base = p.bot
		}
		nameDecay *= p.nameDecay
		said := head(turn.Text, maxHistory)
		s.said(said, base*decay, p.turn*distinct)
		ix.mention(s, said, nameDecay)
		decay *= p.decay
	}
	ix.weigh(s)
}

// at is the place of a term in the query; nil when the query is full.
func (s *scratch) at(t term) *weighted {
	i, ok := s.terms[t]
	if !ok {
		if len(s.query) == maxTerms {
			return nil
		}
		i = len(s.query)
		s.terms[t] = i
		s.query = append(s.query, weighted{term: t})
	}
	return &s.query[i]
}

// said adds the terms of an earlier turn, each once, all together at most limit.
func (s *scratch) said(text string, weight, limit float32) {
	clear(s.seen)
	s.once = s.once[:0]
	s.analyse.terms(text, func(t, _ term) {
		if t.field() == byWord && !s.seen[t] {
			s.seen[t] = true
			s.once = append(s.once, t)
		}
	})
	if n := len(s.once); n > 0 {
		weight *= min(1, limit/float32(n))
	}
	for _, t := range s.once {
		if w := s.at(t); w != nil {
			w.weight += weight
		}
	}
}

// mention adds the names that a text says in full; several share the weight.
func (ix *Index) mention(s *scratch, text string, weight float32) {
	if weight < 0.01 {
		return
	}
	s.once = s.once[:0]
	s.names.read(text)
	for i := range s.names.len() {
		for n := min(maxName, s.names.len()-i); n >= 2; n-- {
			if ix.names[n] > 0 {
				if t := s.names.name(i, i+n); t != 0 && ix.list(t) != nil && !slices.Contains(s.once, t) {
					s.once = append(s.once, t)
					break
				}
			}
		}
	}
	for _, t := range s.once {
		if w := s.at(t); w != nil {
			w.weight += weight / float32(len(s.once))
		}
	}
}

// weigh finds the lists and what each term can give.
func (ix *Index) weigh(s *scratch) {
	n := float64(ix.len())
	p := &s.p
	for i := range s.query {
		w := &s.query[i]
		w.list = ix.list(w.term)
		df := 0.0
		if w.list != nil {
			df = float64(len(w.list.postings))
		}
		w.idf = float32(math.Log(1 + (n-df+0.5)/(df+0.5)))
		w.gain = w.weight * w.idf * p.factor(w, w.of != 0 && ix.list(w.of) == nil)
		w.bound = 0
		if w.list != nil {
			w.bound = w.gain / (1 + s.least(w.term.field(), w.list))
		}
	}
	s.order = s.order[:0]
	for i := range s.query {
		if s.query[i].bound > 0 {
			s.order = append(s.order, int32(i))
		}
	}
	slices.SortFunc(s.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.query[b].bound, s.query[a].bound), cmp.Compare(a, b))
	})
	s.order = s.order[:min(len(s.order), mostScored)]
}

// mostScored is how many terms choose the passages, those that can give most; what the
// others give counts in the score of the passages that are chosen.
const mostScored = 128

// factor is the weight of a term's kind; misheard: of a term by sound whose word is
// unknown to the knowledge.
func (p *parameters) factor(w *weighted, misheard bool) float32 {
	switch w.term & 7 {
	case kindHan:
		return p.han
	case kindHanPair:
		if stopPairs[w.term] {
			return p.phrase
		}
		if w.term.idle() {
			return p.idle
		}
	case kindTrigram:
		if misheard {
			return p.trigram * p.unknownTrigram
		}
		return p.trigram
	case kindSyllables:
		if misheard {
			return p.syllables * p.unknownSyllables
		}
		return p.syllables
	}
	return 1
}
