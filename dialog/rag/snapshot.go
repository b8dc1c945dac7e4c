package rag

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"math"
	"time"
)

var (
	// ErrStale: the snapshot is of other knowledge, or of another version of the program.
	ErrStale = errors.New("rag: the snapshot is stale")
	// ErrSnapshot: what was read is no snapshot, or a broken one.
	ErrSnapshot = errors.New("rag: not a snapshot")
)

// snapshotFormat changes whenever the bytes, or the terms of the same text, change.
const snapshotFormat = "parley index 1\n"

var crcTable = crc64.MakeTable(crc64.ECMA)

// WriteSnapshot writes the index so that ReadSnapshot finds it again faster than it can
// be built. The stamp says which state of the knowledge it is of. Changes wait
// while it is put together in memory, not while it is written.
func (ix *Index) WriteSnapshot(w io.Writer, stamp string) error {
	ix.mu.RLock()
	var b pen
	b.text(stamp)
	ix.encode(&b)
	ix.mu.RUnlock()
	sum := crc64.Checksum(b.buf, crcTable)
	for _, part := range [][]byte{[]byte(snapshotFormat), binary.LittleEndian.AppendUint64(nil, sum), b.buf} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("rag: write snapshot: %w", err)
		}
	}
	return nil
}

// ReadSnapshot makes a snapshot of this stamp the index's content. On an error the
// content stays as it was.
func (ix *Index) ReadSnapshot(r io.Reader, stamp string) error {
	all, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("rag: read snapshot: %w", err)
	}
	b, ok := bytes.CutPrefix(all, []byte(snapshotFormat))
	if !ok && bytes.HasPrefix(all, []byte("parley index ")) {
		return ErrStale
	}
	if !ok || len(b) < 8 || crc64.Checksum(b[8:], crcTable) != binary.LittleEndian.Uint64(b) {
		return ErrSnapshot
	}
	e := &eye{buf: b[8:]}
	if e.text() != stamp {
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

// encode writes passages, then terms with their postings, the slots without gaps.
func (s *state) encode(b *pen) {
	slots := make([]uint32, len(s.slots))
	b.number(uint64(s.len()))
	next := uint32(0)
	for at, p := range s.slots {
		if p != nil {
			slots[at] = next
			next++
			b.passage(p)
			for _, l := range s.shapes[at].length {
				b.number(uint64(math.Float32bits(l)))
			}
		}
	}
	terms, postings := 0, 0
	for _, l := range s.lists {
		if n := len(l.postings); n > 0 {
			terms, postings = terms+1, postings+n
		}
	}
	b.number(uint64(terms))
	b.number(uint64(postings))
	var held []posting
	for n, t := range s.dict.terms() {
		l := &s.lists[n]
		if len(l.postings) == 0 {
			continue
		}
		held = held[:0]
		for _, p := range l.postings {
			held = append(held, post(slots[p.slot()], uint16(p&maxCount)))
		}
		b.number(uint64(t))
		b.number(uint64(len(held)))
		last := posting(0)
		for _, p := range held {
			b.number(uint64(p - last))
			last = p
		}
	}
}

// decode believes nothing: a sum is no signature.
func decode(e *eye) (state, error) {
	s := newState()
	n := e.count(16)
	if n > maxSlots {
		return s, ErrSnapshot
	}
	for range n {
		p := e.passage()
		var lengths [fields]float32
		for f := range lengths {
			lengths[f] = math.Float32frombits(uint32(e.number()))
			if !(lengths[f] >= 0 && lengths[f] < maxLength) {
				e.bad = true
			}
		}
		if e.bad {
			return s, ErrSnapshot
		}
		var units []int
		s.counter.names.named(p.Title, func(_ term, u int) { units = append(units, u) })
		s.place(p, lengths, units)
	}
	terms := e.count(3)
	slab := make([]posting, 0, e.count(1))
	s.dict, s.lists = newDictionary(terms), make([]list, 0, terms)
	for range terms {
		t, k := term(e.number()), e.count(1)
		if e.bad || k == 0 || k > cap(slab)-len(slab) || t&7 == 0 || t&7 > kindSyllables || int(s.dict.number(t)) != len(s.lists) {
			return s, ErrSnapshot
		}
		var l list
		l, slab = s.decodeList(e, t.field(), k, slab)
		s.lists = append(s.lists, l)
	}
	if e.bad || len(e.buf) > 0 {
		return s, ErrSnapshot
	}
	return s, nil
}

func (s *state) decodeList(e *eye, f field, n int, slab []posting) (list, []posting) {
	from := len(slab)
	l := list{thin: maxLength}
	last := uint64(0)
	for i := range n {
		last += e.number()
		p := posting(last)
		if last > math.MaxUint32 || int(p.slot()) >= len(s.slots) || p&maxCount == 0 || i > 0 && p.slot() <= slab[len(slab)-1].slot() {
			e.bad = true
			return l, slab
		}
		slab = append(slab, p)
		c := p & maxCount
		l.most, l.thin = max(l.most, uint8(c)), min(l.thin, s.shapes[p.slot()].length[f]/float32(c))
	}
	l.postings = slab[from:len(slab):len(slab)]
	return l, slab
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

func (b *pen) passage(p *Passage) {
	for _, s := range []string{p.ID, p.Document, p.Title, p.Question, p.Text, p.Language, p.Source, p.Audience} {
		b.text(s)
	}
	b.number(uint64(len(p.Asked)))
	for _, s := range p.Asked {
		b.text(s)
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

func (e *eye) text() string {
	n := e.count(1)
	s := string(e.buf[:n])
	e.buf = e.buf[n:]
	return s
}

func (e *eye) time() time.Time {
	if e.number() == 0 {
		return time.Time{}
	}
	sec, nsec := int64(e.number()), e.number()
	return time.Unix(sec, int64(min(nsec, 1e9-1))).UTC()
}

func (e *eye) passage() *Passage {
	p := &Passage{}
	for _, s := range []*string{&p.ID, &p.Document, &p.Title, &p.Question, &p.Text, &p.Language, &p.Source, &p.Audience} {
		*s = e.text()
	}
	for range e.count(1) {
		p.Asked = append(p.Asked, e.text())
	}
	p.Start, p.End, p.Page, p.Version = int(e.number()), int(e.number()), int(e.number()), int64(e.number())
	p.From, p.Until = e.time(), e.time()
	return p
}
