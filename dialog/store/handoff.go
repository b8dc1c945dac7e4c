package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Handoff is what a person is given who is to take over a conversation.
type Handoff struct {
	bun.BaseModel `bun:"table:handoffs"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Reason       string
	Body         string // the packet, as JSON
	At           int64
	Promised     int64 // when the customer was told that people are back; 0: nothing was
	Kept         int64 // when a person answered after that
}

// AddHandoff keeps a handoff packet, and when the customer was told that people are back;
// a zero time is nothing promised.
func (s *Store) AddHandoff(ctx context.Context, id dialog.ConversationID, reason string, packet json.RawMessage, promised time.Time) error {
	h := Handoff{ID: "handoff_" + rand.Text(), Tenant: dialog.DefaultTenant, Conversation: id, Reason: reason, Body: string(packet), At: micro(time.Now())}
	if !promised.IsZero() {
		h.Promised = micro(promised)
	}
	return failure("handoff", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&h).Exec(ctx)
		return err
	}))
}

// HandoffOf gives the latest handoff packet of a conversation.
func (s *Store) HandoffOf(ctx context.Context, id dialog.ConversationID) (Handoff, error) {
	var h Handoff
	err := s.db.NewSelect().Model(&h).Where("conversation = ?", id).Order("at DESC", "id DESC").Limit(1).Scan(ctx)
	return h, failure("handoff", err)
}

// HandoffFor is HandoffOf among those of a reason.
func (s *Store) HandoffFor(ctx context.Context, id dialog.ConversationID, reason string) (Handoff, error) {
	var h Handoff
	err := s.reads(ctx).NewSelect().Model(&h).Where("conversation = ? AND reason = ?", id, reason).Order("at DESC", "id DESC").Limit(1).Scan(ctx)
	return h, failure("handoff", err)
}
