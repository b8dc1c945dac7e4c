package codec

// Concealment of speech by repeating the last pitch period, after the idea of ITU-T
// G.711 Appendix I: faded over 60 ms, and cross-faded into what follows. The lengths
// are in samples at 8 kHz; a concealer of another rate takes as many times more.
const (
	pitchMin  = 40   // 200 Hz
	pitchMax  = 120  // 66 Hz
	compare   = 160  // over which periods are compared
	history   = 390  // kept
	fadeStart = 80   // at full level
	fadeEnd   = 480  // until silence
	overlap   = 32   // of cross-fade into the next good frame
	quiet     = 1000 // energy a sample under which there is no pitch to find
)

type concealer struct {
	times int     // 1 for 8 kHz, 2 for 16 kHz
	past  []int16 // what was last heard, at most history
	cycle []int16 // the period that is repeated
	at    int     // in the repetition
	gone  int     // samples concealed in this gap
}

// arrived notes a good frame, and blends its beginning with the repetition when it ends a gap.
func (c *concealer) arrived(x []int16) {
	if c.gone > 0 {
		over := overlap * c.times
		for i := range min(over, len(x)) {
			w := int32(i)
			x[i] = int16((int32(x[i])*w + int32(c.next())*(int32(over)-w)) / int32(over))
		}
		c.gone = 0
	}
	c.keep(x)
}

func (c *concealer) keep(x []int16) {
	if c.past == nil {
		c.past = make([]int16, 0, history*c.times)
		c.cycle = make([]int16, 0, pitchMax*c.times)
	}
	if most := history * c.times; len(x) > most {
		x = x[len(x)-most:]
	}
	if over := len(c.past) + len(x) - history*c.times; over > 0 {
		c.past = c.past[:copy(c.past, c.past[over:])]
	}
	c.past = append(c.past, x...)
}

// lost appends n samples for a frame that did not come.
func (c *concealer) lost(dst []int16, n int) []int16 {
	if c.gone == 0 {
		c.cycle, c.at = c.cycle[:0], 0
		if p := c.pitch(); p > 0 {
			c.cycle = append(c.cycle, c.past[len(c.past)-p:]...)
		}
	}
	from := len(dst)
	for range n {
		dst = append(dst, c.next())
	}
	c.keep(dst[from:])
	return dst
}

// next is the next sample of the repetition.
func (c *concealer) next() int16 {
	g := c.gone / c.times
	c.gone++
	if len(c.cycle) == 0 || g >= fadeEnd {
		return 0
	}
	v := int32(c.cycle[c.at])
	c.at = (c.at + 1) % len(c.cycle)
	if g > fadeStart {
		v = v * int32(fadeEnd-g) / (fadeEnd - fadeStart)
	}
	return int16(v)
}

// pitch is the lag at which the last samples resemble those before them most; 0 without a voice.
func (c *concealer) pitch() int {
	span, most := compare*c.times, pitchMax*c.times
	if len(c.past) < span+most {
		return 0
	}
	now := c.past[len(c.past)-span:]
	var energy int64
	for _, v := range now {
		energy += int64(v) * int64(v)
	}
	if energy < int64(quiet*span) {
		return 0
	}
	best, lag := -1.0, 0
	for p := pitchMin * c.times; p <= most; p++ {
		then := c.past[len(c.past)-span-p:]
		var dot, e int64
		for i, v := range now {
			dot += int64(v) * int64(then[i])
			e += int64(then[i]) * int64(then[i])
		}
		if e == 0 || dot <= 0 {
			continue
		}
		if r := float64(dot) * float64(dot) / float64(e); r > best {
			best, lag = r, p
		}
	}
	if lag == 0 {
		return most // noise: a long stretch buzzes least
	}
	return lag
}
