package rag

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// scratch is what a search needs besides the index, kept for the next search.
type scratch struct {
	p       parameters
	scores  []float32 // by slot; all 0 between searches
	touched []uint32  // slots with a score
	left    []uint32  // those that may be among the best
	open    []bool    // by gate
	norms   []scale   // by language
	analyse *analyser
	names   *namer
	terms   map[term]int // places in query
	query   []weighted
	order   []int32 // query's terms with a list, those that give most first
	seen    map[term]bool
	once    []term
	best    []float32
	found   []found
}

// scale makes BM25's normalised length of a length: base + slope·length.
type scale struct {
	base, slope [fields]float32
	factor      float32 // of the language, for this query
}

type found struct {
	slot  uint32
	score float64
}

var scratches = sync.Pool{New: func() any {
	return &scratch{p: defaults, analyse: newAnalyser(), names: newNamer(), terms: map[term]int{}, seen: map[term]bool{}}
}}

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
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return ix.search(s, q)
}

func (ix *Index) search(s *scratch, q Query) []Hit {
	ix.find(s, &q)
	return ix.hits(s, &q)
}

// find puts the K best in s.found.
func (ix *Index) find(s *scratch, q *Query) {
	ix.prepare(s, q)
	ix.ask(s, q)
	ix.gather(s, q)
	ix.rank(s, q.K)
	for _, at := range s.touched {
		s.scores[at] = 0
	}
	s.touched = s.touched[:0]
}

// prepare takes the statistics of the moment.
func (ix *Index) prepare(s *scratch, q *Query) {
	s.open = ix.gates.open(q, s.open)
	if len(s.scores) < len(ix.slots) {
		s.scores = make([]float32, len(ix.slots)+len(ix.slots)/4+16)
	}
	s.norms = s.norms[:0]
	want := primary(q.Language)
	for i := range ix.languages {
		l := &ix.languages[i]
		n := scale{factor: 1}
		k1, b := s.p.k1, s.p.b
		if l.name == "zh" {
			k1, b = s.p.hanK1, s.p.hanB
		}
		for f := range field(fields) {
			n.base[f], n.slope[f] = k1*(1-b), k1*b/l.mean(f)
		}
		if want != "" && l.name != want {
			n.factor = s.p.otherLanguage
		}
		s.norms = append(s.norms, n)
	}
}

// least is the least that a norm can be, in times the number, for a list of such
// bounds in any language.
func (s *scratch) least(f field, l *list) float32 {
	out := float32(maxLength)
	for i := range s.norms {
		out = min(out, s.norms[i].base[f]/float32(l.most)+s.norms[i].slope[f]*l.thin)
	}
	return out
}

// gather scores the passages, term by term. Once all terms that are left cannot
// bring a new passage among the K best, only those that still can be are looked
// up in the lists: the K best are the same, and so are their scores.
func (ix *Index) gather(s *scratch, q *Query) {
	var rest float32
	for _, i := range s.order {
		rest += s.query[i].bound
	}
	s.left = s.left[:0]
	since := 0
	for n, i := range s.order {
		w := &s.query[i]
		if since += len(w.list.postings); since > len(s.touched) && len(s.touched) > q.K {
			since = 0
			if s.kth(s.touched, q.K) > rest*(1+slack) {
				ix.finish(s, s.order[n:], rest, q.K)
				return
			}
		}
		ix.scan(s, w, q)
		rest -= w.bound
	}
	s.left = append(s.left, s.touched...)
}

// slack is for sums of float32 in another order.
const slack = 1e-4

// scan adds what a term gives to every passage that holds it.
func (ix *Index) scan(s *scratch, w *weighted, q *Query) {
	f := w.term.field() & (fields - 1)
	shapes, scores, norms, touched := ix.shapes, s.scores[:len(ix.shapes)], s.norms, s.touched // not read anew for each posting
	for _, e := range w.list.postings {
		at := e.slot()
		sh := &shapes[at]
		x := scores[at]
		if x == 0 {
			if sh.gate != 0 && !ix.passes(s, at, q) {
				continue
			}
			touched = append(touched, at)
		}
		n, norm := float32(e&maxCount), &norms[sh.lang]
		scores[at] = x + w.gain*norm.factor*n/(n+norm.base[f]+norm.slope[f]*sh.length[f]) // as give
	}
	s.touched = touched
}

// passes reports whether the passage in a slot is for this query.
func (ix *Index) passes(s *scratch, at uint32, q *Query) bool {
	if g := ix.shapes[at].gate; g != crowded {
		return s.open[g]
	}
	return ix.slots[at].holds(q.Audience, q.Now)
}

// give is what a term gives to a passage.
func (s *scratch) give(w *weighted, f field, sh *shape, e posting) float32 {
	n, norm := float32(e&maxCount), &s.norms[sh.lang]
	return w.gain * norm.factor * n / (n + norm.base[f] + norm.slope[f]*sh.length[f])
}

// kth is the k-th best score so far.
func (s *scratch) kth(slots []uint32, k int) float32 {
	best := s.best[:0]
	for _, at := range slots {
		x := s.scores[at]
		if len(best) == k && x <= best[k-1] {
			continue
		}
		i := len(best)
		if i < k {
			best = append(best, x)
		} else {
			i--
		}
		for ; i > 0 && best[i-1] < x; i-- {
			best[i] = best[i-1]
		}
		best[i] = x
	}
	s.best = best
	if len(best) < k {
		return 0
	}
	return best[k-1]
}

