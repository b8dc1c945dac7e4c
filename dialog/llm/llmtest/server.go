// Package llmtest is a scripted peer that speaks the OpenAI chat and embeddings protocols over
// real HTTP: for tests and benches, also outside of go test.
package llmtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Message is what the peer was sent.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// Mode is how the peer behaves.
type Mode string

// The modes; "" is well.
const (
	Refuse Mode = "refuse" // 503
	Hang   Mode = "hang"   // no byte ever
	Stall  Mode = "stall"  // silent after the first words
	Break  Mode = "break"  // hangs up after the first words
	Lie    Mode = "lie"    // sends what is no JSON
	Messy  Mode = "messy"  // comments, events, usage in the choice, empty choices
)

// Script says what the peer does. The zero value echoes the last message at once.
type Script struct {
	FirstToken time.Duration // until the first piece
	PerToken   time.Duration // between pieces
	Reply      func(ms []Message) string
	First      func(reply string) // told when the first piece has left; nil: nobody
	Mode       Mode
	// Embed gives the vectors of texts, or an error for a refusal with 400; nil: the peer has none.
	Embed func(texts []string) ([][]float32, error)
}

// Server is a running peer.
type Server struct {
	URL string // ends in /v1

	srv  *httptest.Server
	stop chan struct{}

	mu       sync.Mutex
	script   Script
	requests []Request
}

// Request is one that the peer received.
type Request struct {
	At       time.Time
	Path     string
	Model    string
	Messages []Message
	Texts    []string // to be embedded
	Body     []byte
}

// NewServer starts a peer on a free loopback port.
func NewServer(s Script) *Server {
	p := &Server{script: s, stop: make(chan struct{})}
	p.srv = httptest.NewServer(http.HandlerFunc(p.serve))
	p.URL = p.srv.URL + "/v1"
	return p
}

// Set changes the script for requests to come.
func (p *Server) Set(s Script) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.script = s
}

// Close ends it and waits for its goroutines.
func (p *Server) Close() {
	close(p.stop)
	p.srv.CloseClientConnections()
	p.srv.Close()
}

// Requests gives what it was asked so far, oldest first.
func (p *Server) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Request(nil), p.requests...)
}

func (p *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	var q struct {
		Model    string    `json:"model"`
		Messages []Message `json:"messages"`
		Input    []string  `json:"input"`
	}
	chat, embeds := r.URL.Path == "/v1/chat/completions", r.URL.Path == "/v1/embeddings"
	if err != nil || json.Unmarshal(body, &q) != nil || !chat && !embeds || chat && len(q.Messages) == 0 || embeds && len(q.Input) == 0 {
		http.Error(w, `{"error":{"message":"malformed request"}}`, http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	s := p.script
	p.requests = append(p.requests, Request{At: time.Now(), Path: r.URL.Path, Model: q.Model, Messages: q.Messages, Texts: q.Input, Body: body})
	if len(p.requests) > 1000 {
		p.requests = p.requests[500:]
	}
	p.mu.Unlock()
	switch s.Mode {
	case Refuse:
		http.Error(w, `{"error":{"message":"overloaded"}}`, http.StatusServiceUnavailable)
		return
	case Hang:
		p.wait(r, time.Hour)
		return
	}
	if embeds {
		p.embed(w, r, s, q.Input)
		return
	}
	p.stream(w, r, s, q.Messages)
}

func (p *Server) embed(w http.ResponseWriter, r *http.Request, s Script, texts []string) {
	if s.Embed == nil {
		http.Error(w, `{"error":{"message":"no such model"}}`, http.StatusNotFound)
		return
	}
	if !p.wait(r, s.FirstToken) {
		return
	}
	vs, err := s.Embed(texts)
	if err != nil {
		http.Error(w, `{"error":{"message":"input is too long"}}`, http.StatusBadRequest)
		return
	}
	var data []any
	for i, v := range vs {
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": v})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": data, "usage": map[string]int{"prompt_tokens": len(texts), "total_tokens": len(texts)}})
}

func (p *Server) wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-p.stop:
	}
	return false
}

func (p *Server) stream(w http.ResponseWriter, r *http.Request, s Script, ms []Message) {
	text := ms[len(ms)-1].Content
	if s.Reply != nil {
		text = s.Reply(ms)
	}
	w.Header().Set("Content-Type", "text/event-stream")
	flush := func() { w.(http.Flusher).Flush() }
	flush()
	words := strings.SplitAfter(text, " ")
	for i, word := range words {
		d := s.PerToken
		if i == 0 {
			d = s.FirstToken
		}
		if !p.wait(r, d) {
			return
		}
		switch {
		case s.Mode == Lie:
			fmt.Fprint(w, "data: {\"choices\": [{\"del\n\n")
			flush()
			return
		case s.Mode == Break && i == 2:
			return
		case s.Mode == Stall && i == 2:
			p.wait(r, time.Hour)
			return
		case s.Mode == Messy:
			fmt.Fprint(w, ": keep-alive\n\nevent: chunk\ndata:{\"choices\":[]}\n\n")
		}
		b, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"index": 0, "delta": map[string]string{"content": word}}}})
		fmt.Fprintf(w, "data: %s\n\n", b)
		flush()
		if i == 0 && s.First != nil {
			s.First(text)
		}
	}
	usage := fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":0}`, len(ms)*10, len(words))
	if s.Mode == Messy {
		fmt.Fprintf(w, "data:{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"usage\":%s}]}\n\n", usage)
	} else {
		fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":[],\"usage\":%s}\n\n", usage)
	}
	fmt.Fprint(w, "data: [DONE]\n\n")
	flush()
}
