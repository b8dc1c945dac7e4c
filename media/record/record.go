// Package record keeps a call's audio as it was on the wire: two lanes, the
// customer and what the customer was sent, as two uncoupled mono Opus streams in
// one Ogg file (RFC 7845, channel mapping family 1). Opus is copied, not encoded
// again; a page is written each second, so that a crash costs no more.
package record

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"parley/media"
	"parley/media/codec"
)

const (
	perPage   = 50      // packets: a second
	maxLacing = 200     // segments of a page before it is closed early
	queue     = 16      // pages that may wait for a slow disk
	granule   = 960     // samples at 48 kHz of a packet
	preSkip   = 312     // samples at 48 kHz until a decoder has settled
	rate      = 16000   // of the sound, informative
	maxPacket = 4 << 10 // bytes of one lane's packet that are copied
	maxGap    = 500     // ticks in a row that are filled with silence
)

// Recorder takes both lanes tick by tick. In and Out are called by the room and
// never wait; a goroutine writes.
type Recorder struct {
	paused atomic.Bool

	mu     sync.Mutex // against Close
	closed bool
	in     lane
	at     media.CallTime // that the next tick is expected to have
	page   *page
	serial uint32
	seq    uint32
	gran   uint64
	out    lane

	pages   pages
	full    chan *page
	wipes   []Span        // of the whole call; under mu
	wiped   chan struct{} // holds one: there is another
	disk    disk          // the writer's
	done    chan struct{}
	err     error // of the writer, after done
	dropped atomic.Int64
}

// lane is one direction.
type lane struct {
	enc    codec.Encoder // for what is not Opus
	packet []byte        // of this tick; empty is silence
	buf    []byte
}

// quiet is 20 ms of silence, for all recorders.
var quiet = sync.OnceValues(func() ([]byte, error) {
	enc, err := codec.NewEncoder(media.CodecOpus, codec.Params{Bitrate: 12000})
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	b, err := enc.Encode(make([]int16, media.TickSamples), nil)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return b, nil
})

// New begins a recording into w, which stays the caller's to close. Its beginning is
// the call's: up to from it holds silence, so that its times are call times.
func New(w io.Writer, from media.CallTime) (*Recorder, error) {
	if _, err := quiet(); err != nil {
		return nil, err
	}
	r := &Recorder{serial: 0x5041524c, gran: preSkip, full: make(chan *page, queue), wiped: make(chan struct{}, 1), done: make(chan struct{})}
	r.page = r.pages.take()
	r.disk = disk{w: w}
	if err := r.head(&r.disk); err != nil {
		return nil, err
	}
	var b []byte
	for r.at < from {
		if r.put(nil, nil); r.page.full() {
			r.finish(0)
			b = r.page.encode(b[:0], r.serial)
			if _, err := r.disk.Write(b); err != nil {
				return nil, fmt.Errorf("record: %w", err)
			}
			r.page.reset()
		}
	}
	go r.write()
	return r, nil
}

// head writes the two pages that a stream begins with (RFC 7845 section 5).
func (r *Recorder) head(w io.Writer) error {
	head := append([]byte("OpusHead\x01\x02"), byte(preSkip&0xff), byte(preSkip>>8), byte(rate&0xff), byte(rate>>8), 0, 0, 0, 0,
		1,    // mapping family
		2, 0, // streams, of which coupled
		0, 1) // left is the first, right the second
	tags := append([]byte("OpusTags"), 6, 0, 0, 0)
	tags = append(tags, "Parley"...)
	tags = append(tags, 0, 0, 0, 0)
	for i, b := range [][]byte{head, tags} {
		begin := page{seq: r.seq}
		begin.add(b)
		if i == 0 {
			begin.flags = firstPage
		}
		if _, err := w.Write(begin.encode(nil, r.serial)); err != nil {
			return fmt.Errorf("record: %w", err)
		}
		r.seq++
	}
	return nil
}

// write empties the queue, and silences what is to be on pages that are written already.
func (r *Recorder) write() {
	defer close(r.done)
	var b []byte
	known := 0
	for open := true; open; {
		select {
		case p, more := <-r.full:
			if open = more; !more {
				break
			}
			for _, s := range r.silenced() {
				p.silence(s)
			}
			b = p.encode(b[:0], r.serial)
			at := p.at
			r.pages.give(p)
			if r.err == nil {
				r.err = r.disk.page(at, b)
			}
		case <-r.wiped:
		}
		spans := r.silenced()
		for _, s := range spans[known:] {
			if err := r.disk.silence(s); err != nil && r.err == nil {
				r.err = err
			}
		}
		known = len(spans)
	}
}

