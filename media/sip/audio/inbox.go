package audio

import (
	"time"

	"parley/media"
)

// inboxSize is how many packets wait for the room: 10 ms a packet make more than a second.
// What a caller says before the call has a seat is kept.
const inboxSize = 128

// inbox is what has arrived and was not polled yet, bounded: the oldest gives way.
type inbox struct {
	slots [inboxSize]media.Packet
	came  [inboxSize]time.Time
	r, n  int
}

// next is a slot to fill; full: it was the oldest one's.
func (b *inbox) next(now time.Time) (p *media.Packet, full bool) {
	if full = b.n == len(b.slots); full {
		b.r, b.n = (b.r+1)%len(b.slots), b.n-1
	}
	at := (b.r + b.n) % len(b.slots)
	p, b.came[at] = &b.slots[at], now
	b.n++
	return p, full
}

// take fills p with the oldest.
func (b *inbox) take(now time.Time, p *media.Packet) bool {
	if b.n == 0 {
		return false
	}
	q := &b.slots[b.r]
	p.Waited = media.At(max(now.Sub(b.came[b.r]), 0))
	b.r, b.n = (b.r+1)%len(b.slots), b.n-1
	p.Payload = append(p.Payload[:0], q.Payload...)
	p.Codec, p.Seq, p.Timestamp, p.Marker, p.Mute = q.Codec, q.Seq, q.Timestamp, q.Marker, q.Mute
	return true
}

// mute silences what waits and was said from ts on.
func (b *inbox) mute(ts uint32) {
	for i := range b.n {
		if p := &b.slots[(b.r+i)%len(b.slots)]; int32(p.Timestamp-ts) >= 0 {
			p.Mute = true
		}
	}
}

func (b *inbox) clear() { b.r, b.n = 0, 0 }
