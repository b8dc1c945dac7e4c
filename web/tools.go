package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/tool"
)

// Tools are the company's business systems; *tool.Box is them.
type Tools interface {
	Status() []tool.Status
	Spec(name string) (tool.Spec, bool)
	Read(ctx context.Context, u tool.User, name string, args map[string]any) (tool.Result, error)
}

// Changes changes things in them, once; *tool.Outbox does.
type Changes interface {
	Change(ctx context.Context, r tool.ChangeRequest) (tool.Outcome, error)
}

// auditor is the optional ability of Records to note who did what.
type auditor interface {
	Audit(ctx context.Context, who, what, source string, data any) error
}

const (
	toolsPath = "/v1/tools/"
	tryWithin = 30 * time.Second
)

type toolView struct {
	Name        string          `json:"name"`
	Title       tool.Text       `json:"title,omitempty"`
	Description tool.Text       `json:"description,omitempty"`
	Effect      string          `json:"effect,omitempty" enum:"read,change"`
	Idempotent  string          `json:"idempotent,omitempty" doc:"of a change: key, natural, or no"`
	Level       int             `json:"level" doc:"how well a customer must be verified, 0 to 2"`
	Roles       []tool.Role     `json:"roles,omitempty" doc:"none: everybody"`
	Private     bool            `json:"private,omitempty" doc:"for procedures alone"`
	Source      string          `json:"source"`
	Schema      json.RawMessage `json:"schema,omitempty"`
	Fill        []string        `json:"fill,omitempty" doc:"what Parley fills in itself"`
	State       string          `json:"state" enum:"ready,resting,unreachable,wrong"`
	Error       string          `json:"error,omitempty"`
}

type toolsOutput struct {
	Body struct {
		Items []toolView `json:"items"`
	}
}

type tryInput struct {
	Name string `path:"name" maxLength:"64"`
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Args     map[string]any `json:"args,omitempty"`
		Confirm  bool           `json:"confirm,omitempty" doc:"a change needs it"`
		Customer string         `json:"customer,omitempty" maxLength:"200" doc:"whom it is tried for, as the business systems know them"`
		Language string         `json:"language,omitempty" maxLength:"35"`
	}
}

type tryOutput struct {
	Body struct {
		Result  any    `json:"result"`
		Refused bool   `json:"refused,omitempty" doc:"the system's definite no"`
		Cut     bool   `json:"cut,omitempty" doc:"it was longer than allowed"`
		State   string `json:"state,omitempty" doc:"of a change"`
		MS      int64  `json:"ms"`
	}
}

// tools registers what shows the business systems' tools and tries them.
func (s *Server) tools(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "list-tools", Method: http.MethodGet, Path: "/v1/tools",
		Summary: "The tools of the business systems, and whether they answer"}, s.listTools)
	huma.Register(api, huma.Operation{OperationID: "try-tool", Method: http.MethodPost, Path: toolsPath + "{name}/try",
		Summary: "Use a tool"}, s.tryTool)
}

