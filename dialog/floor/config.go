// Package floor decides who speaks when. It is pure: Step takes what happened
// and gives what is to be done; it has no clock, starts nothing and waits for
// nothing. docs/floor.md draws it.
package floor

import (
	"time"

	"parley/dialog"
)

// Config is what the floor goes by. The zero value is filled by Default.
type Config struct {
	Name    string // of the bot
	Company string
	// Greeting by language; "" is the standard one. The disclosure that an AI
	// speaks comes before it where it does not say so itself.
	Greeting map[string]string

	RecordNotice bool // say that the call is recorded, then record
	RecordAsk    bool // ask, and record after a yes
	Record       bool // record at all

	NoMessage bool // hang up on machines that take our calls, instead of leaving a message

	AskRating bool // ask by phone how the call was, when the customer says good-bye

	Drafts bool // begin to answer before the end is certain

	// Backchannel and Stop know "mm-hm" and "stop"; nil knows none.
	Backchannel func(text, language string) bool
	Stop        func(text, language string) bool

	Hush    time.Duration // of a sound over the bot, until it falls silent
	Yield   time.Duration // of a sound over the bot without a word, until it gives up; not if the sound is measured
	Stir    time.Duration // of speaking softly for what may be speech setting in
	Soft    time.Duration // of stirs one upon another, until they are no beginning but the room
	Voices  Voices        // how much of a voice that takes, where the sound is measured
	Linger  time.Duration // after the customer's voice ends, for its words to come
	Rejoin  time.Duration // after a turn's end, in which more speech belongs to it
	Filler  time.Duration // of thinking, until "one moment" is said; below 0 is never
	Stall   time.Duration // of thinking, until the answer is given up
	Still   time.Duration // of silence, until "are you still there?"
	Gone    time.Duration // more of it, until good-bye
	Hold    time.Duration // of silence after "hold on"
	Finish  time.Duration // of a sentence that is ended because the customer has written
	Words   time.Duration // after words in the making, for the turn that they belong to
	KeyWait time.Duration // after a key, for another
	Failing int           // answers in a row that failed, until the call is given up
}

// Voices is how much voice, and speech with its consonants, a measured sound
// over the bot must hold: until the bot falls silent, until it believes a word that
// asks it to stop, one or two others, and three or more, and until it gives up without any.
type Voices struct{ Hush, Stop, Words, Many, Yield Voice }

// Voice is an amount of it.
type Voice struct{ Clear, Speech time.Duration }

// in reports whether the sound holds that much.
func (v Voice) in(e dialog.Lasting) bool { return e.Voice >= v.Clear && e.Speech >= v.Speech }

// Default fills what is not set.
func (c Config) Default() Config {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&c.Hush, 180*time.Millisecond)
	set(&c.Yield, 1400*time.Millisecond)
	set(&c.Stir, 240*time.Millisecond)
	set(&c.Soft, time.Second)
	set(&c.Linger, 160*time.Millisecond)
	voice := func(v *Voice, clear, speech time.Duration) {
		set(&v.Clear, clear*time.Millisecond)
		set(&v.Speech, speech*time.Millisecond)
	}
	voice(&c.Voices.Hush, 55, 140)
	set(&c.Voices.Stop.Speech, 60*time.Millisecond)
	voice(&c.Voices.Words, 140, 420)
	voice(&c.Voices.Many, 60, 200)
	voice(&c.Voices.Yield, 180, 500)
	set(&c.Rejoin, 1500*time.Millisecond)
	set(&c.Filler, 1800*time.Millisecond)
	set(&c.Stall, 12*time.Second)
	set(&c.Still, 12*time.Second)
	set(&c.Gone, 10*time.Second)
	set(&c.Hold, 3*time.Minute)
	set(&c.Finish, 8*time.Second)
	set(&c.Words, 6*time.Second)
	set(&c.KeyWait, 2500*time.Millisecond)
	if c.Failing == 0 {
		c.Failing = 3
	}
	if c.Name == "" {
		c.Name = "Parley"
	}
	if c.Backchannel == nil {
		c.Backchannel = func(string, string) bool { return false }
	}
	if c.Stop == nil {
		c.Stop = func(string, string) bool { return false }
	}
	return c
}
