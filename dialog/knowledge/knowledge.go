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
	Writer  func() Writer              // the one of now; nil, or gives nil: none
	Hide    func(document string) bool // documents that are none of this company's; nil: none are
	Limits  read.Limits                // of what is read
	Workers int                        // files that are read at once; 0 is 2
	Queue   int                        // files that may wait; 0 is 500
	Every   time.Duration              // how often the store is looked at; 0 is a second
	// Snapshot is the folder where the index is kept for the next start; "" is nowhere. It is
	// for an index that can be kept, as *rag.Index.
	Snapshot string
	Program  string        // what splits and counts; a snapshot of another is not taken
	Settle   time.Duration // how long nothing changes before it is written; 0 is 5 s
	Logger   *slog.Logger
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
	dirty   chan struct{}

	file  sync.Mutex // the snapshot's
	drops int        // how often it was dropped; guarded by file

	mu      sync.Mutex
	last    int64            // the change that the index has
	applied map[string]state // by document
	writing bool             // phrasings are being written
	seen    time.Time        // up to when conversations were looked through for phrasings
}

// Change is a number that rises when the index does; it tells whether something is new.
func (s *Service) Change() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// state is what the index has of a document.
type state struct {
	key      string // of all that its passages are made from
	passages int
	mark     store.Mark // the document's
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
	if o.Settle == 0 {
		o.Settle = 5 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Service{o: o, wake: make(chan struct{}, o.Workers), dirty: make(chan struct{}, 1), applied: map[string]state{}}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Start fills the index, and keeps it in step until Close.
func (s *Service) Start(ctx context.Context) error {
	if !s.recall(ctx) {
		if _, err := s.build(ctx); err != nil {
			return err
		}
		s.changed()
	}
	if err := s.Look(ctx); err != nil {
		return err
	}
	if ix, ok := s.o.Index.(snapshots); ok && s.o.Snapshot != "" {
		s.tasks.Go(func() { s.keepSnapshots(ix) })
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
			s.dropSnapshot()
			s.changed()
		}
		return nil
	}
	s.mu.Lock()
	before, had := s.applied[d.ID]
	s.mu.Unlock()
	if had && before.mark == markOf(d) {
		return nil
	}
	doc, err := s.document(ctx, d)
	if err != nil {
		return err
	}
	key := keyOf(doc, d)
	if before.key == key {
		s.mu.Lock()
		s.applied[d.ID] = state{key, before.passages, markOf(d)}
		s.mu.Unlock()
		s.changed()
		return nil
	}
	ps := rag.Split(doc)
	if s.o.Index != nil {
		s.o.Index.PutPassages(d.ID, ps)
	}
	s.mu.Lock()
	s.applied[d.ID] = state{key, len(ps), markOf(d)}
	s.mu.Unlock()
	if had {
		s.dropSnapshot()
	}
	s.changed()
	return nil
}

// document is a stored one as the index wants it.
func (s *Service) document(ctx context.Context, d store.Document) (rag.Document, error) {
	ps, err := s.o.Store.Phrasings(ctx, d.ID, store.Approved, "", maxApproved)
	return document(d, ps), err
}

func markOf(d store.Document) store.Mark { return store.Mark{Change: d.Change, Updated: d.Updated} }

// keyOf is the same as long as a document's passages are.
func keyOf(doc rag.Document, d store.Document) string {
	return fmt.Sprint(doc.Version, "\x00", d.Hash, "\x00", doc.Title, doc.Language, doc.Audience, d.ValidFrom, d.ValidUntil, doc.Asked)
}

func document(d store.Document, asked []store.Phrasing) rag.Document {
	doc := rag.Document{ID: d.ID, Title: d.Title, Text: d.Body, Language: d.Language, Version: d.Version, Source: d.Source, Audience: d.Audience,
		From: when(d.ValidFrom), Until: when(d.ValidUntil)}
	for _, p := range asked {
		if doc.Asked == nil {
			doc.Asked = map[string][]string{}
		}
		doc.Asked[p.Title] = append(doc.Asked[p.Title], p.Body)
	}
	return doc
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
