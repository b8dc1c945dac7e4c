package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// Working is what people do beside talking; *store.Store keeps it.
type Working interface {
	EndWrapUp(ctx context.Context, w store.WrapUp) error
	LeaveWrapUps(ctx context.Context, agent, mode string) error
	OpenWrapUps(ctx context.Context, agent string) ([]store.WrapUp, error)

	CannedReplies(ctx context.Context, owner string) ([]store.Canned, error)
	CannedReply(ctx context.Context, id string) (store.Canned, error)
	PutCanned(ctx context.Context, c store.Canned) (store.Canned, error)
	DeleteCanned(ctx context.Context, id string) error

	AddMentions(ctx context.Context, id dialog.ConversationID, note dialog.TurnID, agents []string) error
	Mentioned(ctx context.Context, id dialog.ConversationID, agent string) (bool, error)
	Mentions(ctx context.Context, agent string) ([]store.Mention, error)
	SeeMentions(ctx context.Context, id dialog.ConversationID, agent string) error

	Release(ctx context.Context, id dialog.ConversationID) error
}

// WrapUp is how a conversation seems to have ended, for a person to correct.
type WrapUp struct {
	Summary     string `json:"summary"`
	Disposition string `json:"disposition,omitempty" doc:"a code of the queue's; absent when nothing tells"`
	By          string `json:"by" enum:"model,rules"`
}

// openWrapUp is one that waits for its person.
type openWrapUp struct {
	Conversation dialog.ConversationID `json:"conversation"`
	Name         string                `json:"name,omitempty" doc:"the customer's"`
	Queue        string                `json:"queue,omitempty"`
	Mode         string                `json:"mode" enum:"optional,timed,mandatory"`
	Began        time.Time             `json:"began_at"`
	Until        *time.Time            `json:"until,omitempty" doc:"nobody is sent until then; absent: others come meanwhile, or (mandatory) not before it is done"`
}

// optionalFor is how long it is asked how a conversation ended of which nobody must say.
const optionalFor = time.Hour

type wrapUpsOutput struct {
	Body struct {
		Items []openWrapUp `json:"items"`
	}
}

type wrapUpOutput struct{ Body WrapUp }

type endInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body struct {
		Disposition string `json:"disposition" minLength:"1" maxLength:"100" doc:"how it ended: a code of the queue's"`
		Note        string `json:"note,omitempty" maxLength:"4000" doc:"for the record"`
	}
}

// wrapping registers what is done at the end of conversations.
func (s *Server) wrapping(api huma.API) {
	op := func(id, method, path, summary string, code int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: code, Tags: []string{"Desk"}}
	}
	huma.Register(api, op("propose-wrapup", http.MethodGet, "/v1/conversations/{id}/wrapup", "A summary, and how it seems to have ended", 0), s.proposeWrapUp)
	huma.Register(api, op("wrap-up", http.MethodPost, "/v1/conversations/{id}/wrapup", "Say how it ended: the end of one's wrap-up", http.StatusNoContent), s.wrapUp)
	huma.Register(api, op("list-wrapups", http.MethodGet, "/v1/desk/wrapups", "One's wrap-ups that are open", 0), s.wrapUps)
	huma.Register(api, op("warn-customer", http.MethodPost, "/v1/conversations/{id}/warn", "Tell the customer, in their language, that people are not spoken to like that", http.StatusNoContent), s.warn)
	huma.Register(api, op("release-customer", http.MethodPost, "/v1/conversations/{id}/release", "Leave an abusive customer to the bot, which says so and fetches nobody for a day", http.StatusNoContent), s.release)
}

