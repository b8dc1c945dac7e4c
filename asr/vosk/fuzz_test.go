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
