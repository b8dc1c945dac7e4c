package asr_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// chain is a Fallback whose changes of engine are noted.
type chain struct {
	*asr.Fallback
	told []string
}

func newChain(cs ...asr.Choice) *chain {
	c := &chain{}
	c.Fallback = asr.NewFallback(asr.FallbackOptions{
		Failed:    func(from string, _ error, to string) { c.told = append(c.told, from+">"+to) },
		Recovered: func(name string) { c.told = append(c.told, name+" is back") },
	}, cs...)
	return c
}

// hear speaks for two seconds, and gives the last result and how long after the end it came.
func (c *chain) hear(t *testing.T, o asr.Options) (last asr.Result, late time.Duration, err error) {
	t.Helper()
	began := time.Now()
	for r, err := range c.Recognize(t.Context(), &asrtest.Clip{PCM: make([]int16, 32000), Pace: true}, o) {
		if err != nil {
			return last, time.Since(began) - 2*time.Second, err
		}
		last = r
	}
	return last, time.Since(began) - 2*time.Second, nil
}

// hangs hears and never answers.
type hangs struct{}

func (hangs) Recognize(ctx context.Context, _ media.Source, _ asr.Options) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		<-ctx.Done()
		yield(asr.Result{}, context.Cause(ctx))
	}
}

func TestTheFakeConforms(t *testing.T) {
	f := &asrtest.Fake{Text: "where is my order"}
	asrtest.Conformance(t, f, make([]int16, 32000), asr.Options{})
	asrtest.Conformance(t, newChain(asr.Choice{Name: "fake", Recognizer: f}), make([]int16, 32000), asr.Options{})
}

// An engine that breaks in mid-utterance gives way to the next, which hears the utterance from its
// beginning, and is asked first when it has rested.
func TestAnEngineBreaksAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		first, second := &asrtest.Fake{Text: "where is my order"}, &asrtest.Fake{Text: "where is my order"}
		first.Fault = func() error { return broken }
		c := newChain(asr.Choice{Name: "first", Recognizer: first}, asr.Choice{Name: "second", Recognizer: second})
		o := asr.Options{Language: "en", Hints: []string{"Brightwood"}}
		if n := c.First("en"); n != "first" {
			t.Errorf("%q is asked first", n)
		}
		r, late, err := c.hear(t, o)
		if n := c.First("en"); n != "second" {
			t.Errorf("%q is asked first while the first rests", n)
		}
		if err != nil || r.Engine != "second" || !r.Final || second.Heard.Load() != 32000 || late > 20*time.Millisecond {
			t.Errorf("%+v, %v after the end, heard %d, %v", r, late, second.Heard.Load(), err)
		}
		if !slices.Equal(second.Last.Load().Hints, o.Hints) {
			t.Error("the hints were lost")
		}
		first.Fault = nil
		if r, _, _ := c.hear(t, o); r.Engine != "second" || first.Asked.Load() != 1 {
			t.Errorf("asked again at once: %+v", r)
		}
		time.Sleep(15 * time.Second)
		c.hear(t, o) // looks whether it is there
		if r, _, _ := c.hear(t, o); r.Engine != "first" {
			t.Errorf("after its rest: %+v", r)
		}
		if want := []string{"first>second", "first is back"}; !slices.Equal(c.told, want) {
			t.Errorf("told %q", c.told)
		}
	})
}

// A server that is gone costs the time to notice once, in the utterance or before it, and never again.
func TestADeadEngineDelaysOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := func(ctx context.Context) error {
			select {
			case <-time.After(3 * time.Second):
			case <-ctx.Done():
			}
			return errors.New("nobody there")
		}
		dead, alive := &asrtest.Fake{There: gone}, &asrtest.Fake{Text: "yes"}
		c := newChain(asr.Choice{Name: "dead", Recognizer: dead}, asr.Choice{Name: "alive", Recognizer: alive})
		delays := 0
		for range 200 { // over ten minutes
			r, late, err := c.hear(t, asr.Options{})
			if err != nil || r.Text != "yes" {
				t.Fatal(r, err)
			}
			if late > 100*time.Millisecond {
				delays++
			}
			time.Sleep(time.Second)
		}
		if delays != 1 || dead.Asked.Load() != 1 {
			t.Errorf("%d utterances of 200 were delayed, it was asked %d times", delays, dead.Asked.Load())
		}
		c = newChain(asr.Choice{Name: "dead", Recognizer: dead}, asr.Choice{Name: "alive", Recognizer: alive})
		release, err := c.Warm(t.Context(), asr.Options{})
		if err != nil || alive.Warmed.Load() != 1 {
			t.Fatalf("the next engine was not warmed: %v", err)
		}
		release()
		if _, late, _ := c.hear(t, asr.Options{}); late > 100*time.Millisecond || alive.Released.Load() != 1 {
			t.Errorf("%v after the end, though it was known before", late)
		}
	})
}

