package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog/store"
)

// VersionView is a version in a list.
type VersionView struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"`
	Title   string    `json:"title"`
	Bytes   int64     `json:"bytes"`
	Current bool      `json:"current"`
}

type versionsOutput struct {
	Body struct {
		Items []VersionView `json:"items"`
	}
}

type versionInput struct {
	ID string `path:"id" maxLength:"400"`
	N  int64  `path:"n" minimum:"1"`
}

type versionOutput struct {
	Body struct {
		VersionView
		Text string `json:"text"`
	}
}

type diffInput struct {
	ID   string `path:"id" maxLength:"400"`
	From int64  `query:"from" minimum:"0" doc:"a version; 0 is the empty text"`
	To   string `query:"to" maxLength:"20" required:"true" doc:"a version, or draft"`
}

type lineView struct {
	Op   string `json:"op" enum:" ,+,-"`
	Text string `json:"text"`
}

type diffOutput struct {
	Body struct {
		Lines []lineView `json:"lines"`
	}
}

type answerView struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

type changedView struct {
	Question string      `json:"question"`
	Count    int         `json:"count"`
	AskedAt  time.Time   `json:"asked_at"`
	Before   *answerView `json:"before" doc:"null: nothing answers"`
	After    *answerView `json:"after"`
}

type changedOutput struct {
	Body struct {
		Items []changedView `json:"items"`
	}
}

type restoreInput struct {
	ID             string `path:"id" maxLength:"400"`
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200"`
	Body           struct {
		Version int64 `json:"version" minimum:"1"`
	}
}

type operation = func(id, method, path, summary string, code int) huma.Operation

// versions registers what was published, and what may be.
func (s *Server) versions(api huma.API, op operation) {
	const one = "/v1/knowledge/documents/{id}"
	huma.Register(api, op("list-versions", http.MethodGet, one+"/versions", "What was published, newest first", 0), s.listVersions)
	huma.Register(api, op("get-version", http.MethodGet, one+"/versions/{n}", "A text that was published", 0), s.version)
	huma.Register(api, op("diff-document", http.MethodGet, one+"/diff", "Two versions, or one and the draft, line by line", 0), s.diff)
	huma.Register(api, op("draft-questions", http.MethodGet, one+"/draft/questions", "What customers asked lately and the draft would answer otherwise", 0), s.draftQuestions)
	huma.Register(api, op("publish-document", http.MethodPost, one+"/publish", "Publish the draft", 0), s.publishDraft)
	huma.Register(api, op("discard-draft", http.MethodDelete, one+"/draft", "Forget the draft", 0), s.discard)
	huma.Register(api, op("restore-document", http.MethodPost, one+"/restore", "Publish a former version anew", 0), s.restore)
}

func versionOf(v store.DocumentVersion, current int64) VersionView {
	return VersionView{Version: v.Version, At: time.UnixMicro(v.At).UTC(), By: v.Who, Title: v.Title, Bytes: v.Bytes, Current: v.Version == current}
}

func (s *Server) listVersions(ctx context.Context, in *documentID) (*versionsOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	d, err := s.o.Knowledge.Get(ctx, in.ID)
	if err != nil {
		return nil, s.trouble(err)
	}
	vs, err := s.o.Knowledge.Versions(ctx, in.ID)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &versionsOutput{}
	out.Body.Items = make([]VersionView, len(vs))
	for i, v := range vs {
		out.Body.Items[i] = versionOf(v, d.Version)
	}
	return out, nil
}

func (s *Server) version(ctx context.Context, in *versionInput) (*versionOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	d, err := s.o.Knowledge.Get(ctx, in.ID)
	if err != nil {
		return nil, s.trouble(err)
	}
	v, err := s.o.Knowledge.Version(ctx, in.ID, in.N)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &versionOutput{}
	out.Body.VersionView, out.Body.Text = versionOf(v, d.Version), v.Body
	return out, nil
}

func (s *Server) diff(ctx context.Context, in *diffInput) (*diffOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	to := int64(-1)
	if in.To != "draft" {
		var err error
		if to, err = strconv.ParseInt(in.To, 10, 64); err != nil || to < 0 {
			return nil, invalid("query.to", "expected a version, or draft", in.To)
		}
	}
	ls, err := s.o.Knowledge.Diff(ctx, in.ID, in.From, to)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &diffOutput{}
	out.Body.Lines = make([]lineView, len(ls))
	for i, l := range ls {
		out.Body.Lines[i] = lineView{string(l.Op), l.Text}
	}
	return out, nil
}

func (s *Server) draftQuestions(ctx context.Context, in *documentID) (*changedOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	cs, err := s.o.Knowledge.Questions(ctx, in.ID)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &changedOutput{}
	out.Body.Items = []changedView{}
	for _, c := range cs {
		v := changedView{Question: c.Question, Count: c.Count, AskedAt: c.Asked}
		if c.Before.Passage != "" {
			v.Before = &answerView{c.Before.Title, c.Before.Text}
		}
		if c.After.Passage != "" {
			v.After = &answerView{c.After.Title, c.After.Text}
		}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

func (s *Server) publishDraft(ctx context.Context, in *documentID) (*documentOutput, error) {
	return s.moved(ctx, in.ID, "document.publish", func(who string) (store.Document, error) { return s.o.Knowledge.Publish(ctx, in.ID, who) })
}

func (s *Server) discard(ctx context.Context, in *documentID) (*documentOutput, error) {
	return s.moved(ctx, in.ID, "document.discard", func(string) (store.Document, error) { return s.o.Knowledge.Discard(ctx, in.ID) })
}

func (s *Server) restore(ctx context.Context, in *restoreInput) (*documentOutput, error) {
	return s.moved(ctx, in.ID, "document.restore", func(who string) (store.Document, error) {
		return s.o.Knowledge.Restore(ctx, in.ID, in.Body.Version, who)
	})
}

// moved does what a supervisor does with a document's versions.
func (s *Server) moved(ctx context.Context, id, what string, do func(who string) (store.Document, error)) (*documentOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	d, err := do(caller(ctx).user.ID)
	if err != nil {
		return nil, s.trouble(err)
	}
	if err := s.audited(ctx, what, map[string]any{"document": id, "title": d.Title, "version": d.Version}); err != nil {
		return nil, err
	}
	return &documentOutput{viewOf(s.o.Knowledge.Info(d))}, nil
}
