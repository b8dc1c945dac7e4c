package jitter

import (
	"math"

	"parley/media"
)

// Bounds of what is cut out of speech to catch up, in samples at 16 kHz.
const (
	cutMin   = 80                    // 5 ms
	cutMax   = media.TickSamples     // in a tick
	joint    = 160                   // over which what is before the cut goes over into what is after
	alike    = 0.8                   // of the two at the joint, when there is no hurry
	hurry    = 4                     // frames too many, from which on any cut is made
	leisure  = 25                    // ticks that too many must have waited, when there is no hurry: a burst passes
	cutFrom  = 2 * media.TickSamples // what a cut is made in
	coarsely = 4                     // samples from one lag that is tried to the next
)

// catchUp wins time when more waits than is needed: a quiet frame is thrown away; of
// speech a period or several are cut out, so that no word is lost.
func (b *Buffer) catchUp(target int) {
	over := b.n - target
	if b.turns++; over <= 1 {
		b.turns = 0
	}
	if b.n == 0 || over <= 0 {
		return
	}
	if quiet(b.ring[b.r].pcm[:]) {
		if quiet(b.spare) { // and with it what put the frames out of step
			b.spare = b.spare[:0]
		}
		if over > 1 {
			b.r, b.n = (b.r+1)%frames, b.n-1
			b.stats.Dropped++
		}
		return
	}
	if over > hurry || b.turns >= leisure {
		b.cut(over > hurry)
	}
}

// cut takes out of what plays next about a period of the voice.
func (b *Buffer) cut(anyhow bool) {
	for len(b.spare) < cutFrom {
		if b.n == 0 {
			return
		}
		b.spare = append(b.spare, b.ring[b.r].pcm[:]...)
		b.r, b.n = (b.r+1)%frames, b.n-1
	}
	b.turns = 0
	x := b.spare
	lag, r := alikeAfter(x)
	if r < alike && !anyhow {
		return
	}
	if lag == 0 {
		lag = cutMax // nothing resembles: it is noise
	}
	for i := range joint {
		w := int32(i)
		x[i] = int16((int32(x[i])*(joint-w) + int32(x[i+lag])*w) / joint)
	}
	b.spare = x[:joint+copy(x[joint:], x[joint+lag:])]
	b.stats.Cut += int64(lag)
}

// alikeAfter is the lag after which x goes on most like it begins, and how alike; 0: nothing is.
func alikeAfter(x []int16) (lag int, r float64) {
	var e0 int64
	for i := 0; i < joint; i += 2 {
		e0 += int64(x[i]) * int64(x[i])
	}
	for l := cutMin; l <= cutMax; l += coarsely {
		var dot, e int64
		for i := 0; i < joint; i += 2 {
			v := int64(x[i+l])
			dot += int64(x[i]) * v
			e += v * v
		}
		if dot <= 0 || e == 0 {
			continue
		}
		if v := float64(dot) * float64(dot) / (float64(e) * float64(e0)); v > r*r {
			lag, r = l, math.Sqrt(v)
		}
	}
	return lag, r
}

// popSpare plays what a cut left over, filled up from the ring. A tick is then no packet's.
func (b *Buffer) popSpare(p *media.Packet) {
	if len(b.spare) < media.TickSamples {
		b.spare = append(b.spare, b.ring[b.r].pcm[:]...)
		p.Codec = b.ring[b.r].codec
		b.r, b.n = (b.r+1)%frames, b.n-1
	}
	p.PCM = append(p.PCM[:0], b.spare[:media.TickSamples]...)
	p.Payload = p.Payload[:0]
	b.spare = b.spare[:copy(b.spare, b.spare[media.TickSamples:])]
}
