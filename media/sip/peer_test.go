package sip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeMedia is a Media without RTP: it notes what was offered, answered and accepted.
type fakeMedia struct {
	mu       sync.Mutex
	name     string
	hold     bool
	remote   bool
	offers   int
	answered [][]byte
	accepted [][]byte
	keys     []rune
	closed   int
	refuse   error
}

var errNoCodec = errors.New("no codec in common")

func sdpFor(name, direction string) []byte {
	return []byte("v=0\r\no=" + name + " 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
		"m=audio 40000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=" + direction + "\r\n")
}

func (m *fakeMedia) ID() media.LegID           { return media.LegID(m.name) }
func (m *fakeMedia) Pull(p *media.Packet) bool { return false }
func (m *fakeMedia) Push(p *media.Packet)      {}
func (m *fakeMedia) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed++
	return nil
}
func (m *fakeMedia) Offer() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.offers++
	direction := "sendrecv"
	if m.hold {
		direction = "sendonly"
	}
	return sdpFor(m.name, direction), nil
}
func (m *fakeMedia) Answer(offer []byte) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		return nil, m.refuse
	}
	if bytes.Contains(offer, []byte("a=nothing")) {
		return nil, errNoCodec
	}
	m.answered = append(m.answered, offer)
	m.remote = bytes.Contains(offer, []byte("sendonly"))
	return sdpFor(m.name, "sendrecv"), nil
}
func (m *fakeMedia) Accept(answer []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(answer) == 0 {
		return errors.New("no answer")
	}
	m.accepted = append(m.accepted, answer)
	return nil
}
func (m *fakeMedia) SetHold(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hold = on
}
func (m *fakeMedia) RemoteHold() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.remote
}
func (m *fakeMedia) Key(key rune) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys = append(m.keys, key)
}

func (m *fakeMedia) pressed() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return string(m.keys)
}

// start is a server on a free port of this machine that ends with the test.
func start(t *testing.T, o Options) *Server {
	t.Helper()
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Media == nil {
		o.Media = func(q MediaRequest) (Media, error) { return &fakeMedia{name: "m" + q.CallID}, nil }
	}
	if o.Logger == nil && os.Getenv("SIP_LOG") != "" {
		o.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.grace = 100 * time.Millisecond
	s.mu.Unlock()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// loopback is the network of every peer in these tests.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// answering takes every call and hands it on.
func answering(got chan<- *Call) Incoming {
	return func(ctx context.Context, c *Call) {
		c.Ring()
		if c.Answer(ctx) == nil && got != nil {
			got <- c
		}
	}
}

// pair is a server that calls another one.
func pair(t *testing.T, caller, callee Options) (from, to *Server) {
	t.Helper()
	if callee.Trunks == nil {
		callee.Trunks = []Trunk{{Name: "in", Allow: loopback}}
	}
	to = start(t, callee)
	if caller.Trunks == nil {
		caller.Trunks = []Trunk{{Name: "out", Caller: "+4930111"}}
	}
	caller.Trunks[0].Host = to.Addr().String()
	return start(t, caller), to
}

// within fails a test that hangs.
func within[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(15 * time.Second):
		t.Fatalf("nothing came: %s", what)
		panic("unreachable")
	}
}

// wire is a peer that speaks SIP letter by letter over UDP.
type wire struct {
	t    *testing.T
	c    *net.UDPConn
	to   *net.UDPAddr
	id   string
	seq  int
	rest []string
}

func dialWire(t *testing.T, s *Server) *wire {
	t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &wire{t: t, c: c, to: net.UDPAddrFromAddrPort(s.Addr()), id: token(6)}
}

// text fills a message in: METHOD line, then headers; {…} are the wire's own values.
func (w *wire) text(s string) string {
	s = strings.ReplaceAll(strings.TrimLeft(s, "\n"), "\n", "\r\n")
	head, body, _ := strings.Cut(s, "\r\n\r\n")
	s = strings.NewReplacer("{me}", w.c.LocalAddr().String(), "{you}", w.to.String(), "{id}", w.id).Replace(head)
	if !strings.Contains(s, "Content-Length") {
		s += fmt.Sprintf("\r\nContent-Length: %d", len(body))
	}
	return s + "\r\n\r\n" + body
}

func (w *wire) send(s string) { w.raw([]byte(w.text(s))) }

func (w *wire) raw(b []byte) {
	if _, err := w.c.WriteToUDP(b, w.to); err != nil {
		w.t.Fatal(err)
	}
}

// next is the next message that comes; empty: none within a while.
func (w *wire) next(wait time.Duration) string {
	b := make([]byte, 65536)
	w.c.SetReadDeadline(time.Now().Add(wait))
	n, _, err := w.c.ReadFromUDP(b)
	if err != nil {
		return ""
	}
	return string(b[:n])
}

// expect waits for a message that begins so, past others.
func (w *wire) expect(begin string) string {
	w.t.Helper()
	var seen []string
	for range 40 {
		m := w.next(5 * time.Second)
		if strings.HasPrefix(m, begin) {
			return m
		}
		if m == "" {
			break
		}
		first, _, _ := strings.Cut(m, "\r\n")
		seen = append(seen, first)
	}
	w.t.Fatalf("no %q; instead %q", begin, seen)
	return ""
}

// get is the value of a header in a message.
func get(message, name string) string {
	for line := range strings.SplitSeq(message, "\r\n") {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.EqualFold(k, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

const invite = `
INVITE sip:+4930222@{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}1;rport
Max-Forwards: 70
From: "Ann" <sip:+4930111@example.com>;tag={id}
To: <sip:+4930222@example.com>
Call-ID: {id}
CSeq: 1 INVITE
Contact: <sip:ann@{me}>
Content-Type: application/sdp

v=0
o=w 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 40002 RTP/AVP 0
a=sendrecv
`

// in is a request in the dialog that ok (a 200 to invite) made.
func (w *wire) in(method string, seq int, ok, more, body string) string {
	u := strings.Trim(get(ok, "Contact"), "<>")
	s := fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bK{id}%s%d;rport\nMax-Forwards: 70\n"+
		"From: <sip:+4930111@example.com>;tag={id}\nTo: %s\nCall-ID: {id}\nCSeq: %d %s\nContact: <sip:ann@{me}>\n%s",
		method, u, strings.ToLower(method), seq, get(ok, "To"), seq, method, more)
	return strings.TrimRight(s, "\n") + "\n\n" + body
}

// call sets a call up and gives its 200.
func (w *wire) call() string {
	w.t.Helper()
	w.send(invite)
	ok := w.expect("SIP/2.0 200")
	w.send(w.in("ACK", 1, ok, "", ""))
	return ok
}
