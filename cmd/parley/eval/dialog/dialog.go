// Package dialog runs scenarios, talks with known right outcomes, against the whole
// dialog manager, in chat and by voice: parley eval dialog.
package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"parley/dialog"
)

// options of a run.
type options struct {
	config, knowledge, forms string
	systems                  bool
	runs                     int
	only                     string
	via                      string
	progress                 io.Writer
}

// Run measures and writes tables to out. Its error is not nil when fewer scenarios
// pass than are needed.
func Run(ctx context.Context, args []string, out io.Writer) error {
	o := options{progress: os.Stderr}
	fs := flag.NewFlagSet("eval dialog", flag.ContinueOnError)
	fs.SetOutput(out)
	fs.StringVar(&o.config, "config", "", "settings that name models, voices and recognisers (default: the environment's, else all offline)")
	fs.StringVar(&o.knowledge, "knowledge", "", "`folder` of documents (default: the demo company's)")
	fs.StringVar(&o.forms, "forms", "", "file or `folder` of procedures (default: the demo company's)")
	fs.BoolVar(&o.systems, "systems", false, "use the tools of the settings, which had better be a test system's (default: a new demo company for each talk)")
	fs.IntVar(&o.runs, "k", 1, "runs of each scenario")
	fs.StringVar(&o.only, "only", "", "run scenarios whose name or language holds this `text`")
	fs.StringVar(&o.via, "channel", "", "chat or voice alone (default: both)")
	need := fs.Float64("need", 1, "share of the scenarios that must pass in chat, in every run")
	needVoice := fs.Float64("need-voice", 0, "the same by voice, of those that are run by voice")
	plot := fs.String("plot", "", "draw pass^k into `file` (.png, .svg, .pdf)")
	asJSON := fs.Bool("json", false, "print the report as JSON, every word of every talk with it")
	verbose := fs.Bool("v", false, "print every talk whole")
	quiet := fs.Bool("quiet", false, "no progress")
	fs.Usage = func() {
		fmt.Fprintln(out, "usage: parley eval dialog [flags] [file or folder of scenarios…]")
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *quiet {
		o.progress = io.Discard
	}
	if o.runs < 1 {
		return errors.New("eval dialog: -k is less than 1")
	}
	scenarios, err := Load(fs.Args()...)
	if err != nil {
		return fmt.Errorf("eval dialog: %w", err)
	}
	r, err := measure(ctx, o, scenarios)
	if err != nil {
		return fmt.Errorf("eval dialog: %w", err)
	}
	if *plot != "" {
		if err := r.draw(*plot); err != nil {
			return err
		}
	}
	if *asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(r)
	} else {
		err = r.print(out, *verbose)
	}
	return errors.Join(err, r.enough(o, *need, *needVoice))
}

// enough says when too little passed.
func (r *Report) enough(o options, chat, voice float64) error {
	var errs []error
	if o.via != string(dialog.ViaVoice) && r.Chat < chat {
		errs = append(errs, fmt.Errorf("eval dialog: in chat %.3f of the scenarios pass, %.3f are needed", r.Chat, chat))
	}
	if r.Spoken > 0 && r.Voice < voice {
		errs = append(errs, fmt.Errorf("eval dialog: by voice %.3f of the scenarios pass, %.3f are needed", r.Voice, voice))
	}
	return errors.Join(errs...)
}

// measure runs the scenarios.
func measure(ctx context.Context, o options, scenarios []Scenario) (*Report, error) {
	folder, err := os.MkdirTemp("", "parley-eval-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	t, err := build(ctx, o)
	if err != nil {
		return nil, err
	}
	scenarios = chosen(scenarios, o.only)
	r := &Report{Runs: o.runs, Model: "offline"}
	if t.model != nil {
		r.Model = t.c.LLM[0].Model
	}
	if o.via != string(dialog.ViaVoice) {
		if err := r.perform(ctx, o, t, scenarios, dialog.ViaChat, nil, folder); err != nil {
			return nil, err
		}
	}
	if o.via != string(dialog.ViaChat) {
		if err := r.byVoice(ctx, o, t, scenarios, folder); err != nil {
			return nil, err
		}
	}
	fmt.Fprintln(o.progress)
	r.sum()
	return r, nil
}

// byVoice runs the scenarios that are run by voice, where somebody hears them.
func (r *Report) byVoice(ctx context.Context, o options, t *theatre, scenarios []Scenario, folder string) error {
	var spoken []Scenario
	for _, s := range scenarios {
		if s.Channel == dialog.ViaVoice {
			spoken = append(spoken, s)
		}
	}
	if len(spoken) == 0 {
		return nil
	}
	l, err := t.open(ctx, folder)
	if err != nil {
		return err
	}
	defer l.Close()
	heard := spoken[:0:0]
	for _, s := range spoken {
		if l.hears(s.Language) {
			heard = append(heard, s)
			continue
		}
		r.NotRun = append(r.NotRun, s.Name)
		r.reasons = "for no recogniser hears their language"
	}
	return r.perform(ctx, o, t, heard, dialog.ViaVoice, l, folder)
}

// perform runs scenarios by one channel.
func (r *Report) perform(ctx context.Context, o options, t *theatre, scenarios []Scenario, via dialog.Via, sp speaker, folder string) error {
	for run := range o.runs {
		for i, s := range scenarios {
			fmt.Fprintf(o.progress, "\r%s: run %d of %d, scenario %d of %d ", via, run+1, o.runs, i+1, len(scenarios))
			own, err := os.MkdirTemp(folder, "talk-*")
			if err != nil {
				return err
			}
			talk, err := t.perform(ctx, s, via, sp, run, own)
			if err != nil {
				return err
			}
			r.Talks = append(r.Talks, talk)
			_ = os.RemoveAll(filepath.Clean(own))
		}
	}
	return nil
}

func chosen(all []Scenario, only string) []Scenario {
	if only == "" {
		return all
	}
	var out []Scenario
	for _, s := range all {
		if strings.Contains(s.Name, only) || strings.Contains(s.Language, only) {
			out = append(out, s)
		}
	}
	return out
}
