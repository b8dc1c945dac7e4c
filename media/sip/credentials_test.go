package sip

import (
	"net"
	"strings"
	"testing"
	"time"
)

// elsewhere is a wire at another address of this machine, which is none of the trunk's.
func (w *wire) elsewhere() *wire {
	w.t.Helper()
	c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)})
	if err != nil {
		w.t.Skipf("no second address on this machine: %v", err)
	}
	w.t.Cleanup(func() { c.Close() })
	return &wire{t: w.t, c: c, to: w.to, id: w.id}
}

const askedByEvil = "WWW-Authenticate: Digest realm=\"evil\", nonce=\"e1\", qop=\"auth\"\n"

// unsigned fails a test in which m, or what follows on another challenge, is signed.
func (w *wire) unsigned(m string) {
	w.t.Helper()
	w.reply(m, "401 Unauthorized", askedByEvil, "")
	for m != "" {
		if strings.Contains(m, "uthorization: ") {
			w.t.Errorf("signed for somebody else: %q", m)
		}
		m = w.next(200 * time.Millisecond)
	}
}

// A call that comes by a trunk's (forged) address and says that its BYE goes elsewhere does not
// get the trunk's password signed there.
func TestPasswordIsNotSignedForWhomTheCallerNames(t *testing.T) {
	s, w, got := inbound(t, Options{Trunks: []Trunk{{Name: "in", Allow: loopback, User: "u", Password: "p"}}})
	s.trunks["in"].asks("evil", true) // no secret: the trunk's own realm may be called so
	evil := w.elsewhere()
	w.send(strings.ReplaceAll(invite, "Max-Forwards: 70", "Max-Forwards: 70\nRecord-Route: <sip:"+evil.c.LocalAddr().String()+";lr>"))
	ok := w.expect("SIP/2.0 200")
	w.send(w.in("ACK", 1, ok, "", ""))
	within(t, got, "the call").Hangup(CauseNormal)
	evil.unsigned(evil.expect("BYE "))
}

// Who is called and takes the call past the trunk gets neither its password nor what was
// signed for the trunk.
func TestPasswordIsNotSignedForTheCalled(t *testing.T) {
	s, w := callee(t, Trunk{User: "u", Password: "p"}, Options{})
	evil := w.elsewhere()
	done := dialling(t.Context(), s, Request{To: "+4930222"})
	w.reply(w.expect("INVITE "), "407 Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n1\", qop=\"auth\"\n", "")
	w.expect("ACK ")
	w.reply(w.expect("INVITE "), "200 OK", okMore+"Record-Route: <sip:"+evil.c.LocalAddr().String()+";lr>\n", string(sdpFor("w", "sendrecv")))
	if ack := evil.expect("ACK "); get(ack, "Proxy-Authorization") != "" {
		t.Errorf("confirmed with %q", ack)
	}
	within(t, done, "the call").c.Hangup(CauseNormal)
	evil.unsigned(evil.expect("BYE "))
}

// A trunk that hands a challenge of the called on is not answered either: not its realm.
func TestPasswordIsForTheTrunksRealmAlone(t *testing.T) {
	s, w := callee(t, Trunk{User: "u", Password: "p"}, Options{})
	asked := "Proxy-Authenticate: Digest realm=\"x\", nonce=\"n1\", qop=\"auth\"\n"
	done := dialling(t.Context(), s, Request{To: "+4930222"})
	w.reply(w.expect("INVITE "), "407 Proxy Authentication Required", asked, "")
	w.expect("ACK ")
	w.reply(w.expect("INVITE "), "401 Unauthorized", askedByEvil, "")
	w.expect("ACK ")
	if d := within(t, done, "the end"); d.err == nil {
		t.Error("called all the same")
	}
	done = dialling(t.Context(), s, Request{To: "+4930222"})
	w.reply(w.expect("INVITE "), "200 OK", okMore, string(sdpFor("w", "sendrecv")))
	w.expect("ACK ")
	within(t, done, "the call").c.Hangup(CauseNormal)
	bye := w.expect("BYE ")
	w.reply(bye, "401 Unauthorized", askedByEvil, "")
	if m := w.next(200 * time.Millisecond); m != "" {
		t.Errorf("signed for the called: %q", m)
	}
}
