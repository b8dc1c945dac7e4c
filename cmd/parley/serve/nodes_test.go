package serve

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/pgtest"
	"parley/dialog/redistest"
)

// at opens a window of the desk of somebody who is signed in, at another node.
func (w *window) at(x *site) *window {
	w.x.t.Helper()
	o := &window{x: x, id: w.id, token: w.token}
	o.open(0)
	o.kind(desk.DeskSnapshot)
	return o
}

// Two servers on one Redis and one PostgreSQL are one Parley: who asks at one is helped by a
// person at the other, and both show it; Redis going away and coming back loses nobody; and
// when one of them dies without good-bye the other goes on.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	pg, rd := pgtest.Start(t), redistest.Start(t)
	database := pg.Database(t)
	shared := func(c *config.Config) {
		c.Database, c.Redis = database, rd.URL()
		c.Queues = []config.Queue{{Name: "sales", Default: true}}
	}
	a, b := up(t, shared), up(t, shared)
	ann := b.atDesk("Ann", "agent", "")
	sue := a.atDesk("Sue", "supervisor", "")
	sue.be("away")
	sueB := sue.at(b)
	ready := func(x *site, what string) {
		t.Helper()
		eventually(t, what, func() bool {
			var me struct{ Agents []desk.PersonView }
			for _, p := range x.desk.People() {
				me.Agents = append(me.Agents, p)
				if p.ID == ann.id && p.Status == desk.Available {
					return true
				}
			}
			return false
		})
	}
	ready(a, "Ann at the other node")

	// A customer at A is helped by Ann at B.
	k := a.converse()
	c, w := "/v1/conversations/"+string(k.ID), a.watch(k, 0)
	a.says(k, "please get me a human agent")
	o := ann.offered()
	if p, _ := json.Marshal(o.Packet); o.Conversation != k.ID || !strings.Contains(string(p), "human agent") {
		t.Errorf("%+v %s", o, p)
	}
	accept := func(o desk.Offer) {
		t.Helper()
		if r := ann.do("POST", "/v1/offers/"+o.ID+"/accept", ""); r.code != 200 {
			t.Fatal(r)
		}
		if r := ann.do("POST", "/v1/transfers/"+o.Transfer+"/complete", ""); r.code != 200 {
			t.Fatal(r)
		}
	}
	accept(o)
	w.moved(desk.Completed)
	for _, s := range []*window{sue, sueB} {
		s.moved(desk.Completed)
	}
	a.says(k, "are you a person?") // the bot is silent: what comes next is Ann's
	eventually(t, "Ann to have it", func() bool {
		r := ann.do("GET", c+"/messages", "")
		return r.code == 200 && strings.Contains(r.body, "are you a person?")
	})
	if r := ann.do("POST", c+"/messages", `{"text":"I am Ann at the other node."}`); r.code != 202 {
		t.Fatal(r)
	}
	m := w.until("an answer", func(r dialog.Record) bool {
		var m dialog.MessageData
		return r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m) == nil && (m.From == dialog.Agent || m.From == dialog.Bot && strings.Contains(m.Text, "2 to 4"))
	})
	if !strings.Contains(string(m.Data), "I am Ann") {
		t.Errorf("the bot answers beside the person: %s", m.Data)
	}
	for _, s := range []*window{sue, sueB} {
		s.says(dialog.Agent, "I am Ann")
	}
	// Back with the bot, a message that comes in at B is answered, and seen at A.
	if r := ann.do("POST", c+"/return", ""); r.code != 204 {
		t.Fatal(r)
	}
	w.says(dialog.Bot, "")
	b.says(k, "how long does delivery take")
	w.says(dialog.Bot, "2 to 4 working days")
	a.says(k, "and how long does delivery take to you")
	w.says(dialog.Bot, "2 to 4 working days")

	// Redis goes away while somebody asks: nobody is lost.
	k2 := a.converse()
	w2 := a.watch(k2, 0)
	rd.Down()
	eventually(t, "the fault to be told", func() bool { return strings.Contains(a.do("GET", "/readyz", "", "").body, `"redis: `) })
	if r := a.do("POST", "/v1/conversations/"+string(k2.ID)+"/handoff", k2.Token, ""); r.code != 202 || !strings.Contains(r.body, "queued") {
		t.Error(r)
	}
	rd.Up()
	o = ann.offered()
	if o.Conversation != k2.ID {
		t.Errorf("%+v", o)
	}
	accept(o)
	w2.moved(desk.Completed)
	if r := a.do("GET", "/readyz", "", ""); !strings.Contains(r.body, `"degraded":[]`) {
		t.Error(r)
	}

	// A customer is forgotten at B: whoever watches at A is sent away.
	if r := b.do("POST", "/v1/conversations/"+string(k2.ID)+"/forget", b.admin(), ""); r.code != 202 {
		t.Fatal(r)
	}
	for {
		_, _, err := w2.c.ReadMessage()
		if websocket.IsCloseError(err, 4410) {
			break
		}
		if err != nil {
			t.Error("not sent away: ", err)
			break
		}
	}

	// B dies without good-bye with what Ann had: she comes back at A, and nothing is lost.
	k3 := b.converse()
	w3 := a.watch(k3, 0)
	ready(b, "Ann to be free")
	b.says(k3, "please get me a human agent")
	o = ann.offered()
	b.desk.Close()
	_ = b.nodes.client.Close()
	r := rd.Client()
	if err := r.HSet(t.Context(), "parley:{default:desk}:nodes", b.nodes.name, 1).Err(); err != nil {
		t.Fatal(err)
	}
	annA := ann.at(a)
	annA.be("available")
	eventually(t, "the transfer to go on at A", func() bool {
		x, ok := a.desk.Open(k3.ID)
		return ok && x.Node == a.nodes.name
	})
	var offer desk.Offer
	eventually(t, "the offer to ring at A", func() bool {
		for _, y := range a.desk.Offers(ann.id) {
			offer = y
		}
		return offer.Conversation == k3.ID
	})
	if r := annA.do("POST", "/v1/offers/"+offer.ID+"/accept", ""); r.code != 200 {
		t.Fatal(r, fmt.Sprintf("%+v", o))
	}
	if r := annA.do("POST", "/v1/transfers/"+offer.Transfer+"/complete", ""); r.code != 200 {
		t.Fatal(r)
	}
	w3.moved(desk.Completed)
}
