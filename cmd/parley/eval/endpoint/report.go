package endpoint

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"parley/asr/endpoint"
)

// Report is what was measured.
type Report struct {
	Seed      int        `json:"seed"`
	Crossed   bool       `json:"crossed"` // each base by weights that never saw it
	LateMS    float64    `json:"words_late_ms"`
	ReplyMS   float64    `json:"reply_ms"`
	Languages []Language `json:"languages"`
}

// Language is what was measured in one.
type Language struct {
	Language    string       `json:"language"`
	Turns       int          `json:"turns"`
	Bases       int          `json:"bases"`
	Ours        []Point      `json:"ours"`
	Timer       []Point      `json:"timer"`       // on what our detector hears
	True        []Point      `json:"timer_true"`  // on true silences
	At          []Comparison `json:"at"`          // of all variants, then of each
	Default     Point        `json:"default"`     // as set by default
	Experienced Interval     `json:"experienced"` // share of turns cut so that it is noticed, as set by default
	Detector    Detector     `json:"detector"`    // on the clean turns
}

// Comparison is with timers at one share of turns cut. A delay of -1 is one that
// no operating point reached.
type Comparison struct {
	Variant string   `json:"variant"`
	Cut     float64  `json:"cut"`
	Ours    Interval `json:"ours_ms"`
	Timer   Interval `json:"timer_ms"`
	True    Interval `json:"timer_true_ms"`
	Ratio   Interval `json:"ratio"` // of ours to the timer on true silences
}

func judge(language string, turns []*heard, weights func(base string) *endpoint.Weights, replyS float64) Language {
	l := Language{Language: language, Turns: len(turns)}
	for _, variant := range []string{"all", "clean", "g711", "noise15"} {
		part := only(turns, func(h *heard) bool { return variant == "all" || h.Variant == variant })
		if len(part) == 0 {
			continue
		}
		bases := basesOf(part)
		ours := swept(part, bases, risks(), func(h *heard, risk float64) endpoint.Options {
			return endpoint.Options{Language: language, Risk: risk, Weights: weights(h.Base)}
		})
		timer, perfect := swept(part, bases, timers(), fixed), onTrueSilences(part, bases)
		for _, cut := range []float64{0.2, 0.05} {
			l.At = append(l.At, compare(variant, cut, len(bases), ours, timer, perfect))
		}
		if variant == "all" {
			l.Bases = len(bases)
			l.Ours, l.Timer, l.True = ours.points(nil), timer.points(nil), perfect.points(nil)
			l.byDefault(part, bases, weights, replyS)
		}
	}
	l.Detector = detected(only(turns, func(h *heard) bool { return h.Variant == "clean" }))
	return l
}

func basesOf(turns []*heard) []string {
	var out []string
	for _, h := range turns {
		out = append(out, h.Base)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func compare(variant string, cut float64, bases int, ours, timer, perfect *tally) Comparison {
	at := func(t *tally) Interval {
		return bootstrap(bases, func(times []int) float64 { return delayAt(t.points(times), cut) })
	}
	return Comparison{Variant: variant, Cut: cut, Ours: at(ours), Timer: at(timer), True: at(perfect),
		Ratio: bootstrap(bases, func(times []int) float64 {
			a, b := delayAt(ours.points(times), cut), delayAt(perfect.points(times), cut)
			if a < 0 || b <= 0 {
				return -1
			}
			return a / b
		})}
}

// byDefault measures the endpointer as it is set. A cut is experienced when speech
// that went on was heard later than the reply's first sound.
func (l *Language) byDefault(turns []*heard, bases []string, weights func(base string) *endpoint.Weights, replyS float64) {
	t, noticed := newTally([]float64{endpoint.RiskOf(l.Language)}, bases), newTally([]float64{0}, bases)
	for _, h := range turns {
		o := h.replay(endpoint.Options{Language: l.Language, Weights: weights(h.Base)})
		cut, delay := o.judge(h.end)
		t.add(0, h.Base, cut, delay)
		noticed.add(0, h.Base, o.noticed(h.end, replyS), delay)
	}
	l.Default = t.points(nil)[0]
	l.Experienced = bootstrap(len(bases), func(times []int) float64 { return noticed.points(times)[0].Cut })
}

// noticed reports whether a reply was heard before the customer went on.
func (o outcome) noticed(end, replyS float64) bool {
	for i, d := range o.decided {
		if d < end-toleranceS && (o.resumed[i] == 0 || o.resumed[i] > d+replyS) {
			return true
		}
	}
	return false
}

func (r Report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	learnt := "the weights built in"
	if r.Crossed {
		learnt = fmt.Sprintf("each base by weights learnt without it, %d parts", folds)
	}
	fmt.Fprintf(out, "End of turn: words known %.0f ms late; %s; 95 %% intervals over bases\n", r.LateMS, learnt)
	for _, l := range r.Languages {
		fmt.Fprintf(out, "\n%s: %d turns of %d bases. Mean delay in ms with at most so many turns cut:\n", l.Language, l.Turns, l.Bases)
		fmt.Fprintln(w, "sound\tcut\tParley\t\ttimer, our detector\t\ttimer, true silences\t\tratio\t\t")
		for _, c := range l.At {
			fmt.Fprintf(w, "%s\t%.0f %%\t%s\t%s\t%s\t%.2f\t[%.2f, %.2f]\t\n", c.Variant, 100*c.Cut, c.Ours, c.Timer, c.True, c.Ratio.Value, c.Ratio.Low, c.Ratio.High)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out, "curve, cut/ms:")
		for i, p := range l.Ours {
			if i%4 == 0 {
				fmt.Fprintf(out, "  risk %.3f: %.1f %% %.0f ms\n", p.Setting, 100*p.Cut, p.DelayMS)
			}
		}
		fmt.Fprintf(out, "as set by default (risk %.2f): %.1f %% cut, mean delay %.0f ms; the customer hears the reply too soon, %.0f ms after the decision, in %.1f %% [%.1f, %.1f]\n",
			l.Default.Setting, 100*l.Default.Cut, l.Default.DelayMS, r.ReplyMS, 100*l.Experienced.Value, 100*l.Experienced.Low, 100*l.Experienced.High)
		d := l.Detector
		fmt.Fprintf(out, "detector, clean turns: onset %.2f s late (p50), release %.2f s; %.1f %% of non-speech active; %.1f %% of %d words missed\n",
			d.OnsetS, d.ReleaseS, 100*d.FalseShare, 100*d.Missed, d.Words)
	}
	return nil
}

// String is the value and its interval, as two cells.
func (i Interval) String() string { return fmt.Sprintf("%.0f\t[%.0f, %.0f]", i.Value, i.Low, i.High) }

func writeWeights(out io.Writer, w endpoint.Weights, seeds string) error {
	fmt.Fprintf(out, "package endpoint\n\n// builtin was written by: parley eval endpoint -fit -fit-seeds %s\nvar builtin = Weights{\n\tMu: %.2f, Sigma: %.2f,\n\tW: Features{\n", seeds, w.Mu, w.Sigma)
	for i, v := range w.W {
		fmt.Fprintf(out, "\t\t%s: %.3f,\n", endpoint.FeatureName(i), v)
	}
	_, err := fmt.Fprint(out, "\t},\n}\n")
	return err
}
