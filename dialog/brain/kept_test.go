package brain_test

import (
	"slices"
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/brain"
)

// Who wants a person amid a return while nobody is there is asked for a number; the packet tells
// of the return all the same, and of what was looked up.
func TestWhatAPersonIsWantedForIsNotLost(t *testing.T) {
	c := systems(t)
	c.Hours = closed(t)
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones, order 4815")
	k.say("let me talk to a person")
	m := k.b.(*brain.Manager)
	p := m.Packet(dialog.Context{Conversation: "c", Via: dialog.ViaChat, Language: "en", History: k.history, Known: k.known}, "customer")
	if p.Intent != "return_item" {
		t.Errorf("intent %q", p.Intent)
	}
	if !slices.ContainsFunc(p.Slots, func(s brain.Slot) bool { return s.Value == "4815" }) {
		t.Errorf("slots %+v", p.Slots)
	}
	if len(p.Citations) == 0 {
		t.Error("what was looked up is not told")
	}
}

// A procedure that gives up while nobody is there says what can be done: a yes takes that.
func TestAYesTakesTheCallThatIsOfferedLast(t *testing.T) {
	c := systems(t)
	c.Hours = closed(t)
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones")
	reply := ""
	for range 4 {
		if reply = k.say("blue bananas maybe"); strings.HasSuffix(reply, "Just say so if they are to call you back.") {
			break
		}
	}
	if !strings.HasSuffix(reply, "Just say so if they are to call you back.") {
		t.Fatalf("it does not give up: %q", reply)
	}
	if s := k.say("yes please"); !strings.Contains(s, "best number") {
		t.Errorf("%q", s)
	}
}

// A question that two companies answer is answered of both, unless one of them was spoken of.
func TestAQuestionOfTwoCompanies(t *testing.T) {
	for language, x := range map[string]struct{ ask, shop, insurer, before string }{
		"en": {"How can I pay?", "PayPal", "Yearly by card", "Can I return my headphones after three weeks?"},
	} {
		k := begin(t, language, brain.Options{})
		if s := k.say(x.ask); !strings.Contains(s, x.shop) || !strings.Contains(s, x.insurer) || len(k.sources) != 2 {
			t.Errorf("%q from %q", s, k.sources)
		}
		k = begin(t, language, brain.Options{})
		k.say(x.before)
		k.history[len(k.history)-1].Citations = []dialog.Citation{{Title: k.sources[0]}, {Title: "Spare battery"}} // a product was told of after it
		if s := k.say(x.ask); !strings.Contains(s, x.shop) || strings.Contains(s, x.insurer) {
			t.Errorf("%q", s)
		}
	}
}
