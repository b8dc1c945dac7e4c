package serve

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/cmd/parley/config"
	"parley/dialog"
)

const hookSecret = "what both of us know"

// hook is a program that is told of events.
type hook struct {
	stays bool // it is told of ratings too; else it is gone then
	*httptest.Server
	got chan dialog.Record
}

func newHook(t *testing.T) *hook {
	h := &hook{got: make(chan dialog.Record, 100)}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		m := hmac.New(sha256.New, []byte(hookSecret))
		m.Write([]byte(r.Header.Get("Parley-Timestamp") + "." + string(b)))
		var e dialog.Record
		if err := json.Unmarshal(b, &e); err != nil || r.Header.Get("Parley-Id") == "" ||
			r.Header.Get("Parley-Signature") != "t="+r.Header.Get("Parley-Timestamp")+",v1="+hex.EncodeToString(m.Sum(nil)) {
			t.Errorf("not ours: %v %s %v", r.Header, b, err)
		}
		if e.Type == "conversation.rated" && !h.stays {
			w.WriteHeader(http.StatusGone)
		}
		h.got <- e
	}))
	t.Cleanup(h.Close)
	return h
}

func (h *hook) config(c *config.Config) {
	c.Webhooks = []config.Webhook{{URL: h.URL + "/in?key=hush", Secret: hookSecret, Events: []string{dialog.MessageCreated, "conversation.rated"}}}
}

// told are the messages of a conversation that it was told of until a text.
func (h *hook) told(t *testing.T, id dialog.ConversationID, until string) (texts []string) {
	t.Helper()
	for {
		select {
		case e := <-h.got:
			var m dialog.MessageData
			if json.Unmarshal(e.Data, &m) != nil || e.Conversation != id || e.Type != dialog.MessageCreated {
				continue
			}
			if texts = append(texts, m.Text); strings.Contains(m.Text, until) {
				return texts
			}
		case <-t.Context().Done():
			t.Fatal("not told of ", until)
		}
	}
}

// hooked checks what admins see of the hook, which turned itself off at a rating.
func (x *site) hooked(t *testing.T, h *hook) {
	t.Helper()
	admin := x.admin()
	for e := range h.got {
		if e.Type == "conversation.rated" {
			break
		}
	}
	var list struct {
		Items []struct {
			URL, State string
			Delivered  int
			GivenUp    int    `json:"given_up"`
			LastError  string `json:"last_error"`
		}
	}
	for list.Items == nil || list.Items[0].State != "off" { // what became of it is written after it was answered
		x.do("GET", "/v1/webhooks", admin, "").json(t, &list)
	}
	if i := list.Items[0]; strings.Contains(i.URL, "hush") || i.Delivered == 0 || i.GivenUp == 0 || !strings.Contains(i.LastError, "410") {
		t.Errorf("%+v", i)
	}
	var lost struct {
		Items []struct{ ID, Type, Error string }
	}
	x.do("GET", "/v1/webhooks/deliveries", admin, "").json(t, &lost)
	if len(lost.Items) == 0 || lost.Items[0].Error == "" {
		t.Fatalf("%+v", lost)
	}
	for _, i := range lost.Items {
		if a := x.do("POST", "/v1/webhooks/deliveries/"+i.ID+"/retry", admin, ""); a.code != 202 {
			t.Error(a)
		}
	}
	for e := range h.got {
		if e.Type == "conversation.rated" {
			break
		}
	}
	refused(t, "a delivery of none", x.do("POST", "/v1/webhooks/deliveries/whd_none/retry", admin, ""), 404)
	refused(t, "a cursor of none", x.do("GET", "/v1/webhooks/deliveries?cursor=x", admin, ""), 422)
	refused(t, "webhooks, by nobody", x.do("GET", "/v1/webhooks", "", ""), 401)
	if l := x.logs.String(); strings.Contains(l, "hush") || strings.Contains(l, hookSecret) {
		t.Error("a secret is in the log")
	}
	if a := x.do("GET", "/metrics", "", ""); !strings.Contains(a.body, "parley_webhooks_given_up_total") || strings.Contains(a.body, "parley_webhooks_delivered_total 0") {
		t.Error("the metrics do not tell of webhooks")
	}
}
