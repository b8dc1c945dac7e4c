// Package bench measures what Parley costs and how long it makes people wait,
// from outside: parley bench.
//
// The server under test is a child process; callers and scripted providers run
// here, and speak with it as browsers and providers do.
package bench

import (
	"context"
	"fmt"
	"io"
)

var measures = []struct {
	name, does string
	run        func(ctx context.Context, args []string, out io.Writer) error
}{
	{"call", "what calls cost, and how long callers wait", Call},
	{"chat", "what open chats and their messages cost, and how long customers wait", Chat},
	{"phone", "how long callers by phone wait for the first audio", Phone},
	{"desk", "how soon people at their desks see what happens, and what they cost", Desk},
	{"transfer", "whether customers who ask for a person are lost, when people and networks fail", Transfer},
	{"start", "how long a server that knows much takes from its start to its first answer", Start},
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
	fmt.Fprintln(out, "usage: parley bench WHAT [flags]")
	for _, m := range measures {
		fmt.Fprintf(out, "  %-10s %s\n", m.name, m.does)
	}
	if len(args) > 0 && args[0] != "-h" && args[0] != "--help" && args[0] != "help" {
		return fmt.Errorf("bench: unknown measure %q", args[0])
	}
	return nil
}
