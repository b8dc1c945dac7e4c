package room

import (
	"sync/atomic"

	"parley/media"
	"parley/media/jitter"
	"parley/media/level"
)

// maxPulls is how many packets a leg may hand over in one tick.
const maxPulls = 64

// Seat is a leg's place in a room.
type Seat struct {
	room    *Room
	at      int
	leg     media.Leg
	coded   media.Coded   // nil: the leg moves PCM
	out     media.Codec   // of what the leg is pushed
	steady  media.Steady  // nil: in silence the leg is left alone
	raiser  *level.Raiser // nil: the party's level stays
	network media.Network // nil: nothing is known of its network
	party   Party
	veiled  atomic.Bool

	// Under room.mu.
	mode   Mode
	muted  bool
	gone   bool
	mix    *mix
	tap    Tap
	rec    Recorder
	buf    *jitter.Buffer // nil: the leg moves PCM
	raw    media.Packet   // as pulled
	in     media.Packet   // of this tick
	heard  media.Packet   // for the tap
	sent   media.Packet   // to the leg
	kept   media.Packet   // for the recorder
	voiced bool
}

func newSeat(r *Room, at int, l media.Leg, p Party, m Mode) *Seat {
	s := &Seat{room: r, at: at, leg: l, party: p, mode: m}
	if c, ok := l.(media.Coded); ok {
		s.coded, s.out = c, c.Codec()
		s.buf = jitter.New(s.arrived)
	}
	s.network, _ = l.(media.Network)
	s.steady, _ = l.(media.Steady)
	if f, ok := l.(media.Faint); ok && f.Faint() {
		s.raiser = new(level.Raiser)
	}
	return s
}

// recoded reports whether the leg takes another codec than before.
func (s *Seat) recoded() bool {
	if s.coded == nil {
		return false
	}
	was := s.out
	s.out = s.coded.Codec()
	return s.out != was
}

// arrived is told of decoded audio by the jitter buffer, before it is kept.
func (s *Seat) arrived(at media.CallTime, pcm []int16) {
	if s.raiser != nil {
		s.raiser.Raise(pcm)
	}
	if s.tap != nil {
		s.heard.At, s.heard.PCM = at, pcm
		s.tap.Arrived(&s.heard)
	}
}

// pull takes one tick of audio from the leg.
func (s *Seat) pull(now media.CallTime) {
	if s.buf == nil {
		s.in.At = now
		s.in.PCM = s.in.PCM[:0]
		s.voiced = s.leg.Pull(&s.in) && len(s.in.PCM) == media.TickSamples
		if s.voiced {
			s.arrived(now, s.in.PCM)
		}
	} else {
		for range maxPulls {
			s.raw.At = now
			if !s.buf.Roomy() || !s.leg.Pull(&s.raw) {
				break
			}
			s.buf.Put(now, &s.raw)
		}
		s.in.At, s.in.Payload = now, s.in.Payload[:0]
		s.voiced = s.buf.Next(now, &s.in)
	}
	if s.tap != nil {
		s.heard.At, s.heard.PCM = now, s.in.PCM
		if !s.voiced {
			s.heard.PCM = s.room.zero[:]
		}
		s.tap.Played(&s.heard)
	}
}

// push hands the leg what it is to hear, and the recorder both sides.
func (s *Seat) push(now media.CallTime) {
	s.sent = s.mix.out // a copy: listeners may share the mix
	if s.tap != nil {
		s.heard.At, s.heard.PCM = now, s.sent.PCM
		if !s.sent.Voiced {
			s.heard.PCM = nil
		}
		s.tap.Sent(&s.heard)
	}
	if s.out == media.CodecPCM || len(s.sent.Payload) > 0 {
		s.leg.Push(&s.sent)
	} else if s.steady != nil {
		s.steady.Idle(now)
	}
	if s.rec == nil {
		return
	}
	s.kept = s.in
	if s.kept.Voiced = s.voiced; !s.voiced || s.muted || s.veiled.Load() {
		s.kept.PCM, s.kept.Payload = nil, nil
	}
	s.kept.At = now
	s.rec.In(&s.kept)
	s.sent = s.mix.out
	s.rec.Out(&s.sent)
}

// with changes the seat under the room's lock.
func (s *Seat) with(f func()) {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	if !s.gone {
		f()
	}
}

// SetMode changes what the seat hears and says, from the next tick on.
func (s *Seat) SetMode(m Mode) { s.with(func() { s.mode = m; s.room.arrange() }) }

// SetParty says whose seat it is from now on.
func (s *Seat) SetParty(p Party) { s.with(func() { s.party = p; s.room.arrange() }) }

// Mode is what the seat may hear and say.
func (s *Seat) Mode() Mode {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	return s.mode
}

// SetMuted takes the seat's voice away, or gives it back.
func (s *Seat) SetMuted(on bool) { s.with(func() { s.muted = on; s.room.arrange() }) }

// Veil keeps the party's voice from everybody in the room and from the recorder, while its
// tap goes on hearing it; or ends that. It may be called by a tap, and holds from this tick on.
func (s *Seat) Veil(on bool) { s.veiled.Store(on) }

// SetTap lets t see what the party sends; nil ends it.
func (s *Seat) SetTap(t Tap) { s.with(func() { s.tap = t }) }

// SetRecorder lets rec keep what goes in and out; nil ends it.
func (s *Seat) SetRecorder(rec Recorder) { s.with(func() { s.rec = rec }) }

// Leave gives the seat up. The leg is not called after it returns.
func (s *Seat) Leave() {
	s.with(func() {
		s.gone = true
		s.room.seats[s.at] = nil
		s.room.arrange()
	})
}

// Stats is how the audio of the seat's party arrives; zero for a PCM leg.
func (s *Seat) Stats() jitter.Stats {
	s.room.mu.Lock()
	defer s.room.mu.Unlock()
	if s.buf == nil {
		return jitter.Stats{}
	}
	return s.buf.Stats()
}
