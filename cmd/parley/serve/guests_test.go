package serve

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/rtp"

	"parley/dialog"
	"parley/media"
	"parley/media/codec"
	"parley/media/mediatest"
	"parley/media/room"
	"parley/media/rtc/rtctest"
)

// piper is a browser that sends a tone of its own all the time, and keeps what it hears.
type piper struct {
	*rtctest.Client
	t        *testing.T
	location string

	mu      sync.Mutex
	dec     codec.Decoder
	heard   []int16
	at      []time.Time // of each of its samples' packets, one for TickSamples
	last    uint32
	backs   int // timestamps that went back
	packets int
}

// pipe makes one; exchange takes its offer.
func pipe(t *testing.T, hz float64, exchange func(offer string) (location, answer string, err error)) *piper {
	t.Helper()
	p := &piper{t: t}
	var err error
	if p.dec, err = codec.NewDecoder(media.CodecOpus); err != nil {
		t.Fatal(err)
	}
	tone, err := rtctest.Encode(mediatest.Tone(hz, 4000, media.SampleRate))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	p.Client, err = rtctest.Dial(ctx, func(_ context.Context, offer string) (string, error) {
		var a string
		var err error
		p.location, a, err = exchange(offer)
		return a, err
	}, rtctest.Options{Background: tone, Heard: p.hear})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

func (p *piper) hear(_ time.Time, k *rtp.Packet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.packets > 0 && int32(k.Timestamp-p.last) <= 0 {
		p.backs++
	}
	p.last = k.Timestamp
	p.packets++
	if pcm, err := p.dec.Decode(k.Payload, nil); err == nil {
		p.heard = append(p.heard, pcm...)
		for len(p.at) < len(p.heard)/media.TickSamples {
			p.at = append(p.at, time.Now())
		}
	}
}

// recent is what was heard in the last half second. The lock is held.
func (p *piper) recent() []int16 {
	from := len(p.at)
	for from > 0 && time.Since(p.at[from-1]) < time.Second/2 {
		from--
	}
	return p.heard[from*media.TickSamples:]
}

// tones gives how loud each frequency was in the last half second.
func (p *piper) tones(hz ...float64) []float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := p.recent()
	out := make([]float64, len(hz))
	for i, f := range hz {
		var re, im float64
		for k, v := range x {
			s, c := math.Sincos(2 * math.Pi * f * float64(k) / media.SampleRate)
			re, im = re+float64(v)*c, im+float64(v)*s
		}
		out[i] = 2 * math.Hypot(re, im) / float64(max(len(x), 1))
	}
	return out
}

// until waits until exactly the tones that are wanted are heard.
func (p *piper) until(what string, hz []float64, want ...bool) {
	p.t.Helper()
	fits := func() bool {
		for i, v := range p.tones(hz...) {
			if (v > 500) != want[i] {
				return false
			}
		}
		return true
	}
	for deadline := time.Now().Add(20 * time.Second); !fits(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: of the tones it hears %.0f", what, p.tones(hz...))
		}
	}
}

// offer posts an SDP offer.
func (x *site) offer(path, token string) func(string) (string, string, error) {
	return func(offer string) (string, string, error) {
		a := x.do("POST", path, token, offer, "Content-Type", "application/sdp")
		if a.code != http.StatusCreated {
			return "", "", fmt.Errorf("%d: %s", a.code, a.body)
		}
		return a.head.Get("Location"), a.body, nil
	}
}

