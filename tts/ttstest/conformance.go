// Package ttstest is what tests and benches of voices share: the conformance
// suite that every engine runs, and a scripted server of OpenAI's speech API.
package ttstest

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/media"
	"parley/tts"
)

// Texts of the suite, by language.
var Texts = map[string][]string{
	"en": {
		"Hello, and welcome to our shop. How can I help you today?",
		"Your order **A-1042** comes to $1,299.50, and ships on 2026-11-24.",
		"See [our page](https://example.com/help) or call +1 (555) 010-4477 😀.",
	},
	"zh-CN": {
		"您好，欢迎光临。请问有什么可以帮您？",
		"您的订单**A-1042**共¥1,299.50，11月24日14:30送达。",
		"请看[帮助](https://example.com/help)，或者重新拨打 VIP 热线。",
	},
}

// Conformance is what every engine must keep, in each of the languages.
func Conformance(t *testing.T, s tts.Synthesizer, languages ...string) {
	for _, language := range languages {
		t.Run(language, func(t *testing.T) {
			for _, text := range Texts[language] {
				t.Run("spoken", func(t *testing.T) { spokenWhole(t, s, text, language) })
			}
			text := Texts[language][0]
			t.Run("rate", func(t *testing.T) { rate(t, s, text, language) })
			t.Run("close early", func(t *testing.T) { closeEarly(t, s, text, language) })
			t.Run("cancelled", func(t *testing.T) { cancelled(t, s, text, language) })
			t.Run("many at once", func(t *testing.T) { manyAtOnce(t, s, text, language) })
			t.Run("hostile", func(t *testing.T) { hostile(t, s, language) })
		})
	}
}

// Read reads a speech to its end and returns its audio.
func Read(s media.Source) ([]int16, error) {
	var pcm []int16
	var f media.Frame
	for {
		err := s.ReadFrame(&f)
		if errors.Is(err, io.EOF) {
			return pcm, nil
		}
		if err != nil {
			return pcm, err
		}
		pcm = append(pcm, f.PCM...)
	}
}

func speak(t *testing.T, s tts.Synthesizer, text string, v tts.Voice) (tts.Speech, []int16) {
	t.Helper()
	sp, err := s.Synthesize(t.Context(), text, v)
	if err != nil {
		t.Fatalf("Synthesize(%q): %v", text, err)
	}
	t.Cleanup(func() { sp.Close() })
	var pcm []int16
	var f media.Frame
	for {
		err := sp.ReadFrame(&f)
		if errors.Is(err, io.EOF) {
			return sp, pcm
		}
		if err != nil {
			t.Fatalf("ReadFrame of %q: %v", text, err)
		}
		if len(f.PCM) < 1 || len(f.PCM) > 4096 {
			t.Fatalf("a frame of %d samples", len(f.PCM))
		}
		pcm = append(pcm, f.PCM...)
		sp.Heard(int64(len(pcm)))
	}
}

func spokenWhole(t *testing.T, s tts.Synthesizer, text, language string) {
	sp, pcm := speak(t, s, text, tts.Voice{Language: language})
	if sp.Format() != media.Speech {
		t.Errorf("format %v", sp.Format())
	}
	if n, least := len(pcm), utf8.RuneCountInString(text)*media.SampleRate/60; n < least {
		t.Errorf("%q: %d samples, less than %d", text, n, least)
	}
	if rms(pcm) < 100 {
		t.Errorf("%q: silence", text)
	}
	if h := sp.Heard(0); h != (tts.Span{}) {
		t.Errorf("heard %v before anything was said", h)
	}
	if h := sp.Heard(int64(len(pcm))); h != (tts.Span{End: len(text)}) {
		t.Errorf("%q: heard %v of %d bytes when all was said", text, h, len(text))
	}
	marks(t, sp, text, int64(len(pcm)))
}

// marks checks that what was heard and where words begin only ever grow, and
// that texts are cut at whole words.
func marks(t *testing.T, sp tts.Speech, text string, total int64) {
	t.Helper()
	var heard tts.Span
	var at int64
	steps := map[int]bool{}
	for n := int64(0); n <= total; n += 160 {
		h, b := sp.Heard(n), sp.Boundary(n)
		if h.Start != 0 || h.End < heard.End || h.End > len(text) {
			t.Fatalf("%q: heard %v after %v", text, h, heard)
		}
		if b < at || b > n {
			t.Fatalf("%q: boundary %d at %d, after %d", text, b, n, at)
		}
		if !whole(text, h.End) {
			t.Fatalf("%q is cut in a word: %q", text, text[:h.End])
		}
		heard, at = h, b
		steps[h.End] = true
	}
	if len(steps) < 5 {
		t.Errorf("%q: only %d steps of what was heard", text, len(steps))
	}
}

