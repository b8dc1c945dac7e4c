// Command parley is the contact centre: it serves, and carries the tools that
// look after it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"parley/cmd/parley/bench"
	"parley/cmd/parley/doctor"
	"parley/cmd/parley/eval"
	"parley/cmd/parley/ingest"
	"parley/cmd/parley/serve"
)

// command is one subcommand. Run gets what follows its name.
type command struct {
	name, does string
	run        func(ctx context.Context, args []string, out io.Writer) error
}

var commands = []command{
	{"serve", "serve calls and chats (--demo with a demo company, --config FILE)", serve.Command},
	{"ingest", "read files and pages into the knowledge (ingest PATH… URL…)", ingest.Run},
	{"demo-company", "serve the demo's business systems to MCP clients on standard input and output", serve.DemoCompany},
	{"doctor", "say what works on this machine and how to mend the rest", doctor.Run},
	{"eval", "measure quality (eval retrieval)", eval.Run},
	{"bench", "measure cost and waiting (bench call)", bench.Run},
	{"user", "manage staff (user add --email … --role …)", serve.User},
}

func usage(w io.Writer) {
	fmt.Fprint(w, "parley: a contact centre where an AI answers first\n\nusage: parley COMMAND [flags]\n\n")
	for _, c := range commands {
		fmt.Fprintf(w, "  %-12s %s\n", c.name, c.does)
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run dispatches and returns the exit status: 0 done, 1 failed, 2 called wrongly.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) == 0 {
		usage(errs)
		return 2
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(out)
		return 0
	}
	for _, c := range commands {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, args[1:], out)
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		default:
			fmt.Fprintln(errs, "parley:", err)
			return 1
		}
	}
	fmt.Fprintf(errs, "parley: unknown command %q\n\n", args[0])
	usage(errs)
	return 2
}
