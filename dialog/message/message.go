// Package message sends short texts to customers' phones: each is posted, signed, to a
// server of the company's that has a way to the phones.
//
// It is a tool that changes something, so that the outbox sends it: again until it is
// taken, and given up where people see it.
package message

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"parley/dialog/signature"
	"parley/dialog/tool"
)

// Tool is the name by which the outbox knows it.
const Tool = "send_message"

// Options of a Sender. URL is required.
type Options struct {
	URL    string
	Secret string // signs as webhooks are signed
	From   string // as the phone shows it; "" leaves it to the server
}

// Sender posts {"to","text","locale","from"}. Any 2xx is taken as accepted; 4xx is a
// definite no, but for 408, 425 and 429; all else is tried again with the same Parley-Id.
type Sender struct {
	o      Options
	client *http.Client
}

var _ tool.Tool = (*Sender)(nil)

// limit is how long the server may take: what else the conversation changes waits behind.
const limit = 5 * time.Second

// New returns a sender.
func New(o Options) *Sender {
	return &Sender{o: o, client: &http.Client{Timeout: limit, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Spec implements tool.Tool.
func (s *Sender) Spec() tool.Spec {
	return tool.Spec{Name: Tool, Effect: tool.Changes, Idempotent: tool.ByKey, Private: true, Timeout: limit, Source: "messages",
		Title: tool.Text{"en": "a message to your phone", "zh": "发短信到您的手机"},
		Schema: json.RawMessage(`{"type":"object","properties":{"to":{"type":"string","minLength":3,"maxLength":40},"text":{"type":"string","minLength":1,"maxLength":1000},` +
			`"locale":{"type":"string","maxLength":35}},"required":["to","text","locale"],"additionalProperties":false}`),
		Result: tool.Text{"en": "The message with the link is on its way to your phone.", "zh": "带链接的短信已经发往您的手机。"}}
}

// posted is what the server gets.
type posted struct {
	To     any    `json:"to"`
	Text   any    `json:"text"`
	Locale any    `json:"locale"`
	From   string `json:"from,omitempty"`
}

// Call implements tool.Tool.
func (s *Sender) Call(ctx context.Context, c tool.Call) (tool.Result, error) {
	body, err := json.Marshal(posted{c.Args["to"], c.Args["text"], c.Args["locale"], s.o.From})
	if err != nil {
		return tool.Result{}, fmt.Errorf("message: %w: %w", tool.ErrUnsent, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.o.URL, bytes.NewReader(body))
	if err != nil {
		return tool.Result{}, fmt.Errorf("message: %w: %w", tool.ErrUnsent, err)
	}
	r.Header.Set("Content-Type", "application/json")
	signature.Sign(r.Header, s.o.Secret, c.Key, time.Now(), body)
	res, err := s.client.Do(r)
	var asked *url.Error
	if errors.As(err, &asked) { // it repeats the address, which may hold a secret
		err = asked.Err
	}
	var dial *net.OpError
	switch {
	case errors.As(err, &dial) && dial.Op == "dial":
		return tool.Result{}, fmt.Errorf("message: %w: %w", tool.ErrUnsent, err)
	case err != nil:
		return tool.Result{}, fmt.Errorf("message: %w", err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	switch code := res.StatusCode; {
	case code/100 == 2:
		return tool.Result{Data: map[string]any{"status": code}}, nil
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests:
		return tool.Result{}, fmt.Errorf("message: %w: the server answered %s", tool.ErrUnsent, res.Status)
	case code/100 == 4:
		return tool.Result{Refused: true, Data: map[string]any{"status": code}}, nil
	}
	return tool.Result{}, fmt.Errorf("message: the server answered %s", res.Status)
}
