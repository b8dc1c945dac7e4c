package serve

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
	"parley/media/sip"
)

// back waits for a state of the callback of a watched conversation.
func (w *watch) back(state string) (d dialog.CallbackData) {
	w.t.Helper()
	w.until("callback "+state, func(r dialog.Record) bool {
		d = dialog.CallbackData{}
		return r.Type == dialog.CallbackUpdated && json.Unmarshal(r.Data, &d) == nil && d.State == state
	})
	return d
}

// Who does not wait on the line is called when a person is free: again while nobody answers,
// and with the person once somebody does.
func TestACallbackIsKept(t *testing.T) {
	t.Parallel()
	x, e := phoned(t, func(c *config.Config) {
		c.SIP.Callbacks = config.Callbacks{After: 1, Tries: 2, Pause: 1}
		c.Queues = []config.Queue{{Name: "service", Default: true}}
	})
	token := x.admin()
	ann := x.atDesk("Ann", "supervisor", "")
	agent := pipe(t, 900, x.offer("/v1/desk/legs", ann.token))
	eventually(t, "the agent's audio is connected", func() bool {
		select {
		case <-x.guests.of(ann.id).leg.Ready():
			return true
		default:
			return false
		}
	})
	busy := func() string {
		k := x.converse()
		if a := ann.do("POST", "/v1/conversations/"+string(k.ID)+"/takeover", ""); a.code >= 300 {
			t.Fatal(a)
		}
		return "/v1/conversations/" + string(k.ID)
	}
	list := func() string { return x.do("GET", "/v1/desk/callbacks", ann.token, "").body }

	// waits has a caller wait and choose to be called.
	waits := func(number string) (talk, *watch) {
		h := e.call(number, "+862112345678")
		k := x.with(number)
		w := x.watch(k, 0)
		w.says(dialog.Bot, "How can I help")
		if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/transfer", token, `{"queue":"service"}`); a.code != http.StatusAccepted {
			t.Fatal(a)
		}
		w.says(dialog.Bot, "say “call me back”")
		h.keys(t, "1")
		w.says(dialog.Bot, "ending in "+strings.Join(strings.Split(number[len(number)-4:], ""), " "))
		w.back("waiting")
		eventually(t, "the customer waits on the line no more", func() bool {
			_, waiting := x.desk.Open(k.ID)
			return !waiting
		})
		h.Call.Hangup(sip.CauseNormal)
		w.kind(dialog.CallEnded)
		return k, w
	}

	chat := busy()
	k, w := waits("+8613800138071")
	if a := list(); !strings.Contains(a, `"number":"+8613800138071"`) || !strings.Contains(a, `"state":"waiting"`) {
		t.Error(a)
	}
	select {
	case h := <-e.come:
		t.Fatal("called while nobody is free: ", h.Number)
	default:
	}
	e.taken.Store(486)
	if a := ann.do("POST", chat+"/return", ""); a.code >= 300 {
		t.Fatal(a)
	}
	w.back("calling")
	if d := w.back("waiting"); d.Reason != "busy" || d.Tries != 1 || d.Due.IsZero() {
		t.Errorf("%+v", d)
	}
	e.taken.Store(0)
	out := <-e.come
	if out.Number != "+8613800138071" || out.Headers["X-Parley-Conversation"] != string(k.ID) {
		t.Errorf("%+v", out.Info)
	}
	out.utter(t, "hello")
	w.says(dialog.Bot, "I am calling you back, as you asked")
	w.says(dialog.Bot, "Shall I connect you")
	ann.open(0) // nobody has read from the one before for long
	ann.kind(desk.DeskSnapshot)
	out.keys(t, "1")
	o := ann.offered()
	if p, _ := json.Marshal(o.Packet); o.Conversation != k.ID || o.Kind != desk.Call || !strings.Contains(string(p), `"reason":"callback"`) {
		t.Errorf("%+v %s", o, p)
	}
	if a := ann.do("POST", "/v1/offers/"+o.ID+"/accept", ""); a.code != 200 {
		t.Fatal(a)
	}
	w.moved(desk.Consulting)
	eventually(t, "the agent hears the briefing", func() bool { return agent.level() > 300 })
	if a := ann.do("POST", "/v1/transfers/"+o.Transfer+"/complete", ""); a.code != 200 {
		t.Fatal(a)
	}
	w.back("connected")
	if a := list(); strings.Contains(a, "+8613800138071") {
		t.Error("still on the list: ", a)
	}

	// Nobody ever answers: it is given up, for all at the desk to see.
	_, w = waits("+8613800138072")
	e.taken.Store(480)
	out.Call.Hangup(sip.CauseNormal)
	ann.open(0)
	if a := ann.do("POST", "/v1/conversations/"+string(k.ID)+"/return", ""); a.code >= 300 {
		t.Fatal(a)
	}
	if d := w.back("given_up"); d.Reason != "no_answer" || d.Tries != 2 || !d.Due.IsZero() {
		t.Errorf("%+v", d)
	}
	a := list()
	if !strings.Contains(a, `"state":"given_up"`) || !strings.Contains(a, `"tries":2`) {
		t.Error(a)
	}
	var l struct{ Items []struct{ ID string } }
	_ = json.Unmarshal([]byte(a), &l)
	if a := x.do("DELETE", "/v1/desk/callbacks/"+l.Items[0].ID, ann.token, ""); a.code != http.StatusNoContent {
		t.Error(a)
	}
	if a := list(); strings.Contains(a, "given_up") {
		t.Error("still on the list: ", a)
	}
	if a := x.do("DELETE", "/v1/desk/callbacks/none", ann.token, ""); a.code != http.StatusNotFound {
		t.Error(a)
	}

	// Who wants no calls is promised none.
	if a := x.do("POST", "/v1/do-not-call", token, `{"number":"+8613800138073"}`); a.code != http.StatusCreated {
		t.Fatal(a)
	}
	if x.callable("+8613800138073") || x.callable("+12125550123") || x.callable("110") || !x.callable("13800138074") {
		t.Error("who may be called back is not what the rules of calls out say")
	}
}

