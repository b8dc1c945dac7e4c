package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog/store"
)

type meOutput struct{ Body userView }

type logoutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// me registers who one is, and the way out.
func (s *Server) me(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "me", Method: http.MethodGet, Path: "/v1/me", Summary: "Who is signed in"}, s.whoAmI)
	huma.Register(api, huma.Operation{OperationID: "logout", Method: http.MethodPost, Path: "/v1/logout", Summary: "Staff sign out",
		DefaultStatus: http.StatusNoContent}, s.logout)
}

func (s *Server) whoAmI(ctx context.Context, _ *struct{}) (*meOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	return &meOutput{viewUser(*caller(ctx).user)}, nil
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	if w := caller(ctx); w.user != nil {
		if err := s.o.Records.EndSession(ctx, w.token); err != nil {
			return nil, s.noted(err)
		}
		after(ctx, func(context.Context) { s.revoke(w.user.ID, false) })
	}
	return &logoutOutput{http.Cookie{Name: cookieName, Path: "/", HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteStrictMode, MaxAge: -1}}, nil
}
