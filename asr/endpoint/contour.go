package endpoint

import "parley/asr/vad"

// contour is how the voice went into the pause: a fall in pitch and level ends a
// sentence, a level pitch and a drawl hold the floor.
type contour struct {
	pitch  float64 // of the turn, slowly
	level  float64
	end    [16]vad.Activity // the last frames of speech
	n      int
	steady int // frames in a row of one drawn-out sound
}

func (c *contour) reset() { *c = contour{pitch: c.pitch, level: c.level} }

func (c *contour) frame(a vad.Activity) {
	if a.PitchHz > 0 {
		if c.pitch == 0 {
			c.pitch, c.level = a.PitchHz, a.LevelDB
		}
		c.pitch += 0.03 * (a.PitchHz - c.pitch)
		c.level += 0.03 * (a.LevelDB - c.level)
	}
	if c.n > 0 {
		last := c.end[(c.n-1)%len(c.end)]
		near := func(x, y, d float64) bool { return x-y < d && y-x < d }
		if a.PitchHz > 0 && last.PitchHz > 0 && near(a.PitchHz, last.PitchHz, 6) && near(a.LevelDB, last.LevelDB, 2.5) {
			c.steady++
		} else {
			c.steady = 0
		}
	}
	c.end[c.n%len(c.end)] = a
	c.n++
}

// factor of the wait: below 1 when the voice sounded done, above when it did not.
func (c *contour) factor() float64 {
	if c.pitch == 0 || c.n < 8 {
		return 1
	}
	var sum float64
	n := 0
	for i := max(0, c.n-10); i < c.n; i++ {
		if a := c.end[i%len(c.end)]; a.PitchHz > 0 {
			sum += a.PitchHz
			n++
		}
	}
	f := 1.0
	if n >= 3 {
		switch r := sum / float64(n) / c.pitch; {
		case r < 0.86:
			f = 0.85
		case r > 1.2: // a question rises, and is done; so does a list
			f = 0.95
		case r > 0.97:
			f = 1.1
		}
	}
	if c.steady >= 14 { // 280 ms of one sound: "so…", 「那个…」
		f *= 1.35
	}
	return f
}
