package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"parley/cmd/parley/config"
	"parley/dialog"
)

type items struct {
	Items []struct {
		Seq  int64
		From dialog.Party
		Text string
	}
	Next string
}

func TestBadRequestsChangeNothing(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k, stranger, over := x.converse(), x.converse(), x.converse()
	_ = x.do("POST", "/v1/conversations/"+string(over.ID)+"/close", x.admin(), "")
	rows := x.rows()
	c := "/v1/conversations/" + string(k.ID)
	long := `{"text":"` + strings.Repeat("x", 9000) + `"}`
	for name, r := range map[string]struct {
		method, path, token, body string
		code                      int
	}{
		"no such call":            {"GET", "/v1/nothing", "", "", 404},
		"no such call to post":    {"POST", "/v1/nothing", "", "{}", 404},
		"another method":          {"PUT", "/v1/conversations", "", "{}", 405},
		"another method of one":   {"DELETE", c, k.Token, "", 405},
		"bad JSON":                {"POST", "/v1/conversations", "", "{", 400},
		"a locale that is none":   {"POST", "/v1/conversations", "", `{"locale":"en us!"}`, 422},
		"a field that is none":    {"POST", "/v1/conversations", "", `{"colour":"red"}`, 422},
		"a number for a text":     {"POST", "/v1/conversations", "", `{"locale":7}`, 422},
		"an unsigned customer":    {"POST", "/v1/conversations", "", `{"customer":{"id":"7"}}`, 401},
		"nobody reads":            {"GET", c + "/messages", "", "", 401},
		"a stranger reads":        {"GET", c + "/messages", stranger.Token, "", 403},
		"a stranger looks":        {"GET", c, stranger.Token, "", 403},
		"a stranger writes":       {"POST", c + "/messages", stranger.Token, `{"text":"x"}`, 403},
		"unknown, by staff":       {"GET", "/v1/conversations/conv_nobody", x.admin(), "", 404},
		"unknown messages":        {"GET", "/v1/conversations/conv_nobody/messages", x.admin(), "", 404},
		"a bad after":             {"GET", c + "/messages?after=x", k.Token, "", 422},
		"a negative after":        {"GET", c + "/messages?after=-1", k.Token, "", 422},
		"a bad cursor":            {"GET", c + "/messages?cursor=%00", k.Token, "", 422},
		"a limit too high":        {"GET", c + "/messages?limit=100000", k.Token, "", 422},
		"no text":                 {"POST", c + "/messages", k.Token, `{}`, 422},
		"empty text":              {"POST", c + "/messages", k.Token, `{"text":"  "}`, 422},
		"long text":               {"POST", c + "/messages", k.Token, long, 422},
		"a huge body":             {"POST", c + "/messages", k.Token, `{"text":"` + strings.Repeat("x", 2<<20) + `"}`, 413},
		"it is over":              {"POST", "/v1/conversations/" + string(over.ID) + "/messages", over.Token, `{"text":"x"}`, 409},
		"a score of 6":            {"POST", c + "/rating", k.Token, `{"score":6}`, 422},
		"no score":                {"POST", c + "/rating", k.Token, `{}`, 422},
		"a rating by staff":       {"POST", c + "/rating", x.admin(), `{"score":5}`, 403},
		"closed by the customer":  {"POST", c + "/close", k.Token, `{}`, 403},
		"closed by nobody":        {"POST", c + "/close", "", `{}`, 401},
		"closed twice":            {"POST", "/v1/conversations/" + string(over.ID) + "/close", x.admin(), `{}`, 409},
		"no socket":               {"GET", c + "/events", k.Token, "", 426},
		"a socket with bad after": {"GET", c + "/events?after=x", k.Token, "", 422},
		"a wrong password":        {"POST", "/v1/login", "", `{"email":"admin@local","password":"wrong"}`, 401},
		"no password":             {"POST", "/v1/login", "", `{"email":"admin@local"}`, 422},
		"an unknown call":         {"PATCH", "/v1/calls/call_nobody", k.Token, `{"playout_ms":1}`, 404},
		"an unknown call to end":  {"DELETE", "/v1/calls/call_nobody", k.Token, "", 404},
		"a call and no token":     {"DELETE", "/v1/calls/call_nobody", "", "", 401},
		"a person, by a stranger": {"POST", c + "/handoff", stranger.Token, "", 403},
		"typing, by nobody":       {"POST", c + "/typing", "", "", 401},
		"read up to nowhere":      {"POST", c + "/read", k.Token, `{"seq":-4}`, 422},
	} {
		a := x.do(r.method, r.path, r.token, r.body)
		refused(t, name, a, r.code)
		if r.code == 405 && a.head.Get("Allow") == "" {
			t.Errorf("%s: it does not say what is allowed", name)
		}
	}
	refused(t, "another type", x.do("POST", c+"/messages", k.Token, "text=x", "Content-Type", "application/x-www-form-urlencoded"), 415)
	if now := x.rows(); now != rows {
		t.Errorf("rows: %s, before %s", now, rows)
	}
}

