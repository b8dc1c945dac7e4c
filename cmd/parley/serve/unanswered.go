package serve

import (
	"context"
	"time"

	"parley/dialog"
)

// Times of what a crash or a restart left unanswered.
const (
	askedWithin  = 30 * time.Minute // before the start: who wrote earlier has gone on
	othersAnswer = 30 * time.Second // another node may be at it
	mostAnswered = 1000
)

// answerLeft has the bot answer what customers wrote before the start and nobody answered.
func (s *server) answerLeft(began time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	to := began
	if s.nodes != nil {
		to = began.Add(-othersAnswer)
	}
	us, err := s.store.Unanswered(ctx, began.Add(-askedWithin), to, mostAnswered)
	if err != nil {
		s.log.Error("what was left unanswered is not known", "err", err)
		return
	}
	for _, u := range us {
		for _, t := range u.Turns {
			select {
			case <-s.stopping:
				return
			default:
			}
			if err := s.hub.Post(ctx, u.Conversation, dialog.Said{Turn: t}); err != nil {
				s.log.Warn("conversation not woken", "conversation", u.Conversation, "err", err)
			}
		}
	}
	if len(us) > 0 {
		s.log.Info("what the last run left unanswered is answered", "conversations", len(us))
	}
}
