package brain_test

import (
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
)

// line is a desk at which everybody waits.
type line struct{ waits bool }

func (l line) Staffed(dialog.Via, string) bool { return true }
func (l line) Place(dialog.ConversationID) (int, time.Duration, bool) {
	return 2, 5 * time.Minute, l.waits
}
func (l line) Words(string, int, time.Duration) string { return "" }

func callable(number string) bool { return strings.HasPrefix(number, "+86") || len(number) == 11 }

// heard puts a sentence of the floor's own before what the customer says next.
func (k *talk) heard(text string) {
	k.history = append(k.history, dialog.Turn{ID: "m_floor", From: dialog.Bot, Via: dialog.ViaVoice, Text: text})
}

// did finds an action of the last reply.
func (k *talk) did(kind string) (dialog.Action, bool) {
	for _, a := range k.actions {
		if a.Kind == kind {
			return a, true
		}
	}
	return dialog.Action{}, false
}

func TestWhoWaitsMayBeCalledBack(t *testing.T) {
	offer := map[string]string{"en": "If you would rather not wait on the line, say “call me back”: you keep your place.", "zh-CN": "如果不想一直等，可以说“给我回电”。"}
	for _, c := range []struct {
		language, text string
		waits, called  bool
	}{
		{"en", "call me back please", true, true}, {"en", "yes please", true, true}, {"en", "can you ring me", true, true},
		{"zh-CN", "给我回电吧", true, true}, {"zh-CN", "好的", true, true}, {"zh-CN", "还是打电话给我吧", true, true},
		{"en", "don't call me back", true, false}, {"zh-CN", "不要给我打电话", true, false},
		{"en", "how long does delivery take", true, false}, {"en", "yes please", false, false},
	} {
		k := begin(t, c.language, brain.Options{Desk: line{c.waits}, Callable: callable})
		k.caller = "+8613800138001"
		k.heard(offer[c.language])
		reply := k.say(c.text)
		a, called := k.did(brain.CallBack)
		if called != c.called {
			t.Errorf("%q: %q %+v", c.text, reply, k.actions)
		}
		if called && (a.Args["phone"] != "+8613800138001" || a.Args["language"] != c.language || !strings.Contains(reply, "8 0 0 1")) {
			t.Errorf("%q: %q %+v", c.text, reply, a)
		}
	}
	k := begin(t, "en", brain.Options{Desk: line{true}, Callable: callable})
	k.caller = "+12125550123"
	if reply := k.say("call me back"); len(k.actions) > 0 && strings.Contains(reply, "I call you") {
		t.Errorf("a number that may not be called is promised a call: %q", reply)
	}
}

// The procedure that takes down whom to call knows who calls, and what it takes down is kept.
func TestWhatIsTakenDownIsKept(t *testing.T) {
	c := systems(t)
	c.Callable, c.Desk = callable, nil
	k := begin(t, "en", c.Options)
	reply := k.say("please call me back")
	for _, s := range []string{"my name is Jane Miller", "13800138000", "yes", "no", "yes", "yes"} {
		if _, ok := k.did(brain.CallBack); ok {
			break
		}
		reply = k.say(s)
	}
	a, ok := k.did(brain.CallBack)
	if !ok || a.Args["phone"] != "13800138000" || !strings.Contains(reply, "as soon as a colleague is free") {
		t.Errorf("%q %+v", reply, a)
	}
	k = begin(t, "en", c.Options)
	k.caller = "+8613800138001"
	reply = k.say("please call me back")
	for _, s := range []string{"my name is Jane Miller", "no", "yes", "yes"} {
		if strings.Contains(strings.ToLower(reply), "which number") {
			t.Errorf("who calls is asked for the number: %q", reply)
		}
		if _, ok := k.did(brain.CallBack); ok {
			break
		}
		reply = k.say(s)
	}
	if a, ok := k.did(brain.CallBack); !ok || a.Args["phone"] != "+8613800138001" {
		t.Errorf("%q %+v", reply, a)
	}
}

func TestWhoWasCalledBackGetsThePerson(t *testing.T) {
	asks := map[string]string{"en": "A colleague is free for you now. Shall I connect you?", "zh-CN": "现在有同事可以接待您，需要为您接通吗？"}
	for _, c := range []struct{ language, text, want string }{
		{"en", "yes", "callback"}, {"en", "speaking", "callback"}, {"en", "hello, this is me", "callback"}, {"zh-CN", "好的", "callback"}, {"zh-CN", "是我", "callback"},
		{"en", "no thank you", brain.CallOff}, {"zh-CN", "不用了，谢谢", brain.CallOff}, {"en", "how long does delivery take", ""},
	} {
		k := begin(t, c.language, brain.Options{Desk: line{}, Callable: callable})
		k.out = &dialog.Out{Callback: true, Person: true}
		k.heard(asks[c.language])
		reply := k.say(c.text)
		_, off := k.did(brain.CallOff)
		a, handed := k.did("handoff")
		if got := map[bool]string{true: brain.CallOff}[off]; handed && a.Reason != c.want || !handed && got != c.want {
			t.Errorf("%q: %q %+v", c.text, reply, k.actions)
		}
	}
}
