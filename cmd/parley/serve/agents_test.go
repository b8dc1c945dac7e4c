package serve

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/desk"
	"parley/web"
)

// comes has a customer be handed to a person by chat.
func (w *window) comes(k talk) {
	w.t.Helper()
	if a := w.x.do("POST", "/v1/conversations/"+string(k.ID)+"/handoff", k.Token, ""); a.code != http.StatusAccepted {
		w.t.Fatal(a)
	}
	o := w.offered()
	for _, path := range []string{"/v1/offers/" + o.ID + "/accept", "/v1/transfers/" + o.Transfer + "/complete"} {
		if a := w.do("POST", path, ""); a.code != 200 {
			w.t.Fatal(a)
		}
	}
}

func (w *window) status() string {
	w.t.Helper()
	var p struct{ Status string }
	w.do("GET", "/v1/desk/me", "").json(w.t, &p)
	return p.Status
}

// What a person does beside talking: wrap-up, ready replies, mentions, boundaries, and
// teaching the bot.
func TestWhatPeopleDoBesideTalking(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) {
		c.Queues = []config.Queue{
			{Name: "must", Default: true, Mode: "mandatory", Endings: []config.Ending{{Code: "paid", Names: map[string]string{"en": "Paid out"}}, {Code: "solved", Names: map[string]string{"en": "Solved"}}}},
			{Name: "other", Mode: "timed", WrapUp: 3600},
		}
	})
	ann, bob := x.atDesk("Ann", "agent", `,"queues":["must"]`), x.atDesk("Bob", "agent", `,"queues":["other"]`)
	boss := x.supervisor()

	t.Run("wrap-up", func(t *testing.T) {
		k := x.converse()
		c := "/v1/conversations/" + string(k.ID)
		ann.comes(k)
		x.says(k, "how long does delivery take?")
		ann.do("POST", c+"/messages", `{"text":"It takes 2 to 4 working days to arrive."}`)
		var w web.WrapUp
		ann.do("GET", c+"/wrapup", "").json(t, &w)
		if w.By != "rules" || w.Disposition != "solved" || !strings.Contains(w.Summary, "2 to 4 working days") {
			t.Errorf("%+v", w)
		}
		if a := ann.do("POST", c+"/return", ""); a.code != 204 {
			t.Fatal(a)
		}
		if s := ann.status(); s != "wrapup" {
			t.Errorf("status %s", s)
		}
		if a := ann.do("PUT", "/v1/desk/me", `{"status":"available"}`); a.code != 409 || !strings.Contains(a.body, "urn:parley:problem:wrapup") {
			t.Error("free before it is said how it ended: ", a)
		}
		var open struct {
			Items []struct{ Conversation, Mode string }
		}
		if ann.do("GET", "/v1/desk/wrapups", "").json(t, &open); len(open.Items) != 1 || open.Items[0].Conversation != string(k.ID) || open.Items[0].Mode != "mandatory" {
			t.Errorf("%+v", open)
		}
		for body, code := range map[string]int{`{"disposition":"unknown"}`: 422, `{}`: 422} {
			if a := ann.do("POST", c+"/wrapup", body); a.code != code {
				t.Errorf("%s: %v", body, a)
			}
		}
		if a := bob.do("POST", c+"/wrapup", `{"disposition":"paid"}`); a.code != 403 {
			t.Error("another's: ", a)
		}
		if a := ann.do("POST", c+"/wrapup", `{"disposition":"paid","note":"asked for delivery"}`); a.code != 204 {
			t.Fatal(a)
		}
		for end := time.Now().Add(10 * time.Second); ann.status() != "available" && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		}
		if s := ann.status(); s != "available" {
			t.Errorf("status %s after it was said how it ended", s)
		}
	})

	t.Run("said at the close", func(t *testing.T) {
		k := x.converse()
		ann.comes(k)
		if a := ann.do("POST", "/v1/conversations/"+string(k.ID)+"/close", `{"disposition":"nonsense"}`); a.code != 422 {
			t.Error(a)
		}
		if a := ann.do("POST", "/v1/conversations/"+string(k.ID)+"/close", `{"disposition":"paid"}`); a.code != 204 {
			t.Fatal(a)
		}
		if s := ann.status(); s != "available" {
			t.Errorf("it was said how it ended, and the status is %s", s)
		}
	})

	t.Run("ready replies", func(t *testing.T) {
		put := func(w *window, method, path, body string, code int) (id string) {
			t.Helper()
			a := w.do(method, path, body)
			if a.code != code {
				t.Errorf("%s %s: %v", path, body, a)
			}
			var v struct{ ID string }
			if code < 300 && code != 204 {
				a.json(t, &v)
			}
			return v.ID
		}
		own := put(ann, "POST", "/v1/replies", `{"shortcut":"hi","text":"Hello {customer}, I am {agent}."}`, 201)
		put(ann, "POST", "/v1/replies", `{"shortcut":"hi","text":"again"}`, 409)
		put(ann, "POST", "/v1/replies", `{"shortcut":"a b","text":"x"}`, 422)
		put(ann, "POST", "/v1/replies", `{"shortcut":"x","text":"{password}"}`, 422)
		put(ann, "POST", "/v1/replies", `{"shortcut":"x","text":"x","team":true}`, 403)
		var team struct{ ID string }
		x.do("POST", "/v1/replies", boss, `{"shortcut":"你好","text":"您好，{customer}","language":"zh-CN","team":true}`).json(t, &team)
		var list struct {
			Items []struct{ Shortcut, Text string }
		}
		if ann.do("GET", "/v1/replies", "").json(t, &list); len(list.Items) != 2 {
			t.Errorf("%+v", list)
		}
		if bob.do("GET", "/v1/replies", "").json(t, &list); len(list.Items) != 1 || list.Items[0].Shortcut != "你好" {
			t.Errorf("%+v", list)
		}
		put(bob, "PUT", "/v1/replies/"+own, `{"shortcut":"hi","text":"mine now"}`, 404)
		put(bob, "DELETE", "/v1/replies/"+team.ID, "", 403)
		put(ann, "PUT", "/v1/replies/"+own, `{"shortcut":"hello","text":"Good day."}`, 200)
		put(ann, "DELETE", "/v1/replies/"+own, "", 204)
	})

	t.Run("a mention", func(t *testing.T) {
		k := x.converse()
		c := "/v1/conversations/" + string(k.ID)
		ann.comes(k)
		if a := bob.do("GET", c, ""); a.code != 403 {
			t.Error(a)
		}
		if a := ann.do("POST", c+"/messages", fmt.Sprintf(`{"text":"@Bob","mentions":[%q]}`, bob.id)); a.code != 422 {
			t.Error("a message to the customer calls a colleague: ", a)
		}
		if a := ann.do("POST", c+"/messages", `{"text":"@Nobody","private":true,"mentions":["user_nobody"]}`); a.code != 422 {
			t.Error(a)
		}
		if a := ann.do("POST", c+"/messages", fmt.Sprintf(`{"text":"@Bob, please look","private":true,"mentions":[%q]}`, bob.id)); a.code != 202 {
			t.Fatal(a)
		}
		if r := bob.kind(desk.MentionCreated); !strings.Contains(string(r.Data), "please look") {
			t.Errorf("%s", r.Data)
		}
		if a := bob.do("GET", c+"/messages", ""); a.code != 200 || !strings.Contains(a.body, "please look") {
			t.Error("who is called sees nothing: ", a)
		}
		if a := bob.do("POST", c+"/messages", `{"text":"hello"}`); a.code != 409 {
			t.Error("who is called writes to the customer: ", a)
		}
		var ms struct {
			Items []struct{ Conversation string }
		}
		if bob.do("GET", "/v1/desk/mentions", "").json(t, &ms); len(ms.Items) != 1 {
			t.Errorf("%+v", ms)
		}
		bob.do("POST", c+"/mentions/seen", "")
		if bob.do("GET", "/v1/desk/mentions", "").json(t, &ms); len(ms.Items) != 0 {
			t.Errorf("%+v", ms)
		}
		ann.do("POST", c+"/close", `{"disposition":"paid"}`)
	})

	t.Run("a boundary", func(t *testing.T) {
		k := x.converse()
		c, w := "/v1/conversations/"+string(k.ID), x.watch(k, 0)
		ann.comes(k)
		if a := bob.do("POST", c+"/warn", ""); a.code != 403 {
			t.Error(a)
		}
		if a := ann.do("POST", c+"/warn", ""); a.code != 204 {
			t.Fatal(a)
		}
		w.says(dialog.Bot, "speak respectfully")
		if a := ann.do("POST", c+"/release", ""); a.code != 204 {
			t.Fatal(a)
		}
		w.says(dialog.Bot, "left this conversation")
		if a := x.do("POST", c+"/handoff", k.Token, ""); a.code != 409 || !strings.Contains(a.body, "released") {
			t.Error("a person is fetched after it: ", a)
		}
		x.says(k, "I want to talk to a person")
		w.says(dialog.Bot, "cannot bring in a colleague")
		x.says(k, "how long does delivery take?")
		w.says(dialog.Bot, "2 to 4")
		if n := x.audits("conversation.release"); n != 1 {
			t.Errorf("%d in the audit", n)
		}
		ann.do("POST", c+"/wrapup", `{"disposition":"paid"}`)
	})

	t.Run("teaching", func(t *testing.T) {
		k := x.converse()
		c, w := "/v1/conversations/"+string(k.ID), x.watch(k, 0)
		x.says(k, "do you engrave headphones with a name?")
		w.says(dialog.Bot, "not have that")
		ann.comes(k)
		ann.do("POST", c+"/messages", `{"text":"Hello, I am Ann."}`)
		ann.do("POST", c+"/messages", `{"text":"Yes, we engrave headphones with a name for 15 dollars."}`)
		if a := ann.do("POST", c+"/close", `{"disposition":"paid"}`); a.code != 204 {
			t.Fatal(a)
		}
		var list struct {
			Items []struct{ ID, Question, Answer string }
		}
		if a := ann.do("GET", "/v1/knowledge/answers", ""); a.code != 403 {
			t.Error("an agent reads what others said: ", a)
		}
		if x.do("GET", "/v1/knowledge/answers", boss, "").json(t, &list); len(list.Items) != 1 || !strings.Contains(list.Items[0].Answer, "15 dollars") || !strings.Contains(list.Items[0].Question, "engrave") {
			t.Fatalf("%+v", list)
		}
		approve := "/v1/knowledge/answers/" + list.Items[0].ID + "/approve"
		body := `{"question":"Do you engrave headphones?","answer":"We engrave headphones with a name for 15 dollars."}`
		if a := ann.do("POST", approve, body); a.code != 403 {
			t.Error("an agent publishes: ", a)
		}
		if a := x.do("POST", approve, boss, body); a.code != 204 {
			t.Fatal(a)
		}
		if a := x.do("POST", approve, boss, body); a.code != 404 {
			t.Error("twice: ", a)
		}
		if got := x.first(boss, "do you engrave headphones with a name?"); !strings.Contains(got, "15 dollars") {
			t.Errorf("it is not found: %q", got)
		}
		if a := x.do("GET", "/v1/knowledge/gaps", boss, ""); strings.Contains(a.body, "engrave") {
			t.Error("it is a gap still: ", a)
		}
	})
}
