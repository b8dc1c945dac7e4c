package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/text/language"

	"parley/dialog"
	"parley/dialog/outbound"
	"parley/dialog/store"
)

// ErrNotOurs: a call is to show a number that is no trunk's.
var ErrNotOurs = errors.New("this number is none of ours")

// PhoneCall is a call that is to be made.
type PhoneCall struct {
	To           string // as people write numbers
	From         string // one of ours, E.164; "": the trunk's
	Language     string
	Purpose      string
	Conversation dialog.ConversationID // "": a new one
	Callback     bool                  // the customer asked for it, and a person is free
	Informed     bool                  // a machine has our message already

	Unanswered func(reason string) // told when nobody took it; may be nil
}

// Ended tells that nobody took the call.
func (q PhoneCall) Ended(reason string) {
	if q.Unanswered != nil {
		q.Unanswered(reason)
	}
}

// PhoneAnswer is a call that will be made.
type PhoneAnswer struct {
	Call         dialog.CallID
	Conversation dialog.ConversationID
	To           string // E.164
}

// Phones call phones.
type Phones interface {
	// Number reads a number as people write it; the error is an *outbound.Refusal.
	Number(text string) (string, error)
	// Call asks whether a call may be made, writes it down in ctx's transaction, and gives
	// what begins it once that is kept. It is an *outbound.Refusal, or ErrNotOurs.
	Call(ctx context.Context, q PhoneCall) (a PhoneAnswer, begin func(), err error)
	// Switch turns calls out on or off, at once.
	Switch(ctx context.Context, on bool, by string) error
	State() PhoneState
	// Keys presses keys for the phone of a call's customer, or of the person outside who is in
	// it: '0' to '9', '*', '#', 'A' to 'D', and ',' for half a second. ErrNoKeys: there is no
	// such phone, or it takes none.
	Keys(ctx context.Context, call dialog.CallID, outside bool, keys string) error
}

// ErrNoKeys: no phone is there that keys can be pressed for.
var ErrNoKeys = errors.New("no phone in this call takes keys")

// PhoneState is how phones do.
type PhoneState struct {
	Outbound     bool         `json:"outbound" doc:"false: the switch is off, and no phone is called"`
	Destinations []string     `json:"destinations" doc:"prefixes that may be called"`
	Trunks       []TrunkState `json:"trunks"`
	Phones       []DeskPhone  `json:"phones" doc:"desk phones that may register here"`
}

// TrunkState is how one trunk does.
type TrunkState struct {
	Name       string    `json:"name"`
	Numbers    []string  `json:"numbers"`
	Calls      int       `json:"calls" doc:"up or ringing"`
	Registers  bool      `json:"registers,omitempty"`
	Registered bool      `json:"registered,omitempty"`
	Trouble    string    `json:"trouble,omitempty" doc:"why the last registration failed"`
	Alive      bool      `json:"alive" doc:"whether the last OPTIONS was answered"`
	RTTMS      int64     `json:"rtt_ms"`
	Checked    time.Time `json:"checked_at,omitzero"`
	OutToday   int       `json:"out_today"`
	OutLive    int       `json:"out_live"`
	PerDay     int       `json:"out_per_day,omitempty"`
	AtOnce     int       `json:"out_at_once,omitempty"`
	Spent      float64   `json:"spent_today,omitempty"`
}

// DeskPhone is a phone of the company's people.
type DeskPhone struct {
	User       string    `json:"user"`
	Registered bool      `json:"registered"`
	Until      time.Time `json:"until,omitzero"`
}

// Barring is the do-not-call list; *store.Store keeps it.
type Barring interface {
	Bar(ctx context.Context, number, reason, by string) (store.Barred, error)
	Unbar(ctx context.Context, number string) error
	BarredNumbers(ctx context.Context, before int64, after string, limit int) ([]store.Barred, error)
}

// phone registers what is done with phones.
func (s *Server) phone(api huma.API) {
	op := func(id, method, path, summary string, code int) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: code, Tags: []string{"Phones"}}
	}
	huma.Register(api, op("call-phone", http.MethodPost, "/v1/calls", "Supervisors and programs: calls a phone. Who answers hears first that an AI calls, and why; call.started and call.ended (busy, no_answer, declined, number, voicemail, do_not_call …) tell how it went", http.StatusAccepted), s.callPhone)
	huma.Register(api, op("press-keys", http.MethodPost, "/v1/calls/{call}/keys", "Press keys (DTMF) for the customer's phone, or for that of a person outside who is in the call", http.StatusNoContent), s.pressKeys)
	huma.Register(api, op("phones", http.MethodGet, "/v1/phones", "Supervisors: trunks, desk phones, and what was called today", 0), s.phones)
	huma.Register(api, op("switch-phones", http.MethodPatch, "/v1/phones", "Admins: turns calls out off at once, or on again", 0), s.switchPhones)
	huma.Register(api, op("list-do-not-call", http.MethodGet, "/v1/do-not-call", "Supervisors: numbers that are not called, the newest first", 0), s.listBarred)
	huma.Register(api, op("add-do-not-call", http.MethodPost, "/v1/do-not-call", "Supervisors: a number that is not to be called", http.StatusCreated), s.bar)
	huma.Register(api, op("remove-do-not-call", http.MethodDelete, "/v1/do-not-call/{number}", "Supervisors: takes a number off the list", http.StatusNoContent), s.unbar)
}

