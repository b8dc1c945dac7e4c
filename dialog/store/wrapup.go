package store

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// WrapUp is a person's work after a conversation: begun when it was let go, done when it was
// said how it ended.
type WrapUp struct {
	bun.BaseModel `bun:"table:wrapups"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Agent        string // user id
	Queue        string
	Mode         string // none, optional, timed, mandatory
	Began        int64
	Until        int64 // the person is kept free so long; 0: not at all
	Done         int64 // 0: it is open
	Disposition  string
	Body         string // what was noted
}

// justNow is how long what was said at the end of a conversation counts for its wrap-up.
const justNow = time.Minute

// BeginWrapUp notes that a person has let a conversation go. It was not begun when the person
// has said a moment ago how it ended.
func (s *Store) BeginWrapUp(ctx context.Context, w WrapUp) (begun bool, err error) {
	w.ID, w.Tenant = "wrap_"+rand.Text(), dialog.DefaultTenant
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, w.Conversation); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*WrapUp)(nil)).Where("conversation = ? AND agent = ? AND (done = 0 OR done > ?)", w.Conversation, w.Agent, w.Began-justNow.Microseconds()).Count(ctx)
		if err != nil || n > 0 {
			return err
		}
		begun = true
		_, err = tx.NewInsert().Model(&w).Exec(ctx)
		return err
	})
	return begun, failure("wrap-up", err)
}

// EndWrapUp keeps how a conversation ended, in ctx's transaction: in the person's open
// wrap-up, or as one of its own.
func (s *Store) EndWrapUp(ctx context.Context, w WrapUp) error {
	w.Tenant, w.Done = dialog.DefaultTenant, micro(time.Now())
	return failure("wrap-up", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, w.Conversation); err != nil {
			return err
		}
		n, err := removed(ctx, tx.NewUpdate().Model((*WrapUp)(nil)).Set("done = ?, disposition = ?, body = ?", w.Done, w.Disposition, w.Body).
			Where("conversation = ? AND agent = ? AND done = 0", w.Conversation, w.Agent))
		if err != nil || n > 0 {
			return err
		}
		w.ID, w.Began = "wrap_"+rand.Text(), w.Done
		_, err = tx.NewInsert().Model(&w).Exec(ctx)
		return err
	}))
}

// LeaveWrapUps ends a person's open wrap-ups of a mode with nothing said.
func (s *Store) LeaveWrapUps(ctx context.Context, agent, mode string) error {
	_, err := s.in(ctx).NewUpdate().Model((*WrapUp)(nil)).Set("done = ?", micro(time.Now())).Where("agent = ? AND mode = ? AND done = 0", agent, mode).Exec(ctx)
	return failure("wrap-ups", err)
}

// OpenWrapUps are those of a person (all people's, of ""), oldest first.
func (s *Store) OpenWrapUps(ctx context.Context, agent string) ([]WrapUp, error) {
	var ws []WrapUp
	q := s.from(ctx).NewSelect().Model(&ws).Where("tenant = ? AND done = 0", dialog.DefaultTenant).Order("began", "id").Limit(1000)
	if agent != "" {
		q = q.Where("agent = ?", agent)
	}
	return ws, failure("wrap-ups", q.Scan(ctx))
}
