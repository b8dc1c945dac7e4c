package serve

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"parley/asr/sphinx"
	"parley/asr/sphinx/lexicon"
	"parley/asr/sphinx/lm"
	"parley/cmd/parley/config"
	"parley/dialog/demo"
	"parley/dialog/rag"
	"parley/dialog/store"
	"parley/tts/normal"
)

const (
	demoCompany = "Brightwood Audio"
	lookEvery   = 2 * time.Second // for documents that another process has put into the store
	maxDocument = 4 << 20         // bytes
)

// knowledge fills the index from the demo and the store, and follows the store.
func (s *server) knowledge(ctx context.Context) error {
	s.index = rag.New()
	if s.c.Demo {
		for _, d := range demo.Documents() {
			s.index.Put(d)
		}
	}
	ds, err := s.store.Documents(ctx, time.Time{})
	if err != nil {
		return err
	}
	last := s.put(ds, time.Time{})
	s.log.Info("knowledge", "passages", s.index.Len())
	s.tasks.Go(func() {
		t := time.NewTicker(lookEvery)
		defer t.Stop()
		for {
			select {
			case <-t.C:
			case <-s.stopping:
				return
			}
			ctx, cancel := context.WithTimeout(context.Background(), lookEvery)
			ds, err := s.store.Documents(ctx, last)
			cancel()
			if err != nil {
				s.log.Warn("knowledge not read", "err", err)
				continue
			}
			last = s.put(ds, last)
		}
	})
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

// put indexes documents, and gives when the latest was changed.
func (s *server) put(ds []store.Document, last time.Time) time.Time {
	for _, d := range ds {
		s.index.Put(rag.Document{ID: d.ID, Title: d.Title, Text: d.Body, Language: d.Language})
		if at := time.UnixMicro(d.Updated); at.After(last) {
			last = at
		}
	}
	return last
}

// Ingest is `parley ingest PATH…`: Markdown and text into the knowledge. A
// running server finds it within some seconds.
func Ingest(ctx context.Context, args []string, out io.Writer) error {
	set := flag.NewFlagSet("ingest", flag.ContinueOnError)
	set.SetOutput(out)
	file := set.String("config", "", "settings `file`")
	if err := set.Parse(args); err != nil {
		return err
	}
	if set.NArg() == 0 {
		return errors.New("usage: parley ingest [--config FILE] PATH…  (Markdown and text files, or folders of them)")
	}
	c, err := config.Load(*file, os.Getenv)
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, store.Options{URL: c.Database, Folder: c.Data})
	if err != nil {
		return err
	}
	defer s.Close()
	var files []string
	for _, root := range set.Args() {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (path == root || readable(path)) {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("ingest: %w", err)
		}
	}
	bad := 0
	for i, f := range files {
		what, err := ingest(ctx, s, f)
		if err != nil {
			bad++
			what = "failed: " + err.Error()
		}
		fmt.Fprintf(out, "[%d/%d] %s: %s\n", i+1, len(files), f, what)
	}
	if bad > 0 {
		return fmt.Errorf("ingest: %d of %d files failed", bad, len(files))
	}
	return nil
}

func readable(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".md", ".markdown", ".txt":
		return true
	}
	return false
}

// ingest puts one file into the store; its path is its name there.
func ingest(ctx context.Context, s *store.Store, path string) (string, error) {
	if !readable(path) {
		return "", errors.New("only Markdown (.md) and text (.txt) are read so far")
	}
	i, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if i.Size() > maxDocument {
		return "", fmt.Errorf("%d bytes, at most %d", i.Size(), maxDocument)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	text := strings.TrimPrefix(string(b), "\ufeff")
	if !utf8.ValidString(text) {
		return "", errors.New("not UTF-8")
	}
	name, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	d := store.Document{ID: "file:" + name, Title: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), Body: text, Language: rag.LanguageOf(text)}
	n := len(rag.Split(rag.Document{ID: d.ID, Title: d.Title, Text: text}))
	if n == 0 {
		return "", errors.New("no text in it")
	}
	changed, err := s.PutDocument(ctx, d)
	switch {
	case err != nil:
		return "", err
	case !changed:
		return "unchanged", nil
	}
	return fmt.Sprintf("%d passages", n), nil
}
