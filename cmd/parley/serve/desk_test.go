package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/desk"
)

// window is one of the staff at the desk.
type window struct {
	*watch
	x     *site
	id    string
	token string
	seq   int64
}

// atDesk adds a person, signs in, opens the desk and is available.
func (x *site) atDesk(name, role string, more string) *window {
	x.t.Helper()
	var u struct{ ID string }
	a := x.do("POST", "/v1/users", x.admin(), fmt.Sprintf(`{"email":"%s@desk.example","name":%q,"role":%q,"password":"horse battery"%s}`, strings.ToLower(name), name, role, more))
	if a.code != 201 {
		x.t.Fatal(a)
	}
	a.json(x.t, &u)
	w := &window{x: x, id: u.ID, token: x.staff(strings.ToLower(name)+"@desk.example", "horse battery")}
	w.open(0)
	if r := w.kind(desk.DeskSnapshot); r.Seq == 0 || !strings.Contains(string(r.Data), `"queues"`) {
		x.t.Errorf("snapshot %d %s", r.Seq, r.Data)
	}
	w.be("available")
	return w
}

func (w *window) be(status string) {
	w.t.Helper()
	if a := w.do("PUT", "/v1/desk/me", `{"status":"`+status+`"}`); a.code != 200 {
		w.t.Fatal(a)
	}
}

func (w *window) do(method, path, body string, headers ...string) answer {
	w.x.t.Helper()
	return w.x.do(method, path, w.token, body, headers...)
}

func (w *window) open(after int64) {
	w.x.t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"bearer." + w.token}}
	c, res, err := d.Dial("ws"+strings.TrimPrefix(w.x.base, "http")+fmt.Sprintf("/v1/desk/events?after=%d", after), nil)
	if err != nil {
		w.x.t.Fatal(err, res)
	}
	w.x.t.Cleanup(func() { _ = c.Close() })
	w.watch = &watch{w.x.t, c}
}

// offered waits for an offer.
func (w *window) offered() desk.Offer {
	w.x.t.Helper()
	r := w.kind(desk.OfferCreated)
	var o desk.Offer
	if err := json.Unmarshal(r.Data, &o); err != nil {
		w.x.t.Fatal(err)
	}
	w.seq = r.Seq
	return o
}

// moved waits until a conversation's transfer is in a state.
func (w *watch) moved(state desk.State) map[string]any {
	w.t.Helper()
	var d map[string]any
	w.until("transfer "+string(state), func(r dialog.Record) bool {
		d = nil
		return r.Type == dialog.TransferUpdated && json.Unmarshal(r.Data, &d) == nil && d["state"] == string(state)
	})
	return d
}

func (x *site) says(k talk, text string) {
	x.t.Helper()
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, fmt.Sprintf(`{"text":%q}`, text)); a.code != http.StatusAccepted {
		x.t.Fatal(a)
	}
}

