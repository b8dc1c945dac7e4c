package audio

import (
	"net/netip"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"parley/media"
	"parley/media/report"
)

const (
	mtu       = 1500
	earlySize = 64   // packets that wait for an agreement
	restart   = 2000 // sequence numbers by which another stream is set apart: the jitter buffer begins anew
)

// early is a packet that came before it was known what it means.
type early struct {
	at  time.Time
	src netip.AddrPort
	b   []byte
}

// receiver is what comes from the far end. Its methods may be called by several goroutines.
type receiver struct {
	mu     sync.Mutex
	agreed *agreement // nil: none yet
	latch  latch
	own    uint32 // our SSRC, against our own packets coming back
	early  []early
	inbox  inbox
	since  time.Time // of the last audio, or of Open

	header rtp.Header
	plain  []byte
	ssrc   uint32
	rate   int // of the last speech's timestamps, in Hz
	began  bool
	shift  uint16 // added to sequence numbers, so that another stream is seen as one
	last   uint16 // sequence number that was given last
	heard  reception

	presses  presses
	pairing  pairing
	pressed  []byte
	told     func(rune)
	reportBy netip.AddrPort // where its reports came from
	stats    Stats
}

// packet takes what arrived at the port of RTP.
func (r *receiver) packet(now time.Time, src netip.AddrPort, b []byte, far *report.Far) {
	src = netip.AddrPortFrom(src.Addr().Unmap(), src.Port())
	if len(b) >= 2 && b[1] >= 192 && b[1] <= 223 { // RFC 5761 section 4
		r.report(now, src, b, far)
		return
	}
	key, f := r.take(now, src, b)
	if f != nil {
		f(key)
	}
}

// take is packet under the lock; with f there is a key to tell.
func (r *receiver) take(now time.Time, src netip.AddrPort, b []byte) (key rune, f func(rune)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.agreed == nil {
		r.wait(now, src, b)
		return 0, nil
	}
	return r.takeLocked(now, src, b)
}

// wait keeps a packet until there is an agreement.
func (r *receiver) wait(now time.Time, src netip.AddrPort, b []byte) {
	if len(r.early) == earlySize {
		r.early = r.early[:copy(r.early, r.early[1:])]
		r.stats.Overflow++
	}
	r.early = append(r.early, early{now, src, append([]byte(nil), b...)})
}

// agree goes on by another agreement, and gives the keys that had waited for it.
func (r *receiver) agree(a *agreement, own uint32) (keys []rune, told func(rune)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.agreed, r.own = a, own
	if r.rate == 0 {
		r.rate = a.codec.ClockRate()
	}
	r.latch.tell(a.addr)
	for _, e := range r.early {
		if key, f := r.takeLocked(e.at, e.src, e.b); f != nil {
			keys = append(keys, key)
		}
	}
	r.early = nil
	return keys, r.told
}

func (r *receiver) takeLocked(now time.Time, src netip.AddrPort, b []byte) (key rune, f func(rune)) {
	a, h := r.agreed, &r.header
	at, err := h.Unmarshal(b)
	if err != nil || h.Version != 2 || at > len(b) {
		r.stats.Malformed++
		return 0, nil
	}
	if h.SSRC == r.own { // our own, reflected
		r.stats.Foreign++
		return 0, nil
	}
	is := a.in[h.PayloadType]
	if is.use == nothing && h.PayloadType == 13 {
		is = static[13] // some send comfort noise without a word of it
	}
	if is.use == nothing {
		r.stats.Unknown++
		return 0, nil
	}
	if a.inKey != nil {
		if b, err = a.inKey.open(r.plain, b, h); err != nil {
			r.stats.Unauthentic++
			return 0, nil
		}
		r.plain = b[:0]
	}
	if !r.latch.admit(now, src, h.SSRC, h.SequenceNumber, a.inKey != nil) {
		r.stats.Foreign++
		return 0, nil
	}
	payload, ok := unpad(b[at:], h.Padding)
	if !ok {
		r.stats.Malformed++
		return 0, nil
	}
	r.since = now
	r.order(h)
	r.heard.count(h.SequenceNumber)
	r.stats.Received++
	r.stats.ReceivedBytes += int64(len(payload))
	return r.hear(now, is, payload)
}

