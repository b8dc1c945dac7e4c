package bench

import (
	"fmt"
	"os"
	"path/filepath"

	"parley/cmd/parley/figure"
)

// plot draws the results into a folder.
func plot(dir string, rs []*Result) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	var response, own, cpu, memory figure.Line
	spread := func(title string, f func(r *Result) map[string]Dist, order []string, file string, marks ...figure.Mark) error {
		fig := figure.Figure{Title: title, X: "ms", Y: "% of turns", YMax: 100, Marks: marks}
		for _, r := range rs {
			for _, name := range order {
				if d := f(r)[name]; d.N > 0 {
					fig.Lines = append(fig.Lines, figure.Distribution(fmt.Sprintf("%s, %d calls", name, r.Calls), d.values))
				}
			}
		}
		if len(fig.Lines) == 0 {
			return nil
		}
		return fig.Save(filepath.Join(dir, file))
	}
	if err := spread("Response heard outside, and what of it is our own", func(r *Result) map[string]Dist {
		return map[string]Dist{"response": r.Response, "own": r.Own}
	}, []string{"response", "own"}, "response.svg", figure.Mark{Name: "bar", X: 460, Y: 50}, figure.Mark{Name: "bar", X: 40, Y: 50},
		figure.Mark{Name: "bar", X: 80, Y: 95}); err != nil {
		return err
	}
	if err := spread("From the caller's onset", func(r *Result) map[string]Dist {
		return map[string]Dist{"ducked": r.Duck, "hushed": r.Hush, "yielded": r.Yield}
	}, []string{"ducked", "hushed", "yielded"}, "interruption.svg", figure.Mark{Name: "bar", X: 140, Y: 95},
		figure.Mark{Name: "bar", X: 300, Y: 95}, figure.Mark{Name: "bar", X: 700, Y: 95}); err != nil {
		return err
	}
	response.Name, own.Name, cpu.Name, memory.Name = "response p50", "own p95", "processor, % of a core", "memory, MB"
	for _, r := range rs {
		n := float64(r.Calls)
		response.X, response.Y = append(response.X, n), append(response.Y, r.Response.P50)
		own.X, own.Y = append(own.X, n), append(own.Y, r.Own.P95)
		cpu.X, cpu.Y = append(cpu.X, n), append(cpu.Y, r.CPU.Server)
		memory.X, memory.Y = append(memory.X, n), append(memory.Y, r.Memory.Full)
	}
	if len(rs) < 2 {
		return nil
	}
	bar := figure.Line{Name: "bar: 0.8 % a call", Dashed: true, X: []float64{0, cpu.X[len(cpu.X)-1]}, Y: []float64{0, 0.8 * cpu.X[len(cpu.X)-1]}}
	for file, fig := range map[string]figure.Figure{
		"processor.svg": {Title: "Processor of the server", X: "calls", Y: "% of a core", Lines: []figure.Line{cpu, bar}},
		"memory.svg":    {Title: "Memory of the server", X: "calls", Y: "MB", Lines: []figure.Line{memory}},
		"wait.svg":      {Title: "Waiting", X: "calls", Y: "ms", Lines: []figure.Line{response, own}},
	} {
		if err := fig.Save(filepath.Join(dir, file)); err != nil {
			return err
		}
	}
	return nil
}
