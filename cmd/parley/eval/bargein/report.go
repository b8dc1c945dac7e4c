package bargein

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"parley/cmd/parley/figure"
)

// Report is what was measured.
type Report struct {
	Seed   int                   `json:"seed"`
	Sounds map[string][]reaction `json:"sounds,omitempty"` // by recogniser
	Echo   []echoTrial           `json:"echo,omitempty"`
	Double []doubleTrial         `json:"double_talk,omitempty"`
	Cuts   []cutTrial            `json:"cuts,omitempty"`
}

// share is a count of trials with its 95 % interval after Wilson.
type share struct{ K, N int }

func (s share) of(yes bool) share {
	if s.N++; yes {
		s.K++
	}
	return s
}

func (s share) percent() float64 { return 100 * float64(s.K) / math.Max(float64(s.N), 1) }

func (s share) interval() (low, high float64) {
	if s.N == 0 {
		return 0, 100
	}
	const z = 1.96
	n, p := float64(s.N), float64(s.K)/float64(s.N)
	mid := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return 100 * max(mid-half, 0), 100 * min(mid+half, 1)
}

func (s share) String() string {
	low, high := s.interval()
	return fmt.Sprintf("%.1f %% (%.1f–%.1f)", s.percent(), low, high)
}

// quantiles of times in ms; "–" where there are none.
func quantiles(ds []time.Duration) string {
	if len(ds) == 0 {
		return "–"
	}
	v := millis(ds)
	return fmt.Sprintf("%.0f / %.0f", figure.Quantile(v, 0.5), figure.Quantile(v, 0.95))
}

func millis(ds []time.Duration) []float64 {
	v := make([]float64, len(ds))
	for i, d := range ds {
		v[i] = float64(d.Milliseconds())
	}
	return v
}

// row sums up some reactions.
type row struct {
	yields, hushed, prompt, ducked share
	duck, hush, yield, resume      []time.Duration
}

func (w *row) add(x reaction) {
	w.yields = w.yields.of(x.Yield != never)
	w.hushed = w.hushed.of(x.Yield == never && x.Hush != never)
	w.ducked = w.ducked.of(x.Yield == never && x.Hush == never && x.Duck != never)
	if x.Yield == never && x.Hush != never {
		w.prompt = w.prompt.of(x.Resumed != never && x.Resumed <= 400*time.Millisecond)
	}
	for _, t := range []struct {
		to *[]time.Duration
		d  time.Duration
	}{{&w.duck, x.Duck}, {&w.hush, x.Hush}, {&w.yield, x.Yield}} {
		if t.d != never {
			*t.to = append(*t.to, t.d)
		}
	}
	if x.Resumed != never {
		w.resume = append(w.resume, x.Resumed)
	}
}

// print writes the tables.
func (r *Report) print(out io.Writer, verbose bool) error {
	for _, kind := range slices.Sorted(maps.Keys(r.Sounds)) {
		if err := printSounds(out, kind, r.Sounds[kind], verbose); err != nil {
			return err
		}
	}
	if len(r.Echo) > 0 {
		r.printEcho(out, verbose)
	}
	if len(r.Cuts) > 0 {
		r.printCuts(out)
	}
	return nil
}

// printCuts writes how what was kept of cut replies differs from what was heard.
func (r *Report) printCuts(out io.Writer) {
	fmt.Fprintf(out, "\nReplies cut at a random moment, a loudspeaker %d ms late: words kept, less words heard\n", behind.Milliseconds())
	for _, v := range []string{"local", "openai"} {
		var wrong []float64
		n := map[int]int{}
		for _, x := range r.Cuts {
			if x.Voice == v {
				d := x.Kept - x.Heard
				wrong = append(wrong, math.Abs(float64(d)))
				n[d]++
			}
		}
		fmt.Fprintf(out, "  %-7s n %d: wrong p50 %.0f, p95 %.0f, most %.0f; by difference", v, len(wrong), figure.Quantile(wrong, 0.5), figure.Quantile(wrong, 0.95), figure.Quantile(wrong, 1))
		for _, d := range slices.Sorted(maps.Keys(n)) {
			fmt.Fprintf(out, "  %+d: %d", d, n[d])
		}
		fmt.Fprintln(out)
	}
}

