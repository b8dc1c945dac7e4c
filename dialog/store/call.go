package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
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
	Node         string // that has it; "" where there is one
}

// StartCall notes a call, and gives the event that tells of it.
func (s *Store) StartCall(ctx context.Context, c Call) (dialog.Record, error) {
	c.Started = micro(time.Now())
	if c.Tenant == "" {
		c.Tenant = dialog.DefaultTenant
	}
	return s.noted(ctx, c.Conversation, 0, dialog.CallStarted, func(ctx context.Context, tx bun.Tx) (any, error) {
		_, err := tx.NewInsert().Model(&c).Exec(ctx)
		return dialog.CallData{Call: c.ID, Via: c.Via, Direction: c.Direction}, err
	}, nil)
}

// NodeOf names the node that has the call of a conversation; "": none is up, or there is
// one node.
func (s *Store) NodeOf(ctx context.Context, id dialog.ConversationID) (string, error) {
	var node string
	err := s.reads(ctx).NewSelect().Table("calls").Column("node").Where("conversation = ? AND ended = 0", id).Order("started DESC").Limit(1).Scan(ctx, &node)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return node, failure("call", err)
}

// EndCall notes the end of a call, and gives the event that tells of it; of a call
// that has ended it changes nothing: dialog.ErrConflict.
func (s *Store) EndCall(ctx context.Context, id dialog.CallID, reason string) (dialog.Record, error) {
	c, err := s.Call(ctx, id)
	if err != nil {
		return dialog.Record{}, err
	}
	return s.noted(ctx, c.Conversation, late, dialog.CallEnded, func(ctx context.Context, tx bun.Tx) (any, error) {
		r, err := tx.NewUpdate().Model((*Call)(nil)).Set("ended = ?, reason = ?", micro(time.Now()), reason).Where("id = ? AND ended = 0", id).Exec(ctx)
		if err != nil {
			return nil, err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return nil, errors.Join(dialog.ErrConflict, err)
		}
		return dialog.CallData{Call: id, Via: c.Via, Direction: c.Direction, Reason: reason}, nil
	}, nil)
}

// noted changes a row, appends the event that tells of it, and does what must come
// after that (nil: nothing): all or none.
func (s *Store) noted(ctx context.Context, id dialog.ConversationID, epoch int64, kind string,
	change func(context.Context, bun.Tx) (data any, err error), then func(context.Context, bun.Tx) error) (dialog.Record, error) {
	var out []dialog.Record
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		data, err := change(ctx, tx)
		if err != nil {
			return err
		}
		b, err := json.Marshal(data)
		if err != nil {
			return err
		}
		if out, err = s.appendTx(ctx, tx, id, epoch, []dialog.Record{{Type: kind, Data: b}}); err != nil || then == nil {
			return err
		}
		return then(ctx, tx)
	})
	if err != nil {
		return dialog.Record{}, failure(kind, err)
	}
	s.signal()
	return out[0], nil
}

// Call gives one.
func (s *Store) Call(ctx context.Context, id dialog.CallID) (Call, error) {
	var c Call
	err := s.db.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx)
	return c, failure("call", err)
}

// Taping notes whether a call is being recorded, and gives the event that tells of it.
func (s *Store) Taping(ctx context.Context, id dialog.CallID, on bool) (dialog.Record, error) {
	c, err := s.Call(ctx, id)
	if err != nil {
		return dialog.Record{}, err
	}
	return s.noted(ctx, c.Conversation, 0, dialog.CallRecording, func(context.Context, bun.Tx) (any, error) {
		return dialog.RecordingData{Call: id, On: on}, nil
	}, nil)
}

// Recorded notes the blob that holds a call's audio; "" that there is none any more.
// dialog.ErrClosed tells that the conversation was forgotten.
func (s *Store) Recorded(ctx context.Context, id dialog.CallID, blob string) error {
	if blob != "" {
		c, err := s.Call(ctx, id)
		if err == nil {
			err = s.Remembers(ctx, c.Conversation)
		}
		if err != nil {
			return err
		}
	}
	r, err := s.in(ctx).NewUpdate().Model((*Call)(nil)).Set("recording = ?", blob).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return failure("recording", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return fmt.Errorf("recording: call: %w", errors.Join(dialog.ErrNotFound, err))
	}
	return nil
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
