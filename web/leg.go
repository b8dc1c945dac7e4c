package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// Legs are the audio of the company's people: in calls, and ready for them.
type Legs interface {
	// Join brings a person into a call.
	Join(ctx context.Context, r LegRequest) (LegAnswer, error)
	// Tune changes who hears a person, and how.
	Tune(ctx context.Context, call dialog.CallID, leg string, c LegChange) (Leg, error)
	// Patch takes an ICE fragment for a leg, as Calls.Patch does.
	Patch(ctx context.Context, leg, fragment, match string) (LegAnswer, error)
	// Part takes a person out of a call.
	Part(ctx context.Context, call dialog.CallID, leg string) error
	// In gives who is in a call.
	In(call dialog.CallID) []Leg
	// Stand keeps a person's audio connected, for the calls that will come or those that a
	// supervisor will listen to; a newer one takes its place. Leave ends it, and Owner tells
	// whose it is. Bring seats one that a supervisor listens with.
	Stand(ctx context.Context, user, offer string, listens bool) (LegAnswer, error)
	Bring(ctx context.Context, call dialog.CallID, leg, mode string) error
	Leave(ctx context.Context, leg string) error
	Owner(leg string) (user string, ok bool)
	// Dismiss ends a person's audio, in calls and standing by; listening alone: that by
	// which the person supervises.
	Dismiss(user string, listening bool)
}

// LegRequest is an SDP offer of one of the company's people for a call.
type LegRequest struct {
	Call  dialog.CallID
	Offer string
	User  string
	Agent bool   // else a supervisor
	Mode  string // "talk", "listen" or "whisper"
}

// LegAnswer is the leg that was made or steered; see CallAnswer.
type LegAnswer struct{ Leg, SDP, Session string }

// LegChange is what is to be different; nil leaves it as it is.
type LegChange struct {
	Mode  *string `json:"mode"`
	Muted *bool   `json:"muted"`
	Hold  *bool   `json:"hold"`
}

// Leg is one of the company's people in a call.
type Leg struct {
	ID    string `json:"id"`
	User  string `json:"user" doc:"user id, or phone:NUMBER of one outside"`
	Party string `json:"party" enum:"agent,supervisor"`
	Mode  string `json:"mode" enum:"talk,listen,whisper"`
	Muted bool   `json:"muted"`
	Hold  bool   `json:"hold" doc:"hears nobody and is heard by nobody; when every agent does, the customer has music"`
}

// Parties of a leg.
const (
	PartyAgent      = "agent"
	PartySupervisor = "supervisor"
)

// modes of a leg.
var modes = map[string]bool{"talk": true, "listen": true, "whisper": true}

// legs registers how the company's people join calls.
func (s *Server) legs(mux *http.ServeMux, api huma.API) {
	if s.o.Legs == nil {
		return
	}
	const sdp, fragment = "application/sdp", "application/trickle-ice-sdpfrag"
	s.raw(mux, api, http.MethodPost, "/v1/calls/{call}/legs", "join-call", "Join a call's audio: an SDP offer, or leg= one that stands by for listening; mode= talk, listen or whisper (heard by the agent alone)",
		wire{in: []string{sdp}, out: map[string]string{"201": sdp}}, s.joinCall)
	huma.Register(api, huma.Operation{OperationID: "list-legs", Method: http.MethodGet, Path: "/v1/calls/{call}/legs", Tags: []string{"Calls"},
		Summary: "The company's people in a call; an agent is shown who only listens where desk.show_listening says so"}, s.listLegs)
	s.raw(mux, api, http.MethodPatch, "/v1/calls/{call}/legs/{leg}", "tune-leg", "JSON {mode, muted, hold}: listen, whisper, talk and back on the same connection; or Trickle ICE and ICE restart (RFC 9725)",
		wire{in: []string{"application/json", fragment}, out: map[string]string{"200": "application/json " + fragment, "204": ""}, as: reflect.TypeFor[Leg]()}, s.tuneLeg)
	s.raw(mux, api, http.MethodDelete, "/v1/calls/{call}/legs/{leg}", "leave-call", "Leave a call's audio", wire{out: map[string]string{"204": ""}}, s.partLeg)
	s.raw(mux, api, http.MethodPost, "/v1/desk/legs", "stand-by", "Keep audio connected for the calls that will come, or with for=listening for those that a supervisor listens to: an SDP offer; a newer one takes its place",
		wire{in: []string{sdp}, out: map[string]string{"201": sdp}}, s.standBy)
	s.raw(mux, api, http.MethodPatch, "/v1/desk/legs/{leg}", "patch-stand-by", "Trickle ICE and ICE restart (RFC 9725)",
		wire{in: []string{fragment}, out: map[string]string{"200": fragment, "204": ""}}, s.patchStandBy)
	s.raw(mux, api, http.MethodDelete, "/v1/desk/legs/{leg}", "stand-down", "Disconnect it", wire{out: map[string]string{"204": ""}}, s.standDown)
}

