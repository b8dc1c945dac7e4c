package rag_test

import (
	"slices"
	"testing"
	"time"

	"parley/dialog/rag"
)

func ids(hits []rag.Hit) []string {
	out := []string{}
	for _, h := range hits {
		out = append(out, h.Passage)
	}
	slices.Sort(out)
	return out
}

func TestWhatDoesNotHoldIsNotFound(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC) }
	ix := rag.New(
		rag.Passage{ID: "old", Document: "fees", Text: "Delivery costs four dollars", Until: day(10), Version: 3},
		rag.Passage{ID: "new", Document: "fees", Text: "Delivery costs five dollars", From: day(10)},
		rag.Passage{ID: "always", Document: "how", Text: "Delivery is by van"},
		rag.Passage{ID: "staff", Document: "staff", Text: "Delivery complaints go to the desk", Audience: "staff"},
	)
	for _, c := range []struct {
		audience string
		now      time.Time
		want     []string
	}{
		{"", day(9), []string{"always", "old"}},
		{"", day(10), []string{"always", "new"}}, // Until is the first moment at which it holds no more
		{"vip", day(10), []string{"always", "new"}},
		{"staff", day(9), []string{"always", "old", "staff"}},
		{rag.EveryAudience, day(11), []string{"always", "new", "staff"}},
	} {
		got := ids(ix.Search(rag.Query{Text: "delivery", Audience: c.audience, Now: c.now}))
		if !slices.Equal(got, c.want) {
			t.Errorf("audience %q on %s: %v, want %v", c.audience, c.now.Format(time.DateOnly), got, c.want)
		}
	}
	// What is not found takes no place among the K.
	if got := ids(ix.Search(rag.Query{Text: "delivery costs dollars", Now: day(9), K: 1})); !slices.Equal(got, []string{"old"}) {
		t.Errorf("one hit: %v", got)
	}
	h := ix.Search(rag.Query{Text: "delivery costs dollars", Now: day(9), K: 1})[0]
	if h.Version != 3 || !h.Until.Equal(day(10)) || !h.From.IsZero() {
		t.Errorf("what the hit tells of its document: %+v", h)
	}
}

func TestHitsSayWhy(t *testing.T) {
	ix := rag.New(
		rag.Passage{ID: "en", Title: "Returns", Text: "Headphones can be returned within 30 days."},
		rag.Passage{ID: "zh", Title: "退货", Text: "耳机可以在三十天内退货，邮费由我们承担。"},
	)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Can I return the headphones I bought?", []string{"return", "headphones"}},
		{"我的耳机想退货，多少邮费", []string{"耳机", "退货", "邮费"}},
	} {
		hits := ix.Search(rag.Query{Text: c.text})
		if len(hits) == 0 || !slices.Equal(hits[0].Why, c.want) {
			t.Errorf("%q: %+v", c.text, hits)
		}
	}
}
