package voice

import (
	"math"

	"parley/asr/vad"
	"parley/dialog"
	"parley/media"
)

// What makes a machine, in frames of 20 ms.
const (
	longSpeech = 225 // 4.5 s of speech at a stretch: people who answer say hello and wait
	breath     = 40  // of silence ends the stretch
	toneFrames = 8   // of one pure tone
	machineEnd = media.CallTime(media.SampleRate * 45)
)

// machine listens for an answering machine at the beginning of a call that we made: somebody
// who speaks on and on, and the tone after which it records.
type machine struct {
	emit   func(dialog.Event)
	speech int // frames, with the breaths in between
	quiet  int
	told   bool
	tone   tone
}

// frame takes 20 ms at a time of the call.
func (m *machine) frame(at media.CallTime, pcm []int16, a vad.Activity) {
	if at > machineEnd {
		return
	}
	if m.tone.frame(pcm) {
		m.emit(dialog.Machine{Tone: true})
	}
	if m.tone.frames > 0 { // a tone is no speech
		return
	}
	switch {
	case a.Speech:
		m.speech++
		m.quiet = 0
	default:
		if m.quiet++; m.quiet >= breath {
			m.speech = 0
		}
	}
	if m.speech >= longSpeech && !m.told {
		m.told = true
		m.emit(dialog.Machine{})
	}
}

// Of a pure tone.
const (
	toneLevel  = 300.0 // of full scale 32767: −41 dB
	toneSpread = 0.08  // of its frequency, in radians a step
	toneDrift  = 0.03  // of its frequency from frame to frame
	toneLowest = 350.0 // Hz
	toneHigh   = 2600.0
)

// tone finds one sine that lasts. Of a sine x[n]+x[n−2k] = 2·cos(kw)·x[n−k] for every n, so that
// what is left of that, over its slope, says how wide its spectrum is.
type tone struct {
	frames int
	hertz  float64
}

// frame reports whether a tone has just ended.
func (t *tone) frame(pcm []int16) bool {
	hertz, pure := sine(pcm)
	if pure && (t.frames == 0 || math.Abs(hertz-t.hertz) <= toneDrift*t.hertz) {
		t.frames++
		t.hertz = hertz
		return false
	}
	ended := t.frames >= toneFrames
	t.frames = 0
	if pure && !ended {
		t.frames, t.hertz = 1, hertz
	}
	return ended
}

func sine(pcm []int16) (hertz float64, pure bool) {
	const k = 2 // samples of a step: what a telephone carries
	var xy, yy, xx float64
	for n := 2 * k; n < len(pcm); n++ {
		x, y := float64(pcm[n])+float64(pcm[n-2*k]), float64(pcm[n-k])
		xy += x * y
		yy += y * y
		xx += x * x
	}
	if yy < toneLevel*toneLevel*float64(len(pcm)) {
		return 0, false
	}
	c := xy / yy
	if math.Abs(c) >= 2 {
		return 0, false
	}
	w := math.Acos(c / 2)
	hertz = w * media.SampleRate / (2 * math.Pi * k)
	spread := (xx/yy - c*c) / (4 - c*c) // squared
	return hertz, spread <= toneSpread*toneSpread && hertz >= toneLowest && hertz <= toneHigh
}
