package rag

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Embedder gives texts their vectors, all of one length. Vectors of the same name can be compared.
type Embedder interface {
	Name() string
	// Embed gives a vector for each text. An error with Refused() true means that the
	// same texts would be refused again.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// HybridOptions say how long vectors may take. The zero value works.
type HybridOptions struct {
	Questions Embedder      // of the same name, asked for questions' vectors; nil: the one for passages
	Limit     time.Duration // of a question's vector; 0 is 300 ms
	Batch     int           // passages embedded at once; 0 is 64
	Trust     int           // failures in a row after which the engine is left alone; 0 is 3
	Rest      time.Duration // for so long; 0 is 30 s
	// Complete, when set, is told the texts that vectors are of, each time that no
	// passage lacks one. It runs in Run's goroutine.
	Complete func(ctx context.Context, texts iter.Seq[string])
	Logger   *slog.Logger
}

// Hybrid searches an index by words and, while an embedding engine answers, by
// vectors too: the two orders are joined by rank. An engine that is slow or dead
// costs a search no more than Limit, after Trust failures nothing. What has no vector
// yet is found by words.
type Hybrid struct {
	*Index
	e, questions Embedder
	o            HybridOptions

	rows atomic.Pointer[rows] // what is compared; never nil

	// Run's own.
	vectors map[uint64][]float32 // by content
	refused map[uint64]bool      // contents that the engine does not take
	told    time.Time            // when progress was logged

	mu       sync.Mutex
	progress Progress
	failed   int       // questions in a row
	until    time.Time // when the engine may be asked again
}

// Progress is how far the passages have their vectors.
type Progress struct {
	Passages int
	Vectors  int
	Refused  int    // passages that the engine does not take: they are found by words
	Err      string // why it does not go on at the moment
	Resting  bool   // questions are not embedded, for the engine has failed
}

// NewHybrid is a search of ix with vectors of e. Run keeps the vectors in step.
func NewHybrid(ix *Index, e Embedder, o HybridOptions) *Hybrid {
	if o.Questions == nil {
		o.Questions = e
	}
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
	h := &Hybrid{Index: ix, e: e, questions: o.Questions, o: o, vectors: map[uint64][]float32{}, refused: map[uint64]bool{}}
	h.rows.Store(&rows{})
	h.progress.Passages = ix.Len()
	return h
}

// Run embeds the passages that have no vector yet, now and after each change, until
// ctx ends. One index has one Run.
func (h *Hybrid) Run(ctx context.Context) error {
	for {
		err := h.Catch(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		var again <-chan time.Time
		if err != nil {
			h.o.Logger.Warn("no vectors of the knowledge", "err", err, "again", h.o.Rest.String())
			again = time.After(h.o.Rest)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-h.changed:
		case <-again:
		}
	}
}

// Catch embeds what has no vector yet and returns. What was embedded before it failed
// is kept. It begins anew when the passages change meanwhile.
func (h *Hybrid) Catch(ctx context.Context) error {
	anew := false // the engine's vectors have another length than before
	for {
		changed, err := h.pass(ctx)
		if errors.Is(err, errWidth) {
			if anew {
				err = ErrVectors
			} else {
				anew, changed, err = true, true, nil
				h.vectors = map[uint64][]float32{}
			}
		}
		if !changed || err != nil {
			h.note(func(p *Progress) {
				p.Err = ""
				if err != nil && ctx.Err() == nil {
					p.Err = err.Error()
				}
			})
			return err
		}
	}
}

// pass goes through the passages once; true: they have changed meanwhile.
func (h *Hybrid) pass(ctx context.Context) (changed bool, err error) {
	ps := h.passages()
	next, live := &rows{}, map[uint64][]float32{}
	var missing []uint32
	passages, refused := 0, 0
	for at, p := range ps {
		if p == nil {
			continue
		}
		passages++
		c := p.content()
		if v, ok := h.vectors[c]; ok {
			next.width, live[c] = len(v), v
			next.list = append(next.list, point{v, uint32(at), p})
		} else if h.refused[c] {
			refused++
		} else {
			missing = append(missing, uint32(at))
		}
	}
	h.vectors = live
	h.publish(next, passages, refused)
	if len(missing) > 0 {
		h.o.Logger.Info("passages are embedded", "model", h.e.Name(), "missing", len(missing), "of", passages)
		h.told = time.Now()
	}
	for batch := range slices.Chunk(missing, h.o.Batch) {
		n, err := h.embedBatch(ctx, ps, batch, next)
		refused += n
		h.publish(next, passages, refused)
		if err != nil {
			return false, err
		}
		select {
		case <-h.changed:
			return true, nil
		default:
		}
		if time.Since(h.told) > tellEvery {
			h.told = time.Now()
			h.o.Logger.Info("passages are embedded", "model", h.e.Name(), "done", len(next.list), "of", passages)
		}
	}
	if len(missing) > 0 {
		h.o.Logger.Info("passages have vectors", "model", h.e.Name(), "done", len(next.list), "of", passages, "refused", refused)
	}
	if h.o.Complete != nil {
		h.o.Complete(ctx, func(yield func(string) bool) {
			for _, p := range ps {
				if p != nil && !yield(p.embedded()) {
					return
				}
			}
		})
	}
	return false, nil
}

// tellEvery is how often the log tells the progress.
const tellEvery = 10 * time.Second

// publish makes the rows so far what is compared.
func (h *Hybrid) publish(r *rows, passages, refused int) {
	h.rows.Store(&rows{r.width, r.list[:len(r.list):len(r.list)]})
	h.note(func(p *Progress) { p.Passages, p.Vectors, p.Refused = passages, len(r.list), refused })
}

func (h *Hybrid) note(f func(p *Progress)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f(&h.progress)
}

// Progress tells how far it is.
func (h *Hybrid) Progress() Progress {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.progress
	p.Resting = time.Now().Before(h.until)
	return p
}

var (
	// ErrVectors: an engine's answer is not one vector for each text, of one length.
	ErrVectors = errors.New("rag: not a vector for each text")
	errWidth   = errors.New("rag: vectors of another length")
)

// mostRefused is how many texts in a row may be refused one by one before it is the
// engine that is wrong, not they.
const mostRefused = 8

// embedBatch adds the vectors of the passages in these slots. When the engine refuses
// the batch, each is tried alone, so that one text keeps no other from its vector.
func (h *Hybrid) embedBatch(ctx context.Context, ps []*Passage, batch []uint32, to *rows) (refused int, err error) {
	err = h.embedSlots(ctx, ps, batch, to)
	if err == nil || !isRefusal(err) {
		return 0, err
	}
	alone := 0
	for _, at := range batch {
		switch err := h.embedSlots(ctx, ps, []uint32{at}, to); {
		case err == nil:
			alone = 0
		case !isRefusal(err):
			return refused, err
		default:
			if alone++; alone == mostRefused || len(to.list) == 0 && alone == len(batch) {
				return refused, err
			}
			refused++
			h.refused[ps[at].content()] = true
			h.o.Logger.Warn("a passage gets no vector", "document", ps[at].Document, "passage", ps[at].ID, "err", err)
		}
	}
	return refused, nil
}

func isRefusal(err error) bool {
	var r interface{ Refused() bool }
	return errors.As(err, &r) && r.Refused()
}

func (h *Hybrid) embedSlots(ctx context.Context, ps []*Passage, slots []uint32, to *rows) error {
	texts := make([]string, len(slots))
	for i, at := range slots {
		texts[i] = ps[at].embedded()
	}
	vs, err := embed(ctx, h.e, texts)
	if err != nil {
		return err
	}
	if to.width != 0 && to.width != len(vs[0]) {
		return errWidth
	}
	to.width = len(vs[0])
	for i, at := range slots {
		h.vectors[ps[at].content()] = vs[i]
		to.list = append(to.list, point{vs[i], at, ps[at]})
	}
	return nil
}

// embed gives vectors of length 1, and of one width, in one piece of memory.
func embed(ctx context.Context, e Embedder, texts []string) ([][]float32, error) {
	vs, err := e.Embed(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("rag: embed: %w", err)
	}
	if len(vs) != len(texts) {
		return nil, ErrVectors
	}
	width := len(vs[0])
	all := make([]float32, 0, width*len(vs))
	out := make([][]float32, len(vs))
	for i, v := range vs {
		u := unit(v)
		if u == nil || len(u) != width {
			return nil, ErrVectors
		}
		all = append(all, u...)
		out[i] = all[i*width : (i+1)*width : (i+1)*width]
	}
	return out, nil
}

// fused is how many of each order are joined.
const fused = 50

// Search implements the search of Index.
func (h *Hybrid) Search(q Query) []Hit {
	r := h.rows.Load()
	if q.Words || len(r.list) == 0 || h.resting() {
		return h.Index.Search(q)
	}
	ctx, cancel := context.WithTimeout(context.Background(), h.o.Limit)
	defer cancel()
	vs, err := embed(ctx, h.questions, []string{spoken(q)})
	if err == nil && len(vs[0]) != r.width {
		err = ErrVectors
	}
	h.judge(err)
	if err != nil {
		return h.Index.Search(q)
	}
	return h.Index.searchNear(q, r.nearest(vs[0], fused))
}

func (h *Hybrid) resting() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Before(h.until)
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

// judge counts failures, and lets the engine rest after too many; after a rest, after one.
func (h *Hybrid) judge(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		h.failed = 0
		return
	}
	if h.failed++; h.failed >= h.o.Trust {
		h.failed, h.until = h.o.Trust-1, time.Now().Add(h.o.Rest)
		h.o.Logger.Warn("search goes by words alone", "err", err, "for", h.o.Rest.String())
	}
}
