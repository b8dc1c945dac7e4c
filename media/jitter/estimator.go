package jitter

import "parley/media"

// estimator learns how much packets' delays vary, in frames of 20 ms: the
// target is the delay that nearly all packets keep, above the least one.
type estimator struct {
	set   bool
	base  int64 // arrival less timestamp of the fastest packet lately, in samples at 16 kHz
	first uint32
	at    int64
	count [maxTarget + 1]float64
	sum   float64
	want  int
}

const (
	forget = 0.998 // of the counts, at each packet: about ten seconds
	share  = 0.98  // of the packets that must be in time
	drift  = 64    // packets after which the base follows by a sample: 250 ppm and more
)

func (e *estimator) reset() { *e = estimator{want: minTarget + 1} }

// arrived notes that a packet with timestamp ts came during the tick at now.
func (e *estimator) arrived(now media.CallTime, ts uint32, rate int) {
	if !e.set {
		e.set, e.first = true, ts
	}
	sent := int64(int32(ts-e.first)) * media.SampleRate / int64(rate)
	late := int64(now) - sent
	e.at++
	if e.at == 1 || late < e.base {
		e.base = late
	} else if e.at%drift == 0 {
		e.base++
	}
	over := int((late - e.base + media.TickSamples - 1) / media.TickSamples)
	if over > 4*maxTarget { // a pause of the sender's clock, no jitter
		e.set, e.at = false, 0
		return
	}
	over = min(over, maxTarget)
	for i := range e.count {
		e.count[i] *= forget
	}
	e.sum = e.sum*forget + 1
	e.count[over]++
	have := 0.0
	for i, c := range e.count {
		if have += c; have >= share*e.sum {
			e.want = min(max(i+1, minTarget), maxTarget)
			break
		}
	}
}

// target is how many frames should wait when a stream begins.
func (e *estimator) target() int { return max(e.want, minTarget) }
