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

// TakeTask gives the open task of a kind that is due first, and has it for a while; its try is
// counted. dialog.ErrNotFound: none is due.
func (s *Store) TakeTask(ctx context.Context, kind string, now time.Time, lease time.Duration) (Task, error) {
	var t Task
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewSelect().Model(&t).Where("tenant = ? AND kind = ? AND ended = 0 AND due <= ? AND lease <= ?", dialog.DefaultTenant, kind, micro(now), micro(now)).Order("due", "id").Limit(1)
		if s.postgres {
			q = q.For("UPDATE SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil {
			return err
		}
		t.Lease, t.Tries = micro(now.Add(lease)), t.Tries+1
		_, err := tx.NewUpdate().Model(&t).Column("lease", "tries").WherePK().Exec(ctx)
		return err
	})
	return t, failure("task", err)
}

// PutTask gives a task that was taken back, to be done at a time; counted tells whether the
// try was one. What was ended meanwhile stays so.
func (s *Store) PutTask(ctx context.Context, id string, due time.Time, body string, counted bool) error {
	q := s.in(ctx).NewUpdate().Table("tasks").Set("due = ?, lease = 0, body = ?", micro(due), body).Where("id = ? AND ended = 0", id)
	if !counted {
		q.Set("tries = tries - 1")
	}
	_, err := q.Exec(ctx)
	return failure("task", err)
}

// EndTask ends an open one, and says how.
func (s *Store) EndTask(ctx context.Context, id, outcome string) error {
	n, err := removed(ctx, s.in(ctx).NewUpdate().Table("tasks").Set("ended = ?, outcome = ?, lease = 0", micro(time.Now()), outcome).Where("id = ? AND ended = 0", id))
	if err == nil && n == 0 {
		err = dialog.ErrConflict
	}
	return failure("task", err)
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
