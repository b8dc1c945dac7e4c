package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"parley/dialog"
)

// Audit notes who of the staff did what, and from where; data is JSON-able and says to what.
func (s *Store) Audit(ctx context.Context, who, what, source string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("store: audit: %w", err)
	}
	_, err = s.in(ctx).NewInsert().Model(&audit{ID: "audit_" + rand.Text(), Tenant: dialog.DefaultTenant, Who: who, What: what,
		Source: source, Body: string(b), At: micro(time.Now())}).Exec(ctx)
	return failure("audit", err)
}