func (s *Server) proposeWrapUp(ctx context.Context, in *conversationInput) (*wrapUpOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.sees(ctx, u, in.ID); err != nil {
		return nil, err
	}
	w, err := s.o.WrapUp(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	return &wrapUpOutput{w}, nil
}

func (s *Server) wrapUps(ctx context.Context, _ *struct{}) (*wrapUpsOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	ws, err := s.o.Records.OpenWrapUps(ctx, u.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &wrapUpsOutput{}
	out.Body.Items = []openWrapUp{}
	for _, w := range ws {
		x := openWrapUp{Conversation: w.Conversation, Queue: w.Queue, Mode: w.Mode, Began: time.UnixMicro(w.Began).UTC()}
		if w.Mode == string(desk.WrapOptional) && s.o.Now().Sub(x.Began) > optionalFor {
			continue // it was not wanted
		}
		c, err := s.o.Records.Conversation(ctx, w.Conversation)
		if err != nil {
			return nil, s.noted(err)
		}
		x.Name = c.Name()
		if w.Mode == string(desk.WrapTimed) {
			until := time.UnixMicro(w.Until).UTC()
			x.Until = &until
		}
		out.Body.Items = append(out.Body.Items, x)
	}
	return out, nil
}

func (s *Server) wrapUp(ctx context.Context, in *endInput) (*struct{}, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	c, err := s.o.Records.Conversation(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	open, err := s.o.Records.OpenWrapUps(ctx, u.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	had := false
	for _, w := range open { // it may have another queue and somebody else by now, or none
		if w.Conversation == in.ID {
			c.Queue, had = w.Queue, true
		}
	}
	if !had && c.Agent != u.ID && !s.personOf(u).Senior {
		return nil, s.deskTrouble(desk.ErrNotYours)
	}
	if err := s.ended(ctx, u, c, in.Body.Disposition, clean(in.Body.Note)); err != nil {
		return nil, err
	}
	after(ctx, func(ctx context.Context) { s.wrapped(ctx, u.ID) })
	return nil, s.did(ctx, "conversation.wrapup", map[string]any{"conversation": in.ID, "disposition": in.Body.Disposition})
}

// ended keeps how a conversation ended for one who had it.
func (s *Server) ended(ctx context.Context, u store.User, c store.Conversation, disposition, note string) error {
	if !s.o.Desk.Queue(c.Queue).Ends(disposition) {
		return invalid("body.disposition", "the queue knows no such end", disposition)
	}
	if err := s.o.Records.EndWrapUp(ctx, store.WrapUp{Conversation: c.ID, Agent: u.ID, Queue: c.Queue, Mode: string(desk.WrapOptional), Disposition: disposition, Body: note}); err != nil {
		return s.noted(err)
	}
	return nil
}

// wrapped lets somebody be asked again who has no wrap-up left.
func (s *Server) wrapped(ctx context.Context, agent string) {
	if err := s.o.Desk.Wrapped(ctx, agent); err != nil {
		s.o.Logger.Warn("the desk is not told of the end of a wrap-up", "user", agent, "err", err)
	}
}

// mayBeFree fails of one who must say first how a conversation ended; what was to take a
// while is over with it.
func (s *Server) mayBeFree(ctx context.Context, agent string) error {
	ws, err := s.o.Records.OpenWrapUps(ctx, agent)
	if err != nil {
		return s.noted(err)
	}
	for _, w := range ws {
		if w.Mode == string(desk.WrapMandatory) && s.o.Now().Before(time.UnixMicro(w.Until)) {
			return kind("wrapup", huma.Error409Conflict("say first how the last conversation ended: POST /v1/conversations/"+string(w.Conversation)+"/wrapup"))
		}
	}
	if len(ws) > 0 {
		return s.noted(s.o.Records.LeaveWrapUps(ctx, agent, string(desk.WrapTimed)))
	}
	return nil
}

func (s *Server) warn(ctx context.Context, in *conversationInput) (*struct{}, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.opened(ctx, in.ID); err != nil {
		return nil, err
	}
	if err := s.o.Desk.Warn(ctx, s.personOf(u), in.ID); err != nil {
		return nil, s.deskTrouble(err)
	}
	return nil, s.did(ctx, "conversation.warn", map[string]any{"conversation": in.ID})
}

func (s *Server) release(ctx context.Context, in *conversationInput) (*struct{}, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.opened(ctx, in.ID); err != nil {
		return nil, err
	}
	c, err := s.o.Records.Conversation(ctx, in.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	if !s.has(u, c) && !s.personOf(u).Senior {
		return nil, s.deskTrouble(desk.ErrNotYours)
	}
	if err := s.o.Records.Release(ctx, in.ID); err != nil {
		return nil, s.noted(err)
	}
	if err := s.o.Desk.Release(ctx, s.personOf(u), in.ID); err != nil {
		return nil, s.deskTrouble(err)
	}
	return nil, s.did(ctx, "conversation.release", map[string]any{"conversation": in.ID})
}

// called are the people whom a note calls, each once; those that are no staff are refused.
func (s *Server) called(ctx context.Context, names []string) ([]string, error) {
	var out []string
	for _, id := range names {
		if _, ok := s.o.Desk.Me(id); !ok {
			return nil, invalid("body.mentions", "expected ids of colleagues", id)
		}
		out = append(out, id)
	}
	return out, nil
}

type mentionView struct {
	Conversation dialog.ConversationID `json:"conversation"`
	Note         dialog.TurnID         `json:"note"`
	At           time.Time             `json:"at"`
}

type mentionsOutput struct {
	Body struct {
		Items []mentionView `json:"items"`
	}
}

// mentioning registers the notes that call people.
func (s *Server) mentioning(api huma.API) {
	huma.Register(api, huma.Operation{OperationID: "list-mentions", Method: http.MethodGet, Path: "/v1/desk/mentions", Tags: []string{"Desk"}, Summary: "Notes that call one by name and were not seen"}, s.mentions)
	huma.Register(api, huma.Operation{OperationID: "see-mentions", Method: http.MethodPost, Path: "/v1/conversations/{id}/mentions/seen", Tags: []string{"Desk"},
		Summary: "One has looked", DefaultStatus: http.StatusNoContent}, s.seeMentions)
}

func (s *Server) mentions(ctx context.Context, _ *struct{}) (*mentionsOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	ms, err := s.o.Records.Mentions(ctx, u.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &mentionsOutput{}
	out.Body.Items = []mentionView{}
	for _, m := range ms {
		out.Body.Items = append(out.Body.Items, mentionView{m.Conversation, m.Note, time.UnixMicro(m.At).UTC()})
	}
	return out, nil
}

func (s *Server) seeMentions(ctx context.Context, in *conversationInput) (*struct{}, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.noted(s.o.Records.SeeMentions(ctx, in.ID, u.ID))
}
