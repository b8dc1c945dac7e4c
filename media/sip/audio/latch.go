package audio

import (
	"net/netip"
	"time"
)

// latch decides whose packets are the far end's, and where it is sent to: symmetric
// RTP (RFC 4961) with care (RFC 7362). What SDP says, or the host that signals, always
// wins; a source beside them is taken where nothing better has come, for phones behind
// NAT are seen from addresses that they do not know of. Once there is a source another
// one is not taken, but
//   - the trusted host's, over one that is not trusted;
//   - one whose packets verify by SRTP, which nobody else can make;
//   - one that goes on with the same stream (SSRC and sequence) after the other fell
//     silent: a NAT that forgot the phone. Who is not on the path cannot know the 32
//     bits of the SSRC.
type latch struct {
	told netip.AddrPort // by SDP
	peer netip.Addr     // where signalling comes from

	from netip.AddrPort // that is taken; not valid: none yet
	run  int            // packets of it
	last time.Time
	ssrc uint32
	seq  uint16
}

const (
	provenRun  = 3               // packets of a source that is not trusted, before it is sent to
	portMoves  = time.Second / 5 // of silence, before a trusted host may go on at another port
	natForgets = 2 * time.Second // of silence, before a stream may go on from another source
	goesOn     = 1000            // sequence numbers that a stream may have moved on meanwhile
)

// tell sets what SDP says. Another address than before frees the latch.
func (l *latch) tell(a netip.AddrPort) {
	if a.IsValid() && a != l.told {
		l.told, l.from, l.run = a, netip.AddrPort{}, 0
	}
}

func (l *latch) trusts(a netip.AddrPort) bool {
	return l.told.IsValid() && a.Addr() == l.told.Addr() || l.peer.IsValid() && a.Addr() == l.peer
}

// admit reports whether a packet counts. verified: SRTP proved who sent it.
func (l *latch) admit(now time.Time, src netip.AddrPort, ssrc uint32, seq uint16, verified bool) bool {
	if src != l.from {
		if l.from.IsValid() && !verified && !l.moves(now, src, ssrc, seq) {
			return false
		}
		l.from, l.run = src, 0
		if verified {
			l.run = provenRun
		}
	}
	l.run++
	l.last, l.ssrc, l.seq = now, ssrc, seq
	return true
}

// moves reports whether the stream may go over to another source.
func (l *latch) moves(now time.Time, src netip.AddrPort, ssrc uint32, seq uint16) bool {
	silent := now.Sub(l.last)
	if l.trusts(src) {
		return !l.trusts(l.from) || silent > portMoves
	}
	d := seq - l.seq
	return silent > natForgets && ssrc == l.ssrc && d > 0 && d < goesOn
}

// target is where the far end is sent to; not valid: nowhere yet.
func (l *latch) target() netip.AddrPort {
	if l.from.IsValid() && (l.run >= provenRun || l.trusts(l.from)) {
		return l.from
	}
	return l.told
}
