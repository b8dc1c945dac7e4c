package floor

import (
	"strings"
	"testing"
	"time"

	"parley/dialog"
)

func written(id dialog.TurnID, text string) dialog.Said {
	return dialog.Said{Turn: dialog.Turn{ID: id, Via: dialog.ViaChat, Text: text}}
}

func TestWhatIsWrittenWhileTheBotSpeaksEndsItsSentence(t *testing.T) {
	p := speakingLong(t, "en")
	id := p.s.Reply.ID
	p.do(0, written("m1", "and when does it come"))
	if _, ok := has[Finish](p.out); !ok {
		t.Fatalf("the sentence is not ended: %v", p.out)
	}
	if _, ok := has[Cancel](p.out); ok {
		t.Error("it is cut off in its midst")
	}
	p.do(time.Second, written("m2", "roughly"))
	if _, ok := has[Finish](p.out); ok {
		t.Error("ended twice")
	}
	p.do(time.Second, dialog.Delivered{Reply: id, Err: dialog.ErrYield, Turn: dialog.Turn{Text: "It is on its way.", Cut: true, ReplyTo: p.s.Question[0].ID}})
	a, ok := has[Answer](p.out)
	if !ok || len(a.Question) != 2 || a.Question[0].ID != "m1" || a.Question[1].ID != "m2" {
		t.Errorf("%v", p.out)
	}
}

func TestASentenceThatDoesNotEndIsCutOff(t *testing.T) {
	p := speakingLong(t, "en").do(0, written("m1", "and when does it come"))
	if c, ok := has[Cancel](p.until(20 * time.Second)); !ok || c.Cause != dialog.ErrYield {
		t.Errorf("%v, %v", c, ok)
	}
}

func TestWhatIsWrittenWhileTheBotThinksJoinsTheQuestion(t *testing.T) {
	p := newPlay(t, "en").do(0, spoken("where is my order"))
	id := p.s.Reply.ID
	p.do(time.Second, written("m1", "number 204815"))
	if c, ok := has[Cancel](p.out); !ok || c.Cause != dialog.ErrRejoined {
		t.Fatalf("%v", p.out)
	}
	p.do(0, dialog.Delivered{Reply: id, Err: dialog.ErrRejoined})
	if a, ok := has[Answer](p.out); !ok || len(a.Question) != 2 {
		t.Errorf("%v", p.out)
	}
}

// silence is what is said to one who says nothing for five minutes, and whether the call is ended.
func (p *play) silence() (words []string, ended bool) {
	for end := p.now + 5*time.Minute; p.now < end; {
		for _, e := range p.until(time.Second) {
			switch e := e.(type) {
			case Say:
				words = append(words, e.Text)
				p.do(time.Second, dialog.Audible{Reply: e.ID}).do(time.Second, dialog.Delivered{Reply: e.ID, Turn: dialog.Turn{Text: e.Text}})
				_, gone := has[Hangup](p.out)
				ended = ended || gone
			case Hangup:
				ended = true
			}
		}
	}
	return words, ended
}

// answered is a question and its answer, to the end.
func (p *play) answered(q dialog.Said) *play {
	p.do(0, q)
	id := p.s.Reply.ID
	return p.do(time.Second, dialog.Audible{Reply: id}).do(2*time.Second, dialog.Delivered{Reply: id, Turn: dialog.Turn{Text: "Yes.", ReplyTo: p.s.Question[0].ID}})
}

func TestWhoWritesIsNeitherNaggedNorHungUpOn(t *testing.T) {
	for name, x := range map[string]struct {
		p      *play
		nagged bool
	}{
		"one who says nothing":               {newPlay(t, "en").answered(spoken("where is my order")), true},
		"one who only writes":                {newPlay(t, "en").answered(written("m1", "where is my order")), false},
		"one who is writing the first words": {newPlay(t, "en").do(0, dialog.Typing{}), false},
		"one without a microphone":           {newPlay(t, "en").do(0, dialog.Muted{On: true}), false},
	} {
		words, ended := x.p.silence()
		if (len(words) > 0) != x.nagged || ended != x.nagged {
			t.Errorf("%s: %q, hung up %v", name, words, ended)
		}
	}
	// Who has spoken and then writes has time to, and is asked in the end.
	p := newPlay(t, "en").answered(spoken("where is my order")).answered(written("m1", "number 204815"))
	if words := p.until(time.Minute); said(words) != "" {
		t.Errorf("nagged after a minute: %v", words)
	}
	if _, ended := p.silence(); !ended {
		t.Error("one who has left is never hung up on")
	}
}

func TestWritingTakesBackAGoodBye(t *testing.T) {
	p := newPlay(t, "en").answered(spoken("where is my order"))
	bye := ""
	for range 60 {
		for _, e := range p.until(time.Second) {
			if s, ok := e.(Say); ok {
				bye = s.Text
				p.do(time.Second, dialog.Audible{Reply: s.ID})
				if !strings.Contains(bye, "Goodbye") {
					p.do(time.Second, dialog.Delivered{Reply: s.ID, Turn: dialog.Turn{Text: s.Text}})
				}
			}
		}
		if strings.Contains(bye, "Goodbye") {
			break
		}
	}
	id := p.s.Reply.ID
	p.do(500*time.Millisecond, dialog.Typing{})
	if c, ok := has[Cancel](p.out); !ok || c.Cause != dialog.ErrYield {
		t.Fatalf("the good-bye %q goes on: %v", bye, p.out)
	}
	p.do(0, dialog.Delivered{Reply: id, Err: dialog.ErrYield})
	if _, ended := has[Hangup](append(p.out, p.until(time.Minute)...)); ended {
		t.Error("hung up on somebody who writes")
	}
}

