package serve

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"

	"parley/cmd/parley/ears"
	"parley/dialog/demo"
	"parley/dialog/knowledge"
	"parley/dialog/knowledge/phrase"
	"parley/dialog/llm"
	"parley/dialog/rag"
)

const demoCompany = "Brightwood Audio"

// knowledge opens the service that keeps the index in step with the store, and puts the
// demo's documents into it.
func (s *server) knowledge(ctx context.Context) error {
	s.index = rag.New()
	s.find.index = s.index
	o := knowledge.Options{Store: s.store, Index: s.index, Logger: s.log, Snapshot: s.c.Data, Program: program(), Hide: func(id string) bool { return !s.c.Demo && demo.Is(id) }}
	o.Writer = s.writer
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

// writer lets the chat model of now write phrasings; nil: there is none.
func (s *server) writer() knowledge.Writer {
	if m := s.chatModel(); m != nil {
		return phrase.Writer{Model: m}
	}
	return nil
}

// chatModel is the chain of chat models of now; nil: there is none.
func (s *server) chatModel() llm.Model {
	m, err := model(s.live.config(), s.spend, &s.faults, s.log)
	if err != nil {
		return nil
	}
	return m
}

// languageModel is what the knowledge sounds like, for the offline recogniser to mix with
// its general model, and how its own words are said. When later is not nil, that is of
// former knowledge, and later makes the files anew.
func (s *server) languageModel(ctx context.Context) (m ears.Model, later func(context.Context) error, err error) {
	return ears.LanguageModel(ctx, s.c.Data, append(s.index.Sentences("en"), openings(s.c, "en")...), s.log)
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

// learnEvery is how often it is looked whether recognisers have words to learn.
const learnEvery = 5 * time.Second

// followKnowledge lets recognisers hear what the knowledge says, once it has rested for a
// while, until the server stops.
func (s *server) followKnowledge() {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { <-s.stopping; cancel() })
	defer wg.Wait()
	t := time.NewTicker(learnEvery)
	defer t.Stop()
	for seen := int64(-1); ; {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		before := seen
		if seen = s.know.Change(); seen != before {
			continue
		}
		if err := s.learn(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("the recogniser does not know what is new in the knowledge", "err", err)
		}
	}
}

// learn makes recognisers hear the knowledge as it is, when it has changed. Calls go on
// meanwhile, with what was known when their utterance began.
func (s *server) learn(ctx context.Context) error {
	s.ears.learning.Lock()
	defer s.ears.learning.Unlock()
	now := s.know.Change()
	if now == s.ears.change {
		return nil
	}
	s.learnHints()
	if s.pool == nil {
		s.ears.change = now
		return nil
	}
	m, later, err := s.languageModel(ctx)
	if err == nil && later != nil {
		err = later(ctx)
	}
	if err != nil {
		return err
	}
	if err := s.pool.Retune(ctx, m.Sentences, m.Words); err != nil {
		return err
	}
	s.ears.change = now
	return nil
}

// learnHints takes the words that recognisers behind a network are told.
func (s *server) learnHints() {
	hints, words := map[string][]string{}, s.index.Words(hintWords, "")
	for _, l := range s.live.config().Bot.Languages {
		hints[l] = words
	}
	s.ears.hints.Store(&hints)
}
