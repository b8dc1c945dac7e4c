// Package vosk hears through a Vosk server: PCM up and JSON down over a
// WebSocket (github.com/alphacep/vosk-server, its websocket protocol).
package vosk

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"time"

	"parley/asr"
	"parley/asr/socket"
	"parley/asr/words"
	"parley/media"
)

// Options of an engine. Only URL is required.
type Options struct {
	URL     string        // ws:// or wss://
	Connect time.Duration // 0 is 3 s
	Idle    time.Duration // without an answer after the end of speech; 0 is 8 s
}

// Engine is a Vosk server.
type Engine struct{ d *socket.Dialer }

var (
	_ asr.Recognizer = (*Engine)(nil)
	_ asr.Warmer     = (*Engine)(nil)
	_ asr.Checker    = (*Engine)(nil)
)

// New returns an engine; nothing is connected before speech comes.
func New(o Options) *Engine {
	return &Engine{socket.New(socket.Options{Name: "vosk", URL: o.URL, Connect: o.Connect, Idle: o.Idle})}
}

// Recognize implements asr.Recognizer. One connection hears one utterance.
func (e *Engine) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return e.d.Recognize(ctx, src, o, &utterance{lang: o.Language})
}

// Warm implements asr.Warmer: a connection is ready while the conversation is open.
func (e *Engine) Warm(ctx context.Context, _ asr.Options) (func(), error) { return e.d.Warm(ctx) }

// Check implements asr.Checker.
func (e *Engine) Check(ctx context.Context) error { return e.d.Check(ctx) }

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

// utterance is one connection's; it implements socket.Protocol.
type utterance struct {
	lang  string
	buf   []byte
	first atomic.Int64 // call time of the first sample sent, and 1

	sent  atomic.Int64 // messages of audio: each is answered once, and so is the end
	took  int64        // answers
	ended bool         // a text came after the end
	text  []string     // of stretches that the server has ended itself
	words []asr.Word
}

// Begin implements socket.Protocol.
func (u *utterance) Begin(o asr.Options) ([]socket.Message, error) {
	config := map[string]any{"sample_rate": media.SampleRate, "words": 1}
	if o.Expect == asr.ExpectDigits && (o.Language == "" || strings.HasPrefix(o.Language, "en")) {
		config["phrase_list"] = strings.Fields("zero oh one two three four five six seven eight nine ten double triple [unk]")
	} // hints are left out: the server takes a phrase list for all that can be said
	b, err := json.Marshal(map[string]any{"config": config})
	return []socket.Message{{Data: b}}, err
}

// Audio implements socket.Protocol.
func (u *utterance) Audio(at media.CallTime, pcm []int16) []socket.Message {
	u.first.CompareAndSwap(0, int64(at)+1)
	u.sent.Add(1)
	u.buf = u.buf[:0]
	for _, v := range pcm {
		u.buf = binary.LittleEndian.AppendUint16(u.buf, uint16(v))
	}
	return []socket.Message{{Binary: true, Data: u.buf}}
}

// End implements socket.Protocol.
func (u *utterance) End() []socket.Message { return []socket.Message{{Data: []byte(`{"eof" : 1}`)}} }

// settle is how long a text after the end may be followed by another, of a server
// that does not answer every message.
const settle = 300 * time.Millisecond

// Take implements socket.Protocol. A text after the end may still be of a
// stretch that the server has ended itself: the last one answers the end.
func (u *utterance) Take(data []byte, over bool) (socket.Answer, error) {
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return socket.Answer{}, fmt.Errorf("malformed answer: %w", err)
	}
	u.took++
	switch {
	case m.Text != nil:
		u.keep(m)
		a := socket.Answer{Result: u.result(""), Says: true}
		if over {
			u.ended, a.Final, a.Settle = true, u.took > u.sent.Load(), settle
		}
		return a, nil
	case m.Partial != nil:
		return socket.Answer{Result: u.result(*m.Partial), Says: true}, nil
	}
	return socket.Answer{}, nil
}

// Last implements socket.Protocol.
func (u *utterance) Last(silent bool) (asr.Result, bool) { return u.result(""), !silent || u.ended }

func (u *utterance) keep(m message) {
	if t := strings.TrimSpace(*m.Text); t != "" {
		u.text = append(u.text, t)
	}
	first := media.CallTime(max(u.first.Load()-1, 0))
	for _, w := range m.Result {
		if !(w.Start >= 0 && w.End >= w.Start && w.End <= 3600) { // not a number is none of these
			continue
		}
		u.words = append(u.words, asr.Word{Text: w.Word, Confidence: min(max(w.Conf, 0), 1),
			Start: first + media.CallTime(w.Start*media.SampleRate), End: first + media.CallTime(w.End*media.SampleRate)})
	}
}

func (u *utterance) result(partial string) asr.Result {
	r := asr.Result{Text: words.Join(append(u.text[:len(u.text):len(u.text)], partial)...), Words: u.words, Language: u.lang}
	if strings.HasPrefix(u.lang, "zh") || strings.HasPrefix(u.lang, "yue") { // Chinese models put blanks between words
		r.Text = strings.ReplaceAll(r.Text, " ", "")
	}
	var sum float64
	for _, w := range u.words {
		sum += w.Confidence
	}
	if len(u.words) > 0 {
		r.Confidence = sum / float64(len(u.words))
	}
	return r
}
