package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Judgement is what a model said of how well a conversation went.
type Judgement struct {
	bun.BaseModel `bun:"table:judgements"`

	Conversation dialog.ConversationID `bun:",pk"`
	Tenant       dialog.TenantID
	Turns        int64  // of the conversation, when it was judged: with more it is judged anew
	Model        string // as it names itself
	Body         string // the grades, as JSON; "": none came
	At           int64
}

// Unjudged gives conversations with a score that no model has judged as they are now, the
// latest first: such as began since, and whose flags have nothing of without.
func (s *Store) Unjudged(ctx context.Context, since time.Time, without int64, limit int) ([]Material, error) {
	var cs []Conversation
	err := s.reads(ctx).NewSelect().Model(&cs).
		Join("JOIN digests AS d ON d.conversation = conversation.id").
		Join("JOIN digest_scores AS x ON x.conversation = conversation.id").
		Join("LEFT JOIN judgements AS j ON j.conversation = conversation.id AND j.turns >= d.turns").
		Where("j.conversation IS NULL AND d.tenant = ? AND d.began >= ? AND (d.flags & ?) = 0", dialog.DefaultTenant, micro(since), without).
		OrderExpr("d.began DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil || len(cs) == 0 {
		return nil, failure("judgements", err)
	}
	ms, err := s.material(ctx, cs)
	return ms, failure("judgements", err)
}

// MaterialOf gives what a conversation's digest is made of.
func (s *Store) MaterialOf(ctx context.Context, id dialog.ConversationID) (Material, error) {
	var c Conversation
	err := s.reads(ctx).NewSelect().Model(&c).Where("id = ?", id).Scan(ctx)
	if err != nil {
		return Material{}, failure("conversation", err)
	}
	ms, err := s.material(ctx, []Conversation{c})
	if err != nil {
		return Material{}, failure("conversation", err)
	}
	return ms[0], nil
}

// ClaimJudgement notes that a model is asked of a conversation; false: another node asks
// already, it was asked before, or as many as most were asked since.
func (s *Store) ClaimJudgement(ctx context.Context, id dialog.ConversationID, turns int64, since time.Time, most int) (bool, error) {
	mine := false
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, id); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*Judgement)(nil)).Where("tenant = ? AND at >= ?", dialog.DefaultTenant, micro(since)).Count(ctx)
		if err != nil || int(n) >= most {
			return err
		}
		row := Judgement{Conversation: id, Tenant: dialog.DefaultTenant, Turns: turns, At: micro(time.Now())}
		kept, err := removed(ctx, tx.NewInsert().Model(&row).On("CONFLICT (conversation) DO UPDATE").
			Set("turns = EXCLUDED.turns, model = '', body = '', at = EXCLUDED.at").Where("judgement.turns < EXCLUDED.turns"))
		mine = kept > 0
		return err
	})
	return mine, failure("judgements", err)
}

// PutJudgement keeps what a model said. The digest is made anew with it.
func (s *Store) PutJudgement(ctx context.Context, j Judgement) error {
	return failure("judgements", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, j.Conversation); err != nil {
			return err
		}
		n, err := removed(ctx, tx.NewUpdate().Table("judgements").Set("model = ?, body = ?", j.Model, j.Body).Where("conversation = ? AND turns = ?", j.Conversation, j.Turns))
		if err == nil && n > 0 {
			_, err = tx.NewUpdate().Table("conversations").Set("digested = 0").Where("id = ?", j.Conversation).Exec(ctx)
		}
		return err
	}))
}

// judgementsOf are those that a model has made of conversations.
func (s *Store) judgementsOf(ctx context.Context, ids []dialog.ConversationID) ([]Judgement, error) {
	var out []Judgement
	err := s.reads(ctx).NewSelect().Model(&out).Where("conversation IN (?) AND body <> ''", bun.In(ids)).Scan(ctx)
	return out, err
}
