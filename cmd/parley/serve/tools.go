package serve

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"parley/dialog"
	"parley/dialog/demo/company"
	"parley/dialog/message"
	"parley/dialog/tool"
)

// toolsClose is how long changes that are under way may take when the server goes.
const toolsClose = 10 * time.Second

// systems opens the company's business systems, and the outbox that changes them.
func (s *server) systems() error {
	s.box = tool.NewBox(tool.Options{Logger: s.log, Vault: &s.cards})
	for _, c := range s.c.Tools {
		src, err := tool.Open(c, s.log)
		if err != nil {
			return err
		}
		s.box.AddSource(src)
	}
	if m := s.c.Messages; m.On() {
		if err := s.box.Add(message.New(message.Options{URL: m.URL, Secret: m.Secret, From: m.From})); err != nil {
			return err
		}
	}
	if s.c.Demo {
		if err := s.demoSystems(); err != nil {
			return err
		}
	}
	s.outbox = tool.NewOutbox(tool.OutboxOptions{Box: s.box, Journal: s.store, Alone: s.c.Database == "", Logger: s.log, Shows: s.bus,
		Settled: func(ctx context.Context, id dialog.ConversationID, change string) error {
			ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
			defer cancel()
			return s.hub.Post(ctx, id, dialog.Settled{Change: change})
		}})
	return nil
}

func (s *server) demoSystems() error {
	c, err := company.Open(company.Options{File: filepath.Join(s.c.Data, "demo-company.json")})
	if err != nil {
		return err
	}
	src, err := c.Tools(s.log)
	if err != nil {
		return err
	}
	s.box.AddSource(src)
	return nil
}

// told notes what customers have been told of their changes.
func (s *server) told(ctx context.Context, id dialog.ConversationID, outcomes []string) {
	if err := s.outbox.Told(ctx, outcomes...); err != nil {
		s.log.Error("outcomes not noted as told", "conversation", id, "err", err)
	}
}

// closeSystems lets changes end, then closes the systems.
func (s *server) closeSystems() error {
	if s.outbox != nil {
		ctx, cancel := context.WithTimeout(context.Background(), toolsClose)
		defer cancel()
		_ = s.outbox.Close(ctx)
	}
	if s.box != nil {
		return s.box.Close()
	}
	return nil
}

// DemoCompany is `parley demo-company`: the demo's business systems as an MCP server
// on standard input and output.
func DemoCompany(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("demo-company", flag.ContinueOnError)
	set.SetOutput(out)
	file := set.String("file", "", "keep what is changed in this `file`")
	if err := set.Parse(args); err != nil {
		return err
	}
	c, err := company.Open(company.Options{File: *file})
	if err != nil {
		return err
	}
	if err := c.Serve(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("demo-company: %w", err)
	}
	return nil
}
