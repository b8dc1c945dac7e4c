package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// Suggestion is what whoever has a conversation could say or do next. Nobody was sent it.
type Suggestion struct {
	To          dialog.TurnID     `json:"to,omitempty" doc:"the customer's message that it is for"`
	Text        string            `json:"text,omitempty" doc:"a reply that the knowledge carries; absent when it has none"`
	Citations   []dialog.Citation `json:"citations" doc:"what text rests on"`
	Gap         string            `json:"gap,omitempty" doc:"the customer's question, when the knowledge has no answer"`
	Procedure   *NextStep         `json:"procedure,omitempty"`
	Disclosures []desk.Due        `json:"disclosures" doc:"what the customer must be told and was not"`
}

// NextStep is how far a procedure is.
type NextStep struct {
	Name    string      `json:"name"`
	Title   string      `json:"title"`
	Running bool        `json:"running" doc:"the customer has begun it with the bot; else the words would begin it"`
	Say     string      `json:"say,omitempty" doc:"what to ask the customer next"`
	Stage   string      `json:"stage" doc:"what it waits for: asking, readback, confirming, waiting, verifying"`
	Slots   []KnownSlot `json:"slots"`
}

// KnownSlot is something that the customer has told.
type KnownSlot struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Sure  bool   `json:"sure,omitempty" doc:"read back, typed or confirmed"`
}

// Suggest drafts what could be said next in a conversation; words are what its customer is
// just saying, "" for the last message.
type Suggest func(ctx context.Context, id dialog.ConversationID, words string) (Suggestion, error)

type suggestInput struct {
	ID    dialog.ConversationID `path:"id" maxLength:"100"`
	Words string                `query:"words" maxLength:"2000" doc:"what the customer is just saying; without it: for the last message"`
}

type suggestOutput struct{ Body Suggestion }

// suggesting registers help for who has a conversation.
func (s *Server) suggesting(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "get-suggestion", Method: http.MethodGet, Path: "/v1/conversations/{id}/suggestion", Tags: []string{"Desk"},
		Summary: "What could be said next, with its sources; it is sent to nobody"}, s.suggestion)
}

func (s *Server) suggestion(ctx context.Context, in *suggestInput) (*suggestOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	if err := s.sees(ctx, *caller(ctx).user, in.ID); err != nil {
		return nil, err
	}
	x, err := s.o.Suggest(ctx, in.ID, in.Words)
	if err != nil {
		return nil, s.noted(err)
	}
	return &suggestOutput{x}, nil
}
