package vosk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/asr/vosk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var clip = make([]int16, 32000)

func TestConformance(t *testing.T) {
	v := asrtest.NewVosk(asrtest.Script{Text: "where is my order"})
	defer v.Close()
	asrtest.Conformance(t, vosk.New(vosk.Options{URL: v.URL}), clip, asr.Options{})
	if v.Heard() < len(clip) {
		t.Errorf("the server got %d samples of %d", v.Heard(), len(clip))
	}
}

func last(t *testing.T, e asr.Recognizer, o asr.Options) (asr.Result, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var r asr.Result
	for res, err := range e.Recognize(ctx, &asrtest.Clip{PCM: clip}, o) {
		if err != nil {
			return r, err
		}
		r = res
	}
	return r, nil
}

func TestChineseHasNoBlanks(t *testing.T) {
	v := asrtest.NewVosk(asrtest.Script{Text: "我 的 订单"})
	defer v.Close()
	r, err := last(t, vosk.New(vosk.Options{URL: v.URL}), asr.Options{Language: "zh-CN"})
	if err != nil || r.Text != "我的订单" || len(r.Words) != 3 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestBadServers(t *testing.T) {
	asrtest.Faults(t, asrtest.NewVosk, func(url string) asr.Recognizer {
		return vosk.New(vosk.Options{URL: url, Idle: 300 * time.Millisecond})
	})
}

// The next engine hears the utterance from its beginning when one breaks in the middle.
func TestFallbackInMidUtterance(t *testing.T) {
	bad := asrtest.NewVosk(asrtest.Script{Text: "wrong", Break: 8})
	defer bad.Close()
	good := asrtest.NewVosk(asrtest.Script{Text: "where is my order"})
	defer good.Close()
	var told []string
	f := asr.NewFallback(asr.FallbackOptions{Failed: func(from string, _ error, to string) { told = append(told, from+">"+to) }},
		asr.Choice{Name: "chinese", Languages: []string{"zh"}, Recognizer: vosk.New(vosk.Options{URL: "ws://127.0.0.1:1"})},
		asr.Choice{Name: "bad", Recognizer: vosk.New(vosk.Options{URL: bad.URL})},
		asr.Choice{Name: "good", Languages: []string{"en"}, Recognizer: vosk.New(vosk.Options{URL: good.URL})})
	r, err := last(t, f, asr.Options{Language: "en-GB"})
	if err != nil || r.Text != "where is my order" || r.Engine != "good" || !r.Final {
		t.Fatalf("%+v, %v", r, err)
	}
	if good.Heard() < len(clip) {
		t.Errorf("the second engine heard %d samples of %d", good.Heard(), len(clip))
	}
	if len(told) != 1 || told[0] != "bad>good" {
		t.Error(told)
	}
	if r, err = last(t, f, asr.Options{}); err != nil || r.Engine != "good" || len(told) != 1 {
		t.Errorf("an engine that has just failed was asked first: %+v %v %v", r, err, told)
	}
	if f.Hears("fr") != true || !f.Hears("zh-CN") {
		t.Error("hears")
	}
	only := asr.NewFallback(asr.FallbackOptions{}, asr.Choice{Name: "zh", Languages: []string{"zh"}, Recognizer: vosk.New(vosk.Options{})})
	if _, err := last(t, only, asr.Options{Language: "en"}); !errors.Is(err, asr.ErrNoEngine) {
		t.Error(err)
	}
}

func TestAHangingEngineIsGivenUp(t *testing.T) {
	bad := asrtest.NewVosk(asrtest.Script{Hang: true})
	defer bad.Close()
	good := asrtest.NewVosk(asrtest.Script{Text: "yes"})
	defer good.Close()
	f := asr.NewFallback(asr.FallbackOptions{Final: 200 * time.Millisecond},
		asr.Choice{Name: "bad", Recognizer: vosk.New(vosk.Options{URL: bad.URL})},
		asr.Choice{Name: "good", Recognizer: vosk.New(vosk.Options{URL: good.URL})})
	if r, err := last(t, f, asr.Options{}); err != nil || r.Text != "yes" {
		t.Errorf("%+v, %v", r, err)
	}
}
