package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
	"parley/dialog/wall"
)

// Desk is where people are brought into conversations; *desk.Desk is one.
type Desk interface {
	// Ask has a person come. It writes in ctx's transaction: Look is called after it.
	Ask(ctx context.Context, q desk.Request) (desk.Transfer, error)
	Look()
	Accept(ctx context.Context, agent, offer string) (desk.Transfer, error)
	Decline(ctx context.Context, agent, offer string) (desk.Transfer, error)
	Move(ctx context.Context, p desk.Person, transfer string, e desk.Event) (desk.Transfer, error)
	HandOn(ctx context.Context, p desk.Person, q desk.Request) (desk.Transfer, error)
	Return(ctx context.Context, p desk.Person, id dialog.ConversationID) error
	TakeOver(ctx context.Context, agent string, id dialog.ConversationID) error
	Over(ctx context.Context, id dialog.ConversationID) error
	Spoke(agent string, id dialog.ConversationID)
	Wrapped(ctx context.Context, agent string) error
	Warn(ctx context.Context, p desk.Person, id dialog.ConversationID) error
	Release(ctx context.Context, p desk.Person, id dialog.ConversationID) error
	Mention(id dialog.ConversationID, note any, agents []string)
	DeskPeople
}

// DeskPeople is who is at the desk, and what they may see.
type DeskPeople interface {
	Wish(ctx context.Context, agent string, s desk.Status) error
	Connect(ctx context.Context, agent string) (gone func(), err error)
	Changed(removed string)
	Sees(p desk.Person, id dialog.ConversationID, h dialog.Holder, agent, queue, line string) bool
	Open(id dialog.ConversationID) (desk.Transfer, bool)
	Running() []desk.Transfer
	Place(id dialog.ConversationID) (position int, wait time.Duration, ok bool)
	Offers(agent string) []desk.Offer
	Queues() []desk.QueueView
	Queue(name string) desk.Queue
	People() []desk.PersonView
	Me(agent string) (desk.PersonView, bool)
	Scope(teams []string) *store.Scope
	Feed() *desk.Feed
}

// personOf is one of the staff as the desk knows them.
func (s *Server) personOf(u store.User) desk.Person {
	p := desk.Person{ID: u.ID, Senior: ranks[u.Role] >= ranks[store.Supervisor], Queues: u.QueueNames()}
	p.Scope = s.scope(u)
	return p
}

// scope is what a supervisor of some teams sees; nil: everything, or no supervisor.
func (s *Server) scope(u store.User) *store.Scope {
	if teams := u.TeamNames(); u.Role == store.Supervisor && len(teams) > 0 {
		return s.o.Desk.Scope(teams)
	}
	return nil
}

// sees reports whether one of the staff may see a conversation: an agent those that are or
// were theirs and those that wait in their queues, a supervisor those of their teams and those that the bot alone has had.
func (s *Server) sees(ctx context.Context, u store.User, id dialog.ConversationID) error {
	p := s.personOf(u)
	if p.Senior && p.Scope == nil {
		return nil
	}
	c, err := s.o.Records.Conversation(ctx, id)
	if err != nil {
		return s.noted(err)
	}
	if s.o.Desk.Sees(p, id, c.Holder, c.Agent, c.Queue, c.Line()) || p.Senior && c.Site == wall.PracticeSite {
		return nil
	}
	if called, err := s.o.Records.Mentioned(ctx, id, u.ID); err != nil || called {
		return s.noted(err)
	}
	if p.Senior { // another team's is not there
		return s.noted(dialog.ErrNotFound)
	}
	return huma.Error403Forbidden("this conversation is not yours, and waits in none of your queues")
}

type transferView struct {
	ID           string                `json:"id"`
	Conversation dialog.ConversationID `json:"conversation"`
	Kind         desk.Kind             `json:"kind" enum:"chat,call"`
	State        desk.State            `json:"state"`
	Reason       desk.Reason           `json:"reason,omitempty"`
	Queue        string                `json:"queue,omitempty"`
	Agent        string                `json:"agent,omitempty" doc:"user id, or phone:NUMBER of one outside"`
	From         string                `json:"from,omitempty" doc:"user id of who hands on, and has the conversation until it is completed"`
	Consult      bool                  `json:"consult,omitempty" doc:"who hands on talks to the other first"`
	WaitMS       int64                 `json:"wait_ms"`
}

