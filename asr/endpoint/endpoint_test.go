package endpoint

import (
	"testing"
	"time"

	"parley/asr/vad"
)

func TestJudge(t *testing.T) {
	for text, want := range map[string]state{
		"": unsaid, "yes": answer, "no thank you": answer, "my order number is": hanging, "I want to": hanging, "I bought the headphones and": hanging,
		"four eight": dictating, "four eight one five": dictating, "where is my order": whole, "can I return my headphones": whole,
		"I have lost my luggage": whole, "headphones": open, "well um": hanging, "13800138000": complete,
		"是的": answer, "我的订单号是": hanging, "我想": hanging, "我的耳机还没到": whole, "可以退货吗": whole, "四八一五": dictating, "因为": hanging,
	} {
		if got := judge(text, Options{}); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// after says text, is silent, and gives when the end was proposed and decided.
func after(e *Endpointer, text string) (proposed, over time.Duration) {
	for range 40 {
		e.Frame(vad.Activity{Speech: true})
	}
	e.Text(text, false)
	for i := range 200 {
		d := e.Frame(vad.Activity{Since: 1})
		if d.Propose && proposed == 0 {
			proposed = d.Silence
		}
		if d.Over {
			return proposed, d.Silence
		}
		_ = i
	}
	return proposed, 0
}

func TestWaitsAsTheWordsAsk(t *testing.T) {
	wait := func(text string, o Options) time.Duration {
		_, d := after(New(o), text)
		if d == 0 {
			t.Errorf("%q never ends", text)
		}
		return d
	}
	yes, question, breaks := wait("yes", Options{}), wait("where is my order", Options{}), wait("my order number is", Options{})
	if yes > 400*time.Millisecond || question > 600*time.Millisecond || breaks < 1200*time.Millisecond {
		t.Errorf("yes %v, a question %v, a sentence that breaks off %v", yes, question, breaks)
	}
	if d := wait("four eight one five", Options{Expect: Digits}); d < time.Second {
		t.Errorf("a dictated number is cut after %v", d)
	}
	if d := wait("four eight one five one six two three", Options{Expect: Digits}); d > 500*time.Millisecond {
		t.Errorf("a whole number waits %v", d)
	}
	if p := wait("where is my order", Options{Patient: true}); p < question*5/4 {
		t.Errorf("patient: %v, else %v", p, question)
	}
	if d := wait("my order number is", Options{Fixed: 300 * time.Millisecond}); d != 300*time.Millisecond {
		t.Errorf("fixed: %v", d)
	}
}

func TestProposesFirst(t *testing.T) {
	for _, text := range []string{"yes", "where is my order", "headphones", "my order number is", ""} {
		if p, o := after(New(Options{}), text); p == 0 || p > o {
			t.Errorf("%q: proposed after %v, over after %v", text, p, o)
		}
	}
}

func TestLearnsTheSpeaker(t *testing.T) {
	slow := New(Options{})
	for range 6 {
		for range 30 {
			slow.Frame(vad.Activity{Speech: true})
		}
		for range 40 { // pauses of 0.8 s
			slow.Frame(vad.Activity{Since: 1})
		}
	}
	slow.Reset()
	_, s := after(slow, "the black headphones")
	_, n := after(New(Options{}), "the black headphones")
	if s <= n {
		t.Errorf("one who pauses is waited for %v, another %v", s, n)
	}
	slow.Configure(Options{Patient: true})
	if len(slow.pauses) == 0 {
		t.Error("what was learnt is gone")
	}
}

func TestSpeechEndsTheSilence(t *testing.T) {
	e := New(Options{})
	for range 10 {
		e.Frame(vad.Activity{Speech: true})
	}
	e.Frame(vad.Activity{Since: 7})
	if d := e.Frame(vad.Activity{Speech: true}); d.Over || d.Propose || d.Silence != 0 {
		t.Errorf("%+v", d)
	}
	if d := New(Options{}).Frame(vad.Activity{}); d.Over || d.Propose {
		t.Error("a turn that never began is over")
	}
}
