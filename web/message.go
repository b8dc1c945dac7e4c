package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

type postInput struct {
	ID             dialog.ConversationID `path:"id" maxLength:"100"`
	IdempotencyKey string                `header:"Idempotency-Key" maxLength:"200" doc:"the same key again gives the first answer"`
	Body           struct {
		Text string `json:"text" minLength:"1" maxLength:"8000"`
	}
}

type postOutput struct {
	Body message
}

// message is a stored turn.
type message struct {
	Seq int64 `json:"seq"`
	dialog.MessageData
}

type listInput struct {
	ID    dialog.ConversationID `path:"id" maxLength:"100"`
	After int64                 `query:"after" minimum:"0"`
	Limit int                   `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

type listOutput struct {
	Body struct {
		Items []message `json:"items"`
		Next  string    `json:"next,omitempty" doc:"pass as after; absent at the end"`
	}
}

// messages registers what is written and read.
func (s *Server) messages(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "post-message", Method: http.MethodPost, Path: "/v1/conversations/{id}/messages",
		Summary: "Write", DefaultStatus: http.StatusAccepted}, s.post)
	huma.Register(api, huma.Operation{OperationID: "list-messages", Method: http.MethodGet, Path: "/v1/conversations/{id}/messages",
		Summary: "What was said so far"}, s.list)
}

func (s *Server) post(ctx context.Context, in *postInput) (*postOutput, error) {
	if err := s.may(ctx, in.ID); err != nil {
		return nil, err
	}
	text := strings.TrimSpace(in.Body.Text)
	if text == "" {
		return nil, huma.Error422UnprocessableEntity("the message is empty", &huma.ErrorDetail{Location: "body.text", Message: "expected text"})
	}
	if in.IdempotencyKey == "" {
		return s.write(ctx, in.ID, text)
	}
	key := caller(ctx).token + " messages " + string(in.ID) + " " + in.IdempotencyKey
	before, err := s.o.Records.Begin(ctx, key, text)
	switch {
	case errors.Is(err, store.ErrRunning):
		return nil, huma.Error409Conflict(err.Error())
	case errors.Is(err, dialog.ErrConflict):
		return nil, huma.Error422UnprocessableEntity("this Idempotency-Key was used for another message")
	case err != nil:
		return nil, s.noted(err)
	case before != nil:
		out := &postOutput{}
		return out, json.Unmarshal([]byte(before.Body), &out.Body)
	}
	out, err := s.write(ctx, in.ID, text)
	status, body := 0, ""
	if err == nil {
		b, e := json.Marshal(out.Body)
		if e != nil {
			return nil, s.noted(e)
		}
		status, body = http.StatusAccepted, string(b)
	}
	if e := s.o.Records.Finish(context.WithoutCancel(ctx), key, status, body); e != nil {
		return nil, s.noted(e)
	}
	return out, err
}

// write keeps a customer's message, shows it, and wakes the conversation.
func (s *Server) write(ctx context.Context, id dialog.ConversationID, text string) (*postOutput, error) {
	t := dialog.Turn{ID: dialog.TurnID("m_" + rand.Text()), From: dialog.Customer, Via: dialog.ViaChat, Text: text, Language: caller(ctx).locale}
	b, err := json.Marshal(t.Data())
	if err != nil {
		return nil, s.noted(err)
	}
	rs, err := s.o.Records.Append(ctx, id, 0, dialog.Record{Type: dialog.MessageCreated, Data: b})
	if err != nil {
		return nil, s.noted(err)
	}
	t.At = rs[0].At
	if err := s.o.Bus.Publish(ctx, rs[0]); err != nil {
		s.o.Logger.Warn("message not published", "conversation", id, "err", err)
	}
	if l := caller(ctx).locale; l != "" {
		if err := s.o.Hub.Post(ctx, id, dialog.Opened{Via: dialog.ViaChat, Language: l}); err != nil {
			return nil, s.noted(err)
		}
	}
	if err := s.o.Hub.Post(ctx, id, dialog.Said{Turn: t}); err != nil {
		return nil, s.noted(err)
	}
	return &postOutput{Body: message{Seq: rs[0].Seq, MessageData: t.Data()}}, nil
}

func (s *Server) list(ctx context.Context, in *listInput) (*listOutput, error) {
	if err := s.may(ctx, in.ID); err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items = []message{}
	after := in.After
	for len(out.Body.Items) < in.Limit {
		rs, err := s.o.Records.Since(ctx, in.ID, after, 500)
		if err != nil {
			return nil, s.noted(err)
		}
		for _, r := range rs {
			if len(out.Body.Items) == in.Limit {
				break
			}
			after = r.Seq
			var m message
			if r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m.MessageData) == nil {
				m.Seq = r.Seq
				out.Body.Items = append(out.Body.Items, m)
			}
		}
		if len(rs) < 500 {
			break
		}
	}
	return out, nil
}
