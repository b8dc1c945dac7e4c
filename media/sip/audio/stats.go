package audio

import (
	"time"

	"parley/media"
)

// Stats are of the whole session so far.
type Stats struct {
	Codec  media.Codec // that we send
	Secure bool        // SRTP both ways

	Received, ReceivedBytes int64         // RTP packets taken, bytes of payload
	Sent, SentBytes         int64         //
	Lost                    int64         // as RFC 3550 appendix A.3 counts; may be negative with doubles
	Jitter                  time.Duration // RFC 3550 section 6.4.1
	FarLost                 float64       // share of our packets that the far end lost lately
	RTT                     time.Duration // 0: unknown
	KeysIn, KeysOut         int64

	// What was dropped.
	Malformed   int64 // no RTP, or no RTCP
	Unknown     int64 // a payload type that nobody agreed on
	Foreign     int64 // from a source that is not the far end's
	Unauthentic int64 // SRTP that does not verify, or a replay
	Overflow    int64 // came faster than it was taken
	Unsent      int64 // errors of the socket
}
