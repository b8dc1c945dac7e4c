package doctor

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog/tool"
)

// systems asks each business system of the settings for its tools. Those behind HTTP
// are not called: each call of theirs may cost something.
func systems(ctx context.Context, c config.Config) []finding {
	var out []finding
	for _, t := range c.Tools {
		out = append(out, system(ctx, t)...)
	}
	if len(out) == 0 {
		out = append(out, finding{what: "none is set", detail: "the bot answers from the knowledge alone; see tools in parley.example.yaml"})
	}
	return out
}

func system(ctx context.Context, c tool.Config) []finding {
	f := finding{what: c.Name, mend: "check its command or url, key and folder under tools in the settings", minor: true}
	src, err := tool.Open(c, slog.New(slog.DiscardHandler))
	if err != nil {
		f.err = err
		return []finding{f}
	}
	box := tool.NewBox(tool.Options{})
	box.AddSource(src)
	defer func() { _ = box.Close() }()
	ctx, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	began := time.Now()
	if f.err = tool.Ready(ctx, src); f.err != nil {
		return []finding{f}
	}
	list := box.Status()
	f.detail = fmt.Sprintf("%d tools after %d ms", len(list), time.Since(began).Milliseconds())
	if c.MCP == nil {
		f.detail = fmt.Sprintf("%d tools described; they are not called here", len(list))
	}
	out := []finding{f}
	for _, s := range list {
		g := finding{what: "  " + s.Spec.Name, detail: string(s.Spec.Effect), err: s.Err, minor: true,
			mend: "correct it in the system, or under tools." + c.Name + " in the settings"}
		if s.Spec.Effect == tool.Changes {
			g.detail += ", idempotent: " + string(s.Spec.Idempotent)
		}
		if s.Spec.Level > 0 {
			g.detail += fmt.Sprintf(", for customers verified to level %d", s.Spec.Level)
		}
		out = append(out, g)
	}
	return out
}
