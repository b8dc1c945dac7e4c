package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"parley/asr/asrtest"
	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/llm/llmtest"
	"parley/media/rtc/rtctest"
	"parley/tts/ttstest"
)

const adminPassword = "correct horse"

// site is a whole server of this process, whose providers are scripted.
type site struct {
	*server
	t     *testing.T
	base  string
	model *llmtest.Server
	voice *ttstest.Server
	ear   *asrtest.Server
	logs  *lines

	opened []dialog.ConversationID
}

// up starts one; change may be nil.
func up(t *testing.T, change func(*config.Config)) *site {
	t.Helper()
	x := &site{t: t, logs: &lines{},
		model: llmtest.NewServer(llmtest.Script{Reply: func([]llmtest.Message) string { return "Standard delivery takes 2 to 4 working days." }}),
		voice: ttstest.NewOpenAI(ttstest.Script{}),
		ear:   asrtest.NewVosk(asrtest.Script{Text: "how long does delivery take"})}
	t.Cleanup(x.model.Close)
	t.Cleanup(x.voice.Close)
	t.Cleanup(x.ear.Close)
	c := config.Default()
	c.Data = t.TempDir()
	c.Demo = true
	c.AdminPassword = adminPassword
	c.RTC.Addr, c.RTC.TCP = "127.0.0.1:0", false
	c.Limits.CallsPerAddress = 100
	c.Bot.Languages = []string{"en"}
	c.Bot.Greeting = map[string]string{"en": "AI assistant."} // short, so that tests are
	c.LLM = []config.Engine{{Engine: "openai", URL: x.model.URL, Key: "k", Model: "m"}}
	c.TTS = []config.Engine{{Engine: "openai", URL: x.voice.URL, Key: "k", Model: "m", Voice: "v"}}
	c.ASR = []config.Engine{{Engine: "vosk", URL: x.ear.URL}}
	if change != nil {
		change(&c)
	}
	log := slog.New(slog.NewJSONHandler(x.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := open(t.Context(), c, log)
	if err != nil {
		t.Fatal(err)
	}
	x.server = s
	srv := httptest.NewServer(s.handler)
	x.base = srv.URL
	t.Cleanup(func() {
		s.calls.Close()
		s.web.Close()
		srv.Close()
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// answer is a response that was read.
type answer struct {
	code int
	head http.Header
	body string
}

// json decodes the body.
func (a answer) json(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v in %q", err, a.body)
	}
}

// do asks; headers are pairs.
func (x *site) do(method, path, token, body string, headers ...string) answer {
	x.t.Helper()
	r, err := http.NewRequestWithContext(x.t.Context(), method, x.base+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	a := answer{res.StatusCode, res.Header, string(b)}
	if x.server != nil {
		if err := described.holds(x.handler, method, path, a); err != nil {
			x.t.Error(err)
		}
	}
	return a
}

// talk is a conversation with its token.
type talk struct {
	ID    dialog.ConversationID `json:"id"`
	Token string                `json:"token"`
}

func (x *site) converse() talk {
	x.t.Helper()
	var k talk
	x.do("POST", "/v1/conversations", "", `{"locale":"en"}`).json(x.t, &k)
	if k.ID == "" || k.Token == "" {
		x.t.Fatal("no conversation")
	}
	x.opened = append(x.opened, k.ID)
	return k
}

func (x *site) staff(email, password string) string {
	x.t.Helper()
	var in struct{ Token string }
	x.do("POST", "/v1/login", "", fmt.Sprintf(`{"email":%q,"password":%q}`, email, password)).json(x.t, &in)
	if in.Token == "" {
		x.t.Fatal("not signed in: ", email)
	}
	return in.Token
}

func (x *site) admin() string { return x.staff(adminEmail, adminPassword) }

// phone is a call that a simulated browser makes.
type phone struct {
	*rtctest.Client
	location, etag string
	id             dialog.CallID
}

func (x *site) call(k talk, o rtctest.Options) *phone {
	x.t.Helper()
	p := &phone{}
	ctx, cancel := context.WithTimeout(x.t.Context(), 30*time.Second)
	defer cancel()
	var err error
	p.Client, err = rtctest.Dial(ctx, func(_ context.Context, offer string) (string, error) {
		a := x.do("POST", "/v1/conversations/"+string(k.ID)+"/calls", k.Token, offer, "Content-Type", "application/sdp")
		if a.code != http.StatusCreated {
			return "", fmt.Errorf("%d: %s", a.code, a.body)
		}
		p.location, p.etag = a.head.Get("Location"), a.head.Get("ETag")
		p.id = dialog.CallID(strings.TrimPrefix(p.location, "/v1/calls/"))
		return a.body, nil
	}, o)
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(p.Close)
	return p
}

// watch is the conversation's events on a socket.
type watch struct {
	t *testing.T
	c *websocket.Conn
}

func (x *site) watch(k talk, after int64) *watch {
	x.t.Helper()
	d := websocket.Dialer{Subprotocols: []string{"bearer." + k.Token}}
	c, res, err := d.Dial("ws"+strings.TrimPrefix(x.base, "http")+fmt.Sprintf("/v1/conversations/%s/events?after=%d", k.ID, after), nil)
	if err != nil {
		x.t.Fatal(err, res)
	}
	x.t.Cleanup(func() { _ = c.Close() })
	return &watch{x.t, c}
}

// until gives the first event that fits. What it waits for must come within a minute.
func (w *watch) until(what string, fits func(r dialog.Record) bool) dialog.Record {
	w.t.Helper()
	var seen []string
	_ = w.c.SetReadDeadline(time.Now().Add(time.Minute))
	for {
		var r dialog.Record
		_, raw, err := w.c.ReadMessage()
		if err == nil {
			err = json.Unmarshal(raw, &r)
		}
		if err != nil {
			w.t.Fatalf("waited for %s: %v; saw %s", what, err, strings.Join(seen, "\n"))
		}
		if err := described.event(raw, r.Type); err != nil {
			w.t.Error(err)
		}
		seen = append(seen, fmt.Sprintf("%d %s %s", r.Seq, r.Type, r.Data))
		if fits(r) {
			return r
		}
	}
}

// says waits for a message of a party that contains words.
func (w *watch) says(from dialog.Party, words string) dialog.MessageData {
	w.t.Helper()
	var m dialog.MessageData
	w.until(fmt.Sprintf("%s saying %q", from, words), func(r dialog.Record) bool {
		m = dialog.MessageData{}
		return r.Type == dialog.MessageCreated && json.Unmarshal(r.Data, &m) == nil && m.From == from &&
			strings.Contains(strings.ToLower(m.Text), strings.ToLower(words))
	})
	return m
}

func (w *watch) kind(kind string) dialog.Record {
	w.t.Helper()
	return w.until(kind, func(r dialog.Record) bool { return r.Type == kind })
}

// voiceOf is words spoken by a local voice, as a browser would send them, with
// a second of silence after them.
func voiceOf(t *testing.T, words string) [][]byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "words.wav")
	if out, err := exec.Command("flite", "-voice", "rms", "-t", words, "-o", file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, 0, len(b)/2)
	for i := 44; i+1 < len(b); i += 2 {
		pcm = append(pcm, int16(uint16(b[i])|uint16(b[i+1])<<8))
	}
	packets, err := rtctest.Encode(append(pcm, make([]int16, 16000)...))
	if err != nil {
		t.Fatal(err)
	}
	return packets
}

// lines is a log that may be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

// String is all of it.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
