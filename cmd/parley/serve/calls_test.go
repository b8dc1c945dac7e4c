package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/media"
	"parley/media/mediatest"
	"parley/media/rtc/rtctest"
)

// A customer calls, asks and is answered by the scripted model; the recording has
// both lanes where the transcript says they are.
func TestACallFromOfferToRecording(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.kind(dialog.CallStarted)
	w.says(dialog.Bot, "AI assistant")
	w.says(dialog.Bot, "How can I help")
	p.Say(voiceOf(t, "how long does delivery take"))
	asked := w.says(dialog.Customer, "how long does delivery take")
	said := w.says(dialog.Bot, "2 to 4 working days")
	if a := x.do("DELETE", p.location, k.Token, ""); a.code != http.StatusNoContent {
		t.Error(a)
	}
	var end dialog.CallData
	_ = json.Unmarshal(w.kind(dialog.CallEnded).Data, &end)
	if end.Reason != "hangup" || end.Call != p.id || end.Via != "web" || end.Direction != "in" {
		t.Errorf("%+v", end)
	}
	left, right := x.recorded(p.location)
	loud := func(lane []int16, m dialog.MessageData) float64 {
		from, to := at(m.StartMS), min(at(m.EndMS), len(lane)) // it hung up with the last word
		if at(m.EndMS) > len(lane)+at(200) || from >= to {
			t.Fatalf("%q is from %d to %d ms of a recording of %d ms", m.Text, m.StartMS, m.EndMS, len(lane)*1000/media.SampleRate)
		}
		return mediatest.Level(lane[from:to])
	}
	if own, other := loud(left, asked), loud(right, asked); own < 500 || other > own/10 {
		t.Errorf("while the customer asked: left %.0f, right %.0f", own, other)
	}
	if own, other := loud(right, said), loud(left, said); own < 500 || other > own/10 {
		t.Errorf("while the bot answered: right %.0f, left %.0f", own, other)
	}
	// Before the notice was heard nothing is kept.
	if l := mediatest.Level(right[:at(1000)]); l > 30 {
		t.Errorf("the notice itself was recorded: %.0f", l)
	}
}

func at(ms int64) int { return int(ms) * media.SampleRate / 1000 }

// recorded fetches a recording as the administrator and plays it with ffmpeg.
func (x *site) recorded(location string) (left, right []int16) {
	x.t.Helper()
	a := x.do("GET", location+"/recording", x.admin(), "")
	if a.code != http.StatusOK || a.head.Get("Content-Type") != "audio/ogg" {
		x.t.Fatal(a.code, a.head, a.body[:min(200, len(a.body))])
	}
	if d := x.do("GET", "/v1/audit?what=call.recording", x.admin(), ""); !strings.Contains(d.body, strings.TrimPrefix(location, "/v1/calls/")) {
		x.t.Errorf("who heard %s is not noted: %s", location, d.body)
	}
	return decode(x.t, []byte(a.body))
}

// decode plays an Ogg file: 16 kHz stereo. FFmpeg has libopus do it, as browsers have: its own
// decoder loses count when two streams change between coders for long.
func decode(t *testing.T, ogg []byte) (left, right []int16) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "call.ogg")
	if err := os.WriteFile(file, ogg, 0o600); err != nil {
		t.Fatal(err)
	}
	raw, err := exec.Command("ffmpeg", "-v", "error", "-c:a", "libopus", "-i", file, "-f", "s16le", "-ar", "16000", "-ac", "2", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+3 < len(raw); i += 4 {
		left = append(left, int16(uint16(raw[i])|uint16(raw[i+1])<<8))
		right = append(right, int16(uint16(raw[i+2])|uint16(raw[i+3])<<8))
	}
	return left, right
}

