package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"parley/dialog"
)

// api is a page's way to the server.
type api struct {
	base   string
	client *http.Client
}

// do sends a request, and returns the answer's body and headers when it is good.
func (a *api) do(ctx context.Context, method, path, token, kind, body string) ([]byte, http.Header, error) {
	r, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := a.client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %.200s", method, path, res.Status, b)
	}
	return b, res.Header, err
}

// conversation is one that was opened.
type conversation struct {
	ID    string `json:"id"`
	Token string `json:"token"`
}

func (a *api) open(ctx context.Context) (c conversation, err error) {
	b, _, err := a.do(ctx, http.MethodPost, "/v1/conversations", "", "application/json", `{"channel":"web","locale":"en"}`)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	return c, err
}

// login gives a token of one of the staff.
func (a *api) login(ctx context.Context, email, password string) (string, error) {
	body, _, err := a.do(ctx, http.MethodPost, "/v1/login", "", "application/json", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password))
	var in struct{ Token string }
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	return in.Token, err
}

// call offers, and returns the answer and the call's address.
func (a *api) call(ctx context.Context, c conversation, offer string) (answer, location string, err error) {
	b, h, err := a.do(ctx, http.MethodPost, "/v1/conversations/"+c.ID+"/calls", c.Token, "application/sdp", offer)
	return string(b), h.Get("Location"), err
}

func (a *api) hangup(ctx context.Context, c conversation, location string) error {
	_, _, err := a.do(ctx, http.MethodDelete, location, c.Token, "", "")
	return err
}

// event is one of the conversation's, as it came.
type event struct {
	dialog.Record
	came time.Time
}

// watch hands on the conversation's events until ctx ends or the server closes.
func (a *api) watch(ctx context.Context, c conversation, f func(event)) (wait func(), err error) {
	return a.stream(ctx, "/v1/conversations/"+c.ID+"/events", c.Token, f)
}

// stream is watch of any socket.
func (a *api) stream(ctx context.Context, path, token string, f func(event)) (wait func(), err error) {
	url := "ws" + strings.TrimPrefix(a.base, "http") + path
	dialer := websocket.Dialer{HandshakeTimeout: 5 * time.Second, Subprotocols: []string{"bearer." + token}}
	conn, res, err := dialer.DialContext(ctx, url, nil)
	if err != nil {
		if res != nil {
			err = errors.Join(err, errors.New(res.Status))
		}
		return nil, fmt.Errorf("events: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer conn.Close()
		defer stop()
		for {
			_, b, err := conn.ReadMessage()
			if err != nil {
				return
			}
			e := event{came: time.Now()}
			if json.Unmarshal(b, &e.Record) == nil {
				f(e)
			}
		}
	}()
	return func() { <-done }, nil
}
