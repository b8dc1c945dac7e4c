package serve

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/cmd/parley/config"
	"parley/dialog"
)

// What the bot looked up is the staff's to see, and nobody else's.
func TestStaffSeeWhatTheBotLookedUp(t *testing.T) {
	t.Parallel()
	all, public := newHook(t), newHook(t)
	x := up(t, func(c *config.Config) {
		c.LLM = nil
		c.Webhooks = []config.Webhook{{URL: all.URL, Secret: hookSecret, Internal: true}, {URL: public.URL, Secret: hookSecret}}
	})
	k := x.converse()
	w, staff := x.watch(k, 0), x.watch(talk{ID: k.ID, Token: x.admin()}, 0)
	x.says(k, "I'd like to book an appointment")
	w.says(dialog.Bot, "which day")
	x.says(k, "tomorrow")
	var d dialog.RunData
	r := staff.kind(dialog.ToolRan)
	if err := json.Unmarshal(r.Data, &d); err != nil || d.Tool != "free_appointments" || d.Effect != "read" || d.State != dialog.RunOK || d.Turn == "" || d.Title["en"] == "" || d.Title["zh"] == "" || d.Args["day"] == nil {
		t.Errorf("%+v %v", d, err)
	}
	x.says(k, "goodbye for now")
	// By then all that is the customer's has come.
	again := x.watch(k, 0)
	for _, c := range []*watch{w, again} {
		c.until("the last words", func(r dialog.Record) bool {
			if r.Type == dialog.ToolRan {
				t.Errorf("the customer got %s", r.Data)
			}
			return r.Type == dialog.MessageCreated && strings.Contains(string(r.Data), "goodbye for now")
		})
	}
	for _, token := range []string{k.Token, x.admin()} { // the download is the customer's, whoever asks
		for _, format := range []string{"txt", "html", "json"} {
			if a := x.do("GET", "/v1/conversations/"+string(k.ID)+"/transcript?format="+format, token, ""); a.code != 200 || strings.Contains(a.body, dialog.ToolRan) || !strings.Contains(a.body, "goodbye for now") {
				t.Error(format, a)
			}
		}
	}
	if told := all.types(t, "goodbye for now"); !told[dialog.ToolRan] {
		t.Errorf("a hook with internal: %v", told)
	}
	if told := public.types(t, "goodbye for now"); told[dialog.ToolRan] {
		t.Errorf("a hook without: %v", told)
	}
}

// types are those that a hook was told of, until some words.
func (h *hook) types(t *testing.T, until string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for {
		select {
		case e := <-h.got:
			out[e.Type] = true
			if strings.Contains(string(e.Data), until) {
				return out
			}
		case <-t.Context().Done():
			t.Fatal("not told of ", until)
		}
	}
}
