// Package sip makes a telephone a media.Leg: the signalling (RFC 3261) between
// carriers, PBXs and desk phones on one side and calls on the other.
//
// It knows trunks, numbers, dialogs and registrations. It knows nothing of RTP:
// offers and answers go through Media (parley/media/sip/audio), and what is said
// in a call is nothing of its business. Whoever is not configured gets no answer
// at all, and is counted.
package sip

import (
	"context"
	"net/netip"
	"time"

	"parley/media"
)

// Media is the audio of one call, both ways: a leg with offers and answers (RFC 3264).
// No method waits.
type Media interface {
	media.Leg
	// Offer is our SDP: the first one, or the present state for a re-INVITE.
	Offer() ([]byte, error)
	// Answer takes the far end's offer, the first or a later one (hold, resume, other
	// codecs or address), and gives our answer. After an error all is as before.
	Answer(offer []byte) ([]byte, error)
	// Accept takes the answer to our last Offer.
	Accept(answer []byte) error
	// SetHold says what the next Offer asks for.
	SetHold(on bool)
	// RemoteHold reports whether the far end holds us.
	RemoteHold() bool
	// Key is a key that came by signalling (INFO) and not by RTP.
	Key(key rune)
}

// MediaRequest says whom a Media is for.
type MediaRequest struct {
	CallID string     // ours, for logs
	Trunk  string     // empty for a phone of our own
	User   string     // the phone of our own; empty for a trunk
	Peer   netip.Addr // where its signalling comes from, or goes first
	Public netip.Addr // our own address, as that peer is to know it
}

// Incoming decides on a call that comes in, on a goroutine of its own: c.Ring,
// c.Answer or c.Reject. ctx ends when the caller gives up and when the server closes;
// a call that has had no final answer when the function returns is refused with 480.
type Incoming func(ctx context.Context, c *Call)

// Direction of a call, as seen from here.
type Direction string

// The directions.
const (
	Inbound  Direction = "inbound"
	Outbound Direction = "outbound"
)

// How long things may take.
const (
	defaultRing    = 60 * time.Second
	defaultSession = 30 * time.Minute
	minSession     = 90 * time.Second // RFC 4028 section 4
	byeTime        = 8 * time.Second
)
