package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"

	"parley/dialog"
	"parley/dialog/voice"
	"parley/media"
	"parley/media/room"
	"parley/media/rtc"
	"parley/web"
)

// guests are the legs of the company's people, in calls and standing by for them.
type guests struct {
	rtc   *rtc.Endpoint
	voice *voice.Calls
	heard func(user string)                       // told when somebody's audio stands by
	tuned func(call dialog.CallID, g voice.Guest) // and when somebody's mode in a call is another

	mu    sync.Mutex
	legs  map[string]*rtc.Leg // all of them, by leg
	came  map[string]post     // whose they are that were made for a call
	stand map[post]*standing
	watch sync.WaitGroup // of those that stand by, and of briefings
}

// post is what a leg stands by for: to be brought into calls as an agent, or to listen.
type post struct {
	user    string
	listens bool
}

var _ web.Legs = (*guests)(nil)

func newGuests(e *rtc.Endpoint, v *voice.Calls, heard func(user string), tuned func(dialog.CallID, voice.Guest)) *guests {
	return &guests{rtc: e, voice: v, heard: heard, tuned: tuned, legs: map[string]*rtc.Leg{}, came: map[string]post{}, stand: map[post]*standing{}}
}

var (
	modeOf  = map[string]room.Mode{"talk": room.Talk, "listen": room.Listen, "whisper": room.Whisper}
	nameOf  = map[room.Mode]string{room.Talk: "talk", room.Listen: "listen", room.Whisper: "whisper"}
	partyOf = map[bool]room.Party{true: room.Agent, false: room.Supervisor}
)

// accept takes an offer and keeps its leg until it is over.
func (g *guests) accept(ctx context.Context, offer string) (*rtc.Leg, web.LegAnswer, error) {
	id := "leg_" + rand.Text()
	leg, answer, err := g.rtc.Accept(ctx, id, offer)
	if err != nil {
		return nil, web.LegAnswer{}, refusal(err)
	}
	g.mu.Lock()
	g.legs[id] = leg
	g.mu.Unlock()
	return leg, web.LegAnswer{Leg: id, SDP: answer, Session: leg.Session()}, nil
}

func (g *guests) forget(leg string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.legs, leg)
	delete(g.came, leg)
}

// guest is a leg that is forgotten when its call closes it.
type guestLine struct {
	*rtc.Leg
	forget func()
	once   sync.Once
}

// Close implements media.Leg.
func (l *guestLine) Close() error {
	err := l.Leg.Close()
	l.once.Do(l.forget)
	return err
}

// Join implements web.Legs.
func (g *guests) Join(ctx context.Context, r web.LegRequest) (web.LegAnswer, error) {
	if _, err := g.voice.Guests(r.Call); err != nil {
		return web.LegAnswer{}, missing(err)
	}
	leg, a, err := g.accept(ctx, r.Offer)
	if err != nil {
		return a, err
	}
	if r.Agent { // one leg each: what is forgotten is not heard
		there, _ := g.voice.Guests(r.Call)
		for _, x := range there {
			if x.User == r.User {
				_ = g.voice.Part(r.Call, x.Leg) // it may have gone meanwhile
			}
		}
	}
	g.mu.Lock()
	g.came[a.Leg] = post{r.User, !r.Agent}
	g.mu.Unlock()
	l := &guestLine{Leg: leg, forget: func() { g.forget(a.Leg) }}
	err = g.voice.Join(r.Call, voice.Guest{Leg: media.LegID(a.Leg), User: r.User, Party: partyOf[r.Agent], Mode: modeOf[r.Mode]}, l)
	return a, missing(err)
}

// missing says in the words of the API what a call does not have.
func missing(err error) error {
	switch {
	case errors.Is(err, voice.ErrNoCall), errors.Is(err, voice.ErrNoLeg):
		return fmt.Errorf("%w: %w", dialog.ErrNotFound, err)
	case errors.Is(err, voice.ErrFull):
		return fmt.Errorf("%w: %w", dialog.ErrConflict, err)
	}
	return err
}

// Tune implements web.Legs.
func (g *guests) Tune(_ context.Context, call dialog.CallID, leg string, c web.LegChange) (web.Leg, error) {
	ch := voice.Change{Muted: c.Muted, Held: c.Hold}
	if c.Mode != nil {
		m := modeOf[*c.Mode]
		ch.Mode = &m
	}
	x, err := g.voice.Tune(call, media.LegID(leg), ch)
	if err == nil && c.Mode != nil {
		g.tuned(call, x)
	}
	return viewLeg(x), missing(err)
}

func viewLeg(x voice.Guest) web.Leg {
	party := web.PartyAgent
	if x.Party == room.Supervisor {
		party = web.PartySupervisor
	}
	return web.Leg{ID: string(x.Leg), User: x.User, Party: party, Mode: nameOf[x.Mode], Muted: x.Muted, Hold: x.Held}
}

// Patch implements web.Legs.
func (g *guests) Patch(_ context.Context, leg, fragment, match string) (web.LegAnswer, error) {
	g.mu.Lock()
	l := g.legs[leg]
	g.mu.Unlock()
	if l == nil {
		return web.LegAnswer{}, fmt.Errorf("leg: %w", dialog.ErrNotFound)
	}
	answer, err := l.Patch(fragment, match)
	if err != nil {
		return web.LegAnswer{}, refusal(err)
	}
	return web.LegAnswer{Leg: leg, SDP: answer, Session: l.Session()}, nil
}

// Part implements web.Legs.
func (g *guests) Part(_ context.Context, call dialog.CallID, leg string) error {
	return missing(g.voice.Part(call, media.LegID(leg)))
}

// In implements web.Legs.
func (g *guests) In(call dialog.CallID) []web.Leg {
	there, err := g.voice.Guests(call)
	if err != nil {
		return nil
	}
	out := make([]web.Leg, 0, len(there))
	for _, x := range there {
		out = append(out, viewLeg(x))
	}
	return out
}
