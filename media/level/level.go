// Package level brings up the voice of who is hard to hear: slowly, by speech alone, and
// never so far that the line's noise becomes loud.
package level

import "math"

const (
	target   = 2000.0 // root mean square of speech that is loud enough: -24 dB of full scale
	most     = 8.0    // gain: 18 dB
	hush     = 250.0  // that noise is not raised above
	least    = 40.0   // below which nothing is speech: -58 dB
	over     = 3.0    // times the noise: speech
	up       = 1.012  // of the gain in a frame of speech: 5 dB a second
	down     = 0.97   // a frame: 13 dB a second
	peak     = 30000  // that no sample is raised above
	floorUp  = 1.01   // of the noise's level in a frame: it is the least that was heard lately
	learnOff = 0.05   // of the level in a frame of speech
)

// Raiser follows one party. The zero value is ready; it is not for several goroutines at once.
type Raiser struct {
	noise  float64 // root mean square
	speech float64
	gain   float64
}

// Gain is what it does now: 1 is nothing.
func (r *Raiser) Gain() float64 { return max(r.gain, 1) }

// Raise changes a frame of 10 to 60 ms in place.
func (r *Raiser) Raise(pcm []int16) {
	if len(pcm) == 0 {
		return
	}
	var energy float64
	var loudest int16
	for _, v := range pcm {
		energy += float64(v) * float64(v)
		loudest = max(loudest, v, -max(v, -math.MaxInt16))
	}
	was := r.Gain()
	now := r.follow(math.Sqrt(energy / float64(len(pcm))))
	if limit := peak / max(float64(loudest), 1); now > limit {
		now, was = max(limit, 1), min(was, max(limit, 1))
	}
	r.gain = now
	if now <= 1 && was <= 1 {
		return
	}
	step := (now - was) / float64(len(pcm))
	for i, v := range pcm {
		was += step
		pcm[i] = int16(min(max(float64(v)*was, math.MinInt16), math.MaxInt16))
	}
}

// follow learns from a frame's level, and gives the gain that it deserves.
func (r *Raiser) follow(rms float64) float64 {
	g := r.Gain()
	if rms < 1 { // digital silence tells nothing
		return g
	}
	if r.noise == 0 || rms < r.noise {
		r.noise = rms
	} else {
		r.noise *= floorUp
	}
	if rms < least || rms < over*r.noise {
		return g
	}
	if r.speech == 0 {
		r.speech = rms
	}
	r.speech += (rms - r.speech) * learnOff
	want := min(target/r.speech, most, hush/r.noise)
	switch {
	case want > g:
		return min(g*up, want)
	case want < g:
		return max(g*down, want, 1)
	}
	return g
}
