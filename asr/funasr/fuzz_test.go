package funasr

import (
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"parley/media"
)

func FuzzTake(f *testing.F) {
	for _, s := range []string{`{"mode":"2pass-online","text":"我的","is_final":true}`, `{"mode":"2pass-offline","text":"a b","timestamp":"[[0,1],[1,2]]"}`,
		`{"mode":"2pass-offline","text":"a","timestamp":[[-1,1e300]]}`, `{"mode":"x","text":""}`, `[]`, `{"text":null}`, ``} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, data string, over bool) {
		u := &utterance{trust: &atomic.Int32{}}
		u.Audio(100, make([]int16, 320))
		for range 2 {
			a, err := u.Take([]byte(data), over)
			if err != nil {
				return
			}
			last := media.CallTime(0)
			for _, w := range a.Result.Words {
				if w.Start < last || w.End < w.Start {
					t.Errorf("%+v", w)
				}
				last = w.Start
			}
			if !utf8.ValidString(a.Result.Text) || strings.TrimSpace(a.Result.Text) != a.Result.Text {
				t.Errorf("%q", a.Result.Text)
			}
		}
	})
}
