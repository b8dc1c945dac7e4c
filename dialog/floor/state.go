package floor

import (
	"fmt"
	"strings"
	"time"

	"parley/dialog"
)

// State is who has the floor and what is awaited. It is a value: Step returns
// another. Times are those given to Step.
type State struct {
	Config Config
	Prefix string // of the identifiers it makes

	Seq      int
	Voice    bool // a call is up
	Chat     bool // somebody writes
	Call     dialog.CallID
	Phone    bool   // it is a phone's
	Caller   string // the number that calls, or was called
	Out      *dialog.Out
	Outgoing outgoing      // how far a call that we made is
	Began    time.Duration // when it was answered
	Hello    bool          // who answered has spoken, and the words are awaited
	Language string
	Greeted  bool
	Holder   dialog.Holder // "": the bot
	Met      bool          // the customer has said something, in this call or before it
	Midway   bool          // when the call began

	Reply    Current       // what is being delivered; zero is nothing
	Queue    []Say         // the floor's own words that come next
	Question []dialog.Turn // what waits for an answer
	News     bool          // a change has settled that the customer was not told of
	Resumed  bool          // the customer has come from chat to a call or back: what is open is to be taken up
	Last     string        // what the bot said last, for "say that again"

	Talking  bool // the customer's voice is there
	Sound    dialog.Lasting
	Bored    bool // it kept the bot silent for long, and was nothing
	Measured bool // Sound is known
	Ducked   bool
	Stirring time.Duration // since when stirs have come one upon another without an onset
	Stirred  time.Duration // the last of them
	Hushed   bool
	Words    string        // what the customer seems to be saying
	Ended    time.Duration // when the last turn of the customer was decided

	DraftOf string // the question that the draft answers; "" is none

	Expecting dialog.Expect // what kind of answer the bot asked for

	Missed   int           // turns in a row that were not understood
	Failures int           // answers in a row that failed
	Asked    int           // "are you still there?" since the last word
	Patience time.Duration // no asking before: "hold on" was said
	Keys     string
	Rate     float64
	Gain     float64
	Deaf     bool // said that nobody hears
	Muted    bool // the customer's microphone is off
	Spoke    bool // words were heard in this call
	Relayed  bool // somebody speaks for the customer: a relay service or an interpreter
	Writes   bool // the customer writes instead of speaking
	Taping   taping
	End      string // reason to hang up once all is said
	Rating   rating
	Answered bool // something was, in this call: by the bot or by a person
	Unrated  bool // what happened in this conversation is none to ask marks for

	At deadlines
}

// rating is how far the question is how the call was.
type rating uint8

const (
	unrated rating = iota
	rateAsked
	rateAgain // the answer was none
	rated
)

// taping is how far the recording's permission is.
type taping uint8

const (
	untaped taping = iota
	noticed        // "say no to decline" was said
	passed         // and was not declined by the first words, which came before it had been heard
	asked          // "may I?" was said
	settled        // on or off, for good
)

// Current is the reply that is being delivered.
type Current struct {
	ID        dialog.ReplyID
	Answer    bool // by the brain
	News      bool // an answer to no question: it tells what has settled
	Resumed   bool // likewise, and takes up what is open
	Mandatory bool
	Audible   bool
	Early     bool // the customer spoke up so soon that it belongs to the question
	Cancelled bool
	Finishing bool   // ends with the sentence under way
	Begun     bool   // its own words have begun to come
	Filler    string // what was said while they were awaited; "" is nothing
	Text      string // of the floor's own
}

// deadlines are when something happens if nothing else does; 0 is never.
type deadlines struct {
	Stir, Hush, Yield, Resume, Finish, Fill, Stall, Still, Keys, Words, Greet time.Duration
}

// Wake is when Step wants to be called with a Deadline; false is never.
func (s State) Wake() (time.Duration, bool) {
	var first time.Duration
	for _, d := range []time.Duration{s.At.Stir, s.At.Hush, s.At.Yield, s.At.Resume, s.At.Finish, s.At.Fill, s.At.Stall, s.At.Still, s.At.Keys, s.At.Words, s.At.Greet} {
		if d > 0 && (first == 0 || d < first) {
			first = d
		}
	}
	return first, first > 0
}

// Idle reports whether nothing is under way and nobody is there.
func (s State) Idle() bool {
	return !s.Voice && s.Reply.ID == "" && len(s.Queue) == 0 && len(s.Question) == 0
}

// New is a conversation in which nothing happened yet.
func New(c Config, prefix, language string) State {
	return State{Config: c.Default(), Prefix: prefix, Language: language, Rate: 1, Gain: 1}
}

// Recalled is a conversation in which something was said before, in a language.
func (s State) Recalled(language string) State {
	s.Met = true
	if language != "" {
		s.Language = language
	}
	return s
}

// next makes an identifier.
func (s *State) next() dialog.ReplyID {
	s.Seq++
	return dialog.ReplyID(fmt.Sprintf("%s%d", s.Prefix, s.Seq))
}

func (s *State) zh() bool { return chinese(s.Language) }

func chinese(tag string) bool {
	return strings.HasPrefix(tag, "zh") || strings.HasPrefix(tag, "yue") || strings.HasPrefix(tag, "cmn")
}

// pick is the text in the conversation's language.
func (s *State) pick(en, zh string) string {
	if s.zh() {
		return zh
	}
	return en
}