// A customer speaks with an agent whose audio stands by, and a supervisor listens,
// whispers and barges in.
func TestListenWhisperBargeIn(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	customer := pipe(t, 500, x.offer("/v1/conversations/"+string(k.ID)+"/calls", k.Token))
	call := dialog.CallID(strings.TrimPrefix(customer.location, "/v1/calls/"))
	boss, agent := x.staff("supervisor@local", x.password("supervisor@local")), x.staff("agent@local", x.password("agent@local"))
	hz := []float64{500, 900, 1300}
	standing := pipe(t, 900, x.offer("/v1/desk/legs", agent))
	var ann struct{ ID string }
	x.do("GET", "/v1/me", agent, "").json(t, &ann)
	for deadline := time.Now().Add(20 * time.Second); !x.guests.ready(ann.ID); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the agent's audio does not stand by")
		}
	}
	if err := x.guests.bring(call, ann.ID, room.Talk); err != nil {
		t.Fatal(err)
	}
	standing.until("the agent", hz, true, false, false)
	customer.until("the customer", hz, false, true, false)

	ear := pipe(t, 1300, x.offer(customer.location+"/legs?mode=listen", boss))
	ear.until("who listens", hz, true, true, false)
	tune := func(body string, code int) {
		t.Helper()
		if a := x.do("PATCH", ear.location, boss, body); a.code != code {
			t.Fatal(body, a)
		}
	}
	tune(`{"mode":"whisper"}`, 200)
	standing.until("the agent, whispered to,", hz, true, false, true)
	customer.until("the customer, of the whisper,", hz, false, true, false)
	tune(`{"mode":"talk"}`, 200)
	customer.until("the customer, of who barged in,", hz, false, true, true)
	tune(`{"muted":true}`, 200)
	customer.until("the customer, of who is muted,", hz, false, true, false)
	tune(`{"mode":"shout"}`, 422)
	tune(`{"volume":3}`, 400)
	for _, bad := range []struct {
		method, path, token, body, kind string
		code                            int
	}{
		{"POST", customer.location + "/legs?mode=listen", agent, "v=0", "application/sdp", 403}, // another's conversation
		{"POST", customer.location + "/legs?mode=listen", k.Token, "v=0", "application/sdp", 403},
		{"POST", customer.location + "/legs?mode=spy", boss, "v=0", "application/sdp", 422},
		{"POST", customer.location + "/legs", boss, "v=0", "application/sdp", 400},
		{"POST", "/v1/calls/none/legs", boss, "v=0", "application/sdp", 404},
		{"PATCH", customer.location + "/legs/none", boss, `{"muted":true}`, "application/json", 404},
		{"PATCH", ear.location, agent, `{"muted":true}`, "application/json", 403},
		{"DELETE", standing.location, boss, "", "", 404},
	} {
		if a := x.do(bad.method, bad.path, bad.token, bad.body, "Content-Type", bad.kind); a.code != bad.code {
			t.Errorf("%s %s: %d, not %d: %s", bad.method, bad.path, a.code, bad.code, a.body)
		}
	}
	if a := x.do("DELETE", ear.location, boss, ""); a.code != 204 {
		t.Error(a)
	}
	// A supervisor's audio that stands by listens without a new connection, and stands by again.
	near := pipe(t, 1300, x.offer("/v1/desk/legs?for=listening", boss))
	leg := strings.TrimPrefix(near.location, "/v1/desk/legs/")
	for range 2 {
		a := x.do("POST", customer.location+"/legs?mode=listen&leg="+leg, boss, "")
		if a.code != 201 || a.head.Get("Location") != customer.location+"/legs/"+leg {
			t.Fatal(a)
		}
		near.until("whose audio stood by", hz, true, true, false)
		if a := x.do("POST", customer.location+"/legs?mode=listen&leg="+leg, boss, ""); a.code != 409 {
			t.Error(a)
		}
		if a := x.do("DELETE", customer.location+"/legs/"+leg, boss, ""); a.code != 204 {
			t.Error(a)
		}
		near.until("who stands by again", hz, false, false, false)
	}
	for token, code := range map[string]int{agent: 403, x.admin(): 404} {
		if a := x.do("POST", customer.location+"/legs?mode=listen&leg="+leg, token, ""); a.code != code {
			t.Errorf("another's audio: %d, not %d", a.code, code)
		}
	}
	if a := x.do("POST", "/v1/desk/legs?for=listening", agent, "v=0", "Content-Type", "application/sdp"); a.code != 403 {
		t.Error(a)
	}
	if a := x.do("POST", "/v1/desk/legs?for=fun", boss, "v=0", "Content-Type", "application/sdp"); a.code != 422 {
		t.Error(a)
	}
	deeds := x.do("GET", "/v1/audit?what=call.", boss, "").body
	for _, what := range []string{"call.listen", "call.whisper", "call.talk", "call.left"} {
		if !strings.Contains(deeds, what) {
			t.Errorf("%s is not in the audit: %s", what, deeds)
		}
	}

	// The next call of the agent is on the same connection.
	if a := x.do("DELETE", customer.location, k.Token, ""); a.code != 204 {
		t.Error(a)
	}
	standing.until("the agent, after the call,", hz, false, false, false)
	k = x.converse()
	second := pipe(t, 500, x.offer("/v1/conversations/"+string(k.ID)+"/calls", k.Token))
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := x.guests.bring(dialog.CallID(strings.TrimPrefix(second.location, "/v1/calls/")), ann.ID, room.Talk)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	second.until("the second customer", hz, false, true, false)
	standing.until("the agent, in the second call,", hz, true, false, false)
	// Who is no supervisor any more neither listens nor watches; who was removed has no audio.
	over := pipe(t, 1300, x.offer(second.location+"/legs?mode=listen", boss))
	over.until("who listens to the second call", hz, true, true, false)
	w := x.watch(talk{ID: k.ID, Token: boss}, 0)
	var sue struct{ ID string }
	x.do("GET", "/v1/me", boss, "").json(t, &sue)
	if a := x.do("PATCH", "/v1/users/"+sue.ID, x.admin(), `{"role":"agent"}`); a.code != 200 {
		t.Fatal(a)
	}
	over.until("who may not listen any more", hz, false, false, false)
	_ = w.c.SetReadDeadline(time.Now().Add(time.Minute))
	var err error
	for err == nil {
		err = w.c.ReadJSON(new(dialog.Record))
	}
	if !websocket.IsCloseError(err, 4403) {
		t.Errorf("who may not watch any more is told %v", err)
	}
	eventually(t, "no audio for listening stands by", func() bool { _, still := x.guests.Owner(leg); return !still })
	if x.guests.of(ann.ID) == nil {
		t.Error("the agent's audio is gone too")
	}
	if standing.backs > 0 {
		t.Errorf("%d of %d timestamps went back", standing.backs, standing.packets)
	}
	if a := x.do("DELETE", "/v1/users/"+ann.ID, x.admin(), ""); a.code != 204 {
		t.Error(a)
	}
	second.until("the second customer, whom the agent left,", hz, false, false, false)
}
