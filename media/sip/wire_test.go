package sip

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// inbound is a server with one trunk on this machine, and the calls that it answered.
func inbound(t *testing.T, o Options) (*Server, *wire, chan *Call) {
	t.Parallel()
	got := make(chan *Call, 8)
	if o.Trunks == nil {
		o.Trunks = []Trunk{{Name: "in", Allow: loopback}}
	}
	if o.Incoming == nil {
		o.Incoming = answering(got)
	}
	s := start(t, o)
	return s, dialWire(t, s), got
}

func TestAnswerIsSentUntilItIsConfirmed(t *testing.T) {
	_, w, got := inbound(t, Options{})
	w.send(invite)
	trying, ringing := w.expect("SIP/2.0 100"), w.expect("SIP/2.0 180")
	first := w.expect("SIP/2.0 200")
	if strings.Contains(get(trying, "To"), "tag") || get(ringing, "To") != get(first, "To") || get(first, "Contact") == "" {
		t.Errorf("tags: %q, %q, %q", get(trying, "To"), get(ringing, "To"), get(first, "To"))
	}
	w.send(invite) // the caller has not seen the answer
	if again := w.expect("SIP/2.0 200"); get(again, "To") != get(first, "To") {
		t.Error("a repeated INVITE made another call")
	}
	if third := w.expect("SIP/2.0 200"); third != first { // by our own timer
		t.Errorf("the answer came again as %q", third)
	}
	w.send(w.in("ACK", 1, first, "", ""))
	c := within(t, got, "the call")
	within(t, c.confirmed, "the ACK")
	if m := w.next(1200 * time.Millisecond); m != "" {
		t.Errorf("after the ACK came %q", m)
	}
	w.send(w.in("BYE", 2, first, "Reason: SIP;cause=200, Q.850;cause=31;text=\"well\"\n", ""))
	w.expect("SIP/2.0 200")
	within(t, c.Done(), "the end")
	if e := c.End(); e.By != "remote" || e.Cause != 31 || e.Text != "well" {
		t.Errorf("ended as %+v", e)
	}
	w.send(w.in("BYE", 3, first, "", ""))
	if m := w.expect("SIP/2.0 481"); m == "" {
		t.Error("a call that is over takes BYE")
	}
}

func TestHangupWaitsForTheAck(t *testing.T) {
	_, w, got := inbound(t, Options{})
	w.send(invite)
	ok := w.expect("SIP/2.0 200")
	c := within(t, got, "the call")
	c.Hangup(CauseNormal)
	if m := w.next(300 * time.Millisecond); m != "" {
		t.Errorf("before the ACK came %q", m)
	}
	w.send(w.in("ACK", 1, ok, "", ""))
	if m := w.expect("BYE "); get(m, "Reason") != `Q.850;cause=16;text="Normal call clearing"` || get(m, "Call-ID") != w.id {
		t.Errorf("hung up with %q", m)
	}
}

func TestCallerGivesUp(t *testing.T) {
	ended := make(chan *Call, 1)
	_, w, _ := inbound(t, Options{Incoming: func(ctx context.Context, c *Call) {
		c.Ring()
		<-ctx.Done()
		ended <- c
	}})
	w.send(invite)
	ringing := w.expect("SIP/2.0 180")
	w.send(strings.NewReplacer("INVITE sip", "CANCEL sip", "1 INVITE", "1 CANCEL").Replace(strings.Split(invite, "Contact")[0]) + "\n")
	w.expect("SIP/2.0 200")
	if m := w.expect("SIP/2.0 487"); !strings.Contains(get(m, "To"), "tag=") {
		t.Errorf("cancelled with %q, after ringing with %q", get(m, "To"), get(ringing, "To"))
	}
	within(t, within(t, ended, "the end").Done(), "the end")
}

