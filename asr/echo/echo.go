// Package echo tells the bot's own voice, come back through the customer's
// loudspeaker and microphone, from the customer's. It compares loudness over
// time and frequency: a browser's or a phone's own canceller has usually been at
// work before, and what it leaves follows the bot's envelope, late and softer.
// A waveform that was cancelled, resampled and lost in part cannot be subtracted;
// how loud each band may be at most can be learnt.
package echo

import (
	"math"
	"strings"

	"parley/asr/words"
	"parley/media"
)

const (
	reach   = 24   // frames of 20 ms over which an echo may come: 480 ms
	keep    = 64   // frames of the bot's level that are kept
	floor   = -60  // dB: below is silence
	forget  = 0.99 // of what was learnt, each frame in which the bot speaks
	coupled = 0.55 // correlation from which there is an echo
	absent  = 0.3  // correlation under which there is none, once enough was heard
	enough  = 40   // frames of the bot's voice
	above   = 7    // dB over the expected echo that only another voice explains
	unknown = 12   // dB under the bot's level that an echo has at least, before it is known
	learnt  = 60   // frames compared at a steady lag, from which the bands are known
	excess  = 6    // dB over what echo explains in a band, from which another explains it
	overdue = 8    // dB over the band's noise, to count at all
	needed  = 4    // such bands make another voice
	faintly = 100  // frames without any coupling, until there is no echo after all
)

// Verdict is what a frame of the microphone holds.
type Verdict struct {
	Echo     bool    // the bot's voice explains it wholly
	Residual float64 // dB of the frame over what echo explains
	Lag      media.CallTime
	Gain     float64 // of the echo, in dB
}

// Detector follows one call. It is not for several goroutines at once.
type Detector struct {
	played [keep]float64 // level in dB, by frame of call time
	last   int64         // frame of the last that was played
	began  bool

	spectrum spectrum
	heard    [keep]bands // of the bot, by frame of call time
	most     bands       // dB of the microphone over the bot's band that nine of ten frames do not exceed
	noise    bands       // of the microphone
	known    int         // frames the bands were learnt from
	weak     int         // frames in a row without coupling

	lags  [reach]moments
	n     float64 // frames of the bot's voice that were compared
	total int
	lag   int
	gain  float64
	corr  float64
}

// moments of the two levels at one lag.
type moments struct{ x, y, xx, yy, xy float64 }

// New returns a detector.
func New() *Detector {
	d := &Detector{gain: -unknown}
	for i := range d.played {
		d.played[i] = floor
		d.heard[i] = silence
	}
	for i := range d.most {
		d.most[i], d.noise[i] = -unknown, -60
	}
	return d
}

// Played notes a tick of the bot's voice; empty is silence.
func (d *Detector) Played(at media.CallTime, pcm []int16) {
	f := int64(at / media.TickSamples)
	if !d.began {
		d.began, d.last = true, f-1
	}
	for k := max(d.last+1, f-keep+1); k < f; k++ {
		d.played[k%keep], d.heard[k%keep] = floor, silence
	}
	d.last = max(d.last, f)
	d.played[f%keep], d.heard[f%keep] = level(pcm), silence
	if len(pcm) > 0 {
		d.spectrum.of(pcm, &d.heard[f%keep])
	}
}

// level of a frame in dB of full scale, not under the floor.
func level(pcm []int16) float64 {
	var e float64
	for _, v := range pcm {
		e += float64(v) * float64(v)
	}
	if e == 0 {
		return floor
	}
	return max(10*math.Log10(e/float64(len(pcm))/(32768*32768)), floor)
}

// at is the bot's level lag frames before frame f.
func (d *Detector) at(f int64, lag int) float64 {
	k := f - int64(lag)
	if !d.began || k < 0 || k > d.last || k <= d.last-keep {
		return floor
	}
	return d.played[k%keep]
}

// Frame looks at 20 ms of the microphone that belong to call time at. It does not allocate.
func (d *Detector) Frame(at media.CallTime, pcm []int16) Verdict {
	f := int64(at / media.TickSamples)
	m := level(pcm)
	loudest := float64(floor)
	for l := range reach {
		loudest = max(loudest, d.at(f, l))
	}
	if loudest <= floor+5 {
		return Verdict{Residual: m - floor}
	}
	d.learn(f, m)
	v := Verdict{Lag: media.CallTime(d.lag * media.TickSamples), Gain: d.gain}
	over := d.compare(f, pcm)
	switch {
	case d.known >= learnt:
		v.Residual = m - floor
		v.Echo = over < needed
	case d.corr >= coupled:
		expect := float64(floor)
		for l := max(d.lag-1, 0); l <= min(d.lag+4, reach-1); l++ { // a room rings on
			expect = max(expect, d.at(f, l)+d.gain-float64(max(l-d.lag-1, 0))*3)
		}
		v.Residual = m - expect
		v.Echo = v.Residual < above
	case d.total < enough || d.corr >= absent:
		v.Residual = m - (loudest - unknown)
		v.Echo = v.Residual < 0
	default:
		v.Residual = m - floor
	}
	return v
}

