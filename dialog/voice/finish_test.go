package voice

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parley/asr/endpoint"
	"parley/dialog"
)

func TestTheSentenceUnderWayIsTheLast(t *testing.T) {
	for _, c := range []struct {
		name, text string
		finish     time.Duration // when it is told to
		want       string
		cut        bool
	}{
		{"in the first", "Your parcel is on its way. It comes tomorrow. You need not sign.", 500 * time.Millisecond, "Your parcel is on its way.", true},
		{"in the second", "Your parcel is on its way. It comes tomorrow. You need not sign.", 1800 * time.Millisecond, "Your parcel is on its way. It comes tomorrow.", true},
		{"in the last", "Your parcel is on its way. It comes tomorrow.", 1800 * time.Millisecond, "Your parcel is on its way. It comes tomorrow.", false},
		{"in one that is still being made", strings.Repeat("word ", 40) + "end. And more.", 500 * time.Millisecond, strings.Repeat("word ", 40) + "end.", true},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(&steady{})
			got, err := r.say(t.Context(), c.text)
			r.tick(c.finish)
			r.finish()
			r.tick(12 * time.Second)
			e, turn := <-err, <-got
			if c.cut != errors.Is(e, dialog.ErrYield) || turn.Text != c.want || turn.Cut != c.cut {
				t.Errorf("%s: %q cut %v, %v", c.name, turn.Text, turn.Cut, e)
			}
			spoken := 0
			for _, s := range r.out {
				if s != 0 {
					spoken++
				}
			}
			if want := len(strings.Fields(c.want)) * wordSamples; spoken != want {
				t.Errorf("%s: %d samples were spoken, of %d", c.name, spoken, want)
			}
		})
	}
}

func TestWhatIsSpokenIsShownInStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		text := "Your parcel is on its way. It comes tomorrow."
		_, err := r.say(t.Context(), text)
		last := ""
		for at := time.Duration(0); at < 3*time.Second; at += 100 * time.Millisecond {
			n := len(r.events)
			r.tick(100 * time.Millisecond)
			for _, e := range r.events[n:] {
				s, ok := e.(dialog.Spoken)
				if !ok {
					continue
				}
				if s.Reply != "r" || !strings.HasPrefix(text, s.Text) || len(s.Text) <= len(last) {
					t.Errorf("at %v %+v after %q", at, s, last)
				}
				last = s.Text
				// A word takes 250 ms: what is shown is being said, or was.
				if words, said := len(strings.Fields(last)), int((at+350*time.Millisecond)/(250*time.Millisecond)); words > said {
					t.Errorf("at %v %d words are shown, %d said", at, words, said)
				}
			}
		}
		if e := <-err; e != nil || last != text {
			t.Errorf("%v, shown %q", e, last)
		}
	})
}

// A language that no engine here hears is told of when it begins to be spoken, not only
// when the call begins.
func TestALanguageThatNobodyHearsIsToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(&steady{})
		c := &channel{mouth: r.mouth, events: newQueue(), ear: newEar("en", func(l string) endpoint.Options { return endpoint.Options{Language: l} })}
		c.ear.hears = func(l string) bool { return l == "en" }
		for _, l := range []string{"en", "zh-CN", "zh-CN", "en"} {
			done := make(chan error, 1)
			go func() {
				_, err := c.Deliver(t.Context(), dialog.Message{ID: "r", Language: l, Reply: dialog.Say("Yes.")})
				done <- err
			}()
			synctest.Wait()
			r.tick(time.Second)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
		var told []string
		for _, e := range c.events.events {
			if u, ok := e.(dialog.Unheard); ok {
				told = append(told, u.Language)
			}
		}
		if len(told) != 1 || told[0] != "zh-CN" {
			t.Errorf("%v", told)
		}
	})
}
