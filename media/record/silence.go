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

// hush makes one lane of a packet silent in place: CELT's flag for silence is read first,
// whatever the frame's length (RFC 6716 section 4.3). What is too short for a flag has no
// sound in it.
func hush(b []byte, lane Lane) {
	if len(b) < 2 {
		return
	}
	size, head := int(b[1]), 2
	if size >= 252 {
		if len(b) < 3 {
			return
		}
		size, head = size+4*int(b[2]), 3
	}
	if size > len(b)-head {
		return
	}
	if lane == Customer {
		if size > 1 {
			b[0] = silentTOC
			mute(b[head : head+size])
		}
		return
	}
	if right := b[head+size:]; len(right) > 2 {
		right[0] = silentTOC
		mute(right[1:])
	}
}

// silentTOC is of one mono frame of 20 ms, full band, CELT alone (RFC 6716 section 3.1).
const silentTOC = 31 << 3

func mute(frame []byte) {
	clear(frame)
	frame[0], frame[1] = 0xff, 0xfe
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