// mayJoin reports whether the caller may be in a call: its agent, or a supervisor, and
// gives its conversation.
func (s *Server) mayJoin(ctx context.Context, id dialog.CallID) (dialog.ConversationID, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return "", err
	}
	c, ok := s.o.Calls.Conversation(id)
	if !ok {
		return "", dialog.ErrNotFound
	}
	if s.hers(ctx, c) {
		return c, nil
	}
	return c, s.rank(ctx, store.Supervisor)
}

// hers reports whether a conversation is the caller's, or is being handed to or by the caller.
func (s *Server) hers(ctx context.Context, id dialog.ConversationID) bool {
	u := caller(ctx).user.ID
	if s.o.Desk != nil {
		if t, ok := s.o.Desk.Open(id); ok && (t.Agent == u && t.State != desk.Offering || t.From == u) {
			return true
		}
	}
	c, err := s.o.Records.Conversation(ctx, id)
	return err == nil && c.Agent == u && c.Holder == dialog.HeldByAgent
}

type legsInput struct {
	Call dialog.CallID `path:"call" maxLength:"100"`
}

type legsOutput struct {
	Body struct {
		Items []Leg `json:"items"`
	}
}

func (s *Server) listLegs(ctx context.Context, in *legsInput) (*legsOutput, error) {
	if _, err := s.mayJoin(ctx, in.Call); err != nil {
		return nil, s.noted(err)
	}
	all := s.o.ShowListening || s.rank(ctx, store.Supervisor) == nil
	out := &legsOutput{}
	out.Body.Items = []Leg{}
	for _, l := range s.o.Legs.In(in.Call) {
		if all || l.Party == PartyAgent || l.Mode != "listen" {
			out.Body.Items = append(out.Body.Items, l)
		}
	}
	return out, nil
}

func (s *Server) joinCall(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), dialog.CallID(r.PathValue("call"))
	conversation, err := s.mayJoin(ctx, id)
	if err != nil {
		return err
	}
	mode := r.URL.Query().Get("mode")
	if mode == "" {
		mode = "listen"
	}
	if !modes[mode] {
		return invalid("query.mode", "expected talk, listen or whisper", mode)
	}
	if leg := r.URL.Query().Get("leg"); leg != "" {
		return s.bring(w, r, conversation, leg, mode)
	}
	_, offer, err := body(r, maxOffer, "application/sdp")
	if err != nil {
		return err
	}
	u := caller(ctx).user
	a, err := s.o.Legs.Join(ctx, LegRequest{Call: id, Offer: offer, User: u.ID, Agent: u.Role == store.Agent || s.hers(ctx, conversation), Mode: mode})
	if err != nil {
		return err
	}
	if err := s.did(ctx, "call."+mode, map[string]any{"call": id, "conversation": conversation, "leg": a.Leg}); err != nil {
		_ = s.o.Legs.Part(ctx, id, a.Leg) // nobody listens unseen
		return err
	}
	answerLeg(w, "/v1/calls/"+string(id)+"/legs/"+a.Leg, a)
	return nil
}

// bring seats a supervisor's leg that stands by: there is no connection to be made.
func (s *Server) bring(w http.ResponseWriter, r *http.Request, conversation dialog.ConversationID, leg, mode string) error {
	ctx, id := r.Context(), dialog.CallID(r.PathValue("call"))
	if err := s.own(ctx, leg); err != nil {
		return err
	}
	if err := s.did(ctx, "call."+mode, map[string]any{"call": id, "conversation": conversation, "leg": leg}); err != nil { // noted before it is heard
		return err
	}
	if err := s.o.Legs.Bring(ctx, id, leg, mode); err != nil {
		return err
	}
	answerLeg(w, "/v1/calls/"+string(id)+"/legs/"+leg, LegAnswer{Leg: leg})
	return nil
}