func TestConversationsMessagesAndRatings(t *testing.T) {
	t.Parallel()
	h := newHook(t)
	x := up(t, h.config)
	a := x.do("POST", "/v1/conversations", "", "")
	if a.code != 201 || !strings.Contains(a.body, `"ice_servers":[]`) || a.head.Get("Cache-Control") != "no-store" {
		t.Fatal(a)
	}
	k := x.converse()
	c := "/v1/conversations/" + string(k.ID)
	w := x.watch(k, 0)
	a = x.do("POST", c+"/messages", k.Token, `{"text":"how long does delivery take?"}`)
	if a.code != 202 || !strings.Contains(a.body, `"from":"customer"`) || !strings.Contains(a.body, `"via":"chat"`) {
		t.Fatal(a)
	}
	w.says(dialog.Bot, "2 to 4 working days")
	if texts := h.told(t, k.ID, "2 to 4 working days"); len(texts) != 2 || texts[0] != "how long does delivery take?" {
		t.Errorf("webhook: %q", texts)
	}
	overhears := x.supervisor()
	for _, p := range []string{"/typing", "/read"} {
		if a := x.do("POST", c+p, overhears, ""); a.code != 204 {
			t.Error(p, a)
		}
		if a := x.do("POST", c+p, k.Token, ""); a.code != 204 || a.body != "" {
			t.Error(p, a)
		}
		if r := w.kind(p[1:]); r.Seq != 0 || !strings.Contains(string(r.Data), `"from":"customer"`) { // not of who only looks on
			t.Errorf("%s is no passing event of the customer's: %+v %s", p, r, r.Data)
		}
	}
	for _, said := range []string{"noise", `{"type":"pin`, strings.Repeat(" ", 1000), `{"type":"ping"}`} {
		if err := w.c.WriteMessage(websocket.TextMessage, []byte(said)); err != nil {
			t.Fatal(err)
		}
	}
	if r := w.kind("pong"); r.Seq != 0 || r.Conversation != k.ID {
		t.Errorf("%+v", r)
	}
	a = x.do("POST", c+"/handoff", k.Token, "")
	if r := w.kind(dialog.TransferUpdated); a.code != 202 || !strings.Contains(string(r.Data), `"id":"transfer_`) || !strings.Contains(string(r.Data), `"nobody"`) {
		t.Error(a, string(r.Data))
	}
	if a := x.do("POST", c+"/rating", k.Token, `{"score":4,"comment":"fine"}`); a.code != 204 {
		t.Error(a)
	}
	var page items
	x.do("GET", c+"/messages?limit=1", k.Token, "").json(t, &page)
	if len(page.Items) != 1 || page.Items[0].From != dialog.Customer || page.Next == "" {
		t.Fatalf("%+v", page)
	}
	x.do("GET", c+"/messages?cursor="+page.Next, k.Token, "").json(t, &page)
	if len(page.Items) != 1 || page.Items[0].From != dialog.Bot {
		t.Errorf("%+v", page)
	}
	var end items
	x.do("GET", fmt.Sprintf("%s/messages?after=%d", c, page.Items[0].Seq), k.Token, "").json(t, &end)
	if len(end.Items) != 0 || end.Next != "" {
		t.Errorf("%+v", end)
	}
	a = x.do("POST", c+"/messages", x.admin(), `{"text":"a person speaks"}`)
	if m := w.says(dialog.Agent, "a person speaks"); a.code != 202 || m.From != dialog.Agent {
		t.Error(a)
	}
	// A second socket sees all from where it asks on, without loss or repeat.
	after, seq := x.watch(k, page.Items[0].Seq), page.Items[0].Seq
	after.until("the rest", func(r dialog.Record) bool {
		if seq++; r.Seq != seq {
			t.Fatalf("%d after %d", r.Seq, seq-1)
		}
		return strings.Contains(string(r.Data), "a person speaks")
	})
	if a := x.do("POST", c+"/close", x.admin(), `{"disposition":"solved","note":"a secret note"}`); a.code != 204 {
		t.Error(a)
	}
	if r := w.kind(dialog.ConversationUpdated); !strings.Contains(string(r.Data), `"holder":"agent"`) {
		t.Error("who writes has not taken it over: ", string(r.Data))
	}
	if r := w.kind(dialog.ConversationUpdated); !strings.Contains(string(r.Data), `"state":"closed"`) || strings.Contains(string(r.Data), "secret") {
		t.Error(string(r.Data))
	}
	if a := x.do("POST", c+"/rating", k.Token, `{"score":5}`); a.code != 204 {
		t.Error("who is served may say how it was:", a)
	}
	x.hooked(t, h)
	x.sleeps(x.converse())
}

