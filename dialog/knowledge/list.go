package knowledge

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// Info is a document as a list shows it.
type Info struct {
	ID, Title, Language, Audience, Source, Kind string
	State, Error                                string
	Version                                     int64 // 0: nothing is published
	Draft                                       bool
	Passages                                    int // that are searched here
	Bytes                                       int64
	Who                                         string
	Updated, From, Until                        time.Time
}

// Full is a document with its texts.
type Full struct {
	Info
	Text      string
	DraftText string // "" when there is no draft
}

func (s *Service) info(d store.Document) Info {
	s.mu.Lock()
	passages := s.applied[d.ID].passages
	s.mu.Unlock()
	return Info{ID: d.ID, Title: d.Title, Language: d.Language, Audience: d.Audience, Source: d.Source, Kind: d.Kind, State: d.State,
		Error: d.Error, Version: d.Version, Draft: d.Draft != "", Passages: passages, Bytes: d.Bytes, Who: d.Who,
		Updated: when(d.Updated), From: when(d.ValidFrom), Until: when(d.ValidUntil)}
}

// Info is a document that an edit gave.
func (s *Service) Info(d store.Document) Info { return s.info(d) }

// List gives documents by ID, those after an ID, at most limit.
func (s *Service) List(ctx context.Context, after string, limit int) ([]Info, error) {
	var out []Info
	for len(out) < limit {
		ds, err := s.o.Store.Documents(ctx, after, limit-len(out))
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			if after = d.ID; !s.o.Hide(d.ID) {
				out = append(out, s.info(d))
			}
		}
		if len(ds) == 0 {
			break
		}
	}
	return out, nil
}

// Get gives one.
func (s *Service) Get(ctx context.Context, id string) (Full, error) {
	d, err := s.shown(ctx, id)
	if err != nil {
		return Full{}, err
	}
	f := Full{Info: s.info(d), Text: d.Body}
	if d.Draft != "" {
		f.DraftText = held(&d, true).Text
	}
	return f, nil
}

func (s *Service) shown(ctx context.Context, id string) (store.Document, error) {
	if s.o.Hide(id) {
		return store.Document{}, dialog.ErrNotFound
	}
	return s.o.Store.Document(ctx, id)
}

// Delete removes a document with its versions and its originals. It is not found any
// more after Look.
func (s *Service) Delete(ctx context.Context, id string) error {
	d, err := s.shown(ctx, id)
	if err != nil {
		return err
	}
	blobs, err := s.o.Store.DeleteDocument(ctx, id)
	if err != nil {
		return err
	}
	blobs = append(blobs, held(&d, true).Blob)
	var j job
	if d.Job != "" && json.Unmarshal([]byte(d.Job), &j) == nil {
		blobs = append(blobs, j.Blob)
	}
	var errs []error
	for _, b := range blobs {
		if b != "" {
			errs = append(errs, s.o.Store.Blobs.Delete(b))
		}
	}
	return errors.Join(errs...)
}
