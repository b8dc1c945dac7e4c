package voice

import (
	"math/bits"
	"sync"
	"time"

	"parley/asr"
	"parley/asr/backchannel"
	"parley/asr/echo"
	"parley/asr/endpoint"
	"parley/asr/vad"
	"parley/dialog"
	"parley/media"
)

// Times of the ear. All are call time.
const (
	preroll      = media.CallTime(media.SampleRate * 4 / 10) // before the onset, given to the recogniser
	maxUtterance = media.CallTime(media.SampleRate * 30)     // then a new one begins without a gap
	finalWait    = media.CallTime(media.SampleRate * 8)      // for the recogniser's last word
	ringSamples  = media.SampleRate * 10                     // what a slow recogniser may lag behind
	echoOnset    = 3                                         // frames of speech that no echo explains, while the bot is heard
	coupledOnset = 4                                         // the same where its echo is heard
	hidden       = 2                                         // frames in a row that the echo may hide of a voice that goes on
	echoOffset   = 10                                        // frames of speech that echo explains wholly
	clearSpeech  = 25                                        // voiced frames that deserve "pardon?"
	echoReach    = media.CallTime(media.SampleRate / 2)      // after the bot's voice, its echo may come
	stirring     = 2                                         // frames of the last three that look like speech
	sung         = 0.6                                       // of voicing: one such frame is enough,
	aloud        = 15.0                                      // when it is so many dB over the noise, and no echo is heard
	stirAgain    = 4                                         // frames until it is told again
	tellUntil    = 2 * time.Second                           // of speech: by then all is decided
	staleTicks   = 3                                         // ticks without a packet that count as silence
)

// ear turns what a customer's leg sends into events: onset and offset, partials,
// tentative turns, and turns. It is the tap of the customer's seat; Arrived and
// Played are called by the tick, results come from the recogniser's goroutines.
type ear struct {
	rec    asr.Recognizer // nil: nobody hears here
	hears  func(language string) bool
	hints  func(language string) []string
	emit   func(dialog.Event)
	saying func(at media.CallTime) string // what the bot says or just said
	keys   func(dst []byte) []byte        // takes the keys pressed since the last call; nil: there are none
	life   *lifetime
	call   dialog.CallID

	ticked  func(now media.CallTime) // told every tick; may be nil
	machine *machine                 // of a call that we made; nil: nobody asks whether it is one

	// Of the tick alone.
	vad    *vad.Detector
	echo   *echo.Detector
	spoken media.CallTime // when the bot last spoke
	sound  backchannel.Sound
	recent [3]vad.Activity // the last frames, which a decision comes after
	likely uint8           // bits: the last frames that look like speech and are no echo
	stirs  int             // frames since it was last told that somebody may begin to speak

	mu      sync.Mutex
	now     media.CallTime // of the tick
	since   int            // ticks since the last packet
	end     *endpoint.Endpointer
	ends    func(language string) endpoint.Options
	endOpts endpoint.Options
	lang    string
	expect  dialog.Expect
	pre     history
	frames  int  // in a row, that look like speech (while silent) or like echo (while speaking)
	talking bool // the customer, as far as we know
	turn    *turn
	pressed []byte
	zeros   [media.TickSamples]int16
}

// turn is what the customer is saying: one or several utterances.
type turn struct {
	start     media.CallTime
	speechEnd media.CallTime
	decided   media.CallTime // 0: not over yet
	utts      []*utterance
	tentative string
	voiced    int    // frames with a clear voice
	echoes    string // what the bot was saying when its own words came back
}

// newEar is an ear for a language. ends says how its turns end, and is asked again at
// each: another engine may hear it by then.
func newEar(language string, ends func(language string) endpoint.Options) *ear {
	o := ends(language)
	return &ear{vad: vad.New(vad.Options{}), echo: echo.New(), end: endpoint.New(o), ends: ends, endOpts: o,
		lang: language, spoken: -echoReach, pre: newHistory(preroll)}
}

// Arrived implements room.Tap: a packet as soon as it can be decoded.
func (e *ear) Arrived(p *media.Packet) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.since = 0
	for pcm, at := p.PCM, p.At; len(pcm) >= media.TickSamples; at += media.TickSamples {
		e.frame(at, pcm[:media.TickSamples])
		pcm = pcm[media.TickSamples:]
	}
}

