// Package form carries out procedures: it collects what a procedure needs from what a
// customer says, in any order, and says which tool is to be read or run with it.
//
// A Form is read from YAML and never changes. A State is all that is known of one that
// is under way; it is plain data and goes to JSON and back. Step is pure: it takes a
// State and an Input and gives the next State and the Moves that follow, in order.
// Nothing here waits, reads a clock, or calls anybody.
//
// # What the caller does with a Move
//
//   - Say, Ask and Confirm are spoken or shown; Ask and Confirm end the reply, and the
//     customer's next utterance is the next Input (Said, or Keys from a keypad).
//   - Read is a tool that changes nothing: run it and Step with its Result at once.
//   - Change is a tool that changes something. It comes after a Confirm of the same Call
//     and arguments that the customer has answered with a clear yes, and never otherwise:
//     write it to the outbox with a key made of the Call, and Step with its Result when
//     there is one, however late. Nothing else is asked meanwhile.
//   - Verify asks that the customer be verified to a level; Step with Verified.
//   - Handoff asks for a person. The State is kept: when nobody comes, the next Said goes
//     on where it stopped.
//   - NotMine says that the utterance is a question or another matter. The State has not
//     changed. Answer it, then Step with Resume for the question that is still open; or,
//     when nothing could be made of it either, Step with Missed.
//   - Done is the end. What the State knows in Slots is worth keeping for other forms:
//     give it to Begin as Known, and nothing known is asked for twice.
//
// Customers' identity is no slot: who is acted for is bound to the tool call by the
// caller, from the verification, and never from what was said.
package form

import (
	"parley/dialog"
	"parley/dialog/regexp"
)

// Type is what a slot holds.
type Type string

// The types.
const (
	Digits Type = "digits" // a string of digits, zeros kept
	Code   Type = "code"   // letters and digits, in capitals
	Number Type = "number"
	Amount Type = "amount"
	Date   Type = "date" // 2006-01-02
	Time   Type = "time" // 15:04
	Choice Type = "choice"
	Phone  Type = "phone"
	Email  Type = "email"
	Name   Type = "name"
	Words  Type = "text"
	YesNo  Type = "yesno" // "yes" or "no"

	// Of a payment card: the value is a ref that the tool alone can open, and what was said
	// or keyed stays nowhere (see dialog/card).
	Card       Type = dialog.CardNumber
	CardCode   Type = dialog.CardCode
	CardExpiry Type = dialog.CardExpiry // MM/YY
)

// Form is a procedure.
type Form struct {
	Name     string              `yaml:"name"`
	Title    Text                `yaml:"title"`
	Examples map[string][]string `yaml:"examples"` // sentences that begin it, by language; (a|b) are alternatives
	Open     Text                `yaml:"open"`     // said first
	Words    map[string]Text     `yaml:"words"`    // for the template {x|word}
	Slots    []Slot              `yaml:"slots"`
	Steps    []Action            `yaml:"do"`
	Cancel   Text                `yaml:"cancel"` // said when the customer gives up

	slots map[string]*Slot
}

// Slot is something that the procedure needs to know.
type Slot struct {
	Name     string              `yaml:"name"`
	Type     Type                `yaml:"type"`
	Labels   map[string][]string `yaml:"labels"` // what customers call it: "change the date"
	Ask      Text                `yaml:"ask"`
	Retry    Text                `yaml:"retry"` // after a misunderstanding
	Other    Text                `yaml:"other"` // after the second: another way to say it
	Pattern  string              `yaml:"pattern"`
	Min      float64             `yaml:"min"`    // of digits, codes and texts: characters; of numbers: the value
	Max      float64             `yaml:"max"`    // 0 is none
	Check    string              `yaml:"check"`  // "luhn"
	Prefix   string              `yaml:"prefix"` // put before a value that lacks it
	Choices  []Option            `yaml:"choices"`
	From     string              `yaml:"from"`     // path of a list in the results, the choices
	Value    string              `yaml:"value"`    // of From: the field that is the value
	Label    Text                `yaml:"label"`    // of From: template over the fields
	When     string              `yaml:"when"`     // condition for its being needed
	Optional bool                `yaml:"optional"` // it is asked for once, and may be skipped
	Silent   bool                `yaml:"silent"`   // taken when it is said, never asked for
	Auto     string              `yaml:"auto"`     // of From: template of the value to take unasked when it is there
	Or       []string            `yaml:"or"`       // slots that do in its place
	ReadBack bool                `yaml:"readback"` // by voice, and in chat when in doubt
	Take     []string            `yaml:"take"`     // of texts: patterns whose first group is the value, unasked
	About    string              `yaml:"about"`    // of texts: "time": parts of an utterance that speak of time are it, unasked
	Open     bool                `yaml:"open"`     // of texts: another procedure's words are a value too
	Past     bool                `yaml:"past"`     // a date that lies behind
	Future   bool                `yaml:"future"`   // a date from today on

	pattern *regexp.Regexp
	take    []*regexp.Regexp
}

// Option is one of a slot's choices.
type Option struct {
	Value string              `yaml:"value" json:"value"`
	Name  Text                `yaml:"name" json:"name,omitempty"`
	Words map[string][]string `yaml:"words" json:"words,omitempty"` // other ways to say it
}

// Action is a step of a procedure. At most one of Read, Change and Handoff is
// set; Say beside them is said of the result. A step with Needs alone only asks.
type Action struct {
	If      string            `yaml:"if"`    // condition; else the step is passed over
	Needs   []string          `yaml:"needs"` // slots; the first step also needs those that no step names
	Level   int               `yaml:"level"` // how well the customer must be verified
	Read    string            `yaml:"read"`
	Change  string            `yaml:"change"`
	Args    map[string]string `yaml:"args"` // templates
	As      string            `yaml:"as"`   // the result's name; "" is the tool's
	Confirm Text              `yaml:"confirm"`
	Agree   []string          `yaml:"agree"` // words that are a yes to it: "cancel it"
	Say     Text              `yaml:"say"`
	Tell    bool              `yaml:"tell"`    // the result is told in the tool's words, Result.Text
	Missing Text              `yaml:"missing"` // said when a read finds nothing
	Clear   []string          `yaml:"clear"`   // slots asked again then
	Empty   string            `yaml:"empty"`   // path of the result that must hold something; "" is the result
	Fail    map[string]Text   `yaml:"fail"`    // by Failure; "any" is for all
	Handoff string            `yaml:"handoff"` // reason
	End     bool              `yaml:"end"`     // the procedure is over after it
}

// Tools are the names of all tools that the form uses.
func (f *Form) Tools() []string {
	var out []string
	for _, a := range f.Steps {
		if t := a.tool(); t != "" {
			out = append(out, t)
		}
	}
	return out
}

func (a Action) tool() string {
	if a.Read != "" {
		return a.Read
	}
	return a.Change
}

func (a Action) as() string {
	if a.As != "" {
		return a.As
	}
	return a.tool()
}
