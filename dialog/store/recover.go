package store

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Recover closes what a crash of the one server left open: turns in the making are
// kept as cut, live calls as ended. It returns how many of each.
func (s *Store) Recover(ctx context.Context) (turns, calls int, err error) {
	var open []Conversation
	if err := s.db.NewSelect().Model(&open).Column("id", "open_turn").Where("open_turn <> ''").Scan(ctx); err != nil {
		return 0, 0, failure("recover", err)
	}
	for _, c := range open {
		kept, err := s.cut(ctx, c)
		if err != nil {
			return turns, calls, failure("recover", err)
		}
		if kept {
			turns++
		}
	}
	var live []Call
	if err := s.db.NewSelect().Model(&live).Where("ended = 0").Scan(ctx); err != nil {
		return turns, 0, failure("recover", err)
	}
	for _, c := range live {
		_, err := s.EndCall(ctx, c.ID, "crash")
		if errors.Is(err, dialog.ErrConflict) {
			continue
		}
		if err != nil {
			return turns, calls, err
		}
		calls++
	}
	return turns, calls, nil
}

// cut keeps an open turn as cut off where it was saved last, unless it was kept
// whole just before the crash.
func (s *Store) cut(ctx context.Context, c Conversation) (kept bool, err error) {
	err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewUpdate().Table("conversations").Set("open_turn = ''").Where("id = ?", c.ID).Exec(ctx); err != nil {
			return err
		}
		var m dialog.MessageData
		if json.Unmarshal([]byte(c.OpenTurn), &m) != nil {
			return nil // unreadable: it must not keep the server from starting
		}
		whole, err := said(ctx, tx, c.ID, m.ID)
		if err != nil || whole {
			return err
		}
		m.Cut = true
		b, err := json.Marshal(m)
		if err != nil {
			return err
		}
		kept = true
		_, err = appendTx(ctx, tx, c.ID, 0, true, []dialog.Record{{Type: dialog.MessageCreated, Data: b}})
		return err
	})
	return kept, err
}

// said reports whether a turn is among the last that were kept.
func said(ctx context.Context, tx bun.Tx, id dialog.ConversationID, turn dialog.TurnID) (bool, error) {
	var last []event
	err := tx.NewSelect().Model(&last).Where("conversation = ? AND type = ?", id, dialog.MessageCreated).Order("seq DESC").Limit(20).Scan(ctx)
	if err != nil {
		return false, err
	}
	for _, e := range last {
		var m dialog.MessageData
		if json.Unmarshal([]byte(e.Body), &m) == nil && m.ID == turn && turn != "" {
			return true, nil
		}
	}
	return false, nil
}
