// Package store keeps conversations, calls, staff and knowledge in SQLite or
// PostgreSQL, by the same models and migrations, and audio in files.
//
// It gives every event its sequence number, in the transaction that appends it.
package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"parley/dialog"
)

// Options of a store.
type Options struct {
	URL    string // postgres://…; empty is SQLite in Folder
	Folder string // of the embedded store, and of recordings
}

// Store is open until Close.
type Store struct {
	db       *bun.DB
	write    *bun.DB // of SQLite the one connection that writes; of PostgreSQL the same as db
	Blobs    *Blobs
	postgres bool
	running  onces
	hashing  chan struct{} // bounds the memory that passwords take
	vault    *vault
	hot      hot

	subscribed subscriptions
}

type txKey struct{}

// in is where a write goes: the transaction of Once when ctx is in one.
func (s *Store) in(ctx context.Context) bun.IDB {
	if tx, ok := ctx.Value(txKey{}).(bun.Tx); ok {
		return tx
	}
	return s.write
}

var _ dialog.Log = (*Store)(nil)

// Open opens the store and brings its tables up to date.
func Open(ctx context.Context, o Options) (*Store, error) {
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{Blobs: &Blobs{folder: filepath.Join(o.Folder, "blobs")}, postgres: o.URL != "",
		subscribed: subscriptions{queued: make(chan struct{}, 1)},
		hashing:    make(chan struct{}, 2), vault: &vault{file: filepath.Join(o.Folder, "keys", "settings.key")}}
	var err error
	if s.postgres {
		err = s.openPostgres(o.URL)
	} else {
		err = s.openSQLite(filepath.Join(o.Folder, "parley.db"))
	}
	if err == nil {
		err = s.migrate(ctx)
	}
	if err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: %w", err), s.Close())
	}
	return s, nil
}

// openSQLite uses one connection to write and several to read.
func (s *Store) openSQLite(file string) error {
	dsn := "file:" + file + "?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)&_txlock=immediate"
	w, err := sql.Open("sqlite", dsn)
	if err != nil {
		return err
	}
	w.SetMaxOpenConns(1)
	s.write = bun.NewDB(w, sqlitedialect.New())
	r, err := sql.Open("sqlite", dsn+"&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	r.SetMaxOpenConns(4)
	r.SetMaxIdleConns(4)
	s.db = bun.NewDB(r, sqlitedialect.New())
	return nil
}

func (s *Store) openPostgres(url string) error {
	db, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	db.SetConnMaxIdleTime(5 * time.Minute)
	s.db = bun.NewDB(db, pgdialect.New())
	s.write = s.db
	return nil
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.db.PingContext(ctx); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Close closes the database.
func (s *Store) Close() error {
	var errs []error
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.write != nil && s.write != s.db {
		errs = append(errs, s.write.Close())
	}
	return errors.Join(errs...)
}

// Name of the database, for people.
func (s *Store) Name() string {
	if s.postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}

func micro(t time.Time) int64 { return t.UnixMicro() }

func when(us int64) time.Time { return time.UnixMicro(us).UTC() }

// hashed is how a token is kept: whoever reads the table cannot use it.
func hashed(token string) string {
	h := sha256.Sum256([]byte(token))
	return hex.EncodeToString(h[:])
}

// failure gives errors their dialog names.
func failure(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", what, dialog.ErrNotFound)
	case strings.Contains(err.Error(), "UNIQUE constraint failed"), strings.Contains(err.Error(), "SQLSTATE 23505"):
		return fmt.Errorf("%s: %w", what, dialog.ErrConflict)
	}
	return fmt.Errorf("store: %s: %w", what, err)
}
