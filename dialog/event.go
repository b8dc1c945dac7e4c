package dialog

import "time"

// Event is what a conversation's inbox takes. The set is closed. Times are
// since the call began (voice) or since the channel was opened (chat).
type Event interface{ event() }

// Opened says that a channel can carry replies from now on.
type Opened struct {
	Via      Via
	Call     CallID
	Language string // of the page, the number or the customer
	Phone    bool   // a call without a page of ours
	Caller   string // the number that calls, as +86…; "" when there is none
	Out      *Out   // of a call that we made; nil: the customer calls
}

// Out is why we call a customer.
type Out struct {
	Purpose  string // what it is about, in the customer's language; "": nothing in particular
	Callback bool   // the customer asked for it
	Person   bool   // of a callback: a person is free for the customer
	Informed bool   // a machine has our message already: no other is left
}

// Machine says that a machine seems to have taken our call: by its Words, by its Tone, after
// which it records, or because somebody speaks on and on.
type Machine struct{ Words, Tone bool }

// Onset says that speech of the customer began at At. Echo tells that it looks like
// the bot's own voice coming back, so it is no reason to stop.
type Onset struct {
	At   time.Duration
	Echo bool
	// Measured tells that Lasting follows as the sound goes on. Without it the
	// sound's length is all there is to go by.
	Measured bool
}

// Stir says that the customer's speech may be setting in at At: too little to be
// an Onset yet, and enough to speak more softly. It is told again while that lasts.
type Stir struct{ At time.Duration }

// Lasting says how much of a voice the sound since the last Onset holds so far:
// Voice is what is certainly voiced, Speech all that is as loud. It replaces the
// one before it.
type Lasting struct {
	At            time.Duration
	Voice, Speech time.Duration
	Quiet         time.Duration // since it was loud last
}

// Offset says that the customer's voice fell silent at At. It is no endpoint.
type Offset struct{ At time.Duration }

// Partial is what the customer seems to be saying right now; it replaces the one before it.
// Echo tells that the words repeat what the bot is saying.
type Partial struct {
	At       time.Duration
	Text     string
	Language string
	Echo     bool
}

// Tentative is a turn that may be over: a draft of the reply may begin. It
// replaces the one before it.
type Tentative struct{ Turn Turn }

// Said is a customer's turn, final. A spoken one with empty Text was noise, or was
// not understood; Misheard tells the latter.
type Said struct {
	Turn     Turn
	Misheard bool
}

// Typing says that the customer is writing right now.
type Typing struct{}

// Muted says whether the customer's microphone is off in a call: refused, or by a button.
type Muted struct{ On bool }

// Key is a key pressed on a phone or on the page's keypad. Of card data none is told: its
// Digit is 0.
type Key struct {
	At    time.Duration
	Digit byte // '0'–'9', '*', '#', 'A'–'D'
}

// Audible says that the first voiced packet of a reply was written.
type Audible struct {
	Reply  ReplyID
	Timing Timing // Retrieved, Sentence, Audio and Packet are set
}

// Begun says that the brain's own words have begun to come, whether or not
// something was said while they were awaited.
type Begun struct{ Reply ReplyID }

// Progress says that the bot has begun to speak another sentence of a reply.
// Heard is the text that has certainly arrived, for saving the open turn.
type Progress struct {
	Reply ReplyID
	Heard string
}

// Spoken says what of a reply has been spoken so far, the word under way included. It
// comes in step with the voice, and is for reading along.
type Spoken struct {
	Reply ReplyID
	Text  string
}

// Failed says that a part of the channel has failed in a way that the customer
// notices, and what took its place.
type Failed struct {
	Part   string // "asr", "tts", "llm"
	Err    error
	Engine string // that serves now; "" when none does
}

// Unheard says that no engine hears this language.
type Unheard struct{ Language string }

// Left says that the customer left the channel.
type Left struct {
	Via    Via
	Call   CallID
	Reason string
}

// Held says who has the conversation from now on. While an agent has it the bot is
// silent and answers nothing. Say, if not "", is what the bot says about it, in the
// language Language ("": the conversation's).
type Held struct {
	By       Holder
	Say      string
	Language string
	Released bool // a person has let the customer go for how they spoke: Known.Released
}

// Ending says that the call is ended before long: the customer is told.
type Ending struct{ In time.Duration }

// Wrote is what one of the company's people wrote to the customer; it is kept already.
type Wrote struct{ Turn Turn }

func (Opened) event()    {}
func (Machine) event()   {}
func (Begun) event()     {}
func (Onset) event()     {}
func (Stir) event()      {}
func (Lasting) event()   {}
func (Offset) event()    {}
func (Partial) event()   {}
func (Tentative) event() {}
func (Said) event()      {}
func (Key) event()       {}
func (Audible) event()   {}
func (Progress) event()  {}
func (Spoken) event()    {}
func (Typing) event()    {}
func (Muted) event()     {}
func (Failed) event()    {}
func (Unheard) event()   {}
func (Left) event()      {}
func (Delivered) event() {}
func (Deadline) event()  {}
func (Settled) event()   {}
func (Close) event()     {}
func (Held) event()      {}
func (Ending) event()    {}
func (Wrote) event()     {}

// Delivered is the end of a Deliver: what really arrived. Err is nil, the cause of
// the cancellation, or what went wrong.
type Delivered struct {
	Reply ReplyID
	Turn  Turn
	Err   error
}

// Deadline says that the time that the floor asked to be woken at has come.
type Deadline struct{}

// Settled says that a change in a business system has come to an end that nobody was
// waiting for any more: the customer is to be told. It may be told again.
type Settled struct{ Change string }

// Close ends the conversation's work on this node: shutdown, or an order.
type Close struct{ Reason string }
