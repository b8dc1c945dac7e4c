package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/desk"
	"parley/dialog/voice"
	"parley/dialog/wall"
	"parley/media"
	"parley/media/room"
	"parley/web"
)

// control moves the parties of calls for the desk.
type control struct {
	s *server
}

var _ desk.CallControl = control{}

// Up implements desk.CallControl.
func (c control) Up(id dialog.ConversationID) bool {
	_, ok := c.s.calls.Of(id)
	return ok
}

// Hears implements desk.CallControl.
func (c control) Hears(id dialog.ConversationID, agent string) bool {
	call, ok := c.s.calls.Of(id)
	return ok && (c.s.guests.ready(agent) || c.seated(call, agent) != "" || c.s.phones.Has(agent, id))
}

// seated gives the leg by which a person is in a call, an agent's rather than one that
// listens; "": by none.
func (c control) seated(call dialog.CallID, agent string) (leg media.LegID) {
	for _, g := range c.legs(call, agent) {
		if leg == "" || g.Party == room.Agent {
			leg = g.Leg
		}
	}
	return leg
}

// legs are those of a person in a call.
func (c control) legs(call dialog.CallID, agent string) (out []voice.Guest) {
	there, err := c.s.calls.Guests(call)
	if err != nil || agent == "" {
		return nil
	}
	for _, g := range there {
		if g.User == agent {
			out = append(out, g)
		}
	}
	return out
}

// Move implements desk.CallControl.
func (c control) Move(_ context.Context, id dialog.ConversationID, what desk.Movement, agent string, briefed func()) error {
	call, ok := c.s.calls.Of(id)
	if !ok {
		return fmt.Errorf("call of %s: %w", id, dialog.ErrNotFound)
	}
	v := c.s.calls
	switch what {
	case desk.HoldCustomer, desk.BackCustomer:
		return missing(v.Hold(call, what == desk.HoldCustomer))
	case desk.BriefAgent:
		if err := missing(v.Hold(call, true)); err != nil {
			return err
		}
		if err := c.bring(id, call, agent); err != nil {
			return err
		}
		c.brief(id, call, agent, briefed)
		return nil
	case desk.JoinAll:
		if err := c.bring(id, call, agent); err != nil {
			return err
		}
		return missing(v.Hold(call, false))
	case desk.SeatAgent:
		return c.bring(id, call, agent)
	case desk.DropAgent:
		var failed error
		for _, g := range c.legs(call, agent) {
			if err := v.Part(call, g.Leg); err != nil && !errors.Is(err, voice.ErrNoLeg) {
				failed = errors.Join(failed, missing(err))
			}
		}
		return failed
	}
	return fmt.Errorf("serve: a call is not moved by %q", what)
}

// bring seats a person's audio in a call: what listens there already speaks from now on.
func (c control) bring(id dialog.ConversationID, call dialog.CallID, agent string) error {
	if leg := c.seated(call, agent); leg != "" {
		talk, party := room.Talk, room.Agent
		_, err := c.s.calls.Tune(call, leg, voice.Change{Mode: &talk, Party: &party})
		return missing(err)
	}
	if l := c.s.phones.line(agent, id); l != nil {
		return missing(c.s.calls.Join(call, voice.Guest{Leg: l.ID(), User: agent, Party: room.Agent, Mode: room.Talk}, l))
	}
	if !c.s.guests.ready(agent) {
		return desk.ErrNoAudio
	}
	return c.s.guests.bring(call, agent, room.Talk)
}

// briefLimit is how long a briefing may take in all.
const briefLimit = time.Minute

// brief tells the agents in a call, in a sentence or two, what it is about.
func (c control) brief(id dialog.ConversationID, call dialog.CallID, agent string, briefed func()) {
	c.s.guests.watch.Go(func() { // ends with the call
		ctx, cancel := context.WithTimeout(context.Background(), briefLimit)
		defer cancel()
		x, err := c.s.packet(ctx, id, "briefing")
		if err != nil {
			c.s.log.Error("no packet for a briefing", "conversation", id, "call", call, "err", err)
		}
		p, _ := x.(brain.Packet)
		t, err := c.s.calls.Brief(ctx, call, dialog.Message{ID: "briefing", Language: p.Language, Reply: dialog.Say(briefing(p) + c.s.phones.confirm(agent, id, p.Language))})
		if err != nil {
			c.s.log.Info("briefing not heard to its end", "conversation", id, "call", call, "err", err)
			return
		}
		if !t.Cut {
			briefed()
			c.s.phones.briefed(agent, id)
		}
	})
}

// briefing is what an agent is told of a packet.
func briefing(p brain.Packet) string {
	switch {
	case p.Summary != "":
		return p.Summary
	case strings.HasPrefix(strings.ToLower(p.Language), "zh"):
		return "客户想找人工，还没有说明是什么事。"
	}
	return "A customer asks for a person, and has not said what it is about."
}

// listeners are the supervisors in a call.
func (s *server) listeners(call dialog.CallID) (out []wall.Listener) {
	for _, l := range s.guests.In(call) {
		if l.Party == web.PartySupervisor {
			out = append(out, wall.Listener{User: l.User, Mode: l.Mode})
		}
	}
	return out
}

// listened tells the people in a call that a supervisor has come, gone, or is heard by others
// than before.
func (s *server) listened(call dialog.CallID, g voice.Guest) {
	if id, ok := s.calls.Conversation(call); ok && g.Party == room.Supervisor {
		s.desk.Listened(id, call, s.c.Desk.Listening || g.Mode != room.Listen)
	}
}

// seated tells the desk whose audio is in a call now.
func (s *server) seated(call dialog.CallID, g voice.Guest) {
	s.listened(call, g)
	if id, ok := s.calls.Conversation(call); ok {
		s.desk.Heard(g.User, id)
	}
}

// parted tells the desk of a person whose audio in a call is gone. When that was the desk's
// own doing, it knows.
func (s *server) parted(call dialog.CallID, g voice.Guest, reason string) {
	s.listened(call, g)
	if reason == "ended" || g.Mode != room.Talk || (control{s}).seated(call, g.User) != "" { // another leg is there, or coming
		return
	}
	if id, ok := s.calls.Conversation(call); ok && s.phones.parted(g.User, id) {
		return
	} else if ok {
		s.desk.Silenced(g.User, id, reason == "left")
	}
}

// tuned tells the desk of a person who speaks in a call from now on, or no more.
func (s *server) tuned(call dialog.CallID, g voice.Guest) {
	s.listened(call, g)
	id, ok := s.calls.Conversation(call)
	switch {
	case !ok:
	case g.Mode == room.Talk:
		s.desk.Heard(g.User, id)
	default:
		s.desk.Silenced(g.User, id, true)
	}
}
