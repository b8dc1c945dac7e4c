// Package retrieval measures the search on questions with known answers: parley
// eval retrieval.
package retrieval

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog/rag"
)

// Run measures and writes the table to out. The data is the folder given by
// -data, else knowledge/ in PARLEY_TESTDATA.
func Run(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("eval retrieval", flag.ContinueOnError)
	fs.SetOutput(out)
	dir := fs.String("data", "", "folder with corpus.jsonl, queries.jsonl and qrels.tsv (default $PARLEY_TESTDATA/knowledge)")
	noise := fs.Float64("noise", 0.2, "share of words garbled in the noisy columns")
	seed := fs.Uint64("seed", 1, "seed of the noise")
	asJSON := fs.Bool("json", false, "print the report as JSON")
	scale := fs.Int("scale", 0, "also measure the search among so many passages made of the corpus")
	length := fs.Int("length", 200, "characters of a passage with -scale, at most")
	plot := fs.String("plot", "", "draw how well answerable and unanswerable are told apart to this file")
	file := fs.String("config", "", "settings `file`: the embedding engine that it or PARLEY_EMBED_* name is used as parley serve does")
	quiet := fs.Bool("quiet", false, "no progress")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		root := os.Getenv("PARLEY_TESTDATA")
		if root == "" {
			return errors.New("retrieval: neither -data nor PARLEY_TESTDATA says where the questions are")
		}
		*dir = filepath.Join(root, "knowledge")
	}
	s, err := load(*dir)
	if err != nil {
		return fmt.Errorf("retrieval: %w", err)
	}
	progress := io.Writer(os.Stderr)
	if *quiet {
		progress = io.Discard
	}
	c, err := config.Load(*file, os.Getenv)
	if err != nil {
		return err
	}
	r, err := measure(ctx, s, c.Embed, *noise, *seed, progress)
	if err != nil {
		return err
	}
	if *scale > 0 {
		big, err := measureScale(ctx, s, *scale, *length, *seed, progress)
		if err != nil {
			return err
		}
		r.Scale = &big
	}
	if *plot != "" {
		if err := r.draw(*plot); err != nil {
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

// Report is what was measured. Its nDCG@10 columns are as asked, with history,
// and with history and garbled words.
type Report struct {
	Passages  int              `json:"passages"`
	Questions int              `json:"questions"`
	Vectors   *Vectors         `json:"vectors,omitempty"`
	BuildMS   int64            `json:"build_ms"`
	HeapMB    float64          `json:"heap_mb"`
	Noise     float64          `json:"noise"`
	Sources   []Source         `json:"sources"`
	Mean      map[string]Score `json:"mean"` // by language, over its sources
	// The same of the half that parameters were chosen on, and of the half held out.
	Halves    map[string]map[string]Score `json:"halves"`
	Refusing  []Refusing                  `json:"refusing"`
	SearchP50 float64                     `json:"search_p50_ms"` // with history
	SearchP99 float64                     `json:"search_p99_ms"`
	Scale     *Scale                      `json:"scale,omitempty"`
	answers   map[string]*[2][]float64    // as tally's
}

// Score is nDCG@10 in the three conditions.
type Score struct {
	Asked   float64 `json:"asked"`
	History float64 `json:"history"`
	Noisy   float64 `json:"noisy"`
}

// Source is the score on one source.
type Source struct {
	Name      string `json:"name"`
	Language  string `json:"language"`
	Questions int    `json:"questions"`
	Score
}

// Refusing tells how well the first hit's Answers tells unanswerable from answerable questions.
type Refusing struct {
	Name         string  `json:"name"`
	Answerable   int     `json:"answerable"`
	Unanswerable int     `json:"unanswerable"`
	AUROC        float64 `json:"auroc"`
	Dev          float64 `json:"auroc_dev"` // on the half that weights were chosen on
	Held         float64 `json:"auroc_held"`
	RefusedAt90  float64 `json:"refused_at_90"` // share of the unanswerable refused when 90 % of the answerable are kept
}

func measure(ctx context.Context, s set, engines []config.Engine, noise float64, seed uint64, progress io.Writer) (Report, error) {
	before := heap()
	start := time.Now()
	ix := rag.New(s.passages...)
	r := Report{Passages: len(s.passages), Noise: noise, BuildMS: time.Since(start).Milliseconds(), Mean: map[string]Score{}}
	r.HeapMB = heap() - before
	var find searcher = ix
	if len(engines) > 0 {
		v, err := embed(ctx, ix, engines[0], progress)
		if err != nil {
			return r, err
		}
		find, r.Vectors = v, &v.Vectors
	}
	g := newGarbler(s.passages, seed)
	t := newTally()
	for i, q := range s.questions {
		if ctx.Err() != nil {
			return r, context.Cause(ctx)
		}
		if i%25 == 0 {
			fmt.Fprintf(progress, "\r%d of %d questions", i, len(s.questions))
		}
		t.ask(find, q, g.spoil(q.Text, noise))
	}
	fmt.Fprintf(progress, "\r%d questions            \n", len(s.questions))
	t.fill(&r)
	return r, nil
}