func TestTheSameKeyAgain(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k, other := x.converse(), x.converse()
	c := "/v1/conversations/" + string(k.ID)
	first := x.do("POST", c+"/messages", k.Token, `{"text":"once"}`, "Idempotency-Key", "a")
	again := x.do("POST", c+"/messages", k.Token, `{"text":"once"}`, "Idempotency-Key", "a")
	if first.code != 202 || again.code != 202 || first.body != again.body || !strings.Contains(first.body, `"key":"a"`) || again.head.Get("Content-Type") != "application/json" {
		t.Errorf("%v\n%v", first, again)
	}
	refused(t, "another body", x.do("POST", c+"/messages", k.Token, `{"text":"twice"}`, "Idempotency-Key", "a"), 422)
	if a := x.do("POST", "/v1/conversations/"+string(other.ID)+"/messages", other.Token, `{"text":"mine"}`, "Idempotency-Key", "a"); a.code != 202 || a.body == first.body {
		t.Error("another's key is another key:", a)
	}
	if a := x.do("POST", c+"/rating", k.Token, `{"score":3}`, "Idempotency-Key", "a"); a.code != 204 {
		t.Error("the same key at another path:", a)
	}
	if a := x.do("POST", c+"/rating", k.Token, `{"score":3}`, "Idempotency-Key", "a"); a.code != 204 || a.body != "" {
		t.Error(a)
	}
	refused(t, "a refusal is not kept", x.do("POST", c+"/rating", k.Token, `{"score":9}`, "Idempotency-Key", "b"), 422)
	if a := x.do("POST", c+"/rating", k.Token, `{"score":2}`, "Idempotency-Key", "b"); a.code != 204 {
		t.Error("after a refusal:", a)
	}
	one := x.do("POST", "/v1/conversations", "", `{"locale":"en"}`, "Idempotency-Key", "c")
	two := x.do("POST", "/v1/conversations", "", `{"locale":"en"}`, "Idempotency-Key", "c")
	if one.code != 201 || one.body != two.body {
		t.Errorf("%v\n%v", one, two)
	}
	refused(t, "a long key", x.do("POST", c+"/messages", k.Token, `{"text":"x"}`, "Idempotency-Key", strings.Repeat("k", 300)), 422)
	// Many at once: it happens once; who comes too early is told so.
	var wg sync.WaitGroup
	codes := make([]int, 8)
	for i := range codes {
		wg.Go(func() {
			codes[i] = x.do("POST", c+"/messages", k.Token, `{"text":"rush"}`, "Idempotency-Key", "d").code
		})
	}
	wg.Wait()
	for _, code := range codes {
		if code != 202 && code != 409 {
			t.Error(codes)
		}
	}
	var all items
	x.do("GET", c+"/messages", k.Token, "").json(t, &all)
	n := map[string]int{}
	for _, m := range all.Items {
		n[m.Text]++
	}
	if n["once"] != 1 || n["twice"] != 0 || n["rush"] != 1 {
		t.Errorf("%v", n)
	}
	// SDP offers are exempt.
	path := c + "/calls"
	a := x.do("POST", path, k.Token, offerSDP, "Content-Type", "application/sdp", "Idempotency-Key", "e")
	b := x.do("POST", path, k.Token, offerSDP, "Content-Type", "application/sdp", "Idempotency-Key", "e")
	if a.code != 201 || b.code != 201 || a.head.Get("Location") == b.head.Get("Location") {
		t.Error(a.code, b.code)
	}
}

