package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

type gapView struct {
	ID            string                  `json:"id"`
	Question      string                  `json:"question"`
	Language      string                  `json:"language"`
	Count         int                     `json:"count"`
	LastAt        time.Time               `json:"last_at"`
	Conversations []dialog.ConversationID `json:"conversations"`
}

type gapsOutput struct {
	Body struct {
		Items []gapView `json:"items"`
	}
}

type phrasingView struct {
	ID       string    `json:"id"`
	Document string    `json:"document"`
	Passage  string    `json:"passage"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	From     string    `json:"from" doc:"conversation or model"`
	At       time.Time `json:"at"`
}

type phrasingsOutput struct {
	Body struct {
		Items []phrasingView `json:"items"`
		Next  string         `json:"next,omitempty"`
	}
}

// learning registers gaps and phrasings.
func (s *Server) learning(api huma.API, op operation) {
	huma.Register(api, op("list-gaps", http.MethodGet, "/v1/knowledge/gaps", "Questions that found no answer, grouped and counted", 0), s.gaps)
	huma.Register(api, op("close-gap", http.MethodPost, "/v1/knowledge/gaps/{id}/close", "Take a question off the list", http.StatusNoContent), s.closeGap)
	huma.Register(api, op("list-answers", http.MethodGet, "/v1/knowledge/answers", "Supervisors: what people told customers whom the bot could not answer, for approval", 0), s.answers)
	huma.Register(api, op("approve-answer", http.MethodPost, "/v1/knowledge/answers/{id}/approve", "Publish it, worded as you like", http.StatusNoContent), s.approveAnswer)
	huma.Register(api, op("reject-answer", http.MethodPost, "/v1/knowledge/answers/{id}/reject", "Forget it", http.StatusNoContent),
		func(ctx context.Context, in *documentID) (*struct{}, error) {
			return s.decide(ctx, in.ID, "answer.reject", s.o.Knowledge.RejectAnswer)
		})
	huma.Register(api, op("list-phrasings", http.MethodGet, "/v1/knowledge/phrasings", "Ways to ask that wait for approval", 0), s.phrasings)
	huma.Register(api, op("approve-phrasing", http.MethodPost, "/v1/knowledge/phrasings/{id}/approve", "Let it find its passage", http.StatusNoContent),
		func(ctx context.Context, in *documentID) (*struct{}, error) {
			return s.decide(ctx, in.ID, "phrasing.approve", s.o.Knowledge.Approve)
		})
	huma.Register(api, op("reject-phrasing", http.MethodPost, "/v1/knowledge/phrasings/{id}/reject", "Forget it", http.StatusNoContent),
		func(ctx context.Context, in *documentID) (*struct{}, error) {
			return s.decide(ctx, in.ID, "phrasing.reject", s.o.Knowledge.Reject)
		})
	write := op("write-phrasings", http.MethodPost, "/v1/knowledge/documents/{id}/phrasings", "Let the chat model propose ways to ask, in the background", http.StatusAccepted)
	huma.Register(api, write, s.writePhrasings)
}

func (s *Server) gaps(ctx context.Context, _ *struct{}) (*gapsOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	gs, err := s.o.Knowledge.Gaps(ctx)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &gapsOutput{}
	out.Body.Items = make([]gapView, len(gs))
	for i, g := range gs {
		out.Body.Items[i] = gapView{g.ID, g.Question, g.Language, g.Count, g.Last, g.Conversations}
	}
	return out, nil
}

type taughtView struct {
	ID           string                `json:"id"`
	Question     string                `json:"question"`
	Answer       string                `json:"answer"`
	Language     string                `json:"language,omitempty"`
	Agent        string                `json:"agent,omitempty" doc:"user id of who said it"`
	Conversation dialog.ConversationID `json:"conversation"`
	At           time.Time             `json:"at"`
}

type taughtOutput struct {
	Body struct {
		Items []taughtView `json:"items"`
	}
}

type approveInput struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Question string `json:"question" minLength:"1" maxLength:"500"`
		Answer   string `json:"answer" minLength:"1" maxLength:"8000"`
	}
}

func (s *Server) answers(ctx context.Context, _ *struct{}) (*taughtOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	as, err := s.o.Knowledge.Answers(ctx)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &taughtOutput{}
	out.Body.Items = []taughtView{}
	for _, a := range as {
		out.Body.Items = append(out.Body.Items, taughtView{a.ID, a.Question, a.Answer, a.Language, a.Agent, a.Conversation, a.At})
	}
	return out, nil
}

func (s *Server) approveAnswer(ctx context.Context, in *approveInput) (*struct{}, error) {
	return s.decide(ctx, in.ID, "answer.approve", func(ctx context.Context, id, who string) error {
		_, err := s.o.Knowledge.ApproveAnswer(ctx, id, in.Body.Question, in.Body.Answer, who)
		return err
	})
}

// teach looks whether a person answered what the bot could not.
func (s *Server) teach(ctx context.Context, id dialog.ConversationID, agent string) {
	if s.o.Knowledge == nil {
		return
	}
	if err := s.o.Knowledge.ProposeAnswers(ctx, id, agent); err != nil {
		s.o.Logger.Warn("answers of people are not proposed", "conversation", id, "err", err)
	}
}

func (s *Server) closeGap(ctx context.Context, in *documentID) (*struct{}, error) {
	return s.decide(ctx, in.ID, "gap.close", func(ctx context.Context, id, _ string) error { return s.o.Knowledge.CloseGap(ctx, id) })
}

func (s *Server) phrasings(ctx context.Context, in *documentsInput) (*phrasingsOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	ps, err := s.o.Knowledge.Proposals(ctx, in.Cursor, in.Limit+1)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &phrasingsOutput{}
	out.Body.Items = []phrasingView{}
	for i, p := range ps {
		if i == in.Limit {
			out.Body.Next = ps[i-1].ID
			break
		}
		out.Body.Items = append(out.Body.Items, phrasingView{p.ID, p.Document, p.Passage, p.Title, p.Text, p.From, p.At})
	}
	return out, nil
}

func (s *Server) decide(ctx context.Context, id, what string, do func(ctx context.Context, id, who string) error) (*struct{}, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if err := do(ctx, id, caller(ctx).user.ID); err != nil {
		return nil, s.trouble(err)
	}
	return nil, s.audited(ctx, what, map[string]any{"id": id})
}

func (s *Server) writePhrasings(ctx context.Context, in *documentID) (*struct{}, error) {
	return s.decide(ctx, in.ID, "phrasing.write", func(ctx context.Context, id, _ string) error { return s.o.Knowledge.Write(ctx, id) })
}
