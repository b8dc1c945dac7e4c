package web

import (
	"context"
	"net/http"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// Contact is what a customer leaves while nobody is there: a question, and where the answer
// goes. One of Email and Phone is set.
type Contact struct {
	Name, Email, Phone, Text string
	Language                 string
}

// Contacts takes what customers leave.
type Contacts interface {
	// Back is when people are back, and that in words; zero and "": it is not known.
	Back(language string) (at time.Time, words string)
	// Leave keeps it for the company's people and has the bot say so. With the request's
	// transaction, or not at all.
	Leave(ctx context.Context, id dialog.ConversationID, c Contact) (promised time.Time, said func(context.Context), err error)
}

type backInput struct {
	ID       dialog.ConversationID `path:"id" maxLength:"100"`
	Language string                `header:"Content-Language" maxLength:"35"`
}

type backOutput struct {
	Body struct {
		At    *time.Time `json:"back_at,omitempty" doc:"absent: it is not known"`
		Words string     `json:"back,omitempty" doc:"the same as one says it, in the customer's language"`
	}
}

type contactInput struct {
	ID             dialog.ConversationID `path:"id" maxLength:"100"`
	IdempotencyKey string                `header:"Idempotency-Key" maxLength:"200" doc:"the same key again gives the first answer"` // see once
	Body           struct {
		Name  string `json:"name,omitempty" maxLength:"100"`
		Email string `json:"email,omitempty" maxLength:"254" doc:"this or phone"`
		Phone string `json:"phone,omitempty" maxLength:"40" doc:"this or email"`
		Text  string `json:"text" minLength:"1" maxLength:"4000" doc:"the question"`
	}
}

type contactOutput struct {
	Body struct {
		At *time.Time `json:"promised_at,omitempty" doc:"when the customer was told that people are back; absent: it is not known"`
	}
}

// contacts registers what a customer leaves while nobody is there.
func (s *Server) contacts(api huma.API) {
	if s.o.Contacts == nil {
		return
	}
	huma.Register(api, huma.Operation{OperationID: "get-contact", Method: http.MethodGet, Path: "/v1/conversations/{id}/contact",
		Summary: "When people are back"}, s.back)
	huma.Register(api, huma.Operation{OperationID: "leave-contact", Method: http.MethodPost, Path: "/v1/conversations/{id}/contact",
		Summary: "While nobody is there: leave a question, and where the answer goes", DefaultStatus: http.StatusCreated}, s.leave)
}

func (s *Server) back(ctx context.Context, in *backInput) (*backOutput, error) {
	if err := s.may(ctx, in.ID); err != nil {
		return nil, err
	}
	out := &backOutput{}
	if at, words := s.o.Contacts.Back(caller(ctx).locale); !at.IsZero() {
		at = at.UTC()
		out.Body.At, out.Body.Words = &at, words
	}
	return out, nil
}

var (
	digitsOnly = regexp.MustCompile(`^\+?[0-9]{6,15}$`)
	phoneMarks = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "", "/", "", "\u00a0", "")
)

func (s *Server) leave(ctx context.Context, in *contactInput) (*contactOutput, error) {
	if err := s.customer(ctx, in.ID); err != nil {
		return nil, err
	}
	c := Contact{Name: line(clean(in.Body.Name), 100), Email: strings.TrimSpace(in.Body.Email), Phone: phoneMarks.Replace(strings.TrimSpace(in.Body.Phone)), Text: strings.TrimSpace(in.Body.Text), Language: caller(ctx).locale}
	switch {
	case c.Text == "":
		return nil, invalid("body.text", "expected the question", in.Body.Text)
	case c.Email == "" && c.Phone == "":
		return nil, invalid("body.email", "expected an e-mail address, or a phone number", "")
	case c.Email != "":
		a, err := mail.ParseAddress(c.Email)
		if err != nil || a.Address != c.Email || !strings.Contains(c.Email[strings.LastIndexByte(c.Email, '@'):], ".") {
			return nil, invalid("body.email", "expected an e-mail address, as jo@example.com", in.Body.Email)
		}
	}
	if c.Phone != "" && !digitsOnly.MatchString(c.Phone) {
		return nil, invalid("body.phone", "expected a phone number of 6 to 15 digits, as +86 21 1234 5678", in.Body.Phone)
	}
	if conv, err := s.o.Records.Conversation(ctx, in.ID); err != nil {
		return nil, s.noted(err)
	} else if conv.State == store.Closed {
		return nil, s.noted(dialog.ErrClosed)
	} else if conv.Holder != dialog.HeldByBot {
		return nil, huma.Error409Conflict("somebody has the conversation, or is being fetched: write there")
	}
	c.Text, _, _ = s.spare(ctx, in.ID, c.Text)
	at, said, err := s.o.Contacts.Leave(ctx, in.ID, c)
	if err != nil {
		return nil, s.noted(err)
	}
	after(ctx, func(ctx context.Context) { said(ctx) })
	out := &contactOutput{}
	if !at.IsZero() {
		at = at.UTC()
		out.Body.At = &at
	}
	return out, nil
}
