package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Call is one row.
type Call struct {
	bun.BaseModel `bun:"table:calls"`

	ID           dialog.CallID `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Via          string
	Direction    string
	Started      int64
	Ended        int64
	Reason       string
	Recording    string // name of the blob; "" is none
}

// StartCall notes a call, and gives the event that tells of it.
func (s *Store) StartCall(ctx context.Context, c Call) (dialog.Record, error) {
	c.Started = micro(time.Now())
	if c.Tenant == "" {
		c.Tenant = dialog.DefaultTenant
	}
	return s.noted(ctx, c.Conversation, dialog.CallStarted, dialog.CallData{Call: c.ID, Via: c.Via, Direction: c.Direction},
		func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewInsert().Model(&c).Exec(ctx)
			return err
		})
}

// EndCall notes the end of a call, and gives the event that tells of it.
func (s *Store) EndCall(ctx context.Context, id dialog.CallID, reason string) (dialog.Record, error) {
	c, err := s.Call(ctx, id)
	if err != nil {
		return dialog.Record{}, err
	}
	return s.noted(ctx, c.Conversation, dialog.CallEnded, dialog.CallData{Call: id, Via: c.Via, Direction: c.Direction, Reason: reason},
		func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewUpdate().Model((*Call)(nil)).Set("ended = ?, reason = ?", micro(time.Now()), reason).Where("id = ?", id).Exec(ctx)
			return err
		})
}

// noted changes a row and appends the event that tells of it, both or none.
func (s *Store) noted(ctx context.Context, id dialog.ConversationID, kind string, data any, change func(context.Context, bun.Tx) error) (dialog.Record, error) {
	b, err := json.Marshal(data)
	if err != nil {
		return dialog.Record{}, fmt.Errorf("store: %w", err)
	}
	var out []dialog.Record
	err = s.write.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := change(ctx, tx); err != nil {
			return err
		}
		out, err = appendTx(ctx, tx, id, 0, []dialog.Record{{Type: kind, Data: b}})
		return err
	})
	if err != nil {
		return dialog.Record{}, failure(kind, err)
	}
	return out[0], nil
}

// Call gives one.
func (s *Store) Call(ctx context.Context, id dialog.CallID) (Call, error) {
	var c Call
	err := s.db.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx)
	return c, failure("call", err)
}

// Recorded notes the blob that holds a call's audio.
func (s *Store) Recorded(ctx context.Context, id dialog.CallID, blob string) error {
	_, err := s.write.NewUpdate().Model((*Call)(nil)).Set("recording = ?", blob).Where("id = ?", id).Exec(ctx)
	return failure("recording", err)
}

// CallsOf lists a conversation's calls, oldest first.
func (s *Store) CallsOf(ctx context.Context, id dialog.ConversationID) ([]Call, error) {
	var cs []Call
	err := s.db.NewSelect().Model(&cs).Where("conversation = ?", id).Order("started").Scan(ctx)
	return cs, failure("calls", err)
}

// Expired gives the recordings of calls that ended before a time.
func (s *Store) Expired(ctx context.Context, before time.Time) ([]Call, error) {
	var cs []Call
	err := s.db.NewSelect().Model(&cs).Where("recording <> '' AND ended > 0 AND ended < ?", micro(before)).Limit(500).Scan(ctx)
	return cs, failure("recordings", err)
}