// printEcho writes what the bot's own voice did to it, and what a customer over it.
func (r *Report) printEcho(out io.Writer, verbose bool) {
	var false_, turns share
	var bot, ducked, hushed time.Duration
	for _, x := range r.Echo {
		false_, turns = false_.of(x.Yields > 0), turns.of(len(x.Turns) > 0)
		bot, ducked, hushed = bot+x.Bot, ducked+x.Ducked, hushed+x.Hushed
		if verbose && (x.Yields > 0 || len(x.Turns) > 0) {
			fmt.Fprintf(out, "  %s %.0f dB %.0f ms small %v: %d yields, turns %q\n    %s\n", x.Language, x.Gain, x.Delay, x.Small, x.Yields, x.Turns, strings.Join(x.Trace, "\n    "))
		}
	}
	fmt.Fprintf(out, "\nThe bot's own voice comes back at -12 to -30 dB, 40-350 ms late, and the recogniser hears it (20 %% of words wrong)\n")
	fmt.Fprintf(out, "  calls with a false yield: %d of %d (%v); with a turn that nobody said: %d\n", false_.K, false_.N, false_, turns.K)
	fmt.Fprintf(out, "  of %.0f s of speech: ducked %.2f %%, hushed %.2f %%\n", bot.Seconds(), 100*ducked.Seconds()/bot.Seconds(), 100*hushed.Seconds()/bot.Seconds())
	for _, tells := range []bool{true, false} {
		var s row
		for _, d := range r.Double {
			if d.Words == tells {
				s.add(d.reaction)
				if verbose && (d.Yield == never || d.Yield > 700*time.Millisecond) {
					fmt.Fprintf(out, "  %s over %.0f dB %.0f ms: duck %d hush %d yield %d\n", d.File, d.Gain, d.Delay, ms(d.Duck), ms(d.Hush), ms(d.Yield))
				}
			}
		}
		fmt.Fprintf(out, "Double talk, words told: %v: yields %v; duck %s, hush %s, yield %s ms (p50 / p95)\n", tells, s.yields, quantiles(s.duck), quantiles(s.hush), quantiles(s.yield))
	}
}

var earsAre = map[string]string{"words": "ideal, each word 200 ms after its end", "none": "no words at all", "sphinx": "what the offline engine believed, when it did"}

func printSounds(out io.Writer, kind string, rs []reaction, verbose bool) error {
	fmt.Fprintf(out, "\nSounds while the bot speaks; recogniser: %s. 95 %% intervals; ms are p50 / p95\n", earsAre[kind])
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "sound\tn\tyields\thushed, resumed\tby 400 ms\tduck only\tduck\thush\tyield\tresumed after end")
	line := func(name string, pick func(reaction) bool) {
		var s row
		for _, x := range rs {
			if pick(x) {
				s.add(x)
			}
		}
		if s.yields.N > 0 {
			fmt.Fprintf(w, "%s\t%d\t%v\t%v\t%.0f %%\t%.1f %%\t%s\t%s\t%s\t%s\n", name, s.yields.N, s.yields, s.hushed, s.prompt.percent(), s.ducked.percent(),
				quantiles(s.duck), quantiles(s.hush), quantiles(s.yield), quantiles(s.resume))
		}
	}
	line("must not stop", func(x reaction) bool { return !x.Stop })
	line("must stop", func(x reaction) bool { return x.Stop })
	seen := map[[2]string]bool{}
	for _, x := range rs {
		k := [2]string{x.Kind, x.Language}
		if !seen[k] {
			seen[k] = true
			line("  "+x.Kind+" "+x.Language, func(y reaction) bool { return y.Kind == k[0] && y.Language == k[1] })
		}
	}
	if err := w.Flush(); err != nil || !verbose {
		return err
	}
	for _, x := range rs {
		late := x.Yield == never && x.Hush != never && (x.Resumed == never || x.Resumed > 400*time.Millisecond)
		if x.Stop != (x.Yield != never) || !x.Stop && late {
			fmt.Fprintf(out, "  %-40s %4d ms long: duck %v hush %v yield %v resumed %v %q\n", x.File, x.Length.Milliseconds(), ms(x.Duck), ms(x.Hush), ms(x.Yield), ms(x.Resumed), x.Heard)
		}
	}
	return nil
}

func ms(d time.Duration) int64 {
	if d == never {
		return -1
	}
	return d.Milliseconds()
}

// draw plots how the reactions to what must stop the bot are spread.
func (r *Report) draw(file string) error {
	f := figure.Figure{Title: "From a caller's onset to the bot's reaction", X: "ms", Y: "% of what must stop it", XMax: 1600}
	for _, kind := range slices.Sorted(maps.Keys(r.Sounds)) {
		var s row
		for _, x := range r.Sounds[kind] {
			if x.Stop {
				s.add(x)
			}
		}
		f.Lines = append(f.Lines, figure.Distribution("yield, "+kind, millis(s.yield)))
		if kind == "words" {
			f.Lines = append(f.Lines, figure.Distribution("duck", millis(s.duck)), figure.Distribution("hush", millis(s.hush)))
		}
	}
	return f.Save(file)
}
