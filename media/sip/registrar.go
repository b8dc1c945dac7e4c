package sip

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// The bounds of a phone's registration.
const (
	minExpires  = 60 * time.Second
	maxExpires  = time.Hour
	maxBindings = 5
)

// phones are our own: who may register, and where they are now.
type phones struct {
	users map[string]*User

	mu sync.Mutex
	m  map[string][]*binding
}

// binding is where a phone is.
type binding struct {
	contact gosip.Uri
	hop     hop // where its REGISTER came from: the way back through its NAT
	until   time.Time
	callID  string
	seq     uint32
}

func newPhones(users []User) *phones {
	p := &phones{users: map[string]*User{}, m: map[string][]*binding{}}
	for i := range users {
		p.users[users[i].Name] = &users[i]
	}
	return p
}

func (p *phones) user(name string) *User { return p.users[name] }

// at reports whether a phone is registered from an address.
func (p *phones) at(a netip.Addr) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, bs := range p.m {
		for _, b := range bs {
			if addrOf(b.hop.addr) == a && time.Now().Before(b.until) {
				return true
			}
		}
	}
	return false
}

// binding is where a phone was registered last; nil: nowhere.
func (p *phones) binding(name string) *binding {
	p.mu.Lock()
	defer p.mu.Unlock()
	bs := p.m[name]
	for i := len(bs) - 1; i >= 0; i-- {
		if time.Now().Before(bs[i].until) {
			return bs[i]
		}
	}
	return nil
}

func (p *phones) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, bs := range p.m {
		if len(bs) > 0 {
			n++
		}
	}
	return n
}

// expire forgets phones that no longer register.
func (p *phones) expire(ctx context.Context) {
	tick := time.NewTicker(10 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			p.mu.Lock()
			for name, bs := range p.m {
				p.set(name, live(bs, now))
			}
			p.mu.Unlock()
		}
	}
}

func live(bs []*binding, now time.Time) []*binding {
	var out []*binding
	for _, b := range bs {
		if now.Before(b.until) {
			out = append(out, b)
		}
	}
	return out
}

func (p *phones) set(name string, bs []*binding) {
	if len(bs) == 0 {
		delete(p.m, name)
		return
	}
	p.m[name] = bs
}

// put takes a binding, newest last; false: its request came too late.
func (p *phones) put(name string, b *binding) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	bs := live(p.m[name], time.Now())
	for i, old := range bs {
		if old.contact.String() != b.contact.String() {
			continue
		}
		if old.callID == b.callID && b.seq <= old.seq {
			return false
		}
		bs = append(bs[:i:i], bs[i+1:]...)
		break
	}
	if time.Now().Before(b.until) {
		bs = append(bs, b)
	}
	if len(bs) > maxBindings {
		bs = bs[len(bs)-maxBindings:]
	}
	p.set(name, bs)
	return true
}

// Phone reports whether a phone of our own is registered, and until when.
func (s *Server) Phone(name string) (until time.Time, ok bool) {
	b := s.phones.binding(name)
	if b == nil {
		return time.Time{}, false
	}
	return b.until, true
}

// register takes a phone's REGISTER (RFC 3261 section 10.3). Who is none of ours gets nothing.
func (s *Server) register(r *gosip.Request, tx *gosip.ServerTx) {
	u := s.phones.user(r.To().Address.User)
	if u == nil {
		s.n.unknown.Add(1)
		return
	}
	if !s.login(r, tx, u.Name, u.Password) {
		return
	}
	contacts := r.GetHeaders("contact")
	if len(contacts) > maxBindings {
		s.refuse(r, tx, 400)
		return
	}
	usual := time.Duration(-1)
	if n, err := strconv.ParseUint(strings.TrimSpace(header(r, "expires")), 10, 32); err == nil {
		usual = time.Duration(n) * time.Second
	}
	var bs []*binding
	for _, h := range contacts {
		c, ok := h.(*gosip.ContactHeader)
		if !ok {
			s.refuse(r, tx, 400)
			return
		}
		if c.Address.Wildcard { // all of them, and only to take them away
			if len(contacts) != 1 || usual != 0 {
				s.refuse(r, tx, 400)
				return
			}
			s.phones.mu.Lock()
			s.phones.set(u.Name, nil)
			s.phones.mu.Unlock()
			continue
		}
		if (c.Address.Scheme != "sip" && c.Address.Scheme != "sips") || c.Address.Host == "" {
			s.refuse(r, tx, 400)
			return
		}
		every := usual
		if v, ok := c.Params.Get("expires"); ok {
			if n, err := strconv.ParseUint(v, 10, 32); err == nil {
				every = time.Duration(n) * time.Second
			}
		}
		if every < 0 {
			every = maxExpires
		}
		if every > 0 && every < minExpires {
			res := s.response(r, 423, "")
			res.AppendHeader(gosip.NewHeader("Min-Expires", seconds(minExpires)))
			tx.Respond(res)
			return
		}
		contact := *c.Address.Clone()
		contact.Headers = nil
		bs = append(bs, &binding{contact: contact, hop: hop{r.Transport(), r.Source()},
			until: time.Now().Add(min(every, maxExpires)), callID: r.CallID().Value(), seq: r.CSeq().SeqNo})
	}
	for _, b := range bs {
		if !s.phones.put(u.Name, b) {
			s.refuse(r, tx, 500)
			return
		}
	}
	s.phones.mu.Lock()
	now := live(s.phones.m[u.Name], time.Now())
	s.phones.mu.Unlock()
	res := s.response(r, 200, "")
	for _, b := range now {
		h := &gosip.ContactHeader{Address: *b.contact.Clone()}
		h.Params.Add("expires", seconds(time.Until(b.until).Round(time.Second)))
		res.AppendHeader(h)
	}
	res.AppendHeader(gosip.NewHeader("Date", time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")))
	tx.Respond(res)
	if len(contacts) > 0 {
		s.o.Logger.Info("phone registers", "phone", u.Name, "from", r.Source(), "places", len(now))
	}
}
