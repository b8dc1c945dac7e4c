package asrtest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
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
	Refuse bool          // answer the handshake with 503
	Break  int           // hang up after so many messages; 0 is never
	Hang   bool          // never answer
	Lie    bool          // send what is no JSON of ours
	Flood  bool          // send a message that is far too long
	Mute   bool          // never give the final result
	Drop   bool          // hang up instead of the final result
	Repeat bool          // say more after the final result
	Slow   time.Duration // before each answer
	Dial   time.Duration // before the first request of a connection is answered
}

// Ear makes the text of one utterance from its audio. Its methods are called by
// one goroutine.
type Ear interface {
	Hear(pcm []int16) (text string) // so far
	Over()                          // the end was asked for
	Sent()                          // the final text has left
}

// Server is a scripted server for recognisers behind a WebSocket.
type Server struct {
	URL string // ws://…

	talk func(w *wire)    // one connection
	web  http.HandlerFunc // instead, of a server without WebSockets
	srv  *httptest.Server
	up   websocket.Upgrader

	mu      sync.Mutex
	script  Script
	turn    int
	heard   int // samples of all utterances
	first   []byte
	dials   int
	changed chan struct{} // closed at each change of dials and conns
	conns   map[*websocket.Conn]bool
	wg      sync.WaitGroup
}

// greeting is the key of what is done once for a connection.
type greeting struct{}

func newServer(s Script, talk func(w *wire)) *Server {
	v := &Server{script: s, talk: talk, conns: map[*websocket.Conn]bool{}, changed: make(chan struct{})}
	v.srv = httptest.NewUnstartedServer(http.HandlerFunc(v.serve))
	v.srv.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, greeting{}, new(sync.Once))
	}
	v.srv.Start()
	v.URL = "ws" + strings.TrimPrefix(v.srv.URL, "http")
	return v
}

// Set changes the script for the utterances to come.
func (v *Server) Set(s Script) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.script, v.turn = s, 0
}

// Heard is how many samples came so far.
func (v *Server) Heard() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.heard
}

// Dials is how many connections were asked for.
func (v *Server) Dials() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.dials
}

// Open is how many connections there are.
func (v *Server) Open() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.conns)
}

// Await waits until a condition on the server's connections holds, or ctx ends.
func (v *Server) Await(ctx context.Context, cond func(dials, open int) bool) error {
	for {
		v.mu.Lock()
		ok, changed := cond(v.dials, len(v.conns)), v.changed
		v.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d dials, %d open: %w", v.Dials(), v.Open(), ctx.Err())
		}
	}
}

// changeLocked tells Await that something changed. v.mu is held.
func (v *Server) changeLocked() {
	close(v.changed)
	v.changed = make(chan struct{})
}

// HangUp ends all connections, as a server does that is restarted.
func (v *Server) HangUp() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for c := range v.conns {
		_ = c.Close()
	}
}

// First is the first message of the last connection.
func (v *Server) First() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return string(v.first)
}

// Close ends all connections and the server.
func (v *Server) Close() {
	v.HangUp()
	v.srv.Close()
	v.wg.Wait()
}

// next takes the script and the text of the next utterance.
func (v *Server) next() (Script, string) {
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

func (v *Server) serve(w http.ResponseWriter, r *http.Request) {
	v.wg.Add(1)
	defer v.wg.Done()
	v.mu.Lock()
	s := v.script
	v.dials++
	v.mu.Unlock()
	if once, ok := r.Context().Value(greeting{}).(*sync.Once); ok {
		once.Do(func() { time.Sleep(s.Dial) })
	}
	if s.Refuse {
		http.Error(w, "no", http.StatusServiceUnavailable)
		return
	}
	if v.web != nil {
		v.web(w, r)
		return
	}
	c, err := v.up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	v.mu.Lock()
	v.conns[c] = true
	v.changeLocked()
	v.mu.Unlock()
	defer func() {
		v.mu.Lock()
		delete(v.conns, c)
		v.changeLocked()
		v.mu.Unlock()
		_ = c.Close()
	}()
	v.talk(&wire{v: v, c: c, next: true})
}

// wire is one connection, with the script's misbehaviour.
type wire struct {
	v        *Server
	c        *websocket.Conn
	next     bool // an utterance begins with the next message
	s        Script
	words    []string
	messages int
}

// read gives the next message that is to be answered; false: the connection is over.
func (w *wire) read() (binary bool, data []byte, ok bool) {
	for {
		kind, b, err := w.c.ReadMessage()
		if err != nil {
			return false, nil, false
		}
		if w.next {
			var text string
			w.s, text = w.v.next()
			w.words, w.next = strings.Fields(text), false
			if w.s.Refuse { // it is down now
				return false, nil, false
			}
		}
		if w.messages++; w.s.Break > 0 && w.messages > w.s.Break {
			return false, nil, false
		}
		if w.messages == 1 {
			w.v.mu.Lock()
			w.v.first = b
			w.v.mu.Unlock()
		}
		time.Sleep(w.s.Slow)
		ended := kind == websocket.TextMessage && endsUtterance(b)
		switch {
		case w.s.Hang, w.s.Mute && ended:
		case w.s.Drop && ended:
			return false, nil, false
		case w.s.Lie:
			_ = w.c.WriteMessage(websocket.TextMessage, []byte(`{"partial": 7, "type": 7, "mode": 7, "te`))
		case w.s.Flood:
			_ = w.c.WriteMessage(websocket.TextMessage, append([]byte(`{"text":"`), bytes.Repeat([]byte("a"), 8<<20)...))
		default:
			return kind == websocket.BinaryMessage, b, true
		}
	}
}

func (w *wire) took(samples int) {
	w.v.mu.Lock()
	defer w.v.mu.Unlock()
	w.v.heard += samples
}

// send writes v as JSON.
func (w *wire) send(v any) bool { return w.c.WriteJSON(v) == nil }

// finish writes the final result, and what a server that does not stop says after it.
func (w *wire) finish(v any) bool {
	ok := w.send(v)
	for range 3 {
		ok = ok && (!w.s.Repeat || w.send(v))
	}
	return ok
}

// endsUtterance reports whether a message asks for the final result, in any protocol.
func endsUtterance(b []byte) bool {
	for _, end := range []string{"eof", `"is_speaking":false`, "input_audio_buffer.commit"} {
		if bytes.Contains(b, []byte(end)) {
			return true
		}
	}
	return false
}

// close ends the connection in order.
func (w *wire) close() {
	_ = w.c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
}

// said are the words that so much audio holds.
func (w *wire) said(samples int) []string {
	return w.words[:min(int(time.Duration(samples)*time.Second/16000/w.s.WordEvery), len(w.words))]
}

func samplesOf(b []byte) []int16 {
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm
}
