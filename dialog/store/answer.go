package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// HumanAnswer is what a person told a customer whom the bot could not answer, for somebody to
// make knowledge of.
type HumanAnswer struct {
	bun.BaseModel `bun:"table:answers"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Conversation dialog.ConversationID
	Agent        string // who said it: user id
	State        string // Proposed, Approved, Rejected
	At           int64
	Body         string // an Answered
}

// Answered is the question and its answer.
type Answered struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
	Language string `json:"language,omitempty"`
	Turn     string `json:"turn"` // that said it
}

// Said is what it says.
func (a HumanAnswer) Said() Answered {
	var x Answered
	_ = json.Unmarshal([]byte(a.Body), &x) // it was kept by ProposeAnswer
	return x
}

// ProposeAnswer keeps one, unless the same turn was proposed before.
func (s *Store) ProposeAnswer(ctx context.Context, id dialog.ConversationID, agent string, x Answered) error {
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	return failure("answer", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := remembers(ctx, tx, id); err != nil {
			return err
		}
		var had []HumanAnswer
		if err := tx.NewSelect().Model(&had).Where("conversation = ?", id).Scan(ctx); err != nil {
			return err
		}
		for _, h := range had {
			if said := h.Said(); said.Turn == x.Turn || said.Question == x.Question {
				return nil
			}
		}
		_, err := tx.NewInsert().Model(&HumanAnswer{ID: "answer_" + rand.Text(), Tenant: dialog.DefaultTenant, Conversation: id, Agent: agent, State: Proposed, At: micro(time.Now()), Body: string(b)}).Exec(ctx)
		return err
	}))
}

// ProposedAnswers are those that wait for approval, the newest first.
func (s *Store) ProposedAnswers(ctx context.Context, limit int) ([]HumanAnswer, error) {
	as := []HumanAnswer{}
	err := s.from(ctx).NewSelect().Model(&as).Where("tenant = ? AND state = ?", dialog.DefaultTenant, Proposed).Order("at DESC", "id").Limit(int64(limit)).Scan(ctx)
	return as, failure("answers", err)
}

// ProposedAnswer is one that waits; ErrNotFound when it does not.
func (s *Store) ProposedAnswer(ctx context.Context, id string) (HumanAnswer, error) {
	var a HumanAnswer
	err := s.from(ctx).NewSelect().Model(&a).Where("id = ? AND state = ?", id, Proposed).Scan(ctx)
	return a, failure("answer", err)
}

// DecideAnswer approves or rejects one that waits; ErrNotFound when it does not.
func (s *Store) DecideAnswer(ctx context.Context, id, state string) error {
	n, err := removed(ctx, s.in(ctx).NewUpdate().Model((*HumanAnswer)(nil)).Set("state = ?", state).Where("id = ? AND state = ?", id, Proposed))
	if err == nil && n == 0 {
		err = dialog.ErrNotFound
	}
	return failure("answer", err)
}

// GapsOf are the questions of a conversation that found no answer and are open, oldest first.
func (s *Store) GapsOf(ctx context.Context, id dialog.ConversationID) ([]Gap, error) {
	var gs []Gap
	err := s.from(ctx).NewSelect().Model(&gs).Where("conversation = ? AND kind = ? AND closed = 0", id, GapKind).Order("at", "id").Limit(100).Scan(ctx)
	return gs, failure("gaps", err)
}
