package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// Costs are what models were used for; *store.Store has them.
type Costs interface {
	UsageOf(ctx context.Context, id dialog.ConversationID) ([]store.UsageSum, error)
	UsageByDay(ctx context.Context, from, to time.Time) ([]store.UsageDay, error)
}

type usageOutput struct {
	Body struct {
		Items []store.UsageSum `json:"items" doc:"by role, model and currency"`
	}
}

type usageInput struct {
	From string `query:"from" format:"date" doc:"the first day, UTC; absent: thirty days up to the last"`
	To   string `query:"to" format:"date" doc:"the last day, UTC; absent: today"`
}

type usageDaysOutput struct {
	Body struct {
		Items []store.UsageDay `json:"items" doc:"newest day first, by role, model and currency"`
	}
}

// usageDays is how many days are added up where none are named, and mostUsageDays at most.
const (
	usageDays     = 30
	mostUsageDays = 400
)

// usage registers what models cost.
func (s *Server) usage(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "conversation-usage", Method: http.MethodGet, Path: "/v1/conversations/{id}/usage",
		Summary: "What a conversation cost, by model", Tags: []string{"Costs"}}, s.conversationUsage)
	huma.Register(api, huma.Operation{OperationID: "usage", Method: http.MethodGet, Path: "/v1/usage",
		Summary: "What models were used for, day by day; also as text/csv", Tags: []string{"Costs"}}, s.dailyUsage)
}

func (s *Server) conversationUsage(ctx context.Context, in *conversationInput) (*usageOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if _, err := s.o.Records.Conversation(ctx, in.ID); err != nil {
		return nil, s.noted(err)
	}
	sums, err := s.o.Records.UsageOf(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &usageOutput{}
	out.Body.Items = append([]store.UsageSum{}, sums...)
	return out, nil
}

func (s *Server) dailyUsage(ctx context.Context, in *usageInput) (*usageDaysOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	last, err := day(in.To, s.o.Now().UTC().Truncate(24*time.Hour))
	if err != nil {
		return nil, invalid("query.to", "expected a date, as 2026-10-01", in.To)
	}
	first, err := day(in.From, last.AddDate(0, 0, 1-usageDays))
	if err != nil {
		return nil, invalid("query.from", "expected a date, as 2026-10-01", in.From)
	}
	if first.After(last) || last.Sub(first) > mostUsageDays*24*time.Hour {
		return nil, invalid("query.from", "expected a day before the last, and at most 400 before it", in.From)
	}
	days, err := s.o.Records.UsageByDay(ctx, first, last.AddDate(0, 0, 1))
	if err != nil {
		return nil, s.noted(err)
	}
	out := &usageDaysOutput{}
	out.Body.Items = append([]store.UsageDay{}, days...)
	return out, nil
}

// day reads a date; "" is otherwise.
func day(s string, otherwise time.Time) (time.Time, error) {
	if s == "" {
		return otherwise, nil
	}
	return time.Parse(time.DateOnly, s)
}
