package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog/desk"
	"parley/dialog/store"
	"parley/dialog/wall"
)

// Wall is what supervisors watch; *wall.Wall is one.
type Wall interface {
	Within(version int64, c *store.Scope) wall.View
	Watch() (changed <-chan struct{}, stop func())
	// Look says that an alert was snoozed.
	Look()
}

// Practice lets a customer who is none come in, spoken or written by this server.
type Practice interface {
	Begin(ctx context.Context, by, via, language string) (PracticeRun, error)
}

// PracticeRun is what such a customer does.
type PracticeRun struct {
	Conversation string `json:"conversation"`
	Call         string `json:"call,omitempty"`
}

// wallUpdated is what a desk's socket says of the wall, with a wall.View: it passes, and has
// no number.
const wallUpdated = "wall.updated"

// wall registers what supervisors watch.
func (s *Server) wall(api huma.API) {
	op := func(id, method, path, summary string, code int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: code, Tags: []string{"Supervisors"}}
	}
	huma.Register(api, op("wall", http.MethodGet, "/v1/desk/wall", "Today's figures with what they mean, live conversations by risk, and alerts; desk events with wall=true carry what changes, as wall.updated", 0), s.watchWall)
	huma.Register(api, op("snooze-alert", http.MethodPost, "/v1/desk/alerts/{figure}/snooze", "Keep an alert quiet for a while, and say why; 0 minutes: no longer", 0), s.snooze)
	huma.Register(api, op("force-presence", http.MethodPut, "/v1/desk/agents/{id}", "Supervisors: set somebody available, away or offline", 0), s.forcePresence)
	if s.o.Practice != nil {
		huma.Register(api, op("practice", http.MethodPost, "/v1/practice", "A practice customer calls or writes (in a demo)", http.StatusCreated), s.practice)
	}
}

type wallInput struct {
	Since int64 `query:"since" minimum:"0" doc:"a version: only what has changed since"`
}

type wallOutput struct{ Body wall.View }

func (s *Server) watchWall(ctx context.Context, in *wallInput) (*wallOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	return &wallOutput{s.o.Wall.Within(in.Since, s.scope(*caller(ctx).user))}, nil
}

type snoozeInput struct {
	Figure wall.Name `path:"figure" enum:"waiting,longest_wait,service_level,abandoned,risk"`
	Body   struct {
		Minutes int    `json:"minutes" minimum:"0" maximum:"720"`
		Reason  string `json:"reason" minLength:"1" maxLength:"500"`
	}
}

type snoozeOutput struct{ Body wall.Snooze }

func (s *Server) snooze(ctx context.Context, in *snoozeInput) (*snoozeOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	reason := strings.TrimSpace(in.Body.Reason)
	if reason == "" {
		return nil, invalid("body.reason", "expected why", in.Body.Reason)
	}
	z := wall.Snooze{Figure: in.Figure, Until: s.o.Now().Add(time.Duration(in.Body.Minutes) * time.Minute).UTC(), Reason: reason}
	if err := s.did(ctx, wall.Snoozed, z); err != nil { // the trail is where it is kept
		return nil, err
	}
	after(ctx, func(context.Context) { s.o.Wall.Look() })
	z.By = caller(ctx).user.Name
	return &snoozeOutput{z}, nil
}

type forceInput struct {
	ID   string `path:"id" maxLength:"100" doc:"user id"`
	Body struct {
		Status desk.Status `json:"status" enum:"available,away,offline"`
	}
}

func (s *Server) forcePresence(ctx context.Context, in *forceInput) (*presenceOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if _, ok := s.o.Desk.Me(in.ID); !ok {
		return nil, huma.Error404NotFound("there is nobody of this id at the desk")
	}
	if err := s.o.Desk.Wish(ctx, in.ID, in.Body.Status); err != nil {
		return nil, s.deskTrouble(err)
	}
	if err := s.did(ctx, "presence.force", map[string]any{"user": in.ID, "status": in.Body.Status}); err != nil {
		return nil, err
	}
	p, _ := s.o.Desk.Me(in.ID)
	return &presenceOutput{p}, nil
}

type practiceInput struct {
	Body struct {
		Via      string `json:"via" enum:"call,chat"`
		Language string `json:"language" enum:"en,zh-CN"`
	}
}

type practiceOutput struct{ Body PracticeRun }

func (s *Server) practice(ctx context.Context, in *practiceInput) (*practiceOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	r, err := s.o.Practice.Begin(ctx, caller(ctx).user.ID, in.Body.Via, in.Body.Language)
	if err != nil {
		return nil, s.noted(err)
	}
	return &practiceOutput{r}, s.did(ctx, "practice."+in.Body.Via, map[string]any{"conversation": r.Conversation, "language": in.Body.Language})
}