type callPhoneInput struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"the same key again calls nobody twice"`
	Body           struct {
		To       string `json:"to" minLength:"1" maxLength:"40" doc:"with the country's code, as +862112345678, or as it is written in the country of sip.region"`
		From     string `json:"from,omitempty" maxLength:"40" doc:"one of our numbers"`
		Language string `json:"language,omitempty" maxLength:"35" doc:"BCP 47; else the first of the bot's"`
		Purpose  string `json:"purpose,omitempty" maxLength:"500" doc:"what it is about, in that language: a few words, which follow \"I am calling about\", or whole sentences"`
	}
}

type callPhoneOutput struct {
	Location string `header:"Location"`
	Body     struct {
		ID           dialog.CallID         `json:"id"`
		Conversation dialog.ConversationID `json:"conversation"`
		To           string                `json:"to"`
		State        string                `json:"state" enum:"dialing"`
	}
}

var errNoPhones = huma.Error503ServiceUnavailable("no phone line is connected here: see sip in the settings")

func (s *Server) callPhone(ctx context.Context, in *callPhoneInput) (*callPhoneOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if s.o.Phones == nil {
		return nil, errNoPhones
	}
	b := in.Body
	if b.Language == "" {
		if ls := s.o.Capabilities().Languages; len(ls) > 0 {
			b.Language = ls[0].Tag
		}
	}
	if _, err := language.Parse(b.Language); err != nil {
		return nil, invalid("body.language", "expected a BCP 47 tag, as en or zh-CN", b.Language)
	}
	if b.From != "" {
		n, err := s.o.Phones.Number(b.From)
		if err != nil {
			return nil, invalid("body.from", err.Error(), b.From)
		}
		b.From = n
	}
	a, begin, err := s.o.Phones.Call(ctx, PhoneCall{To: b.To, From: b.From, Language: b.Language, Purpose: strings.TrimSpace(b.Purpose)})
	if err != nil {
		return nil, s.refusal(err, b.To, b.From)
	}
	if err := s.did(ctx, "call.phone", map[string]any{"call": a.Call, "conversation": a.Conversation}); err != nil {
		return nil, err
	}
	after(ctx, func(context.Context) { begin() })
	out := &callPhoneOutput{Location: "/v1/calls/" + string(a.Call)}
	out.Body.ID, out.Body.Conversation, out.Body.To, out.Body.State = a.Call, a.Conversation, a.To, "dialing"
	return out, nil
}

// refusal says why a phone is not called.
func (s *Server) refusal(err error, to, from string) error {
	if errors.Is(err, ErrNotOurs) {
		return invalid("body.from", "expected a number of a trunk that calls out", from)
	}
	var r *outbound.Refusal
	if !errors.As(err, &r) {
		return s.noted(err)
	}
	status := http.StatusTooManyRequests
	switch r.Code {
	case outbound.BadNumber, outbound.Emergency:
		return invalid("body.to", r.Detail, to)
	case outbound.Destination, outbound.Listed:
		status = http.StatusForbidden
	case outbound.Off, outbound.NoTrunk:
		status = http.StatusServiceUnavailable
	}
	e := huma.NewError(status, r.Detail, &huma.ErrorDetail{Location: "body.to", Message: string(r.Code), Value: to})
	if r.Again.IsZero() {
		return e
	}
	wait := max(1, int(math.Ceil(r.Again.Sub(s.o.Now()).Seconds())))
	return huma.ErrorWithHeaders(e, http.Header{"Retry-After": {strconv.Itoa(wait)}})
}

type keysInput struct {
	Call dialog.CallID `path:"call" maxLength:"100"`
	Body struct {
		Keys string `json:"keys" pattern:"^[0-9*#A-D,]{1,32}$" doc:"a comma is a pause of half a second"`
		To   string `json:"to,omitempty" enum:"customer,outside" doc:"whose phone; customer where nothing is said"`
	}
}

func (s *Server) pressKeys(ctx context.Context, in *keysInput) (*struct{}, error) {
	of, err := s.mayJoin(ctx, in.Call)
	if err != nil {
		return nil, s.noted(err)
	}
	if s.o.Phones == nil {
		return nil, noKeys
	}
	to := cmp.Or(in.Body.To, "customer")
	if err := s.o.Phones.Keys(ctx, in.Call, to == "outside", in.Body.Keys); err != nil {
		if errors.Is(err, ErrNoKeys) {
			return nil, noKeys
		}
		return nil, s.noted(err)
	}
	// What was pressed may be a secret: it is not noted.
	return nil, s.did(ctx, "call.keys", map[string]any{"call": in.Call, "conversation": of, "to": to, "keys": len(in.Body.Keys)})
}

var noKeys = kind("no-keys", huma.Error409Conflict(ErrNoKeys.Error()))

type phonesOutput struct{ Body PhoneState }

func (s *Server) phones(ctx context.Context, _ *struct{}) (*phonesOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	if s.o.Phones == nil {
		return &phonesOutput{PhoneState{Destinations: []string{}, Trunks: []TrunkState{}, Phones: []DeskPhone{}}}, nil
	}
	return &phonesOutput{s.o.Phones.State()}, nil
}

type switchPhonesInput struct {
	Body struct {
		Outbound bool `json:"outbound" doc:"false: nobody is called, and what rings ends"`
	}
}

func (s *Server) switchPhones(ctx context.Context, in *switchPhonesInput) (*phonesOutput, error) {
	if err := s.rank(ctx, store.Admin); err != nil {
		return nil, err
	}
	if s.o.Phones == nil {
		return nil, errNoPhones
	}
	if err := s.o.Phones.Switch(ctx, in.Body.Outbound, caller(ctx).user.ID); err != nil {
		return nil, s.noted(err)
	}
	if err := s.did(ctx, "phones.switch", map[string]any{"outbound": in.Body.Outbound}); err != nil {
		return nil, err
	}
	return s.phones(ctx, nil)
}

type barredView struct {
	Number string    `json:"number"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by" doc:"user id, or customer: who said so in a call"`
	At     time.Time `json:"at"`
}

