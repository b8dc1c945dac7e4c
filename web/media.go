package web

import (
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// maxOffer bounds an SDP body, in bytes.
const maxOffer = 64 << 10

// media registers calls: SDP in, SDP out, beside the JSON of the rest.
func (s *Server) media(mux *http.ServeMux, api huma.API) {
	s.raw(mux, api, http.MethodPost, "/v1/conversations/{id}/calls", "start-call", "Call: an SDP offer (application/sdp); 201 with the answer and Location",
		wire{in: []string{"application/sdp"}, out: map[string]string{"201": "application/sdp"}}, s.startCall)
	s.raw(mux, api, http.MethodPatch, "/v1/calls/{call}", "patch-call", "Trickle ICE and ICE restart (application/trickle-ice-sdpfrag, RFC 9725), or JSON {playout_ms, recording, microphone}",
		wire{in: []string{"application/trickle-ice-sdpfrag", "application/json"}, out: map[string]string{"200": "application/trickle-ice-sdpfrag", "204": ""}}, s.patchCall)
	s.raw(mux, api, http.MethodDelete, "/v1/calls/{call}", "hang-up", "Hang up", wire{out: map[string]string{"204": ""}}, s.hangUp)
	s.raw(mux, api, http.MethodGet, "/v1/calls/{call}/recording", "get-recording", "Ogg Opus: left the customer, right what the customer heard",
		wire{out: map[string]string{"200": "audio/ogg", "206": "audio/ogg", "416": "text/plain"}}, s.recording)
}

// wire is what an operation that is served by hand takes and gives.
type wire struct {
	in  []string          // media types; none: no body
	out map[string]string // by status: media types with spaces; "" is no body
	as  reflect.Type      // of the JSON that it gives; nil: none
}

// raw serves an operation by hand and lists it in the description of the surface.
func (s *Server) raw(mux *http.ServeMux, api huma.API, method, path, id, summary string, x wire, f func(w http.ResponseWriter, r *http.Request) error) {
	mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			s.fail(w, err)
		}
	})
	problem := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[huma.ErrorModel](), true, "ErrorModel")
	op := &huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Responses: map[string]*huma.Response{
		"default": {Description: "refused", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}}}
	for _, m := range parameters.FindAllStringSubmatch(path, -1) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
	}
	for code, kind := range x.out {
		r := &huma.Response{Description: "done"}
		for _, k := range strings.Fields(kind) {
			if r.Content == nil {
				r.Content = map[string]*huma.MediaType{}
			}
			r.Content[k] = &huma.MediaType{}
			if k == "application/json" && x.as != nil {
				r.Content[k].Schema = api.OpenAPI().Components.Schemas.Schema(x.as, true, x.as.Name())
			}
		}
		op.Responses[code] = r
	}
	if len(x.in) > 0 {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
		for _, kind := range x.in {
			op.RequestBody.Content[kind] = &huma.MediaType{}
		}
	}
	api.OpenAPI().AddOperation(op)
}

var parameters = regexp.MustCompile(`\{(\w+)\}`)

// body reads a request's body of one of the types.
func body(r *http.Request, limit int64, types ...string) (kind, text string, err error) {
	kind, _, err = mime.ParseMediaType(r.Header.Get("Content-Type"))
	known := false
	for _, t := range types {
		known = known || err == nil && kind == t
	}
	if !known {
		return "", "", huma.Error415UnsupportedMediaType("expected Content-Type " + types[0])
	}
	b, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return "", "", huma.Error400BadRequest("the body could not be read")
	}
	if int64(len(b)) > limit {
		return "", "", huma.NewError(http.StatusRequestEntityTooLarge, "the body is too long")
	}
	return kind, string(b), nil
}

func (s *Server) startCall(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id := dialog.ConversationID(r.PathValue("id"))
	if err := s.customer(ctx, id); err != nil {
		return err
	}
	_, offer, err := body(r, maxOffer, "application/sdp")
	if err != nil {
		return err
	}
	c, err := s.o.Records.Conversation(ctx, id)
	if err != nil {
		return err
	}
	if c.State == store.Closed {
		return dialog.ErrClosed
	}
	language := c.Locale
	if l := caller(ctx).locale; l != "" {
		language = l
	}
	if language == "" {
		language = "en"
	}
	a, err := s.o.Calls.Start(ctx, CallRequest{Conversation: id, Offer: offer, Language: language, RemoteIP: remoteIP(r)})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/sdp")
	w.Header().Set("Location", "/v1/calls/"+string(a.Call))
	w.Header().Set("ETag", tag(a.Session))
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, a.SDP)
	return nil
}

