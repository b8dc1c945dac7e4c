package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// States of a document.
const (
	Queued  = "queued"  // its file is to be read
	Reading = "reading" // its file is being read
	Ready   = "ready"
	Failed  = "failed" // its file could not be read; what was there before still holds
)

// Document is a piece of the company's knowledge.
type Document struct {
	bun.BaseModel `bun:"table:documents"`

	ID         string `bun:",pk"`
	Tenant     dialog.TenantID
	Title      string
	Language   string
	Audience   string
	Source     string // a file's name or an address, for people
	Kind       string // how it was read: "pdf", "docx", …
	ValidFrom  int64  // µs since 1970; 0 is unbounded
	ValidUntil int64
	Hash       string // of what it was made from
	Body       string // the text that is searched; "" when nothing was published yet
	Version    int64  // of Body; 0 when nothing was published yet
	Updated    int64
	State      string
	Error      string // why it failed
	Draft      string // the owner's to read; "" is none
	Job        string // what is to be read, the owner's to read
	Lease      int64  // until when whoever reads it may be believed to
	Blob       string // the original
	Bytes      int64
	Who        string // who made this version
	Deleted    int64
	Change     int64 // when it was changed, by the clock of all documents
}

// DocumentVersion is a text that was published once.
type DocumentVersion struct {
	bun.BaseModel `bun:"table:document_versions"`

	Document   string `bun:",pk"`
	Version    int64  `bun:",pk"`
	Tenant     dialog.TenantID
	At         int64
	Who        string
	Title      string
	Language   string
	Audience   string
	Source     string
	Kind       string
	ValidFrom  int64
	ValidUntil int64
	Hash       string
	Blob       string
	Bytes      int64
	Body       string
}

// ErrUnchanged, given by an edit, leaves everything as it is.
var ErrUnchanged = errors.New("unchanged")

// tick moves the clock of the documents, which keeps other writers of documents out
// until the transaction ends: so changes are numbered in the order of the commits.
func tick(ctx context.Context, tx bun.Tx) (n int64, err error) {
	err = tx.NewRaw("UPDATE knowledge_clock SET n = n + 1 WHERE tenant = ? RETURNING n", dialog.DefaultTenant).Scan(ctx, &n)
	return n, err
}

// from is where a read goes that must see what ctx's transaction wrote.
func (s *Store) from(ctx context.Context) bun.IDB {
	if tx, ok := ctx.Value(txKey{}).(bun.Tx); ok {
		return tx
	}
	return s.db
}

// EditDocument changes a document, or makes it when there is none: edit then gets one
// that has nothing but its ID. When it changes Version, the text is kept as a version.
// An error of edit keeps everything as it was; the document that is there is given
// with ErrUnchanged.
func (s *Store) EditDocument(ctx context.Context, id string, edit func(d *Document) error) (Document, error) {
	var d Document
	var refused error // by edit
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err := tick(ctx, tx)
		if err != nil {
			return err
		}
		err = tx.NewSelect().Model(&d).Where("id = ?", id).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) || err == nil && d.Deleted != 0 {
			d, err = Document{ID: id, Tenant: dialog.DefaultTenant}, nil
		}
		if err != nil {
			return err
		}
		version := d.Version
		if refused = edit(&d); refused != nil {
			return refused
		}
		d.Change, d.Updated = n, micro(time.Now())
		if d.Version != version {
			v := d.asVersion()
			if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
				return err
			}
		}
		return putDocument(ctx, tx, &d)
	})
	if refused != nil {
		return d, refused
	}
	return d, failure("document", err)
}

func (d *Document) asVersion() DocumentVersion {
	return DocumentVersion{Document: d.ID, Version: d.Version, Tenant: d.Tenant, At: d.Updated, Who: d.Who, Title: d.Title, Language: d.Language,
		Audience: d.Audience, Source: d.Source, Kind: d.Kind, ValidFrom: d.ValidFrom, ValidUntil: d.ValidUntil, Hash: d.Hash, Blob: d.Blob,
		Bytes: d.Bytes, Body: d.Body}
}

func putDocument(ctx context.Context, tx bun.Tx, d *Document) error {
	q := tx.NewInsert().Model(d).On("CONFLICT (id) DO UPDATE")
	for _, c := range []string{"title", "language", "audience", "source", "kind", "valid_from", "valid_until", "hash", "body", "version", "updated",
		"state", "error", "draft", "job", "lease", "blob", "bytes", "who", "deleted", "change"} {
		q = q.Set("? = EXCLUDED.?", bun.Ident(c), bun.Ident(c))
	}
	_, err := q.Exec(ctx)
	return err
}

// DeleteDocument removes a document with its versions and phrasings. A mark stays for
// those who follow. It gives the blobs that nothing needs any more.
func (s *Store) DeleteDocument(ctx context.Context, id string) (blobs []string, err error) {
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err := tick(ctx, tx)
		if err != nil {
			return err
		}
		var d Document
		if err := tx.NewSelect().Model(&d).Where("id = ? AND deleted = 0", id).Scan(ctx); err != nil {
			return err
		}
		if err := tx.NewSelect().Model((*DocumentVersion)(nil)).Column("blob").Where("document = ? AND blob <> ''", id).Scan(ctx, &blobs); err != nil {
			return err
		}
		if d.Blob != "" {
			blobs = append(blobs, d.Blob)
		}
		if _, err := tx.NewDelete().Model((*DocumentVersion)(nil)).Where("document = ?", id).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*Phrasing)(nil)).Where("document = ?", id).Exec(ctx); err != nil {
			return err
		}
		gone := Document{ID: id, Tenant: d.Tenant, State: Ready, Deleted: 1, Change: n, Updated: micro(time.Now())}
		return putDocument(ctx, tx, &gone)
	})
	return blobs, failure("document", err)
}

