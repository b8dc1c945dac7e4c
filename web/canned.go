package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

type cannedView struct {
	ID       string    `json:"id"`
	Shortcut string    `json:"shortcut" doc:"what it is called by: /shortcut"`
	Text     string    `json:"text" doc:"with {customer}, {agent}, {company} and {queue} to be filled in"`
	Language string    `json:"language,omitempty" doc:"of customers it is for; absent: all"`
	Team     bool      `json:"team" doc:"everybody's; else one's own"`
	Changed  time.Time `json:"changed_at"`
}

type cannedBody struct {
	Shortcut string `json:"shortcut" minLength:"1" maxLength:"40" doc:"letters, digits, - and _"`
	Text     string `json:"text" minLength:"1" maxLength:"4000"`
	Language string `json:"language,omitempty" maxLength:"35"`
	Team     bool   `json:"team,omitempty" doc:"supervisors: for everybody"`
}

type cannedListOutput struct {
	Body struct {
		Items []cannedView `json:"items"`
	}
}

type cannedOutput struct{ Body cannedView }

type newCannedInput struct{ Body cannedBody }

type cannedInput struct {
	ID   string `path:"id" maxLength:"100"`
	Body cannedBody
}

type cannedID struct {
	ID string `path:"id" maxLength:"100"`
}

// canned registers the replies that are kept ready.
func (s *Server) canned(api huma.API) {
	op := func(id, method, path, summary string, code int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: code, Tags: []string{"Desk"}}
	}
	huma.Register(api, op("list-replies", http.MethodGet, "/v1/replies", "Replies that are kept ready: one's own and everybody's", 0), s.listCanned)
	huma.Register(api, op("add-reply", http.MethodPost, "/v1/replies", "Keep one ready; supervisors also for everybody", http.StatusCreated), func(ctx context.Context, in *newCannedInput) (*cannedOutput, error) {
		return s.putCanned(ctx, "", in.Body)
	})
	huma.Register(api, op("change-reply", http.MethodPut, "/v1/replies/{id}", "Word it anew", 0), func(ctx context.Context, in *cannedInput) (*cannedOutput, error) {
		return s.putCanned(ctx, in.ID, in.Body)
	})
	huma.Register(api, op("delete-reply", http.MethodDelete, "/v1/replies/{id}", "Forget it", http.StatusNoContent), s.deleteCanned)
}

var (
	shortcut  = regexp.MustCompile(`^[\p{L}\p{N}_-]{1,40}$`)
	variable  = regexp.MustCompile(`\{([^{}]*)\}`)
	variables = []string{"customer", "agent", "company", "queue"}
)

func viewCanned(c store.Canned) cannedView {
	return cannedView{c.ID, c.Shortcut, c.Body, c.Language, c.Owner == "", time.UnixMicro(c.Changed).UTC()}
}

func (s *Server) listCanned(ctx context.Context, _ *struct{}) (*cannedListOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	cs, err := s.o.Records.CannedReplies(ctx, u.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &cannedListOutput{}
	out.Body.Items = []cannedView{}
	for _, c := range cs {
		out.Body.Items = append(out.Body.Items, viewCanned(c))
	}
	return out, nil
}

// ownCanned is a ready reply that one may change: one's own, or as a supervisor everybody's.
func (s *Server) ownCanned(ctx context.Context, u store.User, id string) (store.Canned, error) {
	c, err := s.o.Records.CannedReply(ctx, id)
	if err == nil && c.Owner != "" && c.Owner != u.ID {
		err = dialog.ErrNotFound // another's is none of one's business
	}
	if err != nil {
		return c, s.noted(err)
	}
	if c.Owner == "" {
		return c, s.rank(ctx, store.Supervisor)
	}
	return c, nil
}

func (s *Server) putCanned(ctx context.Context, id string, b cannedBody) (*cannedOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	if b.Team {
		if err := s.rank(ctx, store.Supervisor); err != nil {
			return nil, err
		}
	}
	if !shortcut.MatchString(b.Shortcut) {
		return nil, invalid("body.shortcut", "expected letters, digits, - and _", b.Shortcut)
	}
	if b.Language != "" && !isTag(b.Language) {
		return nil, invalid("body.language", "expected a BCP 47 tag, as en or zh-CN", b.Language)
	}
	if strings.TrimSpace(b.Text) == "" {
		return nil, invalid("body.text", "expected text", b.Text)
	}
	for _, v := range variable.FindAllStringSubmatch(b.Text, -1) {
		if !slices.Contains(variables, v[1]) {
			return nil, invalid("body.text", "expected of variables {customer}, {agent}, {company} or {queue}", v[0])
		}
	}
	c := store.Canned{Owner: u.ID}
	if id != "" {
		if c, err = s.ownCanned(ctx, u, id); err != nil {
			return nil, err
		}
	}
	if c.Owner = u.ID; b.Team {
		c.Owner = ""
	}
	c.Shortcut, c.Body, c.Language, c.ChangedBy = b.Shortcut, b.Text, b.Language, u.ID
	c, err = s.o.Records.PutCanned(ctx, c)
	if errors.Is(err, dialog.ErrConflict) {
		return nil, kind("shortcut", huma.Error409Conflict("there is a reply of that shortcut already"))
	}
	if err != nil {
		return nil, s.noted(err)
	}
	if b.Team {
		if err := s.did(ctx, "reply.put", map[string]any{"id": c.ID, "shortcut": c.Shortcut}); err != nil {
			return nil, err
		}
	}
	return &cannedOutput{viewCanned(c)}, nil
}

func (s *Server) deleteCanned(ctx context.Context, in *cannedID) (*struct{}, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.ownCanned(ctx, u, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.o.Records.DeleteCanned(ctx, in.ID); err != nil {
		return nil, s.noted(err)
	}
	if c.Owner == "" {
		return nil, s.did(ctx, "reply.delete", map[string]any{"id": c.ID, "shortcut": c.Shortcut})
	}
	return nil, nil
}
