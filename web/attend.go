package web

import (
	"slices"
	"sync"
	"time"

	"parley/dialog"
)

const (
	// maxSockets is how many sockets a conversation's customer may have open on it, and the
	// staff as many: neither keeps the other out.
	maxSockets = 50
	// leaving is how long a party is away before the others are told: a page that is
	// loaded again, or a tunnel, is no leaving.
	leaving = 5 * time.Second
	// typingEvery is how often the others are told that a party writes.
	typingEvery = time.Second
)

// attendances are who has which conversation open on this node.
type attendances struct {
	mu sync.Mutex
	by map[dialog.ConversationID]*attendance
}

// attendance is the sockets of one conversation; there is none without sockets.
type attendance struct {
	sockets []*socket
	parties map[dialog.Party]*attendant
}

// attendant is a party as the others see it.
type attendant struct {
	sockets int
	online  bool        // what the others were told
	away    *time.Timer // until they are told that it is not
	typed   time.Time   // when they were told last
	read    int64       // what they were told last
}

// full reports whether a conversation takes no more sockets of k's side.
func (a *attendances) full(k *socket) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, n := a.by[k.id], 0
	if at == nil {
		return false
	}
	for _, o := range at.sockets {
		if (o.party == dialog.Customer) == (k.party == dialog.Customer) {
			n++
		}
	}
	return n >= maxSockets
}

// join adds a socket. It gives the parties besides the socket's own that are here, and
// whether the socket's has come.
func (a *attendances) join(k *socket) (others []dialog.Party, came bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.by[k.id]
	if at == nil {
		at = &attendance{parties: map[dialog.Party]*attendant{}}
		if a.by == nil {
			a.by = map[dialog.ConversationID]*attendance{}
		}
		a.by[k.id] = at
	}
	at.sockets = append(at.sockets, k)
	for p, o := range at.parties {
		if p != k.party && o.online {
			others = append(others, p)
		}
	}
	if k.party == "" {
		return others, false
	}
	p := at.parties[k.party]
	if p == nil {
		p = &attendant{}
		at.parties[k.party] = p
	}
	p.sockets++
	if p.away != nil {
		p.away.Stop()
		p.away = nil
	}
	came, p.online = !p.online, true
	return others, came
}

// leave removes a socket; gone is called when its party does not come back.
func (a *attendances) leave(k *socket, gone func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.by[k.id]
	if at == nil {
		return
	}
	at.sockets = slices.DeleteFunc(at.sockets, func(o *socket) bool { return o == k })
	if p := at.parties[k.party]; p != nil {
		if p.sockets--; p.sockets == 0 {
			p.away = time.AfterFunc(leaving, gone)
		}
	}
	if len(at.sockets) > 0 {
		return
	}
	for _, p := range at.parties { // nobody is left to be told
		if p.away != nil {
			p.away.Stop()
		}
	}
	delete(a.by, k.id)
}

// gone reports whether a party that has left is still away, and notes it.
func (a *attendances) gone(id dialog.ConversationID, party dialog.Party) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.by[id]
	if at == nil || at.parties[party] == nil || at.parties[party].sockets > 0 || !at.parties[party].online {
		return false
	}
	at.parties[party].online, at.parties[party].away = false, nil
	return true
}

// tells reports whether the others are to be told that a party writes, or has read up to
// seq: what they know already is not told again.
func (a *attendances) tells(id dialog.ConversationID, party dialog.Party, kind string, seq int64, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.by[id]
	if at == nil || at.parties[party] == nil {
		return true // it is not here by socket: the limit of requests must do
	}
	p := at.parties[party]
	if kind == "read" && seq > 0 {
		news := seq > p.read
		p.read = max(p.read, seq)
		return news
	}
	if kind == "typing" {
		if now.Sub(p.typed) < typingEvery {
			return false
		}
		p.typed = now
	}
	return true
}

// of gives the sockets of a conversation.
func (a *attendances) of(id dialog.ConversationID) []*socket {
	a.mu.Lock()
	defer a.mu.Unlock()
	if at := a.by[id]; at != nil {
		return slices.Clone(at.sockets)
	}
	return nil
}

// all gives every socket.
func (a *attendances) all() (out []*socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, at := range a.by {
		out = append(out, at.sockets...)
	}
	return out
}