// finish gives the terms that are left to the passages that can still be among the
// K best. A list that is not much longer than there are such passages is read
// through; in a longer one they are looked up.
func (ix *Index) finish(s *scratch, order []int32, rest float32, k int) {
	s.left = s.hopeful(append(s.left, s.touched...), rest, k)
	sorted, since := false, 0
	for _, i := range order {
		w := &s.query[i]
		rest -= w.bound
		if n := len(w.list.postings); n < longer*len(s.left) {
			ix.rescan(s, w)
			since += n
		} else {
			if !sorted {
				slices.Sort(s.left)
				sorted = true
			}
			ix.lookUp(s, w)
			since += longer * len(s.left)
		}
		if len(s.left) > 2*k && since > len(s.left) {
			s.left, since = s.hopeful(s.left, rest, k), 0
		}
	}
}

// longer is how many times as long as the passages left a list is to be for looking
// them up in it.
const longer = 16

// rescan adds what a term gives to the passages that have a score.
func (ix *Index) rescan(s *scratch, w *weighted) {
	f := w.term.field() & (fields - 1)
	shapes, scores, norms := ix.shapes, s.scores[:len(ix.shapes)], s.norms
	for _, e := range w.list.postings {
		at := e.slot()
		if x := scores[at]; x > 0 {
			n, sh := float32(e&maxCount), &shapes[at]
			norm := &norms[sh.lang]
			scores[at] = x + w.gain*norm.factor*n/(n+norm.base[f]+norm.slope[f]*sh.length[f])
		}
	}
}

// lookUp adds what a term gives to the passages that are left, which are in order.
func (ix *Index) lookUp(s *scratch, w *weighted) {
	f, list := w.term.field(), w.list.postings
	for _, at := range s.left {
		list = list[gallop(list, at):]
		if len(list) == 0 {
			break
		}
		if list[0].slot() == at {
			s.scores[at] += s.give(w, f, &ix.shapes[at], list[0])
		}
	}
}

// gallop is where the first posting of a slot at or beyond at is.
func gallop(list []posting, at uint32) int {
	want := posting(at << countBits)
	if len(list) == 0 || list[0] >= want {
		return 0
	}
	step := 1
	for step < len(list) && list[step] < want {
		step *= 2
	}
	lo, hi := step/2, min(step, len(list))
	for lo < hi {
		if mid := (lo + hi) / 2; list[mid] < want {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// hopeful keeps, in place, the slots that can reach the K best with rest more.
func (s *scratch) hopeful(slots []uint32, rest float32, k int) []uint32 {
	sure := s.kth(slots, k) * (1 - slack)
	out := slots[:0]
	for _, at := range slots {
		if s.scores[at]+rest >= sure {
			out = append(out, at)
		}
	}
	return out
}

// maxTies bounds how many passages of nearly the same score are looked at again.
const maxTies = 256

// rank puts the K best in s.found, scored again in the order of the question's
// terms: the order is that of a fresh index, whatever the history of this one.
func (ix *Index) rank(s *scratch, k int) {
	left := s.hopeful(s.left, 0, k)
	if len(left) > k+maxTies {
		slices.SortFunc(left, func(a, b uint32) int {
			return cmp.Or(cmp.Compare(s.scores[b], s.scores[a]), ix.slots[a].compare(ix.slots[b]))
		})
		left = left[:k+maxTies]
	}
	s.found = s.found[:0]
	for _, at := range left {
		s.found = append(s.found, found{at, s.exact(at, &ix.shapes[at])})
	}
	slices.SortFunc(s.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.score, a.score), ix.slots[a.slot].compare(ix.slots[b.slot]))
	})
	s.found = s.found[:min(k, len(s.found))]
}

// exact is a passage's score, summed in the order of the query.
func (s *scratch) exact(at uint32, sh *shape) float64 {
	sum := 0.0
	for i := range s.query {
		w := &s.query[i]
		if w.list == nil {
			continue
		}
		if j, ok := w.list.find(at); ok {
			sum += float64(s.give(w, w.term.field(), sh, w.list.postings[j]))
		}
	}
	return sum
}

// compare orders passages that are as good as one another.
func (p *Passage) compare(o *Passage) int {
	return cmp.Or(cmp.Compare(p.Document, o.Document), cmp.Compare(p.Start, o.Start), cmp.Compare(p.ID, o.ID))
}

// hits hands out what was found.
func (ix *Index) hits(s *scratch, q *Query) []Hit {
	hits := make([]Hit, len(s.found))
	for i, f := range s.found {
		h := ix.slots[f.slot].hit()
		h.Score = f.score
		h.Coverage, h.Likeness = s.coverage(f.slot, byWord), s.coverage(f.slot, bySound)
		h.Answers = s.judge(f.slot, f.score).answers()
		h.Why = s.why(q.Text, f.slot)
		hits[i] = h
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
		if w.list.holds(at) {
			held += w.idf
		}
	}
	if all == 0 {
		return 0
	}
	return float64(held / all)
}
