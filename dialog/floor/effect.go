package floor

import "parley/dialog"

// Effect is what is to be done. The set is closed.
type Effect interface{ effect() }

// Duck lowers the bot's voice, or restores it.
type Duck struct{ On bool }

// Hush silences the bot where it is.
type Hush struct{}

// Resume lets it go on from the last word.
type Resume struct{}

// Finish lets the bot end the sentence that it speaks, and no more.
type Finish struct{}

// Tune changes tempo and loudness of what is said from now on.
type Tune struct{ Rate, Gain float64 }

// Expect tells what kind of answer was asked for.
type Expect struct{ Kind dialog.Expect }

// Record turns the call's recording on or off.
type Record struct{ On bool }

// Draft begins to answer a question that may not be whole yet; DropDraft forgets it.
type (
	Draft struct {
		Question []dialog.Turn
		Language string
	}
	DropDraft struct{}
)

// Answer delivers the brain's answer; Adopt takes it from the draft. Without a
// question it tells what has settled since, and when Resumed takes up what is open.
type Answer struct {
	ID       dialog.ReplyID
	Question []dialog.Turn
	Language string
	Adopt    bool
	Resumed  bool
}

// Say delivers a sentence of the floor's own.
type Say struct {
	ID        dialog.ReplyID
	Text      string
	Language  string
	Mandatory bool
}

// Fill says a few words before the answer's own, which are still awaited. It
// comes at most once in an answer, and not once the answer has begun.
type Fill struct {
	ID   dialog.ReplyID
	Text string
}

// Cancel ends the running delivery; a Delivered follows.
type Cancel struct{ Cause error }

// Append keeps a turn and shows it to all.
type Append struct{ Turn dialog.Turn }

// Hear shows what the customer seems to be saying.
type Hear struct{ Text string }

// Rate keeps how the customer rates the call, 1 to 5.
type Rate struct{ Score int }

// Hangup ends the call.
type Hangup struct{ Reason string }

func (Duck) effect()      {}
func (Hush) effect()      {}
func (Resume) effect()    {}
func (Finish) effect()    {}
func (Tune) effect()      {}
func (Expect) effect()    {}
func (Record) effect()    {}
func (Draft) effect()     {}
func (DropDraft) effect() {}
func (Answer) effect()    {}
func (Say) effect()       {}
func (Fill) effect()      {}
func (Cancel) effect()    {}
func (Append) effect()    {}
func (Hear) effect()      {}
func (Rate) effect()      {}
func (Hangup) effect()    {}