// Played implements room.Tap: every tick, what leaves the jitter buffer.
func (e *ear) Played(p *media.Packet) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = p.At
	e.press()
	if e.ticked != nil {
		e.ticked(p.At)
	}
	e.pre.add(p.At, p.PCM)
	if u := e.hearing(); u != nil {
		u.ring.Write(p.At, p.PCM)
		if p.At-u.from > maxUtterance {
			u.finish()
			e.listen(p.At + media.TickSamples)
		}
	}
	if e.since++; e.since > staleTicks { // nothing comes: that is silence too
		e.frame(p.At, e.zeros[:])
	}
	if t := e.turn; t != nil && t.decided > 0 && e.now-t.decided > finalWait {
		for _, u := range t.utts {
			u.cancel()
			u.final = true
		}
		e.settle()
	}
}

// press hands on the keys that were pressed.
func (e *ear) press() {
	if e.keys == nil {
		return
	}
	e.pressed = e.keys(e.pressed[:0])
	for _, k := range e.pressed {
		e.emit(dialog.Key{At: e.now.Duration(), Digit: k})
	}
}

// Sent implements room.Tap: what the customer is sent may come back as echo.
func (e *ear) Sent(p *media.Packet) {
	if len(p.PCM) > 0 {
		e.spoken = p.At
	}
	e.echo.Played(p.At, p.PCM)
}

// frame looks at 20 ms of the customer's microphone.
func (e *ear) frame(at media.CallTime, pcm []int16) {
	a := e.vad.Frame(pcm)
	v := e.echo.Frame(at, pcm)
	defer e.remember(a)
	if e.machine != nil {
		e.machine.frame(at, pcm, a)
	}
	back := media.CallTime(a.Since) * media.TickSamples
	a.Onset, a.Offset = false, false
	switch {
	case !e.talking:
		e.stir(at, a, v)
		switch {
		case !a.Speech && !a.Likely:
			e.frames = 0
		case !v.Echo:
			e.frames++
		case e.frames > 0: // a syllable may be hidden
			e.frames--
		}
		need := 1
		if at-e.spoken < echoReach {
			if need = echoOnset; e.echo.Coupled() {
				need = coupledOnset
			}
		}
		if a.Speech && e.frames >= need {
			e.talking, e.frames, a.Onset = true, 0, true
			e.onset(at-min(back, media.TickSamples*10), at)
		}
	case !a.Speech:
		e.offset(at - back)
		a.Offset = true
	case v.Echo:
		if e.frames++; e.frames >= echoOffset {
			e.offset(at)
			a.Offset = true
		}
	default:
		e.frames = 0
	}
	if e.talking {
		e.measure(at, a, v)
	} else {
		e.sound.Pass()
	}
	if e.turn == nil {
		return
	}
	a.Speech = e.talking
	if e.talking {
		e.turn.speechEnd = at + media.TickSamples
		if a.Voicing > 0.5 {
			e.turn.voiced++
		}
	}
	e.decide(at, e.end.Frame(a))
}

// stir tells, while the bot is heard, that somebody may begin to speak: one frame of
// clear voice is enough for that, or two of anything like speech, a consonant's too.
// What it costs is a softer word.
func (e *ear) stir(at media.CallTime, a vad.Activity, v echo.Verdict) {
	e.likely = e.likely << 1 & 7
	if a.Likely && !v.Echo {
		e.likely |= 1
	}
	e.stirs++
	enough := bits.OnesCount8(e.likely) >= stirring || a.Voicing > sung && a.LevelDB > a.NoiseDB+aloud && !e.echo.Coupled()
	if at-e.spoken < echoReach && e.stirs >= stirAgain && e.likely&1 != 0 && enough {
		e.stirs = 0
		e.emit(dialog.Stir{At: at.Duration()})
	}
}

// measure tells how much of a voice the sound holds so far: often enough for the
// floor to act at once, and no longer than that takes.
func (e *ear) measure(at media.CallTime, a vad.Activity, v echo.Verdict) {
	switch {
	case !v.Echo:
		e.sound.Frame(a)
	case e.frames <= hidden:
		e.sound.Hide()
	default:
		e.sound.Pass()
		return
	}
	if e.sound.Speech() < tellUntil {
		e.emit(dialog.Lasting{At: at.Duration(), Voice: e.sound.Voice(), Speech: e.sound.Speech(), Quiet: e.sound.Quiet()})
	}
}

func (e *ear) remember(a vad.Activity) {
	copy(e.recent[:], e.recent[1:])
	e.recent[len(e.recent)-1] = a
}

