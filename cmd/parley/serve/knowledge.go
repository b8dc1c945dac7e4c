package serve

import (
	"context"

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
	o := knowledge.Options{Store: s.store, Index: s.index, Logger: s.log, Hide: func(id string) bool { return !s.c.Demo && demo.Is(id) }}
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

// languageModel writes what the knowledge sounds like, for the offline recogniser
// to mix with its general model, and how its own words are said; "" is none.
func (s *server) languageModel(ctx context.Context) (model, words string, err error) {
	return ears.LanguageModel(ctx, s.c.Data, append(s.index.Sentences("en"), openings(s.c, "en")...), s.log)
}
