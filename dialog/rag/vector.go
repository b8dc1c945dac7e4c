package rag

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Embedder gives texts their vectors, all of one length. Vectors of the same name can be compared.
type Embedder interface {
	Name() string
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// HybridOptions say how long vectors may take. The zero value works.
type HybridOptions struct {
	Limit  time.Duration // of a question's vector; 0 is 300 ms
	Batch  int           // passages embedded at once; 0 is 64
	Trust  int           // failures in a row after which the engine is left alone; 0 is 3
	Rest   time.Duration // for so long; 0 is 30 s
	Logger *slog.Logger
}

// Hybrid searches an index by words and, while an embedding engine answers, by
// vectors too: the two orders are joined by rank. An engine that is slow or dead
// costs a search no more than Limit, after Trust failures nothing.
type Hybrid struct {
	*Index
	e Embedder
	o HybridOptions

	mu     sync.Mutex
	rows   *rows     // replaced as a whole
	failed int       // questions in a row
	until  time.Time // when the engine may be asked again
}

// rows are the vectors of the index's passages at one moment. They are not changed.
type rows struct {
	width    int
	values   []float32 // row after row, of length 1
	slots    []uint32
	passages []*Passage
	of       map[uint64]int // row by content
}

// NewHybrid is a search of ix with vectors of e. Run keeps the vectors in step.
func NewHybrid(ix *Index, e Embedder, o HybridOptions) *Hybrid {
	if o.Limit == 0 {
		o.Limit = 300 * time.Millisecond
	}
	if o.Batch == 0 {
		o.Batch = 64
	}
	if o.Trust == 0 {
		o.Trust = 3
	}
	if o.Rest == 0 {
		o.Rest = 30 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Hybrid{Index: ix, e: e, o: o, rows: &rows{of: map[uint64]int{}}}
}

// Run embeds the passages that have no vector yet, now and after each change, until
// ctx ends. One index has one Run.
func (h *Hybrid) Run(ctx context.Context) error {
	for {
		err := h.Catch(ctx)
		again := time.NewTimer(h.o.Rest)
		if err == nil || ctx.Err() != nil {
			again.Stop()
		} else {
			h.o.Logger.Warn("no vectors of the knowledge", "err", err, "again", h.o.Rest)
		}
		select {
		case <-ctx.Done():
			again.Stop()
			return context.Cause(ctx)
		case <-h.changed:
		case <-again.C:
		}
		again.Stop()
	}
}

// Catch embeds what has no vector yet and returns. What was embedded before it failed
// is kept.
func (h *Hybrid) Catch(ctx context.Context) error {
	h.mu.Lock()
	old := h.rows
	h.mu.Unlock()
	next := &rows{width: old.width, of: map[uint64]int{}}
	var missing []uint32
	ps := h.passages()
	for at, p := range ps {
		if p == nil {
			continue
		}
		if i, ok := old.of[p.content()]; ok {
			next.add(old.row(i), uint32(at), p)
		} else {
			missing = append(missing, uint32(at))
		}
	}
	var err error
	for batch := range slices.Chunk(missing, h.o.Batch) {
		texts := make([]string, len(batch))
		for i, at := range batch {
			texts[i] = ps[at].Title + "\n" + ps[at].Text
		}
		var vs [][]float32
		if vs, err = h.embed(ctx, texts, next.width); err != nil {
			break
		}
		for i, at := range batch {
			next.width = len(vs[i])
			next.add(vs[i], at, ps[at])
		}
	}
	h.mu.Lock()
	h.rows = next
	h.mu.Unlock()
	return err
}

// ErrVectors: an engine's answer is not one vector for each text, of one length.
var ErrVectors = errors.New("rag: not a vector for each text")

// embed gives vectors of length 1.
func (h *Hybrid) embed(ctx context.Context, texts []string, width int) ([][]float32, error) {
	vs, err := h.e.Embed(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("rag: embed: %w", err)
	}
	if len(vs) != len(texts) {
		return nil, ErrVectors
	}
	out := make([][]float32, len(vs))
	for i, v := range vs {
		if width == 0 {
			width = len(v)
		}
		if len(v) == 0 || len(v) != width {
			return nil, ErrVectors
		}
		if out[i] = unit(v); out[i] == nil {
			return nil, ErrVectors
		}
	}
	return out, nil
}

// unit is a vector of the same direction and length 1, nil when there is none.
func unit(v []float32) []float32 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return nil
	}
	by := float32(1 / math.Sqrt(sum))
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = x * by
	}
	return out
}

