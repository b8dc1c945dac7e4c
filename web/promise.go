package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// Promises are what customers were told while people were away; *store.Store keeps them.
type Promises interface {
	Promises(ctx context.Context, promised int64, after string, limit int) ([]store.Promise, error)
}

type promiseView struct {
	ID           string                `json:"id"`
	Conversation dialog.ConversationID `json:"conversation"`
	Name         string                `json:"name,omitempty" doc:"as the customer gave it"`
	Language     string                `json:"language,omitempty"`
	Reason       string                `json:"reason"`
	Asked        time.Time             `json:"asked_at"`
	Promised     time.Time             `json:"promised_at" doc:"when the customer was told that people are back"`
	Overdue      bool                  `json:"overdue"`
}

type promisesInput struct {
	Cursor string `query:"cursor" maxLength:"100" doc:"what next said"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type promisesOutput struct {
	Body struct {
		Items []promiseView `json:"items"`
		Next  string        `json:"next,omitempty" doc:"pass as cursor; absent at the end"`
	}
}

// promises registers the list of what is still to be kept.
func (s *Server) promises(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "list-promises", Method: http.MethodGet, Path: "/v1/desk/promises",
		Summary: "Customers who were told when people are back, and wait for an answer: the one due first first. An agent sees those of their own queues; a page may hold less than limit"}, s.listPromises)
}

// standardQueue is the line of those for whom none was chosen.
func (s *Server) standardQueue() string {
	for _, q := range s.o.Desk.Queues() {
		if q.Default {
			return q.Name
		}
	}
	return ""
}

func (s *Server) listPromises(ctx context.Context, in *promisesInput) (*promisesOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	var promised int64
	var after string
	if in.Cursor != "" {
		if _, err := fmt.Sscanf(strings.Replace(in.Cursor, ".", " ", 1), "%d %s", &promised, &after); err != nil {
			return nil, invalid("query.cursor", "expected what next said", in.Cursor)
		}
	}
	ps, err := s.o.Records.Promises(ctx, promised, after, in.Limit+1)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &promisesOutput{}
	out.Body.Items = []promiseView{}
	if len(ps) > in.Limit {
		ps = ps[:in.Limit]
		last := ps[in.Limit-1]
		out.Body.Next = fmt.Sprintf("%d.%s", last.Promised, last.ID)
	}
	who, standard := s.personOf(*caller(ctx).user), s.standardQueue()
	for _, p := range ps {
		if !s.o.Desk.Sees(who, p.Conversation, dialog.HeldByQueue, p.Agent, cmp.Or(p.Queue, standard), "") { // another queue's
			continue
		}
		at := time.UnixMicro(p.Promised).UTC()
		out.Body.Items = append(out.Body.Items, promiseView{ID: p.ID, Conversation: p.Conversation, Name: p.Name(), Language: p.Locale, Reason: p.Reason,
			Asked: time.UnixMicro(p.At).UTC(), Promised: at, Overdue: at.Before(s.o.Now())})
	}
	return out, nil
}
