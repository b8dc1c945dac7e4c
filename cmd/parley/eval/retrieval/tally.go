package retrieval

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"parley/dialog/rag"
)

// tally gathers what is measured of each question.
type tally struct {
	scores   map[[2]string]*[3][]float64 // by language and source
	cover    map[string]*[2][]float64    // coverage by source: answerable, unanswerable
	searches []float64                   // ms
	asked    int
}

func newTally() *tally {
	return &tally{scores: map[[2]string]*[3][]float64{}, cover: map[string]*[2][]float64{}}
}

func (t *tally) ask(ix *rag.Index, q question, noisy string) {
	start := time.Now()
	full := ix.Search(rag.Query{Text: q.Text, History: q.History})
	t.searches = append(t.searches, float64(time.Since(start).Microseconds())/1000)
	t.asked++
	g := group(q.Source)
	if q.Answerability == "answerable" || q.Answerability == "unanswerable" {
		c := t.cover[g]
		if c == nil {
			c = &[2][]float64{}
			t.cover[g] = c
		}
		kind := 0
		if q.Answerability == "unanswerable" {
			kind = 1
		}
		c[kind] = append(c[kind], confidence(full))
	}
	if len(q.relevant) == 0 {
		return
	}
	key := [2]string{q.language(), g}
	if t.scores[key] == nil {
		t.scores[key] = &[3][]float64{}
	}
	for i, hits := range [3][]rag.Hit{
		ix.Search(rag.Query{Text: q.Text}), full, ix.Search(rag.Query{Text: noisy, History: q.History}),
	} {
		t.scores[key][i] = append(t.scores[key][i], ndcg(hits, q.relevant))
	}
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
	sums, counts := map[string]Score{}, map[string]float64{}
	for _, k := range keys {
		s := t.scores[k]
		src := Source{Name: k[1], Language: k[0], Questions: len(s[0]), Score: Score{mean(s[0]), mean(s[1]), mean(s[2])}}
		r.Sources = append(r.Sources, src)
		sum := sums[k[0]]
		sums[k[0]] = Score{sum.Asked + src.Asked, sum.History + src.History, sum.Noisy + src.Noisy}
		counts[k[0]]++
	}
	for l, s := range sums {
		r.Mean[l] = Score{s.Asked / counts[l], s.History / counts[l], s.Noisy / counts[l]}
	}
	for _, g := range slices.Sorted(maps.Keys(t.cover)) {
		if c := t.cover[g]; len(c[1]) > 0 {
			r.Refusing = append(r.Refusing, Refusing{g, len(c[0]), len(c[1]), auroc(c[0], c[1]), refusedAt(c[0], c[1], 0.9)})
		}
	}
	r.SearchP50, r.SearchP99 = percentile(t.searches, 0.5), percentile(t.searches, 0.99)
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
	fmt.Fprintf(w, "\nrefusing\tanswerable\tunanswerable\tAUROC\trefused at 90 %% kept\t\n")
	for _, f := range r.Refusing {
		fmt.Fprintf(w, "%s\t%d\t%d\t%.2f\t%.2f\t\n", f.Name, f.Answerable, f.Unanswerable, f.AUROC, f.RefusedAt90)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "\n%d passages, built in %d ms, %.1f MB; search p50 %.2f ms, p99 %.2f ms (one thread, with history)\n",
		r.Passages, r.BuildMS, r.HeapMB, r.SearchP50, r.SearchP99)
	return err
}