// A customer who named a time is called then, by their own clock; and a machine that has our
// message is told no second time.
func TestACallbackAtTheWishedTime(t *testing.T) {
	t.Parallel()
	x, _ := phoned(t, func(c *config.Config) { c.Queues = []config.Queue{{Name: "service", Default: true}} })
	k := x.converse()
	if err := x.backs.promise(t.Context(), k.ID, "+8613800138071", "tomorrow at nine", "en"); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	y, m, d := time.Now().In(zone).Date()
	x.watch(k, 0).back("waiting")
	task, open, err := x.store.TaskOf(t.Context(), k.ID, store.Callback)
	if want := time.Date(y, m, d+1, 9, 0, 0, 0, zone); err != nil || !open || task.Due != want.UnixMicro() {
		t.Errorf("due %v, not %v (%v)", time.UnixMicro(task.Due), want, err)
	}
	if w := x.backs.Waiting(time.Now()); len(w) != 0 {
		t.Errorf("it stands in line already: %+v", w)
	}
	x.backs.put(t.Context(), task, "busy", time.Now().Add(time.Hour), true)
	if task, _, err = x.store.TaskOf(t.Context(), k.ID, store.Callback); err != nil || callbackOf(task).Left {
		t.Errorf("nobody has our message: %+v, %v", task, err)
	}
	x.backs.put(t.Context(), task, "voicemail", time.Now().Add(time.Hour), true)
	if task, _, err = x.store.TaskOf(t.Context(), k.ID, store.Callback); err != nil || !callbackOf(task).Left {
		t.Errorf("a machine has our message: %+v, %v", task, err)
	}
}
