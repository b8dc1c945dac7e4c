package audio

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/media"
)

// event is the payload of an event packet.
func event(code byte, end bool, long uint16) []byte {
	b := []byte{code, volume, 0, 0}
	if end {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], long)
	return b
}

// told is one packet of a press.
type told struct {
	ts     uint32
	marker bool
	b      []byte
}

// TestPresses has what phones and gateways send, and what networks leave of it.
func TestPresses(t *testing.T) {
	five := func(ts uint32, m, end bool, long uint16) told { return told{ts, m, event(5, end, long)} }
	for _, c := range []struct {
		name string
		told []told
		want string
	}{
		{"a press", []told{five(100, true, false, 160), five(100, false, false, 320), five(100, false, true, 480), five(100, false, true, 480), five(100, false, true, 480)}, "5"},
		{"the end was lost", []told{five(100, true, false, 160), five(3000, true, false, 160), five(3000, false, true, 320)}, "55"},
		{"marker and end were lost", []told{five(100, false, false, 320), five(3000, false, false, 160)}, "55"},
		{"only an end came", []told{five(100, false, true, 480)}, "5"},
		{"an end comes late, after the next began", []told{five(100, true, false, 160), five(3000, true, false, 160), five(100, false, true, 480), five(3000, false, true, 480)}, "55"},
		{"a long press in segments", []told{five(100, true, false, 160), five(100, false, false, 65375), five(100, false, false, 65535), five(100+65535, false, false, 160), five(100+65535, false, true, 480)}, "5"},
		{"a long press whose segment's last packets were lost", []told{five(100, true, false, 160), five(100, false, false, 63000), five(100+65535, false, false, 320), five(100+65535, false, true, 480)}, "5"},
		{"the same key right after a long press", []told{five(100, true, false, 160), five(100, false, true, 65535), five(100+65535+800, true, false, 160)}, "55"},
		{"the timestamp moves as the press goes on", []told{five(100, true, false, 160), five(260, false, false, 320), five(420, false, false, 480), five(580, false, true, 640)}, "5"},
		{"every packet says it is the first", []told{five(100, true, false, 160), five(100, true, false, 320), five(100, true, true, 480)}, "5"},
		{"another key", []told{five(100, true, false, 160), {400, true, event(11, false, 160)}}, "5#"},
		{"the timestamps wrap", []told{five(0xffffff00, true, false, 160), five(0xffffff00, false, true, 480), five(0x200, true, false, 160)}, "55"},
		{"no key", []told{{100, true, event(16, false, 160)}, {200, true, []byte{5, 0, 1}}, {300, true, nil}}, ""},
	} {
		var k presses
		got := ""
		for _, p := range c.told {
			if key, fresh := k.put(p.ts, p.marker, p.b, 8000, 8000); fresh {
				got += string(key)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The tone of a key is silenced from its beginning to its end, and no longer; when the end
// is lost, for a moment more.
func TestTones(t *testing.T) {
	var k presses
	k.put(1000, true, event(1, false, 160), 8000, 8000)
	for ts, want := range map[uint32]bool{840: false, 1000: true, 1160: true, 1800: true} {
		if got := k.mutes(ts); got != want {
			t.Errorf("key down, audio of %d: muted %t", ts, got)
		}
	}
	k.put(1000, false, event(1, true, 640), 8000, 8000)
	if !k.mutes(1639) || k.mutes(1640) || k.mutes(1640) {
		t.Error("the key is up at 1640")
	}
	k = presses{}
	k.put(1000, true, event(1, false, 160), 8000, 8000)
	if !k.mutes(1900) || k.mutes(2100) {
		t.Error("an end that was lost keeps the line silent")
	}
}

// A press that is told both ways counts once, and quick presses of the same key count each.
func TestPairing(t *testing.T) {
	at := time.Unix(1000, 0)
	var p pairing
	for i, c := range []struct {
		after time.Duration
		by    way
		key   rune
		want  bool
	}{
		{0, byEvent, '1', true}, {10, bySignal, '1', false},
		{200, byEvent, '1', true}, {10, byEvent, '1', true}, {10, bySignal, '1', false}, {10, bySignal, '1', false},
		{10, bySignal, '2', true}, {10, byEvent, '2', false}, {10, byEvent, '3', true},
		{5000, bySignal, '3', true}, // long after: another press
		{10, bySignal, 'x', false},
	} {
		at = at.Add(c.after * time.Millisecond)
		if got := p.fresh(at, c.by, c.key); got != c.want {
			t.Errorf("step %d: %t", i, got)
		}
	}
}

// Of 20,000 keys at 5 % loss, with doubles and late packets, all are right.
func TestKeysThroughLoss(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	p := pool(t, 23300)
	a, b := open(t, p, Options{}), open(t, p, Options{})
	connect(t, a, b)
	var want, got strings.Builder
	src := netip.AddrPortFrom(loopback, uint16(a.port))
	now := time.Now()
	var late [][]byte
	a.out.write = func(w []byte, _ netip.AddrPort) error { // the network, without its time
		deliver := func(w []byte) { b.in.packet(now, src, w, &b.far) }
		w = append([]byte(nil), w...)
		switch r := rng.Float64(); {
		case r < 0.05:
		case r < 0.07:
			deliver(w)
			deliver(w)
		case r < 0.09:
			late = append(late, w)
			return nil
		default:
			deliver(w)
		}
		for _, l := range late {
			deliver(l)
		}
		late = late[:0]
		return nil
	}
	at := media.CallTime(0)
	var pulled media.Packet
	var keys []byte
	for range 400 {
		dial := make([]byte, 50)
		for i := range dial {
			dial[i] = keyNames[rng.IntN(len(keyNames))]
		}
		want.Write(dial)
		if err := a.SendKeys(string(dial)); err != nil {
			t.Fatal(err)
		}
		for a.out.dial.busy() {
			a.Idle(at)
			at += media.TickSamples
			now = now.Add(media.Tick)
			for b.Pull(&pulled) {
				if !pulled.Mute {
					t.Fatal("a key is heard")
				}
			}
			keys = b.Keys(keys[:0])
			got.Write(keys)
		}
	}
	w, g := want.String(), got.String()
	wrong := 0
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			wrong++
		}
	}
	t.Logf("%d keys sent, %d told, %d not the same", len(w), len(g), wrong)
	if len(w) != len(g) || wrong*1000 > len(w) {
		t.Errorf("%d keys sent, %d told, %d not the same", len(w), len(g), wrong)
	}
}

func TestKeysThatCannotBeSent(t *testing.T) {
	p := pool(t, 23400)
	a := open(t, p, Options{})
	if err := a.SendKeys("1"); err == nil {
		t.Error("keys before anything is agreed on")
	}
	b := open(t, p, Options{})
	connect(t, a, b)
	for _, keys := range []string{"12x", strings.Repeat("1", 65)} {
		if err := a.SendKeys(keys); err == nil || a.out.dial.busy() {
			t.Errorf("%q: %v", keys, err)
		}
	}
	if err := a.SendKeys("1,#d"); err != nil {
		t.Error(err)
	}
}

// A key that signalling tells is told once, to both who ask.
func TestKeysBySignalling(t *testing.T) {
	a := open(t, pool(t, 23500), Options{})
	var heard string
	a.OnKey(func(r rune) { heard += string(r) })
	for _, r := range "1x#d" {
		a.Key(r)
	}
	if got := string(a.Keys(nil)); got != "1#D" || heard != "1#D" {
		t.Errorf("%q and %q", got, heard)
	}
}
