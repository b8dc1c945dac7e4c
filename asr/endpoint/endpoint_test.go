package endpoint

import (
	"math"
	"strings"
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
		if got := read(text, Options{}).state; got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// say speaks for 1.2 s, and falls in level and pitch at the end as who is done does.
func say(e *Endpointer) {
	for i := range 60 {
		fall := float64(max(i-50, 0))
		e.Frame(vad.Activity{Speech: true, LevelDB: -20 - 1.5*fall, NoiseDB: -58, PitchHz: 120 - 3*fall + float64(i%9), Voicing: 0.8})
	}
	for i := range 7 { // the detector decides late
		e.Frame(vad.Activity{Speech: true, LevelDB: -50 - float64(i), NoiseDB: -58})
	}
}

// after says text, is silent, and gives when the end was proposed and decided.
func after(e *Endpointer, text string) (proposed, over time.Duration) {
	say(e)
	e.Text(text, false)
	for i := range 200 {
		d := e.Frame(vad.Activity{Since: 8, LevelDB: -57, NoiseDB: -58})
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
	if yes > 400*time.Millisecond || question > 700*time.Millisecond || breaks < 1200*time.Millisecond {
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
	if slow.habit.n == 0 {
		t.Error("what was learnt is gone")
	}
}

func TestRiskIsTheTrade(t *testing.T) {
	last := time.Duration(0)
	for _, risk := range []float64{0.6, 0.3, 0.1, 0.02} {
		_, d := after(New(Options{Risk: risk}), "the black headphones")
		if d < last || d == 0 {
			t.Errorf("at a risk of %v the wait is %v, at a greater one %v", risk, d, last)
		}
		last = d
	}
	if _, d := after(New(Options{Risk: 0.6}), "the black headphones"); d >= last {
		t.Errorf("risk changes nothing: %v", d)
	}
}

func TestNothingIsAllocated(t *testing.T) {
	e := New(Options{})
	e.Frame(vad.Activity{Speech: true, PitchHz: 120, LevelDB: -20})
	e.Text("where is my order", false)
	n := 0
	if got := testing.AllocsPerRun(500, func() {
		n++
		e.Frame(vad.Activity{Speech: n%40 < 20, PitchHz: 120, LevelDB: -20, Since: 7})
		e.Text("where is my order", false)
	}); got > 0 {
		t.Errorf("%v allocations a frame", got)
	}
	e.Reset()
	e.Configure(Options{Language: "zh"})
}

func TestWaitSolves(t *testing.T) {
	w := &builtin
	for _, done := range []float64{-4, -1, 0, 1} {
		s := wait(done, 2, w.Mu, w.Sigma)
		if odds := done - survives(s, w.Mu, w.Sigma); s < longest-0.01 && (odds < 2 || odds > 2.1) {
			t.Errorf("odds of %v have grown to %v after %v s, want 2", done, odds, s)
		}
	}
	if s := wait(3, 2, w.Mu, w.Sigma); s != 0.2 {
		t.Errorf("who is surely done is waited for %v s", s)
	}
}

func TestAnOddFrameIsNoCrash(t *testing.T) {
	e := New(Options{})
	for _, a := range []vad.Activity{{Since: 1 << 40}, {Speech: true, PitchHz: math.NaN(), LevelDB: math.Inf(-1)}, {Since: -5}, {Since: 1 << 40}} {
		if d := e.Frame(a); d.Need < least || d.Need > most {
			t.Errorf("%+v needs %v", a, d.Need)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	e := New(Options{})
	e.Text("where is my order", false)
	for i := range b.N {
		e.Frame(vad.Activity{Speech: i%50 < 30, PitchHz: 120, LevelDB: -20, Since: 7})
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

func TestEveryWordHasOneClass(t *testing.T) {
	seen := map[string]tag{}
	for c, list := range classWords {
		for _, w := range strings.Fields(list) {
			if other, ok := seen[w]; ok && other != c {
				t.Errorf("%q is in the classes %d and %d: which counts is chance", w, other, c)
			}
			seen[w] = c
		}
	}
}

func TestWhatIsWanted(t *testing.T) {
	for text, want := range map[string]need{
		"the kitchen is": aComplement, "the kitchen is clean": nothing, "it is a clean": itsNoun, "we walked to my brother's": aNoun,
		"she sold": aThing, "it was sold": nothing, "the lamp you sold": nothing, "i will": aVerb, "bring it and": aClause, "walk ten": aUnit, "very": moreWords,
		"how long does delivery take": nothing, "which cards do you take": nothing, "what do you sell": nothing, "what is it made of": nothing,
		"how do I return": aThing, "who can take": aThing, "what do you do when I am in the": aNoun, "we take": aThing,
	} {
		if got := scan(tokens(text)).need; got != want {
			t.Errorf("%q wants %d, want %d", text, got, want)
		}
	}
}

func TestOneWhoOpensIsWaitedForLonger(t *testing.T) {
	_, yes := after(New(Options{}), "yes")
	_, okay := after(New(Options{}), "okay")
	if okay <= yes || okay < late {
		t.Errorf("okay %v, yes %v", okay, yes)
	}
}

// Words that a poor recogniser believes keep nobody waiting for long; digits do.
func TestDoubtfulWordsAreNotWaitedFor(t *testing.T) {
	for _, c := range []struct {
		text string
		o    Options
		long bool
	}{
		{"my order number is", Options{}, true},
		{"my order number is", Options{Doubtful: true}, false},
		{"my order number is", Options{Doubtful: true, Patient: true}, true},
		{"my order number is four eight", Options{Doubtful: true}, true},
		{"four eight", Options{Doubtful: true, Expect: Digits}, true},
	} {
		if _, over := after(New(c.o), c.text); over > doubtful+20*time.Millisecond != c.long {
			t.Errorf("%q, %+v: over after %v", c.text, c.o, over)
		}
	}
}
