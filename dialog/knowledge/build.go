package knowledge

import (
	"context"
	"runtime"
	"sync"

	"parley/dialog/rag"
	"parley/dialog/store"
)

// build fills an empty index with all that the store has, on all processors; Look does the
// same one document after the other. False: the index cannot be filled at once.
func (s *Service) build(ctx context.Context) (bool, error) {
	ix, ok := s.o.Index.(snapshots)
	if !ok {
		return false, nil
	}
	asked, err := s.approved(ctx)
	if err != nil {
		return false, err
	}
	todo := make(chan *built, 2*page)
	var all []*built
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for b := range todo {
				b.passages = rag.Split(b.doc)
			}
		})
	}
	last, err := s.read(ctx, asked, func(b *built) { all = append(all, b); todo <- b })
	close(todo)
	wg.Wait()
	if err != nil {
		return false, err
	}
	n := 0
	for _, b := range all {
		n += len(b.passages)
	}
	ps, applied := make([]rag.Passage, 0, n), map[string]state{}
	for _, b := range all {
		ps = append(ps, b.passages...)
		applied[b.doc.ID] = state{b.key, len(b.passages), b.mark}
	}
	ix.Replace(ps)
	s.mu.Lock()
	s.applied, s.last = applied, last
	s.mu.Unlock()
	return true, nil
}

// built is a document on its way into the index.
type built struct {
	doc      rag.Document
	key      string
	mark     store.Mark
	passages []rag.Passage
}

// read hands on each document that is searched, and gives the last change.
func (s *Service) read(ctx context.Context, asked map[string][]store.Phrasing, f func(*built)) (last int64, err error) {
	for {
		ds, err := s.o.Store.Changed(ctx, last, page)
		if err != nil {
			return last, err
		}
		for _, d := range ds {
			if last = d.Change; d.Deleted == 0 && d.Body != "" && !s.o.Hide(d.ID) {
				doc := document(d, asked[d.ID])
				f(&built{doc: doc, key: keyOf(doc, d), mark: markOf(d)})
			}
		}
		if len(ds) < page {
			return last, nil
		}
	}
}

// approved are the phrasings of all documents, by document.
func (s *Service) approved(ctx context.Context) (map[string][]store.Phrasing, error) {
	out := map[string][]store.Phrasing{}
	for after := ""; ; {
		ps, err := s.o.Store.Phrasings(ctx, "", store.Approved, after, maxApproved)
		if err != nil {
			return nil, err
		}
		for _, p := range ps {
			after = p.ID
			if len(out[p.Document]) < maxApproved {
				out[p.Document] = append(out[p.Document], p)
			}
		}
		if len(ps) < maxApproved {
			return out, nil
		}
	}
}
