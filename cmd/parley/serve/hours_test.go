package serve

import (
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
)

// The hours of the file and of the page are what customers are told who ask for a person.
func TestHoursAreObeyed(t *testing.T) {
	t.Parallel()
	var off []string
	for d := range 4 {
		off = append(off, time.Now().UTC().AddDate(0, 0, d-1).Format(time.DateOnly))
	}
	x := up(t, func(c *config.Config) { c.Hours = &config.Hours{Zone: "UTC", Holidays: off} })
	var k talk
	asks := func() dialog.MessageData {
		k = x.converse()
		w := x.watch(k, 0)
		x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"let me talk to a person"}`)
		return w.says(dialog.Bot, "colleague")
	}
	if m := asks(); !strings.Contains(m.Text, "None of my colleagues is here") || !strings.Contains(m.Text, "at 12 a.m., UTC time") || !strings.Contains(m.Text, "leave a message") {
		t.Errorf("by the file: %q", m.Text)
	}
	admin := x.admin()
	promises := func() (out []struct {
		Conversation dialog.ConversationID
		Promised     time.Time `json:"promised_at"`
		Overdue      bool
	}) {
		list := struct{ Items any }{&out}
		x.do("GET", "/v1/desk/promises", admin, "").json(t, &list)
		return out
	}
	if p := promises(); len(p) != 1 || p[0].Conversation != k.ID || p[0].Overdue || p[0].Promised.Before(time.Now()) {
		t.Errorf("what was promised is not seen: %+v", p)
	}
	refused(t, "promises, by a customer", x.do("GET", "/v1/desk/promises", k.Token, ""), 403)
	for queue, sees := range map[string]bool{"service": true, "claims": false} {
		a := x.do("GET", "/v1/desk/promises", x.atDesk(queue, "agent", `,"queues":["`+queue+`"]`).token, "")
		if a.code != 200 || strings.Contains(a.body, string(k.ID)) != sees {
			t.Errorf("promises, by an agent of %s: %v", queue, a)
		}
	}
	refused(t, "a cursor of none", x.do("GET", "/v1/desk/promises?cursor=x", admin, ""), 422)
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", admin, `{"text":"here I am"}`); a.code != 202 {
		t.Error(a)
	}
	x.watch(k, 0).says(dialog.Agent, "here I am") // the customer who comes back sees it
	if p := promises(); len(p) != 0 {
		t.Errorf("it was kept: %+v", p)
	}
	if a := x.do("GET", "/v1/bot", admin, ""); !strings.Contains(a.body, `"zone":"UTC"`) {
		t.Error("the page does not know the file's:", a.body)
	}
	if a := x.do("PUT", "/v1/bot", admin, `{"settings":{"languages":["en"]}}`); a.code != 200 {
		t.Fatal(a)
	}
	if a := x.do("PUT", "/v1/desk/me", admin, `{"status":"available"}`); a.code != 200 {
		t.Fatal(a)
	}
	if m := asks(); !strings.Contains(m.Text, "I have asked a colleague") {
		t.Errorf("without hours: %q", m.Text)
	}
	if a := x.do("PUT", "/v1/bot", admin, `{"settings":{"languages":["en"],"hours":{"zone":"UTC","open":{},"holidays":["`+strings.Join(off, `","`)+`"]}}}`); a.code != 200 {
		t.Fatal(a)
	}
	if m := asks(); !strings.Contains(m.Text, "None of my colleagues is here") {
		t.Errorf("by the page: %q", m.Text)
	}
}