// order follows the stream's sequence numbers; another SSRC is another stream.
func (r *receiver) order(h *rtp.Header) {
	if !r.began || h.SSRC != r.ssrc {
		if r.began {
			r.shift = r.last + restart - h.SequenceNumber
			r.presses = presses{}
		}
		r.began, r.ssrc = true, h.SSRC
		r.heard.begin(h.SequenceNumber)
	}
	r.last = h.SequenceNumber + r.shift
}

// hear puts a packet into the inbox. A key's packets, and empty ones, only keep their
// place there.
func (r *receiver) hear(now time.Time, is format, payload []byte) (key rune, f func(rune)) {
	h := &r.header
	p, full := r.inbox.next(now)
	if full {
		r.stats.Overflow++
	}
	p.Seq, p.Timestamp, p.Marker, p.Payload = r.last, h.Timestamp, h.Marker, p.Payload[:0]
	switch is.use {
	case speech:
		r.rate = is.clock
		r.heard.arrived(now, h.Timestamp, is.clock)
		p.Codec, p.Mute = is.codec, r.presses.mutes(h.Timestamp) || !r.agreed.dir.receive || len(payload) == 0
		p.Payload = append(p.Payload, payload...)
	case noise:
		p.Codec, p.Mute = media.CodecCN, false
		if len(payload) == 0 { // no level is said
			p.Codec, p.Mute = r.agreed.codec, true
		}
		p.Payload = append(p.Payload, payload...)
	case events:
		p.Codec, p.Mute = r.agreed.codec, true
		k, fresh := r.presses.put(h.Timestamp, h.Marker, payload, is.clock, r.rate)
		if r.presses.down {
			r.inbox.mute(r.presses.ts)
		}
		if fresh {
			return k, r.press(now, byEvent, k)
		}
	}
	return 0, nil
}

// press notes a key, and gives who is to be told of it; nil: it had been told.
func (r *receiver) press(now time.Time, by way, key rune) func(rune) {
	if !r.pairing.fresh(now, by, key) {
		return nil
	}
	r.stats.KeysIn++
	if len(r.pressed) < maxKeys {
		r.pressed = append(r.pressed, byte(key))
	}
	if r.told == nil {
		return func(rune) {}
	}
	return r.told
}

// report takes RTCP.
func (r *receiver) report(now time.Time, src netip.AddrPort, b []byte, far *report.Far) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.agreed
	if a == nil {
		return // the next one comes soon
	}
	if from := r.latch.from; !r.latch.trusts(src) && (!from.IsValid() || src.Addr() != from.Addr()) && a.inKey == nil {
		r.stats.Foreign++
		return
	}
	if a.inKey != nil {
		var err error
		if b, err = a.inKey.openReport(b); err != nil {
			r.stats.Unauthentic++
			return
		}
	}
	packets, err := rtcp.Unmarshal(b)
	if err != nil {
		r.stats.Malformed++
		return
	}
	r.reportBy = src
	for _, p := range packets {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			r.heard.sent(now, p)
			far.Note(r.ofUs(p.Reports), now)
		case *rtcp.ReceiverReport:
			far.Note(r.ofUs(p.Reports), now)
		}
	}
}

// ofUs are the blocks that tell of our stream.
func (r *receiver) ofUs(blocks []rtcp.ReceptionReport) []rtcp.ReceptionReport {
	for i := range blocks {
		if blocks[i].SSRC == r.own {
			return blocks[i : i+1]
		}
	}
	return nil
}

// unpad removes the padding of RFC 3550 section 5.1.
func unpad(b []byte, padded bool) ([]byte, bool) {
	if !padded {
		return b, true
	}
	if len(b) == 0 {
		return nil, false
	}
	n := int(b[len(b)-1])
	if n == 0 || n > len(b) {
		return nil, false
	}
	return b[:len(b)-n], true
}