func (s *Server) viewTransfer(t desk.Transfer) transferView {
	return transferView{t.ID, t.Conversation, t.Kind, t.State, t.Reason, t.Queue, t.Agent, t.From, t.Consult, t.Wait(s.o.Now()).Milliseconds()}
}

type transferOutput struct{ Body transferView }

func (s *Server) transferred(t desk.Transfer, err error) (*transferOutput, error) {
	if err != nil {
		return nil, s.deskTrouble(err)
	}
	return &transferOutput{s.viewTransfer(t)}, nil
}

// deskTrouble gives the desk's errors their problem documents.
func (s *Server) deskTrouble(err error) error {
	switch {
	case errors.Is(err, desk.ErrNotYours):
		return kind("not-yours", huma.Error403Forbidden("this is another person's; a supervisor can take it over"))
	case errors.Is(err, desk.ErrElsewhere):
		return kind("elsewhere", huma.Error409Conflict(desk.ErrElsewhere.Error()))
	case errors.Is(err, desk.ErrNoAudio):
		return kind("no-audio", huma.Error409Conflict("nothing is heard of you in this call: join it with POST /v1/calls/{call}/legs, or stand by with POST /v1/desk/legs"))
	case errors.Is(err, desk.ErrOver):
		return kind("over", huma.Error409Conflict("this has come to an end, or is not as far as that"))
	case errors.Is(err, desk.ErrNoCall):
		return huma.Error409Conflict(err.Error())
	case errors.Is(err, desk.ErrNoQueue):
		return invalid("body.queue", err.Error(), nil)
	case errors.Is(err, desk.ErrNoAgent):
		return invalid("body.agent", err.Error(), nil)
	case errors.Is(err, desk.ErrClosing):
		return huma.Error503ServiceUnavailable("the server is going down")
	case errors.Is(err, dialog.ErrConflict):
		return kind("handing", huma.Error409Conflict("it is being handed on already, or is that person's"))
	}
	return s.noted(err)
}

// apart tells what the desk does, which must not wait in a transaction of ours: it writes
// in its own. All of it can be asked for again.
func apart(path string) bool {
	if strings.HasPrefix(path, "/v1/offers/") || strings.HasPrefix(path, "/v1/transfers/") || strings.HasPrefix(path, "/v1/calls/") && strings.HasSuffix(path, "/keys") {
		return true
	}
	rest, ok := strings.CutPrefix(path, "/v1/conversations/")
	_, what, _ := strings.Cut(rest, "/")
	return ok && (what == "transfer" || what == "return" || what == "takeover" || what == "warn" || what == "release")
}

