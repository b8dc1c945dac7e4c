package llm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Vectors keeps vectors by model and content; the store is one. A vector that it does not
// have is missing from the map.
type Vectors interface {
	Vectors(ctx context.Context, model string, hashes []string) (map[string][]float32, error)
	PutVectors(ctx context.Context, model string, vs map[string][]float32) error
}

// keepEvery is how many texts are embedded before they are kept: what a crash costs.
const keepEvery = 512

// Cached asks the embedder only for texts that are not kept. It is for the company's
// passages: what customers say is not to be kept beside them, so ask the Embedder itself.
type Cached struct {
	Embedder interface {
		Embed(ctx context.Context, texts []string) ([][]float32, error)
		Name() string
	}
	Kept Vectors
}

// Name of the model.
func (c Cached) Name() string { return c.Embedder.Name() }

// Hash is the name of a text in the cache.
func Hash(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// Embed gives each text its vector, in their order. Vectors that were made before an
// error are kept.
func (c Cached) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	hashes := make([]string, len(texts))
	for i, t := range texts {
		hashes[i] = Hash(t)
	}
	have, err := c.Kept.Vectors(ctx, c.Name(), hashes)
	if err != nil {
		return nil, fmt.Errorf("llm: kept vectors: %w", err)
	}
	var missing, names []string
	seen := map[string]bool{}
	for i, h := range hashes {
		if have[h] == nil && !seen[h] {
			seen[h] = true
			missing, names = append(missing, texts[i]), append(names, h)
		}
	}
	for len(missing) > 0 {
		n := min(len(missing), keepEvery)
		vs, err := c.Embedder.Embed(ctx, missing[:n])
		if err != nil {
			return nil, err
		}
		fresh := map[string][]float32{}
		for i, v := range vs {
			fresh[names[i]], have[names[i]] = v, v
		}
		if err := c.Kept.PutVectors(ctx, c.Name(), fresh); err != nil {
			return nil, fmt.Errorf("llm: kept vectors: %w", err)
		}
		missing, names = missing[n:], names[n:]
	}
	out := make([][]float32, len(texts))
	for i, h := range hashes {
		out[i] = have[h]
		if len(out[i]) != len(out[0]) {
			return nil, fmt.Errorf("%w: the model has changed its dimensions", ErrVectors)
		}
	}
	return out, nil
}
