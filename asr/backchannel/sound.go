package backchannel

import (
	"math"
	"time"

	"parley/asr/vad"
	"parley/media"
)

// What a frame must be to count.
const (
	overNoise  = 10   // dB
	underPeak  = 25   // dB below the loudest frame of the sound
	clear      = 0.71 // of voicing: a throat and a cough buzz, but do not sing
	hoarse     = 0.55 // may be a voice too, a rough one or one on a poor line
	resonant   = 7.5  // dB of prediction gain that it then has, and a cough has not
	doubt      = 0.75 // what such a frame counts
	glide      = 0.18 // a voice's pitch moves less from frame to frame, in nepers
	firm       = 3    // frames in a row of clear voice that are no accident
	even       = 6    // the same of hoarse voice, resonant or not
	togetherIn = 20   // frames of silence that do not yet begin another sound
)

// Sound measures, frame by frame, how much of a person's voice a sound holds,
// which tells a customer who takes the floor from a nod, a cough or a
// keyboard before any word is known. The zero value is ready.
type Sound struct {
	peak   float64
	pitch  float64 // of the last frame of voice
	row    int     // frames in a row that may be a voice
	before float64 // what voice was when they began
	run    int     // frames in a row that are more than hoarse
	kept   float64 // what they count, until they are no accident
	voice  float64 // frames
	speech int
	quiet  int // frames since the last loud one
}

// Begin tells that the voice activity set in. After a pause that is short it is
// still the same sound.
func (s *Sound) Begin() {
	if s.quiet > togetherIn || s.speech == 0 {
		*s = Sound{peak: math.Inf(-1)}
	}
}

// Frame takes the next 20 ms.
func (s *Sound) Frame(a vad.Activity) {
	s.peak = max(s.peak, a.LevelDB)
	s.quiet++
	if a.LevelDB < a.NoiseDB+overNoise || a.LevelDB < s.peak-underPeak || a.Prob == 0 {
		s.breaks()
		return
	}
	s.quiet = 0
	s.speech++
	if a.PitchHz == 0 || a.Voicing < hoarse {
		s.breaks()
		return
	}
	if s.pitch > 0 && math.Abs(math.Log(a.PitchHz/s.pitch)) > glide {
		s.breaks()
	}
	if s.pitch = a.PitchHz; s.row == 0 {
		s.before = s.voice
	}
	s.row++
	switch {
	case a.Voicing >= clear:
		s.keep(1)
	case a.GainDB >= resonant:
		s.keep(doubt)
	default:
		s.run, s.kept = 0, 0
	}
	if s.row >= even {
		s.voice = max(s.voice, s.before+doubt*float64(s.row))
	}
}

// keep counts a frame of voice, once there are so many that they are no accident.
func (s *Sound) keep(frames float64) {
	s.kept += frames
	if s.run++; s.run >= firm {
		s.voice += s.kept
		s.kept = 0
	}
}

// breaks tells that a voice did not go on.
func (s *Sound) breaks() { s.row, s.run, s.kept, s.pitch = 0, 0, 0, 0 }

// Hide tells that another sound was as loud for 20 ms: this one is taken to go on,
// but nothing is known of its voice.
func (s *Sound) Hide() {
	if s.quiet == 0 {
		s.speech++
	}
}

// Pass tells that 20 ms went by that are none of the sound.
func (s *Sound) Pass() { s.quiet++ }

// Voice is how long somebody certainly spoke or sang in the sound so far; what is
// only likely counts in part.
func (s *Sound) Voice() time.Duration { return time.Duration(s.voice * float64(media.Tick)) }

// Speech is how long the sound was loud so far, its consonants included.
func (s *Sound) Speech() time.Duration { return time.Duration(s.speech) * media.Tick }

// Quiet is how long ago it was loud last.
func (s *Sound) Quiet() time.Duration { return time.Duration(s.quiet) * media.Tick }