// A customer is handed to a person and back, with everything that is known, and nobody
// else's conversation is seen.
func TestTheDesk(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) {
		c.Queues = []config.Queue{{Name: "sales", Default: true}, {Name: "claims", Skills: []string{"claim"}}}
	})
	k := x.converse()
	c, w := "/v1/conversations/"+string(k.ID), x.watch(k, 0)

	// Nobody is there: it is said at once, and the bot goes on.
	if a := x.do("POST", c+"/handoff", k.Token, ""); a.code != 202 || !strings.Contains(a.body, `"failed"`) || !strings.Contains(a.body, `"nobody"`) {
		t.Fatal(a)
	}
	w.moved(desk.Failed)
	x.says(k, "I want to talk to a person")
	w.says(dialog.Bot, "None of my colleagues is here right now")
	x.says(k, "no thanks")

	ann := x.atDesk("Ann", "agent", `,"queues":["sales"],"skills":["en:4","billing"]`)
	bob := x.atDesk("Bob", "agent", `,"queues":["claims"]`)
	if a := ann.do("GET", c, ""); a.code != 403 {
		t.Error("the bot's conversation is seen by an agent: ", a)
	}

	// The bot fetches a person. Ann says no, and nobody else is there.
	x.says(k, "please get me a human agent")
	o := ann.offered()
	p, _ := json.Marshal(o.Packet)
	if o.Conversation != k.ID || o.Queue != "sales" || !strings.Contains(string(p), `"reason":"customer"`) || !strings.Contains(string(p), "human agent") || o.Expires.Before(time.Now()) {
		t.Errorf("%+v %s", o, p)
	}
	if a := bob.do("POST", "/v1/offers/"+o.ID+"/accept", ""); a.code != 403 {
		t.Error("another's offer is taken: ", a)
	}
	if a := ann.do("GET", c+"/messages", ""); a.code != 200 || !strings.Contains(a.body, "human agent") {
		t.Error("who is asked cannot read: ", a)
	}
	if a := ann.do("POST", "/v1/offers/"+o.ID+"/decline", ""); a.code != 200 {
		t.Error(a)
	}
	ann.kind(desk.OfferWithdrawn)
	for d := w.moved(desk.Failed); d["reason"] != "declined"; d = w.moved(desk.Failed) {
		if d["reason"] != "nobody" { // when the customer asked the bot, before Ann came
			t.Errorf("%v", d)
		}
	}
	w.says(dialog.Bot, "no colleague could come")

	// Again, from the page; while somebody is fetched it is the same transfer.
	a1, a2 := x.do("POST", c+"/handoff", k.Token, `{"reason":"my claim"}`), x.do("POST", c+"/handoff", k.Token, `{}`)
	if a1.code != 202 || a1.body != a2.body && !strings.Contains(a2.body, "transfer_") {
		t.Error(a1, a2)
	}
	var first, second struct{ ID string }
	a1.json(t, &first)
	if a2.json(t, &second); first.ID == "" || first.ID != second.ID {
		t.Errorf("two transfers: %v %v", first, second)
	}
	if o = ann.offered(); o.Said != "my claim" || o.Note != "" { // the customer's words are no colleague's
		t.Errorf("%+v", o)
	}
	eventually(t, "the place in the queue", func() bool { // the offer rings a moment before it is shown
		a := x.do("GET", c, k.Token, "")
		return strings.Contains(a.body, `"holder":"queue"`) && strings.Contains(a.body, `"place":1`)
	})
	key := []string{"Idempotency-Key", "accept-1"}
	a1, a2 = ann.do("POST", "/v1/offers/"+o.ID+"/accept", "", key...), ann.do("POST", "/v1/offers/"+o.ID+"/accept", "", key...)
	if a1.code != 200 || !strings.Contains(a1.body, `"consulting"`) || a1.body != a2.body {
		t.Error(a1, a2)
	}
	w.moved(desk.Consulting)
	if a := ann.do("POST", "/v1/transfers/"+o.Transfer+"/join", ""); a.code != 200 || !strings.Contains(a.body, `"conference"`) {
		t.Error(a)
	}
	w.moved(desk.Conference)
	if a := ann.do("POST", "/v1/transfers/"+o.Transfer+"/complete", ""); a.code != 200 || !strings.Contains(a.body, `"completed"`) {
		t.Error(a)
	}
	if d := w.moved(desk.Completed); d["agent"] != ann.id || d["name"] != "Ann" {
		t.Errorf("%v", d)
	}
	if a := bob.do("POST", c+"/messages", `{"text":"hello"}`); a.code != 403 {
		t.Error("another's conversation is written to: ", a)
	}
	if a := ann.do("POST", c+"/messages", `{"text":"I am Ann, I have read everything."}`); a.code != 202 || !strings.Contains(a.body, `"author":"Ann"`) {
		t.Error(a)
	}
	w.says(dialog.Agent, "I am Ann")
	if a := ann.do("POST", c+"/messages", `{"text":"secret: is angry","private":true}`); a.code != 202 || !strings.Contains(a.body, `"private":true`) {
		t.Error(a)
	}
	if r := ann.kind(dialog.NoteCreated); !strings.Contains(string(r.Data), "secret") {
		t.Error(string(r.Data))
	}
	// The bot is silent, whatever the customer writes: what comes next on the socket that is
	// not the customer's own is Ann's, and the note is not among it.
	x.says(k, "how long does delivery take?")
	if a := ann.do("POST", c+"/messages", `{"text":"About three days."}`); a.code != 202 {
		t.Error(a)
	}
	w.until("Ann's answer", func(r dialog.Record) bool {
		if r.Type == dialog.MessageCreated && (strings.Contains(string(r.Data), `"from":"bot"`) || strings.Contains(string(r.Data), "secret")) {
			t.Errorf("the customer got %s", r.Data)
		}
		return strings.Contains(string(r.Data), "three days")
	})
	if a := x.do("GET", c+"/messages", k.Token, ""); strings.Contains(a.body, "secret") {
		t.Error("the customer reads the note: ", a.body)
	}
	if a := ann.do("GET", c+"/messages", ""); !strings.Contains(a.body, "secret") {
		t.Error("Ann does not read the note")
	}

	// The list and the search.
	for q, want := range map[string]bool{"?holder=agent": true, "?q=delivery+long": true, "?q=secret": true, "?q=zebra": false, "?state=closed": false, "?holder=agent&q=" + string(k.ID): true} {
		if a := ann.do("GET", "/v1/conversations"+q, ""); a.code != 200 || strings.Contains(a.body, string(k.ID)) != want {
			t.Error(q, a)
		}
		if a := bob.do("GET", "/v1/conversations"+q, ""); a.code != 200 || strings.Contains(a.body, string(k.ID)) {
			t.Error("Bob finds Ann's: ", q, a)
		}
	}
	if a := bob.do("GET", c+"/packet", ""); a.code != 403 {
		t.Error(a)
	}
	if a := ann.do("GET", c+"/packet", ""); a.code != 200 || !strings.Contains(a.body, `"summary"`) {
		t.Error(a)
	}
	if a := ann.do("GET", "/v1/queues", ""); a.code != 200 || !strings.Contains(a.body, `"claims"`) {
		t.Error(a)
	}
	if a := ann.do("GET", "/v1/desk/agents", ""); a.code != 200 || !strings.Contains(a.body, `"billing":3`) {
		t.Error(a)
	}

	// Back to the bot, which knows what was said, and answers.
	if a := bob.do("POST", c+"/return", ""); a.code != 403 {
		t.Error(a)
	}
	if a := ann.do("POST", c+"/return", ""); a.code != 204 {
		t.Error(a)
	}
	w.says(dialog.Bot, "the AI assistant, again")
	x.says(k, "how long does delivery take?")
	w.says(dialog.Bot, "2 to 4 working days")

	// Never mind.
	for range 4 { // Ann has no more places
		full := x.converse()
		if a := x.do("POST", "/v1/conversations/"+string(full.ID)+"/handoff", full.Token, ""); a.code != 202 {
			t.Fatal(a)
		}
		o := ann.offered()
		if a := ann.do("POST", "/v1/offers/"+o.ID+"/accept", ""); a.code != 200 {
			t.Fatal(a)
		}
		if a := ann.do("POST", "/v1/transfers/"+o.Transfer+"/complete", ""); a.code != 200 {
			t.Fatal(a)
		}
	}
	x.says(k, "a person please")
	w.says(dialog.Bot, "I stay with you")
	if d := w.moved(desk.Queued); d["position"] != 1.0 || d["queue"] != "sales" {
		t.Errorf("%v", d)
	}
	x.says(k, "how long does delivery take?") // the bot keeps company
	w.says(dialog.Bot, "2 to 4 working days")
	x.says(k, "never mind")
	w.says(dialog.Bot, "I take care of it myself")
	if d := w.moved(desk.Returned); d["reason"] != "customer_changed_mind" {
		t.Errorf("%v", d)
	}

	// A supervisor sees all and takes over; an agent does not.
	if a := ann.do("POST", c+"/takeover", ""); a.code != 403 {
		t.Error(a)
	}
	sue := x.atDesk("Sue", "supervisor", "")
	if a := sue.do("POST", c+"/takeover", ""); a.code != 204 {
		t.Error(a)
	}
	w.until("Sue has it", func(r dialog.Record) bool {
		return r.Type == dialog.ConversationUpdated && strings.Contains(string(r.Data), sue.id) && strings.Contains(string(r.Data), `"holder":"agent"`)
	})
	// Sue hands it on to Bob, who is asked, and has it then.
	if a := sue.do("POST", c+"/transfer", `{"agent":"`+bob.id+`","reason":"a claim"}`); a.code != 202 {
		t.Error(a)
	}
	o = bob.offered()
	if o.Note != "a claim" || o.From != sue.id {
		t.Errorf("%+v", o)
	}
	if a := bob.do("POST", "/v1/offers/"+o.ID+"/accept", ""); a.code != 200 {
		t.Error(a)
	}
	if a := bob.do("POST", c+"/messages", `{"text":"Bob here."}`); a.code != 202 { // has read it
		t.Error(a)
	}
	w.says(dialog.Agent, "Bob here")
	w.until("Bob has it", func(r dialog.Record) bool {
		return r.Type == dialog.ConversationUpdated && strings.Contains(string(r.Data), bob.id)
	})
	for name, r := range map[string]struct {
		path, body string
		code       int
	}{
		"no target":   {c + "/transfer", `{}`, 422},
		"two targets": {c + "/transfer", `{"queue":"sales","agent":"x"}`, 422},
		"no queue":    {c + "/transfer", `{"queue":"moon"}`, 422},
		"no agent":    {c + "/transfer", `{"agent":"user_nobody"}`, 422},
		"a phone":     {c + "/transfer", `{"phone":"+8610"}`, 422},
		"over":        {"/v1/offers/" + o.ID + "/decline", ``, 409},
		"not there":   {"/v1/transfers/transfer_nothing/join", ``, 404},
	} {
		refused(t, name, bob.do("POST", r.path, r.body), r.code)
	}
	if a := bob.do("POST", c+"/close", `{"disposition":"solved","note":"done"}`); a.code != 204 {
		t.Error(a)
	}
	for _, what := range []string{"conversation.takeover", "conversation.transfer", "conversation.close", "conversation.return"} {
		if a := x.do("GET", "/v1/audit?what="+what, x.admin(), ""); !strings.Contains(a.body, string(k.ID)) {
			t.Errorf("%s is not in the trail: %s", what, a.body)
		}
	}
	if me := bob.do("GET", "/v1/desk/me", ""); !strings.Contains(me.body, `"chats":0`) || !strings.Contains(me.body, `"available"`) {
		t.Error(me)
	}

	// A window that comes back goes on where it was; from too long ago it looks anew.
	_ = ann.c.Close()
	bob.until("Ann is gone", func(r dialog.Record) bool {
		return r.Type == desk.PresenceUpdated && strings.Contains(string(r.Data), ann.id) && strings.Contains(string(r.Data), `"reconnecting"`)
	})
	ann.open(ann.seq)
	ann.until("herself going", func(r dialog.Record) bool {
		return r.Type == desk.PresenceUpdated && strings.Contains(string(r.Data), ann.id) && strings.Contains(string(r.Data), `"reconnecting"`)
	})
	ann.open(7)
	ann.kind(desk.DeskSnapshot)
}
