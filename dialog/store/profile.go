package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

type profile struct {
	bun.BaseModel `bun:"table:profiles"`

	Tenant   dialog.TenantID `bun:",pk"`
	Customer string          `bun:",pk"`
	Body     string
	Updated  int64
}

// maxProfile bounds what is kept of one customer, in bytes.
const maxProfile = 64 << 10

// Profile gives what is kept of a customer; nil is nothing.
func (s *Store) Profile(ctx context.Context, customer string) (json.RawMessage, error) {
	var p profile
	err := s.db.NewSelect().Model(&p).Where("tenant = ? AND customer = ?", dialog.DefaultTenant, customer).Scan(ctx)
	switch err = failure("profile", err); {
	case errors.Is(err, dialog.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return json.RawMessage(p.Body), nil
}

// UpdateProfile changes what is kept of a customer, in one transaction: change is given
// what is there (nil: nothing) and gives what is to be there (nil: as it was).
func (s *Store) UpdateProfile(ctx context.Context, customer string, change func(json.RawMessage) (json.RawMessage, error)) error {
	if customer == "" {
		return fmt.Errorf("profile: %w", dialog.ErrNotFound)
	}
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var old profile
		q := tx.NewSelect().Model(&old).Where("tenant = ? AND customer = ?", dialog.DefaultTenant, customer)
		if s.postgres {
			q = q.For("UPDATE")
		}
		if err := failure("profile", q.Scan(ctx)); err != nil && !errors.Is(err, dialog.ErrNotFound) {
			return err
		}
		var body json.RawMessage
		if old.Body != "" {
			body = json.RawMessage(old.Body)
		}
		body, err := change(body)
		if err != nil || body == nil {
			return err
		}
		if len(body) > maxProfile {
			return fmt.Errorf("profile of %d bytes, at most %d", len(body), maxProfile)
		}
		p := profile{Tenant: dialog.DefaultTenant, Customer: customer, Body: string(body), Updated: micro(time.Now())}
		_, err = tx.NewInsert().Model(&p).On("CONFLICT (tenant, customer) DO UPDATE").Set("body = EXCLUDED.body, updated = EXCLUDED.updated").Exec(ctx)
		return err
	})
	return failure("profile", err)
}