// whole reports whether a text may be cut here.
func whole(text string, at int) bool {
	if at == 0 || at == len(text) {
		return true
	}
	if !utf8.RuneStart(text[at]) {
		return false
	}
	l, _ := utf8.DecodeLastRuneInString(text[:at])
	r, _ := utf8.DecodeRuneInString(text[at:])
	latin := func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) }
	return !(latin(l) && latin(r))
}

func rms(pcm []int16) int {
	var sum int64
	for _, s := range pcm {
		sum += int64(s) * int64(s)
	}
	if len(pcm) == 0 {
		return 0
	}
	r := 0
	for r*r < int(sum/int64(len(pcm))) {
		r++
	}
	return r
}

func rate(t *testing.T, s tts.Synthesizer, text, language string) {
	_, normal := speak(t, s, text, tts.Voice{Language: language})
	_, slow := speak(t, s, text, tts.Voice{Language: language, Rate: 0.75})
	if r := float64(len(slow)) / float64(len(normal)); r < 1.1 || r > 1.6 {
		t.Errorf("at rate 0.75 it lasts %.2f times as long", r)
	}
}

func closeEarly(t *testing.T, s tts.Synthesizer, text, language string) {
	sp, err := s.Synthesize(t.Context(), text, tts.Voice{Language: language})
	if err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	go func() {
		_, err := Read(&slow{sp})
		read <- err
	}()
	time.Sleep(20 * time.Millisecond)
	for range 2 {
		if err := sp.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	select {
	case <-read:
	case <-time.After(10 * time.Second):
		t.Fatal("ReadFrame goes on after Close")
	}
	sp.Heard(1 << 40)
	sp.Boundary(1 << 40)
}

// slow is a source whose listener takes its time.
type slow struct{ media.Source }

func (s *slow) ReadFrame(f *media.Frame) error {
	time.Sleep(5 * time.Millisecond)
	return s.Source.ReadFrame(f)
}

func cancelled(t *testing.T, s tts.Synthesizer, text, language string) {
	gone := errors.New("the customer is gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	sp, err := s.Synthesize(ctx, text, tts.Voice{Language: language})
	if err != nil {
		t.Fatal(err)
	}
	cancel(gone)
	if _, err := Read(sp); err != nil && !errors.Is(err, gone) && !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	sp.Close()
	if sp, err := s.Synthesize(ctx, text, tts.Voice{Language: language}); err == nil {
		Read(sp)
		sp.Close()
	}
}

func manyAtOnce(t *testing.T, s tts.Synthesizer, text, language string) {
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			sp, err := s.Synthesize(t.Context(), text, tts.Voice{Language: language})
			if err != nil {
				t.Error(err)
				return
			}
			defer sp.Close()
			if pcm, err := Read(sp); err != nil || len(pcm) == 0 {
				t.Errorf("%d samples, %v", len(pcm), err)
			}
		})
	}
	wg.Wait()
}

// hostile texts end in audio or in an error, never in a hang or a panic.
func hostile(t *testing.T, s tts.Synthesizer, language string) {
	for _, text := range []string{
		"", " \n\t ", "😀😀", "****", "\x00\xff\xfe", "a\x00b\x1b[31m", "-o /dev/null", "--help", "<speak>&lt;</speak>", "[[hello]]",
		"-1e999999999", strings.Repeat("word ", 2000), strings.Repeat("好", 1500), strings.Repeat("a", 900), "\u202eabc\u200b", "a\r\nb",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		sp, err := s.Synthesize(ctx, text, tts.Voice{Language: language, Rate: -3})
		if err == nil {
			var f media.Frame
			for n := 0; n < 5*media.SampleRate && sp.ReadFrame(&f) == nil; {
				n += len(f.PCM)
			}
			sp.Heard(1 << 30)
			sp.Close()
		}
		if ctx.Err() != nil {
			t.Errorf("%.20q: took 20 s", text)
		}
		cancel()
	}
}
