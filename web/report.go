package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/insight"
	"parley/dialog/store"
)

// Insight is what managers look back at; *insight.Insight is one.
type Insight interface {
	// Catch takes in what has happened until now, and makes the practice conversations.
	Catch(ctx context.Context, practice bool) error
	Zone() *time.Location
	Summary(ctx context.Context, p insight.Period) (insight.Summary, error)
	Satisfaction(ctx context.Context, p insight.Period) (insight.Satisfaction, error)
	Keywords(ctx context.Context, p insight.Period, word string) (insight.Keywords, error)
	Transfers(ctx context.Context, p insight.Period) (insight.Transfers, error)
	Latency(ctx context.Context, p insight.Period) (insight.Latency, error)
	Recommendations(ctx context.Context, p insight.Period) (insight.Recommendations, error)
	Behind(ctx context.Context, p insight.Period, w insight.Which) ([]insight.Talk, error)
	Reviews
	// Count and Export are of the rows that the reports count; insight.ErrNoExport.
	Count(ctx context.Context, what insight.Exported, p insight.Period) (int64, error)
	Export(ctx context.Context, what insight.Exported, p insight.Period, each func(row any) error) error
}

// ReportInput is what every report is asked for with.
type ReportInput struct {
	From     string `query:"from" maxLength:"40" doc:"the first day, or RFC 3339; absent: thirty days up to the last"`
	To       string `query:"to" maxLength:"40" doc:"the last day, or RFC 3339 before which; absent: now"`
	Practice bool   `query:"practice" doc:"of practice and generated conversations alone; else of none of them"`
	Via      string `query:"via" enum:"voice,chat" required:"false" doc:"absent: both"`
	Language string `query:"language" enum:"en,zh" required:"false" doc:"absent: all"`
	Table    string `query:"table" maxLength:"40" doc:"for text/csv: which of the answer's tables; absent: items, the figures"`
}

// ReportOf is what a report says of itself.
type ReportOf struct {
	From     time.Time `json:"from"`
	To       time.Time `json:"to" doc:"before this"`
	Zone     string    `json:"zone" doc:"of the days and hours"`
	Practice bool      `json:"practice"`
}

type (
	summaryOutput struct {
		Body struct {
			ReportOf
			insight.Summary
		}
	}
	satisfactionOutput struct {
		Body struct {
			ReportOf
			insight.Satisfaction
		}
	}
	keywordsOutput struct {
		Body struct {
			ReportOf
			insight.Keywords
		}
	}
	transfersOutput struct {
		Body struct {
			ReportOf
			insight.Transfers
		}
	}
	recommendationsOutput struct {
		Body struct {
			ReportOf
			insight.Recommendations
		}
	}
	latencyOutput struct {
		Body struct {
			ReportOf
			insight.Latency
		}
	}
)

type keywordsInput struct {
	ReportInput
	Word string `query:"word" maxLength:"100" doc:"whose days and hours are given"`
}

// reports registers what managers look back at.
func (s *Server) reports(api huma.API) {
	if s.o.Insight == nil {
		return
	}
	op := func(name, summary string) huma.Operation {
		return huma.Operation{OperationID: "report-" + name, Method: http.MethodGet, Path: "/v1/reports/" + name, Summary: summary + "; also as text/csv", Tags: []string{"Reports"}}
	}
	huma.Register(api, op("summary", "How it goes: resolution three ways, times, cost and return, each figure with its definition"), s.reportSummary)
	huma.Register(api, op("satisfaction", "What customers say of how they were served"), s.reportSatisfaction)
	huma.Register(api, op("keywords", "What customers speak of, when, and what is rising"), s.reportKeywords)
	huma.Register(api, op("transfers", "How conversations come to people, and how long it takes"), s.reportTransfers)
	huma.Register(api, op("latency", "How long customers wait for an answer, by stage"), s.reportLatency)
	if s.o.Shelf != nil {
		huma.Register(api, op("recommendations", "What customers were told of, and what became of it"), s.reportRecommendations)
	}
	s.quality(api)
	huma.Register(api, op("conversations", "The conversations behind a figure, the latest first"), s.reportConversations)
}

