package rag

import "math"

// signs are what tells whether a passage answers a question: shares from 0 to 1.
type signs struct {
	cover   float64 // of the question's weight, what the passage has
	context float64 // of the weight of the question and what was said before, what the passage has
	score   float64 // of the most that all terms could give
}

// weights of the signs, learnt on answerable and unanswerable questions and on
// questions put into conversations they do not belong to (parley eval retrieval
// tells how well they part on the half they were not learnt on).
var weights = struct{ bias, cover, context, score float64 }{-3.1, 1.85, 3.6, 2.6}

// answers is how likely a passage with these signs answers the question, 0 to 1.
func (g signs) answers() float64 {
	w := &weights
	return 1 / (1 + math.Exp(-(w.bias + w.cover*g.cover + w.context*g.context + w.score*g.score)))
}

// judge takes the signs of the passage in a slot.
func (s *scratch) judge(at uint32, score float64) signs {
	var g signs
	var question, all, most float64
	for i := range s.query {
		w := &s.query[i]
		most += float64(w.gain)
		if w.term.field() == bySound {
			continue
		}
		held := w.list.holds(at)
		all += float64(w.gain)
		g.context += share(held, float64(w.gain))
		if w.question > 0 {
			weight := float64(w.idf * s.p.factor(w, false))
			question += weight
			g.cover += share(held, weight)
		}
	}
	g.cover, g.context, g.score = ratio(g.cover, question), ratio(g.context, all), ratio(score, most)
	return g
}

func share(held bool, weight float64) float64 {
	if held {
		return weight
	}
	return 0
}

func ratio(a, b float64) float64 {
	if b <= 0 {
		return 0
	}
	return a / b
}
