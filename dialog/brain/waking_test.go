package brain_test

import (
	"strings"
	"testing"
	"time"

	"parley/dialog"
)

// A yes that comes long after its question is asked for again, and then it is done once.
func TestALateYesIsAskedForAgain(t *testing.T) {
	for language, says := range map[string][4]string{
		"en":    {"I want to return my headphones, order 4815", "yes", "That was a while ago", "Shall I start the return of order 4815?"},
		"zh-CN": {"我要退货，订单4815", "好的", "隔了一段时间", "要为订单4815办理退货吗？"},
	} {
		c := systems(t)
		k := begin(t, language, c.Options)
		if s := k.say(says[0]); !strings.Contains(s, says[3]) {
			t.Fatal(s)
		}
		k.after = 2 * time.Hour
		if s := k.say(says[1]); c.runs != 0 || !strings.Contains(s, says[2]) || !strings.Contains(s, says[3]) || strings.Contains(s, "Welcome back") {
			t.Errorf("%d runs, %q", c.runs, s)
		}
		k.after += 10 * time.Minute
		if s := k.say(says[1]); c.runs != 1 || !strings.Contains(s, "R7") {
			t.Errorf("%d runs, %q", c.runs, s)
		}
	}
}

// Who comes back after days finds what was open, and is asked who it is.
func TestWhoComesBackAfterDaysGoesOn(t *testing.T) {
	checks := 0
	c, _, id := guarded(t, &checks)
	k := begin(t, "en", c.Options)
	k.id = id
	k.say("I want to return my headphones, order 4815")
	if s := k.say("0147"); !strings.Contains(s, "Shall I start the return") {
		t.Fatal(s)
	}
	k.after = 72 * time.Hour
	s := k.say("yes")
	if c.runs != 0 || !strings.Contains(s, "Welcome back. This is still open: a return.") || !strings.Contains(s, "last four digits") {
		t.Errorf("%d runs, %q", c.runs, s)
	}
	if s := k.say("0000"); c.runs != 0 || strings.Contains(s, "Shall I") {
		t.Errorf("a stranger goes on: %q", s)
	}
	k.say("4815")
	if s := k.say("0147"); c.runs != 0 || !strings.Contains(s, "Shall I start the return of order 4815?") || strings.Contains(s, "Welcome") {
		t.Errorf("%d runs, %q", c.runs, s)
	}
	if s := k.say("yes"); c.runs != 1 {
		t.Errorf("%d runs, %q", c.runs, s)
	}
}

// A proof that was asked for days ago is asked for anew, not taken from a late answer.
func TestAProofIsAskedForAnew(t *testing.T) {
	checks := 0
	c, _, id := guarded(t, &checks)
	k := begin(t, "zh-CN", c.Options)
	k.id = id
	if s := k.say("我要退货，订单4815"); !strings.Contains(s, "后四位") {
		t.Fatal(s)
	}
	k.after = 72 * time.Hour
	if s := k.say("我回来了"); !strings.Contains(s, "欢迎回来，上次的“退货”还没办完。") || !strings.Contains(s, "后四位") || strings.Contains(s, "资料里没有") {
		t.Error(s)
	}
	if s := k.say("0147"); !strings.Contains(s, "要为订单4815办理退货吗？") {
		t.Error(s)
	}
}

// Nothing was open: nothing is said of it.
func TestWhoComesBackToNothingIsAnswered(t *testing.T) {
	k := begin(t, "en", systems(t).Options)
	k.say("how long does a refund take?")
	k.after = 72 * time.Hour
	if s := k.say("how long does a refund take?"); strings.Contains(s, "Welcome") || !strings.Contains(s, "5 working days") {
		t.Error(s)
	}
}

// Who calls days later is asked who it is before what was open goes on.
func TestACallDaysLaterProvesAnew(t *testing.T) {
	checks := 0
	c, _, id := guarded(t, &checks)
	k := begin(t, "en", c.Options)
	k.id = id
	k.say("I want to return my headphones, order 4815")
	if s := k.say("0147"); !strings.Contains(s, "Shall I start the return") {
		t.Fatal(s)
	}
	k.after = 72 * time.Hour
	if s := k.resumed(dialog.ViaVoice); !strings.Contains(s, "Shall I start the return") {
		t.Error(s)
	}
	if s := k.say("yes"); c.runs != 0 || !strings.Contains(s, "digits") {
		t.Errorf("%d runs, %q", c.runs, s)
	}
}
