// Package quality measures how well the rules that score conversations find what went
// wrong, on conversations written by hand with faults planted in them: parley eval quality.
package quality

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"parley/dialog/insight"
)

// Run scores the conversations and writes the tables to out.
func Run(_ context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("eval quality", flag.ContinueOnError)
	fs.SetOutput(out)
	asJSON := fs.Bool("json", false, "print the report as JSON")
	set := fs.String("set", "", "only these conversations: tuned, held, fresh or later, by when they were written (docs/evaluation.md)")
	each := fs.Bool("each", false, "print each fault that was missed and each false alarm")
	if err := fs.Parse(args); err != nil {
		return err
	}
	ts, err := Load()
	if err != nil {
		return err
	}
	if *set != "" {
		ts = slices.DeleteFunc(ts, func(t Talk) bool { return t.Set != *set })
	}
	r := Measure(ts, Rubric())
	if *asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return r.print(out, *each)
}

// Report is what was found.
type Report struct {
	Groups []*Count  `json:"groups"` // by set and language, and all
	Faults []*Count  `json:"faults"`
	Missed []Mistake `json:"missed"`
	Alarms []Mistake `json:"false_alarms"`
}

// Count is of a group of conversations, or of a fault in one language.
type Count struct {
	Name     string `json:"name"`
	Language string `json:"language,omitempty"`
	Talks    int    `json:"conversations"`
	Planted  int    `json:"planted"`
	Found    int    `json:"found"`
	AtTurn   int    `json:"at_turn"` // of these, shown by the turn it was planted in
	Alarms   int    `json:"false_alarms"`
}

// Mistake is a fault that was missed, or seen where none is.
type Mistake struct {
	Set, Language, Talk, Fault string
	Text                       string // of the turn
}

// Measure compares what the rules find with what was planted.
func Measure(ts []Talk, rubric insight.Rubric) Report {
	var r Report
	count := func(list *[]*Count, name, language string) *Count {
		for _, c := range *list {
			if c.Name == name && c.Language == language {
				return c
			}
		}
		*list = append(*list, &Count{Name: name, Language: language})
		return (*list)[len(*list)-1]
	}
	for _, t := range ts {
		found := insight.Findings(t.Script, rubric)
		groups := []*Count{count(&r.Groups, t.Set, t.Language), count(&r.Groups, "all", t.Language), count(&r.Groups, "all", "")}
		for _, g := range groups {
			g.Talks++
		}
		all := func(fault string) []*Count { return append(groups[:3:3], count(&r.Faults, fault, t.Language)) }
		for _, p := range t.Planted {
			k := slices.IndexFunc(found, func(f insight.Finding) bool { return f.Fault == p.Fault })
			if k < 0 {
				r.Missed = append(r.Missed, Mistake{t.Set, t.Language, t.Name, p.Fault, t.Script.Lines[p.Seq-1].Text})
			}
			for _, c := range all(p.Fault) {
				c.Planted++
				if k >= 0 {
					c.Found++
				}
				if k >= 0 && found[k].Seq == p.Seq {
					c.AtTurn++
				}
			}
		}
		for _, f := range found {
			if t.has(f.Fault) {
				continue
			}
			r.Alarms = append(r.Alarms, Mistake{t.Set, t.Language, t.Name, f.Fault, t.Script.Lines[f.Seq-1].Text})
			for _, c := range all(f.Fault) {
				c.Alarms++
			}
		}
	}
	slices.SortStableFunc(r.Faults, func(a, b *Count) int {
		return slices.Compare([]string{a.Name, a.Language}, []string{b.Name, b.Language})
	})
	return r
}

// FoundShare is the share of what was planted that was found, in percent.
func (c Count) FoundShare() float64 { return share(c.Found, c.Planted) }

// AlarmShare is how many false alarms there are for 100 conversations.
func (c Count) AlarmShare() float64 { return share(c.Alarms, c.Talks) }

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

func (r Report) print(out io.Writer, each bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "conversations\tlanguage\tn\tplanted\tfound\tat the turn\tfalse alarms\tfor 100 conversations")
	for _, c := range r.Groups {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%.1f %%\t%.1f %%\t%d\t%.1f\n", c.Name, c.Language, c.Talks, c.Planted, c.FoundShare(), share(c.AtTurn, c.Found), c.Alarms, c.AlarmShare())
	}
	fmt.Fprintln(w, "\nfault\tlanguage\tplanted\tfound\tfalse alarms")
	for _, c := range r.Faults {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\n", c.Name, c.Language, c.Planted, c.Found, c.Alarms)
	}
	if each {
		fmt.Fprintln(w, "\nwhat\tset\tlanguage\tconversation\tfault\tturn")
		row := func(what string, m Mistake) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", what, m.Set, m.Language, m.Talk, m.Fault, m.Text)
		}
		for _, m := range r.Missed {
			row("missed", m)
		}
		for _, m := range r.Alarms {
			row("false alarm", m)
		}
	}
	return w.Flush()
}
