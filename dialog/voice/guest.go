package voice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"parley/dialog"
	"parley/media"
	"parley/media/room"
)

// Errors of joining a call.
var (
	ErrNoLeg = errors.New("no such leg")
	ErrFull  = errors.New("the call has no seat left")
)

// Guest is a person of the company in a call: an agent, or a supervisor who listens,
// whispers or speaks.
type Guest struct {
	Leg   media.LegID
	User  string     // who of the staff
	Party room.Party // room.Agent or room.Supervisor
	Mode  room.Mode  // room.Talk, room.Listen or room.Whisper
	Muted bool
	Held  bool // hears nobody and is heard by nobody
}

// Change is what is to be different of a guest; nil leaves it as it is.
type Change struct {
	Mode        *room.Mode
	Party       *room.Party
	Muted, Held *bool
}

// Overheard is told what agents say in a call, as text: again and again while it is being
// said, and once when it is final.
type Overheard func(ctx context.Context, id dialog.ConversationID, t dialog.Turn, final bool)

// guest is one guest's place. Its fields are the stage's to change, under its lock.
type guest struct {
	Guest
	line  Line
	seat  *room.Seat // nil until the line carries audio
	tap   *scribe    // nil: nothing is written down
	leave chan struct{}
	left  bool
}

// settle brings seat and scribe in line with what is wanted. The stage's lock is held.
func (g *guest) settle(apart bool) {
	if g.seat == nil {
		return
	}
	mode := g.Mode
	if g.Held {
		mode = room.Hold
	}
	g.seat.SetParty(g.Party)
	g.seat.SetMode(mode)
	g.seat.SetMuted(g.Muted)
	if g.tap != nil { // what the customer does not hear is not in the transcript
		g.tap.write(g.seat, mode == room.Talk && !g.Muted && !apart)
	}
}

// stand gives the seat up. The stage's lock is held.
func (g *guest) stand() {
	if g.seat != nil {
		g.seat.SetTap(nil)
		g.seat.Leave()
		g.seat = nil
	}
}

// Join brings a guest into a call as soon as the line carries audio. The line is the
// call's from here on, also when Join fails. It is an error of ErrNoCall or ErrFull.
func (c *Calls) Join(id dialog.CallID, g Guest, line Line) error {
	k, err := c.find(id)
	if err == nil {
		err = k.join(g, line)
	}
	if err != nil {
		_ = line.Close()
	}
	return err
}

// Tune changes a guest and gives how it is then.
func (c *Calls) Tune(id dialog.CallID, leg media.LegID, ch Change) (Guest, error) {
	k, err := c.find(id)
	if err != nil {
		return Guest{}, err
	}
	s := &k.stage
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guest(leg)
	if g == nil {
		return Guest{}, ErrNoLeg
	}
	if ch.Mode != nil {
		g.Mode = *ch.Mode
	}
	if ch.Party != nil {
		g.Party = *ch.Party
	}
	if ch.Muted != nil {
		g.Muted = *ch.Muted
	}
	if ch.Held != nil {
		g.Held = *ch.Held
	}
	s.arrange()
	return g.Guest, nil
}

// Part takes a guest out of a call.
func (c *Calls) Part(id dialog.CallID, leg media.LegID) error {
	k, err := c.find(id)
	if err != nil {
		return err
	}
	s := &k.stage
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guest(leg)
	if g == nil {
		return ErrNoLeg
	}
	g.stand()
	g.left = true
	close(g.leave)
	return nil
}

// Guests are in a call now, in the order in which they came. ErrNoCall: it is not up.
func (c *Calls) Guests(id dialog.CallID) ([]Guest, error) {
	k, err := c.find(id)
	if err != nil {
		return nil, err
	}
	s := &k.stage
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room == nil {
		return nil, ErrNoCall
	}
	out := make([]Guest, 0, len(s.guests))
	for _, g := range s.guests {
		out = append(out, g.Guest)
	}
	return out, nil
}

// Hold sets a call's customer apart, with music and the bot for company, or brings the
// customer back. Agents are heard by the customer no more, nor is the customer by them.
func (c *Calls) Hold(id dialog.CallID, on bool) error {
	k, err := c.find(id)
	if err != nil {
		return err
	}
	return k.stage.hold(on)
}

func (s *stage) guest(leg media.LegID) *guest {
	for _, g := range s.guests {
		if g.Leg == leg && !g.left {
			return g
		}
	}
	return nil
}

// Guests of a call: however many listen, an agent finds a seat.
const (
	maxListeners = 40
	maxAgents    = 8
)

func (s *stage) full(p room.Party) bool {
	n, most := 0, maxListeners
	if p == room.Agent {
		most = maxAgents
	}
	for _, g := range s.guests {
		if (g.Party == room.Agent) == (p == room.Agent) {
			n++
		}
	}
	return n >= most
}

func (k *call) join(x Guest, line Line) error {
	s := &k.stage
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.room == nil:
		return ErrNoCall
	case s.full(x.Party):
		return ErrFull
	case s.guest(x.Leg) != nil:
		return fmt.Errorf("voice: leg %s is in the call already", x.Leg)
	}
	g := &guest{Guest: x, line: line, leave: make(chan struct{})}
	s.guests = append(s.guests, g)
	k.life.wg.Go(func() { k.host(k.life.ctx, g) })
	return nil
}

// host is a guest's life in the call.
func (k *call) host(ctx context.Context, g *guest) {
	reason := "error"
	defer func() {
		k.stage.remove(g)
		_ = g.line.Close()
		if f := k.owner.o.Parted; f != nil {
			f(k.id, g.Guest, reason)
		}
	}()
	connect := time.NewTimer(k.owner.o.Connect)
	defer connect.Stop()
	ready := g.line.Ready()
	for {
		select {
		case <-ready:
			ready = nil
			connect.Stop()
			if err := k.seat(ctx, g); err != nil {
				k.log.Warn("guest not seated", "leg", g.Leg, "err", err)
				return
			}
			if f := k.owner.o.Seated; f != nil {
				f(k.id, g.Guest)
			}
		case <-connect.C:
			return
		case <-g.line.Done():
			if reason = "hangup"; g.line.Err() != nil {
				reason = "network"
			}
			return
		case <-g.leave:
			reason = "left"
			return
		case <-ctx.Done():
			reason = "ended"
			return
		}
	}
}

// seat gives a guest a seat, and agents someone who writes down what they say.
func (k *call) seat(ctx context.Context, g *guest) error {
	s := &k.stage
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.room == nil || g.left {
		return nil // it is over; host sees it
	}
	seat, err := s.room.Join(g.line, g.Party, room.Hold)
	if errors.Is(err, room.ErrClosed) {
		return ErrNoCall
	}
	if err != nil {
		return err
	}
	g.seat = seat
	if o := k.owner.o; o.Overheard != nil && o.ASR != nil {
		g.tap = k.newScribe(ctx)
	}
	s.arrange()
	return nil
}

// remove forgets a guest.
func (s *stage) remove(g *guest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g.left = true
	g.stand()
	if g.tap != nil {
		g.tap.stop()
	}
	s.guests = slices.DeleteFunc(s.guests, func(x *guest) bool { return x == g })
	s.arrange()
}
