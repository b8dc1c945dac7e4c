package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/insight"
	"parley/dialog/store"
)

// Reviews are the scores of conversations; *insight.Insight has them.
type Reviews interface {
	Quality(ctx context.Context, p insight.Period) (insight.Quality, error)
	Review(ctx context.Context, id dialog.ConversationID) (insight.Review, error)
	Overrule(ctx context.Context, id dialog.ConversationID, c insight.Criterion, score int64, who, note string) error
	Rubric(ctx context.Context) (insight.Rubric, int64, error)
	Preview(ctx context.Context, id dialog.ConversationID, r insight.Rubric) (insight.Review, error)
	PutRubric(ctx context.Context, who string, based int64, r insight.Rubric) (version int64, err error)
}

type qualityOutput struct {
	Body struct {
		ReportOf
		insight.Quality
	}
}

type reviewOutput struct{ Body insight.Review }

type overruleInput struct {
	ID        dialog.ConversationID `path:"id" maxLength:"100"`
	Criterion insight.Criterion     `path:"criterion" enum:"greeting,understanding,correctness,tone,resolution,compliance"`
	Body      struct {
		Score int64  `json:"score" minimum:"0" maximum:"100" doc:"the same as before: the fault is upheld"`
		Note  string `json:"note" minLength:"1" maxLength:"500" doc:"why"`
	}
}

// rubricBody is the rubric with its version.
type rubricBody struct {
	Version int64 `json:"version" doc:"of a change: the version that it is based on"`
	insight.Rubric
}

type rubricOutput struct{ Body rubricBody }

type rubricInput struct{ Body rubricBody }

type previewInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body insight.Rubric
}

// quality registers the scores of conversations.
func (s *Server) quality(api huma.API) {
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"Reports"}}
	}
	huma.Register(api, op("report-quality", http.MethodGet, "/v1/reports/quality", "How well conversations went by the rubric; also as text/csv"), s.reportQuality)
	huma.Register(api, op("review", http.MethodGet, "/v1/conversations/{id}/quality", "A conversation's score, each criterion with the turn that shows it"), s.review)
	huma.Register(api, op("overrule", http.MethodPut, "/v1/conversations/{id}/quality/{criterion}", "Overrule a score, or uphold it: what people say of a fault decides how much it costs"), s.overrule)
	huma.Register(api, op("rubric", http.MethodGet, "/v1/quality/rubric", "What conversations are scored by"), s.rubric)
	huma.Register(api, op("preview-rubric", http.MethodPost, "/v1/conversations/{id}/quality/preview", "The score that a conversation would have by a rubric; nothing is kept"), s.previewRubric)
	huma.Register(api, op("put-rubric", http.MethodPut, "/v1/quality/rubric", "Change it; conversations that are closed from then on are scored by it"), s.putRubric)
}

func (s *Server) reportQuality(ctx context.Context, in *ReportInput) (*qualityOutput, error) {
	p, of, err := s.period(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := &qualityOutput{}
	out.Body.ReportOf = of
	out.Body.Quality, err = s.o.Insight.Quality(ctx, p)
	for i, a := range out.Body.Agents {
		if p, ok := s.o.Desk.Me(a.Agent); ok {
			out.Body.Agents[i].Name = p.Name
		}
	}
	return out, s.noted(err)
}

func (s *Server) review(ctx context.Context, in *conversationInput) (*reviewOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if _, err := s.o.Records.Conversation(ctx, in.ID); err != nil {
		return nil, s.noted(err)
	}
	if err := s.o.Insight.Catch(ctx, false); err != nil {
		return nil, s.noted(err)
	}
	r, err := s.o.Insight.Review(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	return &reviewOutput{r}, nil
}

func (s *Server) overrule(ctx context.Context, in *overruleInput) (*reviewOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	note := clean(strings.TrimSpace(in.Body.Note))
	if note == "" {
		return nil, invalid("body.note", "expected why", in.Body.Note)
	}
	if err := s.o.Insight.Overrule(ctx, in.ID, in.Criterion, in.Body.Score, caller(ctx).user.ID, note); err != nil {
		return nil, s.noted(err)
	}
	if err := s.did(ctx, "quality.overrule", map[string]any{"conversation": in.ID, "criterion": in.Criterion, "score": in.Body.Score}); err != nil {
		return nil, err
	}
	return s.review(ctx, &conversationInput{in.ID})
}

func (s *Server) rubric(ctx context.Context, _ *struct{}) (*rubricOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	r, version, err := s.o.Insight.Rubric(ctx)
	if err != nil {
		return nil, s.noted(err)
	}
	return &rubricOutput{rubricBody{version, r}}, nil
}

func (s *Server) previewRubric(ctx context.Context, in *previewInput) (*reviewOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if field, expected := in.Body.Check(); field != "" {
		return nil, invalid("body."+field, "expected "+expected, "")
	}
	r, err := s.o.Insight.Preview(ctx, in.ID, in.Body)
	if err != nil {
		return nil, s.noted(err)
	}
	return &reviewOutput{r}, nil
}

func (s *Server) putRubric(ctx context.Context, in *rubricInput) (*rubricOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if field, expected := in.Body.Rubric.Check(); field != "" {
		b, _ := json.Marshal(in.Body.Rubric) // it was decoded from JSON
		return nil, invalid("body."+field, "expected "+expected, string(b))
	}
	version, err := s.o.Insight.PutRubric(ctx, caller(ctx).user.ID, in.Body.Version, in.Body.Rubric)
	if err != nil {
		return nil, s.noted(err)
	}
	if err := s.did(ctx, "quality.rubric", map[string]any{"version": version}); err != nil {
		return nil, err
	}
	return &rubricOutput{rubricBody{version, in.Body.Rubric}}, nil
}
