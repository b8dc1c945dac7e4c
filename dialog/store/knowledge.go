package store

import (
	"context"
	"crypto/rand"
	"errors"
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
	err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
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
	_, err := s.write.NewDelete().Model((*Document)(nil)).Where("id = ?", id).Exec(ctx)
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
	_, err := s.write.NewInsert().Model(&g).Exec(ctx)
	return failure("gap", err)
}

// Answer is what was answered to a request that may come again.
type Answer struct {
	bun.BaseModel `bun:"table:idempotency"`

	Key     string `bun:",pk"` // hash of token, path and key
	Request string // hash of its body
	Status  int64  // 0: it still runs
	Body    string
	Created int64
}

// ErrRunning: the first request with this key is still running.
var ErrRunning = errors.New("the first request with this key is still running")

// Begin notes a request by its key. A nil answer says: go on, then Finish.
func (s *Store) Begin(ctx context.Context, key, request string) (*Answer, error) {
	now := time.Now()
	if _, err := s.write.NewDelete().Model((*Answer)(nil)).Where("created < ?", micro(now.Add(-24*time.Hour))).Exec(ctx); err != nil {
		return nil, failure("idempotency", err)
	}
	_, err := s.write.NewInsert().Model(&Answer{Key: hashed(key), Request: hashed(request), Created: micro(now)}).Exec(ctx)
	if err == nil {
		return nil, nil
	}
	if err = failure("idempotency", err); !errors.Is(err, dialog.ErrConflict) {
		return nil, err
	}
	var a Answer
	if err := s.write.NewSelect().Model(&a).Where("key = ?", hashed(key)).Scan(ctx); err != nil {
		return nil, failure("idempotency", err)
	}
	switch {
	case a.Request != hashed(request):
		return nil, dialog.ErrConflict
	case a.Status == 0:
		return nil, ErrRunning
	}
	return &a, nil
}

// Finish keeps the answer of a request; status 0 forgets it, so that it may be tried again.
func (s *Store) Finish(ctx context.Context, key string, status int, body string) error {
	if status == 0 {
		_, err := s.write.NewDelete().Model((*Answer)(nil)).Where("key = ?", hashed(key)).Exec(ctx)
		return failure("idempotency", err)
	}
	_, err := s.write.NewUpdate().Model((*Answer)(nil)).Set("status = ?, body = ?", status, body).Where("key = ?", hashed(key)).Exec(ctx)
	return failure("idempotency", err)
}
