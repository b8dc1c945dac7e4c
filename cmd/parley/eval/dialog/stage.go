package dialog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog/brain"
	"parley/dialog/demo"
	"parley/dialog/demo/company"
	"parley/dialog/form"
	"parley/dialog/intent"
	"parley/dialog/llm"
	"parley/dialog/rag"
	"parley/dialog/rag/read"
	"parley/dialog/store"
	"parley/dialog/tool"
)

// ready is how long business systems may take to answer at first.
const ready = 30 * time.Second

// theatre is what all talks share: knowledge, procedures, model. Nothing of it changes.
type theatre struct {
	c       config.Config
	index   *rag.Index
	forms   []*form.Form
	intents *intent.Model
	model   llm.Model // nil: none
	systems bool      // the settings' tools are used, not the demo's

	words    []string          // of the procedures
	passages map[string]string // by ID
	log      *slog.Logger
}

// build makes the theatre. Without knowledge or procedures of its own it is the demo's.
func build(ctx context.Context, o options) (*theatre, error) {
	c, err := config.Load(o.config, os.Getenv)
	if err != nil {
		return nil, err
	}
	t := &theatre{c: c, index: rag.New(), systems: o.systems, log: slog.New(slog.DiscardHandler)}
	if t.systems && len(c.Tools) == 0 {
		return nil, errors.New("the settings name no tools for -systems")
	}
	if t.model, err = model(c, t.log); err != nil {
		return nil, err
	}
	docs := demo.Documents()
	if o.knowledge != "" {
		if docs, err = documents(ctx, o.knowledge); err != nil {
			return nil, err
		}
	}
	t.passages = map[string]string{}
	for _, d := range docs {
		ps := rag.Split(d)
		t.index.PutPassages(d.ID, ps)
		for _, p := range ps {
			t.passages[p.ID] = p.Text
		}
	}
	t.forms = demo.Procedures()
	if o.forms != "" {
		if t.forms, err = forms(o.forms); err != nil {
			return nil, err
		}
	}
	t.words = wordsOf(t.forms)
	t.intents = intent.Train(t.forms, questions(docs))
	return t, nil
}

// model is the chain that the settings name; nil when there is none.
func model(c config.Config, log *slog.Logger) (llm.Model, error) {
	var choices []llm.Choice
	for _, e := range c.LLM {
		switch e.Engine {
		case "offline":
		case "openai":
			m := llm.NewOpenAI(e.ModelOptions())
			choices = append(choices, llm.Choice{Name: m.Name(), Model: llm.Retry(m, llm.RetryOptions{})})
		default:
			return nil, fmt.Errorf("llm: unknown engine %q", e.Engine)
		}
	}
	if len(choices) == 0 {
		return nil, nil
	}
	return llm.Fallback(llm.FallbackOptions{Log: log}, choices...), nil
}

// documents reads the files of a folder that can be read as knowledge.
func documents(ctx context.Context, folder string) (out []rag.Document, err error) {
	err = filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !read.Readable(path) {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		r, err := read.Read(ctx, path, b, read.Limits{})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, rag.Document{ID: path, Title: r.Title, Text: r.Text, Language: rag.LanguageOf(r.Text)})
		return nil
	})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("%s: no documents that can be read", folder)
	}
	return out, err
}

// forms reads the procedures of a file or folder.
func forms(path string) (out []*form.Form, err error) {
	files := []string{path}
	if i, err := os.Stat(path); err == nil && i.IsDir() {
		files, _ = filepath.Glob(filepath.Join(path, "*.yaml"))
	}
	for _, f := range files {
		b, err := readFile(f)
		if err != nil {
			return nil, err
		}
		fs, err := form.Load(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		out = append(out, fs...)
	}
	return out, nil
}

// stage is one talk's own: systems as new, a store, a brain.
type stage struct {
	brain  *brain.Manager
	outbox *tool.Outbox
	tape   *tape
	close  func() error
}

// set makes a stage for a talk that begins at now. Close it.
func (t *theatre) set(ctx context.Context, folder string, now time.Time) (s *stage, err error) {
	var closers []func() error
	s = &stage{close: func() error {
		var errs []error
		for i := range closers {
			errs = append(errs, closers[len(closers)-1-i]())
		}
		return errors.Join(errs...)
	}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	st, err := store.Open(ctx, store.Options{Folder: folder})
	if err != nil {
		return s, err
	}
	closers = append(closers, st.Close)
	box := tool.NewBox(tool.Options{Logger: t.log})
	closers = append(closers, box.Close)
	if err := t.furnish(ctx, box, now); err != nil {
		return s, err
	}
	s.outbox = tool.NewOutbox(tool.OutboxOptions{Box: box, Journal: st, Alone: true, Logger: t.log})
	if err := s.outbox.Start(ctx); err != nil {
		return s, err
	}
	closers = append(closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), ready)
		defer cancel()
		return s.outbox.Close(ctx)
	})
	s.tape = &tape{box: box, outbox: s.outbox}
	o := brain.Options{Model: t.model, Retriever: t.index, Name: t.c.Bot.Name, Company: t.c.Bot.Company, Persona: t.c.Bot.Persona, Rules: t.c.Bot.Rules,
		Tools: (*reading)(s.tape), Outbox: (*changing)(s.tape), Forms: t.intents, Log: t.log}
	if _, ok := box.Spec("verify_customer"); ok {
		o.Identity = brain.Identity{Tool: "verify_customer"}
	}
	s.brain = brain.New(o)
	closers = append(closers, func() error { s.brain.Close(); return nil })
	return s, nil
}

// furnish puts the business systems into the box.
func (t *theatre) furnish(ctx context.Context, box *tool.Box, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	if t.systems {
		for _, c := range t.c.Tools {
			src, err := tool.Open(c, t.log)
			if err != nil {
				return err
			}
			box.AddSource(src)
			if err := tool.Ready(ctx, src); err != nil {
				return err
			}
		}
		return nil
	}
	c, err := company.Open(company.Options{Now: func() time.Time { return now }})
	if err != nil {
		return err
	}
	src, err := c.Tools(t.log)
	if err != nil {
		return err
	}
	box.AddSource(src)
	return tool.Ready(ctx, src)
}

// questions are what the knowledge is asked: they begin no procedure, unless they are
// an example of one.
func questions(docs []rag.Document) (out []string) {
	for _, d := range docs {
		for _, p := range rag.Split(d) {
			out = append(append(out, p.Question), p.Asked...)
		}
	}
	return out
}

// wordsOf are the company's own sentences in its procedures that hold no values.
func wordsOf(forms []*form.Form) (out []string) {
	add := func(ts ...form.Text) {
		for _, t := range ts {
			for _, s := range t {
				for _, x := range []string{s.Voice, s.Chat} {
					if x != "" && !strings.ContainsAny(x, "{[") {
						out = append(out, x)
					}
				}
			}
		}
	}
	for _, f := range forms {
		add(f.Open, f.Cancel)
		for _, s := range f.Slots {
			add(s.Ask, s.Retry, s.Other)
		}
		for _, a := range f.Steps {
			add(a.Say, a.Missing)
			for _, t := range a.Fail {
				add(t)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) }) // the longest first
	return out
}
