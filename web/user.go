package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// Administration is what administrators and supervisors keep; *store.Store is one.
type Administration interface {
	AddUser(ctx context.Context, email, name, role, password string) (store.User, error)
	Users(ctx context.Context, after string, limit int) ([]store.User, error)
	ChangeUser(ctx context.Context, id string, c store.UserChange) (store.User, error)
	DeleteUser(ctx context.Context, id string) error
	EndSession(ctx context.Context, token string) error
	// Audit notes who of the staff did what, from where, and to what.
	Audit(ctx context.Context, who, what, source string, data any) error
	Trail(ctx context.Context, f store.Deeds) ([]store.Deed, error)

	Bot(ctx context.Context) (store.BotVersion, error)
	BotVersions(ctx context.Context, before int64, limit int) ([]store.BotVersion, error)
	PutBot(ctx context.Context, settings *store.BotSettings, who string) (store.BotVersion, error)
	RestoreBot(ctx context.Context, version int64, who string) (store.BotVersion, error)
	Engines(ctx context.Context) ([]store.EngineRole, error)
	PutEngines(ctx context.Context, role string, es []store.EngineSetting, who string) error
	Costs
}

type userView struct {
	ID      string     `json:"id"`
	Email   string     `json:"email"`
	Name    string     `json:"name,omitempty"`
	Role    string     `json:"role" enum:"agent,supervisor,admin"`
	Queues  []string   `json:"queues,omitempty"`
	Skills  []string   `json:"skills,omitempty"`
	Teams   []string   `json:"teams,omitempty" doc:"that a supervisor looks after; none: all. A team is the queues that name it, and who takes from them"`
	Created *time.Time `json:"created_at,omitempty"`
}

func viewUser(u store.User) userView {
	at := time.UnixMicro(u.Created).UTC()
	return userView{u.ID, u.Email, u.Name, u.Role, u.QueueNames(), u.SkillNames(), u.TeamNames(), &at}
}

type usersInput struct {
	Cursor string `query:"cursor" maxLength:"100"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"200"`
}

type usersOutput struct {
	Body struct {
		Items []userView `json:"items"`
		Next  string     `json:"next,omitempty"`
	}
}

type userOutput struct{ Body userView }

type newUserInput struct {
	Body struct {
		Email    string   `json:"email" minLength:"3" maxLength:"200"`
		Name     string   `json:"name,omitempty" maxLength:"200"`
		Role     string   `json:"role" enum:"agent,supervisor,admin"`
		Password string   `json:"password" minLength:"8" maxLength:"200"`
		Queues   []string `json:"queues,omitempty" maxItems:"50"`
		Skills   []string `json:"skills,omitempty" maxItems:"50"`
		Teams    []string `json:"teams,omitempty" maxItems:"50" doc:"of a supervisor; none: all"`
	}
}

type userInput struct {
	ID string `path:"id" maxLength:"100"`
}

type changeUserInput struct {
	ID   string `path:"id" maxLength:"100"`
	Body struct {
		Name     *string   `json:"name,omitempty" maxLength:"200"`
		Role     *string   `json:"role,omitempty" enum:"agent,supervisor,admin"`
		Password *string   `json:"password,omitempty" minLength:"8" maxLength:"200" doc:"ends the sessions"`
		Queues   *[]string `json:"queues,omitempty" maxItems:"50"`
		Skills   *[]string `json:"skills,omitempty" maxItems:"50"`
		Teams    *[]string `json:"teams,omitempty" maxItems:"50"`
	}
}

// users registers the staff.
func (s *Server) users(api huma.API) {
	const list, one = "/v1/users", "/v1/users/{id}"
	op := func(id, method, path, summary string, code int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: code, Tags: []string{"Staff"}}
	}
	huma.Register(api, op("list-users", http.MethodGet, list, "The staff", 0), s.listUsers)
	huma.Register(api, op("add-user", http.MethodPost, list, "Add one of the staff", http.StatusCreated), s.addUser)
	huma.Register(api, op("change-user", http.MethodPatch, one, "Change one of the staff; what is not given stays", 0), s.changeUser)
	huma.Register(api, op("delete-user", http.MethodDelete, one, "Remove one of the staff", http.StatusNoContent), s.deleteUser)
}

