package serve

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/voice"
	"parley/media/mediatest"
)

// landline is a phone that says nothing.
type landline struct {
	mediatest.PCM
	ready, done chan struct{}
	once        sync.Once
}

func (l *landline) Ready() <-chan struct{} { return l.ready }
func (l *landline) Done() <-chan struct{}  { return l.done }
func (l *landline) Err() error             { return nil }
func (l *landline) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// form is a body with pictures.
func formOf(t *testing.T, field string, pictures ...[]byte) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, p := range pictures {
		f, err := w.CreateFormFile(field, "x.png")
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(p)
	}
	_ = w.Close()
	return b.String(), w.FormDataContentType()
}

// Who calls from a phone is sent a link by the company's sender, shows a picture with it,
// and is answered in the call.
func TestAPhoneCallerShowsAPicture(t *testing.T) {
	t.Parallel()
	texts := make(chan map[string]string, 10)
	tries := 0
	sms := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		var m map[string]string
		_ = json.Unmarshal(b, &m)
		m["id"], m["signature"] = r.Header.Get("Parley-Id"), r.Header.Get("Parley-Signature")
		texts <- m
		if tries++; tries == 1 { // it is tried again
			w.WriteHeader(500)
		}
	}))
	defer sms.Close()
	x := up(t, func(c *config.Config) {
		c.LLM = nil
		c.Messages = config.Messages{URL: sms.URL, Secret: "a secret of sixteen", From: "Brightwood", Link: "https://help.example"}
	})
	k := x.converse()
	w := x.watch(k, 0)
	line := &landline{PCM: mediatest.PCM{Name: "phone"}, ready: make(chan struct{}), done: make(chan struct{})}
	close(line.ready)
	call := voice.NewID()
	if err := x.calls.Begin(call, voice.Request{Tenant: dialog.DefaultTenant, Conversation: k.ID, Language: "en", Via: "phone", Direction: "in", Caller: "+447700900123"}, line); err != nil {
		t.Fatal(err)
	}
	w.says(dialog.Bot, "How can I help")
	said := dialog.Said{Turn: dialog.Turn{From: dialog.Customer, Via: dialog.ViaVoice, Text: "can I send you a picture of my screen", Call: call}}
	if err := x.hub.Post(t.Context(), k.ID, said); err != nil {
		t.Fatal(err)
	}
	var want dialog.RequestedData
	if err := json.Unmarshal(w.kind(dialog.ImageRequested).Data, &want); err != nil || !want.Link || want.Call != call {
		t.Errorf("%+v %v", want, err)
	}
	first, second := <-texts, <-texts
	if first["to"] != "+447700900123" || first["locale"] != "en" || first["from"] != "Brightwood" || first["signature"] == "" || first["id"] != want.ID || second["id"] != want.ID || second["text"] != first["text"] {
		t.Fatalf("%v, %v", first, second)
	}
	path := regexp.MustCompile(`https://help\.example(/p/\w{20,})$`).FindStringSubmatch(first["text"])
	if path == nil {
		t.Fatalf("%q", first["text"])
	}
	token := strings.TrimPrefix(path[1], "/p/")
	w.says(dialog.Bot, "link to your phone")
	w.says(dialog.Bot, "on its way to your phone") // once it was taken

	get := func(path string) answer { return x.do("GET", path, "", "") }
	a := get(path[1])
	csp := a.head.Get("Content-Security-Policy")
	if a.code != 200 || !strings.Contains(a.body, "Take a picture") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") ||
		a.head.Get("Referrer-Policy") != "no-referrer" || a.head.Get("Cache-Control") != "no-store" || strings.Contains(a.body, string(k.ID)) {
		t.Error(a.code, a.head)
	}
	// It opens nothing else.
	for _, p := range []string{"/v1/conversations/" + string(k.ID), "/v1/conversations/" + string(k.ID) + "/messages"} {
		if a := x.do("GET", p, token, ""); a.code != 401 {
			t.Errorf("%s: %d", p, a.code)
		}
	}
	post := func(field, key string, pictures ...[]byte) answer {
		body, kind := formOf(t, field, pictures...)
		return x.do("POST", path[1], "", body, "Content-Type", kind, "Idempotency-Key", key)
	}
	refused(t, "no pictures", post("file", "", page(t, "order.png")), 422)
	refused(t, "no picture at all", post("image", "", []byte("%PDF-1.4")), 422)
	refused(t, "words", x.do("POST", path[1], "", `{"text":"hello"}`), 415)
	refused(t, "a put", x.do("PUT", path[1], "", ""), 405)
	refused(t, "another link", x.do("POST", "/p/AAAAAAAAAAAAAAAAAAAAAAAAAA", "", "", "Content-Type", "multipart/form-data; boundary=x"), 410)
	sent := post("image", "once", page(t, "order.png"))
	if again := post("image", "once", page(t, "order.png")); sent.code != 202 || strings.TrimSpace(sent.body) != `{"left":5}` || again.body != sent.body {
		t.Error(sent, again)
	}
	w.kind(dialog.ImageRead)
	if m := w.says(dialog.Bot, "order number 2, 0, 4, 8, 1, 5"); m.Via != dialog.ViaVoice {
		t.Errorf("%+v", m)
	}
	if a := post("image", "many", bytes.Clone(page(t, "order.png")), page(t, "order.png"), page(t, "order.png"), page(t, "order.png"), page(t, "order.png"), page(t, "order.png")); a.code != 410 {
		t.Error("more than it takes: ", a)
	}
	if got := len(images(t, x, k)); got != 1 {
		t.Errorf("%d pictures", got)
	}
	if strings.Contains(x.logs.String(), token) {
		t.Error("the link is in the log")
	}
	if _, err := x.store.CloseConversation(t.Context(), k.ID, store.Closing{}); err != nil {
		t.Fatal(err)
	}
	if a := get(path[1]); a.code != 410 || !strings.Contains(a.body, "has ended") {
		t.Error("of a conversation that is over: ", a.code)
	}
	_ = line.Close()
	x.quietCalls()
}

// quietCalls waits until no call is left.
func (x *site) quietCalls() {
	x.t.Helper()
	for end := time.Now().Add(15 * time.Second); x.calls.Len() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			x.t.Fatal("the call does not end")
		}
	}
}

// images are the pictures of a conversation.
func images(t *testing.T, x *site, k talk) (urls []string) {
	t.Helper()
	var list struct{ Items []dialog.MessageData }
	x.do("GET", "/v1/conversations/"+string(k.ID)+"/messages", k.Token, "").json(t, &list)
	for _, m := range list.Items {
		urls = append(urls, m.Images...)
	}
	return urls
}
