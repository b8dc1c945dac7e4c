// Package endpoint measures how soon and how rightly Parley knows that a customer
// is done: parley eval endpoint. It runs asr/vad and asr/endpoint over turns with
// pauses whose end is known, at many operating points, beside fixed timers.
package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"parley/asr/endpoint"
	"parley/cmd/parley/figure"
)

type options struct {
	turns, fitTurns              string
	plot, fitSeeds               string
	seed                         int
	lateMS, replyMS              float64
	cross, fit, asJSON, isSilent bool
	testdata                     string
}

// Run measures, or with -fit learns the weights anew, and writes to out.
func Run(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("eval endpoint", flag.ContinueOnError)
	fs.SetOutput(out)
	o := options{testdata: os.Getenv("PARLEY_TESTDATA")}
	fs.StringVar(&o.turns, "turns", "", "folder with turns and manifest.tsv (default: made by turns.py in PARLEY_TESTDATA)")
	fs.IntVar(&o.seed, "seed", 1, "of the turns that are made")
	fs.BoolVar(&o.cross, "cross", false, "judge each base clip by weights learnt from the others, on the turns of -fit-seeds")
	fs.BoolVar(&o.fit, "fit", false, "learn the weights from the turns of -fit-seeds and print them as asr/endpoint/builtin.go")
	fs.StringVar(&o.fitSeeds, "fit-seeds", "2,3", "seeds of the turns that weights are learnt from")
	fs.StringVar(&o.fitTurns, "fit-turns", "", "folders of turns to learn from instead, by commas")
	fs.Float64Var(&o.lateMS, "late", 200, "ms after its end at which a word is known")
	fs.Float64Var(&o.replyMS, "reply", 400, "ms from a decision to the first sound of the reply")
	fs.StringVar(&o.plot, "plot", "", "write the curves to this .png, .svg or .pdf; the language is put before the ending")
	fs.BoolVar(&o.asJSON, "json", false, "print the report as JSON")
	fs.BoolVar(&o.isSilent, "quiet", false, "no progress")
	if err := fs.Parse(args); err != nil {
		return err
	}
	progress := io.Writer(os.Stderr)
	if o.isSilent {
		progress = io.Discard
	}
	if o.fit {
		turns, err := o.lessons(ctx, progress)
		if err != nil {
			return fmt.Errorf("endpoint: %w", err)
		}
		return writeWeights(out, fit(turns), o.fitSeeds)
	}
	r, err := o.measure(ctx, progress)
	if err != nil {
		return fmt.Errorf("endpoint: %w", err)
	}
	if o.plot != "" {
		if err := r.draw(o.plot); err != nil {
			return err
		}
	}
	if o.asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return r.print(out)
}

// made gives the turns of a seed as the detector heard them.
func (o options) made(ctx context.Context, seed int, progress io.Writer) ([]*heard, error) {
	if o.testdata == "" {
		return nil, errors.New("neither -turns nor PARLEY_TESTDATA says where the turns are")
	}
	tmp, err := os.MkdirTemp("", "parley-turns-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	fmt.Fprintf(progress, "making turns, seed %d\n", seed)
	dir, err := makeTurns(ctx, o.testdata, tmp, seed)
	if err != nil {
		return nil, err
	}
	return o.heardIn(ctx, dir, progress)
}

func (o options) heardIn(ctx context.Context, dir string, progress io.Writer) ([]*heard, error) {
	turns, err := loadTurns(dir)
	if err != nil {
		return nil, err
	}
	return listen(ctx, dir, turns, o.lateMS/1000, progress)
}

// lessons are the turns that weights are learnt from.
func (o options) lessons(ctx context.Context, progress io.Writer) ([]*heard, error) {
	var all []*heard
	if o.fitTurns != "" {
		for dir := range strings.SplitSeq(o.fitTurns, ",") {
			turns, err := o.heardIn(ctx, dir, progress)
			if err != nil {
				return nil, err
			}
			all = append(all, turns...)
		}
		return all, nil
	}
	for s := range strings.SplitSeq(o.fitSeeds, ",") {
		seed, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("-fit-seeds: %w", err)
		}
		turns, err := o.made(ctx, seed, progress)
		if err != nil {
			return nil, err
		}
		all = append(all, turns...)
	}
	return all, nil
}

func (o options) measure(ctx context.Context, progress io.Writer) (Report, error) {
	r := Report{Seed: o.seed, Crossed: o.cross, LateMS: o.lateMS, ReplyMS: o.replyMS}
	weights := func(string) *endpoint.Weights { return nil }
	if o.cross {
		turns, err := o.lessons(ctx, progress)
		if err != nil {
			return r, err
		}
		ws := crossed(turns)
		weights = func(base string) *endpoint.Weights { return &ws[foldOf(base)] }
	}
	turns, err := []*heard(nil), error(nil)
	if o.turns != "" {
		turns, err = o.heardIn(ctx, o.turns, progress)
	} else {
		turns, err = o.made(ctx, o.seed, progress)
	}
	if err != nil {
		return r, err
	}
	for _, language := range []string{"en", "zh"} {
		part := only(turns, func(h *heard) bool { return h.Language == language })
		if len(part) == 0 {
			continue
		}
		fmt.Fprintf(progress, "%s: %d operating points\n", language, len(risks())+len(timers()))
		r.Languages = append(r.Languages, judge(language, part, weights, o.replyMS/1000))
		if ctx.Err() != nil {
			return r, context.Cause(ctx)
		}
	}
	return r, nil
}

func only(turns []*heard, keep func(*heard) bool) []*heard {
	var out []*heard
	for _, h := range turns {
		if keep(h) {
			out = append(out, h)
		}
	}
	return out
}

// draw plots the share of turns cut over the delay, a figure for each language.
func (r Report) draw(file string) error {
	i := strings.LastIndexByte(file, '.')
	if i < 0 {
		i = len(file)
	}
	for _, l := range r.Languages {
		f := figure.Figure{Title: "End of turn, " + l.Language, X: "mean delay, ms", Y: "turns cut, %", XMax: 2000,
			Lines: []figure.Line{line("Parley", l.Ours, false), line("fixed timer, our detector", l.Timer, true), line("fixed timer, true silences", l.True, true)},
			Marks: []figure.Mark{{Name: "as set by default", X: l.Default.DelayMS, Y: 100 * l.Default.Cut}}}
		if err := f.Save(file[:i] + "-" + l.Language + file[i:]); err != nil {
			return err
		}
	}
	return nil
}

func line(name string, points []Point, dashed bool) figure.Line {
	l := figure.Line{Name: name, Dashed: dashed}
	for _, p := range points {
		l.X, l.Y = append(l.X, p.DelayMS), append(l.Y, 100*p.Cut)
	}
	return l
}
