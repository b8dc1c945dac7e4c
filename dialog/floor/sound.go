package floor

import (
	"strings"
	"time"
	"unicode"

	"parley/dialog"
)

// stir softens the bot's voice before it is certain that the customer speaks. What stirs
// and stirs and is no onset is the room: the bot does not whisper for that.
func (t *step) stir() {
	if t.Talking || t.Deaf || t.Hushed || t.Reply.Mandatory || !t.speaking() {
		return
	}
	if t.now-t.Stirred > t.Config.Stir {
		t.Stirring = t.now
	}
	if t.Stirred = t.now; t.now-t.Stirring >= t.Config.Soft {
		return
	}
	t.duck()
	t.At.Stir = t.now + t.Config.Stir
}

func (t *step) duck() {
	if t.speaking() && !t.Ducked {
		t.Ducked = true
		t.do(Duck{true})
	}
}

func (t *step) unduck() {
	t.At.Stir = 0
	if t.Ducked {
		t.Ducked = false
		t.do(Duck{false})
	}
}

// lasting takes how much of a voice the sound over the bot holds.
func (t *step) lasting(e dialog.Lasting) {
	if !t.Talking || !t.Measured {
		return
	}
	t.Sound = e
	switch v := t.Config.Voices; {
	case t.Reply.ID == "" || t.Reply.Cancelled || t.Reply.Mandatory:
	case v.Yield.in(e), t.Words != "" && t.convincing(t.Words):
		t.interrupt()
	case v.Hush.in(e) && e.Quiet <= lull && t.speaking() && !t.Hushed && !t.Bored:
		t.hush()
	}
}

// lull is how long a sound may be soft and still go on: what is over needs no silence.
const lull = 40 * time.Millisecond

// patience is how long a measured sound keeps the bot silent, when it is neither
// words nor voice enough.
const patience = 1500 * time.Millisecond

func (t *step) hush() {
	t.At.Hush = 0
	t.Hushed = true
	if t.Measured {
		t.At.Resume = t.now + patience
	}
	t.do(Hush{})
}

// convincing reports whether words over the bot's voice are meant to stop it. Those
// that a recogniser finds in a nod or a cough are not.
func (t *step) convincing(words string) bool {
	stop, v := t.Config.Stop(words, t.Language), t.Config.Voices
	switch {
	case t.Config.Backchannel(words, t.Language) && !stop:
		return false
	case !t.Measured || t.Reply.Early:
		return true
	}
	return stop && v.Stop.in(t.Sound) || v.Words.in(t.Sound) || many(words) && v.Many.in(t.Sound)
}

// many reports whether there are three words or more, of Chinese characters five.
func many(text string) bool {
	n := 2 * len(strings.Fields(text))
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n >= 6
}

// sure is a recogniser's confidence from which even a short word is believed.
const sure = 0.5

// meant reports whether a whole turn over the bot's voice was more than a nod, or
// a noise that a recogniser took for a word.
func (t *step) meant(turn dialog.Turn) bool {
	if t.convincing(turn.Text) {
		return true
	}
	if t.Config.Backchannel(turn.Text, t.Language) {
		return false
	}
	return (!t.Measured || t.Config.Voices.Hush.in(t.Sound)) && (turn.Confidence == 0 || turn.Confidence >= sure)
}
