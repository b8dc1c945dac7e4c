package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// The states of a conversation besides Closed.
const (
	Awake    = "open"
	Sleeping = "sleeping" // nothing happened for long; whatever is said wakes it
)

// wakes are the events that a sleeping conversation wakes of, in the transaction that keeps them.
var wakes = map[string]bool{dialog.MessageCreated: true, dialog.CallStarted: true, dialog.TransferUpdated: true}

// wakeTx opens a sleeping conversation when something is said in it, and gives the records
// with the one that tells of it before them.
func wakeTx(ctx context.Context, tx bun.Tx, c *Conversation, rs []dialog.Record) ([]dialog.Record, error) {
	if c.State != Sleeping {
		return rs, nil
	}
	said := false
	for _, r := range rs {
		said = said || wakes[r.Type]
	}
	if !said {
		return rs, nil
	}
	b, err := json.Marshal(dialog.UpdatedData{State: Awake, Holder: c.Holder, Language: c.Locale})
	if err != nil {
		return nil, err
	}
	c.State = Awake
	c.Seq++
	_, err = tx.NewUpdate().Table("conversations").Set("seq = ?, state = ?", c.Seq, Awake).Where("id = ?", c.ID).Exec(ctx)
	return append([]dialog.Record{{Type: dialog.ConversationUpdated, Data: b}}, rs...), err
}

// still are the bot's conversations in a state in which nothing has happened since a time,
// and nothing is open: no call is up, no change in a business system under way, nothing promised
// and nothing to be done later.
const still = `tenant = ? AND state = ? AND updated < ? AND holder = ?
	AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.conversation = conversations.id AND calls.ended = 0)
	AND NOT EXISTS (SELECT 1 FROM changes WHERE changes.conversation = conversations.id AND changes.settled = 0)
	AND NOT EXISTS (SELECT 1 FROM handoffs WHERE handoffs.conversation = conversations.id AND handoffs.promised > 0 AND handoffs.kept = 0)
	AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.conversation = conversations.id AND tasks.ended = 0)`

// Still lists those conversations, the longest at rest first, at most limit.
func (s *Store) Still(ctx context.Context, state string, since time.Time, limit int) ([]dialog.ConversationID, error) {
	var ids []dialog.ConversationID
	err := s.db.NewSelect().Table("conversations").Column("id").Where(still, dialog.DefaultTenant, state, micro(since), dialog.HeldByBot).
		Order("updated").Limit(int64(limit)).Scan(ctx, &ids)
	return ids, failure("conversations", err)
}

// Rest puts a conversation from a state into the next, to sleep or to its end, and gives
// the event that tells of it; dialog.ErrConflict when something has happened in it since.
func (s *Store) Rest(ctx context.Context, id dialog.ConversationID, from, to string, since time.Time) (dialog.Record, error) {
	return s.noted(ctx, id, late, dialog.ConversationUpdated, func(ctx context.Context, tx bun.Tx) (any, error) {
		n, err := removed(ctx, tx.NewUpdate().Table("conversations").Set("state = ?", to).
			Where("id = ?", id).Where(still, dialog.DefaultTenant, from, micro(since), dialog.HeldByBot))
		if err == nil && n == 0 {
			err = dialog.ErrConflict
		}
		if err != nil {
			return nil, err
		}
		var c Conversation
		err = tx.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx)
		return dialog.UpdatedData{State: to, Holder: c.Holder, Language: c.Locale}, err
	}, nil)
}
