// Package ragtest has an embedding engine for tests, whose vectors are counted words.
package ragtest

import (
	"context"
	"hash/fnv"
	"strings"
	"sync/atomic"
	"unicode"
)

// Embedder gives texts with the same words, or words that Same takes for one another,
// the same vectors.
type Embedder struct {
	Same  map[string]string // word → the word it counts as
	Width int               // 0 is 64
	// Fail, when set, is asked before each call.
	Fail  func(ctx context.Context) error
	Texts atomic.Int64 // embedded so far
}

// Name implements rag.Embedder.
func (e *Embedder) Name() string { return "words" }

// Embed implements rag.Embedder.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if e.Fail != nil {
		if err := e.Fail(ctx); err != nil {
			return nil, err
		}
	}
	out := make([][]float32, len(texts))
	for i, t := range texts {
		out[i] = make([]float32, max(e.Width, 64))
		out[i][0] = 0.01
		for _, w := range strings.FieldsFunc(strings.ToLower(t), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if same, ok := e.Same[w]; ok {
				w = same
			}
			h := fnv.New32a()
			_, _ = h.Write([]byte(w))
			out[i][int(h.Sum32()>>8)%len(out[i])]++
		}
	}
	e.Texts.Add(int64(len(texts)))
	return out, nil
}
