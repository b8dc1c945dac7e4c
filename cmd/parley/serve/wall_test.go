package serve

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/wall"
	"parley/web"
)

// walled is a supervisor's socket that carries the wall.
func (x *site) walled(token string) *watch {
	x.t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"bearer." + token}}
	c, res, err := d.Dial("ws"+strings.TrimPrefix(x.base, "http")+"/v1/desk/events?wall=true", nil)
	if err != nil {
		x.t.Fatal(err, res)
	}
	x.t.Cleanup(func() { _ = c.Close() })
	return &watch{x.t, c}
}

// wall waits for something on the wall.
func (w *watch) wall(what string, fits func(v wall.View) bool) (v wall.View) {
	w.t.Helper()
	w.until(what, func(r dialog.Record) bool {
		v = wall.View{}
		return r.Type == "wall.updated" && json.Unmarshal(r.Data, &v) == nil && fits(v)
	})
	return v
}

// A supervisor sees what goes on while practice customers call and write, and alerts that
// can be kept quiet.
func TestTheWall(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) {
		c.Alerts = config.Alerts{Waiting: 1}
		c.Bot.Languages = []string{"en", "zh-CN"}
		c.ASR[0].Languages = []string{"en"}
	})
	x.acts.pace.pause, x.acts.pace.most = 100*time.Millisecond, 10*time.Second
	boss, agent := x.staff("supervisor@local", x.password("supervisor@local")), x.staff("agent@local", x.password("agent@local"))
	for _, bad := range []struct {
		method, path, token, body string
		code                      int
	}{
		{"GET", "/v1/desk/wall", agent, "", 403},
		{"GET", "/v1/desk/events?wall=true", agent, "", 403},
		{"POST", "/v1/practice", agent, `{"via":"chat","language":"en"}`, 403},
		{"POST", "/v1/practice", boss, `{"via":"fax","language":"en"}`, 422},
		{"POST", "/v1/practice", boss, `{"via":"chat","language":"tlh"}`, 422},
		{"POST", "/v1/desk/alerts/waiting/snooze", agent, `{"minutes":5,"reason":"lunch"}`, 403},
		{"POST", "/v1/desk/alerts/waiting/snooze", boss, `{"minutes":5,"reason":"  "}`, 422},
		{"POST", "/v1/desk/alerts/weather/snooze", boss, `{"minutes":5,"reason":"rain"}`, 422},
		{"PUT", "/v1/desk/agents/none", boss, `{"status":"away"}`, 404},
	} {
		if a := x.do(bad.method, bad.path, bad.token, bad.body); a.code != bad.code {
			t.Errorf("%s %s: %d, not %d: %s", bad.method, bad.path, a.code, bad.code, a.body)
		}
	}
	w := x.walled(boss)
	if v := w.wall("the wall", func(v wall.View) bool { return v.All }); len(v.Figures) != 6 || v.Figures[0].Definition["zh-CN"] == "" {
		t.Errorf("%+v", v)
	}
	ann := x.atDesk("Ann", "agent", `,"skills":["en:5"]`)

	// One writes, asks for a person, and is answered.
	var r web.PracticeRun
	a := x.do("POST", "/v1/practice", boss, `{"via":"chat","language":"en"}`)
	if a.json(t, &r); a.code != 201 || r.Conversation == "" || r.Call != "" {
		t.Fatal(a)
	}
	v := w.wall("who waits", func(v wall.View) bool { return len(v.Alerts) == 1 })
	if v.Alerts[0].Figure != wall.WaitingNow || v.Alerts[0].Limit != 1 || v.Alerts[0].Snooze != nil {
		t.Errorf("%+v", v.Alerts)
	}
	if a := x.do("POST", "/v1/desk/alerts/waiting/snooze", boss, `{"minutes":5,"reason":"Ann comes"}`); a.code != 200 {
		t.Error(a)
	}
	if v = w.wall("quiet", func(v wall.View) bool { return len(v.Alerts) == 1 && v.Alerts[0].Snooze != nil }); v.Alerts[0].Snooze.Reason != "Ann comes" || v.Alerts[0].Snooze.By == "" {
		t.Errorf("%+v", v.Alerts[0].Snooze)
	}
	o := ann.offered()
	if string(o.Conversation) != r.Conversation {
		t.Fatal(o)
	}
	k := talk{ID: o.Conversation, Token: ann.token}
	said := x.watch(k, 0)
	said.says(dialog.Customer, "speak to a person")
	for _, step := range []string{"/v1/offers/" + o.ID + "/accept", "/v1/transfers/" + o.Transfer + "/complete"} {
		if a := ann.do("POST", step, ""); a.code != 200 {
			t.Fatal(a)
		}
	}
	for _, words := range []string{"have not arrived", "last Tuesday", "goodbye"} {
		if a := ann.do("POST", "/v1/conversations/"+r.Conversation+"/messages", fmt.Sprintf(`{"text":"Tell me: %s?"}`, words)); a.code != 202 {
			t.Fatal(a)
		}
		said.says(dialog.Customer, words)
	}
	w.wall("Ann has it", func(v wall.View) bool { return len(v.Rows) == 1 && v.Rows[0].Agent == ann.id })
	v = wall.View{}
	x.do("GET", "/v1/desk/wall", boss, "").json(t, &v)
	if len(v.Rows) != 1 || !v.Rows[0].Practice || v.Rows[0].Agent != ann.id || v.Rows[0].Name != "Practice customer" {
		t.Errorf("%+v", v.Rows)
	}

	// One calls, in a language that nobody hears here: it writes what it says.
	a = x.do("POST", "/v1/practice", boss, `{"via":"call","language":"zh-CN"}`)
	if a.json(t, &r); a.code != 201 || r.Call == "" {
		t.Fatal(a)
	}
	w.wall("the call", func(v wall.View) bool { return v.Calls == 1 })
	near := pipe(t, 700, x.offer("/v1/desk/legs?for=listening", boss))
	if a := x.do("POST", "/v1/calls/"+r.Call+"/legs?mode=listen&leg="+strings.TrimPrefix(near.location, "/v1/desk/legs/"), boss, ""); a.code != 201 {
		t.Fatal(a)
	}
	for end := time.Now().Add(30 * time.Second); !near.loud(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the supervisor hears nothing")
		}
	}
	x.watch(talk{ID: dialog.ConversationID(r.Conversation), Token: boss}, 0).says(dialog.Customer, "几天")
	if a := x.do("POST", "/v1/conversations/"+r.Conversation+"/close", boss, `{"disposition":"done"}`); a.code >= 300 {
		t.Error(a)
	}
	w.wall("the call is over", func(v wall.View) bool { return v.Calls == 0 })

	if a := x.do("PUT", "/v1/desk/agents/"+ann.id, boss, `{"status":"away"}`); a.code != 200 || !strings.Contains(a.body, `"wish":"away"`) {
		t.Error(a)
	}
	deeds := x.do("GET", "/v1/audit", boss, "").body
	for _, what := range []string{"alert.snooze", "practice.chat", "practice.call", "call.listen", "presence.force"} {
		if !strings.Contains(deeds, what) {
			t.Errorf("%s is not in the audit: %s", what, deeds)
		}
	}
}

// loud reports whether anything was heard.
func (p *piper) loud() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range p.heard {
		if v > 1000 {
			return true
		}
	}
	return false
}
