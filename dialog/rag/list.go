package rag

import "slices"

// posting says how often a passage holds a term, its title counted twice: the
// slot above, the number (up to maxCount) in the low bits.
type posting uint32

const (
	countBits = 6
	maxCount  = 1<<countBits - 1
	maxSlots  = 1 << (32 - countBits)
)

func post(slot uint32, n uint16) posting { return posting(slot<<countBits | uint32(min(n, maxCount))) }

func (p posting) slot() uint32 { return uint32(p >> countBits) }

// list is the postings of one term, in order of their slots.
type list struct {
	postings []posting
	// No posting's number is above most, and no passage's field is shorter than thin times
	// its number. After removals the bounds may be wider than needed.
	most uint8
	thin float32
}

// add puts a posting in its place; new passages mostly come last.
func (l *list) add(p posting, length float32) {
	l.know(p, length)
	if n := len(l.postings); n == 0 || l.postings[n-1] < p {
		l.postings = append(l.postings, p)
		return
	}
	i, _ := l.find(p.slot())
	l.postings = slices.Insert(l.postings, i, p)
}

// know widens the bounds for a posting.
func (l *list) know(p posting, length float32) {
	if len(l.postings) == 0 {
		l.most, l.thin = 0, maxLength
	}
	n := p & maxCount
	l.most, l.thin = max(l.most, uint8(n)), min(l.thin, length/float32(n))
}

func (l *list) remove(slot uint32) {
	if i, ok := l.find(slot); ok {
		l.postings = slices.Delete(l.postings, i, i+1)
	}
	if len(l.postings) == 0 {
		l.postings = nil
	}
}

func (l *list) find(slot uint32) (int, bool) {
	lo, hi := 0, len(l.postings)
	for lo < hi {
		if mid := (lo + hi) / 2; l.postings[mid].slot() < slot {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(l.postings) && l.postings[lo].slot() == slot
}

// holds reports whether the passage in the slot has the term; a nil list has none.
func (l *list) holds(slot uint32) bool {
	if l == nil {
		return false
	}
	_, ok := l.find(slot)
	return ok
}
