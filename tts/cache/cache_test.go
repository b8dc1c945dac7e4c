package cache_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"parley/tts"
	"parley/tts/cache"
	"parley/tts/openai"
	"parley/tts/ttstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func say(t *testing.T, s tts.Synthesizer, text string) ([]int16, tts.Span, error) {
	t.Helper()
	sp, err := s.Synthesize(t.Context(), text, tts.Voice{Language: "en"})
	if err != nil {
		return nil, tts.Span{}, err
	}
	defer sp.Close()
	pcm, err := ttstest.Read(sp)
	return pcm, sp.Heard(int64(len(pcm))), err
}

func TestWhatIsSaidAgainComesFromMemory(t *testing.T) {
	p := ttstest.NewOpenAI(ttstest.Script{})
	defer p.Close()
	inner := openai.New(openai.Options{URL: p.URL, Model: "m"})
	defer inner.Close()
	c := cache.New(inner, cache.Options{})
	const text = "Your order has shipped."
	a, _, err := say(t, c, text)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, bytes := c.Stats(); bytes != 0 {
		t.Errorf("%d bytes are kept of what was said once", bytes)
	}
	if _, _, err := say(t, c, text); err != nil || p.Count() != 2 {
		t.Fatalf("%v, asked %d times", err, p.Count())
	}
	b, heard, err := say(t, c, text)
	if err != nil || p.Count() != 2 {
		t.Fatalf("%v, asked %d times", err, p.Count())
	}
	if d := len(a) - len(b); d > 320 || d < -320 {
		t.Errorf("%d samples, then %d", len(a), len(b))
	}
	if heard.End != len(text) {
		t.Errorf("heard %+v of %q", heard, text)
	}
}

func TestBoundedAndPrimed(t *testing.T) {
	p := ttstest.NewOpenAI(ttstest.Script{})
	defer p.Close()
	inner := openai.New(openai.Options{URL: p.URL, Model: "m"})
	defer inner.Close()
	c := cache.New(inner, cache.Options{Bytes: 20000})
	const sorry = "I am sorry."
	if err := c.Prime(context.Background(), tts.Voice{Language: "en"}, sorry); err != nil {
		t.Fatal(err)
	}
	for i := range 60 { // each twice
		if _, _, err := say(t, c, "sentence number "+strings.Repeat("x", i/2+1)); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, n := c.Stats(); n > 20000 || n < 10000 {
		t.Errorf("%d bytes", n)
	}
	p.Set(ttstest.Script{Status: 503})
	if pcm, _, err := say(t, c, sorry); err != nil || len(pcm) == 0 {
		t.Errorf("the apology cannot be said: %v", err)
	}
	if _, _, err := say(t, c, "something new"); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("a dead engine gave %v", err)
	}
}

// However much is said, what was primed stays, and plays when no engine answers.
func TestPrimedOutlivesPressure(t *testing.T) {
	p := ttstest.NewOpenAI(ttstest.Script{})
	defer p.Close()
	inner := openai.New(openai.Options{URL: p.URL, Model: "m"})
	defer inner.Close()
	const most = 4000
	c := cache.New(inner, cache.Options{Bytes: most})
	sorry := []string{"I am sorry, something went wrong.", "Please call again later.", "Goodbye."}
	if err := c.Prime(t.Context(), tts.Voice{Language: "en"}, sorry...); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		text := "answer " + strings.Repeat("y", i+1)
		for range 2 {
			if _, _, err := say(t, c, text); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, n := c.Stats(); n > most {
			t.Fatalf("%d bytes are kept after %q", n, text)
		}
	}
	p.Set(ttstest.Script{Status: 503})
	asked := p.Count()
	for _, text := range sorry {
		pcm, heard, err := say(t, c, text)
		if err != nil || len(pcm) == 0 || heard.End != len(text) {
			t.Errorf("%q: %d samples, heard %+v, %v", text, len(pcm), heard, err)
		}
	}
	if n := p.Count() - asked; n != 0 {
		t.Errorf("the engine was asked %d times", n)
	}
	if _, _, err := say(t, c, "answer y"); err == nil {
		t.Error("the first of what was pressed out is still there")
	}
}

// What was heard of random texts only grows, ends on a rune, and is all at the end,
// from the engine, recorded, and from memory.
func TestHeardOfRandomTexts(t *testing.T) {
	p := ttstest.NewOpenAI(ttstest.Script{})
	defer p.Close()
	inner := openai.New(openai.Options{URL: p.URL, Model: "m"})
	defer inner.Close()
	ttstest.HeardProperties(t, inner, 8)
	c := cache.New(inner, cache.Options{})
	for range 3 { // made, kept, from memory: the texts are the same each time
		ttstest.HeardProperties(t, c, 8)
	}
	if hits, _, _ := c.Stats(); hits == 0 {
		t.Error("nothing came from memory")
	}
}
