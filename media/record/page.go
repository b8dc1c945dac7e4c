package record

import (
	"encoding/binary"
	"sync"

	"parley/media"
)

// Flags of an Ogg page (RFC 3533 section 6).
const (
	firstPage = 2
	lastPage  = 4
)

// page is an Ogg page in the making; its memory is used again.
type page struct {
	data    []byte
	lacing  []byte
	packets int
	from    int            // of the packet under way
	at      media.CallTime // of the first packet

	flags   byte
	granule uint64
	seq     uint32
}

func (p *page) reset() { p.data, p.lacing, p.packets = p.data[:0], p.lacing[:0], 0 }

func (p *page) begin() { p.from = len(p.data) }

// end closes the packet that was appended to data since begin.
func (p *page) end() {
	n := len(p.data) - p.from
	for ; n >= 255; n -= 255 {
		p.lacing = append(p.lacing, 255)
	}
	p.lacing = append(p.lacing, byte(n))
	p.packets++
}

func (p *page) add(b []byte) {
	p.begin()
	p.data = append(p.data, b...)
	p.end()
}

// full reports whether a second has come together, or as much as fits.
func (p *page) full() bool { return p.packets >= perPage || len(p.lacing) > maxLacing }

// encode appends the page's bytes to b.
func (p *page) encode(b []byte, serial uint32) []byte {
	from := len(b)
	b = append(b, "OggS\x00"...)
	b = append(b, p.flags)
	b = binary.LittleEndian.AppendUint64(b, p.granule)
	b = binary.LittleEndian.AppendUint32(b, serial)
	b = binary.LittleEndian.AppendUint32(b, p.seq)
	b = append(b, 0, 0, 0, 0) // checksum
	b = append(b, byte(len(p.lacing)))
	b = append(b, p.lacing...)
	b = append(b, p.data...)
	binary.LittleEndian.PutUint32(b[from+22:], checksum(b[from:]))
	return b
}

// table of the CRC with polynomial 0x04c11db7, as Ogg wants it: not reflected.
var table = func() (t [256]uint32) {
	for i := range t {
		c := uint32(i) << 24
		for range 8 {
			if c&(1<<31) != 0 {
				c = c<<1 ^ 0x04c11db7
			} else {
				c <<= 1
			}
		}
		t[i] = c
	}
	return t
}()

func checksum(b []byte) (c uint32) {
	for _, v := range b {
		c = c<<8 ^ table[byte(c>>24)^v]
	}
	return c
}

// pages are those that wait to be filled again. The one that came back last is
// taken first, so that only a disk that is slow makes there be many.
type pages struct {
	mu    sync.Mutex
	spare []*page
	made  int
}

// take is an empty page; nil when a queue's worth of them is under way.
func (s *pages) take() *page {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.spare); n > 0 {
		p := s.spare[n-1]
		s.spare = s.spare[:n-1]
		return p
	}
	if s.made == queue {
		return nil
	}
	s.made++
	return &page{}
}

func (s *pages) give(p *page) {
	p.reset()
	s.mu.Lock()
	s.spare = append(s.spare, p)
	s.mu.Unlock()
}
