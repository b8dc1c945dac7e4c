package vosk

import "testing"

func FuzzTake(f *testing.F) {
	for _, s := range []string{`{"partial":"a"}`, `{"text":"a b","result":[{"word":"a","start":0.1,"end":0.2,"conf":0.9}]}`,
		`{"text":"a","result":[{"word":"a","start":-1,"end":1e300,"conf":7}]}`, `{"partial":7}`, `[]`, ``} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, data string, over bool) {
		u := &utterance{lang: "zh-CN"}
		for range 2 {
			a, err := u.Take([]byte(data), over)
			if err != nil {
				return
			}
			for _, w := range a.Result.Words {
				if w.Start < 0 || w.End < w.Start || w.Confidence < 0 || w.Confidence > 1 {
					t.Errorf("%+v", w)
				}
			}
		}
	})
}

// The server ends stretches by itself: a text after the end may be one of those.
func TestAStretchThatEndsLate(t *testing.T) {
	u := &utterance{}
	for range 3 {
		u.Audio(0, make([]int16, 1280))
	}
	for n, c := range []struct {
		data  string
		final bool
	}{{`{"partial":"a"}`, false}, {`{"text":"a b"}`, false}, {`{"partial":"c"}`, false}, {`{"text":"c d"}`, true}} {
		a, err := u.Take([]byte(c.data), true)
		if err != nil || a.Final != c.final {
			t.Errorf("%d: %+v, %v", n, a, err)
		}
		if c.final && a.Result.Text != "a b c d" {
			t.Error(a.Result.Text)
		}
	}
	// One that leaves messages unanswered is believed after a while, or when it closes.
	u = &utterance{}
	u.Audio(0, make([]int16, 1280))
	u.Audio(0, make([]int16, 1280))
	if a, err := u.Take([]byte(`{"text":"yes"}`), true); err != nil || a.Final || a.Settle == 0 {
		t.Errorf("%+v, %v", a, err)
	}
	if r, ok := u.Last(true); !ok || r.Text != "yes" {
		t.Errorf("%+v", r)
	}
}
