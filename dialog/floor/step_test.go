package floor

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/asr/backchannel"
	"parley/dialog"
)

// play steps through a call that has been greeted, and gives all effects of the last event.
type play struct {
	*testing.T
	s   State
	now time.Duration
	out []Effect
}

func newPlay(t *testing.T, language string) *play {
	p := &play{T: t, now: 10 * time.Second, s: New(Config{Backchannel: backchannel.Is, Stop: backchannel.Stop}, "r", language)}
	p.s.Voice, p.s.Greeted = true, true
	return p
}

func (p *play) do(after time.Duration, e dialog.Event) *play {
	p.now += after
	for { // as the actor does: deadlines first
		at, ok := p.s.Wake()
		if !ok || at > p.now {
			break
		}
		p.s, p.out = Step(p.s, dialog.Deadline{}, at)
	}
	p.s, p.out = Step(p.s, e, p.now)
	return p
}

// until runs the deadlines of the next while and gathers what they do.
func (p *play) until(after time.Duration) (all []Effect) {
	end := p.now + after
	for {
		at, ok := p.s.Wake()
		if !ok || at > end {
			p.now = end
			return all
		}
		p.now = at
		p.s, p.out = Step(p.s, dialog.Deadline{}, at)
		all = append(all, p.out...)
	}
}

func spoken(text string) dialog.Said {
	return dialog.Said{Turn: dialog.Turn{Via: dialog.ViaVoice, Text: text}}
}

func lasting(voice, speech int) dialog.Lasting {
	return dialog.Lasting{Voice: time.Duration(voice) * time.Millisecond, Speech: time.Duration(speech) * time.Millisecond}
}

// speakingLong is a bot in the middle of a long answer.
func speakingLong(t *testing.T, language string) *play {
	p := newPlay(t, language).do(0, spoken("where is my order"))
	p.do(time.Second, dialog.Begun{Reply: p.s.Reply.ID}).do(0, dialog.Audible{Reply: p.s.Reply.ID})
	p.now += 5 * time.Second
	return p
}

func said(es []Effect) string {
	for _, e := range es {
		if s, ok := e.(Say); ok {
			return s.Text
		}
	}
	return ""
}

func TestSoundsOverTheBot(t *testing.T) {
	on := dialog.Onset{Measured: true}
	for _, c := range []struct {
		name         string
		events       []dialog.Event
		hush, yields bool
	}{
		{"an onset ducks alone", []dialog.Event{on}, false, false},
		{"a cough has no voice", []dialog.Event{on, lasting(20, 300)}, false, false},
		{"keys have none for however long", []dialog.Event{on, lasting(40, 1500)}, false, false},
		{"a nod's voice hushes", []dialog.Event{on, lasting(200, 240)}, true, false},
		{"a nod's words do not stop it", []dialog.Event{on, lasting(300, 400), dialog.Partial{Text: "okay"}}, true, false},
		{"what a recogniser finds in a cough", []dialog.Event{on, lasting(20, 300), dialog.Partial{Text: "the"}}, false, false},
		{"a voice that goes on is a turn", []dialog.Event{on, lasting(300, 520)}, false, true},
		{"stop, at once", []dialog.Event{on, lasting(0, 120), dialog.Partial{Text: "stop"}}, false, true},
		{"three words", []dialog.Event{on, lasting(80, 220), dialog.Partial{Text: "where is my"}}, true, true},
		{"one word, with its length", []dialog.Event{on, dialog.Partial{Text: "Manchester"}, lasting(200, 440)}, false, true},
		{"not measured: any word", []dialog.Event{dialog.Onset{}, dialog.Partial{Text: "Manchester"}}, false, true},
		{"echo", []dialog.Event{dialog.Onset{Echo: true}, dialog.Partial{Text: "stop", Echo: true}}, false, false},
	} {
		p := speakingLong(t, "en")
		hushed, cut := false, false
		for _, e := range c.events {
			p.do(20*time.Millisecond, e)
			if _, ok := has[Hush](p.out); ok {
				hushed = true
			}
			if x, ok := has[Cancel](p.out); ok {
				cut = x.Cause == dialog.ErrYield
			}
		}
		if hushed != c.hush || cut != c.yields {
			t.Errorf("%s: hushed %v, yields %v", c.name, hushed, cut)
		}
	}
}