func TestLateOffer(t *testing.T) {
	_, w, got := inbound(t, Options{})
	head, _, _ := strings.Cut(invite, "Content-Type")
	w.send(head + "\n")
	ok := w.expect("SIP/2.0 200")
	if !strings.Contains(ok, "m=audio 40000") {
		t.Errorf("no offer in %q", ok)
	}
	select {
	case <-got:
		t.Error("answered before there was an answer to our offer")
	case <-time.After(50 * time.Millisecond):
	}
	w.send(w.in("ACK", 1, ok, "Content-Type: application/sdp\n", string(sdpFor("w", "sendrecv"))))
	c := within(t, got, "the call")
	if m := c.Media().(*fakeMedia); len(m.accepted) != 1 || !strings.Contains(string(m.accepted[0]), "o=w") {
		t.Errorf("accepted %q", m.accepted)
	}
}

func TestLateOfferWithoutAnswer(t *testing.T) {
	ended := make(chan error, 1)
	_, w, _ := inbound(t, Options{Incoming: func(ctx context.Context, c *Call) { ended <- c.Answer(ctx) }})
	head, _, _ := strings.Cut(invite, "Content-Type")
	w.send(head + "\n")
	ok := w.expect("SIP/2.0 200")
	w.send(w.in("ACK", 1, ok, "", ""))
	w.expect("BYE ")
	if err := within(t, ended, "the answer"); err == nil {
		t.Error("a call without a session is up")
	}
}

func TestHoldAndResume(t *testing.T) {
	holds := make(chan bool, 4)
	_, w, got := inbound(t, Options{Held: func(c *Call, on bool) { holds <- on }})
	ok := w.call()
	c := within(t, got, "the call")
	w.send(w.in("INVITE", 2, ok, "Content-Type: application/sdp\n", string(sdpFor("w", "sendonly"))))
	held := w.expect("SIP/2.0 200")
	w.send(w.in("ACK", 2, ok, "", ""))
	if !within(t, holds, "hold") || !c.Held() || !strings.Contains(held, "m=audio") {
		t.Errorf("held with %q", held)
	}
	w.send(w.in("UPDATE", 3, ok, "Content-Type: application/sdp\n", string(sdpFor("w", "sendrecv"))))
	w.expect("SIP/2.0 200")
	if within(t, holds, "resume") || c.Held() {
		t.Error("still held")
	}
	// What cannot be taken leaves all as it was.
	w.send(w.in("INVITE", 4, ok, "Content-Type: application/sdp\n", "a=nothing\n"))
	w.expect("SIP/2.0 488")
	w.send(w.in("ACK", 4, ok, "", ""))
	w.send(w.in("INVITE", 3, ok, "Content-Type: application/sdp\n", string(sdpFor("w", "sendonly"))))
	w.expect("SIP/2.0 500") // too late
	select {
	case <-c.Done():
		t.Error("the call has ended")
	default:
	}
	// Ours: hold by re-INVITE, with the ACK lost once.
	done := make(chan error, 1)
	go func() { done <- c.Hold(t.Context(), true) }()
	re := w.expect("INVITE ")
	if !strings.Contains(re, "a=sendonly") {
		t.Errorf("we hold with %q", re)
	}
	answer := func(code string) string {
		m := "SIP/2.0 " + code + "\n"
		for _, h := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
			m += h + ": " + get(re, h) + "\n"
		}
		return m + "Contact: <sip:ann@{me}>\nContent-Type: application/sdp\n\n" + string(sdpFor("w", "recvonly"))
	}
	w.send(answer("200 OK"))
	ack := w.expect("ACK ")
	w.send(answer("200 OK"))
	if again := w.expect("ACK "); get(again, "CSeq") != get(ack, "CSeq") {
		t.Errorf("a lost ACK came again as %q", again)
	}
	if err := within(t, done, "hold"); err != nil {
		t.Error(err)
	}
}

