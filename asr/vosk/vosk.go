// Package vosk hears through a Vosk server: PCM up and JSON down over a
// WebSocket (github.com/alphacep/vosk-server, its websocket protocol).
package vosk

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"parley/asr"
	"parley/media"
)

const (
	maxMessage = 1 << 20 // bytes from the server
	chunk      = 1280    // samples a message: 80 ms
)

// Options of an engine. Only URL is required.
type Options struct {
	URL     string        // ws:// or wss://
	Connect time.Duration // 0 is 3 s
	Idle    time.Duration // without an answer after the end of speech; 0 is 8 s
	Write   time.Duration // for a message to leave; 0 is 5 s
}

// Engine is a Vosk server.
type Engine struct {
	o      Options
	dialer websocket.Dialer
}

var _ asr.Recognizer = (*Engine)(nil)

// New returns an engine; nothing is connected before speech comes.
func New(o Options) *Engine {
	if o.Connect == 0 {
		o.Connect = 3 * time.Second
	}
	if o.Idle == 0 {
		o.Idle = 8 * time.Second
	}
	if o.Write == 0 {
		o.Write = 5 * time.Second
	}
	return &Engine{o: o, dialer: websocket.Dialer{HandshakeTimeout: o.Connect, Proxy: http.ProxyFromEnvironment}}
}

// message is what the server sends.
type message struct {
	Partial *string `json:"partial"`
	Text    *string `json:"text"`
	Result  []word  `json:"result"`
}

type word struct {
	Word       string  `json:"word"`
	Start, End float64 // seconds since the connection began
	Conf       float64
}

// Recognize implements asr.Recognizer. One connection hears one utterance.
func (e *Engine) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		conn, err := e.open(ctx, o)
		if err != nil {
			yield(asr.Result{}, err)
			return
		}
		s := &session{e: e, conn: conn, lang: o.Language, said: make(chan error, 1)}
		var wg sync.WaitGroup
		defer wg.Wait()
		defer conn.Close()
		defer cancel()
		wg.Go(func() { <-ctx.Done(); _ = conn.Close() })
		wg.Go(func() { s.said <- s.speak(ctx, src) })
		s.listen(ctx, yield)
	}
}

func (e *Engine) open(ctx context.Context, o asr.Options) (*websocket.Conn, error) {
	dial, cancel := context.WithTimeout(ctx, e.o.Connect)
	defer cancel()
	conn, res, err := e.dialer.DialContext(dial, e.o.URL, nil)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("vosk: %w: %w", asr.ErrUnavailable, err)
	}
	conn.SetReadLimit(maxMessage)
	config := map[string]any{"sample_rate": media.SampleRate, "words": 1}
	if o.Expect == asr.ExpectDigits && (o.Language == "" || strings.HasPrefix(o.Language, "en")) {
		config["phrase_list"] = strings.Fields("zero oh one two three four five six seven eight nine ten double triple [unk]")
	} // hints are left out: the server takes a phrase list for all that can be said
	if err := conn.WriteJSON(map[string]any{"config": config}); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("vosk: %w: %w", asr.ErrUnavailable, err)
	}
	return conn, nil
}

// session is one utterance.
type session struct {
	e    *Engine
	conn *websocket.Conn
	lang string
	said chan error // what ended the sending

	mu    sync.Mutex
	first media.CallTime // of the first sample sent
	began bool
	over  bool

	text  []string // of utterances that the server has ended itself
	words []asr.Word
}

