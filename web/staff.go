package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

type loginInput struct {
	Body struct {
		Email    string `json:"email" maxLength:"200"`
		Password string `json:"password" maxLength:"200"`
	}
}

type loginOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		Token string   `json:"token"`
		User  userView `json:"user"`
	}
}

// staff registers the way in.
func (s *Server) staff(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "login", Method: http.MethodPost, Path: "/v1/login", Summary: "Staff sign in"}, s.login)
	huma.Register(api, huma.Operation{OperationID: "close-conversation", Method: http.MethodPost, Path: "/v1/conversations/{id}/close",
		Summary: "Done", DefaultStatus: http.StatusNoContent}, s.end)
}

type closeBody struct {
	Disposition string `json:"disposition,omitempty" maxLength:"100"`
	Note        string `json:"note,omitempty" maxLength:"4000"`
}

type closeInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body *closeBody
}

// end closes a conversation: nobody writes or calls in it any more.
func (s *Server) end(ctx context.Context, in *closeInput) (*struct{}, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	w := caller(ctx)
	if err := s.sees(ctx, *w.user, in.ID); err != nil {
		return nil, err
	}
	if in.Body == nil {
		in.Body = new(closeBody)
	}
	c, err := s.o.Records.Conversation(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	if in.Body.Disposition != "" && c.Agent == w.user.ID {
		if err := s.ended(ctx, *w.user, c, in.Body.Disposition, clean(in.Body.Note)); err != nil {
			return nil, err
		}
	}
	r, err := s.o.Records.CloseConversation(ctx, in.ID, store.Closing{Who: w.user.ID, Source: w.ip, Disposition: in.Body.Disposition, Note: clean(in.Body.Note)})
	if err != nil {
		return nil, s.noted(err)
	}
	after(ctx, func(ctx context.Context) {
		s.publish(ctx, r)
		s.post(ctx, in.ID, dialog.Close{Reason: "closed"})
		if err := s.o.Desk.Over(ctx, in.ID); err != nil {
			s.o.Logger.Warn("the desk is not told of an end", "conversation", in.ID, "err", err)
		}
		s.teach(ctx, in.ID, w.user.ID)
	})
	return nil, nil
}

func (s *Server) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	ip := caller(ctx).ip
	if wait := s.guessed.try(in.Body.Email, ip); wait > 0 {
		return nil, huma.ErrorWithHeaders(huma.Error429TooManyRequests("too many wrong passwords; please wait"),
			http.Header{"Retry-After": {strconv.Itoa(int(math.Ceil(wait.Seconds())))}})
	}
	token, u, err := s.o.Records.Login(ctx, in.Body.Email, in.Body.Password)
	if !errors.Is(err, store.ErrCredentials) {
		s.guessed.right(in.Body.Email, ip)
	} else {
		return nil, huma.Error401Unauthorized(err.Error())
	}
	if err != nil {
		return nil, s.noted(err)
	}
	if err := s.o.Records.Audit(ctx, u.ID, "login", ip, map[string]any{"email": u.Email}); err != nil {
		return nil, s.noted(err)
	}
	out := &loginOutput{SetCookie: s.sessionCookie(token)}
	out.Body.Token, out.Body.User = token, viewUser(u)
	return out, nil
}
