package retrieval

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"parley/cmd/parley/figure"
	"parley/dialog/rag"
)

// tally gathers what is measured of each question.
type tally struct {
	scores   map[[2]string]*[3][]float64 // by language and source
	halves   map[[3]string]*[3][]float64 // by half too
	answers  map[string]*[2][]float64    // confidence by source: answerable, unanswerable
	parted   map[[2]string]*[2][]float64 // by half too
	searches []float64                   // ms
	asked    int
}

func newTally() *tally {
	return &tally{scores: map[[2]string]*[3][]float64{}, halves: map[[3]string]*[3][]float64{},
		answers: map[string]*[2][]float64{}, parted: map[[2]string]*[2][]float64{}}
}

func (t *tally) ask(ix searcher, q question, noisy string) {
	start := time.Now()
	full := ix.Search(rag.Query{Text: q.Text, History: q.History})
	t.searches = append(t.searches, float64(time.Since(start).Microseconds())/1000)
	t.asked++
	g := group(q.Source)
	if q.Answerability == "answerable" || q.Answerability == "unanswerable" {
		kind := 0
		if q.Answerability == "unanswerable" {
			kind = 1
		}
		for _, c := range []*[2][]float64{of(t.answers, g), of(t.parted, [2]string{g, q.half()})} {
			c[kind] = append(c[kind], confidence(full))
		}
	}
	if len(q.relevant) == 0 {
		return
	}
	lang := q.language()
	for i, hits := range [3][]rag.Hit{
		ix.Search(rag.Query{Text: q.Text}), full, ix.Search(rag.Query{Text: noisy, History: q.History}),
	} {
		for _, s := range []*[3][]float64{of(t.scores, [2]string{lang, g}), of(t.halves, [3]string{lang, q.half(), g})} {
			s[i] = append(s[i], ndcg(hits, q.relevant))
		}
	}
}

// of is what a map has for a key, made when it has nothing.
func of[K comparable, V any](m map[K]*V, k K) *V {
	if m[k] == nil {
		m[k] = new(V)
	}
	return m[k]
}

// confidence is what refusing goes by.
func confidence(hits []rag.Hit) float64 {
	if len(hits) == 0 {
		return 0
	}
	return hits[0].Answers
}

func (t *tally) fill(r *Report) {
	r.Questions = t.asked
	keys := slices.SortedFunc(maps.Keys(t.scores), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	all := map[string][]Score{}
	for _, k := range keys {
		src := Source{Name: k[1], Language: k[0], Questions: len(t.scores[k][0]), Score: scoreOf(t.scores[k])}
		r.Sources = append(r.Sources, src)
		all[k[0]] = append(all[k[0]], src.Score)
	}
	for l, s := range all {
		r.Mean[l] = meanOf(s)
	}
	halves := map[[2]string][]Score{}
	for _, k := range slices.SortedFunc(maps.Keys(t.halves), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		h := [2]string{k[0], k[1]}
		halves[h] = append(halves[h], scoreOf(t.halves[k]))
	}
	r.Halves = map[string]map[string]Score{}
	for k, s := range halves {
		if r.Halves[k[0]] == nil {
			r.Halves[k[0]] = map[string]Score{}
		}
		r.Halves[k[0]][k[1]] = meanOf(s)
	}
	for _, g := range slices.Sorted(maps.Keys(t.answers)) {
		if c := t.answers[g]; len(c[1]) > 0 {
			dev, held := of(t.parted, [2]string{g, "dev"}), of(t.parted, [2]string{g, "held"})
			r.Refusing = append(r.Refusing, Refusing{g, len(c[0]), len(c[1]), auroc(c[0], c[1]), auroc(dev[0], dev[1]), auroc(held[0], held[1]), refusedAt(c[0], c[1], 0.9)})
		}
	}
	r.answers = t.answers
	r.SearchP50, r.SearchP99 = percentile(t.searches, 0.5), percentile(t.searches, 0.99)
}

func scoreOf(s *[3][]float64) Score { return Score{mean(s[0]), mean(s[1]), mean(s[2])} }

func meanOf(all []Score) (m Score) {
	n := float64(len(all))
	for _, s := range all {
		m.Asked, m.History, m.Noisy = m.Asked+s.Asked/n, m.History+s.History/n, m.Noisy+s.Noisy/n
	}
	return m
}

// draw shows, for each level of confidence, how many of the questions are below it.
func (r Report) draw(file string) error {
	f := figure.Figure{Title: "How likely the first passage answers", X: "answers", Y: "questions below, %", XMax: 1, YMax: 100}
	for _, g := range slices.Sorted(maps.Keys(r.answers)) {
		if c := r.answers[g]; len(c[1]) > 0 {
			f.Lines = append(f.Lines, figure.Distribution(g+", answerable", c[0]), figure.Distribution(g+", unanswerable", c[1]))
			f.Lines[len(f.Lines)-1].Dashed = true
		}
	}
	return f.Save(file)
}

func (r Report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "nDCG@10\tlanguage\tquestions\tas asked\twith history\t%.0f %% garbled\t\n", r.Noise*100)
	for _, s := range r.Sources {
		fmt.Fprintf(w, "%s\t%s\t%d\t%.3f\t%.3f\t%.3f\t\n", s.Name, s.Language, s.Questions, s.Asked, s.History, s.Noisy)
	}
	for _, l := range slices.Sorted(maps.Keys(r.Mean)) {
		m := r.Mean[l]
		fmt.Fprintf(w, "mean of sources\t%s\t\t%.3f\t%.3f\t%.3f\t\n", l, m.Asked, m.History, m.Noisy)
	}
	for _, l := range slices.Sorted(maps.Keys(r.Halves)) {
		for _, h := range slices.Sorted(maps.Keys(r.Halves[l])) {
			m := r.Halves[l][h]
			fmt.Fprintf(w, "of the %s half\t%s\t\t%.3f\t%.3f\t%.3f\t\n", h, l, m.Asked, m.History, m.Noisy)
		}
	}
	fmt.Fprintf(w, "\nrefusing\tanswerable\tunanswerable\tAUROC\tdev half\theld half\trefused at 90 %% kept\t\n")
	for _, f := range r.Refusing {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.3f\t%.3f\t%.3f\t%.2f\t\n", f.Name, f.Answerable, f.Unanswerable, f.AUROC, f.Dev, f.Held, f.RefusedAt90)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%d passages, built in %d ms, %.1f MB; search p50 %.2f ms, p99 %.2f ms (one thread, with history)\n",
		r.Passages, r.BuildMS, r.HeapMB, r.SearchP50, r.SearchP99)
	if v := r.Vectors; v != nil && err == nil {
		_, err = fmt.Fprintf(out, "with vectors of %s: %d passages embedded, %d refused; %d of %d questions went by words alone\n", v.Model, v.Passages, v.Refused, v.Missed, v.Questions)
	}
	if b := r.Scale; b != nil && err == nil {
		_, err = fmt.Fprintf(out, "%d passages of %.0f MB text: built in %.0f ms, %.0f MB beside the text; snapshot of %.0f MB read and the first question answered in %.0f ms;\n"+
			"search p50 %.2f ms, p99 %.2f ms (processor's time of one thread, with history)\n",
			b.Passages, b.TextMB, b.BuildMS, b.HeapMB, b.SnapshotMB, b.LoadMS, b.P50, b.P99)
	}
	return err
}
