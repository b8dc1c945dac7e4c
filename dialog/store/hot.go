package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/uptrace/bun"
)

// hot are statements that every message needs. They are parsed once for each connection; the
// others are written out with their values, and parsed each time.
type hot struct {
	byID, byToken, untold  *sql.Stmt // of readers
	count, event, remember *sql.Stmt // of the writer, see within
}

// prepare makes them. The writer's cannot wait until they are needed: a transaction has its
// only connection then.
func (s *Store) prepare(ctx context.Context) error {
	var errs []error
	on := func(db *bun.DB, query string) *sql.Stmt {
		if s.postgres {
			query = numberedValues(query)
		}
		st, err := db.DB.PrepareContext(ctx, query)
		errs = append(errs, err)
		return st
	}
	s.hot = hot{
		byID:     on(s.db, s.selects(Conversation{})+" WHERE id = ?"),
		byToken:  on(s.db, s.selects(Conversation{})+" WHERE token = ?"),
		untold:   on(s.db, s.selects(Change{})+" WHERE conversation = ? AND told = 0 AND settled > 0 ORDER BY created, id LIMIT 100"),
		count:    on(s.write, "UPDATE conversations SET seq = seq + ?, updated = ? WHERE id = ? RETURNING id, seq, tenant, state, epoch, holder, locale"),
		event:    on(s.write, "INSERT INTO events (conversation, seq, tenant, type, at, body) VALUES (?, ?, ?, ?, ?, ?)"),
		remember: on(s.write, "UPDATE conversations SET memo = ? WHERE id = ?"),
	}
	return errors.Join(errs...)
}

// selects is the beginning of a statement that reads models.
func (s *Store) selects(model any) string {
	t := s.db.Table(reflect.TypeOf(model))
	columns := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		columns[i] = f.Name
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + t.Name
}

// row reads one model.
func (s *Store) row(ctx context.Context, st *sql.Stmt, into any, values ...any) error {
	rows, err := st.QueryContext(ctx, values...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	return s.db.ScanRow(ctx, rows, into)
}

// rows reads models into a slice.
func (s *Store) rows(ctx context.Context, st *sql.Stmt, into any, values ...any) error {
	rows, err := st.QueryContext(ctx, values...)
	if err != nil {
		return err
	}
	return s.db.ScanRows(ctx, rows, into)
}

// within is one of the writer's statements in a transaction.
func within(ctx context.Context, tx bun.Tx, st *sql.Stmt) *sql.Stmt { return tx.StmtContext(ctx, st) }

// numberedValues writes $1, $2 … for each ?, as PostgreSQL has it.
func numberedValues(query string) string {
	parts := strings.Split(query, "?")
	var b strings.Builder
	for i, p := range parts {
		if i > 0 {
			b.WriteString("$" + strconv.Itoa(i))
		}
		b.WriteString(p)
	}
	return b.String()
}
