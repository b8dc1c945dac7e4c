package socket_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/asr/realtime"
	"parley/asr/vosk"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func hear(t *testing.T, e asr.Recognizer) string {
	t.Helper()
	text := ""
	for r, err := range e.Recognize(limited(t), &asrtest.Clip{PCM: make([]int16, 16000)}, asr.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		text = r.Text
	}
	return text
}

func warm(t *testing.T, e asr.Warmer) (release func()) {
	t.Helper()
	release, err := e.Warm(limited(t), asr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return release
}

// A server that closes after each utterance has the next connection ready before
// the next utterance, and none when no conversation is open.
func TestAConnectionIsReady(t *testing.T) {
	v := asrtest.NewVosk(asrtest.Script{Texts: []string{"one", "two", "three"}})
	defer v.Close()
	e := vosk.New(vosk.Options{URL: v.URL})
	release := warm(t, e)
	if v.Dials() != 1 {
		t.Fatalf("%d connections for a conversation", v.Dials())
	}
	for n, want := range []string{"one", "two", "three"} {
		if err := v.Await(limited(t), func(dials, _ int) bool { return dials > n }); err != nil {
			t.Fatal(err)
		}
		if got := hear(t, e); got != want {
			t.Errorf("%q for %q", got, want)
		}
	}
	release()
	release()
	if err := v.Await(limited(t), func(_, open int) bool { return open == 0 }); err != nil {
		t.Errorf("connections outlive the conversation: %v", err)
	}
	if got := hear(t, e); got != "three" || v.Open() > 1 {
		t.Errorf("without a conversation: %q, %d open", got, v.Open())
	}
}

// A session that can hear one utterance after the other does, also those of another conversation.
func TestASessionHearsSeveralUtterances(t *testing.T) {
	v := asrtest.NewRealtime(asrtest.Script{Texts: []string{"one", "two", "three"}})
	defer v.Close()
	e := realtime.New(realtime.Options{URL: v.URL})
	first, second := warm(t, e), warm(t, e)
	first()
	for _, want := range []string{"one", "two", "three"} {
		if got := hear(t, e); got != want {
			t.Errorf("%q for %q", got, want)
		}
	}
	if v.Dials() != 2 {
		t.Errorf("%d connections", v.Dials())
	}
	second()
	if err := v.Await(limited(t), func(_, open int) bool { return open == 0 }); err != nil {
		t.Error(err)
	}
}

// A server that was restarted costs no utterance: what was kept ready is dead, and
// the utterance begins again on a new connection.
func TestAServerIsRestarted(t *testing.T) {
	v := asrtest.NewVosk(asrtest.Script{Text: "yes"})
	defer v.Close()
	f := asr.NewFallback(asr.FallbackOptions{Failed: func(from string, err error, _ string) { t.Error(from, err) }},
		asr.Choice{Name: "vosk", Recognizer: vosk.New(vosk.Options{URL: v.URL})})
	release, err := f.Warm(limited(t), asr.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	for range 20 {
		v.HangUp()
		if got := hear(t, f); got != "yes" {
			t.Errorf("%q", got)
		}
	}
}

func TestWarmSaysThatNobodyIsThere(t *testing.T) {
	v := asrtest.NewVosk(asrtest.Script{Refuse: true})
	defer v.Close()
	if _, err := vosk.New(vosk.Options{URL: v.URL}).Warm(limited(t), asr.Options{}); !errors.Is(err, asr.ErrUnavailable) {
		t.Error(err)
	}
}
