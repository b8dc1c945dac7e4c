package message_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"parley/dialog/message"
	"parley/dialog/tool"
)

func TestAMessageIsPosted(t *testing.T) {
	var got map[string]any
	var head http.Header
	code := 202
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, head = nil, r.Header
		_ = json.Unmarshal(b, &got)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(code)
	}))
	m := message.New(message.Options{URL: s.URL + "/sms?apikey=hush", Secret: "a secret of sixteen", From: "Brightwood"})
	call := tool.Call{Key: "ask_1", Args: map[string]any{"to": "+8613800138000", "text": "打开链接", "locale": "zh-CN"}}
	r, err := m.Call(t.Context(), call)
	if err != nil || r.Refused || got["to"] != "+8613800138000" || got["text"] != "打开链接" || got["locale"] != "zh-CN" || got["from"] != "Brightwood" ||
		head.Get("Parley-Id") != "ask_1" || head.Get("Parley-Signature") == "" {
		t.Errorf("%+v %v: %v %v", r, err, got, head)
	}
	for c, want := range map[int]struct{ refused, unsent, failed bool }{400: {refused: true}, 404: {refused: true}, 429: {unsent: true, failed: true}, 500: {failed: true}, 302: {failed: true}} {
		code = c
		r, err := m.Call(t.Context(), call)
		if r.Refused != want.refused || errors.Is(err, tool.ErrUnsent) != want.unsent || (err != nil) != want.failed {
			t.Errorf("%d: %+v %v", c, r, err)
		}
	}
	s.Close()
	if _, err := m.Call(t.Context(), call); !errors.Is(err, tool.ErrUnsent) || strings.Contains(err.Error(), "hush") {
		t.Errorf("with no server: %v", err)
	}
	if err := tool.NewBox(tool.Options{}).Add(m); err != nil {
		t.Error(err)
	}
}
