package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/knowledge"
	"parley/dialog/rag"
	"parley/dialog/store"
)

// Knowledge is the company's documents; *knowledge.Service is one. What changes them is
// found after Look, which is called when the change is kept.
type Knowledge interface {
	List(ctx context.Context, after string, limit int) ([]knowledge.Info, error)
	Get(ctx context.Context, id string) (knowledge.Full, error)
	Info(d store.Document) knowledge.Info
	Put(ctx context.Context, id string, in knowledge.Input) (store.Document, bool, error)
	PutFile(ctx context.Context, id, name string, b []byte, in knowledge.Input) (store.Document, bool, error)
	PutURL(ctx context.Context, id, url string, in knowledge.Input) (store.Document, error)
	Delete(ctx context.Context, id string) error
	Look(ctx context.Context) error
	Wake()
	Versions
	Learning
}

// Versions of documents, and their drafts.
type Versions interface {
	Versions(ctx context.Context, id string) ([]store.DocumentVersion, error)
	Version(ctx context.Context, id string, n int64) (store.DocumentVersion, error)
	Diff(ctx context.Context, id string, from, to int64) ([]knowledge.Line, error)
	Questions(ctx context.Context, id string) ([]knowledge.Changed, error)
	Publish(ctx context.Context, id, who string) (store.Document, error)
	Discard(ctx context.Context, id string) (store.Document, error)
	Restore(ctx context.Context, id string, version int64, who string) (store.Document, error)
}

// Learning is what customers teach.
type Learning interface {
	Gaps(ctx context.Context) ([]knowledge.Group, error)
	CloseGap(ctx context.Context, id string) error
	ProposeAnswers(ctx context.Context, id dialog.ConversationID, agent string) error
	Answers(ctx context.Context) ([]knowledge.Answered, error)
	ApproveAnswer(ctx context.Context, id, question, answer, who string) (store.Document, error)
	RejectAnswer(ctx context.Context, id, who string) error
	Proposals(ctx context.Context, after string, limit int) ([]knowledge.Proposal, error)
	Approve(ctx context.Context, id, who string) error
	Reject(ctx context.Context, id, who string) error
	Write(ctx context.Context, id string) error
}

// DocumentView is a document in a list. It is exported for huma, which passes over embedded types that are not.
type DocumentView struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	Language   string     `json:"language,omitempty"`
	Audience   string     `json:"audience,omitempty" doc:"whom it is for; absent: everybody"`
	Source     string     `json:"source,omitempty" doc:"a file's name or an address"`
	Kind       string     `json:"kind,omitempty" doc:"how it was read"`
	State      string     `json:"state" enum:"queued,reading,ready,failed"`
	Error      string     `json:"error,omitempty" doc:"why it failed; what was there before still holds"`
	Version    int64      `json:"version" doc:"0: nothing is published"`
	Draft      bool       `json:"draft" doc:"there is a draft"`
	Passages   int        `json:"passages" doc:"that are searched"`
	Bytes      int64      `json:"bytes"`
	By         string     `json:"by,omitempty"`
	UpdatedAt  time.Time  `json:"updated_at"`
	ValidFrom  *time.Time `json:"valid_from,omitempty"`
	ValidUntil *time.Time `json:"valid_until,omitempty"`
}

func viewOf(i knowledge.Info) DocumentView {
	return DocumentView{ID: i.ID, Title: i.Title, Language: i.Language, Audience: i.Audience, Source: i.Source, Kind: i.Kind, State: i.State,
		Error: i.Error, Version: i.Version, Draft: i.Draft, Passages: i.Passages, Bytes: i.Bytes, By: i.Who, UpdatedAt: i.Updated,
		ValidFrom: maybe(i.From), ValidUntil: maybe(i.Until)}
}

// maybe is nil for the zero time.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type documentID struct {
	ID string `path:"id" maxLength:"400"`
}

type documentOutput struct{ Body DocumentView }

type fullOutput struct {
	Body struct {
		DocumentView
		Text      string `json:"text"`
		DraftText string `json:"draft_text,omitempty"`
	}
}

