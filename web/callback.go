package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// Callbacks are customers who were promised a call when it is their turn.
type Callbacks interface {
	// List gives those who are still to be called, the one who waits longest first, and those
	// who were given up in the last days.
	List(ctx context.Context) ([]Callback, error)
	// Cancel ends one: dialog.ErrNotFound, or dialog.ErrConflict while the customer is being
	// called.
	Cancel(ctx context.Context, id string) error
}

// Callback is a customer who is to be called.
type Callback struct {
	ID           string                `json:"id"`
	Conversation dialog.ConversationID `json:"conversation"`
	Name         string                `json:"name,omitempty" doc:"as the customer gave it"`
	Number       string                `json:"number" doc:"E.164"`
	Language     string                `json:"language,omitempty"`
	Queue        string                `json:"queue,omitempty" doc:"in which the customer waits"`
	When         string                `json:"when,omitempty" doc:"the time that suits, in the customer's words"`
	State        string                `json:"state" enum:"waiting,calling,given_up"`
	Reason       string                `json:"reason,omitempty" doc:"why the last call came to nothing, as call.ended has it, or why none may be made"`
	Tries        int                   `json:"tries" doc:"calls so far"`
	Most         int                   `json:"tries_at_most" doc:"it is given up after so many"`
	Since        time.Time             `json:"since" doc:"the customer waits"`
	Due          time.Time             `json:"due_at,omitzero" doc:"not called before: then as soon as a person of the queue is free"`
	Ended        time.Time             `json:"ended_at,omitzero"`
}

type callbacksOutput struct {
	Body struct {
		Items []Callback `json:"items"`
	}
}

// callbacks registers the list of who is to be called back.
func (s *Server) callbacks(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "list-callbacks", Method: http.MethodGet, Path: "/v1/desk/callbacks", Tags: []string{"Phones"},
		Summary: "Customers who are called back when it is their turn, the longest waiting first, and those given up in the last seven days. An agent sees those of their own queues"}, s.listCallbacks)
	huma.Register(api, huma.Operation{OperationID: "cancel-callback", Method: http.MethodDelete, Path: "/v1/desk/callbacks/{id}", DefaultStatus: http.StatusNoContent, Tags: []string{"Phones"},
		Summary: "Takes a callback off the list: somebody has reached the customer, or has given up"}, s.cancelCallback)
}

// backs are the callbacks that a person of the staff sees.
func (s *Server) backs(ctx context.Context) ([]Callback, error) {
	if s.o.Callbacks == nil {
		return []Callback{}, nil
	}
	all, err := s.o.Callbacks.List(ctx)
	if err != nil {
		return nil, s.noted(err)
	}
	who, standard := s.personOf(*caller(ctx).user), s.standardQueue()
	out := []Callback{}
	for _, c := range all {
		queue := c.Queue
		if queue == "" {
			queue = standard
		}
		if s.o.Desk.Sees(who, c.Conversation, dialog.HeldByQueue, "", queue, "") {
			out = append(out, c)
		}
	}
	return out, nil
}

func (s *Server) listCallbacks(ctx context.Context, _ *struct{}) (*callbacksOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	items, err := s.backs(ctx)
	if err != nil {
		return nil, err
	}
	out := &callbacksOutput{}
	out.Body.Items = items
	return out, nil
}

type cancelCallbackInput struct {
	ID string `path:"id" maxLength:"60"`
}

func (s *Server) cancelCallback(ctx context.Context, in *cancelCallbackInput) (*struct{}, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	mine, err := s.backs(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range mine {
		if c.ID != in.ID {
			continue
		}
		if err := s.o.Callbacks.Cancel(ctx, in.ID); err != nil {
			return nil, s.noted(err)
		}
		return nil, s.did(ctx, "callback.cancel", map[string]any{"callback": in.ID, "conversation": c.Conversation})
	}
	return nil, s.noted(dialog.ErrNotFound)
}
