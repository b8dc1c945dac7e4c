package floor

import (
	"testing"
	"time"

	"parley/dialog"
)

// What the customer says over the notice is no refusal, and keeps no recording from
// beginning when the notice has been heard.
func TestWordsOverTheNotice(t *testing.T) {
	for _, c := range []struct {
		words                  []string // over the notice
		later                  string   // when it has been heard
		begins, refused, after bool
	}{
		{nil, "", true, false, false},
		{nil, "no", true, false, true},
		{[]string{"where is my order"}, "", true, false, false},
		{[]string{"where is my order", "and the lamp"}, "no", true, false, false}, // "no" answers something else by then
		{[]string{"where is my order"}, "no recording please", true, false, true},
		{[]string{"no"}, "", false, true, false},
		{[]string{"no recording"}, "", false, true, false},
	} {
		s := New(Config{Record: true, RecordNotice: true}, "r", "en")
		now := time.Second
		recorded := func(out []Effect, on bool) bool {
			for _, e := range out {
				if e == (Record{on}) {
					return true
				}
			}
			return false
		}
		s, _ = Step(s, dialog.Opened{Via: dialog.ViaVoice, Language: "en"}, now)
		s, _ = Step(s, dialog.Audible{Reply: s.Reply.ID}, now)
		var over, out []Effect
		for _, w := range c.words {
			now += time.Second
			s, out = Step(s, spoken(w), now)
			over = append(over, out...)
		}
		if recorded(over, true) || recorded(over, false) != c.refused {
			t.Errorf("%+v: over the notice %v", c, over)
		}
		s, out = Step(s, dialog.Delivered{Reply: s.Reply.ID, Turn: dialog.Turn{From: dialog.Bot, Text: "the notice"}}, now+time.Second)
		if recorded(out, true) != c.begins {
			t.Errorf("%+v: when it has been heard %v", c, out)
		}
		if c.later != "" {
			if _, out = Step(s, spoken(c.later), now+2*time.Second); recorded(out, false) != c.after {
				t.Errorf("%+v: later %v", c, out)
			}
		}
	}
}
