package ttstest

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Script is how the peer behaves. The zero value answers well, at once.
type Script struct {
	FirstByte time.Duration // before the first audio
	Pace      float64       // audio is sent at this multiple of real time; 0 is as fast as it goes
	Stall     time.Duration // once, in the middle of the audio
	Rate      int           // Hz; 0 is 24000
	WAV       bool          // answers with a WAV file of unknown length
	Odd       bool          // chunks have odd lengths

	Status  int    // other than 0 and 200: answers so, with Body
	Body    string // of an error, or in place of audio when Status is 200
	Type    string // Content-Type; "" is what fits
	Hang    bool   // accepts the request and never answers
	Break   int    // closes the connection after so many bytes of audio
	Empty   bool   // answers with no audio at all
	Endless bool   // never stops sending
	Key     string // what the bearer token must be, when not empty

	// Voice makes the audio of a text, at Rate; nil is speech-like noise of
	// about 75 ms a letter and 220 ms a Chinese character.
	Voice func(text string, rate int) []int16
	// First is told when the first audio of a text has left; nil: nobody.
	First func(text string)
}

// Request is what the peer was asked.
type Request struct {
	Model  string  `json:"model"`
	Input  string  `json:"input"`
	Voice  string  `json:"voice"`
	Format string  `json:"response_format"`
	Speed  float64 `json:"speed"`
}

// Server is a scripted POST /v1/audio/speech on a free port of the loopback.
type Server struct {
	URL string // up to and with /v1

	srv  *http.Server
	stop chan struct{}
	done chan struct{}

	mu       sync.Mutex
	script   Script
	requests []Request
	count    int
}

// NewOpenAI starts a server. It panics when the loopback has no free port.
func NewOpenAI(s Script) *Server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("ttstest: %v", err))
	}
	p := &Server{
		URL: "http://" + l.Addr().String() + "/v1", script: s,
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/audio/speech", p.speak)
	p.srv = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(p.done)
		p.srv.Serve(l)
	}()
	return p
}

// Set changes the script for the requests that follow.
func (p *Server) Set(s Script) {
	p.mu.Lock()
	p.script = s
	p.mu.Unlock()
}

// Requests are the last thousand, oldest first.
func (p *Server) Requests() []Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Request(nil), p.requests...)
}

// Count is how many requests there were.
func (p *Server) Count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// Close ends what hangs and stops the server.
func (p *Server) Close() {
	close(p.stop)
	p.srv.Close()
	<-p.done
}

func (p *Server) speak(w http.ResponseWriter, r *http.Request) {
	var q Request
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	err := json.Unmarshal(body, &q)
	p.mu.Lock()
	s := p.script
	p.count++
	p.requests = append(p.requests[max(0, len(p.requests)-999):], q)
	p.mu.Unlock()
	switch {
	case s.Key != "" && r.Header.Get("Authorization") != "Bearer "+s.Key:
		fail(w, 401, "Incorrect API key provided.")
	case err != nil || q.Model == "" || q.Voice == "" || q.Input == "":
		fail(w, 400, "model, voice and input are required")
	case len([]rune(q.Input)) > 4096:
		fail(w, 400, "input is longer than 4096 characters")
	case q.Format != "pcm" && q.Format != "wav":
		fail(w, 400, "this peer speaks pcm and wav")
	case q.Speed != 0 && (q.Speed < 0.25 || q.Speed > 4):
		fail(w, 400, "speed must be between 0.25 and 4")
	case s.Hang:
		p.wait(r, time.Hour)
	case s.Status != 0 && s.Status != 200:
		w.Header().Set("Content-Type", first(s.Type, "application/json"))
		w.WriteHeader(s.Status)
		io.WriteString(w, s.Body)
	default:
		p.answer(w, r, s, q)
	}
}

// answer sends audio, with the faults of the script.
func (p *Server) answer(w http.ResponseWriter, r *http.Request, s Script, q Request) {
	if s.Rate == 0 {
		s.Rate = 24000
	}
	audio := []byte(s.Body)
	if s.Body == "" && !s.Empty {
		audio = audioOf(s, q)
	}
	kind := "audio/pcm"
	if s.WAV || q.Format == "wav" {
		kind = "audio/wav"
		audio = append(header(s.Rate), audio...)
	} else if s.Rate != 24000 {
		kind = fmt.Sprintf("audio/pcm;rate=%d", s.Rate)
	}
	w.Header().Set("Content-Type", first(s.Type, kind))
	if !p.wait(r, s.FirstByte) {
		return
	}
	w.WriteHeader(http.StatusOK)
	size := 4800
	if s.Odd {
		size = 1237
	}
	sent, half := 0, len(audio)/2
	for len(audio) > 0 {
		n := min(size, len(audio))
		if s.Break > 0 && sent+n > s.Break {
			w.Write(audio[:s.Break-sent])
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(audio[:n]); err != nil {
			return
		}
		if sent == 0 || s.Pace > 0 || s.Odd {
			http.NewResponseController(w).Flush()
		}
		if sent == 0 && s.First != nil {
			s.First(q.Input)
		}
		if s.Stall > 0 && sent < half && sent+n >= half && !p.wait(r, s.Stall) {
			return
		}
		if s.Pace > 0 && !p.wait(r, time.Duration(float64(n)/float64(2*s.Rate)/s.Pace*float64(time.Second))) {
			return
		}
		if sent += n; !s.Endless {
			audio = audio[n:]
		}
	}
}

// wait reports false when the client has gone or the server stops.
func (p *Server) wait(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-p.stop:
	}
	return false
}

func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"message": message, "type": "invalid_request_error"}})
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
