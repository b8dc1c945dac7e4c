// Package visiontest has fakes of what reads pictures.
package visiontest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	_ "image/jpeg" // what is sent
	_ "image/png"
)

// Request is what a server was asked.
type Request struct {
	Model, System, Text string
	Pictures            []image.Config
	Key                 string
}

// Script says how a server behaves.
type Script struct {
	Answer func(Request) string // the content of its reply
	Status int                  // instead of a reply; 0 is none
	Wait   time.Duration        // before it answers
}

// Server is an OpenAI-compatible server whose model sees.
type Server struct {
	*httptest.Server
	mu   sync.Mutex
	s    Script
	seen []Request
}

// NewServer starts one. Close it.
func NewServer(s Script) *Server {
	x := &Server{s: s}
	x.Server = httptest.NewServer(http.HandlerFunc(x.answer))
	return x
}

// Requests are those that came.
func (x *Server) Requests() []Request {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]Request(nil), x.seen...)
}

func (x *Server) answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/chat/completions" || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	q, err := read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	x.mu.Lock()
	x.seen = append(x.seen, q)
	x.mu.Unlock()
	select {
	case <-time.After(x.s.Wait):
	case <-r.Context().Done():
		return
	}
	if x.s.Status != 0 {
		http.Error(w, `{"error":{"message":"no"}}`, x.s.Status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"id": "x", "object": "chat.completion", "model": q.Model,
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": x.s.Answer(q)}}}})
}

// read checks a request as strictly as a real server would.
func read(r *http.Request) (Request, error) {
	var body struct {
		Model    string
		Messages []struct {
			Role    string
			Content json.RawMessage
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return Request{}, err
	}
	q := Request{Model: body.Model, Key: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}
	for _, m := range body.Messages {
		if m.Role == "system" {
			if err := json.Unmarshal(m.Content, &q.System); err != nil {
				return q, err
			}
			continue
		}
		var parts []struct {
			Type, Text string
			Image      struct{ URL string } `json:"image_url"`
		}
		if err := json.Unmarshal(m.Content, &parts); err != nil {
			return q, err
		}
		for _, p := range parts {
			if p.Type == "text" {
				q.Text += p.Text
				continue
			}
			_, data, ok := strings.Cut(p.Image.URL, ";base64,")
			b, err := base64.StdEncoding.DecodeString(data)
			if !ok || err != nil {
				return q, fmt.Errorf("no data URL: %w", err)
			}
			c, _, err := image.DecodeConfig(bytes.NewReader(b))
			if err != nil {
				return q, err
			}
			q.Pictures = append(q.Pictures, c)
		}
	}
	return q, nil
}
