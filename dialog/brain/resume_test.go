package brain_test

import (
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/brain"
)

// resumed is a coming from chat to a call, or back.
func (k *talk) resumed(via dialog.Via) string {
	k.Helper()
	return k.in(func(c *dialog.Context) { c.Via, c.Resumed = via, true })
}

func TestWhatIsOpenGoesOnByVoiceAndBack(t *testing.T) {
	c := systems(t)
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones")
	if s := k.resumed(dialog.ViaVoice); !strings.Contains(s, "a return") || !strings.HasSuffix(s, "What is the order number?") || strings.Contains(s, "How can I help") {
		t.Fatalf("%q", s)
	}
	voice := func(c *dialog.Context) { c.Via = dialog.ViaVoice }
	s := k.in(voice, spokenTurn("four eight one five"))
	for range 2 { // it may be read back
		if strings.Contains(s, "Shall I start") {
			break
		}
		s = k.in(voice, spokenTurn("yes"))
	}
	if !strings.Contains(s, "Shall I start the return") {
		t.Fatalf("%q", s)
	}
	// Back in the chat the question that stands can be answered there.
	if s := k.resumed(dialog.ViaChat); !strings.Contains(s, "where we stand: a return") || !strings.Contains(s, "Shall I start the return of order 4815?") {
		t.Fatalf("%q", s)
	}
	if s := k.say("yes"); !strings.Contains(s, "R7 is on its way") || c.runs != 1 {
		t.Errorf("%q, %d runs", s, c.runs)
	}
	if err := c.outbox.Told(t.Context(), k.told...); err != nil {
		t.Fatal(err)
	}
	if s := k.resumed(dialog.ViaChat); s != "" {
		t.Errorf("with nothing open: %q", s)
	}
}

func TestWithNothingOpenACallListens(t *testing.T) {
	for language, want := range map[string]string{"en": "I am listening", "zh-CN": "您请讲"} {
		k := begin(t, language, brain.Options{})
		k.say("how long does delivery take")
		if s := k.resumed(dialog.ViaVoice); !strings.Contains(s, want) || strings.Contains(s, "help") {
			t.Errorf("%s: %q", language, s)
		}
		if s := k.resumed(dialog.ViaChat); s != "" {
			t.Errorf("%s: %q", language, s)
		}
	}
}
