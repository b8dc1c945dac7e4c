// Package floor decides who speaks when. It is pure: Step takes what happened
// and gives what is to be done; it has no clock, starts nothing and waits for
// nothing. docs/floor.md draws it.
package floor

import "time"

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

	Drafts bool // begin to answer before the end is certain

	// Backchannel and Stop know "mm-hm" and "stop"; nil knows none.
	Backchannel func(text, language string) bool
	Stop        func(text, language string) bool

	Hush    time.Duration // of speech over the bot, until it falls silent
	Yield   time.Duration // of speech over the bot without a word, until it gives up
	Linger  time.Duration // after the customer's voice ends, for its words to come
	Rejoin  time.Duration // after a turn's end, in which more speech belongs to it
	Stall   time.Duration // of thinking, until the answer is given up
	Still   time.Duration // of silence, until "are you still there?"
	Gone    time.Duration // more of it, until good-bye
	Hold    time.Duration // of silence after "hold on"
	Words   time.Duration // after words in the making, for the turn that they belong to
	KeyWait time.Duration // after a key, for another
	Failing int           // answers in a row that failed, until the call is given up
}

// Default fills what is not set.
func (c Config) Default() Config {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&c.Hush, 180*time.Millisecond)
	set(&c.Yield, 1400*time.Millisecond)
	set(&c.Linger, 250*time.Millisecond)
	set(&c.Rejoin, 1500*time.Millisecond)
	set(&c.Stall, 12*time.Second)
	set(&c.Still, 12*time.Second)
	set(&c.Gone, 10*time.Second)
	set(&c.Hold, 3*time.Minute)
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
