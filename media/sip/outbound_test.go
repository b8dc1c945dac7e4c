package sip

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// callee is a server that calls the wire by its trunk "out".
func callee(t *testing.T, trunk Trunk, o Options) (*Server, *wire) {
	t.Parallel()
	probe := start(t, Options{}) // only for a wire with an address
	w := dialWire(t, probe)
	trunk.Name, trunk.Host = "out", w.c.LocalAddr().String()
	o.Trunks = []Trunk{trunk}
	s := start(t, o)
	a := s.Addr()
	w.to.Port = int(a.Port())
	return s, w
}

// reply answers a request that the server sent.
func (w *wire) reply(r, status, more, body string) {
	m := "SIP/2.0 " + status + "\n"
	for _, h := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		v := get(r, h)
		if h == "To" && !strings.Contains(v, "tag=") && !strings.HasPrefix(status, "100") {
			v += ";tag=w1"
		}
		m += h + ": " + v + "\n"
	}
	if body != "" {
		more += "Content-Type: application/sdp\n"
	}
	w.send(m + more + "\n" + body)
}

type dialled struct {
	c   *Call
	err error
}

func dialling(ctx context.Context, s *Server, q Request) chan dialled {
	done := make(chan dialled, 1)
	go func() {
		c, err := s.Dial(ctx, "out", q)
		done <- dialled{c, err}
	}()
	return done
}

var okMore = "Contact: <sip:shop@{me}>\n"

func TestDialByProxyWithPassword(t *testing.T) {
	s, w := callee(t, Trunk{User: "u", Password: "p", Caller: "+4930111"}, Options{})
	codes := make(chan int, 4)
	done := dialling(t.Context(), s, Request{To: "+4930222", Progress: func(c *Call, code int, early bool) {
		if early {
			code += 1000
		}
		codes <- code
	}})
	first := w.expect("INVITE sip:+4930222@")
	w.reply(first, "407 Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n1\", qop=\"auth\"\n", "")
	w.expect("ACK ")
	r := w.expect("INVITE ")
	if !strings.Contains(get(r, "Proxy-Authorization"), `nonce="n1"`) || get(r, "CSeq") != "2 INVITE" || get(r, "Call-ID") != get(first, "Call-ID") {
		t.Errorf("signed as %q", r)
	}
	w.reply(r, "183 Session Progress", okMore, string(sdpFor("w", "sendrecv")))
	if code := within(t, codes, "early media"); code != 1183 {
		t.Errorf("progress %d", code)
	}
	w.reply(r, "200 OK", "Contact: <sip:shop@10.1.1.1>\nRecord-Route: <sip:{me};lr>\n", string(sdpFor("w", "sendrecv")))
	ack := w.expect("ACK sip:shop@10.1.1.1 ")
	if get(ack, "Proxy-Authorization") == "" || !strings.HasPrefix(get(ack, "Route"), "<sip:127.0.0.1:") {
		t.Errorf("confirmed with %q", ack)
	}
	c := within(t, done, "the call")
	if c.err != nil {
		t.Fatal(c.err)
	}
	// Another fork answers too: it is confirmed and hung up on; the call goes on.
	w.reply(strings.ReplaceAll(r, "\r\nTo: "+get(r, "To"), "\r\nTo: "+get(r, "To")+";tag=w2"), "200 OK", okMore, string(sdpFor("w", "sendrecv")))
	w.expect("ACK sip:shop@127.0.0.1:")
	bye := w.expect("BYE sip:shop@127.0.0.1:")
	if !strings.Contains(get(bye, "To"), "tag=w2") {
		t.Errorf("hung up on %q", bye)
	}
	w.reply(bye, "200 OK", "", "")
	// BYE is signed with the nonce that is known, and again with a new one.
	c.c.Hangup(CauseNormal)
	bye = w.expect("BYE sip:shop@10.1.1.1 ")
	if !strings.Contains(get(bye, "Proxy-Authorization"), "nc=00000002") {
		t.Errorf("hung up with %q", bye)
	}
	w.reply(bye, "407 Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n2\", qop=\"auth\", stale=true\n", "")
	bye = w.expect("BYE ")
	if !strings.Contains(get(bye, "Proxy-Authorization"), `nonce="n2"`) {
		t.Errorf("hung up with %q", bye)
	}
	w.reply(bye, "200 OK", "", "")
}

