package form

import (
	"time"

	"parley/dialog"
	"parley/dialog/card"
)

// Stage is what a form waits for.
type Stage string

// The stages.
const (
	Asking     Stage = "asking"     // an answer to Slot
	ReadBack   Stage = "readback"   // yes or no to the value of Slot
	Confirming Stage = "confirming" // yes or no to the change of Call
	Amending   Stage = "amending"   // what is to be changed before the confirmation
	Waiting    Stage = "waiting"    // the result of Call
	Verifying  Stage = "verifying"
	Over       Stage = "over"
)

// Value is what is known of a slot.
type Value struct {
	Value      string   `json:"value"`
	Text       string   `json:"text,omitempty"` // as the customer said it, or an option's name
	Unit       string   `json:"unit,omitempty"`
	Confidence float64  `json:"confidence"`
	From       string   `json:"from,omitempty"` // "said", "keypad", or what Known said
	Sure       bool     `json:"sure,omitempty"` // read back, typed, or known for certain
	Skipped    bool     `json:"skipped,omitempty"`
	Others     []string `json:"others,omitempty"`
}

// State of a form under way. The zero value is none.
type State struct {
	Form     string           `json:"form,omitempty"`
	Stage    Stage            `json:"stage,omitempty"`
	Language string           `json:"language,omitempty"`
	Via      dialog.Via       `json:"via,omitempty"`
	Slots    map[string]Value `json:"slots,omitempty"`
	Results  map[string]any   `json:"results,omitempty"` // by Action.As
	At       int              `json:"at,omitempty"`      // the step that is next
	Frozen   int              `json:"frozen,omitempty"`  // steps before it are never gone back to
	Slot     string           `json:"slot,omitempty"`
	Either   []string         `json:"either,omitempty"`    // values of EitherOf, of which one is meant
	EitherOf string           `json:"either_of,omitempty"` // slot
	Misses   map[string]int   `json:"misses,omitempty"`    // misunderstandings, by slot or step
	Call     string           `json:"call,omitempty"`
	Calls    int              `json:"calls,omitempty"`
	Args     map[string]any   `json:"args,omitempty"` // of Call
	Level    int              `json:"level,omitempty"`
	Now      time.Time        `json:"now,omitzero"` // of the last utterance
}

// Running reports whether a form is under way.
func (s State) Running() bool { return s.Form != "" && s.Stage != Over }

// Known is what other forms may use: values of slots by name. Card data is for one alone.
func (s State) Known() map[string]Value {
	out := map[string]Value{}
	for k, v := range s.Slots {
		if !v.Skipped && v.Value != "" && !card.Sealed(v.Value) {
			out[k] = v
		}
	}
	return out
}

// Input is what happens to a form. The set is closed.
type Input interface{ input() }

// Said is a customer's utterance.
type Said struct {
	Text       string
	Language   string // BCP 47 tag
	Via        dialog.Via
	Now        time.Time // in the company's zone
	Confidence float64   // of the recogniser; 0 is unknown
	// Read are numbers and codes that a picture shows. A slot that is called so, or the one
	// that is asked for, takes them; readers take 0 for O, so they are read back before they are used.
	Read []Pictured
	// Sealed is card data that was taken out of Text.
	Sealed []dialog.Sealed
	// Cut tells that the question before it was not heard to its end: a yes to it
	// confirms nothing.
	Cut bool
	// Late tells that the question before it was asked so long ago that a yes to it
	// confirms nothing.
	Late bool
}

// Pictured is a number or code in a picture.
type Pictured struct {
	Names []string // what it is called, in any language
	Value string
	Now   bool // it came with this utterance: it counts before what was known
	Sure  bool // the customer has said that it is right
}

// Begin starts a form with the utterance that asked for it.
type Begin struct {
	Said
	Known map[string]Value // from elsewhere: earlier turns, profile, hand-over
	Level int              // how well the customer is verified
}

// Keys are digits from a keypad, without the closing #.
type Keys struct {
	Digits string
	Now    time.Time
	Cut    bool // as in Said
	Late   bool // as in Said
}

// Failure is why a tool gave no result.
type Failure string

// The failures. Found nothing is none: it is an empty result.
const (
	OK          Failure = ""
	Refused     Failure = "refused"     // the system's definite no; nothing changed
	Unavailable Failure = "unavailable" // certainly not done
	Unknown     Failure = "unknown"     // it may have been done
	Forbidden   Failure = "forbidden"   // not for this customer
)

// Result is what a tool answered.
type Result struct {
	Call    string
	Data    any    // decoded JSON
	Text    string // what the customer is told, when the form has no words of its own
	Failure Failure
}

// Verified is the end of a verification.
type Verified struct {
	Level int // reached; less than asked for is a failure
	// Known is what was said on the way: numbers that were corrected, say.
	Known map[string]Value
}

// Resume asks the open question again, after something else was answered.
type Resume struct {
	Bare bool // without words that lead back to it: they were said
}

// Missed says that nobody else could make anything of the last utterance either.
type Missed struct{}

func (Said) input()     {}
func (Begin) input()    {}
func (Keys) input()     {}
func (Result) input()   {}
func (Verified) input() {}
func (Resume) input()   {}
func (Missed) input()   {}

// Move is what a form wants done. The set is closed.
type Move interface{ move() }

// Say tells the customer something.
type Say struct{ Text string }

// Ask asks the customer for a slot.
type Ask struct {
	Slot   string
	Text   string
	Expect dialog.Expect
	Keypad bool // it may be typed on a keypad, closed by #
}

// Read asks for a tool that changes nothing.
type Read struct {
	Call string
	Tool string
	Args map[string]any
}

// Confirm asks the customer whether a change is to be made.
type Confirm struct {
	Call   string
	Tool   string
	Args   map[string]any
	Text   string
	Keypad bool // 1 is yes, 2 is no
}

// Change asks for the change that was confirmed.
type Change struct {
	Call string
	Tool string
	Args map[string]any
}

// Verify asks for a verification.
type Verify struct{ Level int }

// Handoff asks for a person.
type Handoff struct{ Reason string } // "not_understood", "not_found", "unavailable", "unknown", "unverified", or the form's

// Done is the end.
type Done struct{ Outcome string } // "done", "cancelled", "failed"

// NotMine says that an utterance is none of the form's business. Sure tells that it is
// a question; else it may be a misunderstood answer.
type NotMine struct{ Sure bool }

func (Say) move()     {}
func (Ask) move()     {}
func (Read) move()    {}
func (Confirm) move() {}
func (Change) move()  {}
func (Verify) move()  {}
func (Handoff) move() {}
func (Done) move()    {}
func (NotMine) move() {}