// An engine that hangs is given up after a while, and rests longer each time.
func TestAHangingEngineRestsLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := &asrtest.Fake{Text: "yes"}
		c := newChain(asr.Choice{Name: "hangs", Recognizer: hangs{}}, asr.Choice{Name: "good", Recognizer: good})
		began := time.Now()
		var asked []time.Duration
		for time.Since(began) < 8*time.Minute {
			n := len(c.told)
			r, late, err := c.hear(t, asr.Options{})
			if err != nil || r.Engine != "good" || late > 4*time.Second+20*time.Millisecond {
				t.Fatal(r, late, err)
			}
			if len(c.told) > n {
				asked = append(asked, time.Since(began).Round(time.Second))
			}
		}
		if len(asked) < 5 || len(asked) > 8 {
			t.Errorf("asked at %v", asked)
		}
	})
}

// When all fail, it is said once, and the only engine of a language is asked again at once.
func TestAllFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := func() error { return errors.New("broken") }
		c := newChain(asr.Choice{Name: "a", Recognizer: &asrtest.Fake{Fault: broken}}, asr.Choice{Name: "b", Recognizer: &asrtest.Fake{Fault: broken}})
		if _, _, err := c.hear(t, asr.Options{}); !errors.Is(err, asr.ErrUnavailable) || !slices.Equal(c.told, []string{"a>b", "b>"}) {
			t.Errorf("%v, %q", err, c.told)
		}
		only := &asrtest.Fake{Fault: broken, Text: "yes"}
		c = newChain(asr.Choice{Name: "only", Languages: []string{"en"}, Recognizer: only})
		_, _, first := c.hear(t, asr.Options{})
		only.Fault = nil
		if r, _, err := c.hear(t, asr.Options{}); first == nil || err != nil || r.Text != "yes" {
			t.Errorf("%v, then %+v, %v", first, r, err)
		}
		if _, _, err := c.hear(t, asr.Options{Language: "zh-CN"}); !errors.Is(err, asr.ErrNoEngine) {
			t.Error(err)
		}
	})
}

// cut is a source that breaks off.
type cut struct{ *asrtest.Clip }

func (c cut) ReadFrame(f *media.Frame) error {
	if err := c.Clip.ReadFrame(f); err != nil {
		return fmt.Errorf("line lost")
	}
	return nil
}

func TestABrokenSourceIsNoEnginesFault(t *testing.T) {
	c := newChain(asr.Choice{Name: "a", Recognizer: &asrtest.Fake{}}, asr.Choice{Name: "b", Recognizer: &asrtest.Fake{}})
	var last error
	for _, err := range c.Recognize(t.Context(), cut{&asrtest.Clip{PCM: make([]int16, 3200)}}, asr.Options{}) {
		last = err
	}
	if last == nil || len(c.told) != 0 {
		t.Errorf("%v, %q", last, c.told)
	}
}

// Each language goes to the first engine that is listed for it.
func TestLanguagesFindTheirEngines(t *testing.T) {
	choice := func(name string, languages ...string) asr.Choice {
		return asr.Choice{Name: name, Languages: languages, Recognizer: &asrtest.Fake{Text: name}}
	}
	c := newChain(choice("mandarin", "zh-CN"), choice("chinese", "zh"), choice("cantonese", "yue"), choice("shanghai", "wuu"), choice("english", "en"))
	for tag, want := range map[string]string{"zh-CN": "mandarin", "cmn": "mandarin", "zh": "mandarin", "zh-TW": "chinese", "yue": "cantonese",
		"zh-yue": "cantonese", "zh-HK": "cantonese", "yue-Hant-HK": "cantonese", "wuu": "shanghai", "": "english", "en-GB": "english"} {
		got := ""
		for r, err := range c.Recognize(t.Context(), &asrtest.Clip{PCM: make([]int16, 3200)}, asr.Options{Language: tag}) {
			if err != nil {
				t.Fatal(tag, err)
			}
			got = r.Engine
		}
		if got != want || !c.Hears(tag) {
			t.Errorf("%q is heard by %q, want %q", tag, got, want)
		}
	}
	for _, tag := range []string{"nan", "fr"} {
		if c.Hears(tag) {
			t.Errorf("%q is heard", tag)
		}
	}
}
