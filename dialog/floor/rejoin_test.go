package floor

import (
	"testing"
	"time"

	"parley/dialog"
)

// answering is a call whose first question was decided a moment ago and is being answered aloud.
func answering(after time.Duration) (s State, now time.Duration) {
	s = New(Config{}, "r", "en")
	s.Voice, s.Greeted, now = true, true, 20*time.Second
	s, _ = Step(s, dialog.Said{Turn: dialog.Turn{ID: "q1", Via: dialog.ViaVoice, Text: "my order number is four eight"}}, now)
	now += after
	s, _ = Step(s, dialog.Audible{Reply: s.Reply.ID}, now)
	return s, now
}

func has[E Effect](es []Effect) (E, bool) {
	for _, e := range es {
		if x, ok := e.(E); ok {
			return x, true
		}
	}
	var none E
	return none, false
}

func TestSpeechThatResumesJoinsTheQuestion(t *testing.T) {
	s, now := answering(600 * time.Millisecond)
	s, out := Step(s, dialog.Onset{}, now+200*time.Millisecond)
	if _, ok := has[Hush](out); !ok {
		t.Errorf("the answer that came too soon goes on: %v", out)
	}
	s, out = Step(s, dialog.Partial{Text: "one five"}, now+600*time.Millisecond)
	if c, ok := has[Cancel](out); !ok || c.Cause != dialog.ErrRejoined {
		t.Errorf("%v", out)
	}
	s, _ = Step(s, dialog.Delivered{Reply: s.Reply.ID, Turn: dialog.Turn{Text: "Your", ReplyTo: "q1", Cut: true}, Err: dialog.ErrRejoined}, now+610*time.Millisecond)
	s, out = Step(s, dialog.Offset{}, now+900*time.Millisecond)
	if _, ok := has[Answer](out); ok {
		t.Error("answered before the customer's words are there")
	}
	s, out = Step(s, dialog.Said{Turn: dialog.Turn{ID: "q2", Via: dialog.ViaVoice, Text: "one five"}}, now+1500*time.Millisecond)
	if a, ok := has[Answer](out); !ok || len(a.Question) != 2 {
		t.Errorf("the question is %+v", out)
	}
	_ = s
}

func TestSpeechOverALongerAnswerIsAnotherQuestion(t *testing.T) {
	s, now := answering(600 * time.Millisecond)
	now += 2 * time.Second
	s, out := Step(s, dialog.Onset{}, now)
	if _, ok := has[Hush](out); ok {
		t.Errorf("hushed at once: %v", out)
	}
	s, out = Step(s, dialog.Partial{Text: "where is my parcel"}, now+400*time.Millisecond)
	if c, ok := has[Cancel](out); !ok || c.Cause != dialog.ErrYield {
		t.Errorf("%v", out)
	}
	s, _ = Step(s, dialog.Delivered{Reply: s.Reply.ID, Turn: dialog.Turn{Text: "Your order", ReplyTo: "q1", Cut: true}, Err: dialog.ErrYield}, now+410*time.Millisecond)
	_, out = Step(s, dialog.Said{Turn: dialog.Turn{ID: "q2", Via: dialog.ViaVoice, Text: "where is my parcel"}}, now+2*time.Second)
	if a, ok := has[Answer](out); !ok || len(a.Question) != 1 || a.Question[0].ID != "q2" {
		t.Errorf("%+v", out)
	}
}

func TestANoiseAfterAnEarlyAnswerLetsItGoOn(t *testing.T) {
	s, now := answering(600 * time.Millisecond)
	s, _ = Step(s, dialog.Onset{}, now+200*time.Millisecond)
	s, _ = Step(s, dialog.Offset{}, now+400*time.Millisecond)
	at, ok := s.Wake()
	if !ok {
		t.Fatal("nobody wakes it")
	}
	s, out := Step(s, dialog.Deadline{}, at)
	if _, ok := has[Resume](out); !ok || s.Reply.Early {
		t.Errorf("%v %+v", out, s.Reply)
	}
}

func TestWhatIsAskedForIsExpected(t *testing.T) {
	s, now := answering(600 * time.Millisecond)
	s, out := Step(s, dialog.Delivered{Reply: s.Reply.ID, Turn: dialog.Turn{Text: "Your order number?", ReplyTo: "q1", Expect: dialog.ExpectDigits}}, now)
	if x, ok := has[Expect](out); !ok || x.Kind != dialog.ExpectDigits {
		t.Errorf("%v", out)
	}
	s, _ = Step(s, dialog.Said{Turn: dialog.Turn{ID: "q2", Via: dialog.ViaVoice, Text: "four eight one five"}}, now+time.Second)
	_, out = Step(s, dialog.Delivered{Reply: s.Reply.ID, Turn: dialog.Turn{Text: "It is on its way.", ReplyTo: "q2"}}, now+2*time.Second)
	if x, ok := has[Expect](out); !ok || x.Kind != dialog.ExpectAnything {
		t.Errorf("%v", out)
	}
}

// Where nobody hears the language, the customer has been told to type: sound neither
// stops what is said in answer, nor is asked about.
func TestSoundThatNobodyHearsChangesNothing(t *testing.T) {
	s := New(Config{}, "r", "zh-CN")
	s.Voice, s.Greeted = true, true
	now := 20 * time.Second
	s, out := Step(s, dialog.Unheard{Language: "zh-CN"}, now)
	say, ok := has[Say](out)
	if !ok {
		t.Fatal(out)
	}
	s, _ = Step(s, dialog.Delivered{Reply: say.ID, Turn: dialog.Turn{Text: say.Text}}, now+5*time.Second)
	s, _ = Step(s, dialog.Said{Turn: dialog.Turn{ID: "q1", Via: dialog.ViaChat, Text: "多久能送到"}}, now+6*time.Second)
	s, _ = Step(s, dialog.Audible{Reply: s.Reply.ID}, now+7*time.Second)
	for _, e := range []dialog.Event{dialog.Onset{}, dialog.Offset{}, dialog.Said{Turn: dialog.Turn{Via: dialog.ViaVoice}, Misheard: true}} {
		if s, out = Step(s, e, now+8*time.Second); len(out) > 0 {
			t.Errorf("%T: %v", e, out)
		}
	}
	s, _ = Step(s, dialog.Delivered{Reply: s.Reply.ID, Turn: dialog.Turn{Text: "两天", ReplyTo: "q1"}}, now+9*time.Second)
	if _, out = Step(s, dialog.Said{Turn: dialog.Turn{Via: dialog.ViaVoice}, Misheard: true}, now+10*time.Second); len(out) > 0 {
		t.Errorf("it asks again what it cannot hear: %v", out)
	}
	if s, _ = Step(s, dialog.Partial{Text: "你好"}, now+11*time.Second); s.Deaf {
		t.Error("somebody hears after all")
	}
}
