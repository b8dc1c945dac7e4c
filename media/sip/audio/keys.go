package audio

import (
	"strings"
	"time"
)

// keyNames are the events of RFC 4733 section 3.2 by their codes.
const keyNames = "0123456789*#ABCD"

// maxKeys bounds the keys that wait to be taken, and those that wait to be sent.
const maxKeys = 64

// presses reads RTP events (RFC 4733): each press is told many times under one
// timestamp, its end three times, and any of these may be lost, doubled or late.
type presses struct {
	any   bool   // a press has been seen
	code  byte   // of the last
	ts    uint32 // when it began
	long  uint32 // how long it was by the last packet, in its clock's units
	ended bool

	// In units of the audio's timestamps: while a key is down its tone may be in the
	// audio too, from ts to quiet.
	quiet uint32
	down  bool
}

const (
	longest  = 0xffff           // units that the duration can say; then the press goes on under a new timestamp
	nearFull = longest - 0x1000 // a segment whose last packets were lost
	tail     = 100              // ms after the last word of a press whose end was lost, in which a tone is expected
)

// put takes an event packet; it reports the key when that begins with it. clock is the
// event's, rate the audio's timestamps', in Hz.
func (k *presses) put(ts uint32, marker bool, b []byte, clock, rate int) (key rune, fresh bool) {
	if len(b) < 4 || int(b[0]) >= len(keyNames) {
		return 0, false
	}
	code, end, long := b[0], b[1]&0x80 != 0, uint32(b[2])<<8|uint32(b[3])
	switch {
	case k.any && ts == k.ts && code == k.code: // told again
		long = max(long, k.long)
		end = end || k.ended
	case k.any && int32(ts-k.ts) < 0: // of a press that is over
		return 0, false
	default:
		fresh = !k.goesOn(ts, marker, code, long)
	}
	k.any, k.code, k.ts, k.long, k.ended = true, code, ts, long, end
	k.quiet = ts + uint32(uint64(long)*uint64(rate)/uint64(clock))
	if !end {
		k.quiet += uint32(tail * rate / 1000)
	}
	k.down = true
	return rune(keyNames[code]), fresh
}

// goesOn reports whether a new timestamp is still the same press: a long one's next
// segment (section 2.5.1.3), or one of a sender that moves the timestamp as it goes.
func (k *presses) goesOn(ts uint32, marker bool, code byte, long uint32) bool {
	if !k.any || marker || k.ended || code != k.code {
		return false
	}
	since := ts - k.ts
	return k.long >= nearFull && since >= k.long && since <= longest+0x1000 || long > k.long && since <= long
}

// mutes reports whether audio of this timestamp may hold the tone of a key.
func (k *presses) mutes(ts uint32) bool {
	if !k.down || int32(ts-k.ts) < 0 {
		return false
	}
	if int32(ts-k.quiet) < 0 {
		return true
	}
	k.down = false
	return false
}

// way is how a key came.
type way uint8

const (
	byEvent way = iota
	bySignal
)

// twice is how far apart the two tellings of one press may be.
const twice = 2 * time.Second

// pairing finds the presses that are told both ways: each told one way cancels one
// of the same key told the other way before.
type pairing struct {
	open [2][len(keyNames)][]time.Time // told, and not yet told the other way
}

// fresh reports whether a key is a new press.
func (p *pairing) fresh(now time.Time, by way, key rune) bool {
	i := strings.IndexRune(keyNames, key)
	if i < 0 {
		return false
	}
	other := &p.open[1-by][i]
	for len(*other) > 0 {
		at := (*other)[0]
		*other = (*other)[:copy(*other, (*other)[1:])]
		if now.Sub(at) <= twice {
			return false
		}
	}
	mine := &p.open[by][i]
	for len(*mine) > 0 && (now.Sub((*mine)[0]) > twice || len(*mine) == maxKeys) {
		*mine = (*mine)[:copy(*mine, (*mine)[1:])]
	}
	*mine = append(*mine, now)
	return true
}
