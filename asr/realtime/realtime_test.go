package realtime_test

import (
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/asr/realtime"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var clip = make([]int16, 32000)

func hear(t *testing.T, e asr.Recognizer, o asr.Options) (all []asr.Result, err error) {
	t.Helper()
	for res, err := range e.Recognize(t.Context(), &asrtest.Clip{PCM: clip}, o) {
		if err != nil {
			return all, err
		}
		all = append(all, res)
	}
	return all, nil
}

func TestConformance(t *testing.T) {
	v := asrtest.NewRealtime(asrtest.Script{Text: "where is my order"})
	defer v.Close()
	asrtest.Conformance(t, realtime.New(realtime.Options{URL: v.URL}), clip, asr.Options{})
	if v.Heard() < len(clip)*95/100 {
		t.Errorf("the server got %d samples of %d", v.Heard(), len(clip))
	}
}

func TestPiecesGrowToTheWhole(t *testing.T) {
	v := asrtest.NewRealtime(asrtest.Script{Text: "where is my order"})
	defer v.Close()
	all, err := hear(t, realtime.New(realtime.Options{URL: v.URL}), asr.Options{})
	if err != nil || len(all) != 5 || all[1].Text != "where is" || all[4].Text != "where is my order" || !all[4].Final {
		t.Errorf("%+v, %v", all, err)
	}
}

// Each model is told what it takes, and nothing that it refuses.
func TestWhatModelsAreTold(t *testing.T) {
	for model, want := range map[string]string{
		"":                     `"transcription":{"model":"gpt-live-transcribe","languages":["en"],"keywords":["Brightwood"]}`,
		"gpt-4o-transcribe":    `"transcription":{"model":"gpt-4o-transcribe","language":"en","prompt":"Brightwood"}`,
		"gpt-realtime-whisper": `"transcription":{"model":"gpt-realtime-whisper","language":"en"}`,
	} {
		v := asrtest.NewRealtime(asrtest.Script{Text: "yes"})
		if _, err := hear(t, realtime.New(realtime.Options{URL: v.URL, Model: model}), asr.Options{Language: "en-GB", Hints: []string{"Brightwood"}}); err != nil {
			t.Error(err)
		}
		if got := v.First(); !strings.Contains(got, want) || !strings.Contains(got, `"turn_detection":null`) {
			t.Errorf("%s: %s", model, got)
		}
		v.Close()
	}
}

func TestAddress(t *testing.T) {
	for url, want := range map[string]string{
		"https://api.example.com/v1/":             "wss://api.example.com/v1/realtime?intent=transcription",
		"http://localhost:8000/v1":                "ws://localhost:8000/v1/realtime?intent=transcription",
		"wss://host/openai/v1/realtime?intent=x":  "wss://host/openai/v1/realtime?intent=x",
		"ws://127.0.0.1:9/realtime?deployment=a1": "ws://127.0.0.1:9/realtime?deployment=a1",
	} {
		if got := realtime.Address(url); got != want {
			t.Errorf("%s: %s", url, got)
		}
	}
}

func TestBadServers(t *testing.T) {
	asrtest.Faults(t, asrtest.NewRealtime, func(url string) asr.Recognizer {
		return realtime.New(realtime.Options{URL: url, Idle: 300 * time.Millisecond})
	})
}
