package rag

// dictionary numbers terms from 0. It is an open table, since a map's cost for
// each of a passage's terms is most of the cost of building an index.
type dictionary struct {
	keys    []term // 0 is empty; a power of two of them
	numbers []uint32
	n       int
}

func newDictionary(size int) dictionary {
	n := 64
	for n < size*2 {
		n *= 2
	}
	return dictionary{keys: make([]term, n), numbers: make([]uint32, n)}
}

// place is where the term is, or where it would be.
func (d *dictionary) place(t term) int {
	mask := uint64(len(d.keys) - 1)
	i := uint64(t) * 0x9E3779B97F4A7C15 >> 20 & mask
	for d.keys[i] != t && d.keys[i] != 0 {
		i = (i + 1) & mask
	}
	return int(i)
}

// find gives a term's number.
func (d *dictionary) find(t term) (uint32, bool) {
	i := d.place(t)
	return d.numbers[i], d.keys[i] != 0
}

// number gives a term's number, the next one to a new term.
func (d *dictionary) number(t term) uint32 {
	i := d.place(t)
	if d.keys[i] == 0 {
		if d.n*3 >= len(d.keys)*2 {
			d.grow()
			i = d.place(t)
		}
		d.keys[i], d.numbers[i] = t, uint32(d.n)
		d.n++
	}
	return d.numbers[i]
}

func (d *dictionary) grow() {
	bigger := dictionary{keys: make([]term, 2*len(d.keys)), numbers: make([]uint32, 2*len(d.keys)), n: d.n}
	for i, t := range d.keys {
		if t != 0 {
			at := bigger.place(t)
			bigger.keys[at], bigger.numbers[at] = t, d.numbers[i]
		}
	}
	*d = bigger
}

// terms are all terms by number.
func (d *dictionary) terms() []term {
	out := make([]term, d.n)
	for i, t := range d.keys {
		if t != 0 {
			out[d.numbers[i]] = t
		}
	}
	return out
}
