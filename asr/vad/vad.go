// Package vad tells speech from everything else, frame by frame: level above a
// noise floor that follows the room, a voice's periodicity, and nothing that is
// as pure and steady as a machine's tone.
package vad

import (
	"math"
	"math/bits"
)

// Options of a Detector. The zero value works.
type Options struct {
	// Margin is how many dB speech lies above the noise at least; 0 is 8.
	Margin float64
}

// Activity is what one frame of 20 ms sounds like.
type Activity struct {
	Speech  bool    // somebody speaks
	Likely  bool    // this frame alone looks like speech: Speech may follow
	Onset   bool    // the first frame of Speech
	Offset  bool    // the first frame after it
	Prob    float64 // of speech in this frame alone, 0 to 1
	LevelDB float64 // of the frame, in dB of full scale
	NoiseDB float64 // of the floor
	Voicing float64 // how periodic it is, 0 to 1
	PitchHz float64 // of the voice; 0 when it has none
	GainDB  float64 // of linear prediction: a burst of noise has 5, a vowel 15, a tone 30 and more
	Since   int     // frames since Speech really began or ended: the decision comes later
}

// Times of the decision, in frames.
const (
	attack      = 2  // of the last three, until speech is believed
	breathy     = 5  // the same of the last five without a voice among them
	release     = 7  // without, until it is over
	settle      = 25 // at the beginning, while the floor is learnt fast
	longestHiss = 15 // without a voice, in speech
	toneRun     = 3  // as steady as a machine, until it is one
)

const (
	decimated = 160 // samples of a frame at 8 kHz
	lagMin    = 20  // 400 Hz at 8 kHz
	lagMax    = 114 // 70 Hz
	floorMin  = -72 // dB: quieter is silence, whatever the room

	voiceLike   = 0.45 // of voicing: may be a voice
	surelyVoice = 0.6  // is one
	loudShare   = 0.4  // of the voice's level above the noise
	mostMargin  = 15   // dB
)

// Detector follows one stream. It is not for several goroutines at once.
type Detector struct {
	o      Options
	hp     float64 // high-pass: the last input less the last output
	lastIn float64
	half   float64              // of the decimator
	buf    [2 * decimated]int32 // the last two frames at 8 kHz

	noise  float64
	loud   float64 // the voice's level, dB
	low    float64 // the least level lately
	n      int     // frames so far
	lowFor int

	recent uint8 // bits: frames that look like speech
	voiced uint8 // bits: and have a voice
	speech bool
	run    int // frames since the last that looked like speech
	since  int
	tone   int
	tail   int // frames after a tone whose decay is no speech
	level  float64
	flat   int // frames in a row without a voice
}

// New returns a detector.
func New(o Options) *Detector {
	if o.Margin == 0 {
		o.Margin = 8
	}
	return &Detector{o: o, noise: -60, loud: floorMin}
}

// Frame looks at 20 ms (320 samples) of 16 kHz audio. It does not allocate.
func (d *Detector) Frame(pcm []int16) Activity {
	level := d.take(pcm)
	d.n++
	voicing, pitch, gain := d.voice()
	d.follow(level, voicing)
	over := level - d.noise
	margin := d.margin()
	looks := over > margin && level > floorMin+6 && (voicing > voiceLike || over > margin+7)
	if d.machine(gain, level) {
		looks = false
	}
	p := 1 / (1 + math.Exp(-(over-margin)/2.5-4*(voicing-0.5)))
	if d.tone >= toneRun || d.tail > 0 {
		p = 0
	}
	a := Activity{Likely: looks, Prob: p, LevelDB: level, NoiseDB: d.noise, Voicing: voicing, GainDB: 10 * math.Log10(gain)}
	if voicing > voiceLike {
		a.PitchHz = pitch
	}
	d.loudness(looks, level, voicing)
	d.decide(looks, voicing > surelyVoice, &a)
	return a
}

