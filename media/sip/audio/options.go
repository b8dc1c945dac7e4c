package audio

import (
	"log/slog"
	"net/netip"
	"time"

	"parley/media"
)

// PoolOptions say which ports phones may use. All are required but Public.
type PoolOptions struct {
	Low, High int        // UDP ports, both included; RTP takes the even ones, RTCP the next
	Bind      netip.Addr // of the sockets; unspecified: all interfaces
	Public    netip.Addr // what SDP says; zero: Bind
	Logger    *slog.Logger
}

// Policy is whether audio is encrypted with keys from SDP, which signalling must protect.
type Policy uint8

// The policies.
const (
	SecureOff      Policy = iota // RTP/AVP alone, without keys
	SecureOptional               // keys are offered beside RTP/AVP (RFC 8643), and taken with either
	SecureRequired               // RTP/SAVP alone
)

// Options of a session. The zero value works.
type Options struct {
	ID     media.LegID
	Codecs []media.Codec // that are allowed, the best first; nil: Opus, G.722, G.711 A and µ
	Secure Policy
	// Ptime is how much audio we would like in a packet, 10 to 60 ms; 0: 20 ms. The
	// far end's wish decides what it is sent.
	Ptime time.Duration
	// Peer is where the far end's signalling comes from: audio from that host is taken
	// as if SDP had said it, which is what a phone behind NAT needs. Zero: nothing known.
	Peer netip.Addr
	// Public is what SDP says to this peer; zero: the pool's.
	Public netip.Addr
}
