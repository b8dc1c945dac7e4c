// Package tts measures the configured voice: whether the offline recogniser
// understands it, on a good line and on the telephone, how soon it speaks, how
// much faster than a human, and how loud: parley eval tts.
package tts

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"parley/cmd/parley/config"
	"parley/tts"
	"parley/tts/local"
	"parley/tts/normal"
	"parley/tts/openai"
)

// options of a run.
type options struct {
	config, voice, plot string
	json, verbose       bool
	progress            io.Writer
}

// Run measures and writes tables to out.
func Run(ctx context.Context, args []string, out io.Writer) error {
	o := options{progress: os.Stderr}
	fs := flag.NewFlagSet("eval tts", flag.ContinueOnError)
	fs.SetOutput(out)
	fs.StringVar(&o.config, "config", "", "settings, of which the first voice is measured (default: the environment's, else the offline one)")
	fs.StringVar(&o.voice, "voice", "", "the engine's own name of a voice")
	fs.StringVar(&o.plot, "plot", "", "file (.png, .svg, .pdf) for the times to the first audio")
	fs.BoolVar(&o.json, "json", false, "print the report as JSON")
	fs.BoolVar(&o.verbose, "v", false, "print each sentence that was misheard")
	quiet := fs.Bool("quiet", false, "no progress")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *quiet {
		o.progress = io.Discard
	}
	r, err := measure(ctx, o)
	if err != nil {
		return fmt.Errorf("eval tts: %w", err)
	}
	if o.plot != "" {
		if err := r.draw(o.plot); err != nil {
			return err
		}
	}
	if o.json {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	r.print(out, o.verbose)
	return nil
}

// configured is the voice that a conversation would hear, without cache and
// fallback, and the pronunciations it is given.
func configured(o options) (voice tts.Synthesizer, name string, n *normal.Normalizer, err error) {
	c, err := config.Load(o.config, os.Getenv)
	if err != nil {
		return nil, "", nil, err
	}
	n = normal.New(normal.Options{Lexicon: c.Speech.Pronounce})
	e := config.Engine{Engine: "local"}
	if len(c.TTS) > 0 {
		e = c.TTS[0]
	}
	if o.voice != "" {
		e.Voice = o.voice
	}
	if e.Engine == "openai" {
		return openai.New(openai.Options{URL: e.URL, Key: e.Key, Model: e.Model, Voice: e.Voice, Normal: n}), e.Engine + " " + e.Voice, n, nil
	}
	if e.Voice = o.voice; e.Voice == "" { // the server leaves the offline voice its own
		e.Voice = "rms"
	}
	v := local.New(local.Options{Voice: e.Voice, Normal: n})
	return v, e.Engine + " " + e.Voice, n, v.Available()
}

func measure(ctx context.Context, o options) (*Report, error) {
	voice, name, n, err := configured(o)
	if err != nil {
		return nil, err
	}
	r := &Report{Voice: name}
	var spoken []utterance
	for _, l := range []struct {
		language string
		texts    []string
	}{{"en", english}, {"zh-CN", chinese}} {
		if _, err := speak(ctx, voice, l.texts[0], l.language); err != nil { // programs and models come into memory
			return nil, err
		}
		var us []utterance
		for i, text := range l.texts {
			u, err := speak(ctx, voice, text, l.language)
			if err != nil {
				return nil, err
			}
			us = append(us, u)
			fmt.Fprintf(o.progress, "\r%s: sentence %d of %d spoken ", l.language, i+1, len(l.texts))
		}
		fmt.Fprintln(o.progress)
		r.Languages = append(r.Languages, timed(l.language, us))
		if l.language == "en" {
			spoken = us
		}
	}
	return r, r.understood(ctx, o, spoken, n)
}

// understood lets the recognisers hear the English sentences.
func (r *Report) understood(ctx context.Context, o options, us []utterance, n *normal.Normalizer) error {
	dir, err := os.MkdirTemp("", "eval-tts")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	plain, knowing, err := recognisers(dir)
	if err != nil {
		return err
	}
	defer plain.Close()
	defer knowing.Close()
	wide, narrow := make([][]int16, len(us)), make([][]int16, len(us))
	for i, u := range us {
		wide[i] = u.pcm
		if narrow[i], err = telephone(u.pcm); err != nil {
			return err
		}
	}
	for _, line := range []struct {
		name string
		pcm  [][]int16
	}{{"16 kHz", wide}, {"G.711", narrow}} {
		for _, model := range []string{"general", "with the demo knowledge"} {
			pool := plain
			if model != "general" {
				pool = knowing
			}
			var done atomic.Int32
			heard, err := hear(ctx, pool, line.pcm, func() {
				fmt.Fprintf(o.progress, "\r%s, language model %s: sentence %d of %d heard ", line.name, model, done.Add(1), len(us))
			})
			fmt.Fprintln(o.progress)
			if err != nil {
				return err
			}
			r.Heard = append(r.Heard, judge(line.name, model, english, heard, n))
		}
	}
	return nil
}
