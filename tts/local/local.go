// Package local speaks without a network: English by flite, Mandarin by
// espeak-ng from pinyin, each a child process of limited number, time and output.
//
// It knows nothing of conversations.
package local

import (
	"context"
	"fmt"
	"os/exec"
	"runtime"
	"strings"

	"parley/media"
	"parley/media/resample"
	"parley/tts"
	"parley/tts/marks"
	"parley/tts/normal"
	"parley/tts/speech"
)

// Options of the offline voices. The zero value works.
type Options struct {
	Flite     string // the program; "" is "flite"
	Espeak    string // the program; "" is "espeak-ng"
	Voice     string // of flite, unless a Voice names another; "" is "rms"
	Processes int    // at once; 0 is two for each processor

	Normal *normal.Normalizer // nil is one without a lexicon
}

// Synthesizer is the offline voices. It may be used by many goroutines.
type Synthesizer struct {
	o     Options
	slots chan struct{}
}

var _ tts.Synthesizer = (*Synthesizer)(nil)

// voices of flite that a Voice may name.
var voices = map[string]bool{"rms": true, "slt": true, "awb": true, "kal": true, "kal16": true}

// longest is the longest text in bytes of its spoken form.
const longest = 16 << 10

// New returns the offline voices; it starts nothing.
func New(o Options) *Synthesizer {
	if o.Flite == "" {
		o.Flite = "flite"
	}
	if o.Espeak == "" {
		o.Espeak = "espeak-ng"
	}
	if o.Voice == "" {
		o.Voice = "rms"
	}
	if o.Processes <= 0 {
		o.Processes = 2 * runtime.NumCPU()
	}
	return &Synthesizer{o: o, slots: make(chan struct{}, o.Processes)}
}

// Available is nil when both programs are installed.
func (s *Synthesizer) Available() error {
	for _, program := range []string{s.o.Flite, s.o.Espeak} {
		if err := installed(program); err != nil {
			return err
		}
	}
	return nil
}

func installed(program string) error {
	if _, err := exec.LookPath(program); err != nil {
		return fmt.Errorf("local speech: %w: %w", tts.ErrUnavailable, err)
	}
	return nil
}

// Synthesize speaks English and Mandarin, each run of the text by its script.
// Errors wrap tts.ErrLanguage, ErrUnavailable or ErrTooLong; those of the
// speech also ErrSlow and ErrBroken.
func (s *Synthesizer) Synthesize(ctx context.Context, text string, v tts.Voice) (tts.Speech, error) {
	primary, _, _ := strings.Cut(strings.ToLower(v.Language), "-")
	switch primary {
	case "", "en", "zh", "cmn", "yue":
	default:
		return nil, fmt.Errorf("local speech: %q: %w", v.Language, tts.ErrLanguage)
	}
	t := s.o.Normal.Speakable(text, v.Language)
	if len(t.Spoken) > longest {
		return nil, fmt.Errorf("local speech: %d bytes: %w", len(t.Spoken), tts.ErrTooLong)
	}
	parts := byScript(t.Spoken, v.Language)
	for _, p := range parts {
		if err := installed(s.program(p)); err != nil {
			return nil, err
		}
	}
	return speech.Start(ctx, t, v.Rate, func(ctx context.Context, st *speech.Stream) error {
		for _, p := range parts {
			if err := s.say(ctx, st, p, v); err != nil {
				return fmt.Errorf("local speech: %w", err)
			}
		}
		return nil
	}), nil
}

func (s *Synthesizer) program(p part) string {
	if p.han {
		return s.o.Espeak
	}
	return s.o.Flite
}

// say speaks one part, with the pause after it.
func (s *Synthesizer) say(ctx context.Context, st *speech.Stream, p part, v tts.Voice) error {
	words := marks.Words(p.text)
	if len(words) == 0 {
		return context.Cause(ctx)
	}
	pcm, err := s.sound(ctx, p, v)
	if err != nil {
		return err
	}
	pcm = evened(clipped(pcm))
	var e marks.Envelope
	e.Write(pcm)
	times := marks.Align(words, &e, true, speech.Tempo(v.Rate))
	at := st.Written()
	for i := range times {
		times[i].Start += at
		times[i].End += at
	}
	st.Mark(times...)
	pause := int(float64(p.pause) / speech.Tempo(v.Rate))
	return st.Write(ctx, append(pcm, make([]int16, pause*media.SampleRate/1000)...))
}

// sound is a part as its program says it, at 16 kHz.
func (s *Synthesizer) sound(ctx context.Context, p part, v tts.Voice) ([]int16, error) {
	tempo := speech.Tempo(v.Rate)
	args, input := s.flite(p.text, v, tempo)
	if p.han {
		args, input = s.espeak(p.text, tempo)
	}
	out, err := s.run(ctx, input, len(p.text), args...)
	if err != nil {
		return nil, err
	}
	pcm, rate, err := wav(out)
	if err != nil {
		return nil, err
	}
	if rate == media.SampleRate {
		return pcm, nil
	}
	r, err := resample.New(rate, media.SampleRate)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", tts.ErrBroken, err)
	}
	return r.Flush(r.Process(pcm, nil)), nil
}

// flite takes the text as an argument: from a file or its input it reads back
// what it wrote, which never ends on a pipe.
func (s *Synthesizer) flite(text string, v tts.Voice, tempo float64) (args []string, input string) {
	voice := s.o.Voice
	if voices[v.Name] {
		voice = v.Name
	}
	return []string{s.o.Flite, "-voice", voice, "--setf", fmt.Sprintf("duration_stretch=%.3f", 1/tempo),
		"-o", "/dev/stdout", "-t", plain(text)}, ""
}

func (s *Synthesizer) espeak(text string, tempo float64) (args []string, input string) {
	return []string{s.o.Espeak, "-v", "cmn-latn-pinyin", "-s", fmt.Sprint(int(165 * tempo)), "-z", "--stdin", "--stdout"}, spell(text) + "\n"
}
