package rag

// counter counts the terms of one passage at a time.
type counter struct {
	analyse *analyser
	names   *namer
	table   dictionary
	found   []term   // by number
	counts  []uint16 // by number
	lengths [fields]float32
	units   []int // of the names
}

func newCounter() *counter {
	return &counter{analyse: newAnalyser(), names: newNamer(), table: newDictionary(512)}
}

// Weights of a passage's parts: a title word counts as two.
const (
	titleWeight = 2
	askedWeight = 2
)

// count gives the weighted number of each term in found and counts, and the length
// of each field in lengths, until the next call.
func (c *counter) count(p *Passage) {
	clear(c.table.keys)
	c.table.n = 0
	c.found, c.counts, c.units, c.lengths = c.found[:0], c.counts[:0], c.units[:0], [fields]float32{}
	c.part(p.Title, titleWeight)
	for _, q := range p.Asked {
		c.part(q, askedWeight)
	}
	c.part(p.Text, 1)
	c.names.named(p.Title, func(t term, units int) {
		c.add(t, 1)
		c.units = append(c.units, units)
	})
}

func (c *counter) part(text string, weight uint16) {
	c.analyse.terms(text, func(t, _ term) {
		c.add(t, weight)
		c.lengths[t.field()] += float32(weight)
	})
}

func (c *counter) add(t term, weight uint16) {
	i := c.table.number(t)
	if int(i) == len(c.found) {
		c.found, c.counts = append(c.found, t), append(c.counts, 0)
	}
	if c.counts[i] < 1<<15 {
		c.counts[i] += weight
	}
}
