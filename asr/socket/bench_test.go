package socket_test

import (
	"context"
	"testing"
	"time"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/asr/funasr"
	"parley/asr/openai"
	"parley/asr/realtime"
	"parley/asr/vosk"
	"parley/media"
)

// dial is how long the benchmarked servers take to accept a connection.
const dial = 50 * time.Millisecond

// ended is a clip that notes when its end was read.
type ended struct {
	asrtest.Clip
	at time.Time
}

func (e *ended) ReadFrame(f *media.Frame) error {
	err := e.Clip.ReadFrame(f)
	if err != nil {
		e.at = time.Now()
	}
	return err
}

// BenchmarkWait speaks a second, as it would be spoken, to servers that take 50 ms to
// accept a connection and answer at once. It reports the wait from the end of speech
// to the final result, and from the first sound to the first partial, which comes
// with 250 ms of audio: cold, and with a conversation open.
func BenchmarkWait(b *testing.B) {
	s := asrtest.Script{Text: "where is my order", Dial: dial}
	type warmer interface {
		asr.Recognizer
		asr.Warmer
	}
	for _, c := range []struct {
		name  string
		start func() *asrtest.Server
		new   func(url string) warmer
	}{
		{"vosk", func() *asrtest.Server { return asrtest.NewVosk(s) }, func(u string) warmer { return vosk.New(vosk.Options{URL: u}) }},
		{"funasr", func() *asrtest.Server { return asrtest.NewFunASR(s, false) }, func(u string) warmer { return funasr.New(funasr.Options{URL: u}) }},
		{"realtime", func() *asrtest.Server { return asrtest.NewRealtime(s) }, func(u string) warmer { return realtime.New(realtime.Options{URL: u}) }},
		{"openai", func() *asrtest.Server { return asrtest.NewOpenAI(s) }, func(u string) warmer { return openai.New(openai.Options{URL: u}) }},
	} {
		for _, open := range []bool{false, true} {
			name := c.name + "/cold"
			if open {
				name = c.name + "/open"
			}
			b.Run(name, func(b *testing.B) {
				v := c.start()
				defer v.Close()
				var final, first time.Duration
				for range b.N {
					ctx, cancel := context.WithCancel(b.Context())
					e := c.new(v.URL)
					if open {
						release, err := e.Warm(ctx, asr.Options{})
						if err != nil {
							b.Fatal(err)
						}
						defer release()
					}
					f, p := speak(b, e)
					final, first = final+f, first+p
					cancel()
				}
				b.ReportMetric(float64(final.Microseconds())/1000/float64(b.N), "ms-final")
				b.ReportMetric(float64(first.Microseconds())/1000/float64(b.N), "ms-first")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

func speak(b *testing.B, e asr.Recognizer) (final, first time.Duration) {
	src := &ended{Clip: asrtest.Clip{PCM: make([]int16, 16000), Pace: true}}
	began := time.Now()
	for r, err := range e.Recognize(b.Context(), src, asr.Options{}) {
		if err != nil {
			b.Fatal(err)
		}
		if first == 0 && r.Text != "" {
			first = time.Since(began)
		}
		if r.Final {
			final = time.Since(src.at)
		}
	}
	return final, first
}
