package asrtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// NewOpenAI starts a scripted server that speaks OpenAI's transcription API
// under /v1. First is the form of the last request, field by field.
func NewOpenAI(s Script) *Server {
	v := newServer(s, nil)
	v.web = v.transcribe
	v.URL = "http" + strings.TrimPrefix(v.URL, "ws") + "/v1"
	return v
}

func (v *Server) transcribe(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/v1/audio/transcriptions" {
		http.Error(w, "not here", http.StatusMethodNotAllowed)
		return
	}
	if err := r.ParseMultipartForm(10 << 20); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	file, _, err := r.FormFile("file")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	wav, err := io.ReadAll(file)
	if err != nil || len(wav) < 44 || !bytes.HasPrefix(wav, []byte("RIFF")) {
		http.Error(w, "no WAV", http.StatusBadRequest)
		return
	}
	form := map[string]string{"key": r.Header.Get("Authorization")}
	for k, f := range r.MultipartForm.Value {
		form[k] = f[0]
	}
	s, text := v.next()
	v.mu.Lock()
	v.heard += (len(wav) - 44) / 2
	v.first, _ = json.Marshal(form)
	v.mu.Unlock()
	time.Sleep(s.Final + s.Slow)
	switch {
	case s.Hang, s.Mute:
		<-r.Context().Done()
	case s.Break > 0, s.Drop:
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, `{"text":`)
		panic(http.ErrAbortHandler)
	case s.Lie:
		_, _ = io.WriteString(w, `{"text": 7, "te`)
	case s.Flood:
		_, _ = w.Write(append([]byte(`{"text":"`), bytes.Repeat([]byte("a"), 8<<20)...))
	default:
		_ = json.NewEncoder(w).Encode(map[string]string{"text": " " + text + " "})
	}
}
