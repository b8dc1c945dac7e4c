package desk

import (
	"maps"
	"slices"
	"time"

	"parley/dialog"
)

// Status is what a person is doing, as others see it. The first three are the person's
// own to set.
type Status string

// The statuses.
const (
	Available    Status = "available"
	Away         Status = "away"
	Offline      Status = "offline"
	BeingAsked   Status = "offered"
	Occupied     Status = "busy"
	WrappingUp   Status = "wrapup"
	Reconnecting Status = "reconnecting"
)

// ChatPlaces is how many chats a person has at a time where nothing else is said.
const ChatPlaces = 4

// Seat is a place of a person that a conversation has.
type Seat struct {
	Conversation dialog.ConversationID
	Kind         Kind
	Offer        string // it is reserved by this offer; "": it is the person's
}

// Agent is one of the people, as the registry has them.
type Agent struct {
	ID     string
	Name   string
	Role   string
	Queues []string       // none: all
	Skills map[string]int // and languages, with levels
	Chats  int            // places for chats; 0 is ChatPlaces

	Wish    Status    // available, away or offline
	Sockets int       // connections of the desk
	At      []string  // the nodes that have them; none where there is one node
	Lost    time.Time // when the last of them went; zero: none did, or it is back
	Grace   time.Time // until when it may come back
	Wrap    time.Time // work after a conversation, until then
	Idle    time.Time // since when there is nothing to do
	Seats   []Seat
}

// Connected reports whether the desk is open somewhere.
func (a Agent) Connected() bool { return a.Sockets > 0 }

// There reports whether the person works: free or not, and not on a break.
func (a Agent) There(now time.Time) bool {
	return a.Wish == Available && (a.Connected() || now.Before(a.Grace))
}

// Room reports whether the person can be asked for one more.
func (a Agent) Room(k Kind, now time.Time) bool {
	if a.Wish != Available || !a.Connected() || now.Before(a.Wrap) {
		return false
	}
	return a.Left(k) > 0
}

// Left is how many places of a kind are free. Who is in a call has none, and nobody gets a
// call beside chats.
func (a Agent) Left(k Kind) int {
	for _, s := range a.Seats {
		if s.Kind == Call {
			return 0
		}
	}
	if k == Call {
		return 1 - min(len(a.Seats), 1)
	}
	n := a.Chats
	if n == 0 {
		n = ChatPlaces
	}
	return n - len(a.Seats)
}

// Status is what others see.
func (a Agent) Status(now time.Time) Status {
	switch {
	case !a.Connected() && now.Before(a.Grace) && a.Wish != Offline:
		return Reconnecting
	case !a.Connected(), a.Wish == Offline, a.Wish == "":
		return Offline
	case a.asked():
		return BeingAsked
	case a.Wish == Away:
		return Away
	case now.Before(a.Wrap):
		return WrappingUp
	case a.Left(Chat) <= 0:
		return Occupied
	}
	return Available
}

func (a Agent) asked() bool {
	for _, s := range a.Seats {
		if s.Offer != "" {
			return true
		}
	}
	return false
}

// seat finds a conversation's place; -1: it has none.
func (a Agent) seat(id dialog.ConversationID) int {
	for i, s := range a.Seats {
		if s.Conversation == id {
			return i
		}
	}
	return -1
}

// know takes what is lasting about the person; what is live stays.
func (a *Agent) know(p Profile) {
	if a.ID == "" {
		a.ID, a.Wish = p.ID, Offline
	}
	a.Name, a.Role, a.Queues, a.Skills, a.Chats = p.Name, p.Role, slices.Clone(p.Queues), maps.Clone(p.Skills), p.Chats
}

func (a *Agent) wish(s Status, now, grace time.Time) {
	if s == Available && (a.Wish != Available || now.Before(a.Wrap)) {
		a.Idle, a.Wrap = now, time.Time{}
	}
	a.Wish = s
	if !a.Connected() && s == Available {
		a.Lost, a.Grace = now, grace
	}
}

func (a *Agent) connect(now time.Time) {
	a.Sockets++
	a.Lost, a.Grace = time.Time{}, time.Time{}
	if a.Idle.IsZero() {
		a.Idle = now
	}
}

func (a *Agent) disconnect(now, grace time.Time) {
	a.Sockets = max(a.Sockets-1, 0)
	if a.Sockets == 0 {
		a.Lost, a.Grace = now, grace
	}
}

// reserve gives a place to what waits. A place that the offer has already is enough.
func (a *Agent) reserve(e Entry, offer string, now time.Time) error {
	if a.holds(offer) {
		return nil
	}
	if !a.Room(e.Kind, now) {
		return ErrFull
	}
	a.Seats = append(a.Seats, Seat{Conversation: e.Conversation, Kind: e.Kind, Offer: offer})
	return nil
}

func (a Agent) holds(offer string) bool {
	return slices.ContainsFunc(a.Seats, func(s Seat) bool { return s.Offer == offer })
}

func (a *Agent) keep(id dialog.ConversationID, k Kind) {
	if i := a.seat(id); i >= 0 {
		a.Seats[i].Offer, a.Seats[i].Kind = "", k
		return
	}
	a.Seats = append(a.Seats, Seat{Conversation: id, Kind: k})
}

func (a *Agent) free(id dialog.ConversationID, now time.Time) {
	if i := a.seat(id); i >= 0 {
		if a.Seats = slices.Delete(a.Seats, i, i+1); len(a.Seats) == 0 {
			a.Idle = now
		}
	}
}
