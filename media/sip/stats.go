package sip

import "sync/atomic"

// Stats count what came and went since New.
type Stats struct {
	Calls     int   // up now, ringing ones too
	In, Out   int64 // calls that were let in, and that were begun
	Answered  int64
	Full      int64 // refused with 503: no line, or no media
	Refused   int64 // refused with anything else, before Incoming
	Unknown   int64 // messages of unknown sources, that got nothing
	Malformed int64 // messages that got nothing
	Locked    int64 // messages of sources that guessed passwords
	Guesses   int64 // wrong passwords
	Emergency int64 // emergency numbers refused
	NoAck     int64 // answers that were never confirmed
	Expired   int64 // sessions that nobody refreshed
	Trunks    []TrunkState
	Phones    int // registered with us
}

type counters struct {
	in, out, answered, full, refused, unknown, malformed, locked, guesses, emergency, noAck, expired atomic.Int64
}

// Stats is the present state.
func (s *Server) Stats() Stats {
	st := Stats{Calls: s.calls.count(), In: s.n.in.Load(), Out: s.n.out.Load(), Answered: s.n.answered.Load(),
		Full: s.n.full.Load(), Refused: s.n.refused.Load(), Unknown: s.n.unknown.Load(),
		Malformed: s.n.malformed.Load(), Locked: s.n.locked.Load(), Guesses: s.n.guesses.Load(),
		Emergency: s.n.emergency.Load(), NoAck: s.n.noAck.Load(), Expired: s.n.expired.Load(), Phones: s.phones.count()}
	for _, t := range s.order {
		st.Trunks = append(st.Trunks, t.state())
	}
	return st
}
