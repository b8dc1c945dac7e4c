package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
)

// companies are what is of all teams at once, and is not told by them.
var companies = []string{"/v1/audit", "/v1/usage", "/v1/reports/keywords"}

// teamed keeps supervisors of some teams to these, whatever is asked by the address of a
// conversation, a call or a transfer: others are not there. Lists look for themselves.
func (s *Server) teamed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.inTeam(r.Context(), r.Method, r.URL.Path); err != nil {
			s.fail(w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) inTeam(ctx context.Context, method, path string) error {
	u := caller(ctx).user
	if u == nil {
		return nil
	}
	scope := s.scope(*u)
	if scope == nil {
		return nil
	}
	for _, p := range companies {
		if path == p || strings.HasPrefix(path, p+"/") {
			return huma.Error403Forbidden("this is told of all teams together, and you look after some")
		}
	}
	parts := strings.SplitN(strings.TrimPrefix(path, "/v1/"), "/", 3)
	if len(parts) < 2 || parts[1] == "" {
		return nil
	}
	switch parts[0] {
	case "conversations":
		return s.sees(ctx, *u, dialog.ConversationID(parts[1]))
	case "calls":
		return s.seesCall(ctx, dialog.CallID(parts[1]))
	case "transfers":
		for _, t := range s.o.Desk.Running() {
			if t.ID == parts[1] {
				return s.sees(ctx, *u, t.Conversation)
			}
		}
	case "desk":
		if id, ok := strings.CutPrefix(path, "/v1/desk/agents/"); ok && id != u.ID && !scope.Covers(id, "") {
			return s.noted(dialog.ErrNotFound)
		}
	}
	return nil
}

// seesCall is sees for the conversation of a call.
func (s *Server) seesCall(ctx context.Context, call dialog.CallID) error {
	id, ok := s.o.Calls.Conversation(call)
	if !ok {
		c, err := s.o.Records.Call(ctx, call)
		if err != nil {
			return s.noted(err)
		}
		id = c.Conversation
	}
	return s.sees(ctx, *caller(ctx).user, id)
}
