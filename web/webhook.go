package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/webhook"
)

// Hooks are the programs that are told of events; *webhook.Sender tells them.
type Hooks interface{ Endpoints() []webhook.Endpoint }

// Outgoing is what waits for them, and what was given up; *store.Store keeps it.
type Outgoing interface {
	Webhooks(ctx context.Context) (map[string]store.Webhook, error)
	Deliveries(ctx context.Context, lost bool, cursor string, limit int) ([]store.Delivery, string, error)
	RetryDelivery(ctx context.Context, id string, now time.Time) error
}

type hookView struct {
	ID          string     `json:"id"`
	URL         string     `json:"url" doc:"without what may be secret in it"`
	Events      []string   `json:"events" doc:"types; none, or *, is all"`
	Internal    bool       `json:"internal" doc:"whether it is told of private notes"`
	State       string     `json:"state" enum:"on,failing,off" doc:"off: it answered 410 Gone, and is told nothing more until a delivery that is tried again succeeds"`
	Waiting     int64      `json:"waiting" doc:"events that it is still to be told of"`
	Delivered   int64      `json:"delivered"`
	GivenUp     int64      `json:"given_up"`
	LastError   string     `json:"last_error,omitempty"`
	FailedAt    *time.Time `json:"failed_at,omitempty"`
	DeliveredAt *time.Time `json:"delivered_at,omitempty"`
}

type hooksOutput struct {
	Body struct {
		Items []hookView `json:"items"`
	}
}

type deliveryView struct {
	ID           string                `json:"id" doc:"the Parley-Id of every attempt"`
	Webhook      string                `json:"webhook"`
	Conversation dialog.ConversationID `json:"conversation"`
	Seq          int64                 `json:"seq"`
	Type         string                `json:"type"`
	State        string                `json:"state" enum:"retrying,given_up"`
	Attempts     int64                 `json:"attempts"`
	Error        string                `json:"error,omitempty"`
	Created      time.Time             `json:"created_at"`
	Due          *time.Time            `json:"due_at,omitempty" doc:"when it is tried next"`
	GivenUp      *time.Time            `json:"given_up_at,omitempty"`
}

type deliveriesInput struct {
	State  string `query:"state" enum:"retrying,given_up" default:"given_up"`
	Cursor string `query:"cursor" maxLength:"100" doc:"what next said"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type deliveriesOutput struct {
	Body struct {
		Items []deliveryView `json:"items"`
		Next  string         `json:"next,omitempty" doc:"pass as cursor; absent at the end"`
	}
}

type deliveryInput struct {
	ID string `path:"id" maxLength:"100"`
}

// webhooks registers what shows how the programs are told.
func (s *Server) webhooks(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "list-webhooks", Method: http.MethodGet, Path: "/v1/webhooks",
		Summary: "Who is told of events, and how that goes"}, s.listHooks)
	huma.Register(api, huma.Operation{OperationID: "list-deliveries", Method: http.MethodGet, Path: "/v1/webhooks/deliveries",
		Summary: "Events that a webhook was not told of, newest first"}, s.deliveries)
	huma.Register(api, huma.Operation{OperationID: "retry-delivery", Method: http.MethodPost, Path: "/v1/webhooks/deliveries/{id}/retry",
		Summary: "Tell a webhook of an event again", DefaultStatus: http.StatusAccepted}, s.retryDelivery)
}

// at is a time that may be none.
func at(us int64) *time.Time {
	if us == 0 {
		return nil
	}
	t := time.UnixMicro(us).UTC()
	return &t
}

func (s *Server) listHooks(ctx context.Context, _ *struct{}) (*hooksOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	out := &hooksOutput{}
	out.Body.Items = []hookView{}
	if s.o.Hooks == nil {
		return out, nil
	}
	done, err := s.o.Records.Webhooks(ctx)
	if err != nil {
		return nil, s.noted(err)
	}
	for _, e := range s.o.Hooks.Endpoints() {
		w := done[e.ID()]
		v := hookView{ID: e.ID(), URL: e.Shown(), Events: append([]string{}, e.Events...), Internal: e.Internal, State: "on", Waiting: w.Waiting,
			Delivered: w.Delivered, GivenUp: w.Lost, LastError: w.Body, FailedAt: at(w.FailedAt), DeliveredAt: at(w.DeliveredAt)}
		switch {
		case w.Off > 0:
			v.State = "off"
		case w.FailedAt > w.DeliveredAt:
			v.State = "failing"
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func (s *Server) deliveries(ctx context.Context, in *deliveriesInput) (*deliveriesOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	ds, next, err := s.o.Records.Deliveries(ctx, in.State == "given_up", in.Cursor, in.Limit)
	if errors.Is(err, dialog.ErrNotFound) {
		return nil, invalid("query.cursor", "expected what next said", in.Cursor)
	}
	if err != nil {
		return nil, s.noted(err)
	}
	out := &deliveriesOutput{}
	out.Body.Items, out.Body.Next = []deliveryView{}, next
	for _, d := range ds {
		v := deliveryView{ID: d.ID, Webhook: d.Endpoint, Conversation: d.Conversation, Seq: d.Seq, Type: d.Type, State: in.State,
			Attempts: d.Attempts, Error: d.Body, Created: time.UnixMicro(d.Created).UTC(), GivenUp: at(d.Settled)}
		if d.Settled == 0 {
			v.Due = at(d.Due)
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func (s *Server) retryDelivery(ctx context.Context, in *deliveryInput) (*struct{}, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	if err := s.o.Records.RetryDelivery(ctx, in.ID, s.o.Now()); err != nil {
		return nil, s.noted(err)
	}
	w := caller(ctx)
	return nil, s.noted(s.o.Records.Audit(ctx, w.user.ID, "webhook.retry", w.ip, map[string]any{"delivery": in.ID}))
}
