package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
)

type postInput struct {
	ID             dialog.ConversationID `path:"id" maxLength:"100"`
	IdempotencyKey string                `header:"Idempotency-Key" maxLength:"200" doc:"the same key again gives the first answer"` // see once
	Body           struct {
		Text     string   `json:"text" minLength:"1" maxLength:"8000"`
		Private  bool     `json:"private,omitempty" doc:"staff: a note that no customer sees"`
		Mentions []string `json:"mentions,omitempty" maxItems:"20" doc:"of a note: user ids of colleagues whom it calls, who may see the conversation by it"`
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
	ID     dialog.ConversationID `path:"id" maxLength:"100"`
	After  int64                 `query:"after" minimum:"0"`
	Cursor int64                 `query:"cursor" minimum:"0" doc:"what next said; the later of after and cursor counts"`
	Limit  int                   `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

type listOutput struct {
	Body struct {
		Items []message `json:"items"`
		Next  string    `json:"next,omitempty" doc:"pass as cursor; absent at the end"`
	}
}

// written is what a message may come as besides JSON.
var written = &huma.MediaType{Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{
	"text": {Type: "string"}, "image": {Type: "array", Items: &huma.Schema{Type: "string", Format: "binary"}, Description: "JPEG, PNG, GIF or WebP, up to 6, at most 40 MB together"}}}}

// messages registers what is written and read.
func (s *Server) messages(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "post-message", Method: http.MethodPost, Path: "/v1/conversations/{id}/messages",
		Summary: "Write: words, or as a form with up to 6 pictures", DefaultStatus: http.StatusAccepted}, s.message)
	api.OpenAPI().Paths["/v1/conversations/{id}/messages"].Post.RequestBody.Content["multipart/form-data"] = written // see pictures
	huma.Register(api, huma.Operation{OperationID: "list-messages", Method: http.MethodGet, Path: "/v1/conversations/{id}/messages",
		Summary: "What was said so far"}, s.list)
}

func (s *Server) message(ctx context.Context, in *postInput) (*postOutput, error) {
	if err := s.may(ctx, in.ID); err != nil {
		return nil, err
	}
	text := strings.TrimSpace(in.Body.Text)
	if text == "" {
		return nil, huma.Error422UnprocessableEntity("the message is empty", &huma.ErrorDetail{Location: "body.text", Message: "expected text"})
	}
	if caller(ctx).user != nil {
		return s.reply(ctx, in.ID, in.IdempotencyKey, text, in.Body.Private, in.Body.Mentions)
	}
	if in.Body.Private {
		return nil, invalid("body.private", "notes are the staff's", true)
	}
	return s.write(ctx, in.ID, in.IdempotencyKey, text, nil)
}

// write keeps a message, shows it, and wakes the conversation when it is its customer's:
// with pictures, when they have been read. key is what it was posted with, or "".
func (s *Server) write(ctx context.Context, id dialog.ConversationID, key, text string, pictures Taken) (*postOutput, error) {
	who := caller(ctx)
	text, sealed, removed := s.spare(ctx, id, text)
	t := dialog.Turn{ID: dialog.TurnID("m_" + rand.Text()), From: dialog.Customer, Via: dialog.ViaChat, Text: text, Language: who.locale, Sealed: sealed}
	if pictures != nil {
		t.Images = pictures.Images()
	}
	data := t.Data()
	data.Key = key
	b, err := json.Marshal(data)
	if err != nil {
		return nil, s.noted(err)
	}
	recs := []dialog.Record{{Type: dialog.MessageCreated, Data: b}}
	if removed {
		note, err := s.removal(text, who.locale)
		if err != nil {
			return nil, s.noted(err)
		}
		recs = append(recs, note)
	}
	rs, err := s.o.Records.Keep(ctx, id, 0, nil, func(ctx context.Context) error {
		if pictures == nil {
			return nil
		}
		return pictures.Keep(ctx, t.ID)
	}, recs...)
	if err != nil {
		return nil, s.noted(err)
	}
	t.At = rs[0].At
	after(ctx, func(ctx context.Context) {
		for _, r := range rs {
			s.publish(ctx, r)
		}
		// The message is kept: whatever happens from here on, it was accepted.
		if who.locale != "" {
			s.post(ctx, id, dialog.Opened{Via: dialog.ViaChat, Language: who.locale})
		}
		if len(t.Images) > 0 {
			s.o.Pictures.Look(id, t)
			return
		}
		s.post(ctx, id, dialog.Said{Turn: t})
	})
	return &postOutput{Body: message{Seq: rs[0].Seq, MessageData: data}}, nil
}

func (s *Server) publish(ctx context.Context, r dialog.Record) {
	if err := s.o.Bus.Publish(ctx, r); err != nil {
		s.o.Logger.Warn("event not published", "conversation", r.Conversation, "type", r.Type, "err", err)
	}
}

func (s *Server) post(ctx context.Context, id dialog.ConversationID, e dialog.Event) {
	if err := s.o.Hub.Post(ctx, id, e); err != nil {
		s.o.Logger.Warn("conversation not woken", "conversation", id, "err", err)
	}
}

func (s *Server) list(ctx context.Context, in *listInput) (*listOutput, error) {
	if err := s.may(ctx, in.ID); err != nil {
		return nil, err
	}
	if _, err := s.o.Records.Conversation(ctx, in.ID); err != nil {
		return nil, s.noted(err)
	}
	out := &listOutput{}
	out.Body.Items = []message{}
	customers := caller(ctx).user == nil
	for after := max(in.After, in.Cursor); ; {
		rs, err := s.o.Records.Since(ctx, in.ID, after, 500)
		if err != nil {
			return nil, s.noted(err)
		}
		for _, r := range rs {
			var m message
			if r.Type != dialog.MessageCreated && (customers || r.Type != dialog.NoteCreated) || json.Unmarshal(r.Data, &m.MessageData) != nil {
				after = r.Seq
				continue
			}
			if len(out.Body.Items) == in.Limit {
				out.Body.Next = strconv.FormatInt(after, 10)
				return out, nil
			}
			after, m.Seq = r.Seq, r.Seq
			out.Body.Items = append(out.Body.Items, m)
		}
		if len(rs) < 500 {
			return out, nil
		}
	}
}
