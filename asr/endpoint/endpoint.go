// Package endpoint decides when the customer is done: from the silence, from how
// the voice went into it, from what the words so far ask for, and from how this
// speaker pauses.
//
// It proposes early, so that recogniser and brain can begin, and decides later.
package endpoint

import (
	"slices"
	"time"

	"parley/asr/vad"
	"parley/media"
)

// Expect is what was asked for.
type Expect uint8

// The kinds of answers.
const (
	Anything Expect = iota
	Digits
	YesNo
)

// Options of an Endpointer. The zero value is adaptive English.
type Options struct {
	Language string
	Patient  bool          // half as long again for everybody
	Expect   Expect        // what was asked for
	Fixed    time.Duration // > 0: this much silence, and nothing else, ends a turn
}

// Decision is what the silence so far means.
type Decision struct {
	Silence time.Duration // since the last speech
	Need    time.Duration // how much ends the turn, as far as is known now
	Propose bool          // it may be over: recogniser and brain can begin
	Over    bool          // it is over
}

// Times in which the decision lies.
const (
	least     = 260 * time.Millisecond
	most      = 2200 * time.Millisecond
	propose   = 180 * time.Millisecond // with text that may be whole
	noText    = 1100 * time.Millisecond
	shortLead = 300 * time.Millisecond // a proposal comes this long before the end at latest
)

// Endpointer follows one customer. It is not for several goroutines at once.
type Endpointer struct {
	o       Options
	silence int // frames
	spoke   bool
	speech  int // frames of speech in this turn
	text    string
	final   bool
	state   state
	tune    contour

	pauses []time.Duration // of this speaker, within turns; the last ones
	over   bool
}

// New returns an endpointer.
func New(o Options) *Endpointer { return &Endpointer{o: o, state: unsaid} }

// Configure changes what is asked for, and keeps what was learnt of the speaker.
func (e *Endpointer) Configure(o Options) {
	e.o = o
	e.state = judge(e.text, o)
}

// Reset begins another turn of the same speaker.
func (e *Endpointer) Reset() {
	e.silence, e.spoke, e.speech, e.over = 0, false, 0, false
	e.text, e.final, e.state = "", false, unsaid
	e.tune.reset()
}

// Text tells what was said so far; final says that it will not change.
func (e *Endpointer) Text(partial string, final bool) {
	if partial != e.text {
		e.text = partial
		e.state = judge(partial, e.o)
	}
	e.final = final
}

// Frame takes the next 20 ms. It does not allocate, but where the text changed.
func (e *Endpointer) Frame(a vad.Activity) Decision {
	if a.Speech {
		if e.silence > 0 && e.spoke {
			e.resumed(time.Duration(e.silence) * media.Tick)
		}
		e.silence, e.spoke, e.over = 0, true, false
		e.speech++
		e.tune.frame(a)
		return Decision{Need: e.need()}
	}
	if !e.spoke {
		return Decision{Need: e.need()}
	}
	if e.silence == 0 {
		e.silence = max(a.Since, 1) // the detector decides late
	} else {
		e.silence++
	}
	d := Decision{Silence: time.Duration(e.silence) * media.Tick, Need: e.need()}
	d.Over = d.Silence >= d.Need
	lead := min(max(propose, d.Need-shortLead), d.Need)
	if e.state == whole || e.state == answer || e.o.Fixed > 0 {
		lead = min(propose, d.Need)
	}
	d.Propose = d.Silence >= lead
	return d
}

// resumed learns how long this speaker pauses without being done.
func (e *Endpointer) resumed(pause time.Duration) {
	if pause < 200*time.Millisecond || pause > 3*time.Second {
		return
	}
	if len(e.pauses) == 8 {
		e.pauses = slices.Delete(e.pauses, 0, 1)
	}
	e.pauses = append(e.pauses, pause)
}

// need is how much silence ends the turn.
func (e *Endpointer) need() time.Duration {
	if e.o.Fixed > 0 {
		return e.o.Fixed
	}
	base := map[state]time.Duration{
		unsaid: noText, whole: 420 * time.Millisecond, answer: 300 * time.Millisecond, open: 720 * time.Millisecond,
		hanging: 1500 * time.Millisecond, dictating: 1200 * time.Millisecond, complete: 360 * time.Millisecond,
	}[e.state]
	f := 1.0
	switch e.state {
	case whole, open, unsaid:
		f = e.tune.factor()
		if e.speech > 0 && e.speech < 20 && e.state != whole { // a word alone was an answer, or a beginning
			f *= 0.9
		}
	}
	if long := e.habit(); long > 0 && (e.state == open || e.state == unsaid || e.state == whole) {
		f *= long
	}
	if e.o.Patient {
		f *= 1.5
	}
	return min(max(time.Duration(float64(base)*f), least), most)
}

// habit is how much longer than usual to wait for a speaker who pauses much.
func (e *Endpointer) habit() float64 {
	if len(e.pauses) < 2 {
		return 0
	}
	s := slices.Clone(e.pauses)
	slices.Sort(s)
	typical := s[len(s)*3/4]
	return min(max(float64(typical)/float64(500*time.Millisecond), 0.9), 1.6)
}
