package funasr

import (
	"sync/atomic"
	"testing"
)

type step struct {
	over          bool
	data          string
	final, settle bool
}

// Both servers set is_final, and mean the opposite by it.
func TestTheLastAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		steps []step
		text  string
	}{
		"c++": {[]step{
			{false, `{"mode":"2pass-online","text":"我的","is_final":false}`, false, false},
			{true, `{"mode":"2pass-offline","text":"我的，","is_final":false}`, false, false},
			{true, `{"mode":"2pass-online","text":"丁","is_final":false}`, false, false},
			{true, `{"mode":"2pass-offline","text":"订单。","is_final":true}`, true, false}}, "我的，订单。"},
		"c++, the last piece is uncorrected": {[]step{
			{false, `{"mode":"2pass-online","text":"是","is_final":false}`, false, false},
			{true, `{"mode":"2pass-online","text":"的","is_final":true}`, true, false}}, "是的"},
		"c++, silence": {[]step{{true, `{"text":"","wav_name":"call","is_final":true}`, true, false}}, ""},
		"python": {[]step{
			{false, `{"mode":"2pass-online","text":"我的","is_final":true}`, false, false},
			{true, `{"mode":"2pass-online","text":"订单","is_final":true}`, false, false},
			{true, `{"mode":"2pass-offline","text":"我的订单。","is_final":false}`, true, false}}, "我的订单。"},
		"python, nothing before the end": {[]step{
			{true, `{"mode":"2pass-online","text":"是的","is_final":true}`, false, true},
			{true, `{"mode":"2pass-offline","text":"是的。","is_final":false}`, false, true}}, "是的。"},
		"c++, nothing before the end": {[]step{
			{true, `{"mode":"2pass-online","text":"是","is_final":false}`, false, false},
			{true, `{"mode":"2pass-offline","text":"是的。","is_final":true}`, true, false}}, "是的。"},
	} {
		t.Run(name, func(t *testing.T) {
			u := &utterance{trust: &atomic.Int32{}}
			text := ""
			for n, s := range c.steps {
				a, err := u.Take([]byte(s.data), s.over)
				if err != nil || a.Final != s.final || (a.Settle > 0) != s.settle {
					t.Errorf("%d: %+v, %v", n, a, err)
				}
				text = a.Result.Text
			}
			if text != c.text {
				t.Errorf("%q", text)
			}
		})
	}
}

// A server that has answered lately may leave a cough unanswered, though not for ever.
func TestSilenceOfAServer(t *testing.T) {
	var credit atomic.Int32
	if _, ok := (&utterance{trust: &credit}).Last(true); ok {
		t.Error("a server that never answered is believed")
	}
	u := &utterance{trust: &credit}
	if _, err := u.Take([]byte(`{"mode":"2pass-online","text":"a"}`), false); err != nil {
		t.Fatal(err)
	}
	if _, ok := u.Last(true); ok {
		t.Error("it began to answer and did not end")
	}
	for n := range trust + 1 {
		if _, ok := (&utterance{trust: &credit}).Last(true); ok != (n < trust) {
			t.Errorf("utterance %d without an answer: %v", n, ok)
		}
	}
}
