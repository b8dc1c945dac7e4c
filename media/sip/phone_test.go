package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/icholy/digest"
)

const register = `
REGISTER sip:{you} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{id}BRANCH;rport
Max-Forwards: 70
From: <sip:USER@{you}>;tag={id}
To: <sip:USER@{you}>
Call-ID: {id}
CSeq: SEQ REGISTER
Contact: <sip:USER@{me}>
Expires: 600
AUTH
`

// registering is a REGISTER of the wire's, signed for the challenge in the answer before.
func (w *wire) registering(user, password string, seq int, challenged string) string {
	auth := "X-None: 1"
	if challenged != "" {
		chal, err := digest.ParseChallenge(get(challenged, "WWW-Authenticate"))
		if err != nil {
			w.t.Fatal(err)
		}
		cred, err := digest.Digest(chal, digest.Options{Method: "REGISTER", URI: "sip:" + w.to.String(), Username: user, Password: password})
		if err != nil {
			w.t.Fatal(err)
		}
		auth = "Authorization: " + cred.String()
	}
	return strings.NewReplacer("USER", user, "SEQ", fmt.Sprint(seq), "BRANCH", fmt.Sprint(seq), "AUTH", auth).Replace(register)
}

func TestPhoneRegisters(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Users: []User{{Name: "ann", Password: "secret"}}, SHA256: true})
	w := dialWire(t, s)
	w.send(w.registering("bob", "secret", 1, "")) // nobody's name
	if m := w.next(200 * time.Millisecond); m != "" {
		t.Fatalf("a scanner got %q", m)
	}
	w.id = token(6)
	w.send(w.registering("ann", "", 1, ""))
	asked := w.expect("SIP/2.0 401")
	if strings.Count(asked, "WWW-Authenticate") != 2 || !strings.Contains(get(asked, "WWW-Authenticate"), "SHA-256") {
		t.Errorf("asked with %q", asked)
	}
	signed := w.registering("ann", "secret", 2, asked)
	w.send(signed)
	ok := w.expect("SIP/2.0 200")
	if !strings.Contains(get(ok, "Contact"), "expires=600") {
		t.Errorf("registered with %q", ok)
	}
	if until, on := s.Phone("ann"); !on || time.Until(until) < 9*time.Minute || s.Stats().Phones != 1 {
		t.Errorf("registered until %v, %v", until, on)
	}
	// What was signed once opens nothing again.
	w.send(strings.ReplaceAll(signed, "{id}2", "{id}9"))
	w.expect("SIP/2.0 401")
	// It can be called, at the address that it registered from.
	done := make(chan error, 1)
	go func() {
		_, err := s.Dial(context.Background(), "", Request{User: "ann", Caller: "+4930111"})
		done <- err
	}()
	m := w.expect("INVITE sip:ann@")
	reply := "SIP/2.0 486 Busy Here\n"
	for _, h := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		reply += h + ": " + get(m, h) + "\n"
	}
	w.send(reply + "\n")
	w.expect("ACK ")
	var st *StatusError
	if err := within(t, done, "the call"); !errors.As(err, &st) || st.Code != 486 {
		t.Errorf("called with %v", err)
	}
	// It calls, and is asked who it is.
	w.id = token(6)
	w.send(strings.ReplaceAll(invite, "sip:+4930111@", "sip:ann@"))
	w.expect("SIP/2.0 401")
	// Expires 0 takes it away.
	w.id = token(6)
	w.send(w.registering("ann", "secret", 1, ""))
	asked = w.expect("SIP/2.0 401")
	w.send(strings.ReplaceAll(w.registering("ann", "secret", 2, asked), "Expires: 600", "Expires: 0"))
	w.expect("SIP/2.0 200")
	if _, on := s.Phone("ann"); on {
		t.Error("still registered")
	}
}

func TestGuessersAreLockedOut(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Users: []User{{Name: "ann", Password: "secret"}}})
	w := dialWire(t, s)
	w.send(w.registering("ann", "", 1, ""))
	asked := w.expect("SIP/2.0 401")
	w.guess(s, asked)
	w.send(w.registering("ann", "secret", 20, asked)) // now the right one, too late
	if m := w.next(300 * time.Millisecond); m != "" {
		t.Errorf("who is locked out got %q", m)
	}
	if n := s.Stats(); n.Guesses != maxMisses || n.Locked == 0 || n.Phones != 0 {
		t.Errorf("counted %+v", n)
	}
}

// guess sends as many wrong passwords as lock somebody out, signed for what asked says.
func (w *wire) guess(s *Server, asked string) {
	w.t.Helper()
	for i := range maxMisses {
		w.send(w.registering("ann", "guess", 2+i, asked))
		if i < maxMisses-1 {
			asked = w.expect("SIP/2.0 401")
		}
	}
	from := addrOf(w.c.LocalAddr().String())
	for deadline := time.Now().Add(10 * time.Second); !s.guard.locked(from, "ann"); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("never locked out")
		}
	}
}