func TestDialIsCancelled(t *testing.T) {
	s, w := callee(t, Trunk{}, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	done := dialling(ctx, s, Request{To: "+4930222", Anonymous: true, Name: "Shop"})
	r := w.expect("INVITE ")
	if !strings.Contains(get(r, "From"), "anonymous@anonymous.invalid") || get(r, "Privacy") != "id" || strings.Contains(r, "Shop") {
		t.Errorf("anonymous as %q", r)
	}
	cancel()
	if d := within(t, done, "the end"); !errors.Is(d.err, context.Canceled) {
		t.Errorf("ended with %v", d.err)
	}
	if m := w.next(150 * time.Millisecond); strings.HasPrefix(m, "CANCEL") {
		t.Error("cancelled before anything came")
	}
	w.reply(r, "180 Ringing", okMore, "")
	cancelled := w.expect("CANCEL ")
	if get(cancelled, "Via") != get(r, "Via") {
		t.Errorf("cancelled with %q", cancelled)
	}
	w.reply(cancelled, "200 OK", "", "")
	w.reply(r, "200 OK", okMore, string(sdpFor("w", "sendrecv"))) // it crossed
	w.expect("ACK ")
	w.reply(w.expect("BYE "), "200 OK", "", "")
}

func TestDialEnds(t *testing.T) {
	s, w := callee(t, Trunk{}, Options{})
	for _, e := range []struct {
		status, more string
		check        func(error) bool
	}{
		{"302 Moved", "Contact: <sip:evil@192.0.2.1>\n", func(err error) bool { return errors.Is(err, ErrRedirect) }},
		{"401 Unauthorized", "WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"\n", func(err error) bool { return errors.Is(err, ErrPassword) }},
		{"503 Full", "Retry-After: 7 (later)\n", func(err error) bool {
			var st *StatusError
			return errors.As(err, &st) && st.RetryAfter == 7*time.Second
		}},
		{"486 Busy", "Reason: Q.850;cause=17\n", func(err error) bool {
			var st *StatusError
			return errors.As(err, &st) && st.Code == 486 && st.Cause == 17
		}},
	} {
		done := dialling(t.Context(), s, Request{To: "+4930222"})
		w.reply(w.expect("INVITE "), e.status, e.more, "")
		w.expect("ACK ")
		if d := within(t, done, e.status); !e.check(d.err) {
			t.Errorf("%s: %v", e.status, d.err)
		}
	}
	// A longer session is asked for.
	done := dialling(t.Context(), s, Request{To: "+4930222"})
	w.reply(w.expect("INVITE "), "422 Too Small", "Min-SE: 7200\n", "")
	w.expect("ACK ")
	r := w.expect("INVITE ")
	if get(r, "Session-Expires") != "7200" {
		t.Errorf("asked again with %q", get(r, "Session-Expires"))
	}
	w.reply(r, "200 OK", okMore+"Session-Expires: 7200;refresher=uac\nRequire: timer\n", string(sdpFor("w", "sendrecv")))
	w.expect("ACK ")
	d := within(t, done, "the call")
	if d.err != nil || d.c.session != (session{2 * time.Hour, true}) {
		t.Errorf("%v, %+v", d.err, d.c.session)
	}
	if st := s.Stats(); st.Calls != 1 {
		t.Errorf("calls up: %d", st.Calls)
	}
}

func TestReferOut(t *testing.T) {
	s, w := callee(t, Trunk{}, Options{})
	up := func() *Call {
		done := dialling(t.Context(), s, Request{To: "+4930222"})
		w.reply(w.expect("INVITE "), "200 OK", okMore, string(sdpFor("w", "sendrecv")))
		w.expect("ACK ")
		return within(t, done, "the call").c
	}
	notify := func(refer, frag, state string, seq string) {
		u := strings.Trim(get(refer, "Contact"), "<>")
		w.send("NOTIFY " + u + " SIP/2.0\nVia: SIP/2.0/UDP {me};branch=z9hG4bK" + token(6) + ";rport\nMax-Forwards: 70\nFrom: " + get(refer, "To") +
			"\nTo: " + get(refer, "From") + "\nCall-ID: " + get(refer, "Call-ID") + "\nCSeq: " + seq + " NOTIFY\nEvent: refer\nSubscription-State: " +
			state + "\nContact: <sip:shop@{me}>\nContent-Type: message/sipfrag\n\n" + frag + "\n")
		w.expect("SIP/2.0 200")
	}
	c := up()
	done := make(chan error, 1)
	go func() { done <- c.Refer(t.Context(), "+4930333") }()
	r := w.expect("REFER ")
	if !strings.HasPrefix(get(r, "Refer-To"), "<sip:+4930333@127.0.0.1:") {
		t.Errorf("handed on with %q", r)
	}
	w.reply(r, "202 Accepted", okMore, "")
	notify(r, "SIP/2.0 100 Trying", "active", "1")
	notify(r, "SIP/2.0 486 Busy Here", "terminated", "2")
	var st *StatusError
	if err := within(t, done, "the transfer"); !errors.As(err, &st) || st.Code != 486 {
		t.Errorf("the transfer: %v", err)
	}
	select {
	case <-c.Done():
		t.Fatal("a transfer that failed ended the call")
	default:
	}
	other := up()
	go func() { done <- c.ReferReplaces(t.Context(), other) }()
	r = w.expect("REFER ")
	other.mu.Lock()
	want := "Replaces=" + other.ID + "%3Bto-tag%3D" + other.d.remote.tag + "%3Bfrom-tag%3D" + other.d.local.tag
	other.mu.Unlock()
	if !strings.Contains(get(r, "Refer-To"), want) {
		t.Errorf("%q has no %q", get(r, "Refer-To"), want)
	}
	w.reply(r, "202 Accepted", okMore, "")
	notify(r, "SIP/2.0 200 OK", "terminated;reason=noresource", "3")
	w.reply(w.expect("BYE "), "200 OK", "", "")
	w.reply(w.expect("BYE "), "200 OK", "", "")
	if err := within(t, done, "the transfer"); err != nil {
		t.Error(err)
	}
	within(t, c.Done(), "the first call")
	within(t, other.Done(), "the second call")
}

func TestReferIn(t *testing.T) {
	wishes, ends := make(chan Refer, 2), make(chan error, 2)
	ends <- nil
	ends <- &StatusError{Code: 486}
	_, w, got := inbound(t, Options{Refer: func(ctx context.Context, c *Call, r Refer, progress func(int)) error {
		progress(180)
		wishes <- r
		return <-ends
	}})
	ok := w.call()
	within(t, got, "the call")
	w.send(w.in("REFER", 2, ok, "Refer-To: <sip:+4930333@example.com?Replaces=x%3Bto-tag%3Da%3Bfrom-tag%3Db>\nReferred-By: <sip:+4930111@x>\n", ""))
	w.expect("SIP/2.0 202")
	wish := within(t, wishes, "the wish")
	if wish.Number != "+4930333" || wish.By != "+4930111" || wish.replaces != "x;to-tag=a;from-tag=b" {
		t.Errorf("wished %+v", wish)
	}
	news := func() string {
		m := w.expect("NOTIFY ")
		w.reply(m, "200 OK", "", "")
		_, body, _ := strings.Cut(m, "\r\n\r\n")
		return strings.TrimSpace(body) + " " + get(m, "Subscription-State") + " " + get(m, "Event")
	}
	for _, want := range []string{"SIP/2.0 100 Trying active;expires=60 refer;id=2", "SIP/2.0 180 Ringing active;expires=60 refer;id=2",
		"SIP/2.0 200 OK terminated;reason=noresource refer;id=2"} {
		if n := news(); n != want {
			t.Errorf("told %q, not %q", n, want)
		}
	}
	w.send(w.in("REFER", 3, ok, "Refer-To: <tel:+4930444>\n", ""))
	w.expect("SIP/2.0 202")
	within(t, wishes, "the second wish")
	news()
	news()
	if n := news(); n != "SIP/2.0 486 Busy Here terminated;reason=noresource refer;id=3" {
		t.Errorf("told %q", n)
	}
	for i, to := range []string{"<http://x>", "<sip:a@b>, <sip:c@d>", "<sip:a@b?Replaces=x>", "<sip:a@b;method=BYE>"} {
		w.send(w.in("REFER", 4+i, ok, "Refer-To: "+to+"\n", ""))
		w.expect("SIP/2.0 400")
	}
}

func TestReplaces(t *testing.T) {
	_, w, got := inbound(t, Options{})
	ok := w.call()
	old := within(t, got, "the call")
	id := w.id
	tag := strings.SplitN(get(ok, "To"), "tag=", 2)[1]
	w.id = token(6)
	w.send(strings.ReplaceAll(invite, "Max-Forwards: 70", "Max-Forwards: 70\nRequire: replaces\nReplaces: "+id+";to-tag="+tag+";from-tag="+id))
	ok = w.expect("SIP/2.0 200")
	w.send(w.in("ACK", 1, ok, "", ""))
	c := within(t, got, "the call in its place")
	if c.Replaces != old {
		t.Error("it takes no place")
	}
	bye := w.expect("BYE ")
	if get(bye, "Call-ID") != id {
		t.Errorf("hung up on %q", bye)
	}
	w.reply(bye, "200 OK", "", "")
	within(t, old.Done(), "the old call")
}

func TestCloseSaysGoodbye(t *testing.T) {
	s, w, got := inbound(t, Options{})
	w.call()
	within(t, got, "the call")
	drained := make(chan struct{})
	go func() {
		s.Drain(t.Context())
		close(drained)
	}()
	for range 1000 { // drains: no new calls, and OPTIONS says so
		if s.full503() {
			break
		}
		time.Sleep(time.Millisecond)
	}
	id := w.id
	w.id = token(6)
	w.send(invite)
	w.expect("SIP/2.0 503")
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	bye := w.expect("BYE ")
	if get(bye, "Call-ID") != id {
		t.Errorf("hung up on %q", bye)
	}
	w.reply(bye, "200 OK", "", "")
	if err := within(t, closed, "the end"); err != nil {
		t.Error(err)
	}
	within(t, drained, "drained")
}
