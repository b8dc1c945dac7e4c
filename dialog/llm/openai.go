package llm

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Options of an OpenAI-compatible server. A preset knows URL and mostly Model; without
// one they are required, and Key where the server wants one.
type Options struct {
	URL            string // with its version: "https://api.openai.com/v1"; "" is that of the preset
	Key            string
	Model          string
	Preset         string            // a name of PresetNames; "" goes by URL
	Transport      http.RoundTripper // under the mending; nil: one with its own connections
	ConnectTimeout time.Duration     // 0 is 3 s; only of the transport made when Transport is nil
	FirstToken     time.Duration     // until the first text; 0 is 8 s
	BetweenChunks  time.Duration     // silence between pieces; 0 is 5 s
}

// Errors of models.
var (
	ErrSilent = errors.New("llm: the model went silent")
	ErrCutOff = errors.New("llm: the reply broke off")
)

// maxTools bounds the calls of one reply.
const maxTools = 32

// OpenAI is a model behind an OpenAI-compatible server.
type OpenAI struct {
	o      Options
	client *openai.Client
}

var _ Model = (*OpenAI)(nil)

// NewOpenAI is a client of such a server. Nothing is sent before it is asked.
func NewOpenAI(o Options) *OpenAI {
	p, _ := FindPreset(o.Preset, o.URL)
	o = o.filled(p)
	if o.Model == "" {
		o.Model = p.Model
	}
	return &OpenAI{o: o, client: client(o, p)}
}

// Name of its model.
func (m *OpenAI) Name() string { return m.o.Model }

func (o Options) filled(p Preset) Options {
	if o.URL == "" {
		o.URL = p.URL
	}
	if o.ConnectTimeout == 0 {
		o.ConnectTimeout = 3 * time.Second
	}
	if o.FirstToken == 0 {
		o.FirstToken = 8 * time.Second
	}
	if o.BetweenChunks == 0 {
		o.BetweenChunks = 5 * time.Second
	}
	return o
}

func client(o Options, p Preset) *openai.Client {
	c := openai.DefaultConfig(o.Key)
	c.BaseURL = strings.TrimRight(o.URL, "/")
	c.EmptyMessagesLimit = 10000 // servers keep the line open with empty lines while a model thinks
	transport := o.Transport
	if transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.DialContext = (&net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: 30 * time.Second}).DialContext
		t.MaxIdleConnsPerHost = 64
		t.TLSHandshakeTimeout = o.ConnectTimeout
		transport = t
	}
	c.HTTPClient = &http.Client{Transport: Mend(transport, p.Quirks(o.Model))}
	return openai.NewClientWithConfig(c)
}

// Stream asks the server.
func (m *OpenAI) Stream(ctx context.Context, r Request) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		idle := time.AfterFunc(m.o.FirstToken, func() { cancel(fmt.Errorf("%w for %v at the beginning", ErrSilent, m.o.FirstToken)) })
		defer idle.Stop()
		s, err := m.client.CreateChatCompletionStream(ctx, m.request(r))
		if err != nil {
			yield(Chunk{}, because(ctx, err))
			return
		}
		defer s.Close()
		m.pieces(ctx, s, idle, yield)
	}
}

// because prefers the reason why ctx ended to what came of it.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return fmt.Errorf("llm: %w", err)
}

// pieces yields what the server streams.
func (m *OpenAI) pieces(ctx context.Context, s *openai.ChatCompletionStream, idle *time.Timer, yield func(Chunk, error) bool) {
	calls := newCalls()
	finish := ""
	var aside thoughts
	var usage *Usage
	for {
		res, err := s.Recv()
		if errors.Is(err, io.EOF) {
			if finish == "" {
				yield(Chunk{}, ErrCutOff)
				return
			}
			yield(Chunk{Text: aside.end(), FinishReason: finish, Calls: calls.list(), Usage: usage, Model: m.o.Model}, nil)
			return
		}
		if err != nil {
			yield(Chunk{}, because(ctx, err))
			return
		}
		if res.Usage != nil {
			usage = &Usage{Prompt: res.Usage.PromptTokens, Reply: res.Usage.CompletionTokens}
			if d := res.Usage.PromptTokensDetails; d != nil {
				usage.Cached = d.CachedTokens
			}
		}
		if len(res.Choices) == 0 {
			continue
		}
		c := res.Choices[0]
		calls.add(c.Delta.ToolCalls)
		if c.FinishReason != "" {
			finish = string(c.FinishReason)
		}
		text := aside.strip(c.Delta.Content)
		if text != "" || len(c.Delta.ToolCalls) > 0 { // thinking is no first token: the customer waits
			idle.Stop() // the time that the reader takes is not the server's
			if text != "" && !yield(Chunk{Text: text}, nil) {
				return
			}
			idle.Reset(m.o.BetweenChunks)
		}
	}
}

func (m *OpenAI) request(r Request) openai.ChatCompletionRequest {
	q := openai.ChatCompletionRequest{Model: m.o.Model, MaxTokens: r.MaxTokens, Stream: true,
		StreamOptions: &openai.StreamOptions{IncludeUsage: true}}
	if r.Temperature != nil {
		q.Temperature = max(float32(*r.Temperature), smallest)
	}
	if r.System != "" {
		q.Messages = append(q.Messages, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleSystem, Content: r.System})
	}
	for _, msg := range r.Messages {
		out := openai.ChatCompletionMessage{Role: string(msg.Role), Content: msg.Text, ToolCallID: msg.CallID}
		for _, c := range msg.Calls {
			out.ToolCalls = append(out.ToolCalls, openai.ToolCall{ID: c.ID, Type: openai.ToolTypeFunction,
				Function: openai.FunctionCall{Name: c.Name, Arguments: c.Arguments}})
		}
		q.Messages = append(q.Messages, out)
	}
	if r.Schema != nil {
		q.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "answer", Schema: r.Schema, Strict: true}}
	}
	for _, t := range r.Tools {
		f := &openai.FunctionDefinition{Name: t.Name, Description: t.Description, Parameters: t.Parameters}
		q.Tools = append(q.Tools, openai.Tool{Type: openai.ToolTypeFunction, Function: f})
	}
	return q
}

// calls puts streamed tool calls together: by index, which some servers leave out.
type calls struct{ all []Call }

func newCalls() *calls { return &calls{} }

func (c *calls) add(deltas []openai.ToolCall) {
	for _, d := range deltas {
		i := len(c.all) - 1
		switch {
		case d.Index != nil:
			i = *d.Index
		case d.ID != "" && (i < 0 || c.all[i].ID != d.ID), i < 0:
			i = len(c.all)
		}
		if i < 0 || i >= maxTools {
			continue
		}
		for len(c.all) <= i {
			c.all = append(c.all, Call{})
		}
		if d.ID != "" {
			c.all[i].ID = d.ID
		}
		if d.Function.Name != c.all[i].Name { // some repeat it with each piece
			c.all[i].Name += d.Function.Name
		}
		c.all[i].Arguments += d.Function.Arguments
	}
}

func (c *calls) list() []Call {
	for i := range c.all {
		if c.all[i].ID == "" { // some servers give none
			c.all[i].ID = fmt.Sprintf("call_%d", i)
		}
	}
	return c.all
}