func answerLeg(w http.ResponseWriter, location string, a LegAnswer) {
	w.Header().Set("Content-Type", "application/sdp")
	w.Header().Set("Location", location)
	w.Header().Set("ETag", tag(a.Session))
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, a.SDP)
}

// mayTune reports whether the caller may change a leg: whose it is, or a supervisor.
func (s *Server) mayTune(ctx context.Context, id dialog.CallID, leg string) error {
	if err := s.rank(ctx, store.Agent); err != nil {
		return err
	}
	for _, l := range s.o.Legs.In(id) {
		if l.ID != leg {
			continue
		}
		if l.User == caller(ctx).user.ID {
			return nil
		}
		return s.rank(ctx, store.Supervisor)
	}
	return dialog.ErrNotFound
}

func (s *Server) tuneLeg(w http.ResponseWriter, r *http.Request) error {
	ctx, id, leg := r.Context(), dialog.CallID(r.PathValue("call")), r.PathValue("leg")
	if err := s.mayTune(ctx, id, leg); err != nil {
		return err
	}
	kind, text, err := body(r, maxOffer, "application/json", "application/trickle-ice-sdpfrag")
	if err != nil {
		return err
	}
	if kind != "application/json" {
		return s.patchLeg(w, r, leg, text)
	}
	var c LegChange
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil || d.More() {
		return huma.Error400BadRequest("the body is no JSON of mode, muted or hold", &huma.ErrorDetail{Location: "body", Message: "expected {mode, muted, hold}"})
	}
	if c.Mode != nil && !modes[*c.Mode] {
		return invalid("body.mode", "expected talk, listen or whisper", *c.Mode)
	}
	if c.Mode != nil { // noted before it is heard
		if _, err := s.mayJoin(ctx, id); err != nil {
			return err
		}
		if err := s.did(ctx, "call."+*c.Mode, map[string]any{"call": id, "leg": leg}); err != nil {
			return err
		}
	}
	l, err := s.o.Legs.Tune(ctx, id, leg, c)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(l)
}

// patchLeg takes an ICE fragment.
func (s *Server) patchLeg(w http.ResponseWriter, r *http.Request, leg, fragment string) error {
	a, err := s.o.Legs.Patch(r.Context(), leg, fragment, untag(r.Header.Get("If-Match")))
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

func (s *Server) partLeg(w http.ResponseWriter, r *http.Request) error {
	ctx, id, leg := r.Context(), dialog.CallID(r.PathValue("call")), r.PathValue("leg")
	if err := s.mayTune(ctx, id, leg); err != nil {
		return err
	}
	if err := s.o.Legs.Part(ctx, id, leg); err != nil {
		return err
	}
	if err := s.did(ctx, "call.left", map[string]any{"call": id, "leg": leg}); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) standBy(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := s.rank(ctx, store.Agent); err != nil {
		return err
	}
	purpose := r.URL.Query().Get("for")
	listens := purpose == "listening"
	switch {
	case listens:
		if err := s.rank(ctx, store.Supervisor); err != nil {
			return err
		}
	case purpose != "":
		return invalid("query.for", "expected listening, or nothing", purpose)
	}
	_, offer, err := body(r, maxOffer, "application/sdp")
	if err != nil {
		return err
	}
	a, err := s.o.Legs.Stand(ctx, caller(ctx).user.ID, offer, listens)
	if err != nil {
		return err
	}
	answerLeg(w, "/v1/desk/legs/"+a.Leg, a)
	return nil
}

// own reports whether a leg that stands by is the caller's.
func (s *Server) own(ctx context.Context, leg string) error {
	if err := s.rank(ctx, store.Agent); err != nil {
		return err
	}
	if u, ok := s.o.Legs.Owner(leg); !ok || u != caller(ctx).user.ID {
		return dialog.ErrNotFound
	}
	return nil
}

func (s *Server) patchStandBy(w http.ResponseWriter, r *http.Request) error {
	leg := r.PathValue("leg")
	if err := s.own(r.Context(), leg); err != nil {
		return err
	}
	_, text, err := body(r, maxOffer, "application/trickle-ice-sdpfrag")
	if err != nil {
		return err
	}
	return s.patchLeg(w, r, leg, text)
}

func (s *Server) standDown(w http.ResponseWriter, r *http.Request) error {
	leg := r.PathValue("leg")
	if err := s.own(r.Context(), leg); err != nil {
		return err
	}
	if err := s.o.Legs.Leave(r.Context(), leg); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