func TestANodIsOverAndTheBotGoesOn(t *testing.T) {
	p := speakingLong(t, "en").do(0, dialog.Onset{Measured: true}).do(100*time.Millisecond, lasting(200, 240)).do(200*time.Millisecond, dialog.Offset{})
	out := p.until(200 * time.Millisecond)
	if _, ok := has[Resume](out); !ok || p.s.Ducked {
		t.Errorf("%v", out)
	}
	p.do(500*time.Millisecond, dialog.Said{Turn: dialog.Turn{Via: dialog.ViaVoice, Text: "bill gates", Confidence: 0.2}})
	if _, ok := has[Cancel](p.out); ok {
		t.Error("stopped by words that the recogniser does not believe itself")
	}
}

func TestANoiseThatDoesNotEndDoesNotSilenceTheBot(t *testing.T) {
	p := speakingLong(t, "en").do(0, dialog.Onset{Measured: true}).do(100*time.Millisecond, lasting(100, 240))
	if !p.s.Hushed {
		t.Fatal("not hushed")
	}
	if out := p.until(2 * time.Second); !func() bool { _, ok := has[Resume](out); return ok }() {
		t.Errorf("%v", out)
	}
	if p.do(20*time.Millisecond, lasting(120, 400)); p.s.Hushed {
		t.Error("hushed again by the same sound")
	}
}

func TestNobodySpeaksOverTheCustomer(t *testing.T) {
	p := newPlay(t, "en").do(0, spoken("where is my order"))
	p.do(500*time.Millisecond, dialog.Onset{Measured: true}).do(100*time.Millisecond, lasting(100, 200)).do(20*time.Millisecond, dialog.Audible{Reply: p.s.Reply.ID})
	if _, ok := has[Hush](p.out); !ok {
		t.Errorf("begins over the customer: %v", p.out)
	}
	p = newPlay(t, "en").do(0, spoken("where is my order"))
	p.do(500*time.Millisecond, dialog.Onset{Measured: true}).do(100*time.Millisecond, lasting(0, 200)).do(20*time.Millisecond, dialog.Audible{Reply: p.s.Reply.ID})
	if _, ok := has[Hush](p.out); ok {
		t.Error("waits for a noise")
	}
}

