package bargein

import (
	"fmt"
	"time"

	"parley/dialog/floor"
	"parley/media"
)

// reaction is what the bot did about one sound. Times are since the sound's
// onset, of Resumed since its end; -1 is never.
type reaction struct {
	File     string        `json:"file"`
	Language string        `json:"language"`
	Kind     string        `json:"kind"`
	Stop     bool          `json:"must_stop"`
	Length   time.Duration `json:"length"`
	Duck     time.Duration `json:"duck"`
	Hush     time.Duration `json:"hush"`
	Yield    time.Duration `json:"yield"`
	Resumed  time.Duration `json:"resumed"`
	Heard    string        `json:"heard,omitempty"` // what the recogniser believed last
}

// places are where in the bot's reply the sounds come, since its first sample.
var places = []time.Duration{1900 * time.Millisecond, 4730 * time.Millisecond, 8310 * time.Millisecond}

const (
	aftermath = 1600 * time.Millisecond // after a sound's end, for everything to come to rest
	never     = time.Duration(-1)
)

// script is what the recogniser of a trial believes of a sound that begins at
// call time at.
type script func(s sample, at media.CallTime) []heard

// interrupt lets the bot speak, makes one sound, and watches.
func interrupt(v *memo, s sample, place time.Duration, believe script, seed uint64) (reaction, error) {
	lang := s.Language
	if lang == "-" {
		lang = "en"
	}
	c, l := newClock(), newLine(seed)
	e := &ears{clock: c, final: 100 * time.Millisecond}
	r, err := newRig(setup{language: lang, reply: replies[lang], voice: v, line: l, clock: c, ears: e})
	if err != nil {
		return reaction{}, err
	}
	defer r.close()
	if err := r.ask(questions[lang]); err != nil {
		return reaction{}, fmt.Errorf("%s: %w", s.File, err)
	}
	at := r.now + media.At(place)
	l.sounds = append(l.sounds, sound{at - s.onset, s.pcm})
	e.script = believe(s, at-s.onset)
	out := r.watch(at, at+s.end-s.onset)
	out.File, out.Language, out.Kind, out.Stop, out.Length = s.File, s.Language, s.kind(), s.Stop, (s.end - s.onset).Duration()
	if n := len(e.script); n > 0 {
		out.Heard = e.script[n-1].text
	}
	return out, nil
}

// watch runs the call over a sound from onset to end and notes what the bot does.
// What the floor decides in a tick is heard from the next one on.
func (r *rig) watch(onset, end media.CallTime) reaction {
	out := reaction{Duck: never, Hush: never, Yield: never, Resumed: never}
	id := r.state().Reply.ID
	was := floor.State{}
	for r.now < end+media.At(aftermath) {
		st := r.tick()
		since := (r.now - onset).Duration()
		if st.Reply.ID != id || st.Reply.Cancelled {
			out.Yield = since
			return out
		}
		if st.Ducked && out.Duck == never {
			out.Duck = since
		}
		if st.Hushed && out.Hush == never {
			out.Hush = since
		}
		if was.Hushed && !st.Hushed {
			out.Resumed = (r.now - end).Duration()
		}
		was = st
	}
	return out
}
