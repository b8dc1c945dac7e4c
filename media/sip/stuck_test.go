package sip

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestMutilatedMessagesLeaveNothing sends a server that trusts the sender broken messages
// of all kinds, in and out of a call: afterwards no call hangs that nobody can end, and it
// takes calls as before.
func TestMutilatedMessagesLeaveNothing(t *testing.T) {
	s, w, _ := inbound(t, Options{Calls: 10_000, Rate: 100_000, Incoming: answering(nil)})
	rnd := rand.New(rand.NewPCG(1, 2))
	ok := w.call()
	id := w.id
	texts := []string{invite}
	for i, method := range []string{"INVITE", "UPDATE", "INFO", "REFER", "NOTIFY", "OPTIONS", "ACK", "CANCEL", "PRACK"} {
		texts = append(texts, w.in(method, 10+i, ok, "Content-Type: application/sdp\nRefer-To: <sip:a@b>\nEvent: refer\nSupported: timer\nSession-Expires: 90\n", string(sdpFor("w", "sendonly"))))
	}
	for _, e := range torture {
		texts = append(texts, e.message)
	}
	for i := range 3000 {
		w.id = id
		if rnd.IntN(2) == 0 {
			w.id = fmt.Sprintf("%s-%d", id, i)
		}
		b := []byte(w.text(texts[rnd.IntN(len(texts))]))
		for range 1 + rnd.IntN(4) {
			switch at := rnd.IntN(len(b)); rnd.IntN(4) {
			case 0:
				b[at] = byte(rnd.IntN(256))
			case 1:
				b = append(b[:at], b[min(len(b), at+1+rnd.IntN(20)):]...)
			case 2:
				end := min(len(b), at+1+rnd.IntN(40))
				b = append(b[:at:at], append([]byte(string(b[at:end])+string(b[at:end])), b[end:]...)...)
			case 3:
				b[at] = "\r\n;,:<>\"=@%?"[rnd.IntN(12)]
			}
			if len(b) == 0 {
				b = []byte{0}
			}
		}
		w.raw(b)
		if i%20 == 0 {
			time.Sleep(2 * time.Millisecond) // so that the socket holds them all
		}
	}
	for w.next(200*time.Millisecond) != "" {
	}
	n := s.Stats()
	if n.Malformed < 100 {
		t.Errorf("only %d were malformed", n.Malformed)
	}
	w.id = token(6)
	ok = w.call()
	w.send(w.in("BYE", 2, ok, "", ""))
	w.expect("SIP/2.0 200")
	for _, c := range s.calls.list() { // every call that is left can be hung up on
		c.Hangup(CauseNormal)
		within(t, c.Done(), "the end of "+c.ID)
	}
	s.mu.Lock()
	s.draining = true
	s.mu.Unlock()
	within(t, s.calls.drained(), "no call is left")
}
