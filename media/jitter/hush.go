package jitter

import (
	"math"

	"parley/media"
)

// Bounds of comfort noise.
const (
	faintest  = 50   // dB below full scale: no far end makes us play louder noise than that
	hushLasts = 3000 // ticks without a packet, after which the line is taken for dead
)

// hush is comfort noise (RFC 3389): a soft rustle as loud as the far end says, in place
// of what it does not send. Its spectrum is a telephone's, not the far end's. It is
// never told as decoded, so that it is not taken for a voice.
type hush struct {
	on    bool
	loud  float32 // amplitude
	seed  uint32
	state float32
}

func newHush() hush { return hush{seed: 1} }

// set takes the level of RFC 3389 section 3: 0 to 127 dB below full scale.
func (h *hush) set(level byte) {
	below := max(float64(level&0x7f), faintest)
	// Of white noise between -1 and 1 through the filter below the root mean square is 0.33.
	h.on, h.loud = true, float32(math.MaxInt16*math.Pow(10, -below/20)/0.33)
}

func (h *hush) end() { h.on = false }

// plays fills a tick, unless nothing has come for too long.
func (h *hush) plays(idle int, p *media.Packet) bool {
	if !h.on || idle > hushLasts {
		return false
	}
	p.PCM, p.Payload = p.PCM[:0], p.Payload[:0]
	for range media.TickSamples {
		h.seed = h.seed*1664525 + 1013904223
		h.state += (float32(int32(h.seed))/(1<<31) - h.state) / 2
		p.PCM = append(p.PCM, int16(h.state*h.loud))
	}
	return true
}
