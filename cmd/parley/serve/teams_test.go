package serve

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/wall"
)

// A supervisor of a team sees what its queues and people have, whatever is asked; what is
// another team's is not there, nor counted.
func TestTeamsSeeTheirOwn(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) {
		c.Queues = []config.Queue{{Name: "sales", Default: true, Team: "red"}, {Name: "claims", Team: "blue"}}
	})
	ann, bob := x.atDesk("Ann", "agent", `,"queues":["sales"]`), x.atDesk("Bob", "agent", `,"queues":["claims"]`)
	red, blue := x.atDesk("Red", "supervisor", `,"teams":["red"]`), x.atDesk("Blue", "supervisor", `,"teams":["blue"]`)
	has := func(who *window, queue string) talk {
		k := x.converse()
		x.says(k, "how long does delivery take")
		x.watch(k, 0).says(dialog.Bot, "working days")
		if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/transfer", x.admin(), `{"queue":"`+queue+`"}`); a.code != 202 {
			t.Fatal(a)
		}
		o := who.offered()
		for _, p := range []string{"/v1/offers/" + o.ID + "/accept", "/v1/transfers/" + o.Transfer + "/complete"} {
			if a := who.do("POST", p, ""); a.code != 200 {
				t.Fatal(a)
			}
		}
		return k
	}
	ours, theirs := has(ann, "sales"), has(bob, "claims")
	bots := x.converse() // nobody of the staff has had it
	x.says(bots, "how long does delivery take")
	x.watch(bots, 0).says(dialog.Bot, "working days")
	seen := x.watch(theirs, 0)
	customer := pipe(t, 500, x.offer("/v1/conversations/"+string(theirs.ID)+"/calls", theirs.Token))
	seen.kind(dialog.CallStarted)
	call, there := customer.location, "/v1/conversations/"+string(theirs.ID)
	for _, q := range []struct{ method, path, body string }{
		{"GET", there, ""}, {"GET", there + "/messages", ""}, {"GET", there + "/packet", ""}, {"GET", there + "/events", ""}, {"GET", there + "/transcript", ""}, {"GET", there + "/quality", ""},
		{"POST", there + "/messages", `{"text":"hello","private":true}`}, {"POST", there + "/takeover", ""}, {"POST", there + "/return", ""}, {"POST", there + "/close", `{}`}, {"POST", there + "/transfer", `{"queue":"sales"}`},
		{"GET", call + "/legs", ""}, {"GET", call + "/recording", ""}, {"POST", call + "/legs?mode=listen", ""}, {"POST", call + "/keys", `{"keys":"1"}`}, {"DELETE", call, ""},
		{"PUT", "/v1/desk/agents/" + bob.id, `{"status":"away"}`},
	} {
		if a := red.do(q.method, q.path, q.body); a.code != 404 {
			t.Errorf("%s %s: %v", q.method, q.path, a)
		}
		if q.method != "GET" || q.path == call+"/recording" || q.path == there+"/quality" { // which are not there yet
			continue
		}
		if a := blue.do(q.method, q.path, ""); a.code == 404 {
			t.Errorf("their own supervisor, %s: %v", q.path, a)
		}
	}
	for _, path := range []string{"/v1/audit", "/v1/usage", "/v1/reports/keywords"} {
		if a := red.do("GET", path, ""); a.code != 403 {
			t.Errorf("%s tells of all teams: %v", path, a)
		}
	}
	if a := red.do("GET", "/v1/conversations/"+string(ours.ID), ""); a.code != 200 {
		t.Error(a)
	}
	listed := func(token, path string) (ids []dialog.ConversationID) {
		var list struct {
			Items []struct {
				ID, Conversation dialog.ConversationID
			}
		}
		x.do("GET", path, token, "").json(t, &list)
		for _, i := range list.Items {
			ids = append(ids, max(i.ID, i.Conversation))
		}
		slices.Sort(ids)
		return ids
	}
	some := func(ks ...talk) (ids []dialog.ConversationID) {
		for _, k := range ks {
			ids = append(ids, k.ID)
		}
		slices.Sort(ids)
		return ids
	}
	// What the bot alone has had is everybody's to look at, and in no team's report.
	for path, want := range map[string][]dialog.ConversationID{"/v1/conversations?limit=200": some(ours, bots), "/v1/reports/conversations?limit=500": some(ours)} {
		if got := listed(red.token, path); !slices.Equal(got, want) {
			t.Errorf("%s: %v, not %v", path, got, want)
		}
		if got := listed(x.admin(), path); !slices.Equal(got, some(ours, theirs, bots)) {
			t.Errorf("an administrator, %s: %v", path, got)
		}
	}
	for _, w := range []*window{red, blue} {
		if a := w.do("GET", "/v1/conversations/"+string(bots.ID)+"/messages", ""); a.code != 200 {
			t.Errorf("what the bot has: %v", a)
		}
	}
	counted := func(token string) (n float64) {
		var report struct {
			Items []struct {
				Name  string
				Value *float64
			}
		}
		x.do("GET", "/v1/reports/summary", token, "").json(t, &report)
		for _, i := range report.Items {
			if i.Name == "conversations" && i.Value != nil {
				n = *i.Value
			}
		}
		return n
	}
	if a, b := counted(red.token), counted(x.admin()); a != 1 || b != 3 {
		t.Errorf("the team's report counts %v, all %v", a, b)
	}
	eventually(t, "the team's own on the wall", func() bool {
		var v wall.View
		red.do("GET", "/v1/desk/wall", "").json(t, &v)
		var rows []dialog.ConversationID
		for _, r := range v.Rows {
			rows = append(rows, r.ID)
		}
		slices.Sort(rows)
		return slices.Equal(rows, some(ours, bots)) && v.Chats == 2 && v.Calls == 0
	})
	// Once a team has had it, it is theirs, also when the bot has it again.
	if a := ann.do("POST", "/v1/conversations/"+string(ours.ID)+"/return", ""); a.code >= 300 {
		t.Fatal(a)
	}
	eventually(t, "the bot has it again", func() bool {
		a := red.do("GET", "/v1/conversations/"+string(ours.ID), "")
		return a.code == 200 && strings.Contains(a.body, `"holder":"bot"`)
	})
	if a := blue.do("GET", "/v1/conversations/"+string(ours.ID), ""); a.code != 404 {
		t.Error(a)
	}
	if a := x.do("POST", "/v1/conversations/"+string(ours.ID)+"/transfer", x.admin(), `{"queue":"sales"}`); a.code != 202 {
		t.Fatal(a)
	}
	eventually(t, "what another team had is not on the wall", func() bool {
		var v wall.View
		blue.do("GET", "/v1/desk/wall", "").json(t, &v)
		return len(v.Rows) == 2 && !slices.ContainsFunc(v.Rows, func(r wall.Row) bool { return r.ID == ours.ID })
	})
	for _, k := range []talk{theirs, ours} {
		x.says(k, "is anybody there")
	}
	red.until("the team's own message", func(r dialog.Record) bool {
		var m dialog.MessageData
		if r.Conversation == theirs.ID && r.Type == dialog.MessageCreated {
			t.Errorf("another team's: %s", r.Data)
		}
		return r.Conversation == ours.ID && r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m) == nil && m.From == dialog.Customer
	})
	if a := x.do("PATCH", "/v1/users/"+red.id, x.admin(), `{"teams":[]}`); a.code != 200 {
		t.Fatal(a)
	}
	if a := red.do("GET", there, ""); a.code != 200 {
		t.Error("a supervisor of no team by name sees all: ", a)
	}
}
