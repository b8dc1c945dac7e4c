package serve

import (
	"strings"
	"testing"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/desk"
	"parley/web"
)

// Who has a conversation is given drafts, and is alone in being given them: nothing is sent.
func TestRepliesAreSuggestedAndSentByNobody(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) {
		c.Queues = []config.Queue{{Name: "sales", Default: true}, {Name: "claims"}}
		c.Desk.Disclosures = []config.Disclosure{{Name: "hours", Queues: []string{"sales"}, When: []string{"warranty"}, Said: []string{"two years"}, Say: map[string]string{"en": "The law gives you two years."}}}
	})
	k := x.converse()
	c, w := "/v1/conversations/"+string(k.ID), x.watch(k, 0)
	ann, bob := x.atDesk("Ann", "agent", `,"queues":["sales"]`), x.atDesk("Bob", "agent", `,"queues":["claims"]`)
	if a := x.do("POST", c+"/handoff", k.Token, ""); a.code != 202 {
		t.Fatal(a)
	}
	o := ann.offered()
	if a := ann.do("POST", "/v1/offers/"+o.ID+"/accept", ""); a.code != 200 {
		t.Fatal(a)
	}
	if a := ann.do("POST", "/v1/transfers/"+o.Transfer+"/complete", ""); a.code != 200 {
		t.Fatal(a)
	}
	w.moved(desk.Completed)
	suggestion := func(query string) (s web.Suggestion) {
		t.Helper()
		a := ann.do("GET", c+"/suggestion"+query, "")
		if a.code != 200 {
			t.Fatal(a)
		}
		a.json(t, &s)
		return s
	}
	if s := suggestion(""); s.To != "" || s.Text != "" || len(s.Disclosures) != 0 {
		t.Errorf("%+v", s)
	}
	x.says(k, "how long does delivery take, and what about the warranty?")
	s := suggestion("")
	if s.To == "" || len(s.Disclosures) != 1 || s.Disclosures[0].Say != "The law gives you two years." {
		t.Errorf("%+v", s)
	}
	x.says(k, "how long does delivery take?")
	if s := suggestion(""); !strings.Contains(s.Text, "2 to 4") || len(s.Citations) != 1 || !strings.Contains(s.Citations[0].Title, "Delivery") {
		t.Errorf("%+v", s)
	}
	if s := suggestion("?words=what+is+the+capital+of+france"); s.Text != "" || s.Gap == "" {
		t.Errorf("%+v", s)
	}
	for who, token := range map[string]string{"the customer": k.Token, "another agent": bob.token, "nobody": ""} {
		if a := x.do("GET", c+"/suggestion", token, ""); a.code != 403 && a.code != 401 {
			t.Errorf("%s: %v", who, a)
		}
	}
	if a := ann.do("POST", c+"/messages", `{"text":"You have two years."}`); a.code != 202 {
		t.Fatal(a)
	}
	if s := suggestion(""); len(s.Disclosures) != 0 || s.Text == "" {
		t.Errorf("%+v", s)
	}
	var said struct{ Items []dialog.MessageData }
	x.do("GET", c+"/messages", k.Token, "").json(t, &said)
	for _, m := range said.Items {
		if strings.Contains(m.Text, "2 to 4") || m.From == dialog.Agent && m.Text != "You have two years." {
			t.Errorf("it was sent: %+v", m)
		}
	}
}
