package rag_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"parley/dialog/rag"
	"parley/dialog/rag/ragtest"
)

type refusal struct{}

func (refusal) Error() string { return "too long" }
func (refusal) Refused() bool { return true }

// picky refuses batches that hold a word.
type picky struct {
	ragtest.Embedder
	word  string
	calls int
	after func(call int)
}

func (p *picky) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if p.calls++; p.after != nil {
		p.after(p.calls)
	}
	for _, t := range texts {
		if p.word != "" && strings.Contains(t, p.word) {
			return nil, refusal{}
		}
	}
	return p.Embedder.Embed(ctx, texts)
}

// One text that the engine does not take keeps no other from its vector, and is not sent again.
func TestARefusedTextIsPassedOver(t *testing.T) {
	e := &picky{Embedder: ragtest.Embedder{Same: map[string]string{"coupe": "automobile"}}, word: "vessel"}
	var complete []string
	h := rag.NewHybrid(cars(), e, rag.HybridOptions{Complete: func(_ context.Context, texts iter.Seq[string]) { complete = slices.Collect(texts) }})
	if err := h.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := h.Progress(); p != (rag.Progress{Passages: 3, Vectors: 2, Refused: 1}) {
		t.Errorf("%+v", p)
	}
	if first(h, "coupe") != "car" || first(h, "vessel") != "boat" || len(complete) != 3 {
		t.Error("not found", complete)
	}
	before := e.calls
	if err := h.Catch(t.Context()); err != nil || e.calls != before {
		t.Errorf("%d calls for nothing, %v", e.calls-before, err)
	}
}

// An engine that refuses everything is wrong itself, and is not asked for each text.
func TestAnEngineThatRefusesAll(t *testing.T) {
	var ps []rag.Passage
	for i := range 500 {
		ps = append(ps, rag.Passage{ID: fmt.Sprint(i), Document: fmt.Sprint(i), Text: "vessel"})
	}
	e := &picky{word: "vessel"}
	h := rag.NewHybrid(rag.New(ps...), e, rag.HybridOptions{})
	if err := h.Catch(t.Context()); err == nil || e.calls > 20 {
		t.Errorf("%d calls, %v", e.calls, err)
	}
	if h.Progress().Err == "" {
		t.Error("nobody is told")
	}
}

// What has a vector is found by it while the rest has none; a change is noticed in between.
func TestVectorsComeOneBatchAfterAnother(t *testing.T) {
	ix := cars()
	e := &picky{Embedder: ragtest.Embedder{Same: map[string]string{"coupe": "automobile", "ship": "vessel"}}}
	h := rag.NewHybrid(ix, e, rag.HybridOptions{Batch: 1, Questions: &ragtest.Embedder{Same: e.Same}})
	e.after = func(call int) {
		switch call {
		case 2:
			if first(h, "coupe") != "car" || first(h, "ship") == "boat" {
				t.Error("after one batch")
			}
			if first(h, "vessel") != "boat" {
				t.Error("what has no vector is not found by words")
			}
			if p := h.Progress(); p.Vectors != 1 || p.Passages != 3 {
				t.Errorf("%+v", p)
			}
			ix.PutPassages("3", []rag.Passage{{ID: "new", Text: "A sledge must be greased."}})
		case 3, 4:
		case 5:
			t.Error("something was embedded twice")
		}
	}
	if err := h.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := h.Progress(); p.Vectors != 3 {
		t.Errorf("%+v", p)
	}
}

// resized gives vectors of another length from a moment on.
type resized struct {
	width int
	mixed bool // always another
}

func (r *resized) Name() string { return "m" }
func (r *resized) Embed(_ context.Context, texts []string) ([][]float32, error) {
	if r.mixed {
		r.width++
	}
	out := make([][]float32, len(texts))
	for i := range out {
		out[i] = make([]float32, r.width)
		out[i][0] = 1
	}
	return out, nil
}

func TestVectorsOfAnotherLength(t *testing.T) {
	e := &resized{width: 3}
	ix := cars()
	h := rag.NewHybrid(ix, e, rag.HybridOptions{Batch: 1})
	if err := h.Catch(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.width = 4
	ix.PutPassages("4", []rag.Passage{{ID: "sledge", Text: "A sledge must be greased."}})
	if err := h.Catch(t.Context()); err != nil || h.Progress().Vectors != 4 {
		t.Errorf("%+v, %v", h.Progress(), err)
	}
	if hits := h.Search(rag.Query{Text: "sledge"}); len(hits) == 0 || hits[0].Cosine == 0 {
		t.Error("vectors are not used")
	}
	e.mixed = true
	ix.PutPassages("5", []rag.Passage{{ID: "raft", Text: "A raft must be tied."}})
	if err := h.Catch(t.Context()); !errors.Is(err, rag.ErrVectors) {
		t.Error("for ever anew:", err)
	}
}

func TestByWordsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ragtest.Embedder{Same: map[string]string{"coupe": "automobile"}}
		h := rag.NewHybrid(cars(), e, rag.HybridOptions{})
		if err := h.Catch(t.Context()); err != nil {
			t.Fatal(err)
		}
		n := e.Texts.Load()
		if len(h.Search(rag.Query{Text: "coupe", Words: true})) != 0 || e.Texts.Load() != n {
			t.Error("the engine was asked")
		}
	})
}
