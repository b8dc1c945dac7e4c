// Package llmtest is a scripted peer that speaks the OpenAI chat protocol over
// real HTTP: for tests and benches, also outside of go test.
package llmtest

import "time"

// Message is what the peer was sent.
type Message struct{ Role, Content string }

// Mode is how the peer behaves.
type Mode string

// Script says what the peer does. The zero value echoes the last message at once.
type Script struct {
	FirstToken time.Duration // until the first piece
	PerToken   time.Duration // between pieces
	Reply      func(ms []Message) string
	Mode       Mode
}

// Server is a running peer.
type Server struct{ URL string }

// NewServer starts a peer on a free loopback port; URL ends in /v1.
func NewServer(s Script) *Server { return &Server{} }

// Close ends it and waits for its goroutines.
func (s *Server) Close() {}

// Requests gives what it was asked so far, oldest first.
func (s *Server) Requests() []Request { return nil }

// Request is one that the peer received.
type Request struct {
	At       time.Time
	Path     string
	Model    string
	Messages []Message
	Body     []byte
}
