package audio

import (
	"net/netip"
	"testing"
	"time"
)

func TestLatch(t *testing.T) {
	told := netip.MustParseAddrPort("198.51.100.1:4000")
	moved := netip.MustParseAddrPort("198.51.100.1:4010")
	nat := netip.MustParseAddrPort("203.0.113.7:9999")
	thief := netip.MustParseAddrPort("192.0.2.66:5000")
	type step struct {
		after    int // ms
		src      netip.AddrPort
		ssrc     uint32
		seq      uint16
		verified bool
		takes    bool
		target   netip.AddrPort
	}
	for _, c := range []struct {
		name  string
		peer  netip.Addr
		steps []step
	}{
		{"who SDP says", netip.Addr{}, []step{{0, told, 1, 1, false, true, told}, {20, thief, 2, 1, false, false, told}, {5000, thief, 2, 2, false, false, told}}},
		{"behind NAT", netip.Addr{}, []step{{0, nat, 1, 1, false, true, told}, {20, nat, 1, 2, false, true, told}, {20, nat, 1, 3, false, true, nat}, {20, thief, 2, 9, false, false, nat}}},
		{"a thief comes first", netip.Addr{}, []step{{0, thief, 2, 1, false, true, told}, {0, thief, 2, 2, false, true, told}, {0, thief, 2, 3, false, true, thief}, {20, told, 1, 1, false, true, told}, {20, thief, 2, 4, false, false, told}}},
		{"the host that signals wins", nat.Addr(), []step{{0, thief, 2, 1, false, true, told}, {20, nat, 1, 1, false, true, nat}, {20, thief, 2, 2, false, false, nat}}},
		{"NAT forgets", netip.Addr{}, []step{{0, nat, 1, 1, false, true, told}, {20, nat, 1, 2, false, true, told}, {20, nat, 1, 3, false, true, nat},
			{1000, thief, 1, 60, false, false, nat}, {1500, thief, 1, 70, false, true, told}}}, // the same stream, after the silence
		{"a thief guesses", netip.Addr{}, []step{{0, nat, 1, 1, false, true, told}, {5000, thief, 2, 2, false, false, told}, {20, thief, 1, 9000, false, false, told}, {20, thief, 1, 1, false, false, told}}},
		{"another port of the same host", netip.Addr{}, []step{{0, told, 1, 1, false, true, told}, {20, moved, 1, 2, false, false, told}, {300, moved, 1, 3, false, true, moved}}},
		{"a key proves it", netip.Addr{}, []step{{0, told, 1, 1, true, true, told}, {20, nat, 1, 2, true, true, nat}}},
	} {
		l := latch{peer: c.peer}
		l.tell(told)
		now := time.Unix(1000, 0)
		for i, s := range c.steps {
			now = now.Add(time.Duration(s.after) * time.Millisecond)
			if got := l.admit(now, s.src, s.ssrc, s.seq, s.verified); got != s.takes || l.target() != s.target {
				t.Errorf("%s, step %d: taken %t, sent to %s", c.name, i, got, l.target())
			}
		}
	}
	l := latch{}
	l.tell(told)
	l.admit(time.Now(), told, 1, 1, false)
	if l.tell(nat); l.target() != nat || !l.admit(time.Now(), nat, 1, 2, false) {
		t.Error("an offer of another address does not free the latch")
	}
	if l.tell(netip.AddrPort{}); l.target() != nat {
		t.Error("hold forgets where the far end is")
	}
}
