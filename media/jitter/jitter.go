// Package jitter puts what a network delivered back into order and time: it
// decodes packets as soon as they are in order, keeps the audio until its tick,
// conceals what is lost, and follows the delay's variation and the far end's
// clock.
package jitter

import (
	"parley/media"
	"parley/media/codec"
)

// Bounds of the buffer.
const (
	frames    = 32 // of 20 ms that may wait decoded
	window    = 32 // packets out of order that may wait for one that is missing
	minTarget = 1  // frames kept in hand, at best
	maxTarget = 12
	maxHide   = 5                          // frames in a row that are made up when nothing comes
	recent    = 256                        // sequence numbers that are remembered, against doubles
	resync    = 1000                       // a jump of sequence numbers that is another stream
	roomy     = 20                         // frames waiting, from which on a stored stream is taken no faster than it plays
	maxSpan   = media.SampleRate * 6 / 100 // of what is made up for one lost packet
)

// Stats count what happened to a stream; each is in packets, but Cut, Delay and Target.
type Stats struct {
	Received, Lost, Late, Duplicate, Broken int64
	Concealed                               int64 // frames made up, lost or late
	Dropped                                 int64 // frames thrown away to catch up
	Cut                                     int64 // samples cut out of speech to catch up
	Delay                                   media.CallTime
	Target                                  media.CallTime
}

// frame is one tick of audio that waits to be played.
type frame struct {
	pcm     [media.TickSamples]int16
	payload []byte // when the packet was exactly this frame
	codec   media.Codec
}

// waiting is a packet ahead of one that is missing.
type waiting struct {
	set     bool
	seq     uint16
	ts      uint32
	codec   media.Codec
	mute    bool
	payload []byte
}

// Buffer is one stream's jitter buffer. It is polled by one goroutine and reads
// no clock; after a warm-up it does not allocate.
type Buffer struct {
	decoded func(at media.CallTime, pcm []int16) // told of what is decoded, when it is

	dec   [media.CodecG722 + 1]codec.Decoder
	codec media.Codec

	began  bool
	next   uint16 // sequence number that is due
	newest uint16 // of those that came, the last in order
	ts     uint32 // timestamp that is due
	span   int    // samples of the last packet
	still  bool   // the far end said that it is silent, or that a key is down: nothing is made up

	ring  [frames]frame
	r, n  int
	part  [media.TickSamples]int16 // a frame in the making, of packets shorter than a tick
	parts int
	spare []int16 // of a frame that was begun: it plays before the ring's next
	turns int     // ticks in a row in which too much waited
	hush  hush
	came  [recent]uint32 // sequence numbers that came lately, plus one
	ahead [window]waiting
	held  int

	playing bool
	hidden  int // frames made up in a row
	made    int // samples of them that no packet has been given up for yet
	idle    int // ticks since the last packet
	now     media.CallTime
	delay   estimator
	pcm     []int16
	stats   Stats
}

// New returns a Buffer; decoded may be nil. It gets each stretch of PCM right after
// decoding, in order, with the call time at which it is expected to play, and may change
// its samples before they are kept.
func New(decoded func(at media.CallTime, pcm []int16)) *Buffer {
	if decoded == nil {
		decoded = func(media.CallTime, []int16) {}
	}
	return &Buffer{decoded: decoded, pcm: make([]int16, 0, codec.MaxSamples),
		spare: make([]int16, 0, 3*media.TickSamples), span: media.TickSamples, hush: newHush()}
}

// Put takes a packet that has arrived during the tick at now. The payload stays the caller's.
func (b *Buffer) Put(now media.CallTime, p *media.Packet) {
	b.now, b.idle = now, 0
	if !known(p) {
		b.stats.Broken++
		return
	}
	b.stats.Received++
	d := int16(p.Seq - b.next)
	if b.began && (d > resync || d < -resync) {
		b.restart()
	}
	if !b.began {
		b.began, b.next, b.newest, b.ts, d = true, p.Seq, p.Seq, p.Timestamp, 0
		b.delay.reset()
	}
	if int16(p.Seq-b.newest) > 0 {
		b.newest = p.Seq
	}
	if b.seen(p.Seq) {
		b.stats.Duplicate++
		return
	}
	if len(p.Payload) > 0 { // a key's timestamp is that of its beginning
		b.delay.arrived(now-p.Waited, p.Timestamp, p.Codec.ClockRate())
	}
	switch {
	case d < 0:
		b.stats.Late++
		return
	case d >= window:
		b.skip(p.Seq - window + 1)
	}
	if p.Seq == b.next {
		b.take(p.Timestamp, p.Codec, p.Mute, p.Payload)
		b.drain()
		return
	}
	w := &b.ahead[p.Seq%window]
	*w = waiting{set: true, seq: p.Seq, ts: p.Timestamp, codec: p.Codec, mute: p.Mute, payload: append(w.payload[:0], p.Payload...)}
	b.held++
}

