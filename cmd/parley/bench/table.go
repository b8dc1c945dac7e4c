package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Bar is a figure beside what it must be.
type Bar struct {
	What  string  `json:"what"`
	Is    float64 `json:"is"`
	Most  float64 `json:"most"`
	Least float64 `json:"least,omitempty"` // instead of most
	Unit  string  `json:"unit"`
	Met   bool    `json:"met"`
	Note  string  `json:"note,omitempty"` // why it does not count here
}

// writeBars writes figures beside what they must be, a line each, and an empty one.
func writeBars(w io.Writer, bars []Bar) {
	for _, b := range bars {
		bound, met := fmt.Sprintf("≤ %v", b.Most), "✗"
		if b.Least > 0 {
			bound = fmt.Sprintf("≥ %v", b.Least)
		}
		if b.Met {
			met = "✓"
		}
		fmt.Fprintf(w, "%s %s %s\t%.2f %s\t\n", b.What, bound, b.Unit, b.Is, met)
	}
	fmt.Fprintln(w)
}

// judge lays the figures beside the bars.
func (r *Result) judge() {
	add := func(what string, is, most float64, unit string, known bool) {
		b := Bar{What: what, Is: is, Most: most, Unit: unit, Met: known && is <= most}
		if !known {
			b.Note = "not measured"
		}
		r.Bars = append(r.Bars, b)
	}
	if r.Offline {
		add("response heard outside, p50", r.Response.P50, 900, "ms", r.Response.N > 0)
		add("response heard outside, p95", r.Response.P95, 1400, "ms", r.Response.N > 0)
		return
	}
	add("processor, a call", r.CPU.PerCall, 0.8, "% of a core", true)
	add("memory, each further session", r.Memory.PerSession, 1.5, "MB", r.Memory.Half > 0)
	add("memory, idle server", r.Memory.Idle, 80, "MB", true)
	add("response heard outside, p50", r.Response.P50, 460, "ms", r.Response.N > 0)
	add("own latency, p50", r.Own.P50, 40, "ms", r.Own.N > 0)
	add("own latency, p95", r.Own.P95, 80, "ms", r.Own.N > 0)
	add("onset to ducked, p50", r.Duck.P50, 90, "ms", r.Duck.N > 0)
	add("onset to ducked, p95", r.Duck.P95, 140, "ms", r.Duck.N > 0)
	add("onset to hushed, p95", r.Hush.P95, 300, "ms", r.Hush.N > 0)
	add("onset to yielded, p95", r.Yield.P95, 700, "ms", r.Yield.N > 0)
	add("clock lateness, p99", r.Clock.P99, 5, "ms", true)
}

// table prints the results for people.
func table(out io.Writer, rs []*Result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := func(s string) { fmt.Fprintf(w, "%s\t", s) }
	row := func(name string, f func(r *Result) string) {
		head(name)
		for _, r := range rs {
			fmt.Fprintf(w, "%s\t", f(r))
		}
		fmt.Fprintln(w)
	}
	row("calls", func(r *Result) string { return fmt.Sprint(r.Calls) })
	for i, b := range rs[0].Bars {
		row(fmt.Sprintf("%s ≤ %v %s", b.What, b.Most, b.Unit), func(r *Result) string {
			b := r.Bars[i]
			switch {
			case b.Note != "":
				return "–"
			case b.Met:
				return fmt.Sprintf("%.2f ✓", b.Is)
			}
			return fmt.Sprintf("%.2f ✗", b.Is)
		})
	}
	fmt.Fprintln(w)
	spread := func(name string, f func(r *Result) Dist) {
		row(name+" p50/p95/max ms (n)", func(r *Result) string {
			d := f(r)
			return fmt.Sprintf("%.0f/%.0f/%.0f (%d)", d.P50, d.P95, d.Max, d.N)
		})
	}
	spread("response", func(r *Result) Dist { return r.Response })
	if !rs[0].Offline { // what engines of this machine take cannot be told apart from outside
		spread("own", func(r *Result) Dist { return r.Own })
		for _, s := range stages {
			spread("own, "+s, func(r *Result) Dist { return r.Stages[s] })
		}
	}
	for _, s := range insides {
		spread("turn.measured "+s, func(r *Result) Dist { return r.Inside[s] })
	}
	spread("duck", func(r *Result) Dist { return r.Duck })
	spread("hush", func(r *Result) Dist { return r.Hush })
	spread("yield", func(r *Result) Dist { return r.Yield })
	spread("call set-up", func(r *Result) Dist { return r.Setup })
	row("clock lateness p50/p99/p99.9 ms, ticks missed", func(r *Result) string {
		return fmt.Sprintf("%.2f/%.2f/%.2f, %.0f", r.Clock.P50, r.Clock.P99, r.Clock.P999, r.Clock.Missed)
	})
	row("processor idle, of all calls %; the machine's slowdown", func(r *Result) string {
		return fmt.Sprintf("%.1f, %.1f; %.2f", r.CPU.Idle, r.CPU.Server, r.CPU.Slowdown)
	})
	row("memory idle/half/full/after MB", func(r *Result) string {
		return fmt.Sprintf("%.0f/%.0f/%.0f/%.0f", r.Memory.Idle, r.Memory.Half, r.Memory.Full, r.Memory.After)
	})
	row("asked/answered/early/talked over", func(r *Result) string {
		return fmt.Sprintf("%d/%d/%d/%d", r.Turns.Asked, r.Turns.Answered, r.Turns.Early, r.Turns.Talkover)
	})
	row("interruptions/yielded", func(r *Result) string { return fmt.Sprintf("%d/%d", r.Turns.Interrupts, r.Turns.Yielded) })
	row("bot speaks, % of the time", func(r *Result) string { return fmt.Sprintf("%.0f", 100*r.Turns.BotShare) })
	row("drafts adopted/wasted", func(r *Result) string { return fmt.Sprintf("%.0f/%.0f", r.Drafts.Adopted, r.Drafts.Wasted) })
	row("packets heard/missing/lost to server", func(r *Result) string {
		return fmt.Sprintf("%d/%d/%d", r.Network.Received, r.Network.Missing, r.Network.LostAtServer)
	})
	row("caller's own lateness, max ms", func(r *Result) string { return fmt.Sprintf("%.0f", r.Network.ClientLate) })
	return w.Flush()
}
