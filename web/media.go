package web

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
)

// maxOffer bounds an SDP body, in bytes.
const maxOffer = 64 << 10

// media registers calls: SDP in, SDP out, beside the JSON of the rest.
func (s *Server) media(mux *http.ServeMux, api huma.API) {
	s.raw(mux, api, http.MethodPost, "/v1/conversations/{id}/calls", "start-call", "Call: an SDP offer (application/sdp); 201 with the answer and Location", s.startCall)
	s.raw(mux, api, http.MethodPatch, "/v1/calls/{call}", "patch-call", "Trickle ICE and ICE restart (application/trickle-ice-sdpfrag, RFC 9725), or JSON {playout_ms, recording}", s.patchCall)
	s.raw(mux, api, http.MethodDelete, "/v1/calls/{call}", "hang-up", "Hang up", s.hangUp)
	s.raw(mux, api, http.MethodGet, "/v1/calls/{call}/recording", "get-recording", "Ogg Opus: left the customer, right what the customer heard", s.recording)
}

// raw serves an operation by hand and lists it in the description of the surface.
func (s *Server) raw(mux *http.ServeMux, api huma.API, method, path, id, summary string, f func(w http.ResponseWriter, r *http.Request) error) {
	mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			s.fail(w, err)
		}
	})
	api.OpenAPI().AddOperation(&huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary,
		Responses: map[string]*huma.Response{"default": {Description: "a problem document (RFC 9457) when refused"}}})
}

// fail writes the problem document of an error.
func (s *Server) fail(w http.ResponseWriter, err error) {
	code, detail := http.StatusInternalServerError, "something went wrong here; it has been noted"
	if se, ok := s.noted(err).(huma.StatusError); ok {
		code, detail = se.GetStatus(), se.Error()
	}
	refuse(w, code, detail)
}

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
	if err := s.may(ctx, id); err != nil {
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
	if c.State == "closed" {
		return dialog.ErrClosed
	}
	language := c.Locale
	if language == "" {
		language = "en"
	}
	a, err := s.o.Calls.Start(ctx, CallRequest{Conversation: id, Offer: offer, Language: language, RemoteIP: remoteIP(r)})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/sdp")
	w.Header().Set("Location", "/v1/calls/"+string(a.Call))
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, a.SDP)
	return nil
}

// told is what a page tells of a running call.
type told struct {
	PlayoutMS *int64 `json:"playout_ms"`
	Recording *bool  `json:"recording"`
}

func (s *Server) patchCall(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id := dialog.CallID(r.PathValue("call"))
	if _, err := s.mayCall(ctx, id); err != nil {
		return err
	}
	kind, text, err := body(r, maxOffer, "application/trickle-ice-sdpfrag", "application/json")
	if err != nil {
		return err
	}
	if kind == "application/json" {
		var t told
		if err := json.Unmarshal([]byte(text), &t); err != nil {
			return huma.Error400BadRequest("the body is no JSON of playout_ms or recording")
		}
		if t.PlayoutMS != nil {
			err = s.o.Calls.Playout(ctx, id, time.Duration(min(max(*t.PlayoutMS, 0), 5000))*time.Millisecond)
		}
		if err == nil && t.Recording != nil {
			err = s.o.Calls.Record(ctx, id, *t.Recording)
		}
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
		return err
	}
	answer, err := s.o.Calls.Patch(ctx, id, text)
	if err != nil {
		return err
	}
	if answer == "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Content-Type", "application/trickle-ice-sdpfrag")
	_, _ = io.WriteString(w, answer)
	return nil
}

func (s *Server) hangUp(w http.ResponseWriter, r *http.Request) error {
	id := dialog.CallID(r.PathValue("call"))
	if _, err := s.mayCall(r.Context(), id); err != nil {
		return err
	}
	if err := s.o.Calls.Hangup(r.Context(), id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) recording(w http.ResponseWriter, r *http.Request) error {
	c, err := s.mayCall(r.Context(), dialog.CallID(r.PathValue("call")))
	if err != nil {
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
	w.Header().Set("Content-Type", "audio/ogg")
	w.Header().Set("Content-Disposition", `attachment; filename="`+string(c.ID)+`.ogg"`)
	http.ServeContent(w, r, "", time.Time{}, f) // with ranges
	return nil
}
