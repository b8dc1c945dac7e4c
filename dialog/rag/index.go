package rag

import (
	"slices"
	"sync"
)

// Index holds passages in memory. It may be searched and changed by many
// goroutines; a change is seen by every search that begins after it.
//
// Each term has a list of the slots whose passages hold it, in order. A change
// edits the lists in place: there is nothing to merge or compact later, and the
// statistics are always those of a fresh index.
type Index struct {
	mu        sync.RWMutex
	lists     map[term][]posting   // guarded by mu, as all below
	slots     []slot               // by slot number
	free      []uint32             // empty slots
	documents map[string][]uint32  // the slots of each document
	languages map[string]*language // statistics
	analyse   *analyser
	vocabulary
}

// posting says how often a passage holds a term, its title counted twice.
type posting struct {
	slot uint32
	n    uint16
}

// slot is a place for a passage.
type slot struct {
	passage *Passage
	lang    *language
	length  [fields]float32 // terms in each field
}

// language is what is known of all passages of one language.
type language struct {
	passages int
	length   [fields]float64 // sum over the passages
}

// mean is the length of the average passage.
func (l *language) mean(f field) float32 {
	if l.passages == 0 || l.length[f] == 0 {
		return 1
	}
	return float32(l.length[f] / float64(l.passages))
}

// New is an index of these passages.
func New(ps ...Passage) *Index {
	ix := &Index{lists: map[term][]posting{}, documents: map[string][]uint32{}, languages: map[string]*language{}, analyse: newAnalyser()}
	for _, p := range ps {
		ix.add(p)
	}
	return ix
}

// Put adds a document, or replaces the one with its ID.
func (ix *Index) Put(doc Document) { ix.PutPassages(doc.ID, Split(doc)) }

// PutPassages does the same with passages that were split by another.
func (ix *Index) PutPassages(document string, ps []Passage) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.removeLocked(document)
	for _, p := range ps {
		p.Document = document
		ix.add(p)
	}
}

// Remove takes a document out.
func (ix *Index) Remove(id string) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.removeLocked(id)
}

// Len is how many passages there are.
func (ix *Index) Len() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return len(ix.slots) - len(ix.free)
}

func (ix *Index) add(p Passage) {
	if p.Language == "" {
		p.Language = LanguageOf(p.Title + " " + p.Text)
	}
	counts, lengths := ix.count(&p)
	l := ix.languages[p.Language]
	if l == nil {
		l = &language{}
		ix.languages[p.Language] = l
	}
	l.passages++
	for f := range lengths {
		l.length[f] += float64(lengths[f])
	}
	at := ix.place(slot{passage: &p, lang: l, length: lengths})
	ix.documents[p.Document] = append(ix.documents[p.Document], at)
	for t, n := range counts {
		ix.lists[t] = insert(ix.lists[t], posting{slot: at, n: n})
	}
	ix.learn(&p, 1)
}

func (ix *Index) place(s slot) uint32 {
	if n := len(ix.free); n > 0 {
		at := ix.free[n-1]
		ix.free = ix.free[:n-1]
		ix.slots[at] = s
		return at
	}
	ix.slots = append(ix.slots, s)
	return uint32(len(ix.slots) - 1)
}

// insert keeps the list in order; new passages mostly come last.
func insert(list []posting, p posting) []posting {
	if n := len(list); n == 0 || list[n-1].slot < p.slot {
		return append(list, p)
	}
	i, _ := find(list, p.slot)
	return slices.Insert(list, i, p)
}

func find(list []posting, at uint32) (int, bool) {
	return slices.BinarySearchFunc(list, at, func(p posting, at uint32) int { return int(p.slot) - int(at) })
}

func (ix *Index) removeLocked(document string) {
	for _, at := range ix.documents[document] {
		s := ix.slots[at]
		counts, _ := ix.count(s.passage)
		for t := range counts {
			list := ix.lists[t]
			if i, ok := find(list, at); ok {
				list = slices.Delete(list, i, i+1)
			}
			if len(list) == 0 {
				delete(ix.lists, t)
			} else {
				ix.lists[t] = list
			}
		}
		s.lang.passages--
		for f := range s.length {
			s.lang.length[f] -= float64(s.length[f])
		}
		ix.learn(s.passage, -1)
		ix.slots[at] = slot{}
		ix.free = append(ix.free, at)
	}
	delete(ix.documents, document)
}

// Weights of a passage's parts: a title word counts as two.
const (
	titleWeight = 2
	askedWeight = 2
)

// count gives the weighted number of each term and the length of each field.
func (ix *Index) count(p *Passage) (map[term]uint16, [fields]float32) {
	counts := make(map[term]uint16, 64)
	var lengths [fields]float32
	part := func(text string, weight uint16) {
		ix.analyse.terms(text, func(t, _ term) {
			if c := counts[t]; c < 1<<16-1-weight {
				counts[t] = c + weight
			}
			lengths[t.field()] += float32(weight)
		})
	}
	part(p.Title, titleWeight)
	for _, q := range p.Asked {
		part(q, askedWeight)
	}
	part(p.Text, 1)
	return counts, lengths
}
