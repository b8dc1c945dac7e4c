package web

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/desk"
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
		ID    string     `json:"id" doc:"of the transfer"`
		State desk.State `json:"state"`
		// Reason, when it is over already.
		Reason desk.Reason `json:"reason,omitempty"`
		Queue  string      `json:"queue,omitempty"`
	}
}

// handoff has a person come for the customer who asks for one. While somebody is being
// fetched, that is answered again; when nobody is there, that.
func (s *Server) handoff(ctx context.Context, in *handoffInput) (*handoffOutput, error) {
	if err := s.customer(ctx, in.ID); err != nil {
		return nil, err
	}
	if in.Body == nil {
		in.Body = new(handoffBody)
	}
	if k, err := s.o.Records.Known(ctx, in.ID); err != nil {
		return nil, s.noted(err)
	} else if k.Released {
		return nil, kind("released", huma.Error409Conflict("nobody comes after what was said to them; the assistant goes on helping"))
	}
	t, err := s.o.Desk.Ask(ctx, desk.Request{Conversation: in.ID, Asked: "customer", Language: caller(ctx).locale, Said: clean(in.Body.Reason)})
	if err != nil {
		return nil, s.deskTrouble(err)
	}
	if err := s.o.Records.Gap(ctx, in.ID, "handoff", clean(in.Body.Reason)); err != nil {
		return nil, s.noted(err)
	}
	after(ctx, func(context.Context) { s.o.Desk.Look() })
	out := &handoffOutput{}
	out.Body.ID, out.Body.State, out.Body.Reason, out.Body.Queue = t.ID, t.State, t.Reason, t.Queue
	return out, nil
}
