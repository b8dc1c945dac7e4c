package marks

import "math"

// FrameSamples is the length of an envelope's frame: 10 ms at 16 kHz.
const FrameSamples = 160

// Envelope is the loudness of audio in frames of 10 ms, as it arrives. The zero
// value is empty. Its user guards it.
type Envelope struct {
	frames []uint8 // level in half dB above -100 dBFS
	sum    float64 // of the frame under way
	n      int
}

// Write appends 16 kHz mono audio.
func (e *Envelope) Write(pcm []int16) {
	for _, s := range pcm {
		e.sum += float64(s) * float64(s)
		if e.n++; e.n == FrameSamples {
			e.frames = append(e.frames, level(e.sum/FrameSamples))
			e.sum, e.n = 0, 0
		}
	}
}

// Frames is how many whole frames are known.
func (e *Envelope) Frames() int { return len(e.frames) }

func level(power float64) uint8 {
	if power < 1 {
		power = 1
	}
	db := 10*math.Log10(power/(32768*32768)) + 100
	return uint8(min(max(db*2, 0), 255))
}

// voiced tells for each frame whether somebody speaks in it: louder than 30 dB
// below the loud tenth of the frames.
func (e *Envelope) voiced() []bool {
	var hist [256]int
	for _, f := range e.frames {
		hist[f]++
	}
	loud, left := 255, len(e.frames)/10
	for ; loud > 0; loud-- {
		if left -= hist[loud]; left < 0 {
			break
		}
	}
	threshold := max(loud-60, 60) // never below -70 dBFS
	v := make([]bool, len(e.frames))
	for i, f := range e.frames {
		v[i] = int(f) >= threshold
	}
	return v
}

// gap is a stretch of silence in frames, [start, end).
type gap struct{ start, end int }

// gaps are the silences of at least 60 ms between first and last sound, and
// where the sound begins and ends. All-silent audio begins and ends at 0.
func gaps(voiced []bool) (gs []gap, begin, end int) {
	const shortest = 6
	begin = -1
	for i, v := range voiced {
		if !v {
			continue
		}
		if begin < 0 {
			begin = i
		} else if i-end >= shortest {
			gs = append(gs, gap{end, i})
		}
		end = i + 1
	}
	return gs, max(begin, 0), end
}
