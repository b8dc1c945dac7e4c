package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
	"parley/media/sip"
)

// phoned is a server with a trunk to an exchange.
func phoned(t *testing.T, change func(*config.Config)) (*site, *exchange) {
	e := newExchange(t)
	x := up(t, func(c *config.Config) {
		c.SIP.Addr, c.SIP.Ports, c.SIP.Region = freePort(t), "24400-24799", "CN"
		c.SIP.Trunks = []config.Trunk{e.trunk()}
		c.SIP.Destinations = []string{"+86"}
		c.SIP.CallHours = map[string]string{} // around the clock
		c.SIP.PerNumber = 100
		if change != nil {
			change(c)
		}
	})
	e.dials(x.c.SIP.Addr)
	return x, e
}

// on is the same site for a part of a test.
func (x *site) on(t *testing.T) *site {
	y := *x
	y.t = t
	return &y
}

// with gives the conversation with a number, as the server knows it.
func (x *site) with(number string) talk {
	x.t.Helper()
	for range 500 {
		if cs, err := x.store.ByPhone(x.t.Context(), number, 1); err != nil {
			x.t.Fatal(err)
		} else if len(cs) == 1 {
			return talk{ID: cs[0].ID, Token: x.admin()}
		}
		time.Sleep(10 * time.Millisecond)
	}
	x.t.Fatal("no conversation with ", number)
	return talk{}
}

