package floor

import (
	"strings"
	"testing"
	"time"

	"parley/dialog"
)

// incomingPhone is a phone that called a moment ago.
func incomingPhone(t *testing.T) *outTest {
	x := &outTest{t: t}
	x.s = New(Config{Company: "Brightwood"}, "t_", "en")
	x.step(dialog.Opened{Via: dialog.ViaVoice, Call: "c", Language: "en", Phone: true, Caller: "+12125550123"})
	x.pass(time.Second)
	return x
}

// A relay service types what it hears and reads out what is typed: that takes minutes, and there
// are three voices. It is never hung up on.
func TestARelayServiceIsNeverHungUpOn(t *testing.T) {
	for _, words := range []string{"hello this is the relay operator with a call for you", "hi i am an interpreter for a deaf customer", "您好，我是手语翻译"} {
		x := incomingPhone(t)
		x.hears(words, 2*time.Second)
		x.pass(20 * time.Minute)
		x.hears("goodbye", time.Second) // the operator's, or the customer's
		x.pass(20 * time.Minute)
		if r := x.hungUp(); r != "" {
			t.Errorf("%s: hung up: %s", words, r)
		}
		if n := strings.Count(x.said(), "Are you still there"); n > 0 {
			t.Errorf("%s: asked %d times", words, n)
		}
	}
}

// Before a service has said a word the caller types: by phone a silence of a minute ends nothing,
// but nobody at all does.
func TestASilentPhoneIsGivenTime(t *testing.T) {
	x := incomingPhone(t)
	x.pass(80 * time.Second)
	if r := x.hungUp(); r != "" {
		t.Error("hung up: ", r)
	}
	x.pass(2 * time.Minute)
	if r := x.hungUp(); r != "silence" {
		t.Errorf("hung up: %q", r)
	}
}

// Who waits for a person on hold has nothing to say, and keeps the place.
func TestWhoWaitsOnHoldMayBeSilent(t *testing.T) {
	x := incomingPhone(t)
	x.hears("i want to talk to a person", time.Second)
	x.step(dialog.Held{By: dialog.HeldByQueue, Say: "You are next in line."})
	x.pass(20 * time.Minute)
	if r := x.hungUp(); r != "" || strings.Contains(x.said(), "still there") {
		t.Error("hung up: ", r, x.said())
	}
	x.step(dialog.Held{By: dialog.HeldByBot, Say: "Nobody could come."})
	x.pass(5 * time.Minute)
	if r := x.hungUp(); r != "silence" {
		t.Errorf("a call with nobody goes on for ever: %q", r)
	}
}