var contentSeed = maphash.MakeSeed()

// content is the same for passages that would have the same vector.
func (p *Passage) content() uint64 { return maphash.String(contentSeed, p.Title+"\n"+p.Text) }

func (r *rows) add(v []float32, slot uint32, p *Passage) {
	r.of[p.content()] = len(r.slots)
	r.values = append(r.values, v...)
	r.slots, r.passages = append(r.slots, slot), append(r.passages, p)
}

func (r *rows) row(i int) []float32 { return r.values[i*r.width : (i+1)*r.width] }

// near is a passage near the question.
type near struct {
	slot    uint32
	passage *Passage
	cosine  float32
}

// fused is how many of each order are joined.
const fused = 50

// Search implements the search of Index.
func (h *Hybrid) Search(q Query) []Hit {
	h.mu.Lock()
	r, resting := h.rows, time.Now().Before(h.until)
	h.mu.Unlock()
	if len(r.slots) == 0 || resting {
		return h.Index.Search(q)
	}
	ctx, cancel := context.WithTimeout(context.Background(), h.o.Limit)
	defer cancel()
	vs, err := h.embed(ctx, []string{spoken(q)}, r.width)
	h.note(err)
	if err != nil {
		return h.Index.Search(q)
	}
	return h.Index.searchNear(q, r.nearest(vs[0], fused))
}

// spoken is what a question's vector is made of: with the turn before it, which a
// short question lives from.
func spoken(q Query) string {
	text := head(q.Text, maxQuestion)
	if n := len(q.History); n > 0 && len([]rune(text)) < 40 {
		text = head(q.History[n-1].Text, 400) + "\n" + text
	}
	return text
}

// note counts failures, and lets the engine rest after too many.
func (h *Hybrid) note(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.failed = 0
		return
	}
	if h.failed++; h.failed >= h.o.Trust {
		h.failed, h.until = 0, time.Now().Add(h.o.Rest)
		h.o.Logger.Warn("search goes by words alone", "err", err, "for", h.o.Rest)
	}
}

// nearest are the k nearest passages, all compared, nearest first.
func (r *rows) nearest(v []float32, k int) []near {
	workers := max(1, min(runtime.GOMAXPROCS(0), len(r.slots)/4096))
	found := make([][]near, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			found[w] = r.within(v, k, len(r.slots)*w/workers, len(r.slots)*(w+1)/workers)
		})
	}
	wg.Wait()
	all := slices.Concat(found...)
	slices.SortFunc(all, nearer)
	return all[:min(k, len(all))]
}

func nearer(a, b near) int {
	switch {
	case a.cosine > b.cosine:
		return -1
	case a.cosine < b.cosine:
		return 1
	}
	return a.passage.compare(b.passage)
}

func (r *rows) within(v []float32, k, from, to int) []near {
	var best []near
	for i := from; i < to; i++ {
		x := dot(v, r.row(i))
		if len(best) == k && x < best[k-1].cosine {
			continue
		}
		n := near{r.slots[i], r.passages[i], x}
		at, _ := slices.BinarySearchFunc(best, n, nearer)
		best = slices.Insert(best, at, n)
		best = best[:min(k, len(best))]
	}
	return best
}

// dot sums in eight lanes, which the processor adds at the same time.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	b = b[:len(a)]
	i := 0
	for ; i+8 <= len(a); i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
		s4 += x[4] * y[4]
		s5 += x[5] * y[5]
		s6 += x[6] * y[6]
		s7 += x[7] * y[7]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3) + (s4 + s5) + (s6 + s7)
}
