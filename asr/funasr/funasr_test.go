package funasr_test

import (
	"encoding/json"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/asr/funasr"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var clip = make([]int16, 32000)

func hear(t *testing.T, e asr.Recognizer, o asr.Options) (all []asr.Result, err error) {
	t.Helper()
	for res, err := range e.Recognize(t.Context(), &asrtest.Clip{PCM: clip, At: 16000}, o) {
		if err != nil {
			return all, err
		}
		all = append(all, res)
	}
	return all, nil
}

func TestConformance(t *testing.T) {
	for name, python := range map[string]bool{"c++": false, "python": true} {
		t.Run(name, func(t *testing.T) {
			v := asrtest.NewFunASR(asrtest.Script{Text: "我 的 订 单"}, python)
			defer v.Close()
			asrtest.Conformance(t, funasr.New(funasr.Options{URL: v.URL, Idle: 500 * time.Millisecond}), clip, asr.Options{Language: "zh-CN"})
			if v.Heard() < len(clip) {
				t.Errorf("the server got %d samples of %d", v.Heard(), len(clip))
			}
		})
	}
}

// The second pass replaces the first, and times its words.
func TestTwoPasses(t *testing.T) {
	v := asrtest.NewFunASR(asrtest.Script{Text: "where is my order"}, false)
	defer v.Close()
	all, err := hear(t, funasr.New(funasr.Options{URL: v.URL}), asr.Options{Language: "en", Hints: []string{"Brightwood", "退货"}})
	if err != nil || len(all) < 3 {
		t.Fatal(all, err)
	}
	if first, last := all[0], all[len(all)-1]; first.Text != "WHERE" || last.Text != "where is my order" || !last.Final {
		t.Errorf("%+v … %+v", first, last)
	}
	if ws := all[len(all)-1].Words; len(ws) != 4 || ws[0].Text != "where" || ws[1].Start != 16000+4000 {
		t.Errorf("%+v", ws)
	}
	var begin struct {
		Mode     string
		Hotwords string
	}
	hot := map[string]int{}
	if json.Unmarshal([]byte(v.First()), &begin) != nil || begin.Mode != "2pass" || json.Unmarshal([]byte(begin.Hotwords), &hot) != nil || hot["退货"] == 0 {
		t.Errorf("began with %s", v.First())
	}
}

func TestBadServers(t *testing.T) {
	asrtest.Faults(t, func(s asrtest.Script) *asrtest.Server { return asrtest.NewFunASR(s, false) }, func(url string) asr.Recognizer {
		return funasr.New(funasr.Options{URL: url, Idle: 300 * time.Millisecond})
	})
}