// speak sends the utterance, then asks for the final result.
func (s *session) speak(ctx context.Context, src media.Source) error {
	var f media.Frame
	buf := make([]byte, 0, 2*chunk)
	send := func(kind int, b []byte) error {
		_ = s.conn.SetWriteDeadline(time.Now().Add(s.e.o.Write))
		return s.conn.WriteMessage(kind, b)
	}
	for {
		err := src.ReadFrame(&f)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err == nil {
			s.mu.Lock()
			if !s.began {
				s.began, s.first = true, f.At
			}
			s.mu.Unlock()
			for _, v := range f.PCM {
				buf = binary.LittleEndian.AppendUint16(buf, uint16(v))
			}
		}
		for len(buf) >= 2*chunk || err != nil && len(buf) > 0 {
			n := min(len(buf), 2*chunk)
			if e := send(websocket.BinaryMessage, buf[:n]); e != nil {
				return e
			}
			buf = buf[:copy(buf, buf[n:])]
		}
		if err != nil {
			s.mu.Lock()
			s.over = true
			s.mu.Unlock()
			_ = s.conn.SetReadDeadline(time.Now().Add(s.e.o.Idle))
			return send(websocket.TextMessage, []byte(`{"eof" : 1}`))
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// listen yields what the server makes of it. After the eof, the server answers
// with one last text and closes.
func (s *session) listen(ctx context.Context, yield func(asr.Result, error) bool) {
	for {
		_, b, err := s.conn.ReadMessage()
		if err != nil {
			s.end(ctx, err, yield)
			return
		}
		var m message
		if err := json.Unmarshal(b, &m); err != nil {
			yield(asr.Result{}, fmt.Errorf("vosk: %w: malformed answer: %w", asr.ErrUnavailable, err))
			return
		}
		s.mu.Lock()
		over := s.over
		s.mu.Unlock()
		switch {
		case m.Text != nil:
			s.keep(m)
			r := s.result("")
			if over && s.finished() {
				r.Final = true
				yield(r, nil)
				return
			}
			if !yield(r, nil) {
				return
			}
		case m.Partial != nil:
			if !yield(s.result(*m.Partial), nil) {
				return
			}
		}
	}
}

// finished reports whether the end was asked for: the text that follows is the last.
func (s *session) finished() bool {
	select {
	case err := <-s.said:
		s.said <- err
		return err == nil
	default:
		return false
	}
}

// end closes the utterance when the server hangs up: in order only after the eof
// with a text.
func (s *session) end(ctx context.Context, err error, yield func(asr.Result, error) bool) {
	if cause := context.Cause(ctx); cause != nil {
		yield(asr.Result{}, cause)
		return
	}
	s.mu.Lock()
	over := s.over
	s.mu.Unlock()
	if over && websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		r := s.result("")
		r.Final = true
		yield(r, nil)
		return
	}
	yield(asr.Result{}, fmt.Errorf("vosk: %w: %w", asr.ErrUnavailable, err))
}

func (s *session) keep(m message) {
	if t := strings.TrimSpace(*m.Text); t != "" {
		s.text = append(s.text, t)
	}
	s.mu.Lock()
	first := s.first
	s.mu.Unlock()
	for _, w := range m.Result {
		if w.Start < 0 || w.End < w.Start || w.End > 3600 {
			continue
		}
		s.words = append(s.words, asr.Word{Text: w.Word, Confidence: min(max(w.Conf, 0), 1),
			Start: first + media.CallTime(w.Start*media.SampleRate), End: first + media.CallTime(w.End*media.SampleRate)})
	}
}

func (s *session) result(partial string) asr.Result {
	parts := s.text
	if partial = strings.TrimSpace(partial); partial != "" {
		parts = append(parts[:len(parts):len(parts)], partial)
	}
	sep := " "
	if strings.HasPrefix(s.lang, "zh") || strings.HasPrefix(s.lang, "yue") {
		sep = ""
	}
	text := strings.Join(parts, sep)
	if sep == "" { // Chinese models put blanks between words
		text = strings.ReplaceAll(text, " ", "")
	}
	r := asr.Result{Text: text, Words: s.words, Language: s.lang}
	var sum float64
	for _, w := range s.words {
		sum += w.Confidence
	}
	if len(s.words) > 0 {
		r.Confidence = sum / float64(len(s.words))
	}
	return r
}
