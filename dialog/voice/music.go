package voice

import (
	"math"
	"sync"

	"parley/media"
)

// Of the music on hold.
const (
	chordSeconds = 4
	noteEvery    = media.SampleRate / 2
	musicPeak    = 0.1 // of full scale: well under a voice
	musicFade    = media.SampleRate
	musicAside   = 0.2 // of its loudness, while the bot speaks
)

// chords are what is played, as semitones over the A below the middle C: made up for this.
var chords = [...][4]float64{{-9, 3, 7, 10}, {-12, 0, 3, 7}, {-4, -1, 3, 8}, {-2, 2, 5, 10}}

// tune is one turn of the music: plucked notes over a soft chord. Its end leads into its
// beginning. Made once for all calls.
var tune = sync.OnceValue(func() []int16 {
	const step = chordSeconds * media.SampleRate
	sum := make([]float64, len(chords)*step)
	add := func(at int, semitone, gain, decay float64, length int) {
		w := 2 * math.Pi * 220 * math.Pow(2, semitone/12) / media.SampleRate
		for i := range length {
			t := float64(i)
			rise := math.Min(1, t/160)                      // 10 ms: no click
			fall := math.Min(1, float64(length-i)/(step/8)) // nor at the end
			v := math.Sin(w*t) + 0.3*math.Sin(2*w*t) + 0.1*math.Sin(3*w*t)
			sum[(at+i)%len(sum)] += gain * rise * fall * math.Exp(-t*decay/media.SampleRate) * v
		}
	}
	for c, chord := range chords {
		for _, n := range chord {
			add(c*step, n, 0.25, 0.15, step+step/8)
		}
		for i := range step / noteEvery {
			n := chord[[]int{1, 2, 3, 2, 1, 3, 2, 3}[i%8]]
			add(c*step+i*noteEvery, n+12, 1, 3, 2*media.SampleRate)
		}
	}
	peak := 0.0
	for _, v := range sum {
		peak = math.Max(peak, math.Abs(v))
	}
	out := make([]int16, len(sum))
	for i, v := range sum {
		out[i] = int16(v / peak * musicPeak * math.MaxInt16)
	}
	return out
})

// music is a leg that plays to customers on hold. Only the tick calls it.
type music struct {
	speaking func() bool // the bot does
	notes    []int16
	pos      int
	gain     float64
}

func newMusic(speaking func() bool) *music { return &music{speaking: speaking, notes: tune()} }

// ID implements media.Leg.
func (*music) ID() media.LegID { return "music" }

// Push implements media.Leg.
func (*music) Push(*media.Packet) {}

// Close implements media.Leg.
func (*music) Close() error { return nil }

// Pull implements media.Leg: it fades in, and steps aside for the bot.
func (m *music) Pull(p *media.Packet) bool {
	want := 1.0
	if m.speaking() {
		want = musicAside
	}
	p.PCM = p.PCM[:0]
	for range media.TickSamples {
		if m.gain < want {
			m.gain = math.Min(want, m.gain+1.0/musicFade)
		} else {
			m.gain = math.Max(want, m.gain-8.0/musicFade)
		}
		p.PCM = append(p.PCM, int16(m.gain*float64(m.notes[m.pos])))
		m.pos = (m.pos + 1) % len(m.notes)
	}
	p.Codec, p.Payload, p.Voiced = media.CodecPCM, p.Payload[:0], true
	return true
}
