package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog/store"
)

type deedView struct {
	ID   string          `json:"id"`
	At   time.Time       `json:"at"`
	Who  string          `json:"who" doc:"id of a user or key"`
	Name string          `json:"name,omitempty"`
	What string          `json:"what"`
	From string          `json:"from,omitempty" doc:"address"`
	Data json.RawMessage `json:"data,omitempty"`
}

type auditInput struct {
	Who    string `query:"who" maxLength:"100"`
	What   string `query:"what" maxLength:"100" doc:"a beginning: document. is everything about documents"`
	Cursor string `query:"cursor" maxLength:"100"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type auditOutput struct {
	Body struct {
		Items []deedView `json:"items"`
		Next  string     `json:"next,omitempty"`
	}
}

// audit registers who did what.
func (s *Server) audit(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "audit", Method: http.MethodGet, Path: "/v1/audit", Summary: "Who of the staff did what, newest first; also as text/csv",
		Tags: []string{"Staff"}}, s.trail)
}

func (s *Server) trail(ctx context.Context, in *auditInput) (*auditOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	ds, err := s.o.Records.Trail(ctx, store.Deeds{Who: in.Who, What: in.What, Before: in.Cursor, Limit: in.Limit + 1})
	if err != nil {
		return nil, s.noted(err)
	}
	out := &auditOutput{}
	out.Body.Items = []deedView{}
	for i, d := range ds {
		if i == in.Limit {
			out.Body.Next = ds[i-1].ID
			break
		}
		out.Body.Items = append(out.Body.Items, deedView{d.ID, d.At, d.Who, d.Name, d.What, d.Source, d.Data})
	}
	return out, nil
}
