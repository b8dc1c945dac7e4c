// Package serve joins Parley's parts into one server, and carries the commands
// that work on its data.
package serve

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"parley/cmd/parley/config"
)

// drainLimit is how long running calls may go on after SIGTERM.
const drainLimit = 5 * time.Minute

// Command is `parley serve`: it serves until ctx ends, then drains.
func Command(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	fs.SetOutput(out)
	file := fs.String("config", "", "settings `file` (parley.example.yaml explains each key)")
	demo := fs.Bool("demo", false, "serve a demo company: knowledge, staff, a shop's page")
	drain := fs.Duration("drain", drainLimit, "how long running calls may go on after SIGTERM")
	profile := fs.String("profile", "", "leave processor and memory profiles in this `folder`")
	verbose := fs.Bool("v", false, "log what is done in detail")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("serve: unexpected argument %q", fs.Arg(0))
	}
	c, err := config.Load(*file, config.Environment)
	if err != nil {
		return err
	}
	c.Demo = *demo
	level := slog.LevelInfo
	if *verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	if !ownGC() {
		debug.SetGCPercent(gcLeast)
	}
	return profiled(*profile, func() error { return run(ctx, c, *drain, out, log) })
}

// run opens the server, serves, and closes it again.
func run(ctx context.Context, c config.Config, drain time.Duration, out io.Writer, log *slog.Logger) (err error) {
	flush, err := tracing(ctx)
	if err != nil {
		return err
	}
	defer flush()
	a, err := open(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	l, err := listen(c)
	if err != nil {
		return err
	}
	if !ownGC() {
		defer garbage()()
	}
	srv := &http.Server{Handler: a.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug)}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	a.greet(out, l.Addr())
	debug.FreeOSMemory() // hashing staff's passwords and reading the knowledge took ten times what is left

	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("draining", "calls", a.calls.Len(), "limit", drain.String())
	a.drain(drain)
	stop, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err = srv.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = srv.Close() // sockets that watch end with the server
	}
	<-served
	return err
}
