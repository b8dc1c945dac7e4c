package openai

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/media"
	"parley/tts"
	"parley/tts/ttstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine is one against a scripted peer, with short deadlines.
func engine(t *testing.T, s ttstest.Script) (*Synthesizer, *ttstest.Server) {
	p := ttstest.NewOpenAI(s)
	e := New(Options{URL: p.URL, Key: "k", FirstAudio: 400 * time.Millisecond, Stall: 400 * time.Millisecond})
	t.Cleanup(func() { e.Close(); p.Close() })
	return e, p
}

func TestConformance(t *testing.T) {
	p := ttstest.NewOpenAI(ttstest.Script{Odd: true})
	e := New(Options{URL: p.URL})
	t.Cleanup(func() { e.Close(); p.Close() })
	ttstest.Conformance(t, e, "en", "zh-CN")
}

func say(t *testing.T, e tts.Synthesizer, text string) ([]int16, error) {
	t.Helper()
	sp, err := e.Synthesize(t.Context(), text, tts.Voice{})
	if err != nil {
		return nil, err
	}
	defer sp.Close()
	return ttstest.Read(sp)
}

func TestAnswers(t *testing.T) {
	const text = "One moment, please."
	want := len(ttstest.Speak(text, media.SampleRate))
	for name, c := range map[string]ttstest.Script{
		"pcm":        {},
		"odd chunks": {Odd: true},
		"wav":        {WAV: true},
		"wav 22050":  {WAV: true, Rate: 22050},
		"rate told":  {Rate: 16000},
		"paced":      {Pace: 20},
		"untyped":    {Type: "application/octet-stream"},
		"with key":   {Key: "k"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := engine(t, c)
			pcm, err := say(t, e, text)
			if err != nil {
				t.Fatal(err)
			}
			if d := len(pcm) - want; d < -400 || d > 400 {
				t.Errorf("%d samples, want about %d", len(pcm), want)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		s    ttstest.Script
		want error
	}{
		"hangs":           {ttstest.Script{Hang: true}, tts.ErrSlow},
		"slow to start":   {ttstest.Script{FirstByte: 5 * time.Second}, tts.ErrSlow},
		"stalls":          {ttstest.Script{Stall: 5 * time.Second}, tts.ErrSlow},
		"breaks":          {ttstest.Script{Break: 9001}, tts.ErrBroken},
		"empty":           {ttstest.Script{Empty: true}, tts.ErrBroken},
		"endless":         {ttstest.Script{Endless: true}, tts.ErrTooLong},
		"overloaded":      {ttstest.Script{Status: 503, Body: "busy"}, tts.ErrUnavailable},
		"rate limited":    {ttstest.Script{Status: 429, Body: `{"error":{"message":"slow down"}}`}, tts.ErrUnavailable},
		"refuses":         {ttstest.Script{Status: 400, Body: `{"detail":[{"msg":"no such voice"}]}`}, tts.ErrRefused},
		"wrong key":       {ttstest.Script{Key: "other"}, tts.ErrRefused},
		"lies with json":  {ttstest.Script{Body: `{"error":"no"}`, Type: "application/json"}, tts.ErrBroken},
		"lies with html":  {ttstest.Script{Body: "<!DOCTYPE html><html>", Type: "audio/pcm"}, tts.ErrBroken},
		"lies with mp3":   {ttstest.Script{Body: "ID3\x04abcdefgh", Type: "audio/pcm"}, tts.ErrBroken},
		"lies with ogg":   {ttstest.Script{Body: "OggS\x00abcdefghi", Type: "audio/wav"}, tts.ErrBroken},
		"half a header":   {ttstest.Script{Body: "RIFF\x00\x00\x00\x00WAVEfmt ", Type: "audio/wav"}, tts.ErrBroken},
		"impossible rate": {ttstest.Script{Rate: 1}, tts.ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := engine(t, c.s)
			_, err := say(t, e, "One moment, please, I am looking that up for you.")
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	e, p := engine(t, ttstest.Script{})
	p2 := ttstest.NewOpenAI(ttstest.Script{})
	e.o.URL = p2.URL
	p2.Close()
	if _, err := say(t, e, "Hello."); !errors.Is(err, tts.ErrUnavailable) {
		t.Error(err)
	}
	e.o.URL = p.URL
	if _, err := say(t, e, "Hello."); err != nil {
		t.Error(err)
	}
}

func TestRequest(t *testing.T) {
	e, p := engine(t, ttstest.Script{})
	sp, err := e.Synthesize(t.Context(), "Go to **Orders**.", tts.Voice{Name: "nova", Rate: 0.8})
	if err != nil {
		t.Fatal(err)
	}
	sp.Close()
	want := ttstest.Request{Model: "gpt-4o-mini-tts", Input: "Go to Orders.", Voice: "nova", Format: "pcm", Speed: 0.8}
	if got := p.Requests(); len(got) != 1 || got[0] != want {
		t.Errorf("%+v", got)
	}
}

// A listener that pauses (a customer says "hold on") is not a server that stalls.
func TestSlowListener(t *testing.T) {
	tone := func(text string, rate int) []int16 { return make([]int16, len(text)*rate*75/1000) }
	p := ttstest.NewOpenAI(ttstest.Script{Voice: tone})
	e := New(Options{URL: p.URL, FirstAudio: 30 * time.Second, Stall: 400 * time.Millisecond})
	t.Cleanup(func() { e.Close(); p.Close() })
	var long string
	for range 60 {
		long += "This sentence goes on for quite some time. "
	}
	sp, err := e.Synthesize(t.Context(), long, tts.Voice{})
	if err != nil {
		t.Fatal(err)
	}
	defer sp.Close()
	time.Sleep(900 * time.Millisecond)
	if pcm, err := ttstest.Read(sp); err != nil || len(pcm) < 100*media.SampleRate {
		t.Errorf("%d samples, %v", len(pcm), err)
	}
}

func TestFirstAudioBeforeLast(t *testing.T) {
	e, _ := engine(t, ttstest.Script{Pace: 1})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sp, err := e.Synthesize(ctx, "A long sentence of which the beginning is there long before the end.", tts.Voice{})
	if err != nil {
		t.Fatal(err)
	}
	defer sp.Close()
	var f media.Frame
	if err := sp.ReadFrame(&f); err != nil || len(f.PCM) == 0 {
		t.Fatal(err)
	}
	if h := sp.Heard(1 << 40); h.End > 30 {
		t.Errorf("heard %v after the first frame", h)
	}
}
