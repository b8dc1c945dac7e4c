// Package bargein measures who yields to whom: which sounds stop the bot, whether
// its own echo does, and whether the history holds what was heard: parley eval
// bargein. The calls are those of the server, its real ear, mouth, floor and
// conversation, replayed on call time as fast as the processor allows.
package bargein

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"parley/tts/local"
)

// options of a run.
type options struct {
	data, keep, plot, parts, ears string
	seed                          int
	trials, places                int
	json                          bool
	verbose                       bool
	progress                      io.Writer
}

// Run measures and writes tables to out.
func Run(ctx context.Context, args []string, out io.Writer) error {
	o := options{progress: os.Stderr}
	fs := flag.NewFlagSet("eval bargein", flag.ContinueOnError)
	fs.SetOutput(out)
	fs.StringVar(&o.data, "data", os.Getenv("PARLEY_TESTDATA"), "folder with backchannels.py and speech/")
	fs.StringVar(&o.keep, "keep", "", "folder to keep the sounds in, and what the recogniser heard (default: none is kept)")
	fs.StringVar(&o.parts, "parts", "sounds,echo,heard", "what to measure")
	fs.StringVar(&o.ears, "ears", "words,none,sphinx", "recognisers of the sounds: words (ideal, 200 ms late), none (no words at all), sphinx (what it really believed)")
	fs.StringVar(&o.plot, "plot", "", "file (.png, .svg, .pdf) for the times of the reactions")
	fs.IntVar(&o.seed, "seed", 1, "seed of the sounds and rooms")
	fs.IntVar(&o.trials, "trials", 200, "trials of echo, of double talk and of cuts")
	fs.IntVar(&o.places, "places", len(places), "places in the reply at which each sound comes, 1 to 3")
	fs.BoolVar(&o.json, "json", false, "print the report as JSON")
	fs.BoolVar(&o.verbose, "v", false, "print each trial that went wrong")
	quiet := fs.Bool("quiet", false, "no progress")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *quiet {
		o.progress = io.Discard
	}
	if o.data == "" {
		return errors.New("bargein: neither -data nor PARLEY_TESTDATA says where the sounds are")
	}
	if o.keep == "" {
		dir, err := os.MkdirTemp("", "bargein")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.keep = dir
	}
	r, err := measure(ctx, o)
	if err != nil {
		return err
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
	return r.print(out, o.verbose)
}

// measure runs the parts that are asked for.
func measure(ctx context.Context, o options) (*Report, error) {
	voice := local.New(local.Options{})
	if err := voice.Available(); err != nil {
		return nil, err
	}
	r := &Report{Seed: o.seed, Sounds: map[string][]reaction{}}
	v := newMemo(voice)
	for _, part := range []struct {
		name string
		run  func(context.Context, options, *memo, *Report) error
	}{{"sounds", hearSounds}, {"echo", hearEcho}, {"heard", hearCuts}} {
		if !has(o.parts, part.name) {
			continue
		}
		if err := part.run(ctx, o, v, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func has(list, name string) bool {
	for _, x := range strings.Split(list, ",") {
		if strings.TrimSpace(x) == name {
			return true
		}
	}
	return false
}

// alone runs f with one processor, so that it comes out the same every time.
func alone(f func() error) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	return f()
}

// hearSounds makes each sound at each place, with each recogniser.
func hearSounds(ctx context.Context, o options, v *memo, r *Report) error {
	dir, err := generate(ctx, o.data, o.keep, o.seed)
	if err != nil {
		return err
	}
	sounds, err := load(dir)
	if err != nil {
		return err
	}
	for _, kind := range strings.Split(o.ears, ",") {
		believe, err := believer(ctx, kind, dir, sounds, o.progress)
		if err != nil {
			return err
		}
		err = alone(func() error {
			for i, s := range sounds {
				for p := range min(max(o.places, 1), len(places)) {
					x, err := interrupt(v, s, places[p], believe, uint64(o.seed*1000+i))
					if err != nil {
						return err
					}
					r.Sounds[kind] = append(r.Sounds[kind], x)
				}
				fmt.Fprintf(o.progress, "\r%s: sound %d of %d", kind, i+1, len(sounds))
				if ctx.Err() != nil {
					return ctx.Err()
				}
			}
			return nil
		})
		fmt.Fprintln(o.progress)
		if err != nil {
			return err
		}
	}
	return nil
}
