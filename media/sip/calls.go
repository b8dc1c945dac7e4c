package sip

import (
	"net/netip"
	"sync"

	gosip "github.com/emiago/sipgo/sip"
)

// calls are the calls that are ringing or up.
type calls struct {
	mu     sync.Mutex
	all    map[*Call]struct{}
	m      map[dialogKey]*Call
	merged map[string]struct{} // From tag, Call-ID and CSeq of INVITEs that began a call
	empty  chan struct{}       // closed when the last one has gone; nil: nobody waits
}

func newCalls() *calls {
	return &calls{all: map[*Call]struct{}{}, m: map[dialogKey]*Call{}, merged: map[string]struct{}{}}
}

// begin notes that an INVITE is being dealt with; false: it is already, by another way
// (RFC 3261 section 8.2.2.2).
func (t *calls) begin(key string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.merged[key]; ok {
		return false
	}
	t.merged[key] = struct{}{}
	return true
}

// forget undoes begin for an INVITE that came to no call.
func (t *calls) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.merged, key)
}

// ring takes a call of ours that has no dialog yet.
func (t *calls) ring(c *Call) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all[c] = struct{}{}
}

// add puts a call with its dialog in its place; one that has ended meanwhile has only that.
func (t *calls) add(c *Call, k dialogKey) {
	select {
	case <-c.done:
	default:
		t.ring(c)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m[k] = c
}

// remove takes a call that has ended from those that are up. Its dialog stays, for the
// ACK that its BYE waits for.
func (t *calls) remove(c *Call, merged string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, c)
	if merged != "" {
		delete(t.merged, merged)
	}
	if len(t.all) == 0 && t.empty != nil {
		close(t.empty)
		t.empty = nil
	}
}

// bury forgets the dialog of a call that has ended.
func (t *calls) bury(c *Call) {
	c.mu.Lock()
	k := c.d.key()
	c.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.m[k] == c {
		delete(t.m, k)
	}
}

func (t *calls) get(k dialogKey) *Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.m[k]
}

func (t *calls) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.all)
}

func (t *calls) list() []*Call {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]*Call, 0, len(t.all))
	for c := range t.all {
		out = append(out, c)
	}
	return out
}

// drained is closed when no call is left.
func (t *calls) drained() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.all) == 0 {
		c := make(chan struct{})
		close(c)
		return c
	}
	if t.empty == nil {
		t.empty = make(chan struct{})
	}
	return t.empty
}

// from reports whether a call's messages come from an address.
func (t *calls) from(a netip.Addr) bool {
	for _, c := range t.list() {
		if c.peer() == a {
			return true
		}
	}
	return false
}

// callOf is the call that a request from outside belongs to; nil: none.
func (s *Server) callOf(r *gosip.Request) *Call {
	to := tagOf(r.To().Params)
	if to == "" {
		return nil
	}
	return s.calls.get(dialogKey{string(*r.CallID()), to, tagOf(r.From().Params)})
}
