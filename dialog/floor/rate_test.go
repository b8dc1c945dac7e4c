package floor

import (
	"strings"
	"testing"
	"time"

	"parley/dialog"
)

func TestMarks(t *testing.T) {
	for text, want := range map[string]int{
		"five": 5, "Four.": 4, "I'd say a four": 4, "3": 3, "two stars": 2, "one out of five": 0, "for": 4, "thanks for the help": 0, "5 5": 5, "12": 0, "ten": 0, "very good": 0,
		"五分": 5, "给你四分吧": 4, "3分": 3, "二": 2, "两分": 2, "一般": 0, "有一点慢": 0, "十分满意": 0, "我打5分": 5, "还行": 0, "三星": 3, "": 0,
	} {
		if got := mark(text); got != want {
			t.Errorf("%q: %d, not %d", text, got, want)
		}
	}
}

// helped is a phone call in which something was answered.
func helped(t *testing.T, c Config) *outTest {
	x := &outTest{t: t}
	c.Company, c.AskRating = "Brightwood", true
	x.s = New(c, "t_", "en")
	x.step(dialog.Opened{Via: dialog.ViaVoice, Call: "c", Language: "en", Phone: true, Caller: "+12125550123"})
	x.pass(time.Second)
	x.hears("how long does delivery take", time.Second)
	x.answered("Three days.")
	return x
}

// answered has the bot's answer heard.
func (x *outTest) answered(text string) {
	id := x.s.Reply.ID
	x.step(dialog.Audible{Reply: id})
	x.step(dialog.Delivered{Reply: id, Turn: dialog.Turn{From: dialog.Bot, Text: text}})
	x.pass(2 * time.Second)
}

func (x *outTest) rated() (n int) {
	for _, e := range x.out {
		if r, ok := e.(Rate); ok {
			n = r.Score
		}
	}
	return n
}

func TestAGoodByeIsTheTimeToAskForAMark(t *testing.T) {
	for _, c := range []struct {
		says []string
		mark int
	}{{[]string{"goodbye", "four"}, 4}, {[]string{"goodbye", "it was nice", "five"}, 5}, {[]string{"goodbye", "goodbye"}, 0}, {[]string{"goodbye"}, 0}, {[]string{"goodbye", "no thanks"}, 0}, {[]string{"goodbye", "nice", "really nice"}, 0}} {
		x := helped(t, Config{})
		for _, s := range c.says {
			x.hears(s, 500*time.Millisecond)
			x.pass(4 * time.Second)
		}
		if x.pass(10 * time.Second); x.rated() != c.mark || x.hungUp() != "goodbye" || strings.Count(x.said(), "how was this call") != 1 {
			t.Errorf("%q: %d, %q, %s", c.says, x.rated(), x.hungUp(), x.said())
		}
	}
	x := helped(t, Config{})
	x.hears("goodbye", 500*time.Millisecond)
	x.pass(time.Second)
	x.step(dialog.Key{Digit: '3'})
	if x.pass(10 * time.Second); x.rated() != 3 || x.hungUp() != "goodbye" {
		t.Errorf("by key: %d %q", x.rated(), x.hungUp())
	}
}

func TestWhatIsNoTimeToAskForAMark(t *testing.T) {
	for name, change := range map[string]func(x *outTest){
		"off":       func(x *outTest) { x.s.Config.AskRating = false },
		"a browser": func(x *outTest) { x.s.Phone = false },
		"danger":    func(x *outTest) { x.s.Unrated = true },
		"let go": func(x *outTest) {
			x.step(dialog.Held{By: dialog.HeldByAgent})
			x.step(dialog.Held{By: dialog.HeldByBot, Released: true})
		},
		"a call of ours": func(x *outTest) { x.s.Out = &dialog.Out{} },
		"nothing said":   func(x *outTest) { x.s.Answered = false },
	} {
		x := helped(t, Config{})
		change(x)
		x.hears("goodbye", 500*time.Millisecond)
		if x.pass(20 * time.Second); strings.Contains(x.said(), "how was this call") || x.hungUp() != "goodbye" {
			t.Errorf("%s: %q %s", name, x.hungUp(), x.said())
		}
	}
}
