package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// States of a phrasing.
const (
	Proposed = "proposed"
	Approved = "approved"
	Rejected = "rejected"
)

// Phrasing is a way that customers ask for a passage.
type Phrasing struct {
	bun.BaseModel `bun:"table:phrasings"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Document     string
	Passage      string // its ID when this was proposed
	Title        string // its title path, which outlives changes of its text
	Origin       string // "conversation" or "model"
	Conversation dialog.ConversationID
	State        string
	Who          string // who decided
	Body         string // the phrasing
	At           int64
}

// Propose keeps proposals; those that were made before, and decided perhaps, stay as
// they are. It gives how many are new.
func (s *Store) Propose(ctx context.Context, ps []Phrasing) (int, error) {
	if len(ps) == 0 {
		return 0, nil
	}
	for i := range ps {
		ps[i].Tenant, ps[i].State = dialog.DefaultTenant, Proposed
		if ps[i].At == 0 {
			ps[i].At = micro(time.Now())
		}
	}
	r, err := s.in(ctx).NewInsert().Model(&ps).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	if err != nil {
		return 0, failure("phrasing", err)
	}
	n, err := r.RowsAffected()
	return int(n), failure("phrasing", err)
}

// Phrasings lists those of a state, oldest first, after an ID, at most limit; of one
// document, or of all ("").
func (s *Store) Phrasings(ctx context.Context, document, state, after string, limit int) ([]Phrasing, error) {
	var ps []Phrasing
	q := s.from(ctx).NewSelect().Model(&ps).Where("tenant = ? AND state = ? AND id > ?", dialog.DefaultTenant, state, after).Order("id").Limit(int64(limit))
	if document != "" {
		q = q.Where("document = ?", document)
	}
	return ps, failure("phrasings", q.Scan(ctx))
}

// Decide approves or rejects a proposal. An approved one changes its document, so that
// those who follow learn of it. One that was decided is dialog.ErrConflict.
func (s *Store) Decide(ctx context.Context, id, state, who string) (Phrasing, error) {
	var p Phrasing
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err := tick(ctx, tx)
		if err != nil {
			return err
		}
		if err := tx.NewSelect().Model(&p).Where("id = ?", id).Scan(ctx); err != nil {
			return err
		}
		if p.State != Proposed {
			return dialog.ErrConflict
		}
		p.State, p.Who = state, who
		if _, err := tx.NewUpdate().Model(&p).Column("state", "who").WherePK().Exec(ctx); err != nil {
			return err
		}
		if state != Approved {
			return nil
		}
		_, err = tx.NewUpdate().Model((*Document)(nil)).Set("change = ?", n).Where("id = ?", p.Document).Exec(ctx)
		return err
	})
	return p, failure("phrasing", err)
}
