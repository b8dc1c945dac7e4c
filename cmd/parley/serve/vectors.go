package serve

import (
	"context"
	"iter"
	"log/slog"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog/brain"
	"parley/dialog/llm"
	"parley/dialog/rag"
	"parley/dialog/store"
	"parley/web"
)

const (
	// goneVectors is how long vectors are kept whose text is gone: it may come back.
	goneVectors = 24 * time.Hour
	// tidyEvery is how often such vectors are looked for.
	tidyEvery = time.Hour
)

// finding is the search that goes now: by words, and by vectors too while an embedding
// engine is set. Another question may be searched by another.
type finding struct {
	index *rag.Index
	now   atomic.Pointer[vectors]

	mu sync.Mutex // one engine after another
}

var _ brain.Retriever = (*finding)(nil)

// vectors is the search with one embedding engine.
type vectors struct {
	*rag.Hybrid
	engine config.Engine
	name   string
	stop   func() // ends what keeps them in step, and waits for it
}

// Search implements brain.Retriever.
func (f *finding) Search(q rag.Query) []rag.Hit {
	if v := f.now.Load(); v != nil {
		return v.Search(q)
	}
	return f.index.Search(q)
}

// progress is how far the vectors are, as the page shows it; nil without an engine.
func (f *finding) progress() *web.Vectors {
	v := f.now.Load()
	if v == nil {
		return nil
	}
	p := v.Progress()
	return &web.Vectors{Model: v.name, Passages: p.Passages, Done: p.Vectors, Refused: p.Refused, Error: p.Err, Resting: p.Resting}
}

// vectorised is how many passages have vectors.
func (f *finding) vectorised() float64 {
	if p := f.progress(); p != nil {
		return float64(p.Done)
	}
	return 0
}

// embed makes the search use the embedding engine of a configuration. The passages get
// their vectors in the background; until then they are found by words. There is no falling
// back: vectors of two models cannot be compared.
func (f *finding) embed(c config.Config, st *store.Store, to llm.Meter, log *slog.Logger) {
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.now.Load()
	if old == nil && len(c.Embed) == 0 || old != nil && len(c.Embed) > 0 && reflect.DeepEqual(old.engine, c.Embed[0]) {
		return
	}
	f.now.Store(nil)
	if old != nil {
		old.stop()
	}
	if len(c.Embed) == 0 {
		log.Info("search goes by words")
		return
	}
	e := c.Embed[0]
	v := &vectors{engine: e}
	passages := &llm.Cached{Embedder: llm.NewEmbedder(llm.EmbedOptions{Options: e.ModelOptions(), Price: e.ModelPrice(), Meter: to}), Kept: st}
	v.name = passages.Name()
	v.Hybrid = rag.NewHybrid(f.index, passages, rag.HybridOptions{
		// A question waits for nothing, and is not kept.
		Questions: llm.NewEmbedder(llm.EmbedOptions{Options: e.ModelOptions(), Price: e.ModelPrice(), Meter: to, Retry: llm.RetryOptions{Attempts: 1}}),
		Complete:  tidy(st, v.name, log), Logger: log})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = v.Run(ctx) // until it is stopped
	}()
	v.stop = func() { cancel(); <-done }
	f.now.Store(v)
	log.Info("search goes by words and vectors", "model", v.name)
}

// close ends what keeps the vectors in step.
func (f *finding) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if v := f.now.Swap(nil); v != nil {
		v.stop()
	}
}

// tidy drops the vectors of other models, and of texts that are gone, when all passages
// have theirs.
func tidy(st *store.Store, model string, log *slog.Logger) func(context.Context, iter.Seq[string]) {
	var last time.Time
	return func(ctx context.Context, texts iter.Seq[string]) {
		if time.Since(last) < tidyEvery {
			return
		}
		keep := map[string]bool{}
		for t := range texts {
			keep[llm.Hash(t)] = true
		}
		n, err := st.KeepVectors(ctx, model, keep, time.Now().Add(-goneVectors))
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("old vectors not removed", "err", err)
			return
		case n > 0:
			log.Info("old vectors removed", "count", n)
		}
		last = time.Now()
	}
}