// Pause keeps silence in place of both lanes, or ends that.
func (r *Recorder) Pause(on bool) { r.paused.Store(on) }

// Dropped is how many seconds were lost to a slow disk.
func (r *Recorder) Dropped() int64 { return r.dropped.Load() }

// In implements room.Recorder: what the customer sent.
func (r *Recorder) In(p *media.Packet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.in.take(p, r.paused.Load())
	}
}

// Out implements room.Recorder: what the customer was sent. It ends the tick.
func (r *Recorder) Out(p *media.Packet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	r.out.take(p, r.paused.Load())
	for range min((p.At-r.at)/media.TickSamples, maxGap) { // ticks that nobody told of
		r.tick(nil, nil)
	}
	r.tick(r.in.packet, r.out.packet)
}

// take copies a packet that can be copied, and encodes what is not Opus.
func (l *lane) take(p *media.Packet, paused bool) {
	l.packet = l.packet[:0]
	switch {
	case paused:
	case p.Codec == media.CodecOpus && single20(p.Payload):
		l.packet = append(l.packet, p.Payload...)
	case len(p.PCM) == media.TickSamples:
		if l.enc == nil {
			enc, err := codec.NewEncoder(media.CodecOpus, codec.Params{Bitrate: 20000})
			if err != nil {
				return
			}
			l.enc = enc
		}
		var err error
		if l.buf, err = l.enc.Encode(p.PCM, l.buf); err == nil && single20(l.buf) {
			l.packet = append(l.packet, l.buf...)
		}
	}
}

// single20 reports whether an Opus packet is one frame of 20 ms (RFC 6716
// section 3.1): the only kind that is joined with the other lane's.
func single20(b []byte) bool {
	if len(b) < 2 || len(b) > maxPacket || b[0]&3 != 0 {
		return false
	}
	switch c := b[0] >> 3; {
	case c < 12:
		return c&3 == 1
	case c < 16:
		return c&1 == 1
	default:
		return c&3 == 3
	}
}

// tick keeps one tick of both lanes.
func (r *Recorder) tick(left, right []byte) {
	r.put(left, right)
	if r.page.full() {
		r.flush(0)
	}
}

// put joins the lanes to one multistream packet: the first self-delimited
// (RFC 6716 appendix B), the second as it is. An empty one is silence.
func (r *Recorder) put(left, right []byte) {
	if r.page.packets == 0 {
		r.page.at = r.at
	}
	silence, _ := quiet() // New has seen that there is one
	if len(left) == 0 {
		left = silence
	}
	if len(right) == 0 {
		right = silence
	}
	p := r.page
	p.begin()
	p.data = append(p.data, left[0])
	p.data = appendLength(p.data, len(left)-1)
	p.data = append(p.data, left[1:]...)
	p.data = append(p.data, right...)
	p.end()
	r.gran += granule
	r.at += media.TickSamples
}

// appendLength is a frame length of RFC 6716 section 3.2.1.
func appendLength(b []byte, n int) []byte {
	if n < 252 {
		return append(b, byte(n))
	}
	first := 252 + n&3
	return append(b, byte(first), byte((n-first)/4))
}

// finish closes the page under way.
func (r *Recorder) finish(flags byte) {
	r.page.flags, r.page.granule, r.page.seq = flags, r.gran, r.seq
	r.seq++
}

// flush hands the page to the writer; a disk that is too slow loses it.
func (r *Recorder) flush(flags byte) {
	r.finish(flags)
	next := r.pages.take()
	if next == nil {
		r.dropped.Add(1)
		r.page.reset()
		return
	}
	r.full <- r.page // there is room for every page there is
	r.page = next
}

// Close writes what is left and waits for the writer.
func (r *Recorder) Close() error {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return nil
	}
	r.closed = true
	r.flush(lastPage)
	close(r.full)
	r.mu.Unlock()
	<-r.done
	if n := r.dropped.Load(); n > 0 {
		return errors.Join(r.err, fmt.Errorf("record: %d seconds lost to a slow disk", n))
	}
	return r.err
}
