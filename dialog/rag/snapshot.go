package rag

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"
)

var (
	// ErrStale: the snapshot is of other knowledge, or of another version of the program.
	ErrStale = errors.New("rag: the snapshot is stale")
	// ErrSnapshot: what was read is no snapshot, or a broken one.
	ErrSnapshot = errors.New("rag: not a snapshot")
)

// snapshotFormat changes whenever the bytes, or the terms of the same text, change.
const snapshotFormat = "parley index 2\n"

var crcTable = crc32.MakeTable(crc32.Castagnoli) // processors have it

// Frozen is an index's content at one moment.
type Frozen struct {
	slots    []*Passage
	shapes   []shape
	names    [maxName + 1]int
	terms    []term
	counts   []uint32 // postings of each term
	postings []posting
}

// Freeze takes the content as it is. Changes wait while it is copied, and not while it is
// written.
func (ix *Index) Freeze() *Frozen {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	f := &Frozen{slots: slices.Clone(ix.slots), shapes: slices.Clone(ix.shapes), names: ix.names}
	all := ix.dict.terms()
	size := 0
	for _, l := range ix.lists {
		size += len(l.postings)
	}
	f.postings = make([]posting, 0, size)
	for n, t := range all {
		if l := ix.lists[n].postings; len(l) > 0 {
			f.terms, f.counts = append(f.terms, t), append(f.counts, uint32(len(l)))
			f.postings = append(f.postings, l...)
		}
	}
	return f
}

// Write writes it so that ReadSnapshot finds it again faster than it can be built. The stamp
// says which state of the knowledge it is of.
func (f *Frozen) Write(w io.Writer, stamp string) error {
	b := &pen{}
	b.text(stamp)
	f.encode(b)
	sum := crc32.Checksum(b.buf, crcTable)
	for _, part := range [][]byte{[]byte(snapshotFormat), binary.LittleEndian.AppendUint32(nil, sum), b.buf} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("rag: write snapshot: %w", err)
		}
	}
	return nil
}

// WriteSnapshot writes the index as it is.
func (ix *Index) WriteSnapshot(w io.Writer, stamp string) error { return ix.Freeze().Write(w, stamp) }

// ReadSnapshot makes a snapshot the index's content when fits accepts its stamp. On an error
// the content stays as it was. It works on all processors.
func (ix *Index) ReadSnapshot(all []byte, fits func(stamp string) bool) error {
	b, ok := bytes.CutPrefix(all, []byte(snapshotFormat))
	if !ok && bytes.HasPrefix(all, []byte("parley index ")) {
		return ErrStale
	}
	if !ok || len(b) < 4 || crc32.Checksum(b[4:], crcTable) != binary.LittleEndian.Uint32(b) {
		return ErrSnapshot
	}
	e := &eye{buf: b[4:]}
	stamp := e.text()
	if e.bad {
		return ErrSnapshot
	}
	if !fits(stamp) {
		return ErrStale
	}
	s, err := decode(e)
	if err != nil {
		return err
	}
	ix.mu.Lock()
	ix.state = s
	ix.mu.Unlock()
	ix.stir()
	return nil
}

// encode writes, without the empty slots: how many passages and how many bytes of text there
// are, all texts in one piece, what else is known of each passage; then how many terms and
// postings, and the names, terms, counts and postings as arrays of fixed width.
func (f *Frozen) encode(b *pen) {
	slots := make([]uint32, len(f.slots))
	next := uint32(0)
	var texts, about pen
	for at, p := range f.slots {
		if p != nil {
			slots[at] = next
			next++
			about.passage(p, &texts)
			for _, l := range f.shapes[at].length {
				about.number(uint64(math.Float32bits(l)))
			}
		}
	}
	b.number(uint64(next))
	b.text(string(texts.buf))
	b.number(uint64(len(about.buf)))
	b.buf = append(b.buf, about.buf...)
	for _, n := range f.names {
		b.number(uint64(n))
	}
	b.number(uint64(len(f.terms)))
	b.number(uint64(len(f.postings)))
	b.buf = slices.Grow(b.buf, 12*len(f.terms)+4*len(f.postings))
	for _, t := range f.terms {
		b.buf = binary.LittleEndian.AppendUint64(b.buf, uint64(t))
	}
	for _, n := range f.counts {
		b.buf = binary.LittleEndian.AppendUint32(b.buf, n)
	}
	for _, p := range f.postings {
		b.buf = binary.LittleEndian.AppendUint32(b.buf, uint32(post(slots[p.slot()], uint16(p&maxCount))))
	}
}

// decode believes nothing: a sum is no signature. Passages and terms are read side by side.
func decode(e *eye) (state, error) {
	s := newState()
	n := e.count(8)
	texts := e.piece()
	about := &eye{buf: e.piece()}
	for i := range s.names {
		if s.names[i] = int(e.number()); s.names[i] < 0 || s.names[i] > n*maxSlots {
			e.bad = true
		}
	}
	terms := e.count(12)
	postings := e.count(4)
	if e.bad || n > maxSlots || len(e.buf) != 12*terms+4*postings {
		return s, ErrSnapshot
	}
	keys, counts, all := e.buf[:8*terms], e.buf[8*terms:12*terms], e.buf[12*terms:]
	var wg sync.WaitGroup
	wg.Go(func() { s.decodePassages(n, about, string(texts)) })
	slab := make([]posting, postings)
	right := s.decodeTerms(keys, counts, slab)
	for i := range slab {
		slab[i] = posting(binary.LittleEndian.Uint32(all[4*i:]))
	}
	wg.Wait()
	if !right || about.bad || len(about.buf) > 0 {
		return s, ErrSnapshot
	}
	workers := max(1, min(runtime.GOMAXPROCS(0), terms/1024))
	rights := make([]bool, workers)
	ts := s.dict.terms()
	for w := range workers {
		wg.Go(func() { rights[w] = s.bound(ts, terms*w/workers, terms*(w+1)/workers) })
	}
	wg.Wait()
	if slices.Contains(rights, false) {
		return s, ErrSnapshot
	}
	return s, nil
}

