package serve

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"parley/asr/sphinx"
	"parley/asr/sphinx/lexicon"
	"parley/asr/sphinx/lm"
	"parley/dialog/demo"
	"parley/dialog/knowledge"
	"parley/dialog/knowledge/phrase"
	"parley/dialog/rag"
	"parley/tts/normal"
)

const demoCompany = "Brightwood Audio"

// knowledge opens the service that keeps the index in step with the store, and puts the
// demo's documents into it.
func (s *server) knowledge(ctx context.Context) error {
	s.index = rag.New()
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
	var sentences, said []string
	for _, x := range s.index.Sentences("en") {
		sentences = append(sentences, normal.Speakable(x, "en").Spoken)
	}
	if len(sentences) == 0 {
		return "", "", nil
	}
	sentences = append(sentences, smallTalk...)
	for _, x := range sentences {
		said = append(said, lm.Words(x)...)
	}
	if said, err = lexicon.Missing(said, sphinx.Dictionary); err != nil {
		return "", "", err
	}
	words = filepath.Join(s.c.Data, "en.words")
	err = write(words, func(w io.Writer) error { _, err := lexicon.Write(ctx, w, said); return err })
	if err != nil { // the words are left out
		s.log.Warn("the recogniser does not know the company's own words", "err", err)
		words = ""
	}
	model = filepath.Join(s.c.Data, "en.arpa")
	return model, words, write(model, func(w io.Writer) error { return lm.Write(w, sentences) })
}

func write(file string, f func(w io.Writer) error) error {
	w, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(f(w), w.Close())
}

// smallTalk is what customers say to every company.
var smallTalk = []string{"hello", "hi", "yes", "no", "yes please", "no thank you", "thank you", "thanks", "okay", "goodbye", "bye", "stop", "wait", "hold on",
	"can you repeat that", "say that again", "please speak slower", "please speak louder", "no recording", "I want to speak to a person", "can I talk to a human",
	"I have a question", "I have a problem", "can you help me", "I need help", "that is all", "what did you say", "are you a robot",
	"stop, where is my order", "stop, how much is it", "wait, I have another question", "stop, can I return them"}
