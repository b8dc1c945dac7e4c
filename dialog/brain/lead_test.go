package brain_test

import (
	"strings"
	"testing"

	"parley/dialog/brain"
)

func TestInDangerNothingElseIsAsked(t *testing.T) {
	k := begin(t, "en", systems(t).Options)
	k.say("I want to return my headphones")
	k.say("hang on, the case is smoking")
	if s := k.say("it's on the bed"); !strings.Contains(s, "safe distance") || strings.Contains(s, "order number") {
		t.Errorf("%q", s)
	}
	if s := k.say("how long does a refund take?"); !strings.Contains(s, "5 working days") || strings.Contains(s, "order number") {
		t.Errorf("%q", s)
	}
}

func TestAYesAnswersTheQuestionThatStands(t *testing.T) {
	c := systems(t)
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones, order 4815")
	if s := k.say("what is the capital of france?"); !strings.Contains(s, "Shall I start the return") {
		t.Errorf("%q", s)
	}
	if k.say("yes"); c.runs != 1 || k.handoff() != "" {
		t.Errorf("%d runs, handoff %q", c.runs, k.handoff())
	}
}

func TestANoAmongOtherWordsTakesTheQuestionBack(t *testing.T) {
	c := systems(t)
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones, order 4815")
	k.say("two weeks?? no, don't send them, what is the capital of france?")
	if k.say("yes"); c.runs != 0 {
		t.Error("a yes after a no ran the change")
	}
}

func TestHowToReachTheCustomerIsTakenDown(t *testing.T) {
	k := begin(t, "en", systems(t).Options)
	k.say("get me a person")
	if s := k.say("I said get me a person"); !strings.Contains(s, "told already") || !strings.HasSuffix(s, "What is the best number to reach you?") {
		t.Errorf("%q", s)
	}
	if s := k.say("let a person call me on 020 7946 0123"); !strings.Contains(s, "will call you on") {
		t.Errorf("%q", s)
	}
}

func TestThanksAreNoQuestion(t *testing.T) {
	for language, texts := range map[string][]string{"en": {"ok just wondering, thanks", "ok thanks", "great, thank you so much for the help"}, "zh-CN": {"哎，行，谢谢啊", "好的知道了谢谢您"}} {
		for _, text := range texts {
			k := begin(t, language, brain.Options{})
			if s := k.say(text); !strings.Contains(s, "welcome") && !strings.Contains(s, "不客气") {
				t.Errorf("%q: %q", text, s)
			}
		}
	}
	if s := begin(t, "en", brain.Options{}).say("thanks, how long does delivery take"); !strings.Contains(s, "2 to 4") {
		t.Errorf("%q", s)
	}
}
