// Package audio is the media of a phone call as a media.Leg: SDP offers and
// answers (RFC 3264, RFC 8866), RTP and RTCP (RFC 3550, RFC 3551) with symmetric
// addresses, SRTP with keys from SDP (RFC 4568), and keys as RTP events (RFC 4733).
//
// It knows nothing of SIP: whoever signals hands it the bodies and sends what it
// gives. Jitter buffer, decoders and encoders are the room's.
//
//	pool.Open(Options)                  ports are there, and packets are kept from here on
//	  Answer(offer)  → body of the 200  we are called, or a later offer
//	  Offer()        → body of the INVITE (or of the 200 to one without a body),
//	  Accept(answer)   of the 200 (or the ACK)
//	  SetHold(true), Offer(), Accept()  hold; RemoteHold after each Answer and Accept
//	  Key(r)                            a key that came by INFO
//	  Close()                           RTCP says BYE, the ports are free
//
// An offer or an answer that is refused changes nothing: the session goes on as it was.
package audio

import "errors"

// Errors of a session; each is wrapped with what was found.
var (
	ErrBadSDP  = errors.New("audio: malformed session description")           // 400 or 488 to who sent it
	ErrNoCodec = errors.New("audio: nothing that both can speak")             // 488: no audio, no common codec
	ErrSecure  = errors.New("audio: encryption does not fit what is allowed") // 488: by policy
	ErrFull    = errors.New("audio: all ports are taken")                     // 503
	ErrClosed  = errors.New("audio: the session is over")
	ErrState   = errors.New("audio: no offer waits for an answer") // Accept without Offer
	ErrKey     = errors.New("audio: no such key")
	ErrNoKeys  = errors.New("audio: the far end takes no RTP events") // send INFO instead
)
