package endpoint

import (
	"math"

	"parley/asr/vad"
)

// contour is how the voice went into the pause: a fall in pitch and level ends a
// sentence, a level pitch and a drawl hold the floor. Its means are of the
// speaker, over some seconds, and outlast a turn.
type contour struct {
	pitch, pitches float64 // mean of ln Hz, and of how many frames
	level, levels  float64 // mean dB of voiced frames
	ring           [32]sound
	n              int
	steady         int // frames in a row of one drawn-out sound
	drawl          int // steady, when the last voiced frame came
}

// sound is what is kept of a frame.
type sound struct{ level, noise, pitch, voicing float32 }

const (
	memory    = 150 // voiced frames that the means reach back
	lastSound = 10  // frames of the end of the speech that are compared with them
)

func (c *contour) reset() {
	*c = contour{pitch: c.pitch, pitches: c.pitches, level: c.level, levels: c.levels}
}

func (c *contour) frame(a vad.Activity) {
	s := sound{float32(a.LevelDB), float32(a.NoiseDB), float32(a.PitchHz), float32(a.Voicing)}
	if s.pitch > 0 {
		c.pitches, c.levels = min(c.pitches+1, memory), min(c.levels+1, memory)
		c.pitch += (math.Log(a.PitchHz) - c.pitch) / c.pitches
		c.level += (a.LevelDB - c.level) / c.levels
		last := c.at(0)
		if last.pitch > 0 && near(s.pitch, last.pitch, 6) && near(s.level, last.level, 2.5) {
			c.steady++
		} else {
			c.steady = 0
		}
		c.drawl = c.steady
	} else {
		c.steady = 0
	}
	c.ring[c.n%len(c.ring)] = s
	c.n++
}

func near(x, y, d float32) bool { return x-y < d && y-x < d }

// at is the frame so many before the last one.
func (c *contour) at(back int) sound {
	if back >= c.n || back >= len(c.ring) {
		return sound{}
	}
	return c.ring[(c.n-1-back)%len(c.ring)]
}

// into fills the features of the sound, when the speech was over so many frames
// before the last one.
func (c *contour) into(x *Features, over int) {
	if c.levels == 0 || c.n < over+4 {
		return
	}
	over = min(over, len(c.ring)-16)
	var pitch, pitches, level, voiced, early float64
	for i := over; i < over+lastSound; i++ {
		s := c.at(i)
		if s.pitch > 0 {
			pitch += math.Log(float64(s.pitch))
			pitches++
		}
		if i < over+4 {
			level += float64(s.level) / 4
		}
		voiced += float64(s.voicing) / lastSound
	}
	for i := over + 4; i < over+12; i++ {
		early += float64(c.at(i).level) / 8
	}
	drop, peak := 0.0, -100.0
	for i := max(over-2, 0); i < over+3; i++ {
		drop = max(drop, float64(c.at(i+1).level-c.at(i).level))
	}
	for i := over; i < over+15; i++ {
		peak = max(peak, float64(c.at(i).level))
	}
	first, rest := 0.0, 0.0
	for i := range over {
		s := c.at(i)
		if above := float64(s.level - s.noise); i >= over-3 {
			first += above / float64(min(over, 3))
		} else {
			rest += above / float64(over-3)
		}
	}
	x[fDecay], x[fBreath] = limit(first/10, 2), limit(rest/10, 2)
	x[fDrop] = limit(drop/10-1, 2)
	x[fPeak] = limit((level-peak)/10+1, 2)
	if pitches >= 2 {
		x[fPitch] = limit(4*(pitch/pitches-c.pitch), 2)
	}
	x[fPitchLast] = limit(4*c.lastPitch(over), 2)
	x[fLong] = math.Log(float64(c.syllable(over)+1)) - 2
	x[fLevel] = limit((level-c.level)/10, 3)
	x[fSlope] = limit((level-early)/10, 2)
	x[fVoiced] = voiced - 0.5
	if c.drawl >= 14 { // 280 ms of one sound: "so…", 「那个…」
		x[fDrawl] = 1
	}
}

func limit(v, by float64) float64 { return min(max(v, -by), by) }

// lastPitch is how far the last voiced frames are above the speaker's mean.
func (c *contour) lastPitch(over int) float64 {
	sum, n := 0.0, 0.0
	for i := over; i < len(c.ring)-1 && n < 3; i++ {
		if s := c.at(i); s.pitch > 0 && s.voicing > 0.6 {
			sum += math.Log(float64(s.pitch))
			n++
		}
	}
	if n < 3 {
		return 0
	}
	return sum/n - c.pitch
}

// syllable is how many frames lie between the end of the speech and the last dip
// of its level: 6 dB below what is louder on both sides.
func (c *contour) syllable(over int) int {
	peak, dip := float32(-100), float32(0)
	for i := over; i < len(c.ring)-1; i++ {
		l := c.at(i).level
		if l > peak {
			if peak > -100 && dip < l-6 && dip < peak-6 {
				return i - over
			}
			peak, dip = max(peak, l), l
		}
		dip = min(dip, l)
		if dip < peak-6 && l > dip+6 {
			return i - over
		}
	}
	return len(c.ring) - 1 - over
}
