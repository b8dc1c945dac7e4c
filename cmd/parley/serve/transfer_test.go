package serve

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/desk"
	"parley/media/mediatest"
)

// level is how loud it is, of what was heard in the last half second.
func (p *piper) level() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return mediatest.Level(p.recent())
}

func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !f(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never: ", what)
		}
	}
}

// A calling customer asks for a person, who is briefed on audio that stood by, joins,
// loses it, comes back, and gives the customer back to the bot.
func TestAWarmTransfer(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.Queues = []config.Queue{{Name: "sales", Default: true}} })
	k := x.converse()
	c := "/v1/conversations/" + string(k.ID)
	w := x.watch(k, 0)
	hz := []float64{500, 900}
	customer := pipe(t, 500, x.offer(c+"/calls", k.Token))
	w.kind(dialog.CallStarted)
	ann := x.atDesk("Ann", "agent", "")
	standBy := func() *piper {
		t.Helper()
		p := pipe(t, 900, x.offer("/v1/desk/legs", ann.token))
		eventually(t, "the agent's audio is connected", func() bool {
			s := x.guests.of(ann.id)
			select {
			case <-s.leg.Ready():
				return true
			default:
				return false
			}
		})
		return p
	}
	agent := standBy()
	if a := x.do("POST", c+"/handoff", k.Token, ""); a.code != 202 || !strings.Contains(a.body, "queued") {
		t.Fatal(a)
	}
	o := ann.offered()
	if o.Kind != desk.Call || o.Packet == nil {
		t.Errorf("%+v", o)
	}
	customer.until("the customer, who waits,", hz, false, false)
	eventually(t, "music for the customer", func() bool { return customer.level() > 100 })
	if a := ann.do("POST", "/v1/offers/"+o.ID+"/accept", ""); a.code != 200 {
		t.Fatal(a)
	}
	w.moved(desk.Consulting)
	eventually(t, "the agent hears the briefing", func() bool { return agent.level() > 300 })
	agent.until("the agent, while being briefed,", hz, false, false)
	if a := ann.do("POST", "/v1/transfers/"+o.Transfer+"/join", ""); a.code != 200 {
		t.Fatal(a)
	}
	agent.until("the agent, who has joined,", hz, true, false)
	customer.until("the customer, whom the agent has joined,", hz, false, true)
	if a := ann.do("POST", "/v1/transfers/"+o.Transfer+"/complete", ""); a.code != 200 {
		t.Fatal(a)
	}
	w.moved(desk.Completed)

	// The page is loaded again in mid-call.
	agent.Vanish()
	agent.Close()
	agent = standBy()
	agent.until("the agent, who is back,", hz, true, false)
	customer.until("the customer, whose agent is back,", hz, false, true)

	// The agent's line is cut, and for a moment nobody is there.
	if a := ann.do("DELETE", agent.location, ""); a.code != 204 {
		t.Fatal(a)
	}
	w.says(dialog.Bot, "line is cut off")
	customer.until("the customer, whose agent is cut off,", hz, false, false)
	agent = standBy()
	customer.until("the customer, whose agent is back again,", hz, false, true)

	// The agent sets the customer on hold, and goes on.
	leg := "/v1/calls/" + strings.TrimPrefix(customer.location, "/v1/calls/") + "/legs/" + strings.TrimPrefix(agent.location, "/v1/desk/legs/")
	if a := ann.do("PATCH", leg, `{"hold":true}`); a.code != 200 {
		t.Fatal(a)
	}
	agent.until("the agent, on hold,", hz, false, false)
	eventually(t, "music on hold", func() bool { return customer.level() > 100 && customer.tones(900)[0] < 500 })
	if a := ann.do("PATCH", leg, `{"hold":false}`); a.code != 200 {
		t.Fatal(a)
	}
	customer.until("the customer, on hold no more,", hz, false, true)

	if a := ann.do("POST", c+"/return", ""); a.code >= 300 {
		t.Fatal(a)
	}
	w.until("the bot's again", func(r dialog.Record) bool {
		return r.Type == dialog.ConversationUpdated && strings.Contains(string(r.Data), `"holder":"bot"`)
	})
	agent.until("the agent, who gave the customer back,", hz, false, false)
	if !x.guests.of(ann.id).ready() {
		t.Error("the agent's audio does not stand by for the next call")
	}
}

// Without audio that stands by an agent joins by the call's own address; what the customer
// and the agent do meanwhile loses nobody.
func TestATransferWithoutStandingBy(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) {
		c.Queues = []config.Queue{{Name: "sales", Default: true}}
		c.Desk.Grace = 8
	})
	k := x.converse()
	c := "/v1/conversations/" + string(k.ID)
	w := x.watch(k, 0)
	hz := []float64{500, 900}
	customer := pipe(t, 500, x.offer(c+"/calls", k.Token))
	w.kind(dialog.CallStarted)
	ann := x.atDesk("Ann", "agent", "")
	if a := x.do("POST", c+"/handoff", k.Token, ""); a.code != 202 {
		t.Fatal(a)
	}
	o := ann.offered()
	if a := ann.do("POST", "/v1/offers/"+o.ID+"/accept", ""); a.code != 200 {
		t.Fatal(a)
	}
	w.moved(desk.Consulting)
	if a := ann.do("POST", "/v1/transfers/"+o.Transfer+"/join", ""); a.code != 409 || !strings.Contains(a.body, "legs") {
		t.Error("joined without audio: ", a)
	}
	// She never comes to be heard: the customer is first in line for the next one.
	w.moved(desk.Queued)
	bob := x.atDesk("Bob", "agent", "")
	o2 := bob.offered()
	if a := bob.do("POST", "/v1/offers/"+o2.ID+"/accept", ""); a.code != 200 {
		t.Fatal(a)
	}
	agent := pipe(t, 900, x.offer(customer.location+"/legs?mode=talk", bob.token))
	eventually(t, "the agent hears the briefing", func() bool { return agent.level() > 300 })
	agent.until("the agent, while being briefed,", hz, false, false)
	if a := bob.do("POST", "/v1/transfers/"+o2.Transfer+"/complete", ""); a.code != 200 {
		t.Fatal(a)
	}
	agent.until("the agent, who has the call,", hz, true, false)
	customer.until("the customer, who is with the agent,", hz, false, true)

	// The agent's audio is gone and does not come back: others are asked, first in line.
	agent.Close()
	var d map[string]any
	r := w.until("another transfer", func(r dialog.Record) bool {
		d = nil
		return r.Type == dialog.TransferUpdated && json.Unmarshal(r.Data, &d) == nil && d["id"] != o2.Transfer
	})
	if d["state"] != "queued" {
		t.Errorf("%s", r.Data)
	}
	if a := x.do("DELETE", customer.location, k.Token, ""); a.code != 204 {
		t.Fatal(a)
	}
	if d := w.moved(desk.Abandoned); d["reason"] != "customer_left" {
		t.Errorf("%v", d)
	}
}