func TestGlare(t *testing.T) {
	_, w, got := inbound(t, Options{})
	ok := w.call()
	c := within(t, got, "the call")
	done := make(chan error, 1)
	go func() { done <- c.Hold(t.Context(), true) }()
	re := w.expect("INVITE ")
	w.send(w.in("INVITE", 2, ok, "Content-Type: application/sdp\n", string(sdpFor("w", "sendrecv"))))
	w.expect("SIP/2.0 491")
	w.send(w.in("ACK", 2, ok, "", ""))
	reply := func(re, status, body string) {
		m := "SIP/2.0 " + status + "\n"
		for _, h := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
			m += h + ": " + get(re, h) + "\n"
		}
		w.send(m + "Contact: <sip:ann@{me}>\nContent-Type: application/sdp\n\n" + body)
	}
	reply(re, "491 Request Pending", "")
	w.expect("ACK ")
	re = w.expect("INVITE ") // within two seconds: the Call-ID is not ours
	reply(re, "200 OK", string(sdpFor("w", "recvonly")))
	w.expect("ACK ")
	if err := within(t, done, "hold"); err != nil {
		t.Error(err)
	}
}

func TestKeysByInfo(t *testing.T) {
	_, w, got := inbound(t, Options{})
	ok := w.call()
	c := within(t, got, "the call")
	for i, e := range []struct{ kind, body, want string }{
		{"application/dtmf-relay", "Signal=5\nDuration=160\n", "200"},
		{"application/dtmf-relay", "Signal= *\nDuration=160\n", "200"},
		{"application/dtmf", "7", "200"},
		{"application/dtmf-relay", "Signal=11\n", "200"},
		{"application/dtmf-relay", "Signal=99\n", "400"},
		{"application/dtmf", "", "200"},
		{"text/plain", "hello", "415"},
	} {
		m := w.in("INFO", 2+i, ok, "Content-Type: "+e.kind+"\n", e.body)
		w.send(m)
		w.expect("SIP/2.0 " + e.want)
		if i == 0 { // repeated: one key all the same
			w.send(m)
			w.expect("SIP/2.0 200")
		}
	}
	if k := c.Media().(*fakeMedia).pressed(); k != "5*7#" {
		t.Errorf("pressed %q", k)
	}
}

func TestRefusals(t *testing.T) {
	s, w, _ := inbound(t, Options{Trunks: []Trunk{{Name: "in", Allow: loopback, Numbers: []string{"+4930222"}}}})
	for _, e := range []struct{ old, new, want, header string }{
		{"sip:+4930222@{you} SIP", "sip:+4930999@{you} SIP", "404", ""},
		{"sip:+4930222@{you} SIP", "http:+4930222 SIP", "416", ""},
		{"Max-Forwards: 70", "Max-Forwards: 0", "483", ""},
		{"Max-Forwards: 70", "Max-Forwards: 70\nRequire: 100rel, timer", "420", "Unsupported: 100rel"},
		{"Max-Forwards: 70", "Max-Forwards: 70\nSupported: timer\nSession-Expires: 30", "422", "Min-SE: 90"},
		{"Max-Forwards: 70", "Max-Forwards: 70\nReplaces: x;to-tag=a;from-tag=b", "481", ""},
		{"Max-Forwards: 70", "Max-Forwards: 70\nReplaces: x;to-tag=a", "400", ""},
		{"<sip:+4930222@example.com>", "<sip:+4930222@example.com>;tag=gone", "481", ""},
		{"application/sdp", "text/plain", "415", "Accept: application/sdp"},
		{"Contact: <sip:ann@{me}>\n", "", "400", ""},
		{"a=sendrecv", "a=nothing", "488", ""},
		{"INVITE", "MESSAGE", "405", "Allow: INVITE"},
		{"INVITE", "BYE", "481", ""},
		{"INVITE", "OPTIONS", "200", "Allow: INVITE"},
	} {
		w.id = token(6)
		w.send(strings.ReplaceAll(invite, e.old, e.new))
		m := w.expect("SIP/2.0 " + e.want)
		if !strings.Contains(m, e.header) {
			t.Errorf("%s: %q has no %q", e.new, m, e.header)
		}
	}
	if n := s.Stats(); n.Calls != 0 || n.In != 0 || len(s.calls.merged) != 0 {
		t.Errorf("left over: %+v, %d", n, len(s.calls.merged))
	}
}

