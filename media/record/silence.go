package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"parley/media"
)

// Lane is one side of a recording.
type Lane uint8

// The lanes.
const (
	Customer Lane = iota // what the customer sent
	Sent                 // what the customer was sent
)

// Span is a stretch of one lane.
type Span struct {
	Lane     Lane
	From, To media.CallTime
}

// Silence puts silence in place of a stretch of a lane, also where it is written already:
// there the packets are overwritten, each by silence of its length, so that nothing else
// moves. It does not wait; Close returns when it is done.
func (r *Recorder) Silence(s Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || s.To <= s.From {
		return
	}
	r.wipes = append(slices.Clip(r.wipes), s)
	select {
	case r.wiped <- struct{}{}:
	default:
	}
}

// silenced are the spans so far.
func (r *Recorder) silenced() []Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wipes
}

// silence overwrites the packets of a page that lie in a span, and reports whether there
// were any.
func (p *page) silence(s Span) (changed bool) {
	if p.at >= s.To || p.at+media.CallTime(p.packets)*media.TickSamples <= s.From {
		return false
	}
	at, from, n := p.at, 0, 0
	for _, l := range p.lacing {
		if n += int(l); l == 255 {
			continue
		}
		if at+media.TickSamples > s.From && at < s.To && from+n <= len(p.data) {
			hush(p.data[from:from+n], s.Lane)
			changed = true
		}
		from, n, at = from+n, 0, at+media.TickSamples
	}
	return changed
}

// hush makes one lane of a packet silent in place, by the packet of silence that the
// recording has elsewhere, padded to the length of what was there (RFC 6716 section 3.2.5).
// What is shorter than silence has no sound in it.
func hush(b []byte, lane Lane) {
	n := delimited(b)
	if n <= 0 || n >= len(b) {
		return
	}
	left, right := b[:n], b[n:]
	silence, _ := quiet()
	switch {
	case lane == Customer && left[0]&3 == 0: // else it is silent already
		pad(left, silence, true)
	case lane == Sent && right[0]&3 == 0:
		pad(right, silence, false)
	}
}

// delimited is how long the packet is that begins b, by its own word (RFC 6716 appendix B):
// one of the kinds that are written here.
func delimited(b []byte) int {
	at, padding := 1, 0
	if len(b) > 2 && b[0]&3 == 3 {
		at = 2
		for more := b[1]&(1<<6) != 0; more && at < len(b); at++ {
			if more = b[at] == 255; more {
				padding += 254
			} else {
				padding += int(b[at])
			}
		}
	}
	if at+1 >= len(b) {
		return 0
	}
	size := int(b[at])
	if at++; size >= 252 {
		size += 4 * int(b[at])
		at++
	}
	return at + size + padding
}

// pad makes b the packet of one frame, delimited by itself or by its end.
func pad(b, packet []byte, delimited bool) {
	toc, frame := packet[0], packet[1:]
	length := []byte(nil)
	if delimited {
		length = []byte{byte(len(frame))} // silence is less than 252 bytes
	}
	rest := len(b) - 1 - len(length) - len(frame)
	switch {
	case rest < 0:
		return
	case rest == 0: // nothing to pad: code 0
		b = append(append(append(b[:0], toc), length...), frame...)
		return
	}
	out := append(b[:0], toc|3) // code 3: a byte that counts the frames
	if rest--; rest == 0 {
		out = append(out, 1)
	} else {
		out = append(out, 1|1<<6) // and tells that there is padding
		for rest--; rest > 254; rest -= 255 {
			out = append(out, 255) // 254 bytes of padding, and more
		}
		out = append(out, byte(rest))
	}
	out = append(append(out, length...), frame...)
	clear(b[len(out):])
}

// disk is what was written so far, and where its pages are.
type disk struct {
	w    io.Writer
	size int64
	at   []written
}

// written is a page's place.
type written struct {
	at   media.CallTime
	off  int64
	size int
}

// Write implements io.Writer.
func (d *disk) Write(b []byte) (int, error) {
	n, err := d.w.Write(b)
	d.size += int64(n)
	return n, err
}

func (d *disk) page(at media.CallTime, b []byte) error {
	d.at = append(d.at, written{at, d.size, len(b)})
	if _, err := d.Write(b); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}

// rewritable is a file.
type rewritable interface {
	io.ReaderAt
	io.WriterAt
}

var errFixed = errors.New("record: what is written cannot be written over")

// silence overwrites a stretch of what was written.
func (d *disk) silence(s Span) error {
	i, _ := slices.BinarySearchFunc(d.at, s.From, func(w written, from media.CallTime) int {
		return int(w.at + perPage*media.TickSamples - from - 1)
	})
	for ; i < len(d.at) && d.at[i].at < s.To; i++ {
		f, ok := d.w.(rewritable)
		if !ok {
			return errFixed
		}
		b := make([]byte, d.at[i].size)
		if _, err := f.ReadAt(b, d.at[i].off); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		p, ok := parse(b)
		if p.at = d.at[i].at; !ok || !p.silence(s) {
			continue
		}
		binary.LittleEndian.PutUint32(b[22:], 0)
		binary.LittleEndian.PutUint32(b[22:], checksum(b))
		if _, err := f.WriteAt(b, d.at[i].off); err != nil {
			return fmt.Errorf("record: %w", err)
		}
	}
	return nil
}

// parse reads a page of ours; its data are b's.
func parse(b []byte) (p page, ok bool) {
	if len(b) < 27 || len(b) < 27+int(b[26]) {
		return p, false
	}
	p.lacing, p.data = b[27:27+int(b[26])], b[27+int(b[26]):]
	for _, l := range p.lacing {
		if l < 255 {
			p.packets++
		}
	}
	return p, true
}
