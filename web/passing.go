package web

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"parley/dialog"
	"parley/dialog/store"
)

type handoffBody struct {
	Reason string `json:"reason,omitempty" maxLength:"1000"`
}

type handoffInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body *handoffBody
}

type handoffOutput struct {
	Body struct {
		ID    string `json:"id" doc:"of the transfer"`
		State string `json:"state"`
		// Reason, when it is over already.
		Reason string `json:"reason,omitempty"`
	}
}

// handoff notes that the customer asks for a person. There is no desk yet that takes
// the conversation, and the answer says so.
func (s *Server) handoff(ctx context.Context, in *handoffInput) (*handoffOutput, error) {
	if err := s.customer(ctx, in.ID); err != nil {
		return nil, err
	}
	if in.Body == nil {
		in.Body = new(handoffBody)
	}
	c, err := s.o.Records.Conversation(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	if c.State == store.Closed {
		return nil, s.noted(dialog.ErrClosed)
	}
	if err := s.o.Records.Gap(ctx, in.ID, "handoff", in.Body.Reason); err != nil {
		return nil, s.noted(err)
	}
	out := &handoffOutput{}
	out.Body.ID, out.Body.State, out.Body.Reason = "transfer_"+rand.Text(), "failed", "nobody"
	b, err := json.Marshal(out.Body)
	if err != nil {
		return nil, s.noted(err)
	}
	rs, err := s.o.Records.Append(ctx, in.ID, 0, dialog.Record{Type: dialog.TransferUpdated, Data: b})
	if err != nil {
		return nil, s.noted(err)
	}
	after(ctx, func(ctx context.Context) { s.publish(ctx, rs[0]) })
	return out, nil
}

type readBody struct {
	Seq int64 `json:"seq,omitempty" minimum:"0" doc:"the last event that was seen"`
}

type readInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body *readBody
}

func (s *Server) typing(ctx context.Context, in *conversationInput) (*struct{}, error) {
	return nil, s.pass(ctx, in.ID, "typing", 0)
}

func (s *Server) read(ctx context.Context, in *readInput) (*struct{}, error) {
	if in.Body == nil {
		in.Body = new(readBody)
	}
	return nil, s.pass(ctx, in.ID, "read", in.Body.Seq)
}

// pass tells the others something that is not kept.
func (s *Server) pass(ctx context.Context, id dialog.ConversationID, kind string, seq int64) error {
	if err := s.may(ctx, id); err != nil {
		return err
	}
	if _, err := s.o.Records.Conversation(ctx, id); err != nil {
		return s.noted(err)
	}
	from := dialog.Customer
	if caller(ctx).user != nil {
		from = dialog.Agent
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
