package openai_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/asr/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine is one whose connections end with the test.
func engine(t *testing.T, url string, limit time.Duration) *openai.Engine {
	t.Helper()
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return openai.New(openai.Options{URL: url, Key: "k", Timeout: limit, Client: &http.Client{Transport: tr}})
}

func TestConformance(t *testing.T) {
	v := asrtest.NewOpenAI(asrtest.Script{Text: "where is my order"})
	defer v.Close()
	asrtest.Conformance(t, engine(t, v.URL, 0), make([]int16, 16000), asr.Options{Language: "en-GB"})
	if v.Heard() < 16000 {
		t.Errorf("the server got %d samples", v.Heard())
	}
}

func TestWhatTheServiceIsTold(t *testing.T) {
	v := asrtest.NewOpenAI(asrtest.Script{Text: "好"})
	defer v.Close()
	for tag, want := range map[string]string{"en-GB": "en", "zh-CN": "zh", "yue": "zh", "": ""} {
		for _, err := range engine(t, v.URL, 0).Recognize(t.Context(), &asrtest.Clip{PCM: make([]int16, 16000)}, asr.Options{Language: tag, Hints: []string{"Brightwood", "退货"}}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]string{}
		if json.Unmarshal([]byte(v.First()), &got) != nil || got["language"] != want || got["prompt"] != "Brightwood, 退货" || got["key"] != "Bearer k" || got["model"] != "gpt-4o-mini-transcribe" {
			t.Errorf("%q: %v", tag, got)
		}
	}
}

func TestBadServers(t *testing.T) {
	asrtest.Faults(t, asrtest.NewOpenAI, func(url string) asr.Recognizer { return engine(t, url, 300*time.Millisecond) })
}

// The connection is there when the utterance ends: what is asked then opens none.
func TestTheConnectionIsOpenedWhileItIsSpoken(t *testing.T) {
	v := asrtest.NewOpenAI(asrtest.Script{Text: "yes"})
	defer v.Close()
	dials := 0
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	e := openai.New(openai.Options{URL: v.URL, Client: &http.Client{Transport: counting{tr, &dials}}})
	release, err := e.Warm(t.Context(), asr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if dials != 1 {
		t.Errorf("%d requests when a conversation opened", dials)
	}
	for _, err := range e.Recognize(t.Context(), &asrtest.Clip{PCM: make([]int16, 16000)}, asr.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if dials != 2 {
		t.Errorf("%d requests for an utterance beside a fresh connection", dials-1)
	}
}

// counting counts requests.
type counting struct {
	http.RoundTripper
	n *int
}

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	*c.n++
	return c.RoundTripper.RoundTrip(r)
}
