package desk

import "errors"

var errNotKept = errors.New("desk: it could not be written down: try again")

var errNoCalls = errors.New("desk: people cannot be put into calls here")

// Errors of the desk, for whoever asks it.
var (
	// ErrNoCall: a phone is to have a customer who is on no call, or no phone can be called.
	ErrNoCall = errors.New("the customer is on no call, or no phone can be called here")
	// ErrNoAudio: the person is not heard in the call.
	ErrNoAudio = errors.New("desk: your audio is not in the call: join it first")
	// ErrNotYours: the offer, transfer or conversation is another person's.
	ErrNotYours = errors.New("it is another person's")
	// ErrOver: the offer or transfer has come to an end.
	ErrOver = errors.New("it is over")
	// ErrElsewhere: the customer's call is at another server, and so is what moves it.
	ErrElsewhere = errors.New("the customer's call is at another server: open the desk there")
	// ErrClosing: the server is going down.
	ErrClosing = errors.New("desk: the server is going down")
	// ErrNoQueue: there is no queue of this name.
	ErrNoQueue = errors.New("there is no such queue")
	// ErrNoAgent: there is nobody of this id at the desk.
	ErrNoAgent = errors.New("there is nobody of this id")
)
