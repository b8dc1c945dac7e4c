package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// TransfersOf gives the transfers that began since a time and are under way, or have ended
// at a time or after it.
func (s *Store) TransfersOf(ctx context.Context, since, ended time.Time) ([]Transfer, error) {
	var ts []Transfer
	err := s.reads(ctx).NewSelect().Model(&ts).Where("tenant = ? AND created >= ?", dialog.DefaultTenant, micro(since)).
		Where("ended = 0 OR ended >= ?", micro(ended)).Order("created").Scan(ctx)
	return ts, failure("transfers", err)
}

// Contained counts conversations that began since a time, in which something was said and
// nothing happens any more: they are closed, asleep or still for a while; and those of them
// for which no person was asked.
func (s *Store) Contained(ctx context.Context, since, still time.Time) (over, alone int, err error) {
	var row struct{ Over, Alone int }
	err = s.reads(ctx).NewSelect().Table("conversations").
		ColumnExpr("count(*) AS \"over\"").
		ColumnExpr("coalesce(sum(CASE WHEN agent = '' AND NOT EXISTS (SELECT 1 FROM transfers WHERE transfers.conversation = conversations.id) THEN 1 ELSE 0 END), 0) AS alone").
		Where("tenant = ? AND holder IN (?) AND updated >= ? AND created >= ? AND seq > 0", dialog.DefaultTenant, bun.In([]dialog.Holder{dialog.HeldByBot, dialog.HeldByAgent}), micro(since), micro(since)).
		Where("(state <> ? OR holder = ? AND updated < ? AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.conversation = conversations.id AND calls.ended = 0))", Awake, dialog.HeldByBot, micro(still)).
		Scan(ctx, &row)
	return row.Over, row.Alone, failure("conversations", err)
}
