package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog/store"
)

// Trial is what an engine is tried with.
type Trial struct {
	Text     string // llm, tts, embed: what is asked or said
	Language string
	Audio    []byte // asr: a WAV file
	Image    []byte // vision: a picture
}

// Tried is how it went.
type Tried struct {
	Text    string // heard, or answered
	Audio   []byte // said: a WAV file
	FirstMS int64  // until the first of it
	Detail  string // more, for people
}

// The roles, in the order in which they are shown.
var roles = []string{"llm", "asr", "tts", "vision", "embed"}

const (
	maxEngines     = 10 // of a role
	tryEngineLimit = 30 * time.Second
	maxTrial       = 12 << 20 // bytes of a request with sound or a picture
)

// EngineBody is an engine as it is set. Its key goes in and never comes out.
type EngineBody struct {
	ID        string       `json:"id,omitempty" maxLength:"60" doc:"as it was given; absent for a new one"`
	Engine    string       `json:"engine" maxLength:"40"`
	URL       string       `json:"url,omitempty" maxLength:"1000"`
	Key       string       `json:"key,omitempty" maxLength:"4000" doc:"absent: the one that is kept, if the address is on the same host"`
	Model     string       `json:"model,omitempty" maxLength:"200"`
	Voice     string       `json:"voice,omitempty" maxLength:"200"`
	Languages []string     `json:"languages,omitempty" maxItems:"50"`
	Preset    string       `json:"preset,omitempty" maxLength:"60" doc:"llm and embed: whose server it is"`
	Price     *store.Price `json:"price,omitempty"`
	Waits     *store.Waits `json:"waits,omitempty"`
}

// engineView is an engine as it is shown.
type engineView struct {
	ID        string       `json:"id"`
	Engine    string       `json:"engine"`
	URL       string       `json:"url,omitempty"`
	Model     string       `json:"model,omitempty"`
	Voice     string       `json:"voice,omitempty"`
	Languages []string     `json:"languages,omitempty"`
	Preset    string       `json:"preset,omitempty"`
	Price     *store.Price `json:"price,omitempty"`
	Waits     *store.Waits `json:"waits,omitempty"`
	KeySet    bool         `json:"key_set"`
	KeyLost   bool         `json:"key_lost,omitempty" doc:"the kept key cannot be opened here: give it again"`
}

func viewEngine(e store.EngineSetting) engineView {
	v := engineView{ID: e.ID, Engine: e.Engine, URL: e.URL, Model: e.Model, Voice: e.Voice, Languages: e.Languages, Preset: e.Preset, KeySet: e.Key != "", KeyLost: e.Lost}
	if e.Price != (store.Price{}) {
		v.Price = &e.Price
	}
	if e.Waits != (store.Waits{}) {
		v.Waits = &e.Waits
	}
	return v
}

type roleSource struct {
	Source string     `json:"source" enum:"file,page" doc:"where its engines are from"`
	At     *time.Time `json:"at,omitempty"`
	By     string     `json:"by,omitempty"`
}

type enginesView struct {
	Roles   map[string][]engineView `json:"roles" doc:"the first that works serves, the next is the fallback"`
	Sources map[string]roleSource   `json:"sources"`
	Kinds   map[string][]string     `json:"kinds" doc:"engines that a role knows; none: the role comes later"`
}

type enginesOutput struct{ Body enginesView }

type roleInput struct {
	Role string `path:"role" enum:"llm,asr,tts,vision,embed"`
}

type putEnginesInput struct {
	Role string       `path:"role" enum:"llm,asr,tts,vision,embed"`
	Body []EngineBody `maxItems:"10"`
}

type tryEngineInput struct {
	Role   string `path:"role" enum:"llm,asr,tts,vision,embed"`
	Accept string `header:"Accept" doc:"application/x-ndjson: the answer as it is made, a line each, the last one is the result"`
	Body   struct {
		EngineBody
		Text     string `json:"text,omitempty" maxLength:"2000" doc:"what to ask, say or embed"`
		Language string `json:"language,omitempty" maxLength:"35"`
		Audio    []byte `json:"audio,omitempty" doc:"asr: a WAV file, 16-bit mono, base64"`
		Image    []byte `json:"image,omitempty" doc:"vision: JPEG, PNG, GIF or WebP, base64"`
	}
}

