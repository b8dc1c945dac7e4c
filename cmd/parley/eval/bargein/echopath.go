package bargein

import (
	"math"
	"math/rand/v2"

	"parley/media"
)

// echoPath is the way from a loudspeaker back into the microphone: the
// loudspeaker's own sound, the room's ring, a delay and a loss.
type echoPath struct {
	gain  float64 // of the whole, as a factor
	delay int     // samples
	small bool    // a small loudspeaker: no bass, a resonance, and it distorts
	ring  []tap

	past       [1 << 15]float64 // what was played, by call time
	low, res   float64          // of the loudspeaker
	res2, last float64
}

// tap is one reflection.
type tap struct {
	after int
	gain  float64
}

// newEcho makes a path of a level in dB and a delay in ms; the room's ring is
// drawn from rng.
func newEcho(db, ms float64, small bool, rng *rand.Rand) *echoPath {
	e := &echoPath{gain: math.Pow(10, db/20), delay: int(ms * media.SampleRate / 1000), small: small, ring: []tap{{0, 1}}}
	fade := 0.03 + 0.07*rng.Float64() // s, to 1/e
	for range 12 {
		at := rng.Float64() * 0.2
		e.ring = append(e.ring, tap{int(at * media.SampleRate), 0.5 * math.Exp(-at/fade) * (2*rng.Float64() - 1)})
	}
	var power float64
	for _, t := range e.ring {
		power += t.gain * t.gain
	}
	e.gain /= math.Sqrt(power)
	return e
}

// played takes what the loudspeaker plays at call time at.
func (e *echoPath) played(at media.CallTime, pcm []int16) {
	for i := range media.TickSamples {
		v := 0.0
		if i < len(pcm) {
			v = float64(pcm[i])
		}
		if e.small {
			v = e.speaker(v)
		}
		e.past[(int(at)+i)%len(e.past)] = v
	}
}

// speaker takes the bass away, rings at 900 Hz and bends what is loud.
func (e *echoPath) speaker(v float64) float64 {
	e.low += 0.14 * (v - e.low) // 380 Hz
	v -= e.low
	const w, r = 2 * math.Pi * 900 / media.SampleRate, 0.9
	y := v*0.1 + 2*r*math.Cos(w)*e.res - r*r*e.res2
	e.res2, e.res = e.res, y
	v += 0.8 * y
	return 9000 * math.Tanh(v/9000) * 1.3
}

// add mixes the echo of call time at into a tick of the microphone.
func (e *echoPath) add(at media.CallTime, mix []float64) {
	for i := range mix {
		var v float64
		for _, t := range e.ring {
			if k := int(at) + i - e.delay - t.after; k >= 0 && k > int(at)-len(e.past) {
				v += e.past[k%len(e.past)] * t.gain
			}
		}
		mix[i] += v * e.gain
	}
}
