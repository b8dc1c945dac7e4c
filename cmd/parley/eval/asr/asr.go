// Package asr measures how well the offline recogniser hears: parley eval asr.
//
// Words are compared in lower case, without punctuation but for apostrophes;
// numbers are compared as the words they are spoken by.
package asr

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parley/asr"
	"parley/asr/sphinx"
	"parley/asr/sphinx/lm"
	"parley/cmd/parley/figure"
	"parley/media"
)

// Run streams the English clips of known transcript, in $PARLEY_TESTDATA/speech,
// through the offline recogniser and writes the tables to out.
func Run(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("eval asr", flag.ContinueOnError)
	fs.SetOutput(out)
	sentences := fs.String("lm", "", "text `file`, a sentence a line, for a language model to mix in")
	fast := fs.Bool("fast", false, "do not wait for the clips' own time; waits and time are then not those of a call")
	worker := fs.String("worker", "", "the recogniser's worker (default: parley-sphinx beside parley, or in the path)")
	plot := fs.String("plot", "", "draw the distribution of the waits into `file` (.png, .svg, .pdf)")
	phone := lineFlags(fs)
	asJSON := fs.Bool("json", false, "print the report as JSON")
	if err := fs.Parse(args); err != nil {
		return err
	}
	l, err := phone()
	if err != nil {
		return fmt.Errorf("asr: %w", err)
	}
	root := os.Getenv("PARLEY_TESTDATA")
	if root == "" {
		return errors.New("asr: PARLEY_TESTDATA does not say where the clips are")
	}
	clips, err := load(filepath.Join(root, "speech"))
	if err != nil {
		return fmt.Errorf("asr: %w", err)
	}
	o := sphinx.Options{Worker: *worker, Size: 1, Logger: slog.New(slog.DiscardHandler)}
	if *sentences != "" {
		var done func()
		if o.LanguageModel, done, err = model(*sentences); err != nil {
			return fmt.Errorf("asr: %w", err)
		}
		defer done()
	}
	pool, err := sphinx.New(o)
	if err != nil {
		return err
	}
	defer pool.Close()
	release, err := pool.Warm(ctx, asr.Options{})
	if err != nil {
		return err
	}
	defer release()
	r := Report{Fast: *fast}
	if l != nil {
		r.Line = l.String()
	}
	for i, c := range clips {
		fmt.Fprintf(os.Stderr, "\r%d of %d clips", i, len(clips))
		if l != nil {
			if c.pcm, err = l.through(c.pcm, uint64(i)); err != nil {
				return fmt.Errorf("asr: %s: %w", c.file, err)
			}
		}
		if err := r.hear(ctx, pool, c, *fast); err != nil {
			return fmt.Errorf("asr: %s: %w", c.file, err)
		}
	}
	fmt.Fprintf(os.Stderr, "\r%d clips        \n", len(clips))
	r.sum()
	if *plot != "" {
		f := figure.Figure{Title: "From the end of the audio to the final", X: "ms", Y: "% of clips", YMax: 100, Lines: []figure.Line{figure.Distribution("sphinx", r.waits)}}
		if err := f.Save(*plot); err != nil {
			return err
		}
	}
	if *asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return r.print(out)
}

// model makes a language model of a file's lines; done removes it.
func model(file string) (path string, done func(), err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	f, err := os.CreateTemp("", "parley-eval-*.arpa")
	if err != nil {
		return "", nil, err
	}
	done = func() { _ = os.Remove(f.Name()) }
	if err := errors.Join(lm.Write(f, strings.Split(string(b), "\n")), f.Close()); err != nil {
		done()
		return "", nil, err
	}
	return f.Name(), done, nil
}

// source is a clip, at its own pace unless it is fast. ended is when its end was told.
type source struct {
	pcm   []int16
	at    int
	fast  bool
	began time.Time
	ended time.Time
}

// Format implements media.Source.
func (s *source) Format() media.Format { return media.Format{Rate: media.SampleRate, Channels: 1} }

// ReadFrame implements media.Source.
func (s *source) ReadFrame(f *media.Frame) error {
	if s.began.IsZero() {
		s.began = time.Now()
	}
	n := min(media.SampleRate/50, len(s.pcm)-s.at)
	if !s.fast { // a frame is there when it was spoken
		time.Sleep(time.Until(s.began.Add(time.Duration(s.at+n) * time.Second / media.SampleRate)))
	}
	if n == 0 {
		s.ended = time.Now()
		return io.EOF
	}
	f.At = media.CallTime(s.at)
	f.PCM = append(f.PCM[:0], s.pcm[s.at:s.at+n]...)
	s.at += n
	return nil
}
