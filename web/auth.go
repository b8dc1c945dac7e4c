package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// who is behind a request: a conversation's customer, one of the staff, a program of the
// company, or nobody.
type who struct {
	token        string
	conversation dialog.ConversationID
	locale       string
	user         *store.User // a program is one as well
	program      bool
	ip           string
	host         string // by which we were reached
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
	w := who{ip: remoteIP(r), host: r.Host, token: bearer(r)}
	staffCookie := false
	// A site's page may be of the same site as this server (RFC 6265bis section 5.2), so that
	// its browser sends the cookie with what the page asks: it counts for our own pages alone.
	if o := r.Header.Get("Origin"); w.token == "" && (o == "" || s.ours(r, o)) {
		if c, err := r.Cookie(cookieName); err == nil {
			w.token, staffCookie = c.Value, true
		}
	}
	if w.token == "" || len(w.token) > 200 {
		return w
	}
	if w.program = !staffCookie && strings.HasPrefix(w.token, store.KeyPrefix); !w.program && !staffCookie {
		if c, err := s.o.Records.ByToken(r.Context(), w.token); err == nil {
			w.conversation, w.locale = c.ID, c.Locale
			if l := spokenIn(r); l != "" {
				w.locale = l
			}
			return w
		}
	}
	if u, err := s.signedIn(r.Context(), w.token); err == nil {
		w.user = &u
	}
	return w
}

// signedIn gives whose session a token is of, or which program's key it is.
func (s *Server) signedIn(ctx context.Context, token string) (store.User, error) {
	if strings.HasPrefix(token, store.KeyPrefix) {
		return s.o.Records.ByKey(ctx, token)
	}
	return s.o.Records.Session(ctx, token)
}

// spokenIn is the language that the page is in by now, which may not be the one that
// the conversation was opened in (Content-Language, RFC 9110 section 8.5); "" when it
// does not say, or not so that it can be one.
func spokenIn(r *http.Request) string {
	l, _, _ := strings.Cut(r.Header.Get("Content-Language"), ",")
	l = strings.TrimSpace(l)
	bad := func(c rune) bool { return c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') }
	if len(l) > 35 || strings.ContainsFunc(l, bad) {
		return ""
	}
	return l
}

// inWords says something to the customer who asks, in the language of the page.
func inWords(ctx context.Context, en, zh string) string {
	if l := strings.ToLower(caller(ctx).locale); strings.HasPrefix(l, "zh") || strings.HasPrefix(l, "yue") || strings.HasPrefix(l, "cmn") {
		return zh
	}
	return en
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

// may reports whether the caller may see a conversation: its own, or as staff by sees.
func (s *Server) may(ctx context.Context, id dialog.ConversationID) error {
	w := caller(ctx)
	switch {
	case w.conversation != "" && w.conversation == id:
		return nil
	case w.user != nil:
		return s.sees(ctx, *w.user, id)
	case w.conversation == "":
		return huma.Error401Unauthorized("a conversation's token is needed: Authorization: Bearer …")
	}
	// A stranger's token learns not even whether the conversation is there.
	return huma.Error403Forbidden("this token opens another conversation")
}

// customer is may for what customers alone do.
func (s *Server) customer(ctx context.Context, id dialog.ConversationID) error {
	if caller(ctx).user != nil {
		return huma.Error403Forbidden("this is the customer's to do")
	}
	return s.may(ctx, id)
}

// ranks of the staff; each can do what the ones before it can.
var ranks = map[string]int{store.Agent: 1, store.Supervisor: 2, store.Admin: 3}

// rank reports whether the caller is staff of at least a role.
func (s *Server) rank(ctx context.Context, role string) error {
	w := caller(ctx)
	switch {
	case w.user == nil && w.conversation == "":
		return huma.Error401Unauthorized("sign in: POST /v1/login")
	case w.user == nil || ranks[w.user.Role] < ranks[role]:
		return huma.Error403Forbidden("this needs the role " + role)
	}
	return nil
}

// mayCall is may of a call's conversation. A call that is not connected yet has no
// record, but its candidates come already.
func (s *Server) mayCall(ctx context.Context, id dialog.CallID) error {
	if w := caller(ctx); w.user == nil && w.conversation == "" {
		return huma.Error401Unauthorized("a conversation's token is needed: Authorization: Bearer …")
	}
	if c, ok := s.o.Calls.Conversation(id); ok {
		return s.may(ctx, c)
	}
	c, err := s.o.Records.Call(ctx, id)
	if err != nil {
		return err
	}
	return s.may(ctx, c.Conversation)
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
