package brain_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/llm"
)

// later is when a person has the conversation.
var later = time.Date(2026, 11, 24, 12, 30, 0, 0, time.UTC)

// suggests is what a person would be told to say after what the customer said last.
func (k *talk) suggests(said ...string) brain.Suggestion {
	k.Helper()
	c := dialog.Context{Language: k.language, History: k.history, Known: k.known, Now: later}
	for _, s := range said {
		from, text, _ := strings.Cut(s, ": ")
		c.History = append(c.History, dialog.Turn{ID: dialog.TurnID(text), From: dialog.Party(from), Text: text, At: later})
	}
	s, err := k.b.(*brain.Manager).Suggest(context.Background(), c, "")
	if err != nil {
		k.Fatal(err)
	}
	return s
}

func TestAReplyIsSuggestedWithItsSource(t *testing.T) {
	for language, texts := range map[string][2]string{"en": {"how long does delivery take", "2 to 4"}, "zh-CN": {"退款几天到？", "5个工作日"}} {
		k := begin(t, language, brain.Options{})
		s := k.suggests("customer: "+texts[0], "agent: one moment please")
		if !strings.Contains(s.Text, texts[1]) || len(s.Citations) == 0 || string(s.To) != texts[0] {
			t.Errorf("%s: %+v", language, s)
		}
	}
}

func TestNothingIsSuggestedThatNothingCarries(t *testing.T) {
	k := begin(t, "en", brain.Options{})
	if s := k.suggests("customer: what is the capital of france"); s.Text != "" || s.Gap != "what is the capital of france" {
		t.Errorf("%+v", s)
	}
	if s := k.suggests("customer: thank you so much"); s.Text != "" || s.Gap != "" {
		t.Errorf("%+v", s)
	}
	if s := k.suggests("agent: hello, this is Ann"); s.To != "" || s.Text != "" {
		t.Errorf("%+v", s)
	}
}

// A person goes on with a procedure where the bot stopped, by what the customer says since;
// nothing of it is run.
func TestTheNextStepOfAProcedure(t *testing.T) {
	c := systems(t)
	k := begin(t, "en", c.Options)
	k.say("I want to return my headphones")
	s := k.suggests("agent: hello, this is Ann", "customer: it's a long story")
	if n := s.Procedure; n == nil || !n.Running || n.Title != "a return" || n.Say != "What is the order number?" || s.Text != "" {
		t.Fatalf("%+v %+v", s, n)
	}
	s = k.suggests("agent: what is the order number?", "customer: 4815")
	if n := s.Procedure; n == nil || len(n.Slots) != 1 || n.Slots[0].Value != "4815" || strings.Contains(n.Say, "order number?") {
		t.Errorf("%+v", n)
	}
	if s = k.suggests("customer: how long does delivery take?"); !strings.Contains(s.Text, "2 to 4") || s.Procedure == nil {
		t.Errorf("%+v", s)
	}
	if c.runs != 0 {
		t.Error("a suggestion ran a change")
	}
}

func TestAProcedureThatTheWordsWouldBegin(t *testing.T) {
	k := begin(t, "en", systems(t).Options)
	if n := k.suggests("customer: I want to return my headphones").Procedure; n == nil || n.Running || n.Say != "What is the order number?" {
		t.Errorf("%+v", n)
	}
}

// What the customer is just saying costs no model.
func TestWordsInTheMakingAskNoModel(t *testing.T) {
	asked := 0
	m := llm.Func(func(context.Context, llm.Request) iter.Seq2[llm.Chunk, error] {
		asked++
		return func(yield func(llm.Chunk, error) bool) {
			yield(llm.Chunk{Text: "It takes 2 to 4 days.", FinishReason: "stop"}, nil)
		}
	})
	k := begin(t, "en", brain.Options{Model: m})
	s, err := k.b.(*brain.Manager).Suggest(context.Background(), dialog.Context{Language: "en", Now: later}, "how long does delivery take")
	if err != nil || asked != 0 || !strings.Contains(s.Text, "2 to 4") {
		t.Errorf("%d %+v %v", asked, s, err)
	}
}