func TestFiller(t *testing.T) {
	for language, want := range map[string]string{"en": "One moment", "zh-CN": "请稍等"} {
		p := newPlay(t, language).do(0, spoken(map[string]string{"en": "where is my order", "zh-CN": "我的订单在哪里"}[language]))
		out := p.until(10 * time.Second)
		n := 0
		for _, e := range out {
			if f, ok := e.(Fill); ok {
				n++
				if !strings.HasPrefix(f.Text, want) {
					t.Errorf("%q", f.Text)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s: %d fillers", language, n)
		}
		p.do(0, dialog.Audible{Reply: p.s.Reply.ID})
		out = p.until(10 * time.Second)
		if c, ok := has[Cancel](out); !ok || c.Cause != dialog.ErrDeadline {
			t.Errorf("a filler is taken for the answer: %v", out)
		}
	}
}

func TestFillerWaitsAndTheAnswerNeedsNone(t *testing.T) {
	p := newPlay(t, "en").do(0, spoken("where is my order")).do(time.Second, dialog.Onset{Measured: true})
	if _, ok := has[Fill](p.until(3 * time.Second)); ok {
		t.Error("said over the customer")
	}
	p.do(0, dialog.Offset{})
	if _, ok := has[Fill](p.until(time.Second)); !ok {
		t.Error("not said once the customer is silent")
	}
	q := newPlay(t, "en").do(0, spoken("where is my order"))
	q.do(time.Second, dialog.Begun{Reply: q.s.Reply.ID})
	if _, ok := has[Fill](q.until(5 * time.Second)); ok {
		t.Error("said though the answer has begun")
	}
}

func TestAQuestionIsNotAnsweredByAFiller(t *testing.T) {
	p := newPlay(t, "en").do(0, spoken("I bought headphones"))
	p.until(2 * time.Second)
	id := p.s.Reply.ID
	p.do(0, dialog.Audible{Reply: id}).do(time.Second, dialog.Onset{}).do(200*time.Millisecond, dialog.Partial{Text: "and they broke"})
	p.do(0, dialog.Delivered{Reply: id, Turn: dialog.Turn{Text: "One moment,", Cut: true, ReplyTo: p.s.Question[0].ID}, Err: dialog.ErrYield})
	p.do(time.Second, dialog.Offset{}).do(time.Second, spoken("and they broke"))
	if a, ok := has[Answer](p.out); !ok || len(a.Question) != 2 {
		t.Errorf("%+v", p.out)
	}
}

func TestCommandsLastForTheCall(t *testing.T) {
	for _, c := range []struct{ language, text, want string }{
		{"en", "please speak more slowly", "slowly"}, {"en", "louder please", "better"}, {"en", "hold on", "time"}, {"en", "goodbye", "Goodbye"},
		{"zh-CN", "说慢一点", "慢一点"}, {"zh-CN", "大声一点", "听清"}, {"zh-CN", "等一下", "慢慢来"}, {"zh-CN", "再见", "再见"},
	} {
		p := speakingLong(t, c.language).do(0, spoken(c.text))
		if _, ok := has[Cancel](p.out); !ok {
			t.Errorf("%q does not end what is said", c.text)
		}
		p.do(20*time.Millisecond, dialog.Delivered{Reply: p.s.Reply.ID, Turn: dialog.Turn{Text: "Your"}, Err: dialog.ErrYield})
		if got := said(p.out); !strings.Contains(got, c.want) {
			t.Errorf("%q: %q", c.text, got)
		}
	}
	p := newPlay(t, "en")
	p.s.Last = "It comes tomorrow."
	if got := said(p.do(0, spoken("say that again")).out); got != "It comes tomorrow." {
		t.Errorf("again: %q", got)
	}
	p = newPlay(t, "en").do(0, spoken("slower"))
	p.do(time.Second, dialog.Delivered{Reply: p.s.Reply.ID, Turn: dialog.Turn{Text: "All right."}})
	if p.do(time.Second, spoken("where is my order")); p.s.Rate != 0.8 {
		t.Errorf("rate %v", p.s.Rate)
	}
}

func TestTheDisclosureIsSaidToItsEnd(t *testing.T) {
	p := newPlay(t, "en")
	p.s = New(p.s.Config, "r", "")
	p.do(0, dialog.Opened{Via: dialog.ViaVoice, Language: "en"})
	if s, ok := has[Say](p.out); !ok || !s.Mandatory || !strings.Contains(s.Text, "AI assistant") {
		t.Fatalf("%+v", p.out)
	}
	id := p.s.Reply.ID
	p.do(0, dialog.Audible{Reply: id}).do(time.Second, dialog.Onset{}).do(time.Second, dialog.Partial{Text: "stop"}).do(time.Second, dialog.Offset{}).do(time.Second, spoken("where is my order"))
	if p.s.Reply.ID != id || p.s.Reply.Cancelled {
		t.Error("the disclosure was cut")
	}
	p.do(0, dialog.Delivered{Reply: id, Turn: dialog.Turn{Text: "Hello."}})
	if a, ok := has[Answer](p.out); !ok || a.Question[0].Text != "where is my order" {
		t.Errorf("the first words are lost: %+v", p.out)
	}
}

func TestKeysFailuresSilence(t *testing.T) {
	p := newPlay(t, "en")
	for _, k := range "42" {
		p.do(300*time.Millisecond, dialog.Key{Digit: byte(k)})
	}
	if a, ok := has[Answer](p.until(3 * time.Second)); !ok || a.Question[0].Text != "42" {
		t.Errorf("keys: %+v", p.s.Question)
	}
	p = newPlay(t, "en")
	for i := range 3 {
		p.do(time.Second, spoken("where is my order"))
		p.do(time.Second, dialog.Delivered{Reply: p.s.Reply.ID, Err: errors.New("dead")})
		if got := said(p.out); (i < 2) == strings.Contains(got, "Goodbye") || got == "" {
			t.Errorf("failure %d: %q", i+1, got)
		}
		failed := p.s.Failures
		p.do(time.Second, dialog.Delivered{Reply: p.s.Reply.ID, Turn: dialog.Turn{Text: "I am sorry"}, Err: dialog.ErrYield})
		if p.s.Failures != failed {
			t.Error("a yield is taken for a failure")
		}
	}
	if _, ok := has[Hangup](p.out); !ok {
		t.Errorf("after three failures: %v", p.out)
	}
	p = newPlay(t, "en").do(0, dialog.Said{Turn: dialog.Turn{Via: dialog.ViaVoice}, Misheard: false})
	if got := said(p.until(13 * time.Second)); !strings.Contains(got, "still there") {
		t.Errorf("silence: %q", got)
	}
}

func TestMisheardTwiceIsAnotherWay(t *testing.T) {
	p := newPlay(t, "en")
	for i, want := range []string{"did not catch", "keypad", "type your question"} {
		p.do(time.Second, dialog.Said{Turn: dialog.Turn{Via: dialog.ViaVoice}, Misheard: true})
		if got := said(p.out); !strings.Contains(got, want) {
			t.Errorf("%d: %q", i+1, got)
		}
		p.do(time.Second, dialog.Delivered{Reply: p.s.Reply.ID, Turn: dialog.Turn{Text: "Sorry"}})
	}
}

func TestLanguageFollowsAndIsSaidWhenUnheard(t *testing.T) {
	p := newPlay(t, "en").do(0, spoken("你好请问订单在哪里"))
	if a, ok := has[Answer](p.out); !ok || a.Language != "zh-CN" {
		t.Errorf("%+v", p.out)
	}
	p = newPlay(t, "zh-CN").do(0, dialog.Unheard{Language: "zh-CN"})
	if got := said(p.out); !strings.Contains(got, "没有中文语音识别") || !strings.Contains(got, "按键") {
		t.Errorf("%q", got)
	}
}

// Who cannot be heard and makes a sound is still there.
func TestASoundThatIsNotUnderstoodKeepsTheCall(t *testing.T) {
	p := newPlay(t, "en").do(0, dialog.Failed{Part: "asr"})
	p.do(0, dialog.Begun{Reply: p.s.Reply.ID}).do(0, dialog.Audible{Reply: p.s.Reply.ID})
	p.do(time.Second, dialog.Delivered{Reply: p.s.Reply.ID})
	p.do(p.s.Config.Still-time.Second, dialog.Onset{})
	if got := said(p.until(p.s.Config.Still - time.Second)); got != "" {
		t.Errorf("it says %q", got)
	}
	if got := said(p.until(2 * time.Second)); got != "Are you still there?" {
		t.Errorf("after a whole wait it says %q", got)
	}
	deliver := func() {
		p.do(0, dialog.Begun{Reply: p.s.Reply.ID}).do(0, dialog.Audible{Reply: p.s.Reply.ID})
		p.do(time.Second, dialog.Delivered{Reply: p.s.Reply.ID})
	}
	deliver()
	p.until(p.s.Config.Gone + 4*time.Second)
	if p.s.End != "silence" {
		t.Fatal("no good-bye after a longer silence")
	}
	p.do(0, dialog.Begun{Reply: p.s.Reply.ID}).do(0, dialog.Audible{Reply: p.s.Reply.ID}).do(0, dialog.Onset{})
	if c, ok := has[Cancel](p.out); !ok || c.Cause != dialog.ErrYield {
		t.Errorf("a sound does not take the good-bye back: %v", p.out)
	}
	p.do(time.Second, dialog.Delivered{Reply: p.s.Reply.ID, Err: dialog.ErrYield})
	if _, gone := has[Hangup](p.out); gone || p.s.At.Still == 0 {
		t.Errorf("%v, waits until %v", p.out, p.s.At.Still)
	}
}

// What may be speech setting in makes the bot speak softly, for so long, and no more.
func TestAStirOnlySoftens(t *testing.T) {
	p := speakingLong(t, "en").do(0, dialog.Stir{})
	if d, ok := has[Duck](p.out); !ok || !d.On {
		t.Fatalf("not softened: %v", p.out)
	}
	p.do(100*time.Millisecond, dialog.Stir{}) // and again
	if len(p.out) > 0 {
		t.Errorf("told again: %v", p.out)
	}
	if out := p.until(p.s.Config.Stir - time.Millisecond); len(out) > 0 {
		t.Errorf("too soon: %v", out)
	}
	out := p.until(2 * time.Millisecond)
	if d, ok := has[Duck](out); !ok || d.On || p.s.Ducked {
		t.Errorf("it stays soft for nothing: %v", out)
	}

	p = speakingLong(t, "en").do(0, dialog.Stir{}).do(60*time.Millisecond, dialog.Onset{Measured: true})
	if out := p.until(time.Second); !p.s.Ducked {
		t.Errorf("loud over the customer: %v", out)
	}

	p = newPlay(t, "en").do(0, dialog.Stir{})
	if len(p.out) > 0 || p.s.At.Stir > 0 {
		t.Errorf("nobody speaks: %v", p.out)
	}
}