// known reports whether a packet can be played: an empty one only keeps its place.
func known(p *media.Packet) bool {
	switch p.Codec {
	case media.CodecOpus, media.CodecPCMU, media.CodecPCMA, media.CodecG722:
		return len(p.Payload) > 0 || p.Mute
	case media.CodecCN:
		return len(p.Payload) > 0
	}
	return false
}

// Roomy reports whether there is room for more than plays at once: what a leg has
// stored may wait there.
func (b *Buffer) Roomy() bool { return b.n < roomy }

// seen notes that a sequence number came, and reports whether it had come before.
func (b *Buffer) seen(seq uint16) bool {
	came := &b.came[seq%recent]
	if *came == uint32(seq)+1 {
		return true
	}
	*came = uint32(seq) + 1
	return false
}

// restart forgets the order of a stream that another one replaced.
func (b *Buffer) restart() {
	b.began, b.held, b.parts = false, 0, 0
	clear(b.came[:])
	for i := range b.ahead {
		b.ahead[i].set = false
	}
}

// drain takes what waited for the packet before it.
func (b *Buffer) drain() {
	for b.held > 0 {
		w := &b.ahead[b.next%window]
		if !w.set || w.seq != b.next {
			return
		}
		w.set = false
		b.held--
		b.take(w.ts, w.codec, w.mute, w.payload)
	}
}

// skip gives up all that is missing before seq.
func (b *Buffer) skip(seq uint16) {
	for int16(seq-b.next) > 0 && b.held > 0 {
		b.giveUp()
	}
	if int16(seq-b.next) > 0 {
		b.stats.Lost += int64(seq - b.next)
		b.next = seq
	}
	b.drain()
}

// giveUp conceals the packet that is due and takes what waited for it.
func (b *Buffer) giveUp() {
	b.stats.Lost++
	var copyIn []byte
	if w := &b.ahead[(b.next+1)%window]; w.set && w.seq == b.next+1 {
		copyIn = w.payload // Opus may carry the lost frame in it
	}
	b.next++
	if !b.still {
		b.ts += uint32(b.span * (b.codec.ClockRate() / 1000) / (media.SampleRate / 1000))
		b.conceal(copyIn, b.span-b.madeUp())
	}
	b.drain()
}

// madeUp is how much of the lost packet was made up already while nothing came: it was
// lost then, not late, and what follows need not be later for it. Opus may have a copy of
// it in the next packet, which is worth the delay.
func (b *Buffer) madeUp() (samples int) {
	if b.codec != media.CodecOpus {
		samples = min(b.made, b.span)
		b.made -= samples
	}
	return samples
}

// conceal makes up so many samples.
func (b *Buffer) conceal(next []byte, samples int) {
	if samples <= 0 {
		return
	}
	b.stats.Concealed++
	dec := b.dec[b.codec]
	if dec == nil {
		return
	}
	pcm, err := dec.Conceal(next, samples, b.pcm)
	if err != nil {
		return
	}
	b.keep(pcm, nil)
}

// take decodes the packet that is due.
func (b *Buffer) take(ts uint32, c media.Codec, mute bool, payload []byte) {
	b.next++
	switch {
	case len(payload) == 0:
		b.still = true
		return
	case c == media.CodecCN:
		b.still = true
		b.hush.set(payload[0])
		return
	}
	b.still = false
	b.hush.end()
	if b.dec[c] == nil {
		dec, err := codec.NewDecoder(c)
		if err != nil {
			b.stats.Broken++
			return
		}
		b.dec[c] = dec
	}
	if c == b.codec {
		b.pause(ts)
	}
	b.codec = c
	pcm, err := b.dec[c].Decode(payload, b.pcm)
	if err != nil {
		b.stats.Broken++
		b.conceal(nil, b.span)
		b.ts = ts + uint32(c.ClockRate()/50)
		return
	}
	b.span = min(len(pcm), maxSpan)
	if mute {
		clear(pcm)
		payload = nil
	}
	b.ts = ts + uint32(len(pcm)*(c.ClockRate()/1000)/(media.SampleRate/1000))
	b.keep(pcm, payload)
}

