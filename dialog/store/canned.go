package store

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Canned is a reply that is kept ready: one person's, or everybody's.
type Canned struct {
	bun.BaseModel `bun:"table:canned"`

	ID        string `bun:",pk"`
	Tenant    dialog.TenantID
	Owner     string // user id; "": everybody's
	Shortcut  string // what it is called by, without the slash
	Language  string // BCP 47 tag; "": any
	Body      string
	Changed   int64
	ChangedBy string
}

// CannedReplies are a person's own and everybody's, by shortcut.
func (s *Store) CannedReplies(ctx context.Context, owner string) ([]Canned, error) {
	cs := []Canned{}
	err := s.from(ctx).NewSelect().Model(&cs).Where("tenant = ? AND owner IN ('', ?)", dialog.DefaultTenant, owner).Order("shortcut", "owner DESC", "language").Limit(2000).Scan(ctx)
	return cs, failure("replies", err)
}

// CannedReply is one of them.
func (s *Store) CannedReply(ctx context.Context, id string) (Canned, error) {
	var c Canned
	err := s.from(ctx).NewSelect().Model(&c).Where("id = ? AND tenant = ?", id, dialog.DefaultTenant).Scan(ctx)
	return c, failure("reply", err)
}

// PutCanned keeps one: a new one without an ID. dialog.ErrConflict when the shortcut is taken.
func (s *Store) PutCanned(ctx context.Context, c Canned) (Canned, error) {
	c.Tenant, c.Changed = dialog.DefaultTenant, micro(time.Now())
	var err error
	if c.ID == "" {
		c.ID = "reply_" + rand.Text()
		_, err = s.in(ctx).NewInsert().Model(&c).Exec(ctx)
	} else {
		_, err = s.in(ctx).NewUpdate().Model(&c).WherePK().Exec(ctx)
	}
	if err != nil && strings.Contains(strings.ToLower(err.Error()), "unique") {
		err = dialog.ErrConflict
	}
	return c, failure("reply", err)
}

// DeleteCanned removes one.
func (s *Store) DeleteCanned(ctx context.Context, id string) error {
	_, err := s.in(ctx).NewDelete().Model((*Canned)(nil)).Where("id = ?", id).Exec(ctx)
	return failure("reply", err)
}