// decodePassages fills the slots from what is known of n passages; about is bad when that
// cannot be.
func (s *state) decodePassages(n int, about *eye, texts string) {
	all := make([]Passage, n)
	s.slots, s.shapes = make([]*Passage, 0, n), make([]shape, 0, n)
	for i := range all {
		p := &all[i]
		about.passage(p, &texts)
		var lengths [fields]float32
		for f := range lengths {
			lengths[f] = math.Float32frombits(uint32(about.number()))
			if !(lengths[f] >= 0 && lengths[f] < maxLength) {
				about.bad = true
			}
		}
		if about.bad {
			return
		}
		s.place(p, lengths, nil)
	}
	about.bad = about.bad || len(texts) > 0
}

// decodeTerms numbers the terms and gives each its part of the postings.
func (s *state) decodeTerms(keys, counts []byte, slab []posting) bool {
	n := len(keys) / 8
	s.dict, s.lists = newDictionary(n), make([]list, n)
	from := 0
	for i := range n {
		t, k := term(binary.LittleEndian.Uint64(keys[8*i:])), int(binary.LittleEndian.Uint32(counts[4*i:]))
		if k == 0 || k > len(slab)-from || t&7 == 0 || t&7 > kindSyllables || int(s.dict.number(t)) != i {
			return false
		}
		s.lists[i].postings = slab[from : from+k : from+k]
		from += k
	}
	return from == len(slab)
}

// bound finds the bounds of the lists from one to another, and whether they can be.
func (s *state) bound(ts []term, from, to int) bool {
	for i := from; i < to; i++ {
		l, f, last := &s.lists[i], ts[i].field(), -1
		l.thin = maxLength
		for _, p := range l.postings {
			at, c := int(p.slot()), p&maxCount
			if at <= last || at >= len(s.shapes) || c == 0 {
				return false
			}
			last = at
			l.most, l.thin = max(l.most, uint8(c)), min(l.thin, s.shapes[at].length[f]/float32(c))
		}
	}
	return true
}

// pen writes numbers and texts.
type pen struct{ buf []byte }

func (b *pen) number(n uint64) { b.buf = binary.AppendUvarint(b.buf, n) }

func (b *pen) text(s string) {
	b.number(uint64(len(s)))
	b.buf = append(b.buf, s...)
}

func (b *pen) time(t time.Time) {
	if t.IsZero() {
		b.number(0)
		return
	}
	b.number(1)
	b.number(uint64(t.Unix()))
	b.number(uint64(t.Nanosecond()))
}

// passage writes what is known of a passage, and its texts beside it.
func (b *pen) passage(p *Passage, texts *pen) {
	put := func(s string) {
		b.number(uint64(len(s)))
		texts.buf = append(texts.buf, s...)
	}
	for _, s := range []string{p.ID, p.Document, p.Title, p.Question, p.Text, p.Language, p.Source, p.Audience} {
		put(s)
	}
	b.number(uint64(len(p.Asked)))
	for _, s := range p.Asked {
		put(s)
	}
	for _, n := range []int{p.Start, p.End, p.Page, int(p.Version)} {
		b.number(uint64(n))
	}
	b.time(p.From)
	b.time(p.Until)
}

// eye reads them again; bad once it met what cannot be.
type eye struct {
	buf []byte
	bad bool
}

func (e *eye) number() uint64 {
	n, size := binary.Uvarint(e.buf)
	if size <= 0 {
		e.bad, e.buf = true, nil
		return 0
	}
	e.buf = e.buf[size:]
	return n
}

// count is a number of things of which each takes so many bytes at least.
func (e *eye) count(bytes int) int {
	n := e.number()
	if n > uint64(len(e.buf)/bytes) {
		e.bad = true
		return 0
	}
	return int(n)
}

func (e *eye) text() string { return string(e.piece()) }

func (e *eye) time() time.Time {
	if e.number() == 0 {
		return time.Time{}
	}
	sec, nsec := int64(e.number()), e.number()
	return time.Unix(sec, int64(min(nsec, 1e9-1))).UTC()
}

// piece is bytes of a length that stands before them.
func (e *eye) piece() []byte {
	n := e.count(1)
	b := e.buf[:n]
	e.buf = e.buf[n:]
	return b
}

// passage reads one, its texts from the front of those that are left.
func (e *eye) passage(p *Passage, texts *string) {
	take := func() string {
		n := e.number()
		if n > uint64(len(*texts)) {
			e.bad = true
			return ""
		}
		s := (*texts)[:n]
		*texts = (*texts)[n:]
		return s
	}
	for _, s := range [...]*string{&p.ID, &p.Document, &p.Title, &p.Question, &p.Text, &p.Language, &p.Source, &p.Audience} {
		*s = take()
	}
	for range e.count(1) {
		p.Asked = append(p.Asked, take())
	}
	p.Start, p.End, p.Page, p.Version = int(e.number()), int(e.number()), int(e.number()), int64(e.number())
	p.From, p.Until = e.time(), e.time()
}
