package store

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Document is a piece of the company's knowledge.
type Document struct {
	bun.BaseModel `bun:"table:documents"`

	ID       string `bun:",pk"`
	Tenant   dialog.TenantID
	Title    string
	Language string
	Hash     string // of the text
	Body     string // the text
	Version  int64
	Updated  int64
}

// PutDocument adds or replaces a document; changed is false when it is as it was.
func (s *Store) PutDocument(ctx context.Context, d Document) (changed bool, err error) {
	d.Hash = hashed(d.Title + "\x00" + d.Body)
	if d.Tenant == "" {
		d.Tenant = dialog.DefaultTenant
	}
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var old Document
		err := tx.NewSelect().Model(&old).Where("id = ?", d.ID).Scan(ctx)
		if err == nil && old.Hash == d.Hash {
			return nil
		}
		changed = true
		d.Version, d.Updated = old.Version+1, micro(time.Now())
		_, err = tx.NewInsert().Model(&d).On("CONFLICT (id) DO UPDATE").
			Set("title = EXCLUDED.title, language = EXCLUDED.language, hash = EXCLUDED.hash, body = EXCLUDED.body, version = EXCLUDED.version, updated = EXCLUDED.updated").Exec(ctx)
		return err
	})
	return changed, failure("document", err)
}

// DeleteDocument removes one.
func (s *Store) DeleteDocument(ctx context.Context, id string) error {
	_, err := s.in(ctx).NewDelete().Model((*Document)(nil)).Where("id = ?", id).Exec(ctx)
	return failure("document", err)
}

// Documents lists all, changed after a time (zero: ever).
func (s *Store) Documents(ctx context.Context, after time.Time) ([]Document, error) {
	var ds []Document
	q := s.db.NewSelect().Model(&ds).Order("updated", "id")
	if !after.IsZero() {
		q = q.Where("updated > ?", micro(after))
	}
	return ds, failure("documents", q.Scan(ctx))
}

type gap struct {
	bun.BaseModel `bun:"table:gaps"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Kind         string
	Conversation dialog.ConversationID
	Body         string
	At           int64
}

// Gap notes what the bot could not do: a question without an answer, a person asked for.
func (s *Store) Gap(ctx context.Context, id dialog.ConversationID, kind, text string) error {
	g := gap{ID: "gap_" + rand.Text(), Tenant: dialog.DefaultTenant, Kind: kind, Conversation: id, Body: text, At: micro(time.Now())}
	_, err := s.in(ctx).NewInsert().Model(&g).Exec(ctx)
	return failure("gap", err)
}
