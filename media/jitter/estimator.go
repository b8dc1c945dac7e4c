package jitter

import (
	"math"

	"parley/media"
)

// estimator learns how much packets' delays vary, in frames of 20 ms: the
// target is the delay that nearly all packets keep, above the least one.
type estimator struct {
	set    bool
	first  uint32
	least  int64 // arrival less timestamp of the fastest packet of this window, in samples at 16 kHz
	before int64 // of the window before
	n      int   // packets of this window
	count  [maxTarget + 1]float64
	sum    float64
	want   int
}

const (
	forget = 0.998 // of the counts, at each packet: about ten seconds
	share  = 0.98  // of the packets that must be in time
	memory = 250   // packets of a window: in five seconds clocks part by no more than a millisecond
)

func (e *estimator) reset() { *e = estimator{want: minTarget + 1} }

// arrived notes that a packet with timestamp ts came at now.
func (e *estimator) arrived(now media.CallTime, ts uint32, rate int) {
	if !e.set {
		e.set, e.first, e.n, e.before = true, ts, 0, math.MaxInt64
	}
	sent := int64(int32(ts-e.first)) * media.SampleRate / int64(rate)
	late := int64(now) - sent
	if e.n == memory {
		e.before, e.n = e.least, 0
	}
	if e.n == 0 || late < e.least {
		e.least = late
	}
	e.n++
	over := int((late - min(e.least, e.before) + media.TickSamples - 1) / media.TickSamples)
	if over > 4*maxTarget { // a pause of the sender's clock, no jitter
		e.set = false
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
