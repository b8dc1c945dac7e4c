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
	asks := func() dialog.MessageData {
		k := x.converse()
		w := x.watch(k, 0)
		x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, `{"text":"let me talk to a person"}`)
		return w.says(dialog.Bot, "colleague")
	}
	if m := asks(); !strings.Contains(m.Text, "None of my colleagues is here") || !strings.Contains(m.Text, "at 12 a.m., UTC time") || !strings.Contains(m.Text, "leave a message") {
		t.Errorf("by the file: %q", m.Text)
	}
	admin := x.admin()
	if a := x.do("GET", "/v1/bot", admin, ""); !strings.Contains(a.body, `"zone":"UTC"`) {
		t.Error("the page does not know the file's:", a.body)
	}
	if a := x.do("PUT", "/v1/bot", admin, `{"settings":{"languages":["en"]}}`); a.code != 200 {
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
