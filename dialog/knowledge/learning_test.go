package knowledge_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/knowledge"
	"parley/dialog/rag"
	"parley/dialog/store"
)

func TestGapsAreGrouped(t *testing.T) {
	h := open(t, t.TempDir(), nil)
	ctx := t.Context()
	for _, q := range []string{"Do you have gift cards?", "Are there gift cards?", "do you sell gift cards", "有没有礼品卡？", "礼品卡有卖吗", "Is the shop in Berlin open on Sundays?"} {
		if err := h.store.Gap(ctx, h.asks(q, ""), store.GapKind, q); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.store.Gap(ctx, "c", "handoff", "customer"); err != nil {
		t.Fatal(err)
	}
	gs, err := h.Gaps(ctx)
	if err != nil || len(gs) != 3 || gs[0].Count != 3 || gs[1].Count != 2 || gs[1].Language != "zh" || len(gs[0].Conversations) != 3 {
		t.Fatalf("%+v %v", gs, err)
	}
	if err := h.CloseGap(ctx, gs[0].ID); err != nil {
		t.Fatal(err)
	}
	if gs, err = h.Gaps(ctx); err != nil || len(gs) != 2 {
		t.Errorf("%+v %v", gs, err)
	}
	if err := h.CloseGap(ctx, "nothing"); !errors.Is(err, dialog.ErrNotFound) {
		t.Error(err)
	}
}

func TestPhrasingsOfResolvedConversations(t *testing.T) {
	h := open(t, t.TempDir(), nil).start()
	ctx := t.Context()
	h.put("d", "# Returns\n## How long do I have?\nYou can send anything back within 30 days.", false)
	hit := h.index.Search(rag.Query{Text: "send back", K: 1})[0]
	cite := dialog.Citation{Document: "d", Passage: hit.Passage, Title: hit.Title}
	rated := h.asks("I bought the wrong colour, can you take it?", "Within 30 days.", cite)
	if err := h.store.Rate(ctx, rated, 5, ""); err != nil {
		t.Fatal(err)
	}
	h.says(h.asks("我不喜欢了想退给你们", "三十天内。", cite), dialog.Customer, "好的，谢谢")
	h.says(h.asks("what about my order then", "Within 30 days.", cite), dialog.Customer, "That is wrong, nonsense")
	h.says(h.asks("please take back order 48151623", "Within 30 days.", cite), dialog.Customer, "thanks")
	h.says(h.asks("what is the weather over there", "No idea."), dialog.Customer, "ok thanks")
	ps, err := h.Proposals(ctx, "", 10)
	if err != nil || len(ps) != 2 {
		t.Fatalf("%+v %v", ps, err)
	}
	for _, p := range ps {
		if strings.HasPrefix(p.Text, "I bought") {
			err = h.Approve(ctx, p.ID, "u")
		} else {
			err = h.Reject(ctx, p.ID, "u")
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Approve(ctx, p.ID, "u"); !errors.Is(err, dialog.ErrConflict) {
			t.Error("decided twice:", err)
		}
	}
	if err := h.Look(ctx); err != nil {
		t.Fatal(err)
	}
	if hits := h.index.Search(rag.Query{Text: "wrong colour", K: 1}); len(hits) != 1 || len(hits[0].Asked) != 1 || hits[0].Passage != hit.Passage {
		t.Errorf("an approved phrasing finds nothing: %+v", hits)
	}
	// It outlives an edit of the passage's text.
	h.put("d", "# Returns\n## How long do I have?\nYou can send anything back within 14 days.", false)
	if got := h.finds("wrong colour"); !strings.Contains(got, "14 days") {
		t.Error(got)
	}
	if ps, err := h.Proposals(ctx, "", 10); err != nil || len(ps) != 0 {
		t.Errorf("proposed again: %+v %v", ps, err)
	}
}

// scribe is a Writer.
type scribe func(rag.Passage) []string

func (w scribe) Phrasings(_ context.Context, p rag.Passage, _ int) ([]string, error) {
	return w(p), nil
}

func TestPhrasingsThatAModelWrites(t *testing.T) {
	h := open(t, t.TempDir(), func(o *knowledge.Options) {
		w := scribe(func(rag.Passage) []string {
			return []string{"may I give it back to you", "call 0049 1234 5678", "How long do I have?", "one too many"}
		})
		o.Writer = func() knowledge.Writer { return w }
	})
	h.put("d", "# Returns\n## How long do I have?\nYou can send anything back within 30 days.", false)
	if err := h.Write(t.Context(), "d"); err != nil {
		t.Fatal(err)
	}
	var ps []knowledge.Proposal
	var err error
	for len(ps) == 0 && err == nil && t.Context().Err() == nil {
		ps, err = h.Proposals(t.Context(), "", 10)
	}
	if err != nil || len(ps) != 1 || ps[0].Text != "may I give it back to you" || ps[0].From != "model" {
		t.Errorf("%+v %v", ps, err)
	}
	if err := open(t, t.TempDir(), nil).Write(t.Context(), "d"); !errors.Is(err, knowledge.ErrNoWriter) {
		t.Error(err)
	}
}