// compare counts the bands in which the microphone is louder than echo explains,
// and learns how loud that is.
func (d *Detector) compare(f int64, pcm []int16) (over int) {
	var mic, most bands
	d.spectrum.of(pcm, &mic)
	d.explain(f, &most)
	for b := range mic {
		if mic[b] < d.noise[b] {
			d.noise[b] += 0.2 * (mic[b] - d.noise[b])
		} else {
			d.noise[b] += 0.03
		}
		if mic[b] > d.noise[b]+overdue && mic[b] > most[b]+d.most[b]+excess {
			over++
		}
	}
	switch {
	case d.corr >= coupled:
		d.weak = 0
		d.known = min(d.known+1, 10*learnt)
	case d.corr < absent:
		if d.weak++; d.weak > faintly {
			d.known = 0
		}
	}
	if d.corr < coupled || d.known >= learnt && over >= 2*needed {
		return over // somebody else speaks: nothing is to be learnt of that
	}
	step := 0.25
	if d.known < 2*learnt {
		step = 0.75
	}
	for b := range mic {
		if most[b] < -60 { // the bot has nothing here
			continue
		}
		if mic[b]-most[b] > d.most[b] {
			d.most[b] = min(d.most[b]+9*step, 6)
		} else {
			d.most[b] = max(d.most[b]-step, -60)
		}
	}
	return over
}

// explain gives how loud the bot was in each band at the echo's lag: a frame
// straddles two of the bot's, and a room rings on.
func (d *Detector) explain(f int64, most *bands) {
	*most = silence
	for l := max(d.lag-1, 0); l <= min(d.lag+7, reach-1); l++ {
		k := f - int64(l)
		if !d.began || k < 0 || k > d.last || k <= d.last-keep {
			continue
		}
		fade := 2.5 * float64(max(l-d.lag-1, 0))
		for b, v := range d.heard[k%keep] {
			most[b] = max(most[b], v-fade)
		}
	}
}

// learn correlates the levels at every lag, and follows the gain at the best.
func (d *Detector) learn(f int64, m float64) {
	d.total++
	d.n = d.n*forget + 1
	best := -1.0
	for l := range d.lags {
		s, x := &d.lags[l], d.at(f, l)
		s.x, s.y = s.x*forget+x, s.y*forget+m
		s.xx, s.yy, s.xy = s.xx*forget+x*x, s.yy*forget+m*m, s.xy*forget+x*m
		vx, vy := s.xx-s.x*s.x/d.n, s.yy-s.y*s.y/d.n
		if vx < 1 || vy < 1 {
			continue
		}
		if c := (s.xy - s.x*s.y/d.n) / math.Sqrt(vx*vy); c > best {
			best, d.lag = c, l
		}
	}
	if d.n < 8 {
		best = 0
	}
	d.corr = best
	if x := d.at(f, d.lag); best >= coupled && x > -40 {
		// A stochastic quantile: two thirds of the frames lie under it.
		step := 0.5
		if d.total < 4*enough {
			step = 1.5
		}
		if m-x > d.gain {
			d.gain = min(d.gain+2*step, -3)
		} else {
			d.gain = max(d.gain-step, -50)
		}
	}
}

// Coupled reports whether the microphone hears the bot.
func (d *Detector) Coupled() bool { return d.corr >= coupled }

// Repeats reports whether text is the bot's own words come back: all of it, in
// order, within what the bot said. Short texts are believed to be echo only
// where the microphone is known to hear the bot: customers do repeat a word.
func (d *Detector) Repeats(text, played, lang string) bool {
	heard, said := words.Split(text), words.Split(played)
	if len(heard) == 0 || len(said) == 0 || len(heard) < 4 && !d.Coupled() {
		return false
	}
	return inOrder(heard, said) >= 0.75
}

// inOrder is the share of the words heard that stand in said in the same order
// (longest common subsequence), near one another.
func inOrder(heard, said []string) float64 {
	if len(said) > 200 {
		said = said[len(said)-200:]
	}
	if len(heard) > 60 {
		heard = heard[:60]
	}
	row := make([]int, len(said)+1)
	for _, h := range heard {
		before := 0
		for j, s := range said {
			keep := row[j+1]
			if alike(h, s) {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			before = keep
		}
	}
	return float64(row[len(said)]) / float64(len(heard))
}

// alike forgives a recogniser an ending.
func alike(a, b string) bool {
	if a == b {
		return true
	}
	n := min(len(a), len(b))
	return n >= 5 && strings.HasPrefix(a, b[:n-1])
}