func TestMergedRequest(t *testing.T) {
	_, w, got := inbound(t, Options{})
	w.send(invite)
	w.expect("SIP/2.0 200")
	w.send(strings.ReplaceAll(invite, "branch=z9hG4bK", "branch=z9hG4bKother"))
	w.expect("SIP/2.0 482")
	within(t, got, "the one call")
	if len(got) != 0 {
		t.Error("one INVITE by two ways made two calls")
	}
}

func TestNumbersAndNames(t *testing.T) {
	got := make(chan *Call, 8)
	_, w, _ := inbound(t, Options{Incoming: func(ctx context.Context, c *Call) { got <- c; c.Reject(486) },
		Trunks: []Trunk{{Name: "in", Allow: loopback, Plan: Plan{Country: "49"}}}})
	for _, e := range []struct{ old, new, number, caller, asserted string }{
		{"sip:+4930222@{you} SIP", "tel:+49-30-222 SIP", "+4930222", "+4930111", ""},
		{"sip:+4930222@{you} SIP", "sip:030222;phone-context=x@{you};user=phone SIP", "+4930222", "+4930111", ""},
		{"sip:+4930222@{you} SIP", "sip:004930222@{you} SIP", "+4930222", "+4930111", ""},
		{"Max-Forwards: 70", "Max-Forwards: 70\nP-Asserted-Identity: \"A, B\" <sip:030333@x>, <tel:+4930333>\nPrivacy: id", "+4930222", "+4930333", "+4930333"},
		{`"Ann" <sip:+4930111@example.com>`, `"Anonymous" <sip:anonymous@anonymous.invalid>`, "+4930222", "anonymous", ""},
	} {
		w.id = token(6)
		w.send(strings.ReplaceAll(invite, e.old, e.new))
		w.expect("SIP/2.0 486")
		c := within(t, got, e.new)
		if c.Number != e.number || c.Caller.Number != e.caller || c.Caller.Asserted != e.asserted {
			t.Errorf("%s: %+v", e.new, c.Info)
		}
		if private := strings.Contains(e.new, "Privacy") || strings.Contains(e.new, "anonymous"); c.Caller.Private != private {
			t.Errorf("%s: private %v", e.new, c.Caller.Private)
		}
	}
}

func TestRecordRoute(t *testing.T) {
	_, w, got := inbound(t, Options{})
	m := strings.ReplaceAll(invite, "Max-Forwards: 70", "Max-Forwards: 70\nRecord-Route: <sip:{me};lr;x=1>, <sip:10.9.9.9;lr>")
	m = strings.ReplaceAll(m, "Contact: <sip:ann@{me}>", "Contact: <sip:ann@10.8.8.8:5070>")
	w.send(m)
	ok := w.expect("SIP/2.0 200")
	if strings.Count(ok, "Record-Route") != 2 {
		t.Errorf("the route is not given back: %q", ok)
	}
	w.send(w.in("ACK", 1, ok, "", ""))
	within(t, got, "the call").Hangup(CauseNormal)
	bye := w.expect("BYE ")
	if !strings.HasPrefix(bye, "BYE sip:ann@10.8.8.8:5070 ") || get(bye, "Route") != strings.ReplaceAll("<sip:{me};lr;x=1>", "{me}", w.c.LocalAddr().String()) {
		t.Errorf("BYE went as %q", bye)
	}
}