// mostReported is how many days a report is of at most.
const mostReported = 400

// period reads what a report is asked for, and takes in what has happened until now.
func (s *Server) period(ctx context.Context, in ReportInput) (p insight.Period, of ReportOf, err error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return p, of, err
	}
	zone, now := s.o.Insight.Zone(), s.o.Now()
	p = insight.Period{Scope: s.scope(*caller(ctx).user), Practice: in.Practice, Via: in.Via, Language: in.Language}
	if p.To, err = instant(in.To, zone, 1); err != nil {
		return p, of, invalid("query.to", "expected a date, as 2026-10-01, or a time, as 2026-10-01T00:00:00Z", in.To)
	}
	if in.To == "" {
		y, m, d := now.In(zone).Date()
		p.To = time.Date(y, m, d+1, 0, 0, 0, 0, zone)
	}
	if p.From, err = instant(in.From, zone, 0); err != nil {
		return p, of, invalid("query.from", "expected a date, as 2026-10-01, or a time, as 2026-10-01T00:00:00Z", in.From)
	}
	if in.From == "" {
		p.From = p.To.AddDate(0, 0, -usageDays)
	}
	if !p.From.Before(p.To) || p.To.Sub(p.From) > mostReported*24*time.Hour {
		return p, of, invalid("query.from", "expected a time before the end, and at most 400 days before it", in.From)
	}
	of = ReportOf{p.From.UTC(), p.To.UTC(), zone.String(), p.Practice}
	return p, of, s.noted(s.o.Insight.Catch(ctx, in.Practice))
}

// instant reads a date, of which it gives the beginning, days later; or a time.
func instant(text string, zone *time.Location, days int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t.AddDate(0, 0, days), nil
	}
	return time.Parse(time.RFC3339, text)
}

// openable completes where the conversations behind figures are listed.
func openable(figures []insight.Statistic, in ReportInput) {
	q := url.Values{}
	for name, v := range map[string]string{"from": in.From, "to": in.To, "via": in.Via, "language": in.Language} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if in.Practice {
		q.Set("practice", "true")
	}
	for i, f := range figures {
		if f.Behind != "" {
			q.Set("figure", f.Behind)
			figures[i].Behind = "/v1/reports/conversations?" + q.Encode()
		}
	}
}

