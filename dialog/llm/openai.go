package llm

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Options of an OpenAI-compatible server. URL and Model are required, and Key
// where the server wants one.
type Options struct {
	URL            string // with its version: "https://api.openai.com/v1"
	Key            string
	Model          string
	Client         *http.Client  // nil: one with its own connections
	ConnectTimeout time.Duration // 0 is 3 s; only of the client made when Client is nil
	FirstToken     time.Duration // until the first text; 0 is 8 s
	BetweenChunks  time.Duration // silence between pieces; 0 is 5 s
}

// OpenAI is a model behind an OpenAI-compatible server.
type OpenAI struct{ o Options }

var _ Model = (*OpenAI)(nil)

// NewOpenAI is a client of such a server. Nothing is sent before it is asked.
func NewOpenAI(o Options) *OpenAI { return &OpenAI{o: o} }

// Stream asks the server.
func (m *OpenAI) Stream(ctx context.Context, r Request) iter.Seq2[Chunk, error] {
	return func(func(Chunk, error) bool) {}
}