func viewBarred(b store.Barred) barredView {
	number, reason := b.Number()
	return barredView{Number: number, Reason: reason, By: b.Author, At: time.UnixMicro(b.At).UTC()}
}

type listBarredInput struct {
	Cursor string `query:"cursor" maxLength:"120" doc:"what next said"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type listBarredOutput struct {
	Body struct {
		Items []barredView `json:"items"`
		Next  string       `json:"next,omitempty" doc:"pass as cursor; absent at the end"`
	}
}

func (s *Server) listBarred(ctx context.Context, in *listBarredInput) (*listBarredOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	var before int64
	var last string
	if in.Cursor != "" {
		if _, err := fmt.Sscanf(strings.Replace(in.Cursor, ".", " ", 1), "%d %s", &before, &last); err != nil {
			return nil, invalid("query.cursor", "expected what next said", in.Cursor)
		}
	}
	bs, err := s.o.Records.BarredNumbers(ctx, before, last, in.Limit+1)
	if err != nil {
		return nil, s.noted(err)
	}
	out := &listBarredOutput{}
	out.Body.Items = []barredView{}
	if len(bs) > in.Limit {
		bs = bs[:in.Limit]
		x := bs[in.Limit-1]
		out.Body.Next = fmt.Sprintf("%d.%s", x.At, x.ID)
	}
	for _, b := range bs {
		out.Body.Items = append(out.Body.Items, viewBarred(b))
	}
	return out, nil
}

type barInput struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200"`
	Body           struct {
		Number string `json:"number" minLength:"1" maxLength:"40"`
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

type barOutput struct{ Body barredView }

// plainNumber reads a number for the list: as phones do, or where none are, with its
// country's code.
func (s *Server) plainNumber(place, text string) (string, error) {
	read := func(t string) (string, error) { n, err := outbound.Parse(t, ""); return n.E164, err }
	if s.o.Phones != nil {
		read = s.o.Phones.Number
	}
	n, err := read(text)
	if err != nil {
		return "", invalid(place, err.Error(), text)
	}
	return n, nil
}

func (s *Server) bar(ctx context.Context, in *barInput) (*barOutput, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	n, err := s.plainNumber("body.number", in.Body.Number)
	if err != nil {
		return nil, err
	}
	b, err := s.o.Records.Bar(ctx, n, in.Body.Reason, caller(ctx).user.ID)
	if err != nil {
		return nil, s.noted(err)
	}
	return &barOutput{viewBarred(b)}, s.did(ctx, "do-not-call.add", map[string]any{"number": n})
}

type unbarInput struct {
	Number string `path:"number" maxLength:"60"`
}

func (s *Server) unbar(ctx context.Context, in *unbarInput) (*struct{}, error) {
	if err := s.rank(ctx, store.Supervisor); err != nil {
		return nil, err
	}
	n, err := s.plainNumber("path.number", cmp.Or(in.Number, "-"))
	if err != nil {
		return nil, err
	}
	if err := s.o.Records.Unbar(ctx, n); err != nil {
		return nil, s.noted(err)
	}
	return nil, s.did(ctx, "do-not-call.remove", map[string]any{"number": n})
}
