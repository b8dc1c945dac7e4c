// Package llm speaks to chat models: one interface, one implementation for
// every OpenAI-compatible server, and the chain that falls back from one to
// the next.
//
// It knows nothing of conversations, knowledge or channels.
package llm

import (
	"context"
	"encoding/json"
	"iter"
)

// Model is a chat model. It may be used by many goroutines.
type Model interface {
	// Stream asks the model and yields its reply piece by piece. A reply that is
	// complete ends with a chunk whose FinishReason is set; an error, which may
	// come after some text, ends the range. Leaving the range or cancelling ctx
	// ends the request.
	Stream(ctx context.Context, r Request) iter.Seq2[Chunk, error]
}

// Func makes a Model of a function.
type Func func(ctx context.Context, r Request) iter.Seq2[Chunk, error]

// Stream calls f.
func (f Func) Stream(ctx context.Context, r Request) iter.Seq2[Chunk, error] { return f(ctx, r) }

// Request is what a model is asked. The zero values of its options leave the
// choice to the server.
type Request struct {
	System      string    // instructions, before all messages
	Messages    []Message // oldest first
	MaxTokens   int       // of the reply
	Temperature *float64  // nil: the server's own; 0 is sent as 0
	Tools       []Tool
	Schema      json.RawMessage // JSON Schema that the reply is to follow; servers that cannot do that are asked without
	For         string          // the conversation that pays for it, for the meter; not sent
}

// Role is who a message is from.
type Role string

// The roles.
const (
	User      Role = "user"
	Assistant Role = "assistant"
	ToolRole  Role = "tool" // the result of a call, with CallID
)

// Message is one turn of what was said before, or the question.
type Message struct {
	Role   Role
	Text   string
	Calls  []Call // of an assistant: what it called
	CallID string // of a tool: the call that it answers
}

// Tool is something that the model may call.
type Tool struct {
	Name        string
	Description string
	Parameters  json.RawMessage // JSON Schema of an object; nil takes nothing
}

// Call is one use of a tool that the model asks for.
type Call struct {
	ID        string // never empty
	Name      string
	Arguments string // JSON as the model wrote it: may be malformed
}

// Chunk is the next piece of a reply. Fields that are zero say nothing.
type Chunk struct {
	Text         string
	Calls        []Call // complete, with the last chunk
	FinishReason string // "stop", "length", "tool_calls", "content_filter", …: with the last chunk
	Usage        *Usage // with the last chunk, when the server tells
	Model        string // which model made it, as the server or the chain names it
}

// Usage is what a reply cost, in tokens. Cached is the part of Prompt that the server had
// read before.
type Usage struct{ Prompt, Cached, Reply int }
