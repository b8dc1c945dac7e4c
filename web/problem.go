package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
)

// blank is the type of a problem that its status says all about (RFC 9457 section 4.2.1).
const blank = "about:blank"

// typed gives every problem document its type, so that none is without.
func typed(_ huma.Context, _ string, v any) (any, error) {
	if m, ok := v.(*huma.ErrorModel); ok && m.Type == "" {
		m.Type = blank
	}
	return v, nil
}

// kind gives a problem a type of its own (RFC 9457 section 3.1.1), so that a page can say it
// in its own language where the status alone does not tell.
func kind(name string, err error) error {
	var m *huma.ErrorModel
	if errors.As(err, &m) {
		m.Type = "urn:parley:problem:" + name
	}
	return err
}

// problem turns an error into its problem document.
func problem(err error) error {
	var already huma.StatusError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &already):
		return err
	case errors.Is(err, dialog.ErrNotFound):
		return huma.Error404NotFound("there is no such thing here")
	case errors.Is(err, dialog.ErrClosed):
		return kind("closed", huma.Error409Conflict("the conversation is over"))
	case errors.Is(err, dialog.ErrConflict), errors.Is(err, ErrNoMatch):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, ErrStaleSession):
		return huma.Error412PreconditionFailed("If-Match names an ICE session that is no more")
	case errors.Is(err, ErrBusy):
		return huma.Error503ServiceUnavailable("all lines are taken; please try again in a moment")
	case errors.Is(err, ErrTooMany):
		return huma.Error429TooManyRequests(err.Error())
	case errors.Is(err, ErrBadSDP):
		return huma.Error400BadRequest(err.Error(), &huma.ErrorDetail{Location: "body", Message: err.Error()})
	case errors.Is(err, ErrNoAudio), errors.Is(err, ErrNoCodec):
		return huma.Error422UnprocessableEntity(err.Error(), &huma.ErrorDetail{Location: "body", Message: err.Error()})
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return huma.Error503ServiceUnavailable("the request took too long")
	}
	return huma.Error500InternalServerError("something went wrong here; it has been noted")
}

// noted logs what is our own fault, and gives the problem document.
func (s *Server) noted(err error) error {
	p := problem(err)
	if se, ok := p.(huma.StatusError); ok && se.GetStatus() >= 500 && se.GetStatus() != http.StatusServiceUnavailable {
		s.o.Logger.Error("request failed", "err", err)
	}
	return p
}

// fail writes the problem document of an error.
func (s *Server) fail(w http.ResponseWriter, err error) {
	var m *huma.ErrorModel
	if p := s.noted(err); errors.As(p, &m) {
		write(w, m)
		return
	}
	refuse(w, http.StatusInternalServerError, "something went wrong here; it has been noted")
}

// refuse writes a problem document (RFC 9457).
func refuse(w http.ResponseWriter, code int, detail string) {
	write(w, &huma.ErrorModel{Status: code, Title: http.StatusText(code), Detail: detail})
}

func write(w http.ResponseWriter, m *huma.ErrorModel) {
	if m.Type == "" {
		m.Type = blank
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(m.Status)
	_ = json.NewEncoder(w).Encode(m)
}

// invalid is a 422 that names what is wrong.
func invalid(where, what string, value any) error {
	return huma.Error422UnprocessableEntity("validation failed", &huma.ErrorDetail{Location: where, Message: what, Value: value})
}

// methods are those that a path of the API knows; none: there is no such path.
func methods(mux *http.ServeMux, r *http.Request) (known []string) {
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		q := r.Clone(r.Context())
		q.Method = m
		if _, pattern := mux.Handler(q); pattern != "" && !strings.HasSuffix(pattern, " /") {
			known = append(known, m)
		}
	}
	return known
}

// unknown answers requests for paths and methods that the API does not have.
func unknown(mux *http.ServeMux, w http.ResponseWriter, r *http.Request) (done bool) {
	if _, pattern := mux.Handler(r); pattern != "" && !strings.HasSuffix(pattern, " /") {
		return false
	}
	switch known := methods(mux, r); {
	case len(known) == 0:
		refuse(w, http.StatusNotFound, "there is no such call; see /docs")
	case !slices.Contains(known, r.Method) && (r.Method != http.MethodHead || !slices.Contains(known, http.MethodGet)):
		w.Header().Set("Allow", strings.Join(known, ", "))
		refuse(w, http.StatusMethodNotAllowed, "this path knows "+strings.Join(known, ", "))
	default:
		return false
	}
	return true
}
