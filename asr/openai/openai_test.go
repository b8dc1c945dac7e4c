package openai_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parley/asr"
	"parley/asr/asrtest"
	"parley/asr/openai"
)

// peer answers as the service does, and notes what it was sent.
func peer(t *testing.T, answer func(w http.ResponseWriter)) (*httptest.Server, *map[string]string) {
	t.Helper()
	got := map[string]string{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(10 << 20); err != nil || r.URL.Path != "/v1/audio/transcriptions" {
			http.Error(w, "bad", http.StatusBadRequest)
			return
		}
		for k, v := range r.MultipartForm.Value {
			got[k] = v[0]
		}
		f, _, err := r.FormFile("file")
		if err == nil {
			b, _ := io.ReadAll(f)
			got["file"] = string(b)
		}
		got["key"] = r.Header.Get("Authorization")
		answer(w)
	}))
	t.Cleanup(s.Close)
	return s, &got
}

func TestConformance(t *testing.T) {
	s, got := peer(t, func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"text":" where is my order "}`) })
	e := openai.New(openai.Options{URL: s.URL + "/v1", Key: "k"})
	asrtest.Conformance(t, e, make([]int16, 16000), asr.Options{Language: "en-GB", Hints: []string{"Brightwood"}})
	if g := *got; g["language"] != "en" || g["prompt"] != "Brightwood" || g["key"] != "Bearer k" || !strings.HasPrefix(g["file"], "RIFF") {
		t.Errorf("sent %.80v", g)
	}
}

func TestBadServers(t *testing.T) {
	for name, f := range map[string]func(w http.ResponseWriter){
		"refuses": func(w http.ResponseWriter) { http.Error(w, "no", http.StatusUnauthorized) },
		"lies":    func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"tex`) },
		"hangs":   func(http.ResponseWriter) { time.Sleep(600 * time.Millisecond) },
	} {
		s, _ := peer(t, f)
		e := openai.New(openai.Options{URL: s.URL + "/v1", Timeout: 200 * time.Millisecond})
		var last error
		for _, err := range e.Recognize(t.Context(), &asrtest.Clip{PCM: make([]int16, 16000)}, asr.Options{}) {
			last = err
		}
		if !errors.Is(last, asr.ErrUnavailable) {
			t.Errorf("%s: %v", name, last)
		}
	}
}
