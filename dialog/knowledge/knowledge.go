// Package knowledge owns the company's documents: it takes them in from people, files
// and addresses, keeps their drafts and versions in the store, and keeps an index in
// step with the store, whoever changes it.
//
// It knows how nobody is answered and nothing of HTTP.
package knowledge

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"parley/dialog/rag"
	"parley/dialog/rag/read"
	"parley/dialog/rag/read/fetch"
	"parley/dialog/store"
)

// Index is where passages are searched; *rag.Index is one.
type Index interface {
	PutPassages(document string, ps []rag.Passage)
	Remove(document string)
	Search(q rag.Query) []rag.Hit
}

// Writer writes ways in which customers may ask for a passage.
type Writer interface {
	Phrasings(ctx context.Context, p rag.Passage, most int) ([]string, error)
}

// Fetcher gets what an address has.
type Fetcher interface {
	Get(ctx context.Context, url string) (fetch.Page, error)
}

// Options of a service. Only Store is required.
type Options struct {
	Store   *store.Store
	Index   Index                      // nil: nothing is searched here
	Fetch   Fetcher                    // nil: &fetch.Client{}
	Writer  Writer                     // nil: none
	Hide    func(document string) bool // documents that are none of this company's; nil: none are
	Limits  read.Limits                // of what is read
	Workers int                        // files that are read at once; 0 is 2
	Queue   int                        // files that may wait; 0 is 500
	Every   time.Duration              // how often the store is looked at; 0 is a second
	Logger  *slog.Logger
}

// Service is the company's documents. Start makes its index follow the store and reads
// the files that wait, until Close. Without Start it only writes.
type Service struct {
	o      Options
	wake   chan struct{} // a file waits: a token for each worker
	ctx    context.Context
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	looking sync.Mutex // one look at a time

	mu      sync.Mutex
	last    int64            // the change that the index has
	applied map[string]state // by document
	writing bool             // phrasings are being written
	seen    time.Time        // up to when conversations were looked through for phrasings
}

// state is what the index has of a document.
type state struct {
	key      string // of all that its passages are made from
	passages int
}

// New makes a service.
func New(o Options) *Service {
	if o.Fetch == nil {
		o.Fetch = &fetch.Client{}
	}
	if o.Hide == nil {
		o.Hide = func(string) bool { return false }
	}
	if o.Workers == 0 {
		o.Workers = 2
	}
	if o.Queue == 0 {
		o.Queue = 500
	}
	if o.Every == 0 {
		o.Every = time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{o: o, wake: make(chan struct{}, o.Workers), applied: map[string]state{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Start fills the index, and keeps it in step until Close.
func (s *Service) Start(ctx context.Context) error {
	if err := s.Look(ctx); err != nil {
		return err
	}
	s.tasks.Go(s.follow)
	for range s.o.Workers {
		s.tasks.Go(s.work)
	}
	return nil
}

// Close ends what Start began, and waits for it. Files that are being read are read
// again by the next who starts.
func (s *Service) Close() {
	s.cancel()
	s.tasks.Wait()
}

// follow looks at the store again and again: other processes change it too.
func (s *Service) follow() {
	t := time.NewTicker(s.o.Every)
	defer t.Stop()
	failing := false
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-t.C:
		}
		err := s.lookIfChanged(s.ctx)
		if err != nil && !failing && s.ctx.Err() == nil {
			s.o.Logger.Warn("knowledge not read", "err", err)
		}
		failing = err != nil
	}
}

func (s *Service) lookIfChanged(ctx context.Context) error {
	n, err := s.o.Store.Clock(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if n == last {
		return nil
	}
	return s.Look(ctx)
}

// page is how many documents are read from the store at once.
const page = 100

// Look brings the index in step with the store. When it returns, what was committed
// before is found, and what it replaced is not.
func (s *Service) Look(ctx context.Context) error {
	s.looking.Lock()
	defer s.looking.Unlock()
	for {
		s.mu.Lock()
		last := s.last
		s.mu.Unlock()
		ds, err := s.o.Store.Changed(ctx, last, page)
		if err != nil {
			return err
		}
		for _, d := range ds {
			if err := s.apply(ctx, d); err != nil {
				return err
			}
			s.mu.Lock()
			s.last = d.Change
			s.mu.Unlock()
		}
		if len(ds) < page {
			return nil
		}
	}
}

// apply brings the index in step with one document.
func (s *Service) apply(ctx context.Context, d store.Document) error {
	if d.Deleted != 0 || d.Body == "" || s.o.Hide(d.ID) {
		s.mu.Lock()
		_, had := s.applied[d.ID]
		delete(s.applied, d.ID)
		s.mu.Unlock()
		if had && s.o.Index != nil {
			s.o.Index.Remove(d.ID)
		}
		return nil
	}
	doc, err := s.document(ctx, d)
	if err != nil {
		return err
	}
	key := fmt.Sprint(doc.Version, "\x00", d.Hash, "\x00", doc.Title, doc.Language, doc.Audience, d.ValidFrom, d.ValidUntil, doc.Asked)
	s.mu.Lock()
	same := s.applied[d.ID].key == key
	s.mu.Unlock()
	if same {
		return nil
	}
	ps := rag.Split(doc)
	if s.o.Index != nil {
		s.o.Index.PutPassages(d.ID, ps)
	}
	s.mu.Lock()
	s.applied[d.ID] = state{key, len(ps)}
	s.mu.Unlock()
	return nil
}

// document is a stored one as the index wants it.
func (s *Service) document(ctx context.Context, d store.Document) (rag.Document, error) {
	doc := rag.Document{ID: d.ID, Title: d.Title, Text: d.Body, Language: d.Language, Version: d.Version, Source: d.Source, Audience: d.Audience,
		From: when(d.ValidFrom), Until: when(d.ValidUntil)}
	ps, err := s.o.Store.Phrasings(ctx, d.ID, store.Approved, "", maxApproved)
	if err != nil {
		return doc, err
	}
	for _, p := range ps {
		if doc.Asked == nil {
			doc.Asked = map[string][]string{}
		}
		doc.Asked[p.Title] = append(doc.Asked[p.Title], p.Body)
	}
	return doc, nil
}

// maxApproved bounds the phrasings of a document that are used.
const maxApproved = 5000

// when is a stored time; 0 is the zero time.
func when(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func micro(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
