package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Mention is a person whom a colleague's note calls by name, who may see its conversation
// from then on.
type Mention struct {
	bun.BaseModel `bun:"table:mentions"`

	Note         dialog.TurnID `bun:",pk"`
	Agent        string        `bun:",pk"`
	Conversation dialog.ConversationID
	At           int64
	Seen         int64 // 0: not yet
}

// AddMentions notes who a note calls, in ctx's transaction.
func (s *Store) AddMentions(ctx context.Context, id dialog.ConversationID, note dialog.TurnID, agents []string) error {
	ms := make([]Mention, len(agents))
	for i, a := range agents {
		ms[i] = Mention{Note: note, Agent: a, Conversation: id, At: micro(time.Now())}
	}
	if len(ms) == 0 {
		return nil
	}
	_, err := s.in(ctx).NewInsert().Model(&ms).On("CONFLICT DO NOTHING").Exec(ctx)
	return failure("mentions", err)
}

// Mentioned reports whether a person was called to a conversation.
func (s *Store) Mentioned(ctx context.Context, id dialog.ConversationID, agent string) (bool, error) {
	n, err := s.from(ctx).NewSelect().Model((*Mention)(nil)).Where("conversation = ? AND agent = ?", id, agent).Count(ctx)
	return n > 0, failure("mentions", err)
}

// Mentions are those of a person that were not seen, the newest first.
func (s *Store) Mentions(ctx context.Context, agent string) ([]Mention, error) {
	ms := []Mention{}
	err := s.from(ctx).NewSelect().Model(&ms).Where("agent = ? AND seen = 0", agent).Order("at DESC").Limit(100).Scan(ctx)
	return ms, failure("mentions", err)
}

// SeeMentions notes that a person has looked at a conversation.
func (s *Store) SeeMentions(ctx context.Context, id dialog.ConversationID, agent string) error {
	_, err := s.in(ctx).NewUpdate().Model((*Mention)(nil)).Set("seen = ?", micro(time.Now())).Where("conversation = ? AND agent = ? AND seen = 0", id, agent).Exec(ctx)
	return failure("mentions", err)
}
