package web

import (
	"context"
	"encoding/json"

	"parley/dialog"
)

type readBody struct {
	Seq int64 `json:"seq,omitempty" minimum:"0" doc:"the last event that was seen"`
}

type readInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body *readBody
}

func (s *Server) typing(ctx context.Context, in *conversationInput) (*struct{}, error) {
	if err := s.pass(ctx, in.ID, "typing", 0); err != nil {
		return nil, err
	}
	if caller(ctx).user == nil { // who writes in a call is there
		after(ctx, func(ctx context.Context) {
			if err := s.o.Hub.Tell(ctx, in.ID, dialog.Typing{}); err != nil {
				s.o.Logger.Warn("a call is not told that its customer writes", "conversation", in.ID, "err", err)
			}
		})
	}
	return nil, nil
}

func (s *Server) read(ctx context.Context, in *readInput) (*struct{}, error) {
	if in.Body == nil {
		in.Body = new(readBody)
	}
	return nil, s.pass(ctx, in.ID, "read", in.Body.Seq)
}

// pass tells the others something that is not kept. The party's own sockets hear it too: the
// other tab is one of them. Who only looks on is not told of.
func (s *Server) pass(ctx context.Context, id dialog.ConversationID, kind string, seq int64) error {
	if err := s.may(ctx, id); err != nil {
		return err
	}
	c, err := s.o.Records.Conversation(ctx, id)
	if err != nil {
		return s.noted(err)
	}
	from := attends(caller(ctx))
	if u := caller(ctx).user; u != nil && c.Holder == dialog.HeldByAgent && c.Agent == u.ID {
		from = dialog.Agent // whoever answers
	}
	if from == "" || !s.here.tells(id, from, kind, seq, s.o.Now()) {
		return nil
	}
	b, err := json.Marshal(struct {
		From dialog.Party `json:"from"`
		Seq  int64        `json:"seq,omitempty"`
	}{from, seq})
	if err != nil {
		return s.noted(err)
	}
	after(ctx, func(ctx context.Context) {
		s.publish(ctx, dialog.Record{Type: kind, At: s.o.Now(), Conversation: id, Data: b})
	})
	return nil
}
