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
	mu      sync.RWMutex
	state                 // guarded by mu
	changed chan struct{} // holds something when there was a change since it was read
}

// state is an index's content.
type state struct {
	dict      dictionary // of terms, whose numbers are places in lists
	lists     []list
	slots     []*Passage // by slot number; nil is empty
	shapes    []shape    // by slot number
	free      []uint32   // empty slots
	documents map[string][]uint32
	languages []language
	tongues   map[string]uint8 // places in languages
	names     [maxName + 1]int // names by length in units
	gates     gates
	counter   *counter
}

// shape is what a search needs of a passage.
type shape struct {
	length [fields]float32 // terms in each field
	lang   uint8
	gate   uint16
}

// language is what is known of all passages of one language.
type language struct {
	name     string
	passages int
	length   [fields]float64 // sum over the passages
}

// maxLanguages bounds the languages told apart; the others are one.
const maxLanguages = 250

// mean is the length of the average passage.
func (l *language) mean(f field) float32 {
	if l.passages == 0 || l.length[f] == 0 {
		return 1
	}
	return float32(l.length[f] / float64(l.passages))
}

func newState() state {
	return state{dict: newDictionary(1 << 10), documents: map[string][]uint32{}, tongues: map[string]uint8{}, gates: newGates(), counter: newCounter()}
}

// New is an index of these passages.
func New(ps ...Passage) *Index { return &Index{state: build(ps), changed: make(chan struct{}, 1)} }

// Replace makes these passages all that the index holds. It works beside searches,
// which find the old ones until it is done, and on all processors.
func (ix *Index) Replace(ps []Passage) {
	s := build(ps)
	ix.mu.Lock()
	ix.state = s
	ix.mu.Unlock()
	ix.stir()
}

// Put adds a document, or replaces the one with its ID.
func (ix *Index) Put(doc Document) { ix.PutPassages(doc.ID, Split(doc)) }

// PutPassages does the same with passages that were split by another.
func (ix *Index) PutPassages(document string, ps []Passage) {
	ix.mu.Lock()
	defer ix.stir()
	defer ix.mu.Unlock()
	ix.remove(document)
	for i := range ps {
		p := ps[i]
		p.Document = document
		ix.add(&p)
	}
}

// Remove takes a document out.
func (ix *Index) Remove(id string) {
	ix.mu.Lock()
	defer ix.stir()
	defer ix.mu.Unlock()
	ix.remove(id)
}

// stir tells whoever keeps something in step with the passages.
func (ix *Index) stir() {
	select {
	case ix.changed <- struct{}{}:
	default:
	}
}

// passages are the passages by slot; nil is empty. They are not to be changed.
func (ix *Index) passages() []*Passage {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return slices.Clone(ix.slots)
}

// Len is how many passages there are.
func (ix *Index) Len() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return ix.len()
}

func (s *state) len() int { return len(s.slots) - len(s.free) }

func (s *state) add(p *Passage) {
	c := s.counter
	at := s.settle(p, c)
	for i, t := range c.found {
		n := s.dict.number(t)
		if int(n) == len(s.lists) {
			s.lists = append(s.lists, list{})
		}
		s.lists[n].add(post(at, c.counts[i]), c.lengths[t.field()])
	}
}

// settle counts a passage's terms and gives it a slot.
func (s *state) settle(p *Passage, c *counter) uint32 {
	if p.Language == "" {
		p.Language = LanguageOf(p.Title + " " + p.Text)
	}
	c.count(p)
	return s.place(p, c.lengths, c.units)
}

// place gives a passage a slot and counts it in the statistics.
func (s *state) place(p *Passage, lengths [fields]float32, units []int) uint32 {
	sh := shape{lang: s.tongue(p.Language), gate: s.gates.enter(p), length: lengths}
	l := &s.languages[sh.lang]
	l.passages++
	for f := range sh.length {
		l.length[f] += float64(sh.length[f])
	}
	for _, u := range units {
		s.names[u]++
	}
	var at uint32
	if n := len(s.free); n > 0 {
		at, s.free = s.free[n-1], s.free[:n-1]
		s.slots[at], s.shapes[at] = p, sh
	} else {
		at = uint32(len(s.slots))
		s.slots, s.shapes = append(s.slots, p), append(s.shapes, sh)
	}
	s.documents[p.Document] = append(s.documents[p.Document], at)
	return at
}

// tongue is a language's place.
func (s *state) tongue(name string) uint8 {
	if at, ok := s.tongues[name]; ok {
		return at
	}
	if len(s.languages) == maxLanguages {
		name = "und"
		if at, ok := s.tongues[name]; ok {
			return at
		}
	}
	at := uint8(len(s.languages))
	s.languages, s.tongues[name] = append(s.languages, language{name: name}), at
	return at
}

func (s *state) remove(document string) {
	for _, at := range s.documents[document] {
		p, sh := s.slots[at], s.shapes[at]
		c := s.counter
		c.count(p)
		for _, t := range c.found {
			if n, ok := s.dict.find(t); ok {
				s.lists[n].remove(at)
			}
		}
		for _, u := range c.units {
			s.names[u]--
		}
		l := &s.languages[sh.lang]
		l.passages--
		for f := range sh.length {
			l.length[f] -= float64(sh.length[f])
		}
		s.gates.leave(p, sh.gate)
		s.slots[at], s.shapes[at] = nil, shape{}
		s.free = append(s.free, at)
	}
	delete(s.documents, document)
}

// list is a term's list, nil when no passage has it.
func (s *state) list(t term) *list {
	n, ok := s.dict.find(t)
	if !ok || len(s.lists[n].postings) == 0 {
		return nil
	}
	return &s.lists[n]
}
