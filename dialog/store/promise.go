package store

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Promise is what a customer was told while people were away: when they are back.
type Promise struct {
	ID           string
	Conversation dialog.ConversationID
	Reason       string
	At           int64
	Promised     int64
	Body         string // the conversation's, with the name
	Locale       string
	Agent        string // who had the conversation last: user id
	Queue        string // in which a person was asked for last
}

// Name is what the customer is called, "" when that was not said.
func (p Promise) Name() string { return Conversation{Body: p.Body}.Name() }

// Promises lists what nobody has kept yet, the one that is due first first: of each
// conversation one. After is the time and the id of the last one seen.
func (s *Store) Promises(ctx context.Context, promised int64, after string, limit int) ([]Promise, error) {
	var ps []Promise
	err := s.from(ctx).NewSelect().TableExpr("handoffs AS h").Join("JOIN conversations AS c ON c.id = h.conversation").
		ColumnExpr("h.id, h.conversation, h.reason, h.at, h.promised, c.body, c.locale, c.agent").
		ColumnExpr("coalesce((SELECT t.queue FROM transfers AS t WHERE t.conversation = h.conversation ORDER BY t.created DESC, t.id DESC LIMIT 1), '') AS queue").
		Where("h.tenant = ? AND h.kept = 0 AND h.promised > 0 AND c.state <> ?", dialog.DefaultTenant, Closed).
		Where("NOT EXISTS (SELECT 1 FROM handoffs AS o WHERE o.conversation = h.conversation AND o.kept = 0 AND o.promised > 0 AND (o.promised < h.promised OR o.promised = h.promised AND o.id < h.id))").
		Where("(h.promised > ? OR h.promised = ? AND h.id > ?)", promised, promised, after).
		OrderExpr("h.promised, h.id").Limit(int64(limit)).Scan(ctx, &ps)
	return ps, failure("promises", err)
}

// keepTx notes that a person has answered, which keeps what was promised.
func keepTx(ctx context.Context, tx bun.Tx, id dialog.ConversationID, rs []dialog.Record, now time.Time) error {
	for _, r := range rs {
		if r.Type != dialog.MessageCreated || !bytes.Contains(r.Data, []byte(`"agent"`)) {
			continue
		}
		var m dialog.MessageData
		if json.Unmarshal(r.Data, &m) != nil || m.From != dialog.Agent {
			continue
		}
		_, err := tx.NewUpdate().Table("handoffs").Set("kept = ?", micro(now)).Where("conversation = ? AND promised > 0 AND kept = 0", id).Exec(ctx)
		return err
	}
	return nil
}
