package bench

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"parley/cmd/parley/figure"
)

// ChatResult is what chats cost.
type ChatResult struct {
	Memory struct {
		Open       int     `json:"open"`
		Before     float64 `json:"before_mb"` // that the server occupies
		After      float64 `json:"after_mb"`
		PerChat    float64 `json:"per_chat_kb"`
		Heap       float64 `json:"heap_and_stack_kb"` // of it in use, a chat
		Goroutines float64 `json:"goroutines"`        // a chat
	} `json:"memory"`
	Windows []ChatWindow `json:"windows"`
	Rush    struct {
		Answered  int     `json:"answered"`
		Seconds   float64 `json:"seconds"`
		CPU       float64 `json:"cpu_s"` // of the server
		PerSecond float64 `json:"per_second"`
		PerCore   float64 `json:"per_second_and_core"`
		Slowdown  float64 `json:"slowdown"`
	} `json:"rush"`
	Bars []Bar `json:"bars"`
}

// ChatWindow is so many open chats, whose customers write now and then.
type ChatWindow struct {
	Chats    int     `json:"chats"`
	Answered int     `json:"answered"`
	Waited   Dist    `json:"waited_ms"`    // from a message to the first visible piece of the reply
	Own      Dist    `json:"own_ms"`       // without the model's time
	Back     Dist    `json:"delivered_ms"` // until a message is on its conversation's socket
	CPU      float64 `json:"cpu_percent"`  // of a core
	Slowdown float64 `json:"slowdown"`     // see Result
}

// of fills in what the customers saw.
func (w *ChatWindow) of(cs []*chatter, p *peers) {
	var waited, own, back []float64
	for _, c := range cs {
		for _, s := range c.all() {
			w.Answered++
			waited = append(waited, ms(s.shown.Sub(s.sent)))
			if !s.back.IsZero() {
				back = append(back, ms(s.back.Sub(s.sent)))
			}
			if model, ok := p.thought(question(s.text), reply(s.reply)); ok && model.from.After(s.sent) && !model.to.After(s.shown) {
				own = append(own, ms(s.shown.Sub(s.sent)-model.to.Sub(model.from)))
			}
		}
	}
	w.Waited, w.Own, w.Back = dist(waited), dist(own), dist(back)
}

// thought is when the model was asked a question that it gave this answer to, and when its
// first words left.
func (p *peers) thought(question, answer string) (s span, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.answers[answer]
	if a == nil || a.question != question {
		return s, false
	}
	return a.llm, a.llm.whole()
}

// judge lays the figures beside the bars.
func (r *ChatResult) judge() {
	for _, w := range r.Windows {
		name := fmt.Sprintf("message to first visible piece, less the model, %d chats, ", w.Chats)
		r.Bars = append(r.Bars, Bar{What: name + "p50", Is: w.Own.P50, Most: 20, Unit: "ms", Met: w.Own.N > 0 && w.Own.P50 <= 20},
			Bar{What: name + "p95", Is: w.Own.P95, Most: 60, Unit: "ms", Met: w.Own.N > 0 && w.Own.P95 <= 60})
	}
	if m := r.Memory; m.Open > 0 {
		r.Bars = append(r.Bars, Bar{What: fmt.Sprintf("memory, each of %d idle chats", m.Open), Is: m.PerChat, Most: 25, Unit: "KB", Met: m.PerChat <= 25})
	}
	if r.Rush.CPU > 0 {
		r.Bars = append(r.Bars, Bar{What: "messages stored and answered", Is: r.Rush.PerCore, Least: 500, Unit: "a second and core", Met: r.Rush.PerCore >= 500})
	}
}

func (r *ChatResult) table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	writeBars(w, r.Bars)
	for _, x := range r.Windows {
		row := func(name string, d Dist) {
			fmt.Fprintf(w, "%d chats: %s p50/p95/max ms (n)\t%.1f/%.1f/%.1f (%d)\t\n", x.Chats, name, d.P50, d.P95, d.Max, d.N)
		}
		row("waited", x.Waited)
		row("own", x.Own)
		row("delivered", x.Back)
		fmt.Fprintf(w, "%d chats: processor, %% of a core; the machine's slowdown\t%.0f; %.2f\t\n", x.Chats, x.CPU, x.Slowdown)
	}
	if m := r.Memory; m.Open > 0 {
		fmt.Fprintf(w, "memory before/after MB, of it heap and stack a chat KB, goroutines\t%.0f/%.0f, %.1f, %.1f\t\n", m.Before, m.After, m.Heap, m.Goroutines)
	}
	if r.Rush.CPU > 0 {
		fmt.Fprintf(w, "rush: answered, a second, processor s; the machine's slowdown\t%d, %.0f, %.1f; %.2f\t\n", r.Rush.Answered, r.Rush.PerSecond, r.Rush.CPU, r.Rush.Slowdown)
	}
	return w.Flush()
}

// plot draws the result into a folder.
func (r *ChatResult) plot(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	fig := figure.Figure{Title: "From a message to the first visible piece of the reply", X: "ms", Y: "% of messages", YMax: 100,
		Marks: []figure.Mark{{Name: "bar", X: 20, Y: 50}, {Name: "bar", X: 60, Y: 95}}}
	for _, w := range r.Windows {
		for _, l := range []struct {
			name string
			d    Dist
		}{{"whole", w.Waited}, {"less the model's time", w.Own}, {"on its own socket", w.Back}} {
			if l.d.N > 0 {
				fig.Lines = append(fig.Lines, figure.Distribution(fmt.Sprintf("%s, %d chats", l.name, w.Chats), l.d.values))
			}
		}
	}
	if len(fig.Lines) == 0 {
		return nil
	}
	return fig.Save(filepath.Join(dir, "chat.png"))
}