func TestWhatCanBeSaidToTheCallCanBeWritten(t *testing.T) {
	p := newPlay(t, "en").answered(spoken("where is my order"))
	if p.do(0, written("m1", "say that again")); said(p.out) != "Yes." {
		t.Errorf("%v", p.out)
	}
	p = opening(t, Config{Record: true, RecordAsk: true}, "en")
	p.do(0, written("m1", "no"))
	if r, ok := has[Record](p.out); !ok || r.On {
		t.Errorf("a written no to the recording: %v", p.out)
	}
}

// opening is a call that has just been greeted, in a conversation that began with it.
func opening(t *testing.T, c Config, language string) *play {
	p := &play{T: t, now: time.Second, s: New(c, "r", language)}
	return p.do(0, dialog.Opened{Via: dialog.ViaVoice, Call: "call", Language: language}).greeted()
}

// greeted hears all that the floor says.
func (p *play) greeted() *play {
	for range 5 {
		s, ok := has[Say](p.out)
		if !ok {
			return p
		}
		p.do(100*time.Millisecond, dialog.Audible{Reply: s.ID}).do(2*time.Second, dialog.Delivered{Reply: s.ID, Turn: dialog.Turn{Text: s.Text}})
	}
	return p
}

func TestACallInMidChatIsGreetedShortlyAndTakesUpWhatIsOpen(t *testing.T) {
	for _, language := range []string{"en", "zh-CN"} {
		p := &play{T: t, now: time.Second, s: New(Config{Record: true, RecordNotice: true}, "r", "").Recalled(language)}
		p.do(0, dialog.Opened{Via: dialog.ViaVoice, Call: "call", Language: "en"})
		first := said(p.out)
		if !strings.Contains(first, "AI") && !strings.Contains(first, "智能") || !strings.Contains(first, "recorded") && !strings.Contains(first, "录音") {
			t.Errorf("%s: %q does not disclose", language, first)
		}
		if p.s.Language != language {
			t.Errorf("the language %s is lost: %s", language, p.s.Language)
		}
		p.greeted()
		if a, ok := has[Answer](p.out); !ok || !a.Resumed || len(a.Question) > 0 {
			t.Errorf("%s: what is open is not taken up: %v", language, p.out)
		}
	}
	// A question that waits is answered, and nothing else is taken up.
	p := &play{T: t, now: time.Second, s: New(Config{}, "r", "en")}
	p.do(0, written("m1", "where is my order"))
	id := p.s.Reply.ID
	p.do(time.Second, dialog.Opened{Via: dialog.ViaVoice, Call: "call", Language: "en"}).do(0, dialog.Delivered{Reply: id, Err: dialog.ErrSuperseded, Turn: dialog.Turn{Text: "It", Cut: true, ReplyTo: "m1"}})
	p.greeted()
	if a, ok := has[Answer](p.out); !ok || a.Resumed || len(a.Question) != 1 || a.Question[0].ID != "m1" {
		t.Errorf("the written question: %v", p.out)
	}
}

func TestConsentComesBeforeWhatWasOpen(t *testing.T) {
	p := &play{T: t, now: time.Second, s: New(Config{Record: true, RecordAsk: true}, "r", "").Recalled("en")}
	p.do(0, dialog.Opened{Via: dialog.ViaVoice, Call: "call", Language: "en"}).greeted()
	if _, ok := has[Answer](p.out); ok || p.s.Reply.ID != "" {
		t.Fatalf("taken up before the answer: %v", p.out)
	}
	p.do(time.Second, spoken("yes"))
	if s := said(p.out); s != "Thank you." {
		t.Errorf("said %q", s)
	}
	p.greeted()
	if a, ok := has[Answer](p.out); !ok || !a.Resumed {
		t.Errorf("%v", p.out)
	}
}

func TestAfterACallTheChatGoesOn(t *testing.T) {
	hangup := dialog.Left{Via: dialog.ViaVoice, Reason: "hangup"}
	p := newPlay(t, "en").answered(spoken("I want to return something")).do(time.Second, hangup)
	if a, ok := has[Answer](p.out); !ok || !a.Resumed {
		t.Errorf("what is open is not written: %v", p.out)
	}
	p = newPlay(t, "en").answered(spoken("I want to return something"))
	if p.s.Phone = true; true {
		p.do(time.Second, hangup)
	}
	if _, ok := has[Answer](p.out); ok {
		t.Errorf("written to one who has no page: %v", p.out)
	}
	for name, x := range map[string]struct {
		q      dialog.Said
		reason string
		stays  bool
	}{
		"written":                             {written("m1", "where is my order"), "hangup", true},
		"spoken":                              {spoken("where is my order"), "hangup", false},
		"spoken, when the network went away":  {spoken("where is my order"), "network", true},
		"written, when the network went away": {written("m1", "where is my order"), "network", true},
	} {
		p := newPlay(t, "en").do(0, x.q)
		id := p.s.Reply.ID
		p.do(time.Second, dialog.Left{Via: dialog.ViaVoice, Reason: x.reason}).do(0, dialog.Delivered{Reply: id, Err: dialog.ErrLeft})
		if a, ok := has[Answer](p.out); !ok || (len(a.Question) == 1) != x.stays {
			t.Errorf("%s: %v", name, p.out)
		}
	}
	// The end of a call that another one has replaced changes nothing.
	p = newPlay(t, "en")
	p.s.Call = "new"
	if p.do(0, dialog.Left{Via: dialog.ViaVoice, Call: "old", Reason: "replaced"}); !p.s.Voice {
		t.Error("the new call is over with the old one")
	}
}