func reasonOf(t *testing.T, r dialog.Record) dialog.CallData {
	t.Helper()
	var d dialog.CallData
	if err := json.Unmarshal(r.Data, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// A call that lasts too long ends, and says so first.
func TestACallEndsWhenItHasLastedTooLong(t *testing.T) {
	t.Parallel()
	x, e := phoned(t, func(c *config.Config) { c.SIP.Trunks[0].Limits.Longest = 24 })
	if d := x.phones.longest("of no trunk"); d != 4*time.Hour {
		t.Errorf("a desk phone's call may last %s", d)
	}
	h := e.call("+8613800138081", "+862112345678")
	w := x.watch(x.with("+8613800138081"), 0)
	w.says(dialog.Bot, "ends in one minute")
	if d := reasonOf(t, w.kind(dialog.CallEnded)); d.Reason != "limit" {
		t.Errorf("%+v", d)
	}
	h.ended(t)
}

// Who says good-bye is asked how it was, and the mark is the one that reports count.
func TestAPhoneCallIsRated(t *testing.T) {
	t.Parallel()
	x, e := phoned(t, func(c *config.Config) { c.SIP.Rating = true })
	h := e.call("+8613800138091", "+862112345678")
	k := x.with("+8613800138091")
	w := x.watch(k, 0)
	w.says(dialog.Bot, "How can I help")
	h.utter(t, "how long does delivery take")
	w.says(dialog.Bot, "2 to 4 working days")
	if err := x.hub.Post(t.Context(), k.ID, dialog.Said{Turn: dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: "goodbye", Language: "en"}}); err != nil { // which the offline ear may not know
		t.Fatal(err)
	}
	w.says(dialog.Bot, "how was this call")
	h.keys(t, "4")
	if d := reasonOf(t, w.kind(dialog.CallEnded)); d.Reason != "goodbye" {
		t.Errorf("%+v", d)
	}
	c, err := x.store.Conversation(t.Context(), k.ID)
	if err != nil || c.Score != 4 {
		t.Errorf("%+v %v", c, err)
	}
	rs, err := x.store.Since(t.Context(), k.ID, 0, 500)
	if err != nil || !slices.ContainsFunc(rs, func(r dialog.Record) bool {
		return r.Type == dialog.ConversationRated && strings.Contains(string(r.Data), `"score":4`)
	}) {
		t.Errorf("%+v %v", rs, err)
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	x, e := phoned(t, nil)
	token := x.admin()

	t.Run("a call that comes in", func(t *testing.T) {
		x := x.on(t)
		h := e.call("+8613800138001", "+862112345678")
		k := x.with("+8613800138001")
		w := x.watch(k, 0)
		if d := reasonOf(t, w.kind(dialog.CallStarted)); d.Via != "phone" || d.Direction != "in" {
			t.Errorf("%+v", d)
		}
		w.says(dialog.Bot, "AI assistant")
		h.hears(t)
		w.says(dialog.Bot, "How can I help")
		h.utter(t, "how long does delivery take")
		w.says(dialog.Customer, "how long does delivery take")
		w.says(dialog.Bot, "2 to 4 working days")
		h.keys(t, "42#")
		w.says(dialog.Customer, "42")
		h.Call.Hangup(sip.CauseNormal)
		if d := reasonOf(t, w.kind(dialog.CallEnded)); d.Reason != "hangup" {
			t.Errorf("%+v", d)
		}
		c, err := x.store.Conversation(t.Context(), k.ID)
		if err != nil || c.Site != phoneSite || c.Locale != "en" || c.Line() != "service" {
			t.Errorf("%+v %v", c, err)
		}
	})

	t.Run("a number that is none of ours", func(t *testing.T) {
		_, err := e.out.Dial(t.Context(), "parley", sip.Request{To: "+862199999999", Caller: "+8613800138002"})
		if s, ok := err.(*sip.StatusError); !ok || s.Code != 404 {
			t.Error(err)
		}
	})

	t.Run("who has no number is served too", func(t *testing.T) {
		c, err := e.out.Dial(t.Context(), "parley", sip.Request{To: "+862112345679", Anonymous: true})
		if err != nil {
			t.Fatal(err)
		}
		e.handset(c).hears(t)
		c.Hangup(sip.CauseNormal)
	})

	t.Run("the server hangs up", func(t *testing.T) {
		x := x.on(t)
		h := e.call("+8613800138003", "+862112345678")
		k := x.with("+8613800138003")
		d := reasonOf(t, x.watch(k, 0).kind(dialog.CallStarted))
		if a := x.do("DELETE", "/v1/calls/"+string(d.Call), token, ""); a.code != http.StatusNoContent {
			t.Fatal(a)
		}
		if end := h.ended(t); end.By != "remote" {
			t.Errorf("%+v", end)
		}
	})

	post := func(x *site, body string, headers ...string) answer {
		return x.do("POST", "/v1/calls", token, body, headers...)
	}
	type made struct {
		ID           dialog.CallID
		Conversation dialog.ConversationID
		To           string
	}

	t.Run("a call that we make", func(t *testing.T) {
		x := x.on(t)
		body := `{"to":"13800138010","language":"en","purpose":"your order 4815"}`
		a := post(x, body, "Idempotency-Key", "one")
		var m made
		a.json(t, &m)
		if a.code != http.StatusAccepted || m.To != "+8613800138010" || a.head.Get("Location") != "/v1/calls/"+string(m.ID) {
			t.Fatal(a)
		}
		h := <-e.come
		if again := post(x, body, "Idempotency-Key", "one"); again.body != a.body || again.code != a.code {
			t.Error("called twice: ", again)
		}
		if h.Number != "+8613800138010" || h.Caller.Number != "+862112345678" || h.Headers["X-Parley-Conversation"] != string(m.Conversation) {
			t.Errorf("%+v", h.Info)
		}
		w := x.watch(talk{ID: m.Conversation, Token: token}, 0)
		if d := reasonOf(t, w.kind(dialog.CallStarted)); d.Direction != "out" || d.Call != m.ID {
			t.Errorf("%+v", d)
		}
		h.utter(t, "hello")
		w.says(dialog.Bot, "an AI assistant")
		said := w.says(dialog.Bot, "What would you like to know")
		h.utter(t, "how long does delivery take")
		w.says(dialog.Bot, "2 to 4 working days")
		if said.Language != "en" {
			t.Errorf("%+v", said)
		}
		h.Call.Hangup(sip.CauseNormal)
		w.kind(dialog.CallEnded)
		select {
		case h := <-e.come:
			t.Error("called twice: ", h.Number)
		default:
		}
	})

	t.Run("nobody takes it", func(t *testing.T) {
		x := x.on(t)
		defer e.taken.Store(0)
		for code, want := range map[int]string{486: "busy", 480: "no_answer", 603: "declined", 404: "number", 500: "error"} {
			e.taken.Store(int32(code))
			var m made
			post(x, fmt.Sprintf(`{"to":"+8613800138%03d"}`, code)).json(t, &m)
			if d := reasonOf(t, x.watch(talk{ID: m.Conversation, Token: token}, 0).kind(dialog.CallEnded)); d.Reason != want || d.Call != m.ID {
				t.Errorf("%d: %+v", code, d)
			}
		}
		e.taken.Store(-1)
		var m made
		post(x, `{"to":"+8613800138020"}`).json(t, &m)
		w := x.watch(talk{ID: m.Conversation, Token: token}, 0)
		if a := x.do("DELETE", "/v1/calls/"+string(m.ID), token, ""); a.code != http.StatusNoContent {
			t.Error(a)
		}
		if d := reasonOf(t, w.kind(dialog.CallEnded)); d.Reason != "cancelled" {
			t.Errorf("%+v", d)
		}
	})

	t.Run("who wants no calls gets none", func(t *testing.T) {
		x := x.on(t)
		if a := x.do("POST", "/v1/do-not-call", token, `{"number":"13800138030","reason":"wrote so"}`); a.code != http.StatusCreated || !strings.Contains(a.body, "+8613800138030") {
			t.Fatal(a)
		}
		if a := post(x, `{"to":"+8613800138030"}`); a.code != http.StatusForbidden || !strings.Contains(a.body, "do_not_call") {
			t.Error(a)
		}
		if a := x.do("GET", "/v1/do-not-call", token, ""); !strings.Contains(a.body, "+8613800138030") {
			t.Error(a)
		}
		if a := x.do("DELETE", "/v1/do-not-call/+8613800138030", token, ""); a.code != http.StatusNoContent {
			t.Error(a)
		}
		if a := x.do("DELETE", "/v1/do-not-call/+8613800138030", token, ""); a.code != http.StatusNotFound {
			t.Error(a)
		}
	})

	t.Run("what is refused", func(t *testing.T) {
		x := x.on(t)
		for body, want := range map[string]string{
			`{"to":"110"}`:          "422 emergency",
			`{"to":"+12125550123"}`: "403 destination",
			`{"to":"hello"}`:        "422 number",
			`{"to":"+8613800138040","from":"+862100000000"}`:    "422 body.from",
			`{"to":"+8613800138040","language":"klingonisch!"}`: "422 body.language",
			`{}`: "422 body",
		} {
			code, word, _ := strings.Cut(want, " ")
			if a := post(x, body); fmt.Sprint(a.code) != code || !strings.Contains(a.body, word) {
				t.Errorf("%s: %d %s", body, a.code, a.body)
			}
		}
		agent := ""
		for _, l := range x.fresh {
			if l.role == store.Agent {
				agent = x.staff(l.email, l.password)
			}
		}
		if a := x.do("POST", "/v1/calls", agent, `{"to":"+8613800138040"}`); a.code != http.StatusForbidden {
			t.Error(a)
		}
		if a := x.do("PATCH", "/v1/phones", token, `{"outbound":false}`); a.code != http.StatusOK || !strings.Contains(a.body, `"outbound":false`) {
			t.Fatal(a)
		}
		if a := post(x, `{"to":"+8613800138040"}`); a.code != http.StatusServiceUnavailable || !strings.Contains(a.body, "off") {
			t.Error(a)
		}
		if v, err := x.store.Switched(t.Context(), outboundSwitch); v != "off" || err != nil {
			t.Error("a restart would switch it on again")
		}
		if a := x.do("PATCH", "/v1/phones", token, `{"outbound":true}`); a.code != http.StatusOK {
			t.Fatal(a)
		}
		if a := x.do("GET", "/v1/phones", token, ""); !strings.Contains(a.body, `"name":"exchange"`) {
			t.Error(a)
		}
		if a := x.do("GET", "/metrics", token, ""); !strings.Contains(a.body, "parley_phone_calls_in_total") {
			t.Error("no metrics of phones")
		}
	})

	// caller is a customer on the phone, and what happens in the conversation.
	caller := func(x *site, number string) (*handset, talk, *watch) {
		h := e.call(number, "+862112345678")
		k := x.with(number)
		w := x.watch(k, 0)
		w.says(dialog.Bot, "How can I help")
		return h, k, w
	}
	state := func(w *watch, s desk.State) (d struct {
		State  desk.State
		Reason desk.Reason
	}) {
		w.until("transfer "+string(s), func(r dialog.Record) bool {
			return r.Type == dialog.TransferUpdated && json.Unmarshal(r.Data, &d) == nil && d.State == s
		})
		return d
	}
	hand := func(x *site, k talk, body string) {
		if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/transfer", token, body); a.code != http.StatusAccepted {
			x.t.Fatal(a)
		}
	}

	t.Run("a person outside takes over with a 1", func(t *testing.T) {
		x := x.on(t)
		h, k, w := caller(x, "+8613800138050")
		hand(x, k, `{"phone":"+8613800138051"}`)
		out := <-e.come
		state(w, desk.Consulting)
		out.hears(t) // the briefing
		out.keys(t, "1")
		state(w, desk.Completed)
		h.mu.Lock()
		h.heard = 0
		h.mu.Unlock()
		out.utter(t, "good morning, this is the workshop")
		h.hears(t)
		out.Call.Hangup(sip.CauseNormal)
		w.says(dialog.Bot, "with me, the AI assistant, again")
		h.Call.Hangup(sip.CauseNormal)
		w.kind(dialog.CallEnded)
	})

	t.Run("a person outside is consulted, and joins", func(t *testing.T) {
		x := x.on(t)
		h, k, w := caller(x, "+8613800138070")
		c, call := "/v1/conversations/"+string(k.ID), ""
		if id, up := x.calls.Of(k.ID); up {
			call = "/v1/calls/" + string(id)
		}
		ann := x.atDesk("Ann", "supervisor", "")
		agent := pipe(t, 900, x.offer("/v1/desk/legs", ann.token))
		eventually(t, "the agent's audio stands by", func() bool { return x.guests.ready(ann.id) })
		if a := ann.do("POST", c+"/takeover", ""); a.code != http.StatusNoContent {
			t.Fatal(a)
		}
		pressed := make(chan rune, 8)
		h.Call.Media().(phoneAudio).OnKey(func(k rune) { pressed <- k })
		if a := ann.do("POST", call+"/keys", `{"keys":"5"}`); a.code != http.StatusNoContent {
			t.Fatal(a)
		}
		if k := <-pressed; k != '5' {
			t.Errorf("the customer's phone heard %c", k)
		}
		for body, code := range map[string]int{`{"keys":"5","to":"outside"}`: 409, `{"keys":"x"}`: 422, `{"keys":""}`: 422} {
			if a := ann.do("POST", call+"/keys", body); a.code != code || code == 409 && !strings.Contains(a.body, "no-keys") {
				t.Errorf("%s: %v", body, a)
			}
		}
		if a := ann.do("POST", c+"/transfer", `{"phone":"+8613800138071","mode":"consult"}`); a.code != http.StatusAccepted || !strings.Contains(a.body, `"consult":true`) {
			t.Fatal(a)
		}
		out := <-e.come
		state(w, desk.Consulting)
		out.Call.Media().(phoneAudio).OnKey(func(k rune) { pressed <- k })
		out.hears(t) // the agent, not a briefing
		if a := ann.do("POST", call+"/keys", `{"keys":"1#","to":"outside"}`); a.code != http.StatusNoContent {
			t.Fatal(a)
		}
		if a, b := <-pressed, <-pressed; a != '1' || b != '#' {
			t.Errorf("the person outside heard %c%c", a, b)
		}
		open := func() (v struct {
			ID, From, Agent string
			State           desk.State
		}) {
			var row struct {
				Staff struct{ Transfer json.RawMessage }
			}
			x.do("GET", c, token, "").json(t, &row)
			_ = json.Unmarshal(row.Staff.Transfer, &v)
			return v
		}
		tr := open()
		if tr.From != ann.id || tr.Agent != desk.Outside("+8613800138071") {
			t.Errorf("%+v", tr)
		}
		if a := ann.do("POST", "/v1/transfers/"+tr.ID+"/join", ""); a.code != http.StatusOK || !strings.Contains(a.body, `"conference"`) {
			t.Fatal(a)
		}
		state(w, desk.Conference)
		h.mu.Lock()
		h.heard = 0
		h.mu.Unlock()
		h.hears(t)
		if a := ann.do("GET", "/v1/conversations?holder=agent&mine=true", ""); !strings.Contains(a.body, string(k.ID)) {
			t.Error("a conference is not hers: ", a)
		}
		out.Call.Hangup(sip.CauseNormal)
		state(w, desk.Returned)
		if r := w.kind(dialog.ConversationUpdated); !strings.Contains(string(r.Data), ann.id) {
			t.Errorf("who began the conference does not have it: %s", r.Data)
		}
		agent.until("the agent, who has the customer again,", []float64{500, 900}, false, false)
		h.Call.Hangup(sip.CauseNormal)
		w.kind(dialog.CallEnded)
	})

	t.Run("nobody outside is called when calls out are off", func(t *testing.T) {
		x := x.on(t)
		h, k, w := caller(x, "+8613800138060")
		defer h.Call.Hangup(sip.CauseNormal)
		x.do("PATCH", "/v1/phones", token, `{"outbound":false}`)
		defer x.do("PATCH", "/v1/phones", token, `{"outbound":true}`)
		hand(x, k, `{"phone":"+8613800138061","mode":"blind"}`)
		if d := state(w, desk.Failed); d.Reason != desk.Error || e.asked.Load() != 0 {
			t.Errorf("%+v, and the carrier was asked %d times to take the call back", d, e.asked.Load())
		}
	})

	t.Run("a person outside cannot be had", func(t *testing.T) {
		x := x.on(t)
		defer e.taken.Store(0)
		h, k, w := caller(x, "+8613800138052")
		for code, want := range map[int]desk.Reason{486: desk.Busy, 603: desk.DeclinedBy, 480: desk.NoAnswer} {
			e.taken.Store(int32(code))
			hand(x, k, `{"phone":"+8613800138053"}`)
			if d := state(w, desk.Failed); d.Reason != want {
				t.Errorf("%d: %+v", code, d)
			}
		}
		e.taken.Store(0)
		x.phones.confirmIn = 100 * time.Millisecond
		hand(x, k, `{"phone":"+8613800138053"}`)
		out := <-e.come
		if d := state(w, desk.Failed); d.Reason != desk.Voicemail {
			t.Errorf("%+v", d)
		}
		out.ended(t)
		hand(x, k, `{"phone":"+8613800138053","mode":"blind"}`)
		out = <-e.come
		state(w, desk.Completed)
		if n := e.asked.Load(); n != 1 {
			t.Errorf("the carrier was asked %d times to take the call back", n)
		}
		h.Call.Hangup(sip.CauseNormal)
		out.ended(t)
		for range 500 {
			if c, err := x.store.Conversation(t.Context(), k.ID); err == nil && c.Holder == dialog.HeldByBot {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		ds, err := x.store.Dials(t.Context(), time.Now().Add(-time.Hour))
		if err != nil || !slices.ContainsFunc(ds, func(d store.Dial) bool { return d.Body == "+8613800138053" && d.Conversation == k.ID && d.Seconds > 0 }) {
			t.Error("a restart does not know what a call to a person outside cost: ", ds, err)
		}
		if a := x.do("GET", "/v1/desk/agents", token, ""); strings.Contains(a.body, "phone:") {
			t.Error("a phone is one of the people: ", a.body)
		}
		if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/transfer", token, `{"phone":"+8613800138053"}`); a.code != http.StatusConflict {
			t.Error("a customer who is on no call is handed to a phone: ", a)
		}
	})
}
