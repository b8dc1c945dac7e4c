package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

type forgetOutput struct {
	Location string `header:"Location"`
	Body     struct {
		Certificate string `json:"certificate" doc:"its address"`
	}
}

type certificateInput struct {
	ID string `path:"id" maxLength:"100"`
}

type packetOutput struct {
	Body struct {
		Reason string `json:"reason"`
		Packet any    `json:"packet" doc:"summary, intent, slots, actions, citations, sentiment, language …"`
	}
}

// forgetting registers what removes a customer, and what people are given to know.
func (s *Server) forgetting(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "forget", Method: http.MethodPost, Path: "/v1/conversations/{id}/forget",
		Summary: "Remove what is kept of the customer", DefaultStatus: http.StatusAccepted}, s.forget)
	huma.Register(api, huma.Operation{OperationID: "get-certificate", Method: http.MethodGet, Path: "/v1/certificates/{id}",
		Summary: "What was removed"}, s.certificate)
	huma.Register(api, huma.Operation{OperationID: "get-packet", Method: http.MethodGet, Path: "/v1/conversations/{id}/packet",
		Summary: "What who takes over is given to know"}, s.packet)
}

// silence ends what goes on in conversations: their calls, and the replies in the making.
func (s *Server) silence(ctx context.Context, ids []dialog.ConversationID) error {
	for _, id := range ids {
		calls, err := s.o.Records.CallsOf(ctx, id)
		if err != nil {
			return s.noted(err)
		}
		for _, k := range calls {
			if k.Ended == 0 {
				_ = s.o.Calls.Hangup(ctx, k.ID) // one that is over needs none
			}
		}
		if err := s.o.Hub.Tell(ctx, id, dialog.Close{Reason: "forgotten"}); err != nil {
			s.o.Logger.Warn("conversation not ended", "conversation", id, "err", err)
		}
	}
	return nil
}

// forget is for a customer whom the site has vouched for, and for admins.
func (s *Server) forget(ctx context.Context, in *conversationInput) (*forgetOutput, error) {
	w := caller(ctx)
	by := "customer"
	if w.user != nil {
		if err := s.rank(ctx, store.Admin); err != nil {
			return nil, err
		}
		by = w.user.ID
	} else if err := s.may(ctx, in.ID); err != nil {
		return nil, err
	}
	c, err := s.o.Records.Conversation(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	if w.user == nil && c.Customer == "" {
		return nil, huma.Error403Forbidden("only a customer with a signed id can ask for this here; others ask the company")
	}
	all, err := s.o.Records.Together(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	if err := s.silence(ctx, all); err != nil {
		return nil, err
	}
	cert, err := s.o.Records.Forget(ctx, in.ID, by, w.token)
	if err != nil {
		return nil, s.noted(err)
	}
	after(ctx, func(ctx context.Context) { // what has begun meanwhile: the records take no more of it
		if err := s.silence(ctx, all); err != nil {
			s.o.Logger.Error("calls of a forgotten customer not ended", "conversation", in.ID, "err", err)
		}
		for _, id := range all {
			s.gone(ctx, id)
			s.o.Forgotten(id)
		}
	})
	out := &forgetOutput{Location: "/v1/certificates/" + cert.ID}
	out.Body.Certificate = out.Location
	return out, nil
}

// gone leaves nothing of a forgotten conversation on this node.
func (s *Server) gone(ctx context.Context, id dialog.ConversationID) {
	for _, k := range s.here.of(id) {
		k.dismiss(closedForgotten)
	}
	if err := s.o.Desk.Over(ctx, id); err != nil {
		s.o.Logger.Error("the desk is not told of a forgotten customer", "conversation", id, "err", err)
	}
	s.o.Desk.Feed().Forget(id, s.o.Now())
}

// Forgotten ends what goes on here in a conversation that another node has forgotten.
func (s *Server) Forgotten(ctx context.Context, id dialog.ConversationID) {
	if err := s.silence(ctx, []dialog.ConversationID{id}); err != nil {
		s.o.Logger.Error("calls of a forgotten customer not ended", "conversation", id, "err", err)
	}
	s.gone(ctx, id)
}

func (s *Server) certificate(ctx context.Context, in *certificateInput) (*struct{ Body store.Certificate }, error) {
	c, err := s.o.Records.CertificateOf(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	if err := s.may(ctx, c.Conversation); err != nil {
		return nil, err
	}
	return &struct{ Body store.Certificate }{c}, nil
}

// packet is made as the conversation stands; of one that is over it is the last that
// somebody was given.
func (s *Server) packet(ctx context.Context, in *conversationInput) (*packetOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	if err := s.sees(ctx, *caller(ctx).user, in.ID); err != nil {
		return nil, err
	}
	c, err := s.o.Records.Conversation(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &packetOutput{}
	h, err := s.o.Records.HandoffOf(ctx, in.ID)
	switch {
	case err == nil:
		out.Body.Reason, out.Body.Packet = h.Reason, json.RawMessage(h.Body)
	case c.State == store.Closed || c.Holder == dialog.HeldByBot || !errors.Is(err, dialog.ErrNotFound): // nobody was ever given one
		return nil, s.noted(err)
	}
	if c.State != store.Closed {
		if out.Body.Packet, err = s.o.Packet(ctx, in.ID, out.Body.Reason); err != nil {
			return nil, s.noted(err)
		}
	}
	return out, nil
}
