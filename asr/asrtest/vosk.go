package asrtest

import (
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Script is what a scripted engine does with each utterance.
type Script struct {
	// Text is what is recognised, whatever was said; when empty, Texts by turn.
	Text  string
	Texts []string // of the first, second … utterance; the last one stays
	// WordEvery lets a word of the partial come with so much audio; 0 is 250 ms.
	WordEvery time.Duration
	// Final is how long after the end the final result comes.
	Final time.Duration
	// Ear, when it is set, makes the text from the audio instead, one for each utterance.
	Ear func() Ear
	// Misbehaviour.
	Refuse bool // answer the handshake with 503
	Break  int  // hang up after so many messages; 0 is never
	Hang   bool // never answer
	Lie    bool // send what is no JSON of ours
}

// Ear makes the text of one utterance from its audio. Its methods are called by
// one goroutine.
type Ear interface {
	Hear(pcm []int16) (text string) // so far
	Over()                          // the end was asked for
	Sent()                          // the final text has left
}

// Vosk is a scripted server that speaks Vosk's WebSocket protocol.
type Vosk struct {
	URL string // ws://…

	srv *httptest.Server
	up  websocket.Upgrader

	mu     sync.Mutex
	script Script
	turn   int
	heard  int // samples of all utterances
	conns  map[*websocket.Conn]bool
	wg     sync.WaitGroup
}

// NewVosk starts a server. Close it.
func NewVosk(s Script) *Vosk {
	v := &Vosk{script: s, conns: map[*websocket.Conn]bool{}}
	v.srv = httptest.NewServer(http.HandlerFunc(v.serve))
	v.URL = "ws" + strings.TrimPrefix(v.srv.URL, "http")
	return v
}

// Set changes the script for the utterances to come.
func (v *Vosk) Set(s Script) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.script, v.turn = s, 0
}

// Heard is how many samples came so far.
func (v *Vosk) Heard() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.heard
}

// Close ends all connections and the server.
func (v *Vosk) Close() {
	v.mu.Lock()
	for c := range v.conns {
		_ = c.Close()
	}
	v.mu.Unlock()
	v.srv.Close()
	v.wg.Wait()
}

// next takes the script and the text of the next utterance.
func (v *Vosk) next() (Script, string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, text := v.script, v.script.Text
	if text == "" && len(s.Texts) > 0 {
		text = s.Texts[min(v.turn, len(s.Texts)-1)]
		v.turn++
	}
	if s.WordEvery == 0 {
		s.WordEvery = 250 * time.Millisecond
	}
	return s, text
}

func (v *Vosk) serve(w http.ResponseWriter, r *http.Request) {
	v.wg.Add(1)
	defer v.wg.Done()
	s, text := v.next()
	if s.Refuse {
		http.Error(w, "no", http.StatusServiceUnavailable)
		return
	}
	c, err := v.up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	v.mu.Lock()
	v.conns[c] = true
	v.mu.Unlock()
	defer func() {
		v.mu.Lock()
		delete(v.conns, c)
		v.mu.Unlock()
		_ = c.Close()
	}()
	v.utterance(c, s, strings.Fields(text))
}

func (v *Vosk) utterance(c *websocket.Conn, s Script, words []string) {
	samples, messages, said := 0, 0, -1
	var ear Ear
	if s.Ear != nil {
		ear = s.Ear()
	}
	for {
		kind, b, err := c.ReadMessage()
		if err != nil {
			return
		}
		if messages++; s.Break > 0 && messages > s.Break {
			return
		}
		switch {
		case s.Hang:
			continue
		case s.Lie:
			_ = c.WriteMessage(websocket.TextMessage, []byte(`{"partial": 7, "te`))
			continue
		case kind == websocket.TextMessage && strings.Contains(string(b), "eof"):
			if ear != nil {
				ear.Over()
			}
			time.Sleep(s.Final)
			v.final(c, words, s, samples)
			if ear != nil {
				ear.Sent()
			}
			return
		case kind == websocket.TextMessage:
			continue
		}
		samples += len(b) / 2
		v.mu.Lock()
		v.heard += len(b) / 2
		v.mu.Unlock()
		n := min(int(time.Duration(samples)*time.Second/16000/s.WordEvery), len(words))
		if ear != nil {
			words = strings.Fields(ear.Hear(samplesOf(b)))
			n = len(words)
		}
		if n != said {
			said = n
			if c.WriteJSON(map[string]string{"partial": strings.Join(words[:n], " ")}) != nil {
				return
			}
		}
	}
}

func samplesOf(b []byte) []int16 {
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm
}

func (v *Vosk) final(c *websocket.Conn, words []string, s Script, samples int) {
	type word struct {
		Word  string  `json:"word"`
		Start float64 `json:"start"`
		End   float64 `json:"end"`
		Conf  float64 `json:"conf"`
	}
	var result []word
	for i, w := range words {
		at := s.WordEvery.Seconds() * float64(i)
		result = append(result, word{w, at, min(at+s.WordEvery.Seconds(), float64(samples)/16000), 0.9})
	}
	b, err := json.Marshal(map[string]any{"text": strings.Join(words, " "), "result": result})
	if err == nil && c.WriteMessage(websocket.TextMessage, b) == nil {
		_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	}
}