// margin is what speech lies above the noise at least: the more, the louder this
// speaker is, since what fluctuates far below a voice is the room.
func (d *Detector) margin() float64 {
	return max(d.o.Margin, min(loudShare*(d.loud-d.noise), mostMargin))
}

// loudness follows the level of the voice, which sinks slowly when it is not heard.
func (d *Detector) loudness(looks bool, level, voicing float64) {
	if looks && voicing > surelyVoice {
		d.loud = max(d.loud, floorMin)
		if level > d.loud {
			d.loud += 0.15 * (level - d.loud)
		} else {
			d.loud += 0.02 * (level - d.loud)
		}
		return
	}
	d.loud -= 0.01 // half a dB a second
}

// take filters a frame, keeps it at half the rate, and gives its level.
func (d *Detector) take(pcm []int16) float64 {
	copy(d.buf[:decimated], d.buf[decimated:])
	var e float64
	n, hp, last, half := 0, d.hp, d.lastIn, d.half
	for i, v := range pcm {
		x := float64(v)
		hp = 0.97 * (hp + x - last) // 75 Hz
		last = x
		e += hp * hp
		if i&1 == 0 {
			half = hp
		} else if n < decimated {
			d.buf[decimated+n] = int32((half + hp) / 2)
			n++
		}
	}
	d.hp, d.lastIn, d.half = hp, last, half
	for ; n < decimated; n++ {
		d.buf[decimated+n] = 0
	}
	e /= float64(max(len(pcm), 1)) * 32768 * 32768
	return 10 * math.Log10(e+1e-9)
}

// machine recognises dial, ring and hold tones: pure, and steady.
func (d *Detector) machine(gain, level float64) bool {
	steady := math.Abs(level-d.level) < 3
	d.level = level
	switch {
	case gain > 400 && steady:
		d.tone++
	case gain > 2000:
		d.tone = max(d.tone, 1)
	default:
		d.tone = 0
	}
	if d.tone >= toneRun {
		d.tail = 4
		return true
	}
	if d.tail > 0 {
		d.tail--
		return true
	}
	return d.tone > 0 && gain > 2000
}

// follow lets the noise floor sink at once, and rise slowly: faster when nothing
// in the sound is voiced.
func (d *Detector) follow(level, voicing float64) {
	level = max(level, floorMin)
	if d.n == 1 {
		d.noise, d.low = min(level, -45), level
	}
	if d.flat++; voicing > 0.5 {
		d.flat = 0
	}
	switch {
	case level < d.noise:
		d.noise += 0.25 * (level - d.noise)
	case d.n < settle:
		d.noise += 0.1 * (min(level, -40) - d.noise)
	case d.flat > longestHiss:
		d.noise += 0.5
	case voicing < 0.35 && level-d.noise < 12:
		d.noise += 0.02 * (level - d.noise)
	case voicing < 0.35:
		d.noise += 0.03 // 1.5 dB a second
	default:
		d.noise += 0.006
	}
	// What was the least for three seconds is the floor, whatever came before.
	if level < d.low || d.lowFor == 0 {
		d.low = level
	}
	if d.lowFor++; d.lowFor >= 150 {
		if d.low > d.noise {
			d.noise += 0.5 * (d.low - d.noise)
		}
		d.lowFor = 0
	}
}

func (d *Detector) decide(looks, voiced bool, a *Activity) {
	d.recent = d.recent << 1 & 31
	d.voiced = d.voiced << 1 & 15
	if looks && voiced {
		d.voiced |= 1
	}
	if looks {
		d.recent |= 1
		d.run = 0
	} else {
		d.run++
	}
	d.since++
	switch {
	case !d.speech && (d.voiced != 0 && bits.OnesCount8(d.recent&7) >= attack || bits.OnesCount8(d.recent) >= breathy):
		d.speech, a.Onset = true, true
		d.since = bits.OnesCount8(d.recent)
	case d.speech && d.run >= release:
		d.speech, a.Offset = false, true
		d.since = d.run
	}
	a.Speech, a.Since = d.speech, d.since
}