func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) {
		c.Sites = []config.Site{{Key: "shop", Secret: "s", Origins: []string{"https://shop.example"}}}
	})
	const ours, foreign = "https://shop.example", "https://evil.example"
	a := x.do("POST", "/v1/conversations", "", "{}", "Origin", ours)
	if a.code != 201 || a.head.Get("Access-Control-Allow-Origin") != ours || !strings.Contains(a.head.Get("Access-Control-Expose-Headers"), "Location") {
		t.Error(a)
	}
	a = x.do("OPTIONS", "/v1/conversations/x/calls", "", "", "Origin", ours, "Access-Control-Request-Method", "POST")
	if a.code != 204 || !strings.Contains(a.head.Get("Access-Control-Allow-Headers"), "Authorization") || !strings.Contains(a.head.Get("Access-Control-Allow-Methods"), "PATCH") {
		t.Error("preflight:", a)
	}
	for _, h := range []string{"Authorization", "Content-Type", "Content-Language", "Idempotency-Key", "If-Match"} { // our own pages send them
		if !strings.Contains(a.head.Get("Access-Control-Allow-Headers"), h) {
			t.Errorf("preflight: %s may not be sent: %s", h, a.head.Get("Access-Control-Allow-Headers"))
		}
	}
	if a := x.do("GET", "/v1/nothing", "", "", "Origin", ours); a.code != 404 || a.head.Get("Access-Control-Allow-Origin") != ours {
		t.Error("a site's page cannot read why it is refused:", a)
	}
	refused(t, "a foreign origin", x.do("POST", "/v1/conversations", "", "{}", "Origin", foreign), 403)
	if a := x.do("GET", "/v1/capabilities", "", "", "Origin", foreign); a.head.Get("Access-Control-Allow-Origin") != "" {
		t.Error("a foreign page may read:", a.head)
	}
	if a := x.do("POST", "/v1/conversations", "", "{}", "Origin", x.base); a.code != 201 {
		t.Error("our own origin:", a)
	}
	// The session that a browser sends by itself is not a site's page's to use.
	cookie := "parley=" + x.supervisor()
	for origin, code := range map[string]int{"": 200, x.base: 200, ours: 401, foreign: 401} {
		if a := x.do("GET", "/v1/me", "", "", "Cookie", cookie, "Origin", origin); a.code != code {
			t.Errorf("a session's cookie from origin %q: %v", origin, a)
		}
	}
	k := x.converse()
	d := websocket.Dialer{Subprotocols: []string{"bearer." + k.Token}}
	url := "ws" + strings.TrimPrefix(x.base, "http") + "/v1/conversations/" + string(k.ID) + "/events"
	if _, res, err := d.Dial(url, http.Header{"Origin": {foreign}}); err == nil || res.StatusCode != 403 {
		t.Error("a foreign page's socket:", err)
	}
	conn, res, err := d.Dial(url, http.Header{"Origin": {ours}})
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	if p := res.Header.Get("Sec-WebSocket-Protocol"); p != "bearer."+k.Token {
		t.Errorf("subprotocol %q", p)
	}
	// A token in the address works for sockets alone, and is in no log.
	conn, _, err = websocket.DefaultDialer.Dial(url+"?token="+k.Token, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
	refused(t, "a token in the address", x.do("GET", "/v1/conversations/"+string(k.ID)+"?token="+k.Token, "", ""), 401)
	if _, _, err := websocket.DefaultDialer.Dial(url+"?token=wrong", nil); err == nil {
		t.Error("a wrong token opened a socket")
	}
	if l := x.logs.String(); strings.Contains(l, k.Token) || len(l) == 0 {
		t.Error("a token is in the log, or there is none")
	}
}