func TestSessionExpires(t *testing.T) {
	_, w, got := inbound(t, Options{})
	w.send(strings.ReplaceAll(invite, "Max-Forwards: 70", "Max-Forwards: 70\nSupported: timer\nSession-Expires: 600;refresher=uac\nAllow: UPDATE"))
	ok := w.expect("SIP/2.0 200")
	if get(ok, "Session-Expires") != "600;refresher=uac" || get(ok, "Require") != "timer" {
		t.Errorf("agreed to %q", ok)
	}
	w.send(w.in("ACK", 1, ok, "", ""))
	c := within(t, got, "the call")
	w.send(w.in("UPDATE", 2, ok, "Supported: timer\nSession-Expires: 300;refresher=uas\n", ""))
	if m := w.expect("SIP/2.0 200"); get(m, "Session-Expires") != "300;refresher=uas" {
		t.Errorf("refreshed with %q", m)
	}
	// Time runs for us: we refresh.
	c.renew(session{every: 200 * time.Millisecond, ours: true})
	m := w.expect("UPDATE ")
	if !strings.HasSuffix(get(m, "Session-Expires"), ";refresher=uac") {
		t.Errorf("we refresh with %q", m)
	}
	reply := "SIP/2.0 200 OK\n"
	for _, h := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
		reply += h + ": " + get(m, h) + "\n"
	}
	w.send(reply + "Session-Expires: 1800;refresher=uac\n\n")
	// Time runs for them, and they say nothing.
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c.mu.Lock()
		every := c.session.every
		c.mu.Unlock()
		if every == 1800*time.Second {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the refresh was not taken: %v", every)
		}
	}
	c.renew(session{every: 150 * time.Millisecond})
	bye := w.expect("BYE ")
	if !strings.Contains(get(bye, "Reason"), "cause=102") {
		t.Errorf("ended with %q", bye)
	}
	within(t, c.Done(), "the end")
	if e := c.End(); e.By != "network" || e.Err != ErrExpired {
		t.Errorf("ended as %+v", e)
	}
}

// A far end of which nothing is heard is asked: one that is there stays, one that says no, or
// nothing, has gone.
func TestCheck(t *testing.T) {
	for name, answer := range map[string]string{"there": "200 OK", "gone": "481 Call/Transaction Does Not Exist", "busy": "491 Request Pending", "silent": ""} {
		t.Run(name, func(t *testing.T) {
			s, w, got := inbound(t, Options{})
			s.checkTime = 400 * time.Millisecond
			w.send(strings.ReplaceAll(invite, "Max-Forwards: 70", "Max-Forwards: 70\nAllow: UPDATE"))
			ok := w.expect("SIP/2.0 200")
			w.send(w.in("ACK", 1, ok, "", ""))
			c := within(t, got, "the call")
			c.Check()
			m := w.expect("UPDATE ")
			if answer != "" {
				reply := "SIP/2.0 " + answer + "\n"
				for _, h := range []string{"Via", "From", "To", "Call-ID", "CSeq"} {
					reply += h + ": " + get(m, h) + "\n"
				}
				w.send(reply + "\n")
			}
			if name == "gone" || name == "silent" {
				within(t, c.Done(), "the end")
				if e := c.End(); e.By != "network" {
					t.Errorf("%s: ended as %+v", name, e)
				}
				return
			}
			select {
			case <-c.Done():
				t.Errorf("%s: ended as %+v", name, c.End())
			case <-time.After(2 * s.checkTime):
			}
		})
	}
}

func TestUnknownSourcesGetNothing(t *testing.T) {
	s := start(t, Options{Incoming: answering(nil),
		Trunks: []Trunk{{Name: "far", Allow: nil, Host: "192.0.2.7"}}})
	w := dialWire(t, s)
	for _, m := range []string{invite, strings.ReplaceAll(invite, "INVITE", "OPTIONS"), strings.ReplaceAll(invite, "INVITE", "REGISTER"),
		"SIP/2.0 200 OK\nVia: SIP/2.0/UDP {you};branch=z9hG4bKguess\nFrom: <sip:a@b>;tag=1\nTo: <sip:a@b>;tag=2\nCall-ID: x\nCSeq: 1 INVITE\n\n", "hello\n\n"} {
		w.send(m)
	}
	if m := w.next(400 * time.Millisecond); m != "" {
		t.Errorf("a stranger got %q", m)
	}
	if n := s.Stats(); n.Unknown != 4 || n.Malformed != 1 {
		t.Errorf("counted %+v", n)
	}
	c, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, w.text(invite))
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 1000)
	if n, err := c.Read(b); err == nil {
		t.Errorf("a stranger got %q by TCP", b[:n])
	}
}

