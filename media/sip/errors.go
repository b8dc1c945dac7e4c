package sip

import (
	"errors"
	"fmt"
	"time"
)

// What can go wrong with a call.
var (
	ErrClosed    = errors.New("sip: the server is closed")
	ErrTrunk     = errors.New("sip: no such trunk")
	ErrUser      = errors.New("sip: that phone is not registered")
	ErrNumber    = errors.New("sip: not a number that can be dialled")
	ErrEmergency = errors.New("sip: emergency numbers are not dialled from here")
	ErrBlocked   = errors.New("sip: the trunk is switched off")
	ErrLimit     = errors.New("sip: all lines are taken")
	ErrHeader    = errors.New("sip: a header that may not be set, or with characters that may not be sent")
	ErrRinging   = errors.New("sip: nobody answered in time")
	ErrCancelled = errors.New("sip: cancelled before it was answered")
	ErrEnded     = errors.New("sip: the call has ended")
	ErrState     = errors.New("sip: not in this state of the call")
	ErrNoAck     = errors.New("sip: the far end never confirmed our answer")
	ErrExpired   = errors.New("sip: the session was not refreshed in time")
	ErrRedirect  = errors.New("sip: the far end redirects, which is not followed")
	ErrPassword  = errors.New("sip: the far end does not take our user and password")
)

// StatusError is a final answer that is no success.
type StatusError struct {
	Code       int
	Reason     string
	Cause      int           // Q.850 (RFC 3326); 0: not said
	RetryAfter time.Duration // 0: not said
}

// Error implements error.
func (e *StatusError) Error() string {
	if e.Cause != 0 {
		return fmt.Sprintf("sip: %d %s (Q.850 cause %d)", e.Code, e.Reason, e.Cause)
	}
	return fmt.Sprintf("sip: %d %s", e.Code, e.Reason)
}
