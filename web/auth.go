package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// who is behind a request: a conversation's customer, one of the staff, or nobody.
type who struct {
	token        string
	conversation dialog.ConversationID
	locale       string
	user         *store.User
	ip           string
}

type whoKey struct{}

func caller(ctx context.Context) who {
	w, _ := ctx.Value(whoKey{}).(who)
	return w
}

// cookieName holds a staff session.
const cookieName = "parley"

// identify finds out who asks. A token that opens nothing is nobody; what needs
// somebody refuses then.
func (s *Server) identify(r *http.Request) who {
	w := who{ip: remoteIP(r), token: bearer(r)}
	staffCookie := false
	if w.token == "" {
		if c, err := r.Cookie(cookieName); err == nil {
			w.token, staffCookie = c.Value, true
		}
	}
	if w.token == "" || len(w.token) > 200 {
		return w
	}
	if !staffCookie {
		if c, err := s.o.Records.ByToken(r.Context(), w.token); err == nil {
			w.conversation, w.locale = c.ID, c.Locale
			return w
		}
	}
	if u, err := s.o.Records.Session(r.Context(), w.token); err == nil {
		w.user = &u
	}
	return w
}

// bearer is the token of a request: header, WebSocket subprotocol, or query.
func bearer(r *http.Request) string {
	if t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(t)
	}
	for _, p := range strings.Split(r.Header.Get("Sec-WebSocket-Protocol"), ",") {
		if t, ok := strings.CutPrefix(strings.TrimSpace(p), "bearer."); ok {
			return t
		}
	}
	if r.Header.Get("Upgrade") != "" {
		return r.URL.Query().Get("token")
	}
	return ""
}

func remoteIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// may reports whether the caller may see a conversation: its own, or as staff any.
func (s *Server) may(ctx context.Context, id dialog.ConversationID) error {
	w := caller(ctx)
	switch {
	case w.user != nil, w.conversation != "" && w.conversation == id:
		return nil
	case w.conversation == "":
		return huma.Error401Unauthorized("a conversation's token is needed: Authorization: Bearer …")
	}
	// A stranger's token learns not even whether the conversation is there.
	return huma.Error403Forbidden("this token opens another conversation")
}

// mayCall is may of a call's conversation.
func (s *Server) mayCall(ctx context.Context, id dialog.CallID) (store.Call, error) {
	if w := caller(ctx); w.user == nil && w.conversation == "" {
		return store.Call{}, huma.Error401Unauthorized("a conversation's token is needed: Authorization: Bearer …")
	}
	c, err := s.o.Records.Call(ctx, id)
	if err != nil {
		return c, problem(err)
	}
	return c, s.may(ctx, c.Conversation)
}

// problem turns an error into its problem document.
func problem(err error) error {
	var already huma.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already):
		return err
	case errors.Is(err, dialog.ErrNotFound):
		return huma.Error404NotFound(err.Error())
	case errors.Is(err, dialog.ErrClosed):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, dialog.ErrConflict):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, ErrBusy):
		return huma.Error503ServiceUnavailable("all lines are taken; please try again in a moment")
	case errors.Is(err, ErrTooMany):
		return huma.Error429TooManyRequests(err.Error())
	case errors.Is(err, ErrBadSDP):
		return huma.Error400BadRequest(err.Error())
	case errors.Is(err, ErrNoAudio), errors.Is(err, ErrNoCodec):
		return huma.Error422UnprocessableEntity(err.Error())
	case errors.Is(err, ErrNoMatch):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return huma.Error503ServiceUnavailable("the request took too long")
	}
	return huma.Error500InternalServerError("something went wrong here; it has been noted")
}

// verified checks a customer's signed id: hex HMAC-SHA256 of "id.expires" with
// the site's secret.
func (s *Server) verified(site, id string, expires int64, signature string) error {
	for _, known := range s.o.Sites {
		if known.Key != site || known.Secret == "" {
			continue
		}
		m := hmac.New(sha256.New, []byte(known.Secret))
		m.Write([]byte(id + "." + strconv.FormatInt(expires, 10)))
		given, err := hex.DecodeString(signature)
		if err == nil && hmac.Equal(m.Sum(nil), given) && s.o.Now().Before(time.Unix(expires, 0)) {
			return nil
		}
	}
	return huma.Error401Unauthorized("the customer's signature is wrong or has expired")
}
