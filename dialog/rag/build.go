package rag

import (
	"runtime"
	"sync"
)

// part is what one worker counted: its share of the passages in order.
type part struct {
	passages []Passage
	dict     dictionary
	held     []uint64 // term number in this part << 16 | count, passage after passage
	ends     []int    // of each passage in held
	lengths  [][fields]float32
	units    [][]int
	global   []uint32 // the term numbers of all, by those of this part
	at       []uint32 // where the next posting of each of this part's terms goes
	most     []uint8  // as in list, by this part's terms
	thin     []float32
}

// build makes the state that adding the passages one by one would make, with all
// processors, and with all postings in one piece of memory.
func build(ps []Passage) state {
	parts := make([]*part, max(1, min(runtime.GOMAXPROCS(0), len(ps)/256)))
	var wg sync.WaitGroup
	for i := range parts {
		p := &part{passages: ps[len(ps)*i/len(parts) : len(ps)*(i+1)/len(parts)], dict: newDictionary(1 << 10)}
		parts[i] = p
		wg.Go(p.count)
	}
	wg.Wait()
	s := newState()
	for _, p := range parts {
		for i := range p.passages {
			s.place(&p.passages[i], p.lengths[i], p.units[i])
		}
	}
	s.lay(parts)
	first := 0
	for _, p := range parts {
		from := first
		wg.Go(func() { s.fill(p, uint32(from)) })
		first += len(p.passages)
	}
	wg.Wait()
	for _, p := range parts {
		for i, n := range p.global {
			s.lists[n].most = max(s.lists[n].most, p.most[i])
			s.lists[n].thin = min(s.lists[n].thin, p.thin[i])
		}
	}
	return s
}

func (p *part) count() {
	c := newCounter()
	p.passages = append([]Passage(nil), p.passages...)
	for i := range p.passages {
		pass := &p.passages[i]
		if pass.Language == "" {
			pass.Language = LanguageOf(pass.Title + " " + pass.Text)
		}
		c.count(pass)
		for j, t := range c.found {
			p.held = append(p.held, uint64(p.dict.number(t))<<16|uint64(c.counts[j]))
		}
		p.ends = append(p.ends, len(p.held))
		p.lengths = append(p.lengths, c.lengths)
		p.units = append(p.units, append([]int(nil), c.units...))
	}
}

// lay numbers the terms of all parts and gives each list its place in memory.
func (s *state) lay(parts []*part) {
	size := 0
	var counts []uint32
	for _, p := range parts {
		here := make([]uint32, p.dict.n)
		for _, h := range p.held {
			here[h>>16]++
		}
		p.global, p.at = make([]uint32, p.dict.n), make([]uint32, p.dict.n)
		for i, t := range p.dict.terms() {
			n := s.dict.number(t)
			if int(n) == len(counts) {
				counts = append(counts, 0)
			}
			p.global[i], p.at[i] = n, counts[n] // within the list, for now
			counts[n] += here[i]
		}
		size += len(p.held)
	}
	slab, next := make([]posting, size), uint32(0)
	s.lists = make([]list, len(counts))
	for n, c := range counts {
		s.lists[n] = list{postings: slab[next : next+c : next+c], thin: maxLength}
		next += c
	}
}

// maxLength is above the length of any field.
const maxLength = 1e9

// fill writes a part's postings.
func (s *state) fill(p *part, slot uint32) {
	p.most, p.thin = make([]uint8, len(p.global)), make([]float32, len(p.global))
	for i := range p.thin {
		p.thin[i] = maxLength
	}
	terms := p.dict.terms()
	from := 0
	for i, end := range p.ends {
		for _, h := range p.held[from:end] {
			n := h >> 16
			e := post(slot, uint16(h))
			s.lists[p.global[n]].postings[p.at[n]] = e
			p.at[n]++
			p.most[n] = max(p.most[n], uint8(e&maxCount))
			p.thin[n] = min(p.thin[n], p.lengths[i][terms[n].field()]/float32(e&maxCount))
		}
		from = end
		slot++
	}
}