func TestWhatOperatorsSee(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	if a := x.do("GET", "/healthz", "", ""); a.code != 200 {
		t.Error(a)
	}
	if a := x.do("GET", "/readyz", "", ""); a.code != 200 || !strings.Contains(a.body, `"ready":true`) {
		t.Error(a)
	}
	if a := x.do("GET", "/metrics", "", ""); a.code != 200 || !strings.Contains(a.body, "parley_calls 0") {
		t.Error(a.code)
	}
	if a := x.do("GET", "/docs", "", ""); a.code != 200 || !strings.HasPrefix(a.head.Get("Content-Type"), "text/html") {
		t.Error(a.code)
	}
	var api struct {
		OpenAPI string
		Paths   map[string]map[string]json.RawMessage
	}
	x.do("GET", "/openapi.json", "", "").json(t, &api)
	if !strings.HasPrefix(api.OpenAPI, "3.1") {
		t.Error(api.OpenAPI)
	}
	for path, methods := range map[string][]string{
		"/v1/conversations": {"post"}, "/v1/conversations/{id}": {"get"}, "/v1/conversations/{id}/messages": {"get", "post"},
		"/v1/conversations/{id}/events": {"get"}, "/v1/conversations/{id}/calls": {"post"}, "/v1/calls/{call}": {"patch", "delete"},
		"/v1/conversations/{id}/rating": {"post"}, "/v1/conversations/{id}/handoff": {"post"}, "/v1/conversations/{id}/typing": {"post"},
		"/v1/conversations/{id}/read": {"post"}, "/v1/conversations/{id}/close": {"post"}, "/v1/login": {"post"}, "/v1/calls/{call}/recording": {"get"},
	} {
		for _, m := range methods {
			if len(api.Paths[path][m]) == 0 {
				t.Errorf("%s %s is not described", m, path)
			}
		}
	}
	a := x.do("POST", "/v1/login", "", fmt.Sprintf(`{"email":"admin@local","password":%q}`, adminPassword))
	cookie := a.head.Get("Set-Cookie")
	if a.code != 200 || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") || !strings.Contains(a.body, `"role":"admin"`) {
		t.Error(a.code, cookie, a.body)
	}
	k := x.converse()
	name, _, _ := strings.Cut(cookie, ";")
	if a := x.do("GET", "/v1/conversations/"+string(k.ID), "", "", "Cookie", name); a.code != 200 {
		t.Error("the cookie signs in nobody:", a)
	}
}
