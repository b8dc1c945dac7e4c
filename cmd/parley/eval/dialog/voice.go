package dialog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"

	"parley/asr"
	"parley/asr/sphinx"
	"parley/cmd/parley/ears"
	"parley/media"
	"parley/tts"
	"parley/tts/local"
	"parley/tts/normal"
)

// Silence around an utterance, as a call has it, in samples.
const (
	lead = media.SampleRate / 5
	tail = media.SampleRate * 35 / 100
)

// customers are the voices that customers speak with, by run; the others babble.
var customers = []string{"rms", "slt", "awb"}

// line is a telephone: what is said at one end is heard at the other, with noise.
type line struct {
	mouth  tts.Synthesizer
	ears   *asr.Fallback
	pool   *sphinx.Pool // nil: not installed
	hints  func(language string) []string
	babble [][]int16
}

// open makes a line with the recognisers of the settings, the offline one knowing what
// the server lets it know. Close it.
func (t *theatre) open(ctx context.Context, folder string) (*line, error) {
	l := &line{mouth: local.New(local.Options{Normal: normal.New(normal.Options{Lexicon: t.c.Speech.Pronounce})})}
	o := sphinx.Options{Logger: t.log}
	m, _, err := ears.LanguageModel(ctx, folder, t.index.Sentences("en"), slog.Default()) // nothing is left for later in an empty folder
	if err != nil {
		return nil, err
	}
	o.LanguageModel, o.Words = m.Sentences, m.Words
	var offline asr.Recognizer
	switch l.pool, err = sphinx.New(o); {
	case err == nil:
		offline = l.pool
	case !errors.Is(err, asr.ErrUnavailable):
		return nil, err
	}
	choices, err := ears.Choices(t.c, offline)
	if err != nil {
		return nil, err
	}
	l.ears = asr.NewFallback(asr.FallbackOptions{}, choices...)
	hints := map[string][]string{}
	for _, lang := range []string{"en", "zh-CN"} {
		hints[lang] = t.index.Words(200, lang)
	}
	l.hints = func(language string) []string { return hints[language] }
	for i, text := range murmurs {
		pcm, err := l.speak(ctx, text, "en", customers[i%len(customers)])
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		l.babble = append(l.babble, pcm)
	}
	return l, nil
}

// murmurs are what is said in the background.
var murmurs = []string{
	"I told her that we could meet on the corner, but then the rain came, and nobody had brought a coat.",
	"There are two kinds of soup today, and the bread is from this morning, if anybody would like some more of it.",
	"He works from home on most days now, which is quieter, though the neighbours have begun to build a garage.",
	"We took the early train and sat by the window, and the children counted all the bridges on the way.",
}

// Close ends what the line started.
func (l *line) Close() error {
	if l.pool != nil {
		return l.pool.Close()
	}
	return nil
}

// hears reports whether somebody hears a language.
func (l *line) hears(language string) bool { return l.ears.Hears(language) }

func (l *line) speak(ctx context.Context, text, language, voice string) ([]int16, error) {
	v := tts.Voice{Language: language}
	if strings.HasPrefix(language, "en") {
		v.Name = voice
	}
	s, err := l.mouth.Synthesize(ctx, text, v)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	defer s.Close()
	var pcm []int16
	var f media.Frame
	for {
		switch err := s.ReadFrame(&f); {
		case errors.Is(err, io.EOF):
			return pcm, nil
		case err != nil:
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		pcm = append(pcm, f.PCM...)
	}
}

// Hear implements speaker.
func (l *line) Hear(ctx context.Context, text, language string, digits bool, seed uint64) (string, float64, error) {
	pcm, err := l.speak(ctx, text, language, customers[int(seed>>16)%len(customers)])
	if err != nil {
		return "", 0, err
	}
	pcm = append(append(make([]int16, lead), pcm...), make([]int16, tail)...)
	o := asr.Options{Language: language, Hints: l.hints(language)}
	if digits {
		o.Expect = asr.ExpectDigits
	}
	src := ears.Clip(noisy(pcm, l.babble, rand.New(rand.NewPCG(seed, 15))))
	var heard []string
	confidence := 0.0
	for r, err := range l.ears.Recognize(ctx, src, o) {
		if err != nil {
			return "", 0, fmt.Errorf("the recogniser: %w", err)
		}
		if r.Final {
			heard = append(heard, r.Text)
			confidence = r.Confidence
		}
	}
	return strings.Join(heard, " "), confidence, nil
}
