package web

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// reply keeps what one of the staff writes: to the customer, when they have the
// conversation, or as a note among the staff. A supervisor who writes to the customer takes
// the conversation over by it.
func (s *Server) reply(ctx context.Context, id dialog.ConversationID, key, text string, private bool, mentions []string) (*postOutput, error) {
	u := *caller(ctx).user
	text = clean(text)
	c, err := s.o.Records.Conversation(ctx, id)
	if err != nil {
		return nil, s.noted(err)
	}
	has := s.has(u, c)
	if !private && !has && !s.personOf(u).Senior {
		return nil, kind("not-held", huma.Error409Conflict("you do not have this conversation: accept it first, or write a note"))
	}
	if !private && len(mentions) > 0 {
		return nil, invalid("body.mentions", "a message to the customer calls nobody", mentions)
	}
	if mentions, err = s.called(ctx, mentions); err != nil {
		return nil, err
	}
	t := dialog.Turn{ID: dialog.TurnID("m_" + rand.Text()), From: dialog.Agent, Via: dialog.ViaChat, Text: text}
	data := t.Data()
	data.Key, data.Author, data.Private = key, u.Name, private
	b, err := json.Marshal(data)
	if err != nil {
		return nil, s.noted(err)
	}
	of := dialog.MessageCreated
	if private {
		of = dialog.NoteCreated
	}
	rs, err := s.o.Records.Keep(ctx, id, 0, nil, func(ctx context.Context) error { return s.o.Records.AddMentions(ctx, id, t.ID, mentions) }, dialog.Record{Type: of, Data: b})
	if err != nil {
		return nil, s.noted(err)
	}
	t.At = rs[0].At
	after(ctx, func(ctx context.Context) {
		s.publish(ctx, rs[0])
		if private {
			if len(mentions) > 0 {
				s.o.Desk.Mention(id, mentionData{t.ID, u.Name, text}, mentions)
			}
			return
		}
		if !has {
			if err := s.seize(ctx, id); err != nil {
				s.o.Logger.Error("a conversation is not taken over by who writes in it", "conversation", id, "user", u.ID, "err", err)
			}
		}
		s.o.Desk.Spoke(u.ID, id)
		if err := s.o.Hub.Tell(ctx, id, dialog.Wrote{Turn: t}); err != nil {
			s.o.Logger.Warn("a conversation is not told of a reply", "conversation", id, "err", err)
		}
	})
	return &postOutput{Body: message{Seq: rs[0].Seq, MessageData: data}}, nil
}

// has reports whether a person may write to the customer: the conversation is theirs, or
// they have accepted it and are being told.
func (s *Server) has(u store.User, c store.Conversation) bool {
	if c.Holder == dialog.HeldByAgent && c.Agent == u.ID {
		return true
	}
	t, ok := s.o.Desk.Open(c.ID)
	return ok && t.Agent == u.ID && !t.Accepted.IsZero()
}
