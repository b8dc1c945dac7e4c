package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Gap is something that the bot could not do.
type Gap struct {
	bun.BaseModel `bun:"table:gaps"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Kind         string
	Conversation dialog.ConversationID
	Body         string
	At           int64
	Closed       int64
}

// GapKind is the kind of the questions that found no answer.
const GapKind = "gap"

// Gap notes what the bot could not do: a question without an answer, a person asked for.
func (s *Store) Gap(ctx context.Context, id dialog.ConversationID, kind, text string) error {
	g := Gap{ID: "gap_" + rand.Text(), Tenant: dialog.DefaultTenant, Kind: kind, Conversation: id, Body: text, At: micro(time.Now())}
	return failure("gap", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&g).Exec(ctx)
		return err
	}))
}

// Gaps lists those of a kind that are open, newest first, at most limit.
func (s *Store) Gaps(ctx context.Context, kind string, limit int) ([]Gap, error) {
	var gs []Gap
	err := s.from(ctx).NewSelect().Model(&gs).Where("tenant = ? AND kind = ? AND closed = 0", dialog.DefaultTenant, kind).
		Order("at DESC", "id").Limit(int64(limit)).Scan(ctx)
	return gs, failure("gaps", err)
}

// CloseGaps takes gaps off the list.
func (s *Store) CloseGaps(ctx context.Context, ids []string) error {
	for len(ids) > 0 { // databases bound the number of arguments
		n := min(len(ids), 500)
		_, err := s.in(ctx).NewUpdate().Model((*Gap)(nil)).Set("closed = ?", micro(time.Now())).Where("id IN (?)", bun.In(ids[:n])).Exec(ctx)
		if err != nil {
			return failure("gaps", err)
		}
		ids = ids[n:]
	}
	return nil
}

// RecentMessages gives the newest messages of all conversations, newest first, at most
// limit.
func (s *Store) RecentMessages(ctx context.Context, after time.Time, limit int) ([]dialog.Record, error) {
	var rows []event
	err := s.db.NewSelect().Model(&rows).Where("tenant = ? AND type = ? AND at > ?", dialog.DefaultTenant, dialog.MessageCreated, micro(after)).
		Order("at DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, failure("messages", err)
	}
	out := make([]dialog.Record, len(rows))
	for i, r := range rows {
		out[i] = dialog.Record{Seq: r.Seq, Type: r.Type, At: when(r.At), Conversation: r.Conversation, Data: json.RawMessage(r.Body)}
	}
	return out, nil
}

// Touched lists the conversations that something happened in after a time, oldest
// change first, at most limit.
func (s *Store) Touched(ctx context.Context, after time.Time, limit int) ([]Conversation, error) {
	var cs []Conversation
	err := s.db.NewSelect().Model(&cs).Where("tenant = ? AND updated > ?", dialog.DefaultTenant, micro(after)).
		Order("updated").Limit(int64(limit)).Scan(ctx)
	return cs, failure("conversations", err)
}
