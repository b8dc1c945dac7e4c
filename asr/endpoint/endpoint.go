// Package endpoint decides when the customer is done: from the silence, from how
// the voice went into it, from what the words so far ask for, and from how this
// speaker pauses.
//
// A small logistic model (Weights) says how likely the customer is done by all
// but the silence; the longer the silence, the fewer pauses last so long. When the
// chance that the customer goes on has fallen to Options.Risk, the turn is over.
//
// It proposes early, so that recogniser and brain can begin, and decides later.
package endpoint

import (
	"math"
	"strings"
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
	Patient  bool          // a third of the risk, for everybody
	Expect   Expect        // what was asked for
	Fixed    time.Duration // > 0: this much silence, and nothing else, ends a turn
	// Risk is the chance that the customer goes on, by the model, at which a turn
	// is taken to be over: more is faster and cuts more. 0 is RiskOf the language.
	Risk    float64
	Weights *Weights // nil: those built in
	// Doubtful tells that the recogniser mishears many words. What they seem to ask
	// for is then no reason to wait for long, but for digits.
	Doubtful bool
}

// RiskOf is what Options.Risk is when it is 0. Chinese, whose words say less of the
// end of a sentence, is given more time.
func RiskOf(language string) float64 {
	if strings.HasPrefix(language, "zh") {
		return 0.08
	}
	return 0.15
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
	least     = 240 * time.Millisecond
	late      = 360 * time.Millisecond // until then a word may be on its way, or a breath between two sentences
	most      = 2600 * time.Millisecond
	doubtful  = 1150 * time.Millisecond // the same where words are often misheard
	propose   = 180 * time.Millisecond  // with text that may be whole
	shortLead = 300 * time.Millisecond  // a proposal comes this long before the end at latest
	longPause = 200 * time.Millisecond  // shorter silences are articulation
)

// Endpointer follows one customer. It is not for several goroutines at once.
type Endpointer struct {
	o       Options
	silence int // frames
	spoke   bool
	speech  int // frames of speech in this turn
	stretch int // frames of speech since the last pause
	inTurn  int // pauses in this turn
	text    string
	read    reading
	tune    contour
	habit   habit

	need time.Duration // as of the last change
}

// New returns an endpointer.
func New(o Options) *Endpointer {
	e := &Endpointer{}
	e.Configure(o)
	return e
}

// Configure changes what is asked for, and keeps what was learnt of the speaker.
func (e *Endpointer) Configure(o Options) {
	if o.Risk <= 0 || o.Risk >= 1 {
		o.Risk = RiskOf(o.Language)
	}
	if o.Patient {
		o.Risk /= 3
	}
	if o.Weights == nil {
		o.Weights = &builtin
	}
	e.o = o
	e.read = read(e.text, o)
	e.weigh()
}

// Reset begins another turn of the same speaker.
func (e *Endpointer) Reset() {
	*e = Endpointer{o: e.o, tune: e.tune, habit: e.habit}
	e.tune.reset()
	e.weigh()
}

// Text tells what was said so far; final says that it will not change.
func (e *Endpointer) Text(partial string, final bool) {
	if partial != e.text {
		e.text = partial
		e.read = read(partial, e.o)
		e.weigh()
	}
}

// Frame takes the next 20 ms. It does not allocate.
func (e *Endpointer) Frame(a vad.Activity) Decision {
	if a.Speech {
		e.spoken(a)
		return Decision{Need: e.need}
	}
	if !e.spoke {
		return Decision{Need: e.need}
	}
	if e.silence == 0 {
		e.silence = max(a.Since, 1) // the detector decides late
		e.tune.frame(a)
		e.weigh()
	} else {
		e.silence++
	}
	d := Decision{Silence: time.Duration(e.silence) * media.Tick, Need: e.need}
	d.Over = d.Silence >= d.Need
	lead := min(max(propose, d.Need-shortLead), d.Need)
	if e.read.state == whole || e.read.state == answer || e.o.Fixed > 0 {
		lead = min(propose, d.Need)
	}
	d.Propose = d.Silence >= lead
	return d
}

func (e *Endpointer) spoken(a vad.Activity) {
	if e.silence > 0 && e.spoke {
		pause := time.Duration(e.silence) * media.Tick
		if pause >= longPause {
			e.inTurn++
			e.stretch = 0
			e.habit.learn(pause)
		}
		e.silence = 0
		e.tune.frame(a)
		e.weigh()
	} else {
		e.tune.frame(a)
	}
	e.spoke = true
	e.speech++
	e.stretch++
}

// Features are what the pause is judged by now.
func (e *Endpointer) Features() Features {
	var x Features
	e.read.into(&x)
	over := min(e.silence, 8) // frames that came as speech and were none
	e.tune.into(&x, over)
	seconds := func(frames int) float64 { return math.Log(max(float64(frames-over), 5) * media.Tick.Seconds()) }
	if !e.read.short() {
		x[fSpeech] = min(max(seconds(e.speech), -2), 1.1)
		x[fBrief] = max(0, -x[fSpeech])
	}
	x[fStretch] = limit(seconds(e.stretch), 2)
	x[fPauses] = min(float64(e.inTurn), 3) - 1
	return x
}

// Words are the features of a text alone, without a sound.
func Words(text, language string) Features {
	var x Features
	r := read(text, Options{Language: language})
	r.into(&x)
	return x
}

// weigh makes out how much silence ends the turn.
func (e *Endpointer) weigh() {
	if e.o.Fixed > 0 {
		e.need = e.o.Fixed
		return
	}
	x := e.Features()
	w := e.o.Weights
	asked := math.Log((1 - e.o.Risk) / e.o.Risk)
	s := wait(w.Done(&x)+e.read.asked(e.o), asked, e.habit.mu(w.Mu), w.Sigma)
	soonest := late
	if e.read.sure() {
		soonest = least
	}
	latest := most
	if e.o.Doubtful && !e.o.Patient && e.o.Expect != Digits && x[fDigit] == 0 && x[fGroup] == 0 {
		latest = doubtful
	}
	e.need = min(max(time.Duration(s*float64(time.Second)), soonest), latest)
}

// habit is how long this speaker pauses without being done.
type habit struct {
	sum float64 // of ln of seconds
	n   float64
}

const (
	habitPrior = 4 // pauses that the population's mean counts for
	habitMost  = 12
)

func (h *habit) learn(pause time.Duration) {
	if pause > 3*time.Second {
		return
	}
	if h.n == habitMost {
		h.sum -= h.sum / h.n
		h.n--
	}
	h.sum += math.Log(pause.Seconds())
	h.n++
}

// mu is the mean of ln of this speaker's pauses, mu being everybody's.
func (h *habit) mu(mu float64) float64 { return (habitPrior*mu + h.sum) / (habitPrior + h.n) }
