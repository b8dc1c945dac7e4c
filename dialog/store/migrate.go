package store

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"io/fs"
	"strconv"

	"github.com/pressly/goose/v3"

	"parley/dialog"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. Branches have come together in another order than
// that of their numbers, so that a database may lack a migration before its last.
func (s *Store) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	d := goose.DialectSQLite3
	if s.postgres {
		d = goose.DialectPostgres
	}
	if err := s.renumber(ctx); err != nil {
		return err
	}
	p, err := goose.NewProvider(d, s.write.DB, dir, goose.WithAllowOutofOrder(true),
		goose.WithGoMigrations(goose.NewGoMigration(11, &goose.GoFunc{RunTx: s.spaces}, nil)))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// renumber forgets that migration 2 was applied where that was another one, of indexes
// alone, whose number was given again.
func (s *Store) renumber(ctx context.Context) error {
	tables := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"
	if s.postgres {
		tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = ?"
	}
	for _, x := range []struct {
		table string
		there int
	}{{"goose_db_version", 1}, {"knowledge_clock", 0}} {
		var n int
		if err := s.write.NewRaw(tables, x.table).Scan(ctx, &n); err != nil || n != x.there {
			return err
		}
	}
	_, err := s.write.ExecContext(ctx, "DELETE FROM goose_db_version WHERE version_id = 2")
	return err
}

// spaces gives profiles the space of their customer's id. One that two spaces have written
// to is divided by the conversations that its entries are from.
func (s *Store) spaces(ctx context.Context, tx *sql.Tx) error {
	type row struct {
		tenant, customer, body string
		updated                int64
	}
	var rows []row
	q, err := tx.QueryContext(ctx, "SELECT tenant, customer, body, updated FROM profiles")
	if err != nil {
		return err
	}
	for q.Next() {
		var r row
		if err := q.Scan(&r.tenant, &r.customer, &r.body, &r.updated); err != nil {
			return err
		}
		rows = append(rows, r)
	}
	if err := q.Err(); err != nil {
		return err
	}
	if err := q.Close(); err != nil {
		return err
	}
	for _, stmt := range []string{"DROP TABLE profiles",
		"CREATE TABLE profiles (tenant TEXT NOT NULL, space TEXT NOT NULL, customer TEXT NOT NULL, body TEXT NOT NULL, updated BIGINT NOT NULL, PRIMARY KEY (tenant, space, customer))"} {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	for _, r := range rows {
		parts, err := s.divide(ctx, tx, r.customer, r.body)
		if err != nil {
			return err
		}
		for space, body := range parts {
			if _, err := tx.ExecContext(ctx, "INSERT INTO profiles (tenant, space, customer, body, updated) VALUES ("+s.marks(5)+")",
				r.tenant, space, r.customer, body, r.updated); err != nil {
				return err
			}
		}
	}
	return nil
}

// marks are n arguments of a statement.
func (s *Store) marks(n int) string {
	out := ""
	for i := range n {
		if i > 0 {
			out += ", "
		}
		if s.postgres {
			out += "$" + strconv.Itoa(i+1)
		} else {
			out += "?"
		}
	}
	return out
}

// divide gives what a profile held, by space. An entry whose conversation is not known, or
// that has none, goes with nobody.
func (s *Store) divide(ctx context.Context, tx *sql.Tx, customer, body string) (map[string]string, error) {
	var old struct{ Facts, Open []json.RawMessage }
	if json.Unmarshal([]byte(body), &old) != nil {
		return nil, nil // nobody could read it
	}
	parts := map[string]map[string][]json.RawMessage{}
	for name, list := range map[string][]json.RawMessage{"facts": old.Facts, "open": old.Open} {
		for _, entry := range list {
			var e struct{ Conversation string }
			if json.Unmarshal(entry, &e) != nil {
				continue
			}
			var site, of string
			err := tx.QueryRowContext(ctx, "SELECT site, customer FROM conversations WHERE id = "+s.marks(1), e.Conversation).Scan(&site, &of)
			if err == sql.ErrNoRows {
				continue
			}
			if err != nil {
				return nil, err
			}
			space := dialog.Systems
			if of == customer {
				space = dialog.SiteSpace(site)
			}
			if parts[space] == nil {
				parts[space] = map[string][]json.RawMessage{}
			}
			parts[space][name] = append(parts[space][name], entry)
		}
	}
	out := map[string]string{}
	for space, p := range parts {
		b, err := json.Marshal(p)
		if err != nil {
			return nil, err
		}
		out[space] = string(b)
	}
	return out, nil
}
