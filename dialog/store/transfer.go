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

// Transfer is the passage of a conversation to a person, as it is kept.
type Transfer struct {
	bun.BaseModel `bun:"table:transfers"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	State        string
	Reason       string
	Queue        string
	Agent        string // user id
	Version      int64  // of its steps; 0: the desk has not seen it yet
	Created      int64
	Ended        int64  // 0: it is under way
	Body         string // all of it, as JSON
}

// TransferStep is what one step of a transfer leaves.
type TransferStep struct {
	Transfer Transfer // with the version that it was read at
	// Updated is the data of transfer.updated; nil: nobody is to see the step.
	Updated json.RawMessage
	// Holder who has the conversation from now on, "": as before; Agent is the person,
	// Queue the line.
	Holder dialog.Holder
	Agent  string
	Queue  string
}

// AddTransfer keeps a transfer that the desk has not seen yet, in the transaction of ctx.
// While one is under way for the conversation, that one is given, and added is false.
func (s *Store) AddTransfer(ctx context.Context, t Transfer) (kept Transfer, added bool, err error) {
	t.Tenant, t.Version = dialog.DefaultTenant, 0
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var c Conversation
		q := tx.NewSelect().Model(&c).Column("id", "state").Where("id = ?", t.Conversation)
		if s.postgres { // one asker after another
			q = q.For("UPDATE")
		}
		if err := q.Scan(ctx); err != nil {
			return err
		}
		if c.State == Closed {
			return dialog.ErrClosed
		}
		err := tx.NewSelect().Model(&kept).Where("conversation = ? AND ended = 0", t.Conversation).Scan(ctx)
		if err == nil {
			return nil
		}
		if err = failure("transfer", err); !errors.Is(err, dialog.ErrNotFound) {
			return err
		}
		kept, added = t, true
		_, err = tx.NewInsert().Model(&t).Exec(ctx)
		return err
	})
	return kept, added, failure("transfer", err)
}

// Transfers gives those that are under way, or that the desk has not seen, oldest first.
func (s *Store) Transfers(ctx context.Context) ([]Transfer, error) {
	var ts []Transfer
	err := s.db.NewSelect().Model(&ts).Where("ended = 0 OR version = 0").Order("created").Scan(ctx)
	return ts, failure("transfers", err)
}

// StepTransfer keeps a step, and gives the events that tell of it. dialog.ErrStale when
// another node has made one meanwhile; dialog.ErrClosed of a conversation that was forgotten,
// or is closed, unless the step is the transfer's end.
func (s *Store) StepTransfer(ctx context.Context, p TransferStep) ([]dialog.Record, error) {
	var out []dialog.Record
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		t := p.Transfer
		if err := remembers(ctx, tx, t.Conversation); err != nil {
			return err
		}
		if t.Ended == 0 {
			n, err := tx.NewSelect().Table("conversations").Where("id = ? AND state = ?", t.Conversation, Closed).Count(ctx)
			if err != nil {
				return err
			}
			if n > 0 {
				return dialog.ErrClosed
			}
		}
		n, err := removed(ctx, tx.NewUpdate().Model(&t).Column("state", "reason", "queue", "agent", "ended", "body").
			Set("version = version + 1").Where("id = ? AND version = ?", t.ID, t.Version))
		if err == nil && n == 0 {
			return dialog.ErrStale
		}
		if err != nil {
			return err
		}
		var rs []dialog.Record
		if p.Updated != nil {
			rs = append(rs, dialog.Record{Type: dialog.TransferUpdated, Data: p.Updated})
		}
		if p.Holder != "" {
			r, err := holdTx(ctx, tx, t.Conversation, p.Holder, p.Agent, p.Queue)
			if err != nil {
				return err
			}
			rs = append(rs, r...)
		}
		if len(rs) > 0 {
			out, err = s.appendTx(ctx, tx, t.Conversation, late, rs)
		}
		return err
	})
	if err == nil {
		s.signal()
	}
	return out, failure("transfer", err)
}

// Hold gives a conversation to a holder, and gives the events that tell of it: none when
// nothing changes. ErrClosed when it is over.
func (s *Store) Hold(ctx context.Context, id dialog.ConversationID, h dialog.Holder, agent, queue string) ([]dialog.Record, error) {
	var out []dialog.Record
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		rs, err := holdTx(ctx, tx, id, h, agent, queue)
		if err == nil && len(rs) > 0 {
			out, err = s.appendTx(ctx, tx, id, 0, rs)
		}
		return err
	})
	if err == nil {
		s.signal()
	}
	return out, failure("hold", err)
}

// holdTx changes who has a conversation. The person stays noted when the bot has it again:
// it was theirs.
func holdTx(ctx context.Context, tx bun.Tx, id dialog.ConversationID, h dialog.Holder, agent, queue string) ([]dialog.Record, error) {
	var c Conversation
	if err := tx.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx); err != nil {
		return nil, err
	}
	if agent == "" {
		agent = c.Agent
	}
	if c.Holder == h && c.Agent == agent && c.Queue == queue {
		return nil, nil
	}
	// The state is looked at again as it is written: somebody may have closed the conversation.
	err := tx.NewRaw("UPDATE conversations SET state = CASE WHEN state = ? THEN ? ELSE state END, holder = ?, agent = ?, queue = ? WHERE id = ? AND epoch < ? RETURNING state",
		Sleeping, Awake, h, agent, queue, id, forgotten).Scan(ctx, &c.State)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, dialog.ErrClosed
	}
	if err != nil {
		return nil, err
	}
	d := dialog.UpdatedData{State: c.State, Holder: h, Language: c.Locale, Queue: queue}
	if h == dialog.HeldByAgent {
		d.Agent = agent
	}
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return []dialog.Record{{Type: dialog.ConversationUpdated, Data: b}}, nil
}

// HeldByPeople are the open conversations that people have.
func (s *Store) HeldByPeople(ctx context.Context) ([]Conversation, error) {
	var cs []Conversation
	err := s.db.NewSelect().Model(&cs).Where("tenant = ? AND holder = ? AND state <> ?", dialog.DefaultTenant, dialog.HeldByAgent, Closed).Order("updated").Scan(ctx)
	return cs, failure("conversations", err)
}

// TransferOf gives the latest transfer of a conversation.
func (s *Store) TransferOf(ctx context.Context, id dialog.ConversationID) (Transfer, error) {
	var t Transfer
	err := s.reads(ctx).NewSelect().Model(&t).Where("conversation = ?", id).Order("created DESC", "id DESC").Limit(1).Scan(ctx)
	return t, failure("transfer", err)
}

// Transfer gives one.
func (s *Store) Transfer(ctx context.Context, id string) (Transfer, error) {
	var t Transfer
	err := s.reads(ctx).NewSelect().Model(&t).Where("id = ?", id).Scan(ctx)
	return t, failure("transfer", err)
}

// HandlingTime is how long people took for the conversations that they had last, on
// average over the newest 50; 0 when there were none.
func (s *Store) HandlingTime(ctx context.Context) (time.Duration, error) {
	var rows []struct{ Ended, Updated int64 }
	err := s.db.NewSelect().TableExpr("transfers AS t").Join("JOIN conversations AS c ON c.id = t.conversation").ColumnExpr("t.ended, c.updated").
		Where("t.state = 'completed' AND c.state = ?", Closed).OrderExpr("t.ended DESC").Limit(50).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return 0, failure("transfers", err)
	}
	var all time.Duration
	for _, r := range rows {
		all += min(max(time.Duration(r.Updated-r.Ended)*time.Microsecond, 0), time.Hour)
	}
	return all / time.Duration(len(rows)), nil
}