type triedView struct {
	OK      bool   `json:"ok"`
	MS      int64  `json:"ms"`
	FirstMS int64  `json:"first_ms,omitempty" doc:"until the first word or sound"`
	Detail  string `json:"detail,omitempty" doc:"what is wrong, or more about what came"`
	Text    string `json:"text,omitempty"`
	Audio   []byte `json:"audio,omitempty" doc:"a WAV file, base64"`
}

// engines registers the engines of each role.
func (s *Server) engines(api huma.API) {
	if s.o.Setup == nil {
		return
	}
	op := func(id, method, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"Engines"}}
	}
	huma.Register(api, op("get-engines", http.MethodGet, "/v1/engines", "The engines of each role"), s.getEngines)
	huma.Register(api, op("put-engines", http.MethodPut, "/v1/engines/{role}", "Set the engines of a role; they serve from the next utterance on"), s.putEngines)
	huma.Register(api, op("reset-engines", http.MethodDelete, "/v1/engines/{role}", "Back to what the configuration file says"), s.resetEngines)
	try := op("try-engine", http.MethodPost, "/v1/engines/{role}/test", "Use an engine once, before it is set")
	try.MaxBodyBytes = maxTrial
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[triedView](), true, "Tried")
	try.Responses = map[string]*huma.Response{"200": {Description: "How it went", Content: map[string]*huma.MediaType{
		"application/json":     {Schema: schema},
		"application/x-ndjson": {Schema: &huma.Schema{Type: "string", Description: "a line of JSON for each piece of what it says, then the result"}}}}}
	huma.Register(api, try, s.tryEngine)
}

// engineRole is what serves in a role, keys included.
func (s *Server) engineRole(ctx context.Context, role string) ([]store.EngineSetting, roleSource, error) {
	kept, err := s.o.Records.Engines(ctx)
	if err != nil {
		return nil, roleSource{}, err
	}
	for _, r := range kept {
		if r.Role == role {
			return s.o.Setup.Complete(role, r.Engines), roleSource{Source: "page", At: &r.At, By: r.By}, nil
		}
	}
	return s.o.Setup.Complete(role, s.o.Setup.EngineBase(role)), roleSource{Source: "file"}, nil
}

func (s *Server) viewEngines(ctx context.Context) (*enginesOutput, error) {
	out := &enginesOutput{enginesView{Roles: map[string][]engineView{}, Sources: map[string]roleSource{}, Kinds: map[string][]string{}}}
	for _, r := range roles {
		es, source, err := s.engineRole(ctx, r)
		if err != nil {
			return nil, s.noted(err)
		}
		views := []engineView{}
		for _, e := range es {
			views = append(views, viewEngine(e))
		}
		out.Body.Roles[r], out.Body.Sources[r], out.Body.Kinds[r] = views, source, append([]string{}, s.o.Setup.EngineKinds(r)...)
	}
	return out, nil
}

func (s *Server) getEngines(ctx context.Context, _ *struct{}) (*enginesOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	return s.viewEngines(ctx)
}

func (s *Server) putEngines(ctx context.Context, in *putEnginesInput) (*enginesOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	before, _, err := s.engineRole(ctx, in.Role)
	if err != nil {
		return nil, s.noted(err)
	}
	es := make([]store.EngineSetting, len(in.Body))
	for i, b := range in.Body {
		if es[i], err = s.keyed(in.Role, fmt.Sprintf("body[%d]", i), b, before); err != nil {
			return nil, err
		}
		es[i].ID = "engine_" + rand.Text()[:12]
	}
	if err := s.o.Records.PutEngines(ctx, in.Role, es, caller(ctx).user.ID); err != nil {
		return nil, s.noted(err)
	}
	return s.newEngines(ctx, "engines.put", in.Role)
}

