package llm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync/atomic"
	"time"
)

// Vectors keeps vectors by model and content; the store is one. A vector that it does not
// have is missing from the map.
type Vectors interface {
	Vectors(ctx context.Context, model string, hashes []string) (map[string][]float32, error)
	PutVectors(ctx context.Context, model string, vs map[string][]float32) error
}

// keepEvery is how many texts are embedded before they are kept: what a crash costs.
const keepEvery = 512

// keepLimit is how long keeping vectors may take, which are paid for: it goes on when the
// caller is gone.
const keepLimit = 10 * time.Second

// Cached asks the embedder only for texts that are not kept. It is for the company's
// passages: what customers say is not to be kept beside them, so ask the Embedder itself.
type Cached struct {
	Embedder interface {
		Embed(ctx context.Context, texts []string) ([][]float32, error)
		Name() string
	}
	Kept Vectors

	width atomic.Int64 // of the last vectors that were made; kept ones of another are of another model with this name
}

// Name of the model.
func (c *Cached) Name() string { return c.Embedder.Name() }

// Hash is the name of a text in the cache.
func Hash(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// Embed gives each text its vector, in their order. Vectors that were made before an
// error are kept.
func (c *Cached) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	hashes := make([]string, len(texts))
	for i, t := range texts {
		hashes[i] = Hash(t)
	}
	have, err := c.Kept.Vectors(ctx, c.Name(), hashes)
	if err != nil {
		return nil, fmt.Errorf("llm: kept vectors: %w", err)
	}
	for again := true; again; {
		var missing, names []string
		seen := map[string]bool{}
		width := int(c.width.Load())
		for i, h := range hashes {
			if v := have[h]; (v == nil || width > 0 && len(v) != width) && !seen[h] {
				seen[h] = true
				missing, names = append(missing, texts[i]), append(names, h)
			}
		}
		if err := c.make(ctx, missing, names, have); err != nil {
			return nil, err
		}
		again = len(missing) > 0 && width != int(c.width.Load()) // what was kept may be of another width
	}
	out := make([][]float32, len(texts))
	for i, h := range hashes {
		out[i] = have[h]
		if len(out[i]) != len(out[0]) {
			return nil, fmt.Errorf("%w: %d and %d dimensions", ErrVectors, len(out[0]), len(out[i]))
		}
	}
	return out, nil
}

// make embeds texts and keeps their vectors.
func (c *Cached) make(ctx context.Context, missing, names []string, have map[string][]float32) error {
	for len(missing) > 0 {
		n := min(len(missing), keepEvery)
		vs, err := c.Embedder.Embed(ctx, missing[:n])
		if err != nil {
			return err
		}
		fresh := map[string][]float32{}
		for i, v := range vs {
			fresh[names[i]], have[names[i]] = v, v
			c.width.Store(int64(len(v)))
		}
		keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepLimit)
		err = c.Kept.PutVectors(keep, c.Name(), fresh)
		cancel()
		if err != nil {
			return fmt.Errorf("llm: keep vectors: %w", err)
		}
		missing, names = missing[n:], names[n:]
	}
	return nil
}
