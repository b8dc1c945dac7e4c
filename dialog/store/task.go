package store

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Callback is the kind of a task that calls a customer back.
const Callback = "callback"

// Task is something that is to be done at a time, whatever becomes of the process.
type Task struct {
	bun.BaseModel `bun:"table:tasks"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Kind         string
	Conversation dialog.ConversationID
	Due          int64
	Lease        int64 // who took it has it until then
	Tries        int64
	Created      int64
	Ended        int64 // 0: open
	Outcome      string
	Body         string // JSON
}

// AddTask keeps a task in ctx's transaction. A conversation has one open task of a kind: that
// one is given when there is one, and added is false.
func (s *Store) AddTask(ctx context.Context, t Task) (kept Task, added bool, err error) {
	t.Tenant, t.Created = dialog.DefaultTenant, micro(time.Now())
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, t.Conversation); err != nil {
			return err
		}
		n, err := removed(ctx, tx.NewInsert().Model(&t).On("CONFLICT DO NOTHING"))
		if err != nil {
			return err
		}
		added = n > 0
		return tx.NewSelect().Model(&kept).Where("conversation = ? AND kind = ? AND ended = 0", t.Conversation, t.Kind).Scan(ctx)
	})
	return kept, added, failure("task", err)
}

// StepTask changes an open task, and tells its conversation so by an event, or not where kind
// is "": all or none. It is dialog.ErrConflict when somebody else has changed it since it was
// read: one of those who want to do it has it.
func (s *Store) StepTask(ctx context.Context, was, is Task, kind string, data any) (dialog.Record, error) {
	change := func(ctx context.Context, tx bun.IDB) error {
		n, err := removed(ctx, tx.NewUpdate().Table("tasks").Set("due = ?, lease = ?, tries = ?, ended = ?, outcome = ?, body = ?", is.Due, is.Lease, is.Tries, is.Ended, is.Outcome, is.Body).
			Where("id = ? AND ended = 0 AND due = ? AND lease = ? AND tries = ? AND body = ?", was.ID, was.Due, was.Lease, was.Tries, was.Body))
		if err == nil && n == 0 {
			err = dialog.ErrConflict
		}
		return err
	}
	if kind == "" {
		return dialog.Record{}, failure("task", change(ctx, s.in(ctx)))
	}
	return s.noted(ctx, was.Conversation, late, kind, func(ctx context.Context, tx bun.Tx) (any, error) { return data, change(ctx, tx) }, nil)
}

// TaskOf gives a conversation's open task of a kind; false: there is none.
func (s *Store) TaskOf(ctx context.Context, id dialog.ConversationID, kind string) (Task, bool, error) {
	var t Task
	err := failure("task", s.from(ctx).NewSelect().Model(&t).Where("conversation = ? AND kind = ? AND ended = 0", id, kind).Scan(ctx))
	if errors.Is(err, dialog.ErrNotFound) {
		return t, false, nil
	}
	return t, err == nil, err
}

// Tasks lists the open ones of a kind, the one due first first.
func (s *Store) Tasks(ctx context.Context, kind string, limit int) ([]Task, error) {
	var ts []Task
	err := s.from(ctx).NewSelect().Model(&ts).Where("tenant = ? AND kind = ? AND ended = 0", dialog.DefaultTenant, kind).Order("due", "id").Limit(int64(limit)).Scan(ctx)
	return ts, failure("tasks", err)
}

// EndedTasks lists those of a kind that have ended since a time, the last first.
func (s *Store) EndedTasks(ctx context.Context, kind string, since time.Time, limit int) ([]Task, error) {
	var ts []Task
	err := s.from(ctx).NewSelect().Model(&ts).Where("tenant = ? AND kind = ? AND ended >= ?", dialog.DefaultTenant, kind, max(micro(since), 1)).Order("ended DESC", "id").Limit(int64(limit)).Scan(ctx)
	return ts, failure("tasks", err)
}

// Met lists the open tasks of a kind whose customers a person has come to since, or whose
// conversations are closed.
func (s *Store) Met(ctx context.Context, kind string) (met, closed []Task, err error) {
	var ts []struct {
		Task   `bun:",extend"`
		Closed bool
	}
	err = s.from(ctx).NewSelect().TableExpr("tasks AS k").ColumnExpr("k.*").ColumnExpr("c.state = ? AS closed", Closed).Join("JOIN conversations AS c ON c.id = k.conversation").
		Where("k.tenant = ? AND k.kind = ? AND k.ended = 0", dialog.DefaultTenant, kind).
		Where("c.state = ? OR EXISTS (SELECT 1 FROM transfers AS t WHERE t.conversation = k.conversation AND t.state = 'completed' AND t.ended >= k.created)", Closed).Scan(ctx, &ts)
	for _, t := range ts {
		if t.Closed {
			closed = append(closed, t.Task)
		} else {
			met = append(met, t.Task)
		}
	}
	return met, closed, failure("tasks", err)
}

// Seen is the outcome of a task that had failed, once somebody has looked after it.
const Seen = "seen"

// SeenTask notes that somebody has looked after one that has ended.
func (s *Store) SeenTask(ctx context.Context, id string) error {
	n, err := removed(ctx, s.in(ctx).NewUpdate().Table("tasks").Set("outcome = ?", Seen).Where("id = ? AND ended > 0", id))
	if err == nil && n == 0 {
		err = dialog.ErrNotFound
	}
	return failure("task", err)
}