// pause keeps time over a stretch that the far end did not send (RFC 3551
// section 4.1: the timestamp runs on in silence), as far as it is still to be played.
func (b *Buffer) pause(ts uint32) {
	gap := int32(ts-b.ts) / int32(b.codec.ClockRate()/50)
	if gap <= 0 || !b.playing || b.n == 0 {
		return
	}
	for range min(int(gap), maxTarget) {
		clear(b.pcm[:media.TickSamples])
		b.keep(b.pcm[:media.TickSamples], nil)
	}
}

// keep puts decoded audio behind what waits.
func (b *Buffer) keep(pcm []int16, payload []byte) {
	b.decoded(b.now+media.CallTime(b.n*media.TickSamples+b.parts), pcm)
	whole := len(pcm) == media.TickSamples && b.parts == 0
	for len(pcm) > 0 {
		c := copy(b.part[b.parts:], pcm)
		b.parts += c
		pcm = pcm[c:]
		if b.parts < len(b.part) {
			return
		}
		b.parts = 0
		if b.n == frames { // the oldest gives way
			b.r, b.n = (b.r+1)%frames, b.n-1
			b.stats.Dropped++
		}
		f := &b.ring[(b.r+b.n)%frames]
		f.pcm, f.codec, f.payload = b.part, b.codec, f.payload[:0]
		if whole {
			f.payload = append(f.payload, payload...)
		}
		b.n++
	}
}

// Next gives the tick at now: PCM always when it reports true, and the payload
// when one packet was just this tick. False is silence: nothing was sent.
func (b *Buffer) Next(now media.CallTime, p *media.Packet) bool {
	b.now = now
	b.idle++
	return b.plays(p) || b.hush.plays(b.idle, p)
}

func (b *Buffer) plays(p *media.Packet) bool {
	target := b.delay.target()
	if !b.playing {
		// A stream begins when as much waits as it may be late.
		if b.n < target && (b.n == 0 || b.idle <= target) {
			return false
		}
		b.playing, b.hidden, b.made = true, 0, 0
	}
	for b.n == 0 && b.held > 0 {
		if int(b.newest-b.next)+1 < target && b.hidden < maxHide && b.dec[b.codec] != nil && !b.still {
			// What is missing may only be late: a made-up frame delays all that follows by
			// as much as it needs.
			return b.starve(p)
		}
		b.giveUp()
	}
	if b.n == 0 && len(b.spare) < media.TickSamples {
		return b.starve(p)
	}
	b.catchUp(target)
	b.hidden, b.made = 0, 0
	b.pop(p)
	return true
}

// starve makes up audio when nothing came, for a while.
func (b *Buffer) starve(p *media.Packet) bool {
	if b.hidden >= maxHide || b.dec[b.codec] == nil || b.still {
		b.playing, b.parts, b.made, b.spare = false, 0, 0, b.spare[:0]
		return false
	}
	b.hidden++
	b.made += media.TickSamples
	b.conceal(nil, media.TickSamples)
	if b.n == 0 {
		return false
	}
	b.pop(p)
	return true
}

func (b *Buffer) pop(p *media.Packet) {
	if len(b.spare) > 0 {
		b.popSpare(p)
		return
	}
	f := &b.ring[b.r]
	b.r, b.n = (b.r+1)%frames, b.n-1
	p.PCM = append(p.PCM[:0], f.pcm[:]...)
	p.Payload = append(p.Payload[:0], f.payload...)
	p.Codec = f.codec
}

// quiet is below about -50 dB of full scale.
func quiet(x []int16) bool {
	for _, v := range x {
		if v > 200 || v < -200 {
			return false
		}
	}
	return true
}

// Stats is what happened so far.
func (b *Buffer) Stats() Stats {
	s := b.stats
	s.Delay = media.CallTime(b.n * media.TickSamples)
	s.Target = media.CallTime(b.delay.target() * media.TickSamples)
	return s
}
