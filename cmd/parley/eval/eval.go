// Package eval measures how well Parley hears, speaks, waits, finds and answers, on data
// with known answers: parley eval.
package eval

import (
	"context"
	"fmt"
	"io"

	"parley/cmd/parley/eval/asr"
	"parley/cmd/parley/eval/bargein"
	"parley/cmd/parley/eval/dialog"
	"parley/cmd/parley/eval/endpoint"
	"parley/cmd/parley/eval/quality"
	"parley/cmd/parley/eval/retrieval"
	"parley/cmd/parley/eval/tts"
)

var measures = []struct {
	name, does string
	run        func(ctx context.Context, args []string, out io.Writer) error
}{
	{"bargein", "which sounds stop the bot, whether its echo does, what was heard of a cut reply", bargein.Run},
	{"endpoint", "how soon and how rightly the end of a turn is known", endpoint.Run},
	{"asr", "how well the offline recogniser hears", asr.Run},
	{"dialog", "whether whole talks with customers go as they should, in chat and by voice", dialog.Run},
	{"quality", "whether the rules find what went wrong in conversations", quality.Run},
	{"retrieval", "whether the right passage is found", retrieval.Run},
	{"tts", "whether the voice is understood, how soon it speaks and how loud", tts.Run},
}

// Run measures what its first argument names.
func Run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) > 0 {
		for _, m := range measures {
			if m.name == args[0] {
				return m.run(ctx, args[1:], out)
			}
		}
	}
	fmt.Fprintln(out, "usage: parley eval WHAT [flags]; the data is found by PARLEY_TESTDATA")
	for _, m := range measures {
		fmt.Fprintf(out, "  %-10s %s\n", m.name, m.does)
	}
	if len(args) > 0 && args[0] != "-h" && args[0] != "--help" && args[0] != "help" {
		return fmt.Errorf("eval: unknown measure %q", args[0])
	}
	return nil
}
