package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// Keys are what programs of the company prove themselves by; *store.Store keeps them.
type Keys interface {
	AddKey(ctx context.Context, name, role, creator string, expires time.Time) (k store.Key, token string, err error)
	Keys(ctx context.Context) ([]store.Key, error)
	DeleteKey(ctx context.Context, id string) error
	// ByKey gives the program of a token; an unknown or expired one is dialog.ErrNotFound.
	ByKey(ctx context.Context, token string) (store.User, error)
}

type keyView struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Role    string     `json:"role" enum:"agent,supervisor,admin"`
	Creator string     `json:"created_by,omitempty" doc:"user id"`
	Created time.Time  `json:"created_at"`
	Expires *time.Time `json:"expires_at,omitempty" doc:"absent: never"`
	Used    *time.Time `json:"used_at,omitempty" doc:"last, to the minute; absent: never"`
	Token   string     `json:"token,omitempty" doc:"the key itself, told once, when it is made: Authorization: Bearer …"`
}

func viewKey(k store.Key) keyView {
	return keyView{k.ID, k.Name, k.Role, k.Creator, time.UnixMicro(k.Created).UTC(), at(k.Expires), at(k.Used), ""}
}

type keysOutput struct {
	Body struct {
		Items []keyView `json:"items"`
	}
}

type newKeyInput struct {
	Body struct {
		Name    string     `json:"name" minLength:"1" maxLength:"100" doc:"which program it is for"`
		Role    string     `json:"role" enum:"agent,supervisor,admin" doc:"what the program may do"`
		Expires *time.Time `json:"expires_at,omitempty" doc:"absent: never"`
	}
}

type keyOutput struct{ Body keyView }

type keyInput struct {
	ID string `path:"id" maxLength:"100"`
}

// keys registers the programs' keys.
func (s *Server) keys(api huma.API) {
	const list = "/v1/keys"
	op := func(id, method, path, summary string, code int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: code, Tags: []string{"Staff"}}
	}
	huma.Register(api, op("list-keys", http.MethodGet, list, "The API keys of programs", 0), s.listKeys)
	huma.Register(api, op("add-key", http.MethodPost, list, "Make an API key for a program; its token is told once", http.StatusCreated), s.addKey)
	huma.Register(api, op("delete-key", http.MethodDelete, list+"/{id}", "End an API key at once", http.StatusNoContent), s.deleteKey)
}

// forPeople is what a program may not do, whatever its role: sit at the desk and take a
// customer over, and make keys, which would outlive its own.
var forPeople = map[string]bool{
	"set-presence": true, "force-presence": true, "accept-offer": true, "decline-offer": true, "join-transfer": true, "complete-transfer": true,
	"take-over": true, "add-key": true, "delete-key": true, "logout": true,
}

// peopleOnly refuses programs what is for people.
func peopleOnly(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if forPeople[ctx.Operation().OperationID] && caller(ctx.Context()).program {
			_ = huma.WriteErr(api, ctx, http.StatusForbidden, "a program may not do this; it is for people who are signed in")
			return
		}
		next(ctx)
	}
}

func (s *Server) listKeys(ctx context.Context, _ *struct{}) (*keysOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	ks, err := s.o.Records.Keys(ctx)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &keysOutput{}
	out.Body.Items = []keyView{}
	for _, k := range ks {
		out.Body.Items = append(out.Body.Items, viewKey(k))
	}
	return out, nil
}

func (s *Server) addKey(ctx context.Context, in *newKeyInput) (*keyOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	var expires time.Time
	if in.Body.Expires != nil {
		expires = *in.Body.Expires
	}
	k, token, err := s.o.Records.AddKey(ctx, in.Body.Name, in.Body.Role, caller(ctx).user.ID, expires)
	if errors.Is(err, store.ErrKey) {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	} else if err != nil {
		return nil, s.noted(err)
	}
	out := &keyOutput{viewKey(k)}
	out.Body.Token = token
	return out, s.did(ctx, "key.create", map[string]any{"key": k.ID, "name": k.Name, "role": k.Role})
}

func (s *Server) deleteKey(ctx context.Context, in *keyInput) (*struct{}, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	if err := s.o.Records.DeleteKey(ctx, in.ID); errors.Is(err, dialog.ErrNotFound) {
		return nil, huma.Error404NotFound("there is no such key")
	} else if err != nil {
		return nil, s.noted(err)
	}
	after(ctx, func(context.Context) { s.revoke(in.ID, false) })
	return nil, s.did(ctx, "key.delete", map[string]any{"key": in.ID})
}
