package asrtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"parley/asr"
)

// Faults runs an engine against servers that misbehave. start begins one that
// speaks the engine's protocol; engine reaches it, and gives up after 300 ms
// without an answer. Whatever the server does, there is at most one final
// result, nothing after it, and a fault is asr.ErrUnavailable.
func Faults(t *testing.T, start func(Script) *Server, engine func(url string) asr.Recognizer) {
	const text = "one two three four five six"
	for name, s := range map[string]Script{
		"refuses":               {Refuse: true},
		"breaks off":            {Text: text, Break: 5},
		"breaks off at once":    {Text: text, Break: 1},
		"hangs up at the end":   {Text: text, Drop: true},
		"is no engine":          {Lie: true},
		"floods":                {Flood: true},
		"hangs":                 {Hang: true},
		"never gives the final": {Text: text, Mute: true},
	} {
		t.Run(name, func(t *testing.T) {
			v := start(s)
			defer v.Close()
			r, finals, err := hear(t.Context(), engine(v.URL), speech())
			if !errors.Is(err, asr.ErrUnavailable) || finals > 0 {
				t.Errorf("%d final, %+v, %v", finals, r, err)
			}
		})
	}
	for name, s := range map[string]Script{"is slow": {Text: text, Slow: 5 * time.Millisecond, Final: 100 * time.Millisecond}, "goes on after the final": {Text: text, Repeat: true}} {
		t.Run(name, func(t *testing.T) {
			v := start(s)
			defer v.Close()
			e := engine(v.URL)
			if w, ok := e.(asr.Warmer); ok {
				release, err := w.Warm(t.Context(), asr.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer release()
			}
			for _, want := range []string{text, "yes", "no thank you"} {
				s.Text = want
				v.Set(s)
				r, finals, err := hear(t.Context(), e, speech())
				if err != nil || finals != 1 || r.Text != want {
					t.Errorf("%d final, %q for %q, %v", finals, r.Text, want, err)
				}
			}
		})
	}
	t.Run("is not there", func(t *testing.T) {
		v := start(Script{})
		v.Close()
		if _, finals, err := hear(t.Context(), engine(v.URL), speech()); !errors.Is(err, asr.ErrUnavailable) || finals > 0 {
			t.Errorf("%d final, %v", finals, err)
		}
		if c, ok := engine(v.URL).(asr.Checker); !ok || c.Check(t.Context()) == nil {
			t.Error("its absence is not noticed")
		}
	})
}

// speech is two seconds of audio.
func speech() *Clip { return &Clip{PCM: make([]int16, 32000)} }

func hear(ctx context.Context, e asr.Recognizer, c *Clip) (last asr.Result, finals int, err error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for r, err := range e.Recognize(ctx, c, asr.Options{Language: "en"}) {
		if err != nil {
			return last, finals, err
		}
		if last = r; r.Final {
			finals++
		}
	}
	return last, finals, nil
}
