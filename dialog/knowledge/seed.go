package knowledge

import (
	"context"
	"errors"

	"parley/dialog/rag"
	"parley/dialog/store"
)

// seeder is who put in what came with the program.
const seeder = "parley"

// Seed puts in documents that come with the program. Those that people changed or
// deleted stay as people want them.
func (s *Service) Seed(ctx context.Context, ds ...rag.Document) error {
	for _, doc := range ds {
		had, err := s.o.Store.HasDocument(ctx, doc.ID)
		if err != nil {
			return err
		}
		_, err = s.o.Store.EditDocument(ctx, doc.ID, func(d *store.Document) error {
			if had && d.Who != seeder {
				return store.ErrUnchanged
			}
			c := content{Title: doc.Title, Text: clean(doc.Text), Language: doc.Language, Source: doc.Source, Kind: "markdown", Who: seeder}
			if c.complete(); d.Version > 0 && d.Hash == hash(c.Text) && d.Language == c.Language && d.Title == c.Title {
				return store.ErrUnchanged
			}
			draft := d.Draft
			c.Bytes = int64(len(c.Text))
			err := set(d, c, false)
			d.Draft = draft
			return err
		})
		if err != nil && !errors.Is(err, store.ErrUnchanged) {
			return err
		}
	}
	return nil
}
