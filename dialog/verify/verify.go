// Package verify finds out who is speaking before anything personal is told or changed.
//
// A customer is verified at a level: 1 when facts were right that only the customer
// knows, 2 when better ones were, when a one-time code came back, or when the page that
// the conversation is on has signed who it is. Level and customer always come from the
// same proof, the business system's or the signer's, never from what somebody says of
// themselves; saying that one is staff proves nothing.
//
// Step is pure: it takes a State, plain data, and an Input, and gives the next State and
// the Moves that follow. A stranger learns nothing: whatever does not fit is answered by
// the same sentence, whether or not there is such an order, policy or customer. Attempts
// are limited in a conversation by Step, and for each claimed number over all
// conversations by a Guard.
//
// # What the caller does with a Move
//
//   - Say and Ask are spoken or shown; the customer's next utterance is a Said.
//   - Check: call the tool, through the Guard, and Step with Checked at once.
//   - Send: make a code with NewCode, hand it to the company's Sender, Step with Sent.
//   - Passed and Failed end it; State.Level and State.Customer say what holds from now on.
//     They are what tools are called with; arguments from the conversation never are.
//   - NotMine: the utterance is a question or another matter; answer it, then Resume.
package verify

import (
	"time"

	"parley/dialog"
)

// Levels.
const (
	Unknown = 0 // nobody in particular
	Facts   = 1 // facts that the business system has checked
	Proven  = 2 // a signed identity, a one-time code, or the better facts
)

// BySite is the method of an identity that a site has signed; the others are the business
// systems'.
const BySite = "signed"

// What a conversation has unless Options say otherwise.
const (
	MaxTries = 3 // failed checks
	MaxSends = 3 // codes
)

// Options of a verification. The zero value asks for facts and has no codes.
type Options struct {
	Tries int  // failed checks in a conversation; 0 is MaxTries
	Codes bool // one-time codes can be sent
	Sends int  // codes in a conversation; 0 is MaxSends
}

func (o Options) filled() Options {
	if o.Tries <= 0 {
		o.Tries = MaxTries
	}
	if o.Sends <= 0 {
		o.Sends = MaxSends
	}
	return o
}

// Stage is what a verification waits for.
type Stage string

// The stages.
const (
	Idle     Stage = ""
	Claiming Stage = "claiming" // a number that names the customer
	Proving  Stage = "proving"  // a fact
	Checking Stage = "checking" // the business system
	Sending  Stage = "sending"
	Coding   Stage = "coding" // the code that was sent
)

// State of a conversation's verification. The zero value is a stranger.
type State struct {
	Level    int               `json:"level,omitempty"`
	Customer string            `json:"customer,omitempty"` // as the business systems know them
	Method   string            `json:"method,omitempty"`   // BySite, "facts", "code"
	At       time.Time         `json:"at,omitzero"`
	Stage    Stage             `json:"stage,omitempty"`
	Want     int               `json:"want,omitempty"`
	Language string            `json:"language,omitempty"`
	Via      dialog.Via        `json:"via,omitempty"`
	Now      time.Time         `json:"now,omitzero"`
	Claims   map[string]string `json:"claims,omitempty"` // "order", "phone", "policy", "claim"
	Facts    map[string]string `json:"facts,omitempty"`
	Fact     string            `json:"fact,omitempty"` // that is asked for
	Failures int               `json:"failures,omitempty"`
	Misses   int               `json:"misses,omitempty"` // misunderstandings in a row
	Sends    int               `json:"sends,omitempty"`
	Code     *Code             `json:"code,omitempty"`
}

// Running reports whether a verification is under way.
func (s State) Running() bool { return s.Stage != Idle }

// Input is what happens. The set is closed.
type Input interface{ input() }

// Begin asks for a level. Claims are the numbers that were named so far.
type Begin struct {
	Level    int
	Told     string // last digits that were told beside the claim (Tail); "" is none
	Claims   map[string]string
	Language string
	Via      dialog.Via
	Now      time.Time
}

// Said is an utterance, or what was typed on a keypad.
type Said struct {
	Text     string
	Language string
	Via      dialog.Via
	Now      time.Time
}

// Checked is what the business system said of the claims and facts. The zero value is
// its no.
type Checked struct {
	Level    int
	Customer string
	Down     bool // it did not answer
}

// Sent tells that a code went to the address on record. Customer is whose that is, ""
// when there is none: nothing was sent then, and the customer is told the same.
type Sent struct {
	Customer string
	Code     Code
	Down     bool // it cannot be sent
}

// Signed is an identity that the page has signed.
type Signed struct {
	Customer string
	Now      time.Time
}

// Resume asks the open question again.
type Resume struct{}

func (Begin) input()   {}
func (Said) input()    {}
func (Checked) input() {}
func (Sent) input()    {}
func (Signed) input()  {}
func (Resume) input()  {}

// Move is what is to be done. The set is closed.
type Move interface{ move() }

// Say tells the customer something.
type Say struct{ Text string }

// Ask asks for a number, a fact or a code.
type Ask struct {
	Text   string
	Expect dialog.Expect
}

// Check asks the business system, with claims and facts by argument: order, phone,
// policy, claim; last_digits, postcode, birth_date.
type Check struct{ Args map[string]any }

// Send asks for a code to be sent: to the customer when one is known, else to the
// claimed phone if it is on record.
type Send struct {
	Customer string
	Phone    string
}

// Passed ends a verification: the level that was asked for is reached.
type Passed struct {
	Level    int
	Customer string
	Claims   map[string]string // as they were corrected on the way
}

// Failed ends a verification without it.
type Failed struct{ Reason string } // "tries", "cancelled", "down", "not_understood"

// NotMine says that an utterance is none of its business.
type NotMine struct{}

func (Say) move()     {}
func (Ask) move()     {}
func (Check) move()   {}
func (Send) move()    {}
func (Passed) move()  {}
func (Failed) move()  {}
func (NotMine) move() {}
