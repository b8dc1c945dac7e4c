package floor

import (
	"testing"
	"time"

	"parley/dialog"
)

// A room that stirs on and on, and never is speech, does not keep the bot whispering; once
// it has been still, or somebody has spoken, a stir softens again.
func TestARoomThatStirsIsPassedOver(t *testing.T) {
	p := speakingLong(t, "en")
	soft := func(d time.Duration) (n time.Duration) {
		const step = 80 * time.Millisecond
		for range d / step {
			if p.do(step, dialog.Stir{}); p.s.Ducked {
				n += step
			}
		}
		return n
	}
	most := p.s.Config.Soft + p.s.Config.Stir
	if n := soft(20 * time.Second); n == 0 || n > most {
		t.Errorf("of 20 s that stir the bot was soft for %v", n)
	}
	p.until(p.s.Config.Stir + 10*time.Millisecond)
	if n := soft(20 * time.Second); n == 0 || n > most {
		t.Errorf("after a rest it was soft for %v", n)
	}
	p.do(20*time.Millisecond, dialog.Onset{Measured: true}).do(200*time.Millisecond, dialog.Offset{})
	if p.s.Ducked {
		t.Fatal("it stays soft after the voice")
	}
	if p.do(20*time.Millisecond, dialog.Stir{}); !p.s.Ducked {
		t.Error("not softened after somebody spoke")
	}
}

// A stir does nothing to a bot that is silenced, cancelled, bound to go on, or interrupted.
func TestAStirDoesNoHarm(t *testing.T) {
	for name, p := range map[string]*play{
		"hushed":    speakingLong(t, "en").do(0, dialog.Onset{Measured: true}).do(0, lasting(200, 240)).do(40*time.Millisecond, dialog.Offset{}),
		"cancelled": speakingLong(t, "en").do(0, dialog.Onset{Measured: true}).do(0, lasting(400, 600)),
		"left":      speakingLong(t, "en").do(0, dialog.Left{Via: dialog.ViaVoice}),
		"mandatory": func() *play {
			p := speakingLong(t, "en")
			p.s.Reply.Mandatory = true
			return p
		}(),
	} {
		before := p.s
		if before.Hushed != (name == "hushed") || before.Reply.Cancelled != (name == "cancelled" || name == "left") {
			t.Fatalf("%s: %+v", name, before.Reply)
		}
		p.do(20*time.Millisecond, dialog.Stir{})
		if len(p.out) > 0 || p.s.Ducked != before.Ducked || p.s.Hushed != before.Hushed || p.s.At != before.At {
			t.Errorf("%s: %v", name, p.out)
		}
	}
	p := speakingLong(t, "en").do(0, dialog.Stir{})
	p.do(20*time.Millisecond, dialog.Delivered{Reply: p.s.Reply.ID})
	if p.s.Ducked || p.s.At.Stir > 0 {
		t.Error("the next reply begins softly")
	}
}