func (s *Server) listUsers(ctx context.Context, in *usersInput) (*usersOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	us, err := s.o.Records.Users(ctx, in.Cursor, in.Limit+1)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &usersOutput{}
	out.Body.Items = []userView{}
	for i, u := range us {
		if i == in.Limit {
			out.Body.Next = us[i-1].ID
			break
		}
		out.Body.Items = append(out.Body.Items, viewUser(u))
	}
	return out, nil
}

// A queue or skill is one word, for words are kept with spaces between them.
var word = regexp.MustCompile(`^[^\s]{1,60}$`)

func oneWord(where string, lists ...[]string) error {
	for _, l := range lists {
		for _, w := range l {
			if !word.MatchString(w) {
				return invalid(where, "expected words without spaces, of at most 60 characters", w)
			}
		}
	}
	return nil
}

func (s *Server) addUser(ctx context.Context, in *newUserInput) (*userOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	b := in.Body
	if err := oneWord("body.queues", b.Queues, b.Skills, b.Teams); err != nil {
		return nil, err
	}
	u, err := s.o.Records.AddUser(ctx, b.Email, b.Name, b.Role, b.Password)
	if errors.Is(err, dialog.ErrConflict) {
		return nil, huma.Error409Conflict("somebody with this address is there already")
	} else if err != nil {
		return nil, s.userTrouble(err)
	}
	if b.Queues != nil || b.Skills != nil || b.Teams != nil {
		if u, err = s.o.Records.ChangeUser(ctx, u.ID, store.UserChange{Queues: &b.Queues, Skills: &b.Skills, Teams: &b.Teams}); err != nil {
			return nil, s.userTrouble(err)
		}
	}
	after(ctx, func(context.Context) { s.o.Desk.Changed("") })
	return &userOutput{viewUser(u)}, s.did(ctx, "user.create", map[string]any{"user": u.ID, "email": u.Email, "role": u.Role})
}

func (s *Server) changeUser(ctx context.Context, in *changeUserInput) (*userOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	b := in.Body
	for _, l := range []*[]string{b.Queues, b.Skills, b.Teams} {
		if l != nil {
			if err := oneWord("body.queues", *l); err != nil {
				return nil, err
			}
		}
	}
	u, err := s.o.Records.ChangeUser(ctx, in.ID, store.UserChange{Name: b.Name, Role: b.Role, Password: b.Password, Queues: b.Queues, Skills: b.Skills, Teams: b.Teams})
	if err != nil {
		return nil, s.userTrouble(err)
	}
	after(ctx, func(context.Context) {
		s.o.Desk.Changed("")
		switch {
		case b.Password != nil:
			s.revoke(u.ID, false)
		case u.Role == store.Agent:
			s.revoke(u.ID, true)
		default: // the queues may be others
			s.look(u.ID)
		}
	})
	return &userOutput{viewUser(u)}, s.did(ctx, "user.change", map[string]any{"user": u.ID, "email": u.Email, "role": u.Role, "password": b.Password != nil})
}

func (s *Server) deleteUser(ctx context.Context, in *userInput) (*struct{}, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	if caller(ctx).user.ID == in.ID {
		return nil, huma.Error409Conflict("nobody removes themselves; another administrator can")
	}
	if err := s.o.Records.DeleteUser(ctx, in.ID); err != nil {
		return nil, s.userTrouble(err)
	}
	after(ctx, func(context.Context) {
		s.o.Desk.Changed(in.ID)
		s.revoke(in.ID, false)
	})
	return nil, s.did(ctx, "user.delete", map[string]any{"user": in.ID})
}

// revoke ends what a person hears, and watches without a right to it by now; listening
// alone: of the audio that by which the person supervises.
func (s *Server) revoke(user string, listening bool) {
	if s.o.Legs != nil {
		s.o.Legs.Dismiss(user, listening)
	}
	s.look(user)
}

// look looks again at what a person watches.
func (s *Server) look(user string) {
	for _, k := range s.here.all() {
		if k.user == user && k.revoked() {
			k.dismiss(closedForbidden)
		}
	}
}

// userTrouble gives the errors of the staff their problem documents.
func (s *Server) userTrouble(err error) error {
	switch {
	case errors.Is(err, store.ErrLastAdmin):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, store.ErrUser):
		return invalid("body", err.Error(), nil)
	}
	return s.noted(err)
}

// did notes what one of the staff did, in the transaction of the request.
func (s *Server) did(ctx context.Context, what string, data any) error {
	w := caller(ctx)
	if err := s.o.Records.Audit(ctx, w.user.ID, what, w.ip, data); err != nil {
		return s.noted(err)
	}
	return nil
}
