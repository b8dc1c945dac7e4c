package serve

import (
	"log/slog"
	"strings"
	"testing"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/llm"
	"parley/dialog/store"
)

// What a conversation cost is counted in the metrics and kept by conversation.
func TestWhatAConversationCosts(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.LLM[0].Price = config.Price{In: 1e6, Out: 1e6, Currency: "CNY"} })
	k := x.converse()
	w := x.watch(k, 0)
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"how long does delivery take"}`); a.code != 202 {
		t.Fatal(a)
	}
	w.says(dialog.Bot, "2 to 4 working days")
	x.spend.keep(x.store, closed(), slog.New(slog.DiscardHandler))
	var got []store.UsageSum
	for len(got) == 0 { // the other keeper may be writing
		var err error
		if got, err = x.store.UsageOf(t.Context(), k.ID); err != nil {
			t.Fatal(err)
		}
	}
	u := got[0]
	if len(got) != 1 || u.Model != "m" || u.Role != "llm" || u.Currency != "CNY" || u.Prompt == 0 || u.Reply == 0 || u.Guessed != 0 || u.Cost != float64(u.Prompt+u.Reply) {
		t.Errorf("%+v", got)
	}
	m := x.do("GET", "/metrics", "", "").body
	for _, want := range []string{`parley_llm_tokens_total{kind="reply",model="m",role="llm"}`, `parley_llm_cost_total{currency="CNY",model="m",role="llm"}`, "parley_llm_usage_lost_total 0"} {
		if !strings.Contains(m, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func closed() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// A full queue loses the record, not the count, and keeps nobody waiting.
func TestSpendingDoesNotWait(t *testing.T) {
	s := newSpending()
	for range cap(s.queue) + 3 {
		s.Spent(llm.Spent{Model: "m", Usage: llm.Usage{Reply: 1}})
	}
	if n := s.tokens[spent{"", "m", "reply"}]; n != int64(cap(s.queue)+3) || s.lost != 3 {
		t.Errorf("%d counted, %d lost", n, s.lost)
	}
}
