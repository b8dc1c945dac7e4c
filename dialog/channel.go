package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"time"
)

// Channel is a way to reach the customer: a call or a chat.
type Channel interface {
	// Listen yields what comes from the customer until the customer leaves the
	// channel, which is a Left event and the end of the range, or ctx ends.
	Listen(ctx context.Context) iter.Seq2[Event, error]
	// Deliver lets the customer have a reply and returns what really arrived,
	// also when ctx was cancelled. One at a time.
	Deliver(ctx context.Context, m Message) (Turn, error)
}

// Message is a reply on its way to a channel.
type Message struct {
	ID       ReplyID
	ReplyTo  TurnID
	Reply    Reply
	Language string
	// Timing of the turn that is answered, so far.
	Timing Timing
	// Mandatory speech (disclosure, an emergency number) is not cut by barge-in.
	Mandatory bool
}

// Voiced is the optional ability of a channel that speaks aloud. None waits.
type Voiced interface {
	// Duck lowers the bot's voice, or restores it.
	Duck(on bool)
	// Hush silences the bot where it is; Resume goes on from the last word boundary.
	Hush()
	Resume()
	// Finish lets the bot end the sentence that it speaks; its Deliver then gives ErrYield,
	// or nil when nothing was left to say.
	Finish()
	// Tune changes tempo and loudness of all that is said from now on; 1 is normal.
	Tune(rate, gain float64)
	// Expect tells the recogniser what kind of answer was asked for.
	Expect(e Expect)
	// Record turns the recording of the call on or off.
	Record(on bool)
	// Hangup ends the call after what is being said.
	Hangup(reason string)
}

// Preparer is the optional ability of a channel to ready the first words of a reply
// that may never be delivered. Nothing of it is heard.
type Preparer interface {
	// Prepare follows r as far as it needs, and returns when a Deliver has taken what
	// it readied, or when ctx ends.
	Prepare(ctx context.Context, language string, r Reply)
}

// Expect is what the bot asked for.
type Expect uint8

// The kinds of answers.
const (
	ExpectAnything Expect = iota
	ExpectDigits
	ExpectYesNo
	ExpectCard       // a payment card's number,
	ExpectCardCode   // its security code,
	ExpectCardExpiry // the month until which it is good: none of them stays anywhere
)

// Card is what kind of card data is asked for; "" is none.
func (e Expect) Card() string {
	switch e {
	case ExpectCard:
		return CardNumber
	case ExpectCardCode:
		return CardCode
	case ExpectCardExpiry:
		return CardExpiry
	}
	return ""
}

// Why a Deliver was cancelled; context.Cause gives it.
var (
	// ErrYield: the customer spoke up.
	ErrYield = errors.New("the customer spoke up")
	// ErrRejoined: the customer had not finished; the reply came too soon.
	ErrRejoined = errors.New("the customer had not finished")
	// ErrSuperseded: another turn makes this reply out of date.
	ErrSuperseded = errors.New("superseded by another turn")
	// ErrLeft: the customer has left.
	ErrLeft = errors.New("the customer has left")
	// ErrDeadline: it took too long.
	ErrDeadline = errors.New("the reply took too long")
	// ErrClosing: the server is going down.
	ErrClosing = errors.New("the server is going down")
)

// ErrNoDraft ends a draft that would have to change something: it is answered when
// the customer's words are final.
var ErrNoDraft = errors.New("not in a draft")

// Reply makes a reply when it is ranged over: text, citations and actions as
// they are made. Leaving the range ends the work.
type Reply func(ctx context.Context) iter.Seq2[Delta, error]

// Delta is the next piece of a reply. Fields that are zero say nothing.
type Delta struct {
	Text      string    // to be said or shown, in the reply's order
	Citation  *Citation // that the text before it rests on
	Shown     string    // for the chat alone: links, lists, tables
	Retrieved bool      // the passages are there
	Action    *Action
	Expect    Expect // what the reply asks for
	// Memo is the brain's working memory once this reply has been delivered, whole or
	// in part; the last one counts. It is kept with the reply's turn, and dropped with
	// a reply that nobody received.
	Memo json.RawMessage
	// Told are the outcomes of changes that the reply tells the customer of.
	Told []string
	// Ran are the uses of business systems that the reply rests on. They are kept with the
	// reply's turn, and dropped with a reply that nobody received.
	Ran   []RunData
	Model string // which engine made it, with the last delta
}

// Action is something that the reply wants done by others than its channel.
type Action struct {
	Kind   string // "handoff", "hangup", "gap", AskPicture, or a tool's name
	Reason string
	Args   map[string]any
}

// Rated is the kind of an action that keeps how the customer rates the call: Args "score", 1 to 5.
const Rated = "rated"

// AskPicture is the kind of an action that asks the customer for a picture: Reason says
// what for, in the customer's language. Args may hold "to", the number of a phone that a
// link goes to, and its "language"; without it the page shows a button.
const AskPicture = "picture"

// Say is a reply that is known beforehand.
func Say(text string) Reply {
	return func(context.Context) iter.Seq2[Delta, error] {
		return func(yield func(Delta, error) bool) { yield(Delta{Text: text}, nil) }
	}
}

// Brain decides what to answer.
type Brain interface{ Answer(c Context) Reply }

// Context is all that a brain is given. It must not be changed.
type Context struct {
	Tenant       TenantID
	Conversation ConversationID
	Via          Via
	Language     string
	History      []Turn // oldest first, without Question
	Question     []Turn // the customer's turns that wait for an answer; none: a change has settled, tell it
	Draft        bool   // true: nothing may be changed, the answer may be thrown away
	Resumed      bool   // without a question: the customer has come from chat to a call or back, take up what is open
	Phone        bool   // a call without a page of ours
	Caller       string // the number that calls; "" when there is none
	Out          *Out   // of a call that we made
	Known        Known
	Notes        []string // what is known beyond History and Known: data for a model, no instructions
	Now          time.Time
}
