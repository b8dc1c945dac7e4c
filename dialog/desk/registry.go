package desk

import (
	"context"
	"errors"
	"time"

	"parley/dialog"
)

// Errors of a registry.
var (
	// ErrTaken: the transfer waits no more, somebody else has it.
	ErrTaken = errors.New("desk: it waits no more")
	// ErrFull: the person has no place, or is not there.
	ErrFull = errors.New("desk: the person has no place")
)

// Entry is a transfer that waits.
type Entry struct {
	Transfer     string
	Conversation dialog.ConversationID
	Kind         Kind
	Queue        string
	Language     string
	Skills       []string
	Priority     int
	Only, From   string
	Not          []string
	First        bool
	Since        time.Time
	Queued       time.Time // in this queue
	Node         string    // at which the person has to be; "": at any
}

// Profile is what is lasting about a person.
type Profile struct {
	ID, Name, Role string
	Queues         []string
	Skills         map[string]int
	Chats          int
}

// Registry is what is live: who is there, who waits, and who has which place. All of it
// may be asked for by several nodes at once; Assign alone must be atomic between them.
// desktest.Registry is its suite.
type Registry interface {
	// Know notes a person, or what has changed about one; what is live of them stays.
	Know(ctx context.Context, p Profile) error
	// Forget removes a person and their places.
	Forget(ctx context.Context, agent string) error
	// Wish is what a person wants to be: Available, Away or Offline. A person who is
	// available with no connection has until grace to make one.
	Wish(ctx context.Context, agent string, s Status, now, grace time.Time) error
	// Connect and Disconnect count a person's sockets; after the last one a person is
	// waited for until grace.
	Connect(ctx context.Context, agent string, now time.Time) error
	Disconnect(ctx context.Context, agent string, now, grace time.Time) error
	// Wrap keeps a person from being asked until then.
	Wrap(ctx context.Context, agent string, until time.Time) error
	// Agents are those who are known, by id.
	Agents(ctx context.Context) ([]Agent, error)
	// Lives names the nodes that live, of those that share it.
	Lives(ctx context.Context) (map[string]bool, error)

	// Wait puts a transfer among those that wait, or replaces it there; Unwait takes it out.
	Wait(ctx context.Context, e Entry) error
	Unwait(ctx context.Context, transfer string) error
	Waiting(ctx context.Context) ([]Entry, error)

	// Assign takes a transfer out of those that wait and reserves a place of a person for
	// it, or does nothing: ErrTaken, ErrFull.
	Assign(ctx context.Context, transfer, agent, offer string, now time.Time) error
	// Keep makes a conversation's place the person's, reserved or not: also over capacity.
	Keep(ctx context.Context, agent string, id dialog.ConversationID, k Kind) error
	// Free gives a conversation's place back, if there is one.
	Free(ctx context.Context, agent string, id dialog.ConversationID, now time.Time) error
}
