package rag_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog/rag"
	"parley/dialog/rag/ragtest"
)

func cars() *rag.Index {
	return rag.New(
		rag.Passage{ID: "car", Document: "1", Text: "An automobile must be registered."},
		rag.Passage{ID: "boat", Document: "2", Text: "A vessel must be moored."},
		rag.Passage{ID: "bike", Document: "3", Text: "A cycle must be locked."},
	)
}

func first(r interface{ Search(rag.Query) []rag.Hit }, text string) string {
	hits := r.Search(rag.Query{Text: text})
	if len(hits) == 0 {
		return ""
	}
	return hits[0].Passage
}

func TestVectorsFindOtherWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &ragtest.Embedder{Same: map[string]string{"coupe": "automobile", "ship": "vessel"}}
		h := rag.NewHybrid(cars(), e, rag.HybridOptions{})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error)
		go func() { done <- h.Run(ctx) }()
		synctest.Wait()
		if got := first(h, "coupe"); got != "car" {
			t.Errorf("coupe: %q", got)
		}
		if got := first(h.Index, "ship"); got != "" {
			t.Errorf("words alone find %q", got)
		}
		before := e.Texts.Load()
		h.PutPassages("2", []rag.Passage{{ID: "new", Text: "A vessel needs a flag."}})
		// The old passage is gone at once, not when the vectors are made anew.
		for _, hit := range h.Search(rag.Query{Text: "ship"}) {
			if hit.Passage == "boat" {
				t.Error("found after it was replaced")
			}
		}
		synctest.Wait()
		if got := first(h, "ship"); got != "new" {
			t.Errorf("ship: %q", got)
		}
		if n := e.Texts.Load() - before; n != 3 { // two questions and one passage
			t.Errorf("%d texts embedded for one changed passage", n)
		}
		cancel()
		<-done
	})
}

func TestWhatDoesNotHoldIsNotNear(t *testing.T) {
	ix := cars()
	ix.PutPassages("1", []rag.Passage{{ID: "car", Text: "An automobile must be registered.", Audience: "staff"}})
	h := rag.NewHybrid(ix, &ragtest.Embedder{Same: map[string]string{"coupe": "automobile"}}, rag.HybridOptions{})
	if err := h.Catch(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, hit := range h.Search(rag.Query{Text: "coupe"}) {
		if hit.Passage == "car" {
			t.Error("found by a stranger")
		}
	}
}

func TestADeadEngineCostsItsAbsence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, dead := 0, false
		e := &ragtest.Embedder{Same: map[string]string{"coupe": "automobile"}}
		e.Fail = func(ctx context.Context) error {
			if !dead {
				return nil
			}
			asked++
			<-ctx.Done()
			return ctx.Err()
		}
		h := rag.NewHybrid(cars(), e, rag.HybridOptions{Limit: time.Second, Trust: 2, Rest: time.Minute})
		if err := h.Catch(context.Background()); err != nil {
			t.Fatal(err)
		}
		dead = true
		start := time.Now()
		for range 10 {
			if got := first(h, "vessel"); got != "boat" {
				t.Errorf("by words: %q", got)
			}
		}
		if asked != 2 || time.Since(start) != 2*time.Second {
			t.Errorf("asked %d times in %v", asked, time.Since(start))
		}
		dead = false
		if got := first(h, "coupe"); got == "car" {
			t.Error("asked while it rests")
		}
		time.Sleep(time.Minute) // on the clock of synctest
		if got := first(h, "coupe"); got != "car" {
			t.Errorf("after the rest: %q", got)
		}
	})
}

func TestVectorsThatAreNone(t *testing.T) {
	for name, vs := range map[string][][]float32{"too few": {{1}}, "of two lengths": {{1, 2}, {1}, {2}}, "of no length": {{}, {}, {}}, "without direction": {{0, 0}, {0, 0}, {0, 0}}} {
		h := rag.NewHybrid(cars(), fixed(vs), rag.HybridOptions{})
		if err := h.Catch(context.Background()); !errors.Is(err, rag.ErrVectors) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type fixed [][]float32

func (f fixed) Name() string                                         { return "fixed" }
func (f fixed) Embed(context.Context, []string) ([][]float32, error) { return f, nil }