type documentsInput struct {
	Cursor string `query:"cursor" maxLength:"400" doc:"what next said"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type documentsOutput struct {
	Body struct {
		Items []DocumentView `json:"items"`
		Next  string         `json:"next,omitempty" doc:"pass as cursor; absent at the end"`
	}
}

// knowledge registers documents and search.
func (s *Server) knowledge(api huma.API) {
	if s.o.Knowledge == nil {
		return
	}
	const documents, one = "/v1/knowledge/documents", "/v1/knowledge/documents/{id}"
	op := func(id, method, path, summary string, code int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: code, Tags: []string{"Knowledge"}}
	}
	huma.Register(api, op("list-documents", http.MethodGet, documents, "The documents", 0), s.documents)
	huma.Register(api, upload(op("add-document", http.MethodPost, documents, "Add a document: a file, an address, or a text", http.StatusAccepted)), s.addDocument)
	huma.Register(api, op("get-document", http.MethodGet, one, "A document with its text and draft", 0), s.document)
	huma.Register(api, upload(op("put-document", http.MethodPut, one, "Change a document; what is not given stays", http.StatusAccepted)), s.putDocument)
	huma.Register(api, op("delete-document", http.MethodDelete, one, "Remove a document and its versions", http.StatusNoContent), s.deleteDocument)
	huma.Register(api, op("search", http.MethodGet, "/v1/knowledge/search", "What would be found", 0), s.searchGet)
	huma.Register(api, op("search-dialog", http.MethodPost, "/v1/knowledge/search", "What would be found, with what was said before", 0), s.searchPost)
	huma.Register(api, op("knowledge-status", http.MethodGet, "/v1/knowledge/status", "How far the vectors of passages are", 0), s.knowledgeStatus)
	s.versions(api, op)
	s.learning(api, op)
}

// trouble gives the errors of the knowledge their problem documents.
func (s *Server) trouble(err error) error {
	switch {
	case errors.Is(err, knowledge.ErrBusy):
		return huma.Error503ServiceUnavailable(err.Error())
	case errors.Is(err, knowledge.ErrNoDraft):
		return huma.Error404NotFound("there is no draft")
	case errors.Is(err, knowledge.ErrEmpty), errors.Is(err, knowledge.ErrLong):
		return invalid("body", err.Error(), nil)
	case errors.Is(err, knowledge.ErrCompare), errors.Is(err, knowledge.ErrTooMuch):
		return huma.Error422UnprocessableEntity(err.Error())
	case errors.Is(err, knowledge.ErrNoWriter):
		return huma.Error409Conflict(err.Error())
	}
	return s.noted(err)
}

// audited notes what one of the staff did, and brings the index in step once it is kept.
func (s *Server) audited(ctx context.Context, what string, data any) error {
	w := caller(ctx)
	if err := s.o.Records.Audit(ctx, w.user.ID, what, w.ip, data); err != nil {
		return s.noted(err)
	}
	after(ctx, func(ctx context.Context) {
		s.o.Knowledge.Wake()
		if err := s.o.Knowledge.Look(context.WithoutCancel(ctx)); err != nil { // it is kept: the next look finds it
			s.o.Logger.Warn("knowledge not read", "err", err)
		}
	})
	return nil
}

func (s *Server) documents(ctx context.Context, in *documentsInput) (*documentsOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	is, err := s.o.Knowledge.List(ctx, in.Cursor, in.Limit+1)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &documentsOutput{}
	out.Body.Items = []DocumentView{}
	for i, d := range is {
		if i == in.Limit {
			out.Body.Next = is[i-1].ID
			break
		}
		out.Body.Items = append(out.Body.Items, viewOf(d))
	}
	return out, nil
}

func (s *Server) document(ctx context.Context, in *documentID) (*fullOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	f, err := s.o.Knowledge.Get(ctx, in.ID)
	if err != nil {
		return nil, s.trouble(err)
	}
	out := &fullOutput{}
	out.Body.DocumentView, out.Body.Text, out.Body.DraftText = viewOf(f.Info), f.Text, f.DraftText
	return out, nil
}

func (s *Server) deleteDocument(ctx context.Context, in *documentID) (*struct{}, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if err := s.o.Knowledge.Delete(ctx, in.ID); err != nil {
		return nil, s.trouble(err)
	}
	return nil, s.audited(ctx, "document.delete", map[string]any{"document": in.ID})
}

// whyView says why a passage was found.
type whyView struct {
	Coverage float64  `json:"coverage" doc:"how much of the question it has words for, 0 to 1"`
	Likeness float64  `json:"likeness" doc:"the same by sound or spelling"`
	Words    []string `json:"words" doc:"words of the question that it has"`
}

type hitView struct {
	Document string  `json:"document"`
	Passage  string  `json:"passage"`
	Title    string  `json:"title"`
	Text     string  `json:"text"`
	Language string  `json:"language,omitempty"`
	Score    float64 `json:"score" doc:"orders the items of one answer"`
	Why      whyView `json:"why"`
}

type searchOutput struct {
	Body struct {
		Items []hitView `json:"items"`
	}
}

type searchInput struct {
	Q    string `query:"q" required:"true" minLength:"1" maxLength:"4000"`
	K    int    `query:"k" minimum:"1" maximum:"100" default:"10"`
	Lang string `query:"lang" maxLength:"35"`
}

type searchBody struct {
	Body struct {
		Q       string `json:"q" minLength:"1" maxLength:"4000"`
		K       int    `json:"k,omitempty" minimum:"1" maximum:"100"`
		Lang    string `json:"lang,omitempty" maxLength:"35"`
		History []struct {
			Role string `json:"role" enum:"user,assistant"`
			Text string `json:"text" maxLength:"20000"`
		} `json:"history,omitempty" maxItems:"50" doc:"what was said before, oldest first"`
	}
}

func (s *Server) searchGet(ctx context.Context, in *searchInput) (*searchOutput, error) {
	return s.search(ctx, rag.Query{Text: in.Q, Language: in.Lang, K: in.K})
}

func (s *Server) searchPost(ctx context.Context, in *searchBody) (*searchOutput, error) {
	q := rag.Query{Text: in.Body.Q, Language: in.Body.Lang, K: in.Body.K}
	for _, t := range in.Body.History {
		q.History = append(q.History, rag.Turn{Role: t.Role, Text: t.Text})
	}
	return s.search(ctx, q)
}

func (s *Server) search(ctx context.Context, q rag.Query) (*searchOutput, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return nil, err
	}
	out := &searchOutput{}
	out.Body.Items = []hitView{}
	for _, h := range s.o.Search(q) {
		v := hitView{Document: h.Document, Passage: h.Passage, Title: h.Title, Text: h.Text, Language: h.Language, Score: h.Score,
			Why: whyView{Coverage: h.Coverage, Likeness: h.Likeness, Words: shared(q.Text, h)}}
		out.Body.Items = append(out.Body.Items, v)
	}
	return out, nil
}

// shared are the words of a question, or its pairs of Han characters, that a passage has.
func shared(question string, h rag.Hit) []string {
	in := strings.ToLower(h.Title + "\n" + strings.Join(h.Asked, "\n") + "\n" + h.Text)
	out, seen := []string{}, map[string]bool{}
	add := func(w string) {
		if w != "" && !seen[w] && strings.Contains(in, w) {
			seen[w] = true
			out = append(out, w)
		}
	}
	var word, han []rune
	for _, r := range strings.ToLower(question) + " " {
		switch {
		case unicode.Is(unicode.Han, r):
			if han = append(han, r); len(han) > 1 {
				add(string(han[len(han)-2:]))
			}
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			word = append(word, r)
			han = nil
			continue
		default:
			han = nil
		}
		if len(word) > 2 || len(word) > 0 && unicode.IsDigit(word[0]) {
			add(string(word))
		}
		word = word[:0]
	}
	return out
}

// newDocument is what is given of a document, as JSON or as a form.
type newDocument struct {
	Title      *string `json:"title,omitempty" maxLength:"500"`
	Text       *string `json:"text,omitempty" doc:"Markdown or plain text"`
	URL        *string `json:"url,omitempty" maxLength:"2000" doc:"whose page is fetched; public addresses alone"`
	Language   *string `json:"language,omitempty" maxLength:"35"`
	Audience   *string `json:"audience,omitempty" maxLength:"100"`
	ValidFrom  *string `json:"valid_from,omitempty" doc:"RFC 3339, or a date; empty: unbounded"`
	ValidUntil *string `json:"valid_until,omitempty"`
	Draft      bool    `json:"draft,omitempty" doc:"it is kept as a draft"`

	name string // of the file
	file []byte // nil: none
}

// input checks what was given.
func (d newDocument) input(who string) (in knowledge.Input, err error) {
	in = knowledge.Input{Title: d.Title, Text: d.Text, Language: d.Language, Audience: d.Audience, Draft: d.Draft, Who: who}
	for _, f := range []struct {
		name string
		from *string
		most int
	}{{"title", d.Title, 500}, {"audience", d.Audience, 100}, {"url", d.URL, 2000}} {
		if f.from != nil && len(*f.from) > f.most {
			return in, invalid("body."+f.name, "expected at most "+strconv.Itoa(f.most)+" bytes", nil)
		}
	}
	if l := d.Language; l != nil && *l != "" && !isTag(*l) {
		return in, invalid("body.language", "expected a BCP 47 tag, as en or zh-CN", *l)
	}
	for _, f := range []struct {
		name string
		from *string
		to   **time.Time
	}{{"valid_from", d.ValidFrom, &in.From}, {"valid_until", d.ValidUntil, &in.Until}} {
		if f.from == nil {
			continue
		}
		t, err := moment(*f.from)
		if err != nil {
			return in, invalid("body."+f.name, "expected a time, as 2026-10-01T00:00:00Z, or a date", *f.from)
		}
		*f.to = &t
	}
	if in.From != nil && in.Until != nil && !in.From.IsZero() && !in.Until.IsZero() && !in.From.Before(*in.Until) {
		return in, invalid("body.valid_until", "expected a time after valid_from", *d.ValidUntil)
	}
	return in, nil
}

// moment reads a time or a date; "" is the zero time.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	return time.Parse(time.DateOnly, s)
}

func isTag(s string) bool {
	return len(s) >= 2 && len(s) <= 35 && !strings.ContainsFunc(s, func(c rune) bool { return c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') })
}

var _ Knowledge = (*knowledge.Service)(nil)
