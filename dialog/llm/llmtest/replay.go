package llmtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
)

// Replay is traffic with a server, kept so that tests need neither network nor key.
type Replay struct {
	// Source is "recorded" when the server itself answered; "imitated" when Imitate did,
	// by what the page under Docs says, because there was no key.
	Source    string     `json:"source"`
	Docs      string     `json:"docs"`
	Exchanges []Exchange `json:"exchanges"`
}

// Exchange is a request and its answer. No header of a request is kept, so no key.
type Exchange struct {
	Path   string          `json:"path"`
	Sent   json.RawMessage `json:"sent"`
	Status int             `json:"status"`
	Type   string          `json:"type"`
	Wait   string          `json:"retry_after,omitempty"`
	Body   string          `json:"body"`
}

// ReadReplay reads a file.
func ReadReplay(file string) (*Replay, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := &Replay{}
	return r, json.Unmarshal(b, r)
}

// Write writes a file.
func (r *Replay) Write(file string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(r); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}

// Player answers as the replay has it, in its order, and refuses what was not sent then.
func (r *Replay) Player() http.RoundTripper { return &player{replay: r} }

type player struct {
	replay *Replay
	mu     sync.Mutex
	next   int
}

// RoundTrip implements http.RoundTripper.
func (p *player) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next >= len(p.replay.Exchanges) {
		return nil, fmt.Errorf("llmtest: nothing more was recorded; sent now: %s", body)
	}
	x := p.replay.Exchanges[p.next]
	p.next++
	if canonical(x.Sent) != canonical(body) || x.Path != r.URL.Path {
		return nil, fmt.Errorf("llmtest: recorded was %s %s; sent now: %s %s", x.Path, canonical(x.Sent), r.URL.Path, canonical(body))
	}
	h := http.Header{"Content-Type": {x.Type}}
	if x.Wait != "" {
		h.Set("Retry-After", x.Wait)
	}
	return &http.Response{Status: http.StatusText(x.Status), StatusCode: x.Status, Header: h, Request: r, Body: io.NopCloser(bytes.NewReader([]byte(x.Body)))}, nil
}

func canonical(b []byte) string {
	var v any
	if json.Unmarshal(b, &v) != nil {
		return string(b)
	}
	out, _ := json.Marshal(v)
	return string(out)
}

// Recorder keeps what goes through it.
func (r *Replay) Recorder(next http.RoundTripper) http.RoundTripper {
	return &recorder{replay: r, next: next}
}

type recorder struct {
	replay *Replay
	next   http.RoundTripper
	mu     sync.Mutex
}

// RoundTrip implements http.RoundTripper.
func (c *recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(sent))
	res, err := c.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.replay.Exchanges = append(c.replay.Exchanges, Exchange{Path: r.URL.Path, Sent: sent, Status: res.StatusCode,
		Type: res.Header.Get("Content-Type"), Wait: res.Header.Get("Retry-After"), Body: string(body)})
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}
