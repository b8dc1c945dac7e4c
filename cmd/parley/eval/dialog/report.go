package dialog

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"parley/cmd/parley/figure"
	"parley/dialog"
)

// Row is how the talks of one language and channel went.
type Row struct {
	Language  string     `json:"language"`
	Channel   dialog.Via `json:"channel"`
	Scenarios int        `json:"scenarios"`
	Passed    int        `json:"passed"` // in every run
	Twice     int        `json:"asked_twice"`
	Factual   int        `json:"factual_sentences"`
	Loose     int        `json:"unsourced_sentences"`
}

// Report is what was measured.
type Report struct {
	Runs    int      `json:"runs"`
	Model   string   `json:"model"` // "offline" when there is none
	Rows    []Row    `json:"rows"`
	Chat    float64  `json:"chat"` // pass^k: share of the scenarios that pass in every run
	Voice   float64  `json:"voice"`
	Share   float64  `json:"voice_of_chat"` // of the scenarios that ran by voice too: voice's share of what passes in chat
	Spoken  int      `json:"scenarios_by_voice"`
	NotRun  []string `json:"not_run,omitempty"` // by voice, for nobody hears their language
	Pass    []Pass   `json:"pass_hat_k"`
	Loose   float64  `json:"unsourced_share"`
	Talks   []Talk   `json:"talks"`
	reasons string
}

// Pass is pass^k: how likely k runs in a row of a scenario all pass, by channel.
type Pass struct {
	K     int     `json:"k"`
	Chat  float64 `json:"chat"`
	Voice float64 `json:"voice"`
}

// tally is how the runs of one scenario went.
type tally struct{ runs, passed int }

func tallies(talks []Talk, via dialog.Via, of func(Talk) bool) map[string]tally {
	out := map[string]tally{}
	for _, t := range talks {
		if t.Channel != via || !of(t) {
			continue
		}
		x := out[t.Scenario]
		x.runs++
		if t.Passed {
			x.passed++
		}
		out[t.Scenario] = x
	}
	return out
}

// hat is the mean over scenarios of C(passed,k)/C(runs,k): the chance that k runs drawn
// of them all pass.
func hat(ts map[string]tally, k int) float64 {
	if len(ts) == 0 {
		return 0
	}
	sum := 0.0
	for _, t := range ts {
		p := 1.0
		for i := range k {
			p *= max(0, float64(t.passed-i)) / float64(t.runs-i)
		}
		sum += p
	}
	return sum / float64(len(ts))
}

func all(Talk) bool { return true }

// sum fills what follows from the talks.
func (r *Report) sum() {
	factual, loose := 0, 0
	rows := map[string]*Row{}
	var order []string
	for _, t := range r.Talks {
		key := t.Language + " " + string(t.Channel)
		if rows[key] == nil {
			rows[key] = &Row{Language: t.Language, Channel: t.Channel}
			order = append(order, key)
		}
		w := rows[key]
		w.Twice, w.Factual, w.Loose = w.Twice+t.Twice, w.Factual+t.Factual, w.Loose+len(t.Loose)
		factual, loose = factual+t.Factual, loose+len(t.Loose)
	}
	slices.Sort(order)
	for _, key := range order {
		w := rows[key]
		for _, x := range tallies(r.Talks, w.Channel, func(t Talk) bool { return t.Language == w.Language }) {
			w.Scenarios++
			if x.passed == x.runs {
				w.Passed++
			}
		}
		r.Rows = append(r.Rows, *w)
	}
	if factual > 0 {
		r.Loose = float64(loose) / float64(factual)
	}
	chat, voice := tallies(r.Talks, dialog.ViaChat, all), tallies(r.Talks, dialog.ViaVoice, all)
	for k := 1; k <= r.Runs; k++ {
		r.Pass = append(r.Pass, Pass{K: k, Chat: hat(chat, k), Voice: hat(voice, k)})
	}
	r.Chat, r.Voice, r.Spoken = hat(chat, r.Runs), hat(voice, r.Runs), len(voice)
	both := tallies(r.Talks, dialog.ViaChat, func(t Talk) bool { return voice[t.Scenario].runs > 0 })
	if c := hat(both, 1); c > 0 {
		r.Share = hat(voice, 1) / c
	}
}

// print writes the tables; verbose: every word of what failed, else the turn that did.
func (r *Report) print(out io.Writer, verbose bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "language\tchannel\tscenarios\tpassed in all %d runs\tasked twice\tfactual sentences\twithout a source\t\n", r.Runs)
	for _, x := range r.Rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t\n", x.Language, x.Channel, x.Scenarios, x.Passed, x.Twice, x.Factual, x.Loose)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\nmodel: %s\nchat:  pass^%d %.3f\n", r.Model, r.Runs, r.Chat)
	if r.Spoken > 0 {
		fmt.Fprintf(out, "voice: pass^%d %.3f over %d scenarios; %.0f %% of what the same pass in chat\n", r.Runs, r.Voice, r.Spoken, 100*r.Share)
	}
	if len(r.NotRun) > 0 {
		fmt.Fprintf(out, "voice: %d scenarios not run, %s: %s\n", len(r.NotRun), r.reasons, strings.Join(r.NotRun, "; "))
	}
	fmt.Fprintf(out, "factual sentences without a source: %.1f %%\n", 100*r.Loose)
	for _, t := range r.Talks {
		if !t.Passed || verbose {
			t.print(out, verbose)
		}
	}
	return nil
}

// print tells what went wrong in a talk.
func (t Talk) print(out io.Writer, verbose bool) {
	fmt.Fprintf(out, "\n%s (%s, %s, run %d)", t.Scenario, t.Language, t.Channel, t.Run+1)
	if t.Known != "" {
		fmt.Fprintf(out, " known: %s", t.Known)
	}
	fmt.Fprintln(out)
	for i, x := range t.Exchanges {
		if len(x.Faults) == 0 && !verbose {
			continue
		}
		fmt.Fprintf(out, "  %d customer: %s\n", i+1, x.Said)
		if x.Heard != "" {
			fmt.Fprintf(out, "    heard:    %s\n", x.Heard)
		}
		fmt.Fprintf(out, "    reply:    %s\n", x.Reply)
		if verbose {
			for _, u := range x.Uses {
				fmt.Fprintf(out, "    tool:     %s %v\n", u.Tool, u.Args)
			}
			if x.Handoff != "" {
				fmt.Fprintf(out, "    handoff:  %s\n", x.Handoff)
			}
		}
		for _, f := range x.Faults {
			fmt.Fprintf(out, "    wrong:    %s\n", f)
		}
	}
	for _, f := range t.Faults {
		fmt.Fprintf(out, "  wrong: %s\n", f)
	}
	for _, f := range t.Loose {
		fmt.Fprintf(out, "  without a source: %s\n", f)
	}
}

// draw plots pass^k by channel.
func (r *Report) draw(file string) error {
	f := figure.Figure{Title: "Scenarios that pass k runs in a row", X: "k", Y: "% of scenarios", YMax: 100}
	for _, l := range []struct {
		name string
		of   func(Pass) float64
	}{{"chat", func(p Pass) float64 { return p.Chat }}, {"voice", func(p Pass) float64 { return p.Voice }}} {
		if l.name == "voice" && r.Spoken == 0 {
			continue
		}
		x := figure.Line{Name: l.name}
		for _, p := range r.Pass {
			x.X, x.Y = append(x.X, float64(p.K)), append(x.Y, 100*l.of(p))
		}
		f.Lines = append(f.Lines, x)
	}
	return f.Save(file)
}