func TestWhoMayHearARecording(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.Queues = []config.Queue{{Name: "sales", Default: true}} })
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.says(dialog.Bot, "How can I help")
	_ = x.do("DELETE", p.location, k.Token, "")
	w.kind(dialog.CallEnded)
	path := p.location + "/recording"
	agent := x.staff("agent@local", x.password("agent@local"))
	for name, c := range map[string]struct {
		token string
		code  int
	}{
		"nobody": {"", 401}, "the customer": {k.Token, 403}, "a stranger": {x.converse().Token, 403},
		"an agent": {agent, 403}, "a supervisor": {x.staff("supervisor@local", x.password("supervisor@local")), 200}, "the administrator": {x.admin(), 200},
	} {
		if a := x.do("GET", path, c.token, ""); a.code != c.code {
			t.Errorf("%s: %d, want %d: %.200s", name, a.code, c.code, a.body)
		}
	}
	ann := x.atDesk("Ann", "agent", "")
	if a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/handoff", k.Token, ""); a.code != 202 {
		t.Fatal(a)
	}
	if a := ann.do("POST", "/v1/offers/"+ann.offered().ID+"/accept", ""); a.code != 200 {
		t.Fatal(a)
	}
	if a := ann.do("GET", path, ""); a.code != 200 {
		t.Errorf("the agent of the conversation: %d %.200s", a.code, a.body)
	}
	admin := x.admin()
	whole := x.do("GET", path, admin, "")
	part := x.do("GET", path, admin, "", "Range", "bytes=100-199")
	if part.code != http.StatusPartialContent || part.body != whole.body[100:200] || part.head.Get("Content-Range") != "bytes 100-199/"+strconv.Itoa(len(whole.body)) {
		t.Errorf("a range: %d %v", part.code, part.head)
	}
	if a := x.do("GET", path, admin, "", "Range", "bytes=99999999-"); a.code != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("a range past the end: %d", a.code)
	}
	if a := x.do("GET", "/v1/calls/call_nobody/recording", admin, ""); a.code != 404 {
		t.Error("an unknown call:", a.code)
	}
}

func (x *site) password(email string) string {
	for _, l := range x.fresh {
		if l.email == email {
			return l.password
		}
	}
	return ""
}

// blobs counts the recordings that are kept.
func (x *site) blobs() int {
	f, _ := filepath.Glob(filepath.Join(x.c.Data, "blobs", "*"))
	return len(f)
}

func TestRefusalKeepsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ask         bool
		say, answer string
		kept        int
	}{
		"declined after the notice": {false, "no recording please", "not recorded", 0},
		"asked, no":                 {true, "no", "not recorded", 0},
		"asked, yes":                {true, "yes please", "Thank you", 1},
		"asked, something else":     {true, "how long does delivery take", "2 to 4 working days", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := up(t, func(c2 *config.Config) { c2.Recording.Ask = c.ask })
			s := script(c.say)
			x.ear.Set(s)
			k := x.converse()
			w := x.watch(k, 0)
			p := x.call(k, rtctest.Options{})
			w.says(dialog.Bot, map[bool]string{true: "May I record", false: "How can I help"}[c.ask])
			if n := x.blobs(); n != map[bool]int{true: 0, false: 1}[c.ask] {
				t.Errorf("%d recordings before the customer's answer", n)
			}
			p.Say(voiceOf(t, c.say))
			w.says(dialog.Bot, c.answer)
			if n := x.blobs(); n != c.kept {
				t.Errorf("%d recordings after %q, want %d", n, c.say, c.kept)
			}
			_ = x.do("DELETE", p.location, k.Token, "")
			w.kind(dialog.CallEnded)
			if a := x.do("GET", p.location+"/recording", x.admin(), ""); (a.code == 200) != (c.kept == 1) || c.kept == 0 && a.code != 404 {
				t.Errorf("%d", a.code)
			}
		})
	}
}

// The customer's switch has the last word: off before the notice ended, no notice
// turns it on; on again, it records from there.
func TestTheCustomersSwitch(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	w.kind(dialog.CallStarted)
	turn := func(on bool) {
		t.Helper()
		if a := x.do("PATCH", p.location, k.Token, fmt.Sprintf(`{"recording":%v}`, on)); a.code != 204 {
			t.Fatal(a)
		}
	}
	turn(false)
	w.says(dialog.Bot, "How can I help")
	if n := x.blobs(); n != 0 {
		t.Errorf("recorded against the switch: %d", n)
	}
	turn(true)
	if n := x.blobs(); n != 1 {
		t.Errorf("%d recordings after it was switched on", n)
	}
	p.Say(voiceOf(t, "how long does delivery take"))
	first := w.says(dialog.Bot, "2 to 4 working days")
	turn(false)
	p.Say(voiceOf(t, "how long does delivery take"))
	second := w.says(dialog.Bot, "2 to 4 working days")
	_ = x.do("DELETE", p.location, k.Token, "")
	w.kind(dialog.CallEnded)
	_, right := x.recorded(p.location)
	if l := mediatest.Level(right[at(first.StartMS):at(first.EndMS)]); l < 500 {
		t.Errorf("switched on, yet %.0f", l)
	}
	if l := mediatest.Level(right[at(second.StartMS):min(at(second.EndMS), len(right))]); l > 30 {
		t.Errorf("switched off, yet %.0f", l)
	}
}

