package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Audit is who did what, when, from where.
type Audit struct {
	bun.BaseModel `bun:"table:audit"`

	ID     string `bun:",pk"`
	Tenant dialog.TenantID
	Who    string // a user's id, or an e-mail address that was tried
	What   string // "login", "login.refused", "recording.read", …
	Source string // remote address
	Body   string // of what
	At     int64  // microseconds since 1970
}

// Note keeps what somebody did.
func (s *Store) Note(ctx context.Context, a Audit) error {
	a.ID, a.At = "audit_"+rand.Text(), micro(time.Now())
	if a.Tenant == "" {
		a.Tenant = dialog.DefaultTenant
	}
	_, err := s.to(ctx).NewInsert().Model(&a).Exec(ctx)
	return failure("audit", err)
}

// Audits lists what was done, newest first; next is where to go on, "" the end.
func (s *Store) Audits(ctx context.Context, cursor string, limit int) (as []Audit, next string, err error) {
	limit = max(limit, 1)
	q := s.db.NewSelect().Model(&as).Where("tenant = ?", dialog.DefaultTenant).OrderExpr("at DESC, id DESC").Limit(int64(limit + 1))
	if cursor != "" {
		at, id, _ := strings.Cut(cursor, ".")
		n, err := strconv.ParseInt(at, 10, 64)
		if err != nil {
			return nil, "", fmt.Errorf("audit: cursor: %w", dialog.ErrNotFound)
		}
		q = q.Where("at < ? OR (at = ? AND id < ?)", n, n, id)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", failure("audit", err)
	}
	if len(as) > limit {
		as = as[:limit]
		last := as[limit-1]
		next = strconv.FormatInt(last.At, 10) + "." + last.ID
	}
	return as, next, nil
}
