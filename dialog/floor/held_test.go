package floor

import (
	"testing"

	"parley/dialog"
)

// While a person has the conversation the bot says nothing of its own, whatever comes.
func TestTheBotIsSilentWhileAPersonHasTheConversation(t *testing.T) {
	s := New(Config{Name: "Parley", Drafts: true}, "t", "en")
	turn := func(text string) dialog.Turn {
		return dialog.Turn{ID: dialog.TurnID(text), From: dialog.Customer, Via: dialog.ViaChat, Text: text}
	}
	s, out := Step(s, dialog.Said{Turn: turn("where is my order")}, 1)
	if _, ok := out[len(out)-1].(Answer); !ok {
		t.Fatalf("the bot does not answer: %v", out)
	}
	s, out = Step(s, dialog.Held{By: dialog.HeldByAgent}, 2)
	if len(out) != 1 || out[0] != (Cancel{dialog.ErrSuperseded}) {
		t.Fatalf("a person came, and the bot did %v", out)
	}
	for i, e := range []dialog.Event{
		dialog.Delivered{Reply: s.Reply.ID, Err: dialog.ErrSuperseded}, dialog.Said{Turn: turn("are you there")},
		dialog.Tentative{Turn: turn("are you")}, dialog.Settled{}, dialog.Deadline{}, dialog.Said{Misheard: true},
	} {
		if s, out = Step(s, e, 3); len(out) > 0 {
			t.Errorf("%d: %T made the bot do %v", i, e, out)
		}
	}
	s, out = Step(s, dialog.Held{By: dialog.HeldByBot, Say: "I am back."}, 4)
	if say, ok := out[0].(Say); !ok || len(out) != 1 || say.Text != "I am back." {
		t.Fatalf("given back, the bot did %v", out)
	}
	s, _ = Step(s, dialog.Delivered{Reply: s.Reply.ID, Turn: dialog.Turn{Text: "I am back."}}, 5)
	s, _ = Step(s, dialog.Delivered{Reply: s.Reply.ID, Turn: dialog.Turn{Text: "Your change is done."}}, 6) // the news waited
	_, out = Step(s, dialog.Said{Turn: turn("thanks, and the warranty?")}, 7)
	a, ok := out[len(out)-1].(Answer)
	if !ok || len(a.Question) != 1 {
		t.Errorf("the bot answers %v: what was said to the person is no question to it", out)
	}
}
