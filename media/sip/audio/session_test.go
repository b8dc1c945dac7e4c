package audio

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var loopback = netip.MustParseAddr("127.0.0.1")

// pool of a range of its own: two tests of one process never meet.
func pool(t testing.TB, low int) *Pool {
	t.Helper()
	return NewPool(PoolOptions{Low: low, High: low + 99, Bind: loopback})
}

func open(t testing.TB, p *Pool, o Options) *Session {
	t.Helper()
	s, err := p.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// connect lets a call b.
func connect(t testing.TB, a, b *Session) {
	t.Helper()
	offer, err := a.Offer()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := b.Answer(offer)
	if err != nil {
		t.Fatalf("%v\n%s", err, offer)
	}
	if err := a.Accept(answer); err != nil {
		t.Fatalf("%v\n%s", err, answer)
	}
}

// eventually waits for something that a socket brings.
func eventually(t testing.TB, what string, f func() bool) {
	t.Helper()
	for range 500 {
		if f() {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatalf("%s did not come", what)
}

// frames are encoded ticks of a voice.
func frames(t testing.TB, c media.Codec, n int) [][]byte {
	t.Helper()
	enc, err := codec.NewEncoder(c, codec.Params{})
	if err != nil {
		t.Fatal(err)
	}
	x := mediatest.Voice(n)
	out := make([][]byte, n)
	for i := range out {
		if out[i], err = enc.Encode(x[i*media.TickSamples:(i+1)*media.TickSamples], nil); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// say pushes ticks as a room does, and waits until they are there.
func say(t testing.TB, from, to *Session, payloads [][]byte) (got []media.Packet) {
	t.Helper()
	for i, b := range payloads {
		from.Push(&media.Packet{At: media.CallTime(i * media.TickSamples), Codec: from.Codec(), Payload: b})
		var p media.Packet
		eventually(t, "a packet", func() bool {
			for to.Pull(&p) {
				q := p
				q.Payload = bytes.Clone(p.Payload)
				got = append(got, q)
			}
			return len(got) > i || from.agreed.Load().ptime != 20
		})
	}
	return got
}

// What one end says is what the other gets, with each codec and each way of encryption.
func TestTwoSessions(t *testing.T) {
	p := pool(t, 23000)
	for _, c := range fallback {
		for _, secure := range []Policy{SecureOff, SecureOptional, SecureRequired} {
			a := open(t, p, Options{Codecs: []media.Codec{c}, Secure: secure})
			b := open(t, p, Options{Secure: secure})
			connect(t, a, b)
			if a.Codec() != c || b.Codec() != c {
				t.Fatalf("agreed on %s and %s, not %s", a.Codec(), b.Codec(), c)
			}
			want := frames(t, c, 5)
			for _, way := range [][2]*Session{{a, b}, {b, a}} {
				got := say(t, way[0], way[1], want)
				for i, g := range got {
					if !bytes.Equal(g.Payload, want[i]) || g.Codec != c || g.Marker != (i == 0) {
						t.Fatalf("%s: packet %d is %d bytes of %s, marker %t", c, i, len(g.Payload), g.Codec, g.Marker)
					}
					if i > 0 && (g.Seq != got[i-1].Seq+1 || g.Timestamp != got[i-1].Timestamp+uint32(c.ClockRate()/50)) {
						t.Errorf("%s: packet %d is out of order", c, i)
					}
				}
			}
			if s := a.Stats(); s.Secure != (secure != SecureOff) || s.Received != 5 || s.Sent != 5 || s.Unauthentic > 0 {
				t.Errorf("%s: %+v", c, s)
			}
		}
	}
}

// Encrypted audio is not there to read, and what is forged, changed or played again is dropped.
func TestSRTPIsEncryptedAndVerified(t *testing.T) {
	p := pool(t, 23100)
	a, b := open(t, p, Options{Secure: SecureRequired, Codecs: []media.Codec{media.CodecPCMA}}), open(t, p, Options{Secure: SecureRequired})
	connect(t, a, b)
	var wire [][]byte
	write := a.out.write
	a.out.write = func(b []byte, to netip.AddrPort) error {
		wire = append(wire, bytes.Clone(b))
		return write(b, to)
	}
	voice := frames(t, media.CodecPCMA, 3)
	say(t, a, b, voice)
	for i, w := range wire {
		if bytes.Contains(w, voice[i][:16]) || len(w) != 12+160+10 {
			t.Errorf("packet %d: %d bytes go out in the clear", i, len(w))
		}
	}
	from := a.rtp.LocalAddr().(interface{ AddrPort() netip.AddrPort }).AddrPort()
	b.in.packet(time.Now(), from, wire[2], &b.far) // again
	wire[1][20] ^= 1
	b.in.packet(time.Now(), from, wire[1], &b.far)
	b.in.packet(time.Now(), from, wire[1][:12], &b.far)
	if s := b.Stats(); s.Unauthentic != 3 || s.Received != 3 {
		t.Errorf("%+v", s)
	}
}

func TestPolicies(t *testing.T) {
	p := pool(t, 23200)
	for _, c := range []struct {
		calls, called Policy
		err           error
		secure        bool
	}{
		{SecureOff, SecureOff, nil, false},
		{SecureOff, SecureOptional, nil, false},
		{SecureOff, SecureRequired, ErrSecure, false},
		{SecureOptional, SecureOff, nil, false},
		{SecureOptional, SecureOptional, nil, true},
		{SecureOptional, SecureRequired, nil, true},
		{SecureRequired, SecureOff, ErrSecure, false},
		{SecureRequired, SecureOptional, nil, true},
	} {
		a, b := open(t, p, Options{Secure: c.calls}), open(t, p, Options{Secure: c.called})
		offer, err := a.Offer()
		if err != nil {
			t.Fatal(err)
		}
		answer, err := b.Answer(offer)
		if !errors.Is(err, c.err) {
			t.Errorf("%d calls %d: %v", c.calls, c.called, err)
		}
		if err != nil {
			continue
		}
		if err := a.Accept(answer); err != nil {
			t.Errorf("%d calls %d: %v", c.calls, c.called, err)
		}
		if a.Stats().Secure != c.secure || b.Stats().Secure != c.secure {
			t.Errorf("%d calls %d: secure is %t and %t", c.calls, c.called, a.Stats().Secure, b.Stats().Secure)
		}
		if again, err := b.Offer(); err != nil || c.secure != strings.Contains(string(again), "a=crypto") && c.called == SecureOff {
			t.Errorf("%d calls %d: the next offer: %v\n%s", c.calls, c.called, err, again)
		}
	}
}
