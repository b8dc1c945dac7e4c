package serve

import (
	"context"
	"fmt"
	"sync"

	"parley/dialog"
	"parley/dialog/voice"
	"parley/media"
	"parley/media/room"
	"parley/media/rtc"
	"parley/web"
)

// standing is a person's audio, connected while there is no call for it, so that a call
// begins for the person without setting up a connection.
type standing struct {
	leg  *rtc.Leg
	post post

	mu   sync.Mutex
	next media.CallTime // on the leg's own time line, after the last packet that it was pushed
	in   *visit         // the call that it is in; nil: none
}

// visit is a standing leg's time in one call: a line that ends without the leg.
type visit struct {
	*rtc.Leg
	of    *standing
	shift media.CallTime // from the call's time to the leg's
	begun bool
	done  chan struct{}
	once  sync.Once
}

var _ voice.Line = (*visit)(nil)

// Done implements voice.Line: the visit is over, or the leg is.
func (v *visit) Done() <-chan struct{} { return v.done }

// Close implements media.Leg: the leg stands by again.
func (v *visit) Close() error {
	v.end()
	return nil
}

func (v *visit) end() {
	v.once.Do(func() {
		v.of.mu.Lock()
		if v.of.in == v {
			v.of.in = nil
		}
		v.of.mu.Unlock()
		close(v.done)
	})
}

// Push implements media.Leg. Every call has a time of its own; what the browser is sent
// goes on with the leg's (RFC 3550 section 5.1: timestamps do not go back).
func (v *visit) Push(p *media.Packet) {
	v.of.mu.Lock()
	if !v.begun {
		v.begun, v.shift = true, v.of.next-p.At
	}
	q := *p
	q.At += v.shift
	v.of.next = q.At + media.TickSamples
	v.of.mu.Unlock()
	v.Leg.Push(&q)
}

// Stand implements web.Legs.
func (g *guests) Stand(ctx context.Context, user, offer string, listens bool) (web.LegAnswer, error) {
	leg, a, err := g.accept(ctx, offer)
	if err != nil {
		return a, err
	}
	s := &standing{leg: leg, post: post{user, listens}}
	g.mu.Lock()
	old := g.stand[s.post]
	g.stand[s.post] = s
	g.watch.Add(1)
	g.mu.Unlock()
	go func() {
		defer g.watch.Done()
		select {
		case <-leg.Ready():
			if !listens {
				g.heard(user)
			}
		case <-leg.Done():
		}
		<-leg.Done()
		g.drop(s)
	}()
	if old != nil {
		_ = old.leg.Close()
	}
	return a, nil
}

// drop forgets a leg that is over, and ends its visit.
func (g *guests) drop(s *standing) {
	g.mu.Lock()
	delete(g.legs, string(s.leg.ID()))
	if g.stand[s.post] == s {
		delete(g.stand, s.post)
	}
	g.mu.Unlock()
	s.mu.Lock()
	v := s.in
	s.mu.Unlock()
	if v != nil {
		v.end()
	}
	_ = s.leg.Close()
}

// Leave implements web.Legs.
func (g *guests) Leave(_ context.Context, leg string) error {
	g.mu.Lock()
	l := g.legs[leg]
	g.mu.Unlock()
	if l == nil {
		return fmt.Errorf("leg: %w", dialog.ErrNotFound)
	}
	return l.Close()
}

// Owner implements web.Legs.
func (g *guests) Owner(leg string) (user string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for p, s := range g.stand {
		if string(s.leg.ID()) == leg {
			return p.user, true
		}
	}
	return "", false
}

// Dismiss implements web.Legs.
func (g *guests) Dismiss(user string, listening bool) {
	var of []*rtc.Leg
	g.mu.Lock()
	for p, s := range g.stand {
		if p.user == user && (p.listens || !listening) {
			of = append(of, s.leg)
		}
	}
	for id, p := range g.came {
		if l := g.legs[id]; l != nil && p.user == user && (p.listens || !listening) {
			of = append(of, l)
		}
	}
	g.mu.Unlock()
	for _, l := range of {
		_ = l.Close() // its call, and who stands by, see it
	}
}

// Bring implements web.Legs.
func (g *guests) Bring(_ context.Context, call dialog.CallID, leg, mode string) error {
	if _, err := g.voice.Guests(call); err != nil {
		return missing(err)
	}
	g.mu.Lock()
	var s *standing
	for p, x := range g.stand {
		if p.listens && string(x.leg.ID()) == leg {
			s = x
		}
	}
	g.mu.Unlock()
	if s == nil {
		return fmt.Errorf("leg %s does not stand by for listening: %w", leg, dialog.ErrNotFound)
	}
	return g.visit(s, call, room.Supervisor, modeOf[mode])
}

// ready reports whether a user's audio stands by for a call.
func (g *guests) ready(user string) bool {
	s := g.of(user)
	return s != nil && s.ready()
}

func (s *standing) ready() bool {
	select {
	case <-s.leg.Ready():
	default:
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in == nil
}

func (g *guests) of(user string) *standing {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stand[post{user: user}]
}

// bring seats a user's standing leg in a call.
func (g *guests) bring(call dialog.CallID, user string, m room.Mode) error {
	s := g.of(user)
	if s == nil {
		return fmt.Errorf("leg of %s: %w", user, dialog.ErrNotFound)
	}
	return g.visit(s, call, room.Agent, m)
}

// visit seats a leg that stands by.
func (g *guests) visit(s *standing, call dialog.CallID, p room.Party, m room.Mode) error {
	v := &visit{Leg: s.leg, of: s, done: make(chan struct{})}
	s.mu.Lock()
	if s.in != nil {
		s.mu.Unlock()
		return fmt.Errorf("leg of %s is in a call: %w", s.post.user, dialog.ErrConflict)
	}
	s.in = v
	s.mu.Unlock()
	select { // the leg may have ended before it knew of the visit
	case <-s.leg.Done():
		v.end()
	default:
	}
	return missing(g.voice.Join(call, voice.Guest{Leg: s.leg.ID(), User: s.post.user, Party: p, Mode: m}, v))
}

// close ends the legs that stand by.
func (g *guests) close() {
	g.mu.Lock()
	all := make([]*standing, 0, len(g.stand))
	for _, s := range g.stand {
		all = append(all, s)
	}
	g.mu.Unlock()
	for _, s := range all {
		_ = s.leg.Close()
	}
	g.watch.Wait()
}
