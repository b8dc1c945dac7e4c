package desk

import (
	"context"

	"parley/dialog"
)

// CallControl moves the parties of a call. The desk asks through it and never sees a seat.
// An error is an end of the way to this person, not of the customer's call.
type CallControl interface {
	// Up reports whether a call is up in the conversation.
	Up(id dialog.ConversationID) bool
	// Hears reports whether a person's audio is in a conversation's call, or stands by.
	Hears(id dialog.ConversationID, agent string) bool
	// Move changes who hears whom. BriefAgent and JoinAll are ErrNoAudio while nothing is
	// heard of the person, who may still be joining; the customer is on hold meanwhile.
	// briefed is called when the briefing has been heard to its end.
	Move(ctx context.Context, id dialog.ConversationID, what Movement, agent string, briefed func()) error
}

// NoCalls is the control where people cannot be put into calls: whoever asks for one while
// calling hears that nobody is there.
type NoCalls struct{}

var _ CallControl = NoCalls{}

// Up implements CallControl.
func (NoCalls) Up(dialog.ConversationID) bool { return false }

// Hears implements CallControl.
func (NoCalls) Hears(dialog.ConversationID, string) bool { return false }

// Move implements CallControl.
func (NoCalls) Move(context.Context, dialog.ConversationID, Movement, string, func()) error {
	return errNoCalls
}
