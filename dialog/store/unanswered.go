package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"parley/dialog"
)

// Unanswered is what a customer wrote last, to which nobody has said anything.
type Unanswered struct {
	Conversation dialog.ConversationID
	Turns        []dialog.Turn // oldest first
}

// lastWritten is how many messages of a customer are looked at.
const lastWritten = 10

// Unanswered gives what customers of the bot wrote between two times and was not answered, at
// most limit conversations, the last ones. What came with pictures is the sight's to take up.
func (s *Store) Unanswered(ctx context.Context, from, to time.Time, limit int) ([]Unanswered, error) {
	var cs []Conversation
	err := s.reads(ctx).NewSelect().Model(&cs).Column("id").
		Where("tenant = ? AND holder = ? AND state = ? AND updated >= ?", dialog.DefaultTenant, dialog.HeldByBot, Awake, micro(from)).
		Order("updated DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, failure("unanswered", err)
	}
	var out []Unanswered
	for _, c := range cs {
		var es []event
		err := s.reads(ctx).NewSelect().Model(&es).Where("conversation = ? AND type = ?", c.ID, dialog.MessageCreated).Order("seq DESC").Limit(lastWritten).Scan(ctx)
		if err != nil {
			return nil, failure("unanswered", err)
		}
		u := Unanswered{Conversation: c.ID}
		for _, e := range es {
			var m dialog.MessageData
			if json.Unmarshal([]byte(e.Body), &m) != nil || m.From == dialog.System {
				continue
			}
			at := when(e.At)
			if m.From != dialog.Customer || m.Via != dialog.ViaChat || at.Before(from) || at.After(to) {
				break
			}
			if t := m.Turn(at); len(t.Images) == 0 {
				u.Turns = append(u.Turns, t)
			}
		}
		if slices.Reverse(u.Turns); len(u.Turns) > 0 {
			out = append(out, u)
		}
	}
	return out, nil
}