type offerInput struct {
	ID             string `path:"id" maxLength:"100"`
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"answering an offer again is the same"`
}

// desk registers the agents' desk.
func (s *Server) desk(mux *http.ServeMux, api huma.API) {
	op := func(id, method, path, summary string, code int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: code, Tags: []string{"Desk"}}
	}
	huma.Register(api, op("accept-offer", http.MethodPost, "/v1/offers/{id}/accept", "Take a transfer that rings", 0), s.accept)
	huma.Register(api, op("decline-offer", http.MethodPost, "/v1/offers/{id}/decline", "Leave it to others", 0), s.decline)
	huma.Register(api, op("join-transfer", http.MethodPost, "/v1/transfers/{id}/join", "Customer, person and bot together, or who hands on", 0), s.move(func(p string) desk.Event { return desk.Join{Agent: p} }))
	huma.Register(api, op("complete-transfer", http.MethodPost, "/v1/transfers/{id}/complete", "The bot leaves, or who hands on", 0), s.move(func(p string) desk.Event { return desk.Complete{Agent: p} }))
	huma.Register(api, op("cancel-transfer", http.MethodPost, "/v1/transfers/{id}/cancel", "Gives the customer back to whoever had it before", 0), s.move(func(string) desk.Event { return desk.Cancel{} }))
	huma.Register(api, op("hand-on", http.MethodPost, "/v1/conversations/{id}/transfer", "Hands the conversation to a queue, a person or a phone", http.StatusAccepted), s.handOn)
	huma.Register(api, op("return-conversation", http.MethodPost, "/v1/conversations/{id}/return", "Back to the bot, with everything it knew", http.StatusNoContent), s.giveBack)
	huma.Register(api, op("take-over", http.MethodPost, "/v1/conversations/{id}/takeover", "Supervisors: takes the conversation", http.StatusNoContent), s.takeOver)
	huma.Register(api, op("list-queues", http.MethodGet, "/v1/queues", "How the lines stand", 0), s.queues)
	huma.Register(api, op("list-agents", http.MethodGet, "/v1/desk/agents", "Who is there", 0), s.people)
	huma.Register(api, op("desk-me", http.MethodGet, "/v1/desk/me", "One's own presence", 0), s.presence)
	huma.Register(api, op("set-presence", http.MethodPut, "/v1/desk/me", "Be available, away or offline", 0), s.setPresence)
	s.raw(mux, api, http.MethodGet, "/v1/desk/events", "watch-desk", "WebSocket of what this person may see: offers, conversations, queues, presence; from after= on, or with a snapshot first; supervisors with wall=true: and the wall, and who looks is not at the desk",
		wire{out: map[string]string{"101": ""}}, s.watchDesk)
	s.finding(api)
}

// agentOnly is the user behind a request of the staff's.
func (s *Server) agentOnly(ctx context.Context) (store.User, error) {
	if err := s.rank(ctx, store.Agent); err != nil {
		return store.User{}, err
	}
	return *caller(ctx).user, nil
}

func (s *Server) accept(ctx context.Context, in *offerInput) (*transferOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	return s.transferred(s.o.Desk.Accept(ctx, u.ID, in.ID))
}

func (s *Server) decline(ctx context.Context, in *offerInput) (*transferOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	return s.transferred(s.o.Desk.Decline(ctx, u.ID, in.ID))
}

func (s *Server) move(e func(agent string) desk.Event) func(ctx context.Context, in *offerInput) (*transferOutput, error) {
	return func(ctx context.Context, in *offerInput) (*transferOutput, error) {
		u, err := s.agentOnly(ctx)
		if err != nil {
			return nil, err
		}
		return s.transferred(s.o.Desk.Move(ctx, s.personOf(u), in.ID, e(u.ID)))
	}
}

type handOnInput struct {
	ID   dialog.ConversationID `path:"id" maxLength:"100"`
	Body struct {
		Queue  string `json:"queue,omitempty" maxLength:"60"`
		Agent  string `json:"agent,omitempty" maxLength:"100" doc:"user id"`
		Phone  string `json:"phone,omitempty" maxLength:"40" doc:"an outside number: who answers hears what it is about and presses 1; blind: is connected at once"`
		Reason string `json:"reason,omitempty" maxLength:"2000" doc:"a note for who takes over"`
		Mode   string `json:"mode,omitempty" enum:"warm,consult,blind" doc:"warm: it stays with you until somebody comes, who is told by the bot; consult: you tell them while the customer is on hold, then join, complete or cancel the transfer; blind: it goes at once"`
	}
}

func (s *Server) handOn(ctx context.Context, in *handOnInput) (*transferOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	b := in.Body
	named := 0
	for _, x := range []string{b.Queue, b.Agent, b.Phone} {
		named += len(x[:min(len(x), 1)])
	}
	if named != 1 {
		return nil, invalid("body", "expected a queue, an agent or a phone", nil)
	}
	if b.Phone != "" {
		if s.o.Phones == nil {
			return nil, invalid("body.phone", "no phone line is connected here", b.Phone)
		}
		if b.Phone, err = s.o.Phones.Number(b.Phone); err != nil {
			return nil, invalid("body.phone", err.Error(), in.Body.Phone)
		}
	}
	if err := s.opened(ctx, in.ID); err != nil {
		return nil, err
	}
	t, err := s.o.Desk.HandOn(ctx, s.personOf(u), desk.Request{Conversation: in.ID, Queue: b.Queue, Only: b.Agent, Phone: b.Phone, Note: clean(b.Reason), Asked: "handed on", Blind: b.Mode == "blind", Consult: b.Mode == "consult"})
	if err != nil {
		return nil, s.deskTrouble(err)
	}
	if err := s.did(ctx, "conversation.transfer", map[string]any{"conversation": in.ID, "queue": b.Queue, "agent": b.Agent, "phone": b.Phone, "transfer": t.ID}); err != nil {
		return nil, err
	}
	return s.transferred(t, nil)
}

// opened fails of a conversation that is over, or was never there.
func (s *Server) opened(ctx context.Context, id dialog.ConversationID) error {
	c, err := s.o.Records.Conversation(ctx, id)
	if err == nil && c.State == store.Closed {
		err = dialog.ErrClosed
	}
	if err != nil {
		return s.noted(err)
	}
	return nil
}

func (s *Server) giveBack(ctx context.Context, in *conversationInput) (*struct{}, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.opened(ctx, in.ID); err != nil {
		return nil, err
	}
	if err := s.o.Desk.Return(ctx, s.personOf(u), in.ID); err != nil {
		return nil, s.deskTrouble(err)
	}
	return nil, s.did(ctx, "conversation.return", map[string]any{"conversation": in.ID})
}

func (s *Server) takeOver(ctx context.Context, in *conversationInput) (*struct{}, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if err := s.opened(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, s.seize(ctx, in.ID)
}

// seize gives a conversation to the caller, and notes it.
func (s *Server) seize(ctx context.Context, id dialog.ConversationID) error {
	if err := s.o.Desk.TakeOver(ctx, caller(ctx).user.ID, id); err != nil {
		return s.deskTrouble(err)
	}
	return s.did(ctx, "conversation.takeover", map[string]any{"conversation": id})
}

type queuesOutput struct {
	Body struct {
		Items []desk.QueueView `json:"items"`
	}
}

func (s *Server) queues(ctx context.Context, _ *struct{}) (*queuesOutput, error) {
	if _, err := s.agentOnly(ctx); err != nil {
		return nil, err
	}
	out := &queuesOutput{}
	out.Body.Items = s.o.Desk.Queues()
	return out, nil
}

type peopleOutput struct {
	Body struct {
		Items []desk.PersonView `json:"items"`
	}
}

func (s *Server) people(ctx context.Context, _ *struct{}) (*peopleOutput, error) {
	if _, err := s.agentOnly(ctx); err != nil {
		return nil, err
	}
	out := &peopleOutput{}
	out.Body.Items = s.o.Desk.People()
	return out, nil
}

type presenceOutput struct{ Body desk.PersonView }

func (s *Server) presence(ctx context.Context, _ *struct{}) (*presenceOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	p, ok := s.o.Desk.Me(u.ID)
	if !ok { // new, and not known at the desk yet
		p = desk.PersonView{ID: u.ID, Name: u.Name, Role: u.Role, Status: desk.Offline, Wish: desk.Offline, Capacity: desk.ChatPlaces}
	}
	return &presenceOutput{p}, nil
}

type setPresenceInput struct {
	Body struct {
		Status desk.Status `json:"status" enum:"available,away,offline"`
	}
}

func (s *Server) setPresence(ctx context.Context, in *setPresenceInput) (*presenceOutput, error) {
	u, err := s.agentOnly(ctx)
	if err != nil {
		return nil, err
	}
	if in.Body.Status == desk.Available {
		if err := s.mayBeFree(ctx, u.ID); err != nil {
			return nil, err
		}
	}
	if err := s.o.Desk.Wish(ctx, u.ID, in.Body.Status); err != nil {
		return nil, s.deskTrouble(err)
	}
	return s.presence(ctx, nil)
}
