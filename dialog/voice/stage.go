package voice

import (
	"sync"
	"sync/atomic"

	"parley/media"
	"parley/media/room"
)

// stage is who is in a call and who hears whom. The customer is set apart, with the bot and
// music for company, while the desk asks for it, and while the agents who spoke with the
// customer are all on hold.
type stage struct {
	mu       sync.Mutex
	room     *room.Room // nil before the call is up and after it
	customer *room.Seat
	seat     atomic.Pointer[room.Seat] // the customer's, for those who must not wait
	bot      *room.Seat
	mouth    *mouth // the bot's
	apart    bool   // as the desk asks
	music    *room.Seat
	guests   []*guest
	changed  func(apart bool) // told when the customer is set apart, or no more; may be nil
}

// open seats the customer and the bot. The customer is first in every tick, so that the bot
// can give way in the same one.
func (s *stage) open(r *room.Room, customer media.Leg, bot *mouth) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	seat, err := r.Join(customer, room.Customer, room.Talk)
	if err != nil {
		return err
	}
	if s.bot, err = r.Join(bot, room.Bot, room.Talk); err != nil {
		seat.Leave()
		return err
	}
	s.room, s.customer, s.mouth = r, seat, bot
	s.seat.Store(seat)
	return nil
}

// veil keeps the customer's voice from everybody, or no more. The tick may call it.
func (s *stage) veil(on bool) {
	if seat := s.seat.Load(); seat != nil {
		seat.Veil(on)
	}
}

// up reports whether the call's parties hear one another.
func (s *stage) up() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room != nil
}

// close takes everybody's seat. Who joins from now on gets ErrNoCall.
func (s *stage) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room == nil {
		return
	}
	for _, g := range s.guests {
		g.stand()
	}
	if s.music != nil {
		s.music.Leave()
	}
	s.bot.Leave()
	s.customer.Leave()
	s.room, s.music = nil, nil
}

// hold sets the customer apart, or brings the customer back.
func (s *stage) hold(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room == nil {
		return ErrNoCall
	}
	s.apart = on
	s.arrange()
	return nil
}

// arrange gives every seat the mode that follows from what is wanted. The lock is held.
func (s *stage) arrange() {
	if s.room == nil {
		return
	}
	spoken, held := 0, 0
	for _, g := range s.guests {
		if g.seat == nil || g.Party != room.Agent || g.Mode != room.Talk {
			continue
		}
		if spoken++; g.Held {
			held++
		}
	}
	apart := s.apart || spoken > 0 && held == spoken
	mode := room.Talk
	if apart {
		mode = room.Hold
	}
	before := s.customer.Mode() == room.Hold
	s.customer.SetMode(mode)
	s.bot.SetMode(mode)
	switch {
	case apart && s.music == nil:
		if seat, err := s.room.Join(newMusic(s.mouth.speaking), room.Bot, room.Hold); err == nil { // a full room goes without
			s.music = seat
		}
	case !apart && s.music != nil:
		s.music.Leave()
		s.music = nil
	}
	for _, g := range s.guests {
		g.settle(apart)
	}
	if before != apart && s.changed != nil {
		s.changed(apart)
	}
}
