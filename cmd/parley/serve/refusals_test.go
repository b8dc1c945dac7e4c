package serve

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"parley/asr/asrtest"
	"parley/cmd/parley/config"
)

func script(text string) asrtest.Script { return asrtest.Script{Text: text} }

// offerSDP is a whole offer of nobody who will ever answer.
const offerSDP = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n" +
	"a=fingerprint:sha-256 00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\na=setup:actpass\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=sendrecv\r\n"

// refused checks that an answer is a whole problem document.
func refused(t *testing.T, name string, a answer, code int) {
	t.Helper()
	var p struct {
		Type, Title, Detail string
		Status              int
		Errors              []struct{ Message, Location string }
	}
	if a.code != code || a.head.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s: %d %s, want %d: %.300s", name, a.code, a.head.Get("Content-Type"), code, a.body)
		return
	}
	a.json(t, &p)
	if p.Type == "" || p.Title == "" || p.Detail == "" || p.Status != code {
		t.Errorf("%s: %s", name, a.body)
	}
	if code == http.StatusUnprocessableEntity && (len(p.Errors) == 0 || p.Errors[0].Location == "") {
		t.Errorf("%s: no field is named: %s", name, a.body)
	}
	if strings.Contains(a.body, "sql") || strings.Contains(a.body, "store:") {
		t.Errorf("%s: it tells of our inside: %s", name, a.body)
	}
}

func TestBadOffersLeaveNothing(t *testing.T) {
	x := up(t, nil)
	k, over, stranger := x.converse(), x.converse(), x.converse()
	if a := x.do("POST", "/v1/conversations/"+string(over.ID)+"/close", x.admin(), `{"disposition":"solved","note":"none"}`); a.code != 204 {
		t.Fatal(a)
	}
	rows := x.rows()
	before := runtime.NumGoroutine()
	cut := offerSDP[:strings.Index(offerSDP, "m=")]
	for name, c := range map[string]struct {
		to    talk
		token string
		body  string
		kind  string
		code  int
	}{
		"nothing":          {k, k.Token, "", "application/sdp", 400},
		"malformed":        {k, k.Token, "v=0\r\nthis is no SDP", "application/sdp", 400},
		"not text":         {k, k.Token, "v=0\r\n\x00\xff\xfe" + offerSDP, "application/sdp", 400},
		"no audio line":    {k, k.Token, cut, "application/sdp", 422},
		"video only":       {k, k.Token, cut + strings.NewReplacer("m=audio", "m=video", "opus/48000/2", "VP8/90000").Replace(offerSDP[len(cut):]), "application/sdp", 422},
		"another codec":    {k, k.Token, strings.ReplaceAll(offerSDP, "opus/48000/2", "speex/8000"), "application/sdp", 422},
		"rejected audio":   {k, k.Token, strings.ReplaceAll(offerSDP, "m=audio 9", "m=audio 0"), "application/sdp", 422},
		"recvonly":         {k, k.Token, strings.ReplaceAll(offerSDP, "a=sendrecv", "a=recvonly"), "application/sdp", 400},
		"no fingerprint":   {k, k.Token, strings.ReplaceAll(offerSDP, "a=fingerprint", "a=nothing"), "application/sdp", 400},
		"wrong type":       {k, k.Token, offerSDP, "application/json", 415},
		"no type":          {k, k.Token, offerSDP, "text/plain; charset=utf-8", 415},
		"oversized":        {k, k.Token, offerSDP + strings.Repeat("a=x\r\n", 20_000), "application/sdp", 413},
		"huge":             {k, k.Token, strings.Repeat("v", 3<<20), "application/sdp", 413},
		"no token":         {k, "", offerSDP, "application/sdp", 401},
		"a wrong token":    {k, "nonsense", offerSDP, "application/sdp", 401},
		"a stranger":       {k, stranger.Token, offerSDP, "application/sdp", 403},
		"unknown":          {talk{ID: "conv_nobody"}, stranger.Token, offerSDP, "application/sdp", 403},
		"of the staff":     {k, x.admin(), offerSDP, "application/sdp", 403},
		"it is over":       {over, over.Token, offerSDP, "application/sdp", 409},
		"over, a stranger": {over, stranger.Token, offerSDP, "application/sdp", 403},
	} {
		refused(t, name, x.do("POST", "/v1/conversations/"+string(c.to.ID)+"/calls", c.token, c.body, "Content-Type", c.kind), c.code)
	}
	x.quiet()
	if now := x.rows(); now != rows {
		t.Errorf("rows: %s, before %s", now, rows)
	}
	http.DefaultClient.CloseIdleConnections()
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+4; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}

// rows counts what the store holds of calls and events.
func (x *site) rows() string {
	x.t.Helper()
	calls, events := 0, 0
	for _, k := range x.opened {
		cs, err := x.store.CallsOf(x.t.Context(), k)
		if err != nil {
			x.t.Fatal(err)
		}
		rs, err := x.store.Since(x.t.Context(), k, 0, 1000)
		if err != nil {
			x.t.Fatal(err)
		}
		calls, events = calls+len(cs), events+len(rs)
	}
	return fmt.Sprintf("%d calls, %d events", calls, events)
}

func TestOverload(t *testing.T) {
	x := up(t, func(c *config.Config) { c.Limits.CallsPerAddress, c.Limits.Calls = 1, 2 })
	k := x.converse()
	path := "/v1/conversations/" + string(k.ID) + "/calls"
	offer := func(headers ...string) answer {
		return x.do("POST", path, k.Token, offerSDP, append([]string{"Content-Type", "application/sdp"}, headers...)...)
	}
	first := offer()
	if first.code != 201 {
		t.Fatal(first)
	}
	a := offer()
	refused(t, "a second call of one address", a, 429)
	if a.head.Get("Retry-After") == "" {
		t.Error("429 does not say when to come back")
	}
	_ = x.do("DELETE", first.head.Get("Location"), k.Token, "")
	x.quiet()
	if a := offer(); a.code != 201 {
		t.Error("the first call's place is not free again:", a)
	}
	x.calls.Close() // draining: every line is taken
	a = offer()
	refused(t, "draining", a, 503)
	if a.head.Get("Retry-After") == "" {
		t.Error("503 does not say when to come back")
	}
	if a := x.do("GET", "/readyz", "", ""); a.code != 503 || !strings.Contains(a.body, "reasons") {
		t.Error("ready while draining:", a)
	}
	if a := x.do("GET", "/healthz", "", ""); a.code != 200 {
		t.Error(a)
	}
}
