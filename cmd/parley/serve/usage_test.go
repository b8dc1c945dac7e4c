package serve

import (
	"strings"
	"testing"
	"time"

	"parley/dialog/store"
)

func TestWhatConversationsCostIsShown(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	day := time.Now().UTC()
	if err := x.store.AddUsage(t.Context(),
		store.Usage{Conversation: k.ID, Role: "llm", Model: "big", Prompt: 1000, Cached: 200, Reply: 50, Cost: 0.02, Currency: "USD"},
		store.Usage{Role: "embed", Model: "small", Prompt: 10, Cost: 0.5, Currency: "CNY", At: day.AddDate(0, 0, -40).UnixMicro()}); err != nil {
		t.Fatal(err)
	}
	path := "/v1/conversations/" + string(k.ID) + "/usage"
	want := `"role":"llm","model":"big","requests":1,"prompt_tokens":1000,"cached_tokens":200,"reply_tokens":50,"estimated":0,"cost":0.02,"currency":"USD"`
	if a := x.do("GET", path, x.supervisor(), ""); a.code != 200 || !strings.Contains(a.body, want) {
		t.Error(a)
	}
	if a := x.do("GET", "/v1/usage", x.supervisor(), ""); a.code != 200 || !strings.Contains(a.body, `"day":"`+day.Format(time.DateOnly)+`",`+want) || strings.Contains(a.body, "small") {
		t.Error(a)
	}
	long := "/v1/usage?from=" + day.AddDate(0, 0, -50).Format(time.DateOnly)
	if a := x.do("GET", long, x.supervisor(), "", "Accept", "text/csv"); a.code != 200 || !strings.HasPrefix(a.body, "day,role,model") || !strings.Contains(a.body, "small") {
		t.Error(a)
	}
	for name, a := range map[string]answer{"an agent": x.do("GET", path, x.agent(), ""), "the customer": x.do("GET", path, k.Token, ""), "an agent, all": x.do("GET", "/v1/usage", x.agent(), "")} {
		refused(t, name, a, 403)
	}
	refused(t, "unknown", x.do("GET", "/v1/conversations/conv_nobody/usage", x.supervisor(), ""), 404)
	refused(t, "no date", x.do("GET", "/v1/usage?from=yesterday", x.supervisor(), ""), 422)
	refused(t, "backwards", x.do("GET", "/v1/usage?from=2026-02-01&to=2026-01-01", x.supervisor(), ""), 422)
}