func (s *Server) listTools(ctx context.Context, _ *struct{}) (*toolsOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	out := &toolsOutput{}
	out.Body.Items = []toolView{}
	if s.o.Tools == nil {
		return out, nil
	}
	for _, t := range s.o.Tools.Status() {
		v := toolView{Name: t.Spec.Name, Title: t.Spec.Title, Description: t.Spec.Description, Effect: string(t.Spec.Effect), Idempotent: string(t.Spec.Idempotent),
			Level: t.Spec.Level, Roles: t.Spec.Roles, Private: t.Spec.Private, Source: t.Spec.Source, Schema: t.Spec.Schema, State: t.State}
		for _, from := range t.Spec.Fill {
			v.Fill = append(v.Fill, from)
		}
		if t.Err != nil {
			v.Error = t.Err.Error()
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

// tryTool uses a tool as the person who asks: reading is every agent's, changing a
// supervisor's, who says so. A change runs by the outbox: the same Idempotency-Key
// again gives what the first one came to.
func (s *Server) tryTool(ctx context.Context, in *tryInput) (*tryOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	var spec tool.Spec
	ok := false
	if s.o.Tools != nil {
		spec, ok = s.o.Tools.Spec(in.Name)
	}
	if !ok {
		return nil, huma.Error404NotFound("there is no such tool")
	}
	w := caller(ctx)
	u := tool.User{Role: tool.Role(w.user.Role), Customer: in.Body.Customer, Language: in.Body.Language}
	ctx, cancel := context.WithTimeout(ctx, tryWithin)
	defer cancel()
	began := time.Now()
	out := &tryOutput{}
	if spec.Effect == tool.Reads {
		r, err := s.o.Tools.Read(ctx, u, in.Name, in.Body.Args)
		if err != nil {
			return nil, s.toolProblem(err)
		}
		out.result(r)
	} else {
		o, err := s.tryChange(ctx, w, u, in)
		if err != nil {
			return nil, err
		}
		out.result(o.Result)
		out.Body.State = string(o.State)
	}
	out.Body.MS = time.Since(began).Milliseconds()
	return out, nil
}

func (s *Server) tryChange(ctx context.Context, w who, u tool.User, in *tryInput) (tool.Outcome, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return tool.Outcome{}, err
	}
	if !in.Body.Confirm {
		return tool.Outcome{}, invalid("body.confirm", "this tool changes something: say true", nil)
	}
	key := "try_" + rand.Text()
	if in.Key != "" {
		key = "try_" + w.user.ID + "_" + in.Name + "_" + in.Key
		if len(key) > maxKey {
			return tool.Outcome{}, invalid("header.Idempotency-Key", "it is too long", nil)
		}
	}
	if a, ok := s.o.Records.(auditor); ok {
		if err := a.Audit(ctx, w.user.ID, "tool.try", w.ip, map[string]any{"tool": in.Name, "customer": u.Customer, "args": in.Body.Args}); err != nil {
			return tool.Outcome{}, s.noted(err)
		}
	}
	o, err := s.o.Changes.Change(ctx, tool.ChangeRequest{User: u, Key: key, Tool: in.Name, Args: in.Body.Args})
	switch {
	case errors.Is(err, dialog.ErrConflict):
		return o, huma.Error422UnprocessableEntity("this Idempotency-Key was used for another request",
			&huma.ErrorDetail{Location: "header.Idempotency-Key", Message: "used before with another body"})
	case err != nil && o.ID != "": // it goes on: the same key asks again
		return o, huma.Error503ServiceUnavailable("it is still " + string(o.State) + "; ask again with the same Idempotency-Key")
	case err != nil:
		return o, s.toolProblem(err)
	case o.State == tool.Failed && o.Reason != "refused", o.State == tool.Unknown:
		return o, huma.Error502BadGateway("the change is " + string(o.State) + ": " + o.Reason)
	}
	return o, nil
}

func (o *tryOutput) result(r tool.Result) {
	if o.Body.Result = r.Data; r.Data == nil {
		o.Body.Result = r.Text
	}
	o.Body.Refused, o.Body.Cut = r.Refused, r.Cut
}

// toolProblem turns a tool's error into a problem document.
func (s *Server) toolProblem(err error) error {
	var args *tool.ArgumentError
	switch {
	case errors.As(err, &args):
		var details []error
		for _, p := range args.Problems {
			details = append(details, &huma.ErrorDetail{Location: "body.args" + p.Argument, Message: p.Message})
		}
		return huma.Error422UnprocessableEntity("the arguments are wrong", details...)
	case errors.Is(err, tool.ErrUnknown):
		return huma.Error404NotFound("there is no such tool")
	case errors.Is(err, tool.ErrForbidden), errors.Is(err, tool.ErrLevel):
		return huma.Error403Forbidden(err.Error())
	case errors.Is(err, tool.ErrUnsent), errors.Is(err, tool.ErrUnsure):
		return huma.Error502BadGateway(err.Error())
	}
	return s.noted(err)
}