func (s *Server) resetEngines(ctx context.Context, in *roleInput) (*enginesOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	if err := s.o.Records.PutEngines(ctx, in.Role, nil, caller(ctx).user.ID); err != nil {
		return nil, s.noted(err)
	}
	return s.newEngines(ctx, "engines.reset", in.Role)
}

func (s *Server) newEngines(ctx context.Context, what, role string) (*enginesOutput, error) {
	if err := s.did(ctx, what, map[string]any{"role": role}); err != nil {
		return nil, err
	}
	s.apply(ctx)
	return s.viewEngines(ctx)
}

// keyed is an engine with its key: the one given, or the one kept. A kept key goes to the
// host that it was given for and to no other, so that nobody can have it sent to themselves.
func (s *Server) keyed(role, where string, b EngineBody, before []store.EngineSetting) (store.EngineSetting, error) {
	e := store.EngineSetting{ID: b.ID, Engine: b.Engine, URL: b.URL, Key: b.Key, Model: b.Model, Voice: b.Voice, Languages: b.Languages, Preset: b.Preset}
	if b.Price != nil {
		e.Price = *b.Price
	}
	if b.Waits != nil {
		e.Waits = *b.Waits
	}
	if err := s.o.Setup.CheckEngine(role, e); err != nil {
		return e, invalid(where, err.Error(), nil)
	}
	if e.Key != "" || e.ID == "" {
		return e, nil
	}
	for _, old := range before {
		if old.ID != e.ID || old.Key == "" {
			continue
		}
		if origin(old) != origin(e) {
			return e, invalid(where+".key", "the kept key was given for another address: give the key again", nil)
		}
		e.Key = old.Key
	}
	return e, nil
}

// origin is where an engine's key goes.
func origin(e store.EngineSetting) string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return "?"
	}
	return strings.ToLower(e.Engine + " " + e.Preset + " " + u.Scheme + "://" + u.Host)
}

// tryEngine uses an engine once. That it does not work is an answer too.
func (s *Server) tryEngine(ctx context.Context, in *tryEngineInput) (*huma.StreamResponse, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	var e store.EngineSetting
	if len(s.o.Setup.EngineKinds(in.Role)) > 0 {
		before, _, err := s.engineRole(ctx, in.Role)
		if err != nil {
			return nil, s.noted(err)
		}
		if e, err = s.keyed(in.Role, "body", in.Body.EngineBody, before); err != nil {
			return nil, err
		}
	}
	lines := strings.HasPrefix(in.Accept, "application/x-ndjson")
	return &huma.StreamResponse{Body: func(c huma.Context) {
		kind := "application/json"
		if lines {
			kind = "application/x-ndjson"
		}
		c.SetHeader("Content-Type", kind)
		c.SetStatus(http.StatusOK)
		enc := json.NewEncoder(c.BodyWriter())
		piece := func(text string) {
			if !lines {
				return
			}
			_ = enc.Encode(map[string]string{"piece": text})
			if f, ok := c.BodyWriter().(interface{ FlushError() error }); ok {
				_ = f.FlushError()
			} else if w, ok := c.BodyWriter().(http.ResponseWriter); ok {
				_ = http.NewResponseController(w).Flush()
			}
		}
		_ = enc.Encode(s.try(c.Context(), in, e, piece))
	}}, nil
}

func (s *Server) try(ctx context.Context, in *tryEngineInput, e store.EngineSetting, piece func(string)) triedView {
	ctx, cancel := context.WithTimeout(ctx, tryEngineLimit)
	defer cancel()
	began := time.Now()
	r, err := s.o.Setup.Try(ctx, in.Role, e, Trial{Text: in.Body.Text, Language: in.Body.Language, Audio: in.Body.Audio, Image: in.Body.Image}, piece)
	out := triedView{OK: err == nil, MS: time.Since(began).Milliseconds(), FirstMS: r.FirstMS, Detail: r.Detail, Text: r.Text, Audio: r.Audio}
	if err != nil {
		out.Detail = err.Error()
		if e.Key != "" { // servers repeat what they were sent
			out.Detail = strings.ReplaceAll(out.Detail, e.Key, "…")
		}
	}
	return out
}