func TestRecordingOff(t *testing.T) {
	t.Parallel()
	x := up(t, func(c *config.Config) { c.Recording.On = false })
	k := x.converse()
	w := x.watch(k, 0)
	p := x.call(k, rtctest.Options{})
	if m := w.says(dialog.Bot, "AI assistant"); strings.Contains(m.Text, "recorded") {
		t.Error("a notice of what is not done:", m.Text)
	}
	w.says(dialog.Bot, "How can I help")
	_ = x.do("PATCH", p.location, k.Token, `{"recording":true}`)
	if n := x.blobs(); n != 0 {
		t.Errorf("%d recordings", n)
	}
}

// A page trickles before it is connected, and names its ICE session.
func TestTrickleAndSessions(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k, stranger := x.converse(), x.converse()
	w := x.watch(k, 0)
	frag := "application/trickle-ice-sdpfrag"
	ufrag := ""
	p := x.call(k, rtctest.Options{Offer: func(sdp string) string {
		_, after, _ := strings.Cut(sdp, "a=ice-ufrag:")
		ufrag, _, _ = strings.Cut(after, "\r\n")
		return sdp
	}})
	mine := "a=ice-ufrag:" + ufrag + "\r\na=candidate:1 1 udp 2113937151 192.0.2.1 9999 typ host\r\n"
	if !strings.HasPrefix(p.etag, `"`) || len(p.etag) < 10 {
		t.Errorf("ETag %q", p.etag)
	}
	for name, c := range map[string]struct {
		token, body, match string
		code               int
	}{
		"candidates":                 {k.Token, mine, p.etag, 204},
		"without If-Match":           {k.Token, mine, "", 204},
		"another session's tag":      {k.Token, mine, `"other"`, 412},
		"a stranger's token":         {stranger.Token, mine, p.etag, 403},
		"one of the staff":           {x.admin(), mine, p.etag, 403},
		"no token":                   {"", mine, p.etag, 401},
		"nonsense":                   {k.Token, "hello", p.etag, 400},
		"credentials of nobody":      {k.Token, "a=ice-ufrag:zzzz\r\n", "*", 409},
		"credentials that are short": {k.Token, "a=ice-ufrag:zz\r\na=ice-pwd:x\r\n", "*", 400},
	} {
		a := x.do("PATCH", p.location, c.token, c.body, "Content-Type", frag, "If-Match", c.match)
		if a.code != c.code || a.code == 204 && a.body != "" {
			t.Errorf("%s: %d, want %d: %s", name, a.code, c.code, a.body)
		}
	}
	err := p.Restart(t.Context(), func(_ context.Context, f string) (string, error) {
		a := x.do("PATCH", p.location, k.Token, f, "Content-Type", frag, "If-Match", "*")
		if a.code != 200 || a.head.Get("Content-Type") != frag || a.head.Get("ETag") == "" || a.head.Get("ETag") == p.etag {
			t.Errorf("restart: %d %v", a.code, a.head)
		}
		p.etag = a.head.Get("ETag")
		return a.body, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.says(dialog.Bot, "How can I help")
	p.Say(voiceOf(t, "how long does delivery take"))
	w.says(dialog.Bot, "2 to 4 working days")
}

// What comes before the media does: candidates, and a change of mind.
func TestBeforeItIsConnected(t *testing.T) {
	t.Parallel()
	x := up(t, nil)
	k := x.converse()
	a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/calls", k.Token, offerSDP, "Content-Type", "application/sdp")
	if a.code != 201 || !strings.Contains(a.body, "a=candidate:") || a.head.Get("Content-Type") != "application/sdp" {
		t.Fatal(a)
	}
	location := a.head.Get("Location")
	if a := x.do("PATCH", location, k.Token, "a=ice-ufrag:abcd\r\na=end-of-candidates\r\n", "Content-Type", "application/trickle-ice-sdpfrag"); a.code != 204 {
		t.Error("trickle:", a)
	}
	if a := x.do("PATCH", location, x.converse().Token, "a=end-of-candidates\r\n", "Content-Type", "application/trickle-ice-sdpfrag"); a.code != 403 {
		t.Error("a stranger's trickle:", a)
	}
	if a := x.do("DELETE", location, k.Token, ""); a.code != 204 {
		t.Error("hang up:", a)
	}
	x.quiet()
	if a := x.do("DELETE", location, k.Token, ""); a.code != 404 {
		t.Error("hang up twice:", a)
	}
}

// quiet waits until no call and no leg is left.
func (x *site) quiet() {
	x.t.Helper()
	for end := time.Now().Add(15 * time.Second); x.calls.Len() > 0 || x.rtc.Stats().Legs > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			x.t.Fatalf("%d calls and %d legs are left", x.calls.Len(), x.rtc.Stats().Legs)
		}
	}
}
