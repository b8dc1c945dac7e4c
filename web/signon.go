package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// SignOn is the company's own sign-in (OpenID Connect Core 1.0, code flow with PKCE).
type SignOn interface {
	// Begin gives the address where one of the staff proves who they are.
	Begin(ctx context.Context, redirect, state, nonce, verifier string) (string, error)
	// Finish gives who that was. An error that wraps ErrSignOn is the person's, not the provider's.
	Finish(ctx context.Context, redirect, code, nonce, verifier string) (SignedOn, error)
}

// ErrSignOn: the company's sign-in lets somebody not in.
var ErrSignOn = errors.New("sign-in")

// SignedOn is somebody who proved who they are.
type SignedOn struct {
	Email, Name string
	Role        string // "" leaves it as it is
	Create      bool   // whoever is not known yet becomes an agent, or what Role says
}

const (
	signOnPath   = "/v1/login/oidc"
	signOnCookie = "parley_oidc"
	signOnTime   = 10 * time.Minute // somebody may take to prove who they are
)

type signOnInput struct {
	To string `query:"to" maxLength:"200" default:"/desk" doc:"the page to come back to"`
}

type signOnDone struct {
	Code   string `query:"code" maxLength:"2000"`
	State  string `query:"state" maxLength:"200"`
	Error  string `query:"error" maxLength:"200"`
	Cookie string `cookie:"parley_oidc"`
}

type signOnOutput struct {
	Location  string        `header:"Location"`
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// signOn registers the company's sign-in, when there is one.
func (s *Server) signOn(api huma.API) {
	if s.o.SignOn == nil {
		return
	}
	huma.Register(api, huma.Operation{OperationID: "login-oidc", Method: http.MethodGet, Path: signOnPath, DefaultStatus: http.StatusFound,
		Summary: "Staff sign in with the company's own account: a browser is sent there"}, s.beginSignOn)
	huma.Register(api, huma.Operation{OperationID: "login-oidc-done", Method: http.MethodGet, Path: signOnPath + "/callback", DefaultStatus: http.StatusFound,
		Summary: "Where the company's sign-in sends the browser back; sets the session's cookie"}, s.endSignOn)
}

func (s *Server) beginSignOn(ctx context.Context, in *signOnInput) (*signOnOutput, error) {
	state, nonce, verifier := rand.Text(), rand.Text(), rand.Text()+rand.Text() // 43 to 128 characters, RFC 7636 section 4.1
	to, err := s.o.SignOn.Begin(ctx, s.callback(ctx), state, nonce, verifier)
	if err != nil {
		s.o.Logger.Warn("the company's sign-in is not reached", "err", err)
		return nil, huma.Error503ServiceUnavailable("the company's sign-in does not answer; sign in with your password, or try again later")
	}
	c := s.signOnCookie(strings.Join([]string{state, nonce, verifier, url.QueryEscape(local(in.To))}, "."))
	return &signOnOutput{Location: to, SetCookie: []http.Cookie{c}}, nil
}

// endSignOn lets in who was proved. Whatever goes wrong ends on the page where one signs in,
// which says so.
func (s *Server) endSignOn(ctx context.Context, in *signOnDone) (*signOnOutput, error) {
	gone := s.signOnCookie("")
	gone.MaxAge = -1
	out := &signOnOutput{SetCookie: []http.Cookie{gone}}
	parts := strings.Split(in.Cookie, ".")
	if len(parts) != 4 || subtle.ConstantTimeCompare([]byte(parts[0]), []byte(in.State)) != 1 {
		out.Location = "/desk?signin=expired"
		return out, nil
	}
	to, _ := url.QueryUnescape(parts[3])
	to = local(to)
	why, token, err := s.letIn(ctx, in, parts[1], parts[2])
	if err != nil {
		return nil, s.noted(err)
	}
	if why != "" {
		out.Location = to + "?signin=" + why
		return out, nil
	}
	out.Location, out.SetCookie = to, append(out.SetCookie, s.sessionCookie(token))
	return out, nil
}

// letIn gives a session's token, or why there is none.
func (s *Server) letIn(ctx context.Context, in *signOnDone, nonce, verifier string) (why, token string, err error) {
	if in.Error != "" || in.Code == "" { // RFC 6749 section 4.1.2.1
		return "refused", "", nil
	}
	who, err := s.o.SignOn.Finish(ctx, s.callback(ctx), in.Code, nonce, verifier)
	if errors.Is(err, ErrSignOn) {
		s.o.Logger.Warn("the company's sign-in lets somebody not in", "err", err)
		return "refused", "", nil
	}
	if err != nil {
		s.o.Logger.Warn("the company's sign-in failed", "err", err)
		return "failed", "", nil
	}
	token, u, before, err := s.o.Records.Enter(ctx, who.Email, who.Name, who.Role, who.Create)
	if errors.Is(err, dialog.ErrNotFound) {
		return "unknown", "", nil
	}
	if err != nil {
		return "", "", err
	}
	if err := s.o.Records.Audit(ctx, u.ID, "login", caller(ctx).ip, map[string]any{"email": u.Email, "by": "oidc", "role": u.Role, "before": before}); err != nil {
		return "", "", err
	}
	if u.Role != before {
		s.o.Desk.Changed("")
		if u.Role == store.Agent {
			s.revoke(u.ID, true)
		}
	}
	return "", token, nil
}

// local is the path of a page of ours, whatever was asked for.
func local(to string) string {
	for _, page := range []string{"/desk", "/supervisor", "/supervisor/insight", "/admin"} {
		if to == page {
			return to
		}
	}
	return "/desk"
}

// callback is where the browser comes back to, by the name under which it reached us.
func (s *Server) callback(ctx context.Context) string {
	if s.o.PublicURL != "" {
		return strings.TrimRight(s.o.PublicURL, "/") + signOnPath + "/callback"
	}
	scheme := "http"
	if s.o.Secure {
		scheme = "https"
	}
	return scheme + "://" + caller(ctx).host + signOnPath + "/callback"
}

// signOnCookie is what a browser brings back from the company's sign-in. That is another site's
// navigation, so that SameSite cannot be strict.
func (s *Server) signOnCookie(value string) http.Cookie {
	return http.Cookie{Name: signOnCookie, Value: value, Path: signOnPath, HttpOnly: true, Secure: s.o.Secure, SameSite: http.SameSiteLaxMode,
		MaxAge: int(signOnTime / time.Second)}
}

// sessionCookie holds a session for as long as it lasts.
func (s *Server) sessionCookie(token string) http.Cookie {
	return http.Cookie{Name: cookieName, Value: token, Path: "/", HttpOnly: true, Secure: s.o.Secure,
		SameSite: http.SameSiteStrictMode, MaxAge: int(store.SessionLife / time.Second)}
}
