package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// customerBody is who writes or calls, as the page says.
type customerBody struct {
	ID        string `json:"id,omitempty" maxLength:"200" doc:"the site's own id; must be signed"`
	Name      string `json:"name,omitempty" maxLength:"200"`
	Expires   int64  `json:"expires,omitempty" doc:"Unix seconds until which the signature is good"`
	Signature string `json:"signature,omitempty" maxLength:"128" doc:"hex HMAC-SHA256 of id.expires with the site's secret"`
}

// openBody may be missing, and so may each of its fields.
type openBody struct {
	Site     string        `json:"site,omitempty" maxLength:"100"`
	Channel  string        `json:"channel,omitempty" enum:"web" doc:"web"`
	Locale   string        `json:"locale,omitempty" maxLength:"35" pattern:"^[A-Za-z0-9-]*$" doc:"BCP 47 tag"`
	Customer *customerBody `json:"customer,omitempty"`
	Resume   bool          `json:"resume,omitempty" doc:"a signed customer goes on with the newest conversation at this site that is not closed"`
}

type openInput struct{ Body *openBody }

type openOutput struct {
	Body struct {
		ID         dialog.ConversationID `json:"id"`
		Token      string                `json:"token" doc:"opens this conversation and nothing else"`
		Resumed    bool                  `json:"resumed,omitempty" doc:"it was there before; its other tokens open it too"`
		ICEServers []ICEServer           `json:"ice_servers"`
	}
}

type conversationInput struct {
	ID dialog.ConversationID `path:"id" maxLength:"100"`
}

type callView struct {
	ID        dialog.CallID `json:"id"`
	Via       string        `json:"via"`
	Direction string        `json:"direction"`
	Started   time.Time     `json:"started_at"`
	Ended     bool          `json:"ended"`
	Reason    string        `json:"reason,omitempty"`
	Recorded  bool          `json:"recorded"`
}

type conversationOutput struct {
	Body struct {
		ID     dialog.ConversationID `json:"id"`
		State  string                `json:"state"`
		Holder dialog.Holder         `json:"holder"`
		Place  int                   `json:"place,omitempty" doc:"in the queue, 1 is next"`
		WaitMS int64                 `json:"expected_wait_ms,omitempty" doc:"about how long it takes until somebody comes"`
		Agent  string                `json:"agent,omitempty" doc:"user id of who has it"`
		Name   string                `json:"agent_name,omitempty"`
		Staff  *conversationRow      `json:"staff,omitempty" doc:"what the staff alone see"`
		Locale string                `json:"locale,omitempty"`
		Calls  []callView            `json:"calls"`
	}
}

type ratingInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body struct {
		Score   int    `json:"score" minimum:"1" maximum:"5"`
		Comment string `json:"comment,omitempty" maxLength:"2000"`
	}
}

// customers registers what a customer's page begins with.
func (s *Server) customers(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "open-conversation", Method: http.MethodPost, Path: "/v1/conversations",
		Summary: "Open a conversation", DefaultStatus: http.StatusCreated}, s.open)
	huma.Register(api, huma.Operation{OperationID: "get-conversation", Method: http.MethodGet, Path: "/v1/conversations/{id}",
		Summary: "State, holder and calls"}, s.conversation)
	huma.Register(api, huma.Operation{OperationID: "rate-conversation", Method: http.MethodPost, Path: "/v1/conversations/{id}/rating",
		Summary: "Customer satisfaction", DefaultStatus: http.StatusNoContent}, s.rate)
	huma.Register(api, huma.Operation{OperationID: "ask-for-person", Method: http.MethodPost, Path: "/v1/conversations/{id}/handoff",
		Summary: "The customer asks for a person", DefaultStatus: http.StatusAccepted}, s.handoff)
	huma.Register(api, huma.Operation{OperationID: "typing", Method: http.MethodPost, Path: "/v1/conversations/{id}/typing",
		Summary: "Tells the others that somebody writes", DefaultStatus: http.StatusNoContent}, s.typing)
	huma.Register(api, huma.Operation{OperationID: "read", Method: http.MethodPost, Path: "/v1/conversations/{id}/read",
		Summary: "Tells the others what was read", DefaultStatus: http.StatusNoContent}, s.read)
	huma.Register(api, huma.Operation{OperationID: "capabilities", Method: http.MethodGet, Path: "/v1/capabilities",
		Summary: "What a page can offer here"}, func(context.Context, *struct{}) (*struct{ Body Capabilities }, error) {
		return &struct{ Body Capabilities }{s.o.Capabilities()}, nil
	})
}

func (s *Server) open(ctx context.Context, in *openInput) (*openOutput, error) {
	if in.Body == nil {
		in.Body = new(openBody)
	}
	n := store.NewConversation{Site: in.Body.Site, Locale: in.Body.Locale}
	if c := in.Body.Customer; c != nil {
		n.Name = c.Name
		if c.ID != "" {
			if err := s.verified(in.Body.Site, c.ID, c.Expires, c.Signature); err != nil {
				return nil, err
			}
			n.Customer = c.ID
		}
	}
	out := &openOutput{}
	var err error
	if out.Body.ICEServers, err = s.o.ICE(); err != nil {
		return nil, s.noted(err)
	}
	if in.Body.Resume {
		out.Body.ID, out.Body.Token, out.Body.Resumed, err = s.o.Records.Resume(ctx, n)
	} else {
		out.Body.ID, out.Body.Token, err = s.o.Records.Create(ctx, n)
	}
	if err != nil {
		return nil, s.noted(err)
	}
	return out, nil
}

func (s *Server) conversation(ctx context.Context, in *conversationInput) (*conversationOutput, error) {
	if err := s.may(ctx, in.ID); err != nil {
		return nil, err
	}
	c, err := s.o.Records.Conversation(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	calls, err := s.o.Records.CallsOf(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &conversationOutput{}
	out.Body.ID, out.Body.State, out.Body.Holder, out.Body.Locale = c.ID, c.State, c.Holder, c.Locale
	if place, wait, ok := s.o.Desk.Place(in.ID); ok {
		out.Body.Place, out.Body.WaitMS = place, wait.Milliseconds()
	}
	if c.Holder == dialog.HeldByAgent {
		out.Body.Agent = c.Agent
		if p, ok := s.o.Desk.Me(c.Agent); ok {
			out.Body.Name = p.Name
		}
	}
	if caller(ctx).user != nil {
		row := s.row(store.Found{Conversation: c, Name: c.Name()})
		out.Body.Staff = &row
	}
	out.Body.Calls = []callView{}
	for _, k := range calls {
		out.Body.Calls = append(out.Body.Calls, callView{k.ID, k.Via, k.Direction, time.UnixMicro(k.Started).UTC(), k.Ended > 0, k.Reason, k.Recording != ""})
	}
	return out, nil
}

func (s *Server) rate(ctx context.Context, in *ratingInput) (*struct{}, error) {
	if err := s.customer(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, s.noted(s.o.Records.Rate(ctx, in.ID, in.Body.Score, clean(in.Body.Comment)))
}