func (s *Server) reportSummary(ctx context.Context, in *ReportInput) (*summaryOutput, error) {
	p, of, err := s.period(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &summaryOutput{}
	out.Body.ReportOf = of
	out.Body.Summary, err = s.o.Insight.Summary(ctx, p)
	openable(out.Body.Items, *in)
	return out, s.noted(err)
}

func (s *Server) reportSatisfaction(ctx context.Context, in *ReportInput) (*satisfactionOutput, error) {
	p, of, err := s.period(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &satisfactionOutput{}
	out.Body.ReportOf = of
	out.Body.Satisfaction, err = s.o.Insight.Satisfaction(ctx, p)
	openable(out.Body.Items, *in)
	s.named(out.Body.Agents)
	return out, s.noted(err)
}

func (s *Server) reportKeywords(ctx context.Context, in *keywordsInput) (*keywordsOutput, error) {
	p, of, err := s.period(ctx, in.ReportInput)
	if err != nil {
		return nil, err
	}
	out := &keywordsOutput{}
	out.Body.ReportOf = of
	out.Body.Keywords, err = s.o.Insight.Keywords(ctx, p, strings.ToLower(strings.TrimSpace(in.Word)))
	openable(out.Body.Items, in.ReportInput)
	return out, s.noted(err)
}

func (s *Server) reportTransfers(ctx context.Context, in *ReportInput) (*transfersOutput, error) {
	p, of, err := s.period(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &transfersOutput{}
	out.Body.ReportOf = of
	out.Body.Transfers, err = s.o.Insight.Transfers(ctx, p)
	openable(out.Body.Items, *in)
	s.named(out.Body.Agents)
	return out, s.noted(err)
}

func (s *Server) reportLatency(ctx context.Context, in *ReportInput) (*latencyOutput, error) {
	p, of, err := s.period(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &latencyOutput{}
	out.Body.ReportOf = of
	out.Body.Latency, err = s.o.Insight.Latency(ctx, p)
	openable(out.Body.Items, *in)
	return out, s.noted(err)
}

func (s *Server) reportRecommendations(ctx context.Context, in *ReportInput) (*recommendationsOutput, error) {
	p, of, err := s.period(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &recommendationsOutput{}
	out.Body.ReportOf = of
	out.Body.Recommendations, err = s.o.Insight.Recommendations(ctx, p)
	openable(out.Body.Items, *in)
	return out, s.noted(err)
}

// named adds the names of people who are still there.
func (s *Server) named(agents []insight.AgentWork) {
	for i, a := range agents {
		if p, ok := s.o.Desk.Me(a.Agent); ok {
			agents[i].Name = p.Name
		}
	}
}

type behindInput struct {
	ReportInput
	Figure  string `query:"figure" maxLength:"60" doc:"name of a figure of a report; absent: all conversations"`
	Others  bool   `query:"others" doc:"of a share: those that it is of, and that are not in it"`
	Matter  string `query:"matter" maxLength:"300"`
	Word    string `query:"word" maxLength:"100"`
	Agent   string `query:"agent" maxLength:"100" doc:"user id"`
	Queue   string `query:"queue" maxLength:"100"`
	Score   int64  `query:"score" minimum:"0" maximum:"5" doc:"a rating; 0: any"`
	Fault   string `query:"fault" maxLength:"60" doc:"that scoring has found in it"`
	Product string `query:"product" maxLength:"200" doc:"id of one that was recommended in it"`
	Weekday int    `query:"weekday" minimum:"0" maximum:"7" doc:"Monday is 1; 0: any"`
	Hour    int    `query:"hour" minimum:"-1" maximum:"23" default:"-1" doc:"of the company's zone; -1: any"`
	Cursor  string `query:"cursor" maxLength:"200"`
	Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type behindOutput struct {
	Body struct {
		Items []insight.Talk `json:"items"`
		Next  string         `json:"next,omitempty"`
	}
}

func (s *Server) reportConversations(ctx context.Context, in *behindInput) (*behindOutput, error) {
	p, _, err := s.period(ctx, in.ReportInput)
	if err != nil {
		return nil, err
	}
	w := insight.Which{Figure: insight.Name(in.Figure), Others: in.Others, Matter: in.Matter, Word: strings.ToLower(strings.TrimSpace(in.Word)), Agent: in.Agent, Queue: in.Queue,
		Score: in.Score, Fault: in.Fault, Product: in.Product, Weekday: in.Weekday, Limit: in.Limit + 1}
	if in.Hour >= 0 {
		w.Hour = &in.Hour
	}
	if in.Cursor != "" {
		at, id, _ := strings.Cut(in.Cursor, "_")
		if w.Before.Updated, err = strconv.ParseInt(at, 10, 64); err != nil || id == "" {
			return nil, invalid("query.cursor", "expected what next said", in.Cursor)
		}
		w.Before.ID = dialog.ConversationID(id)
	}
	talks, err := s.o.Insight.Behind(ctx, p, w)
	if errors.Is(err, insight.ErrUnknown) {
		return nil, invalid("query.figure", "expected the name of a figure of a report", in.Figure)
	}
	if err != nil {
		return nil, s.noted(err)
	}
	out := &behindOutput{}
	out.Body.Items = talks
	if len(talks) > in.Limit {
		last := talks[in.Limit-1]
		out.Body.Items, out.Body.Next = talks[:in.Limit], strconv.FormatInt(last.Began.UnixMicro(), 10)+"_"+string(last.Conversation)
	}
	return out, nil
}
