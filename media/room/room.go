// Package room mixes the legs of a call, each hearing the others, every 20 ms.
//
// The room owns time and encoders, the seat owns its leg's jitter buffer and
// decoder, the leg owns transport alone. Legs are polled; nothing waits, and
// nothing is allocated per tick.
package room

import (
	"errors"
	"sync"
	"sync/atomic"

	"parley/media"
)

// maxSeats bounds a room; the mixes are sets of seats in a word.
const maxSeats = 64

// Errors of joining.
var (
	ErrClosed = errors.New("room: closed")
	ErrFull   = errors.New("room: all seats are taken")
)

// Mode is what a seat may hear and say.
type Mode uint8

// The modes.
const (
	Talk    Mode = iota // hears all, is heard by all
	Listen              // hears all, is heard by nobody
	Whisper             // hears all, is heard by agents alone
	Hold                // set apart: customers on hold hear the bots that are, nobody else hears or is heard
)

// Party is whose seat it is, which decides who hears a whisper.
type Party uint8

// The parties.
const (
	Customer Party = iota
	Bot
	Agent
	Supervisor
)

// Tap sees what a seat's party sends and is sent. Its methods are called by the tick: they
// must neither wait nor call the room, but for Now.
type Tap interface {
	// Arrived is told of each stretch of PCM as soon as it could be decoded, in
	// order; p.At is when it is expected to be played.
	Arrived(p *media.Packet)
	// Played is told each tick of the PCM that is mixed, silence included.
	Played(p *media.Packet)
	// Sent is told each tick of what the party is sent; no PCM is silence.
	Sent(p *media.Packet)
}

// Recorder is given, every tick, what a seat's party sent and what it was sent:
// the payload where there is one, else PCM; neither is silence. It must not wait
// or keep the packet.
type Recorder interface {
	In(p *media.Packet)
	Out(p *media.Packet)
}

// Options of a room.
type Options struct {
	// Complexity of the Opus encoders, 0 to 10. At 32 kbit/s more of it buys nothing while
	// no packet is lost (1.2 dB of mel spectrum at 0 as at 5), and little when some are;
	// at 5 the change between the two coders was found to click, at 0 to 4 it was not.
	Complexity int
	Bitrate    int // of the Opus encoders in bit/s; 0 is 32000
}

// Room is one call's audio.
type Room struct {
	id    string
	o     Options
	clock Ticker
	now   atomic.Int64

	mu     sync.Mutex
	closed bool
	seats  []*Seat // nil where one has left
	mixes  []*mix
	zero   [media.TickSamples]int16
}

// New opens a room that the clock ticks.
func New(id string, clock Ticker, o Options) *Room {
	if o.Bitrate == 0 {
		o.Bitrate = 32000
	}
	r := &Room{id: id, o: o, clock: clock}
	clock.attach(r)
	return r
}

// ID is the name it was given.
func (r *Room) ID() string { return r.id }

// Now is the call time of the running tick, or of the last.
func (r *Room) Now() media.CallTime { return media.CallTime(r.now.Load()) }

// Join gives a leg a seat. The leg stays its owner's to close.
func (r *Room) Join(l media.Leg, party Party, m Mode) (*Seat, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, ErrClosed
	}
	at := -1
	for i, s := range r.seats {
		if s == nil {
			at = i
			break
		}
	}
	if at < 0 {
		if len(r.seats) == maxSeats {
			return nil, ErrFull
		}
		r.seats = append(r.seats, nil)
		at = len(r.seats) - 1
	}
	s := newSeat(r, at, l, party, m)
	r.seats[at] = s
	r.arrange()
	return s, nil
}

// Close ends the room. No leg, tap or recorder is called after it returns.
func (r *Room) Close() error {
	r.clock.detach(r)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	for i, s := range r.seats {
		if s != nil {
			s.gone = true
			r.seats[i] = nil
		}
	}
	r.mixes = nil
	return nil
}

// hears reports whether a hears b.
func hears(a, b *Seat) bool {
	if a == b || b.muted {
		return false
	}
	if a.mode == Hold { // a bot or its music keeps company
		return a.party == Customer && b.party == Bot && b.mode == Hold
	}
	switch b.mode {
	case Talk:
		return true
	case Whisper:
		return a.party == Agent
	}
	return false
}

// arrange works out who hears whom, and who can share an encoder. It is called
// when that changes, under mu.
func (r *Room) arrange() {
	old := r.mixes
	r.mixes = make([]*mix, 0, len(r.seats))
	for _, a := range r.seats {
		if a == nil {
			continue
		}
		var set uint64
		for i, b := range r.seats {
			if b != nil && hears(a, b) {
				set |= 1 << i
			}
		}
		a.mix = r.mixOf(set, a.out, old)
		a.mix.listeners = append(a.mix.listeners, a)
	}
}

// mixOf finds or makes the mix of a set of seats for a codec; an encoder that
// goes on with the same set keeps its state.
func (r *Room) mixOf(set uint64, c media.Codec, old []*mix) *mix {
	for _, m := range r.mixes {
		if m.set == set && m.codec == c {
			return m
		}
	}
	for _, m := range old {
		if m.set == set && m.codec == c {
			m.listeners = m.listeners[:0]
			r.mixes = append(r.mixes, m)
			return m
		}
	}
	m := &mix{set: set, codec: c}
	r.mixes = append(r.mixes, m)
	return m
}

// tick moves 20 ms of audio.
func (r *Room) tick() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	now := media.CallTime(r.now.Load())
	recoded := false
	for _, s := range r.seats {
		if s != nil {
			recoded = s.recoded() || recoded
			s.pull(now)
		}
	}
	if recoded {
		r.arrange()
	}
	for _, m := range r.mixes {
		m.make(r, now)
	}
	for _, s := range r.seats {
		if s != nil {
			s.push(now)
		}
	}
	r.now.Store(int64(now + media.TickSamples))
}