// A phone with an old password keeps nobody else behind its NAT from registering; who guesses at
// many names is locked out with all of them.
func TestAnOldPasswordLocksOneNameOut(t *testing.T) {
	t.Parallel()
	users := []User{{Name: "ann", Password: "secret"}, {Name: "bob", Password: "other secret"}}
	s := start(t, Options{Users: users})
	w := dialWire(t, s)
	w.send(w.registering("ann", "", 1, ""))
	w.guess(s, w.expect("SIP/2.0 401"))
	w.id = token(6)
	w.send(w.registering("bob", "", 1, ""))
	w.send(w.registering("bob", "other secret", 2, w.expect("SIP/2.0 401")))
	w.expect("SIP/2.0 200")
	from := addrOf(w.c.LocalAddr().String())
	for i := range maxNetwork {
		s.guard.missed(from, fmt.Sprint("user", i))
	}
	if !s.guard.locked(from, "bob") || !s.guard.locked(from, "") {
		t.Error("guessing at one name after the other goes on for ever")
	}
	if s.guard.locked(netip.MustParseAddr("192.0.2.1"), "ann") {
		t.Error("a phone elsewhere is locked out")
	}
}

// Whoever forges an address cannot read what is answered there, and a nonce that was fetched
// elsewhere is none.
func TestNobodyIsLockedOutFromElsewhere(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Users: []User{{Name: "ann", Password: "secret"}}})
	w := dialWire(t, s)
	w.send(w.registering("ann", "", 1, ""))
	asked := w.expect("SIP/2.0 401")
	forged := w.elsewhere()
	forged.id = token(6)
	for i := range maxMisses + 1 {
		forged.send(forged.registering("ann", "guess", 2+i, asked))
		forged.expect("SIP/2.0 401")
	}
	if n := s.Stats(); n.Guesses != 0 {
		t.Errorf("counted %+v", n)
	}
	w.send(w.registering("ann", "secret", 2, asked))
	w.expect("SIP/2.0 200")
}

// A lock is for passwords: calls of a trunk come in, and end, all the same.
func TestLockedOutOfPasswordsAlone(t *testing.T) {
	s, w, got := inbound(t, Options{Users: []User{{Name: "ann", Password: "secret"}}})
	phone := dialWire(t, s)
	phone.send(phone.registering("ann", "", 1, ""))
	asked := phone.expect("SIP/2.0 401")
	phone.guess(s, asked)
	phone.send(phone.registering("ann", "secret", 20, asked))
	if m := phone.next(300 * time.Millisecond); m != "" {
		t.Errorf("who is locked out got %q", m)
	}
	ok := w.call()
	c := within(t, got, "the trunk's call")
	s.sources.Store(&sources{}) // no trunk's any more, as after a change of its host
	w.send(w.in("BYE", 2, ok, "", ""))
	within(t, c.Done(), "the end")
}

func TestRegistersAtAPBX(t *testing.T) {
	t.Parallel()
	pbx := start(t, Options{Users: []User{{Name: "parley", Password: "secret"}}})
	s := start(t, Options{Trunks: []Trunk{{Name: "pbx", Host: pbx.Addr().String(), User: "parley", Password: "secret", Register: true}}})
	until := func(what string, ok func() bool) {
		t.Helper()
		for range 1000 {
			if ok() {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Fatalf("never: %s", what)
	}
	until("registered", func() bool { return s.Stats().Trunks[0].Registered })
	if _, ok := pbx.Phone("parley"); !ok {
		t.Error("the PBX knows of no registration")
	}
	s.Close()
	if _, ok := pbx.Phone("parley"); ok {
		t.Error("closed, and still registered")
	}
	bad := start(t, Options{Trunks: []Trunk{{Name: "pbx", Host: pbx.Addr().String(), User: "parley", Password: "wrong"}}})
	if _, err := bad.Registered(t.Context(), "pbx"); !errors.Is(err, ErrPassword) {
		t.Errorf("a wrong password: %v", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	if rtt, err := bad.Ping(ctx, "pbx"); err == nil {
		t.Errorf("OPTIONS of a stranger was answered in %v", rtt)
	}
}

func TestTrunkByDigest(t *testing.T) {
	t.Parallel()
	got := make(chan *Call, 1)
	to := start(t, Options{Incoming: answering(got), Trunks: []Trunk{{Name: "roam", InboundUser: "carrier", InboundPassword: "secret", Numbers: []string{"+4930222"}}}})
	from := start(t, Options{Trunks: []Trunk{{Name: "out", Host: to.Addr().String(), User: "carrier", Password: "secret"}}})
	out, err := from.Dial(t.Context(), "out", Request{To: "+4930222"})
	if err != nil {
		t.Fatal(err)
	}
	in := within(t, got, "the call")
	if in.Trunk != "roam" {
		t.Errorf("came by %q", in.Trunk)
	}
	in.Hangup(CauseNormal)
	within(t, out.Done(), "the end")
	wrong := start(t, Options{Trunks: []Trunk{{Name: "out", Host: to.Addr().String(), User: "carrier", Password: "guess"}}})
	if _, err := wrong.Dial(t.Context(), "out", Request{To: "+4930222"}); !errors.Is(err, ErrPassword) {
		t.Errorf("a wrong password: %v", err)
	}
	w := dialWire(t, to)
	w.send(strings.ReplaceAll(invite, "+4930222", "+4930999")) // a number that is nobody's: nothing
	if m := w.next(300 * time.Millisecond); m != "" {
		t.Errorf("a stranger got %q", m)
	}
}