func TestLimits(t *testing.T) {
	_, w, got := inbound(t, Options{Trunks: []Trunk{{Name: "in", Allow: loopback, Calls: 2}}})
	first := w.call()
	within(t, got, "the first")
	w.id = token(6)
	w.call()
	within(t, got, "the second")
	id := w.id
	w.id = token(6)
	w.send(invite)
	if m := w.expect("SIP/2.0 503"); get(m, "Retry-After") == "" {
		t.Errorf("refused with %q", m)
	}
	w.id = get(first, "Call-ID")
	w.send(w.in("BYE", 2, first, "", ""))
	w.expect("SIP/2.0 200")
	w.id = token(6)
	w.call()
	within(t, got, "the third, in the first one's place")
	_ = id
}

// A trunk that is set so hears that we are busy, and tries nowhere else.
func TestAFullTrunkMayBeBusy(t *testing.T) {
	s, w, got := inbound(t, Options{Trunks: []Trunk{{Name: "in", Allow: loopback, Calls: 1, Full: 486}}})
	w.call()
	within(t, got, "the first")
	w.id = token(6)
	w.send(invite)
	if m := w.expect("SIP/2.0 486"); get(m, "Retry-After") != "" {
		t.Errorf("refused with %q", m)
	}
	if n := s.Stats(); n.Full != 1 {
		t.Errorf("counted %+v", n)
	}
}

func TestRate(t *testing.T) {
	s, w, _ := inbound(t, Options{Trunks: []Trunk{{Name: "in", Allow: loopback, Rate: 3}}})
	full := 0
	for range 8 {
		w.id = token(6)
		w.send(invite)
	}
	for range 40 {
		m := w.next(500 * time.Millisecond)
		if m == "" {
			break
		}
		if strings.HasPrefix(m, "SIP/2.0 503") && get(m, "Retry-After") != "" {
			full++
		}
	}
	if n := s.Stats(); n.In > 4 || n.In < 3 || n.Full < 4 || full < 4 {
		t.Errorf("let in %d, refused %d (seen %d)", n.In, n.Full, full)
	}
}

func TestCallOverTCP(t *testing.T) {
	_, w, got := inbound(t, Options{})
	c, err := net.Dial("tcp", w.to.String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	b := make([]byte, 65536)
	read := func(begin string) string {
		t.Helper()
		for range 10 {
			c.SetReadDeadline(time.Now().Add(5 * time.Second))
			n, err := c.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			if i := strings.Index(string(b[:n]), begin); i >= 0 {
				return string(b[i:n])
			}
		}
		t.Fatalf("no %q", begin)
		return ""
	}
	tcp := func(s string) string {
		return strings.ReplaceAll(w.text(s), "SIP/2.0/UDP "+w.c.LocalAddr().String(), "SIP/2.0/TCP "+c.LocalAddr().String())
	}
	m := tcp(strings.ReplaceAll(invite, "sip:ann@{me}", "sip:ann@127.0.0.1:9;transport=tcp"))
	fmt.Fprint(c, "\r\n"+m[:100])
	time.Sleep(20 * time.Millisecond)
	fmt.Fprint(c, m[100:])
	ok := read("SIP/2.0 200")
	fmt.Fprint(c, tcp(w.in("ACK", 1, ok, "", "")))
	call := within(t, got, "the call")
	within(t, call.confirmed, "the ACK")
	call.Hangup(CauseNormal)
	if bye := read("BYE "); !strings.Contains(get(bye, "Via"), "SIP/2.0/TCP") { // by the connection that is there
		t.Errorf("hung up with %q", bye)
	}
	fmt.Fprint(c, "\r\n\r\n")
	read("\r\n")
	fmt.Fprint(c, "INVITE sip:x SIP/2.0\r\nNo: length\r\n\r\n")
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if n, err := c.Read(b); err == nil {
		t.Errorf("a broken stream got %q", b[:n])
	}
}