// told is what a page tells of a running call.
type told struct {
	PlayoutMS *int64 `json:"playout_ms"`
	Recording *bool  `json:"recording"`
	// Microphone is whether the customer has one that is on: who has none is not asked about
	// silence.
	Microphone *bool `json:"microphone"`
}

func (s *Server) patchCall(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id := dialog.CallID(r.PathValue("call"))
	if caller(ctx).user != nil { // the connection and the consent are the customer's
		return huma.Error403Forbidden("this is the customer's to do")
	}
	if err := s.mayCall(ctx, id); err != nil {
		return err
	}
	kind, text, err := body(r, maxOffer, "application/trickle-ice-sdpfrag", "application/json")
	if err != nil {
		return err
	}
	if kind == "application/json" {
		if err := s.tell(ctx, id, text); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	a, err := s.o.Calls.Patch(ctx, id, text, untag(r.Header.Get("If-Match")))
	if err != nil {
		return err
	}
	if a.SDP == "" { // candidates: RFC 9725 section 4.3.2
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Content-Type", "application/trickle-ice-sdpfrag")
	w.Header().Set("ETag", tag(a.Session))
	_, _ = io.WriteString(w, a.SDP)
	return nil
}

// tell does what a page tells of its call.
func (s *Server) tell(ctx context.Context, id dialog.CallID, text string) error {
	var t told
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil || d.More() {
		return huma.Error400BadRequest("the body is no JSON of playout_ms, recording or microphone", &huma.ErrorDetail{Location: "body", Message: "expected {playout_ms, recording, microphone}"})
	}
	if t.PlayoutMS != nil {
		if *t.PlayoutMS < 0 || *t.PlayoutMS > 60_000 {
			return invalid("body.playout_ms", "expected 0 to 60000", *t.PlayoutMS)
		}
		if err := s.o.Calls.Playout(ctx, id, time.Duration(*t.PlayoutMS)*time.Millisecond); err != nil {
			return err
		}
	}
	if t.Microphone != nil {
		of, ok := s.o.Calls.Conversation(id)
		if !ok {
			return dialog.ErrNotFound
		}
		if err := s.o.Hub.Tell(ctx, of, dialog.Muted{On: !*t.Microphone}); err != nil {
			return err
		}
	}
	if t.Recording != nil {
		return s.o.Calls.Record(ctx, id, *t.Recording)
	}
	return nil
}

// tag and untag are an entity tag (RFC 9110 section 8.8.3) from and to the name of a session.
func tag(session string) string { return `"` + session + `"` }

func untag(match string) string { return strings.Trim(strings.TrimSpace(match), `"`) }

func (s *Server) hangUp(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), dialog.CallID(r.PathValue("call"))
	if err := s.mayCall(ctx, id); err != nil {
		return err
	}
	if caller(ctx).user != nil {
		if err := s.did(ctx, "call.hangup", map[string]any{"call": id}); err != nil {
			return err
		}
	}
	if err := s.o.Calls.Hangup(ctx, id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) recording(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := s.rank(ctx, store.Agent); err != nil {
		return err
	}
	c, err := s.o.Records.Call(ctx, dialog.CallID(r.PathValue("call")))
	if err != nil {
		if low := s.rank(ctx, store.Supervisor); low != nil { // an agent learns not what is there
			return low
		}
		return err
	}
	if err := s.sees(ctx, *caller(ctx).user, c.Conversation); err != nil {
		return err
	}
	if c.Recording == "" || s.o.Recording == nil {
		return dialog.ErrNotFound
	}
	f, err := s.o.Recording(c.Recording)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := s.did(ctx, "call.recording", map[string]any{"call": c.ID, "conversation": c.Conversation}); err != nil { // noted before it is heard
		return err
	}
	w.Header().Set("Content-Type", "audio/ogg")
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(c.ID)+`.ogg"`)
	http.ServeContent(w, r, "", time.Time{}, f) // with ranges
	return nil
}
