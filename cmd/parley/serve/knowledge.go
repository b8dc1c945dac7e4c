package serve

import (
	"context"
	"fmt"
	"os"

	"parley/cmd/parley/ears"
	"parley/dialog/demo"
	"parley/dialog/knowledge"
	"parley/dialog/knowledge/phrase"
	"parley/dialog/rag"
)

const demoCompany = "Brightwood Audio"

// knowledge opens the service that keeps the index in step with the store, and puts the
// demo's documents into it.
func (s *server) knowledge(ctx context.Context) error {
	s.index = rag.New()
	s.find.index = s.index
	m, err := model(s.c, s.spend, &s.faults, s.log)
	if err != nil {
		return err
	}
	o := knowledge.Options{Store: s.store, Index: s.index, Logger: s.log, Snapshot: s.c.Data, Program: program(), Hide: func(id string) bool { return !s.c.Demo && demo.Is(id) }}
	if m != nil {
		o.Writer = phrase.Writer{Model: m}
	}
	s.know = knowledge.New(o)
	if s.c.Demo {
		if err := s.know.Seed(ctx, demo.Documents()...); err != nil {
			return err
		}
	}
	if err := s.know.Start(ctx); err != nil {
		return err
	}
	s.tasks.Go(func() { <-s.stopping; s.know.Close() })
	s.log.Info("knowledge", "passages", s.index.Len())
	return nil
}

// languageModel is what the knowledge sounds like, for the offline recogniser to mix with
// its general model, and how its own words are said.
func (s *server) languageModel(ctx context.Context) (ears.Model, error) {
	m, later, err := ears.LanguageModel(ctx, s.c.Data, append(s.index.Sentences("en"), openings(s.c, "en")...), s.log)
	if later != nil {
		s.tasks.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s.tasks.Go(func() { // ends with the other
				select {
				case <-s.stopping:
					cancel()
				case <-ctx.Done():
				}
			})
			if err := later(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("the recogniser will not know the company's newer words", "err", err)
			}
		})
	}
	return m, err
}

// program tells this build from others: what splits texts and counts words may differ.
func program() string {
	file, err := os.Executable()
	if err != nil {
		return ""
	}
	i, err := os.Stat(file)
	if err != nil {
		return ""
	}
	return fmt.Sprint(i.Size(), " ", i.ModTime().UnixNano())
}