// Document gives one.
func (s *Store) Document(ctx context.Context, id string) (Document, error) {
	var d Document
	err := s.from(ctx).NewSelect().Model(&d).Where("id = ? AND deleted = 0", id).Scan(ctx)
	return d, failure("document", err)
}

// HasDocument reports whether one is there, or was and has been deleted.
func (s *Store) HasDocument(ctx context.Context, id string) (bool, error) {
	ok, err := s.from(ctx).NewSelect().Model((*Document)(nil)).Where("id = ?", id).Exists(ctx)
	return ok, failure("document", err)
}

// Documents lists them by ID without their texts, those after an ID, at most limit.
// Draft tells no more than whether there is one.
func (s *Store) Documents(ctx context.Context, after string, limit int) ([]Document, error) {
	var ds []Document
	err := s.from(ctx).NewSelect().Model(&ds).ExcludeColumn("body", "draft").ColumnExpr("CASE WHEN draft = '' THEN '' ELSE '{}' END AS draft").
		Where("tenant = ? AND deleted = 0 AND id > ?", dialog.DefaultTenant, after).Order("id").Limit(int64(limit)).Scan(ctx)
	return ds, failure("documents", err)
}

// Changed lists the documents that changed after a number of the clock, deleted ones
// too, in the order of their changes, at most limit.
func (s *Store) Changed(ctx context.Context, after int64, limit int) ([]Document, error) {
	var ds []Document
	err := s.db.NewSelect().Model(&ds).Where("tenant = ? AND change > ?", dialog.DefaultTenant, after).Order("change", "id").Limit(int64(limit)).Scan(ctx)
	return ds, failure("documents", err)
}

// Mark tells a state of a document: the number of its last change, and when it was made, by
// which documents of another store can be told.
type Mark struct{ Change, Updated int64 }

// Marks gives each document's state, those left out that are deleted or not published yet.
func (s *Store) Marks(ctx context.Context) (map[string]Mark, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, change, updated FROM documents WHERE tenant = ? AND deleted = 0 AND version > 0", dialog.DefaultTenant)
	if err != nil {
		return nil, failure("documents", err)
	}
	defer rows.Close()
	out := map[string]Mark{}
	for rows.Next() {
		var id string
		var m Mark
		if err := rows.Scan(&id, &m.Change, &m.Updated); err != nil {
			return nil, failure("documents", err)
		}
		out[id] = m
	}
	return out, failure("documents", rows.Err())
}

// Clock is the number of the last change.
func (s *Store) Clock(ctx context.Context) (n int64, err error) {
	err = s.db.NewRaw("SELECT n FROM knowledge_clock WHERE tenant = ?", dialog.DefaultTenant).Scan(ctx, &n)
	return n, failure("documents", err)
}

// Versions lists what was published of a document, newest first, without the texts.
func (s *Store) Versions(ctx context.Context, id string) ([]DocumentVersion, error) {
	var vs []DocumentVersion
	err := s.from(ctx).NewSelect().Model(&vs).ExcludeColumn("body").Where("document = ?", id).Order("version DESC").Scan(ctx)
	return vs, failure("versions", err)
}

// Version gives one.
func (s *Store) Version(ctx context.Context, id string, n int64) (DocumentVersion, error) {
	var v DocumentVersion
	err := s.from(ctx).NewSelect().Model(&v).Where("document = ? AND version = ?", id, n).Scan(ctx)
	return v, failure("version", err)
}

// Waiting lists documents whose files are to be read, oldest first: those queued, and
// those whose reader is not believed in any more.
func (s *Store) Waiting(ctx context.Context, now time.Time, limit int) ([]Document, error) {
	var ds []Document
	err := s.db.NewSelect().Model(&ds).Where("tenant = ? AND deleted = 0", dialog.DefaultTenant).
		Where("state IN (?, ?)", Queued, Reading).Where("state = ? OR lease < ?", Queued, micro(now)).
		OrderExpr("change + 0").Limit(int64(limit)).Scan(ctx) // by the index of states: that of changes leads through all texts
	return ds, failure("documents", err)
}

// CountWaiting is how many files are queued or being read.
func (s *Store) CountWaiting(ctx context.Context) (int, error) {
	n, err := s.from(ctx).NewSelect().Model((*Document)(nil)).Where("tenant = ? AND deleted = 0", dialog.DefaultTenant).
		Where("state = ? OR state = ?", Queued, Reading).Count(ctx)
	return int(n), failure("documents", err)
}

// ClaimJob makes the caller the reader of a document's file until a time; false:
// another has it, or it is another file by now.
func (s *Store) ClaimJob(ctx context.Context, d Document, now, until time.Time) (bool, error) {
	r, err := s.in(ctx).NewUpdate().Model((*Document)(nil)).Set("state = ?, lease = ?", Reading, micro(until)).
		Where("id = ? AND job = ?", d.ID, d.Job).Where("state = ? OR (state = ? AND lease < ?)", Queued, Reading, micro(now)).Exec(ctx)
	if err != nil {
		return false, failure("document", err)
	}
	n, err := r.RowsAffected()
	return n == 1, failure("document", err)
}
