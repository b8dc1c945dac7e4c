package web

import (
	"context"
	"encoding/json"
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
		Reason string          `json:"reason"`
		Packet json.RawMessage `json:"packet"`
	}
}

// forgetting registers what removes a customer, and what people are given to know.
func (s *Server) forgetting(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "forget", Method: http.MethodPost, Path: "/v1/conversations/{id}/forget",
		Summary: "Remove what is kept of the customer", DefaultStatus: http.StatusAccepted}, s.forget)
	huma.Register(api, huma.Operation{OperationID: "get-certificate", Method: http.MethodGet, Path: "/v1/certificates/{id}",
		Summary: "What was removed"}, s.certificate)
	huma.Register(api, huma.Operation{OperationID: "get-packet", Method: http.MethodGet, Path: "/v1/conversations/{id}/packet",
		Summary: "The latest handoff packet"}, s.packet)
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
	cert, err := s.o.Records.Forget(ctx, in.ID, by)
	if err != nil {
		return nil, s.noted(err)
	}
	after(ctx, func(ctx context.Context) { // what has begun meanwhile: the records take no more of it
		if err := s.silence(ctx, all); err != nil {
			s.o.Logger.Error("calls of a forgotten customer not ended", "conversation", in.ID, "err", err)
		}
	})
	out := &forgetOutput{Location: "/v1/certificates/" + cert.ID}
	out.Body.Certificate = out.Location
	return out, nil
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

func (s *Server) packet(ctx context.Context, in *conversationInput) (*packetOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	h, err := s.o.Records.HandoffOf(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &packetOutput{}
	out.Body.Reason, out.Body.Packet = h.Reason, json.RawMessage(h.Body)
	return out, nil
}
