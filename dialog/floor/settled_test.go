package floor

import (
	"testing"
	"time"

	"parley/dialog"
)

// news gives the answer to no question that is among effects.
func news(out []Effect) (Answer, bool) {
	a, ok := has[Answer](out)
	return a, ok && len(a.Question) == 0
}

func TestWhatHasSettledIsToldWhenTheCustomerIsSilent(t *testing.T) {
	p := newPlay(t, "en").do(0, dialog.Settled{})
	if _, ok := news(p.out); !ok {
		t.Fatalf("not told at once: %v", p.out)
	}
	id := p.s.Reply.ID
	p.do(time.Second, dialog.Audible{Reply: id}).do(3*time.Second, dialog.Delivered{Reply: id, Turn: dialog.Turn{Text: "Your order is cancelled."}})
	if _, ok := news(append(p.out, p.until(5*time.Second)...)); ok {
		t.Error("told twice")
	}

	p = newPlay(t, "en").do(0, dialog.Onset{Measured: true}).do(0, dialog.Settled{})
	if _, ok := news(append(p.out, p.until(3*time.Second)...)); ok {
		t.Error("told over the customer")
	}
	if p.do(0, dialog.Offset{}); p.s.Reply.News != true {
		t.Errorf("not told once the customer is silent: %v", p.out)
	}
}

func TestWhatHasSettledGoesWithTheNextAnswer(t *testing.T) {
	p := newPlay(t, "en").do(0, dialog.Partial{Text: "where is"}).do(0, dialog.Settled{})
	if _, ok := news(p.out); ok {
		t.Fatal("told into the customer's sentence")
	}
	p.do(time.Second, spoken("where is my order"))
	if a, ok := has[Answer](p.out); !ok || len(a.Question) != 1 || p.s.News {
		t.Errorf("%v, news %v", p.out, p.s.News)
	}
}

func TestNewsCutOffUnheardComeAgainAndNoQuestionIsLost(t *testing.T) {
	p := newPlay(t, "en").do(0, dialog.Settled{})
	id := p.s.Reply.ID
	p.do(100*time.Millisecond, dialog.Said{Turn: dialog.Turn{ID: "q", Via: dialog.ViaChat, Text: "and my other order?"}})
	if c, ok := has[Cancel](p.out); !ok || c.Cause != dialog.ErrYield {
		t.Fatalf("%v", p.out)
	}
	p.do(0, dialog.Delivered{Reply: id, Err: dialog.ErrYield})
	if a, ok := has[Answer](p.out); !ok || len(a.Question) != 1 || a.Question[0].ID != "q" {
		t.Errorf("the question is lost: %v", p.out)
	}

	p = newPlay(t, "en").do(0, dialog.Settled{})
	id = p.s.Reply.ID
	p.do(0, dialog.Audible{Reply: id}).do(time.Second, dialog.Onset{}).do(2*time.Second, dialog.Offset{}) // a sound without words
	p.do(0, dialog.Delivered{Reply: id, Err: dialog.ErrYield})
	if p.until(time.Second); !p.s.Reply.News {
		t.Error("not told again")
	}
}

func TestNewsThatCannotBeToldAreNoApology(t *testing.T) {
	p := newPlay(t, "en").do(0, dialog.Settled{})
	p.do(time.Second, dialog.Delivered{Reply: p.s.Reply.ID, Err: dialog.ErrDeadline})
	if s := said(append(p.out, p.until(5*time.Second)...)); s != "" || p.s.Failures != 0 {
		t.Errorf("said %q", s)
	}
}

func TestNewsReachAChatAndOneWhoHasHungUp(t *testing.T) {
	p := newPlay(t, "en").do(0, dialog.Onset{}).do(0, dialog.Settled{}).do(time.Second, dialog.Left{Via: dialog.ViaVoice})
	if _, ok := news(p.out); !ok {
		t.Errorf("%v", p.out)
	}
	p = newPlay(t, "en").do(0, dialog.Settled{}).do(0, dialog.Close{})
	p.do(0, dialog.Delivered{Reply: p.s.Reply.ID, Err: dialog.ErrClosing})
	if p.s.Reply.ID != "" {
		t.Error("begins to tell while closing")
	}
}
