package llm

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// EmbedOptions of an OpenAI-compatible server for embeddings. A preset knows URL and mostly
// Model; without one they are required.
type EmbedOptions struct {
	Options               // of the server; FirstToken and BetweenChunks say nothing here
	Batch   int           // texts in one request; 0 goes by the preset
	Limit   time.Duration // of one request; 0 is 20 s
	Bytes   int           // of a text, what is longer is cut; 0 is 8000
	Price   Price
	Meter   Meter // nil: nobody
	Retry   RetryOptions
}

// Embedder gives texts their vectors. It may be used by many goroutines.
type Embedder struct {
	o      EmbedOptions
	client *openai.Client
}

// maxDimensions bounds a vector.
const maxDimensions = 16384

// ErrVectors: the server's answer is not one vector for each text.
var ErrVectors = errors.New("llm: not a vector for each text")

// NewEmbedder is a client of such a server. Nothing is sent before it is asked.
func NewEmbedder(o EmbedOptions) *Embedder {
	p, _ := FindPreset(o.Preset, o.URL)
	o.Options = o.filled(p)
	if o.Model == "" {
		o.Model = p.Embed
	}
	if o.Batch == 0 {
		o.Batch = p.Batch
	}
	if o.Batch == 0 {
		o.Batch = 64
	}
	if o.Limit == 0 {
		o.Limit = 20 * time.Second
	}
	if o.Bytes == 0 {
		o.Bytes = 8000
	}
	if o.Retry.Attempts == 0 {
		o.Retry = RetryOptions{Attempts: 4, Pause: 500 * time.Millisecond, Longest: 20 * time.Second}
	}
	if o.Price.Currency == "" {
		o.Price.Currency = "USD"
	}
	return &Embedder{o: o, client: client(o.Options, p)}
}

// Name tells vectors of one model from those of another.
func (e *Embedder) Name() string { return e.o.Model }

// Embed gives each text its vector, of length 1, in their order. All are of one dimension.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, 0, len(texts))
	for len(texts) > 0 {
		n := min(len(texts), e.o.Batch)
		vs, err := e.batch(ctx, texts[:n])
		if err != nil {
			return nil, fmt.Errorf("llm: embed: %w", err)
		}
		out, texts = append(out, vs...), texts[n:]
	}
	for _, v := range out {
		if len(v) != len(out[0]) {
			return nil, fmt.Errorf("%w: %d and %d dimensions", ErrVectors, len(out[0]), len(v))
		}
	}
	return out, nil
}

func (e *Embedder) batch(ctx context.Context, texts []string) ([][]float32, error) {
	in := make([]string, len(texts))
	for i, t := range texts {
		if in[i] = t; len(t) > e.o.Bytes {
			in[i] = shorten(t, e.o.Bytes)
		}
		if t == "" {
			in[i] = " " // refused by many
		}
	}
	for try := 1; ; try++ {
		vs, err := e.once(ctx, in)
		if err == nil || ctx.Err() != nil {
			return vs, err
		}
		d, again := e.o.Retry.wait(err, try)
		if !again || try >= e.o.Retry.Attempts || !pause(ctx, d) {
			return nil, err
		}
	}
}

func (e *Embedder) once(ctx context.Context, in []string) ([][]float32, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.o.Limit, fmt.Errorf("%w for %v", ErrSilent, e.o.Limit))
	defer cancel()
	res, err := e.client.CreateEmbeddings(ctx, openai.EmbeddingRequest{Input: in, Model: openai.EmbeddingModel(e.o.Model), EncodingFormat: openai.EmbeddingEncodingFormatFloat})
	if err != nil {
		return nil, because(ctx, err)
	}
	out := make([][]float32, len(in))
	for _, d := range res.Data {
		if d.Index < 0 || d.Index >= len(in) || out[d.Index] != nil {
			return nil, ErrVectors
		}
		if out[d.Index], err = unit(d.Embedding); err != nil {
			return nil, err
		}
	}
	for _, v := range out {
		if v == nil {
			return nil, ErrVectors
		}
	}
	e.meter(in, res.Usage)
	return out, nil
}

func (e *Embedder) meter(in []string, told openai.Usage) {
	if e.o.Meter == nil {
		return
	}
	s := Spent{Role: "embed", Model: e.o.Model, Currency: e.o.Price.Currency, Usage: Usage{Prompt: max(told.PromptTokens, told.TotalTokens)}}
	if s.Usage.Prompt == 0 {
		n := 0
		for _, t := range in {
			n += quarters(t)
		}
		s.Usage.Prompt, s.Estimated = (n+3)/4, true
	}
	s.Cost = e.o.Price.Cost(s.Usage)
	e.o.Meter.Spent(s)
}

// unit makes a vector's length 1.
func unit(v []float32) ([]float32, error) {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if len(v) == 0 || len(v) > maxDimensions || !(sum > 0) || math.IsInf(sum, 0) {
		return nil, fmt.Errorf("%w: one of %d dimensions and length %g", ErrVectors, len(v), math.Sqrt(sum))
	}
	by := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= by
	}
	return v, nil
}
