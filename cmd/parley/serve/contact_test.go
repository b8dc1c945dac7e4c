package serve

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
)

// Outside opening hours a customer leaves a question and where the answer goes: it is confirmed
// with the time, stands at the desk as something promised, and is there for whoever opens it.
func TestLeavingAMessageWhileNobodyIsThere(t *testing.T) {
	t.Parallel()
	soon := time.Now().UTC().Add(26 * time.Hour) // open tomorrow, for an hour
	day := strings.ToLower(soon.Weekday().String()[:3])
	x := up(t, func(c *config.Config) {
		c.Hours = &config.Hours{Zone: "UTC", Open: map[string]string{day: soon.Format("15") + ":00-" + soon.Format("15") + ":59"}}
	})
	k := x.converse()
	at := "/v1/conversations/" + string(k.ID)
	w := x.watch(k, 0)
	if a := x.do("GET", at+"/contact", k.Token, ""); a.code != 200 || !strings.Contains(a.body, soon.Format("2006-01-02T15")+":00:00Z") || !strings.Contains(a.body, `"back":"`) {
		t.Errorf("when are they back: %v", a)
	}
	for body, field := range map[string]string{
		`{"text":"hello"}`: "body.email", `{"text":" ","email":"jo@x.example"}`: "body.text", `{"text":"hello","email":"jo at x"}`: "body.email",
		`{"text":"hello","email":"Jo <jo@x.example>"}`: "body.email", `{"text":"hello","phone":"12"}`: "body.phone", `{"text":"hello","phone":"call me"}`: "body.phone",
	} {
		if a := x.do("POST", at+"/contact", k.Token, body); a.code != 422 || !strings.Contains(a.body, field) {
			t.Errorf("%s: %v", body, a)
		}
	}
	if a := x.do("POST", at+"/contact", x.converse().Token, `{"text":"hello","email":"jo@x.example"}`); a.code != 403 && a.code != 404 {
		t.Error("another's conversation: ", a)
	}
	admin := x.admin()
	if a := x.do("GET", "/v1/desk/promises", admin, ""); strings.Contains(a.body, string(k.ID)) {
		t.Error("something was kept: ", a)
	}
	body := `{"name":"Jo Hart","email":"jo@x.example","text":"Can you engrave a name? My card is 4111 1111 1111 1111."}`
	for range 2 { // the answer to the first was lost
		if a := x.do("POST", at+"/contact", k.Token, body, "Idempotency-Key", "one"); a.code != 201 || !strings.Contains(a.body, "promised_at") {
			t.Fatal(a)
		}
	}
	w.says("bot", "I have noted for my colleagues: “Can you engrave a name?")
	a := x.do("GET", at+"/messages", k.Token, "")
	if strings.Count(a.body, "I have noted") != 1 || !strings.Contains(a.body, "jo@x.example") || strings.Contains(a.body, "4111 1111") {
		t.Error(a)
	}
	var l struct {
		Items []struct{ Conversation, Reason, Name string }
	}
	a = x.do("GET", "/v1/desk/promises", admin, "")
	if err := json.Unmarshal([]byte(a.body), &l); err != nil || len(l.Items) != 1 || l.Items[0].Conversation != string(k.ID) || l.Items[0].Reason != "form" {
		t.Errorf("%v: %+v", err, l)
	}
	if a := x.do("GET", at+"/packet", admin, ""); !strings.Contains(a.body, "Jo Hart") || !strings.Contains(a.body, "jo@x.example") || !strings.Contains(a.body, "engrave") || strings.Contains(a.body, "4111 1111") {
		t.Error("whoever opens it does not know: ", a)
	}
	x.do("POST", at+"/messages", k.Token, `{"text":"How long does delivery take?"}`)
	w.says("bot", "2 to 4 working days") // it goes on helping
	if a := x.do("POST", at+"/takeover", admin, ""); a.code/100 != 2 {
		t.Fatal(a)
	}
	if a := x.do("POST", at+"/contact", k.Token, body, "Idempotency-Key", "two"); a.code != 409 {
		t.Error("a person has it: ", a)
	}
	if a := x.do("POST", at+"/messages", admin, `{"text":"Yes, for $10."}`); a.code/100 != 2 {
		t.Fatal(a)
	}
	if a := x.do("GET", "/v1/desk/promises", admin, ""); strings.Contains(a.body, string(k.ID)) {
		t.Error("it was answered: ", a)
	}
}