func (e *ear) onset(began, now media.CallTime) {
	e.emit(dialog.Onset{At: began.Duration(), Measured: true})
	e.sound.Begin()
	for _, a := range e.recent {
		e.sound.Frame(a)
	}
	e.likely = 0
	if e.turn == nil {
		e.turn = &turn{start: began}
		e.end.Reset()
		e.renew()
	}
	e.turn.decided = 0
	if e.hearing() == nil {
		e.listen(max(began-preroll/2, 0))
	}
}

func (e *ear) offset(at media.CallTime) {
	e.talking, e.frames = false, 0
	if e.turn != nil {
		e.turn.speechEnd = max(at, e.turn.start)
	}
	e.emit(dialog.Offset{At: at.Duration()})
}

// decide acts on what the endpointer makes of the silence.
func (e *ear) decide(at media.CallTime, d endpoint.Decision) {
	t := e.turn
	if (d.Propose || d.Over) && !e.talking && t.decided == 0 {
		if u := e.hearing(); u != nil {
			u.finish()
		}
		e.tentative()
	}
	if d.Over && !e.talking && t.decided == 0 {
		t.decided = max(at+media.TickSamples, t.speechEnd)
		e.settle()
	}
}

// tentative says what the turn would be if it were over now.
func (e *ear) tentative() {
	t := e.turn
	text := t.text()
	if text == "" || text == t.tentative {
		return
	}
	t.tentative = text
	e.emit(dialog.Tentative{Turn: e.asTurn(t, text)})
}

// settle hands the turn over when it is over and all of its text is there.
func (e *ear) settle() {
	t := e.turn
	if t == nil || t.decided == 0 || !t.final() {
		return
	}
	e.turn = nil
	text := t.text()
	if t.echoes != "" && e.echo.Repeats(text, t.echoes, e.lang) {
		text, t.voiced = "", 0
	}
	s := dialog.Said{Turn: e.asTurn(t, text)}
	s.Misheard = text == "" && t.voiced >= clearSpeech
	e.emit(s)
}

func (e *ear) asTurn(t *turn, text string) dialog.Turn {
	r := dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: text, Language: t.language(e.lang), Call: e.call,
		Start: t.start.Duration(), End: t.speechEnd.Duration(), Confidence: t.confidence()}
	r.Timing = dialog.Timing{SpeechEnd: t.speechEnd.Duration(), Decided: t.decided.Duration()}
	if t.decided > 0 {
		r.Timing.Usable = max(e.now, t.decided).Duration()
	}
	return r
}

// hearing is the utterance that takes audio now.
func (e *ear) hearing() *utterance {
	if e.turn == nil || len(e.turn.utts) == 0 {
		return nil
	}
	if u := e.turn.utts[len(e.turn.utts)-1]; !u.closed {
		return u
	}
	return nil
}

// listen opens a new utterance that begins with what was heard since from.
func (e *ear) listen(from media.CallTime) {
	if e.rec == nil || !e.hears(e.lang) {
		return
	}
	u := &utterance{from: from, ring: media.NewRing(ringSamples)}
	e.turn.utts = append(e.turn.utts, u)
	e.pre.since(from, u.ring.Write)
	o := asr.Options{Language: e.lang, Hints: e.hints(e.lang)}
	if digits(e.expect) {
		o.Expect = asr.ExpectDigits
	}
	e.recognise(u, o)
}

// setLanguage, setExpect: what the conversation knows of the next turn. changed tells that
// it is another language than before.
func (e *ear) setLanguage(l string) (changed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if changed = l != "" && l != e.lang; changed {
		e.lang = l
		e.renew()
	}
	return changed
}

func (e *ear) language() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lang
}

func (e *ear) setExpect(x dialog.Expect) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if x != e.expect {
		e.expect = x
		e.renew()
	}
}

// digits reports whether what is asked for is said digit by digit.
func digits(x dialog.Expect) bool {
	return x == dialog.ExpectDigits || x == dialog.ExpectCard || x == dialog.ExpectCardCode
}

// renew tells the endpointer what has changed of how a turn ends. The lock is held.
func (e *ear) renew() {
	o := e.ends(e.lang)
	if o.Expect = endpoint.Expect(e.expect); digits(e.expect) {
		o.Expect = endpoint.Digits
	}
	if o != e.endOpts {
		e.endOpts = o
		e.end.Configure(o)
	}
}

// stop ends all recognition. Call it when the tick no longer calls.
func (e *ear) stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.turn != nil {
		for _, u := range e.turn.utts {
			u.cancel()
		}
	}
	e.turn = nil
}
