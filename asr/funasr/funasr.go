// Package funasr hears through a FunASR runtime server in its two-pass mode: a
// streaming model says what is being said, and an offline model corrects it when
// a stretch is over (FunASR, runtime/docs/websocket_protocol.md).
package funasr

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

const (
	settle   = 400 * time.Millisecond // after the end, for a correction to be the last one when the server's kind is unknown
	maxHints = 200
	weight   = 20                           // of a hot word, as the protocol's own example has it
	chunk    = 60 * media.SampleRate / 1000 // samples a message: what chunk_size and chunk_interval say
	trust    = 3                            // utterances in a row that a server which has answered may leave unanswered
)

// Options of an engine. Only URL is required.
type Options struct {
	URL     string        // ws:// or wss://
	Connect time.Duration // 0 is 3 s
	Idle    time.Duration // without an answer after the end of speech; 0 is 3 s
}

// Engine is a FunASR server.
type Engine struct {
	d     *socket.Dialer
	trust atomic.Int32 // utterances that may go unanswered
}

var (
	_ asr.Recognizer = (*Engine)(nil)
	_ asr.Warmer     = (*Engine)(nil)
	_ asr.Checker    = (*Engine)(nil)
)

// New returns an engine; nothing is connected before speech comes.
func New(o Options) *Engine {
	if o.Idle == 0 {
		o.Idle = 3 * time.Second
	}
	return &Engine{d: socket.New(socket.Options{Name: "funasr", URL: o.URL, Chunk: chunk, Connect: o.Connect, Idle: o.Idle})}
}

// Recognize implements asr.Recognizer. One connection hears one utterance.
func (e *Engine) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return e.d.Recognize(ctx, src, o, &utterance{lang: o.Language, trust: &e.trust})
}

// Warm implements asr.Warmer: a connection is ready while the conversation is open.
func (e *Engine) Warm(ctx context.Context, _ asr.Options) (func(), error) { return e.d.Warm(ctx) }

// Check implements asr.Checker.
func (e *Engine) Check(ctx context.Context) error { return e.d.Check(ctx) }

// begin is the first message.
type begin struct {
	Mode     string `json:"mode"`
	Name     string `json:"wav_name"`
	Format   string `json:"wav_format"`
	Rate     int    `json:"audio_fs"`
	Speaking bool   `json:"is_speaking"`
	Chunk    []int  `json:"chunk_size"` // look back, chunk, look ahead, in 60 ms
	Interval int    `json:"chunk_interval"`
	Hotwords string `json:"hotwords,omitempty"` // a JSON object in a string, for the C++ server
	Hotword  string `json:"hotword,omitempty"`  // with blanks between, for the Python server
	ITN      bool   `json:"itn"`
}

// message is what the server sends. The C++ server sets is_final on the last
// message alone, and answers every end, if only with an empty text that has no
// mode. The Python server sets it on all but the last message, and does not
// answer a stretch in which it finds no speech.
type message struct {
	Mode      string          `json:"mode"` // 2pass-online, 2pass-offline; online or offline of servers with one model
	Text      *string         `json:"text"`
	Final     bool            `json:"is_final"`
	Timestamp json.RawMessage `json:"timestamp"` // [[begin, end], …] in ms, or that in a string
}

// utterance is one connection's; it implements socket.Protocol.
type utterance struct {
	lang  string
	trust *atomic.Int32
	buf   []byte
	first atomic.Int64 // call time of the first sample sent, and 1
	sent  atomic.Int64 // samples

	kind   kind
	may    bool // what came last may have been the last
	alive  bool
	fixed  []string // corrected
	online []string // since the last correction
	words  []asr.Word
}

// kind is which server it is, by what is_final was before the end.
type kind uint8

const (
	unknown kind = iota
	cpp
	python
)

// Begin implements socket.Protocol.
func (u *utterance) Begin(o asr.Options) ([]socket.Message, error) {
	b := begin{Mode: "2pass", Name: "call", Format: "pcm", Rate: media.SampleRate, Speaking: true, Chunk: []int{5, 10, 5}, Interval: 10, ITN: true}
	if len(o.Hints) > 0 {
		hot := map[string]int{}
		var single []string
		for _, h := range o.Hints[:min(len(o.Hints), maxHints)] {
			hot[h] = weight
			if !strings.ContainsAny(h, " \t") {
				single = append(single, h)
			}
		}
		b.Hotword = strings.Join(single, " ")
		h, err := json.Marshal(hot)
		if err != nil {
			return nil, fmt.Errorf("funasr: %w", err)
		}
		b.Hotwords = string(h)
	}
	m, err := json.Marshal(b)
	return []socket.Message{{Data: m}}, err
}

// Audio implements socket.Protocol.
func (u *utterance) Audio(at media.CallTime, pcm []int16) []socket.Message {
	u.first.CompareAndSwap(0, int64(at)+1)
	u.sent.Add(int64(len(pcm)))
	u.buf = u.buf[:0]
	for _, v := range pcm {
		u.buf = binary.LittleEndian.AppendUint16(u.buf, uint16(v))
	}
	return []socket.Message{{Binary: true, Data: u.buf}}
}

// End implements socket.Protocol.
func (u *utterance) End() []socket.Message {
	return []socket.Message{{Data: []byte(`{"is_speaking":false}`)}}
}

// Take implements socket.Protocol.
func (u *utterance) Take(data []byte, over bool) (socket.Answer, error) {
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		return socket.Answer{}, fmt.Errorf("malformed answer: %w", err)
	}
	if m.Text == nil {
		return socket.Answer{}, nil
	}
	u.alive = true
	u.trust.Store(trust)
	switch {
	case !over && m.Final:
		u.kind = python
	case !over, m.Mode == "":
		u.kind = cpp
	}
	second := strings.HasSuffix(m.Mode, "offline")
	switch {
	case second:
		u.correct(m)
	case strings.HasSuffix(m.Mode, "online"):
		u.online = append(u.online, *m.Text)
	case m.Mode != "" || *m.Text != "":
		return socket.Answer{}, fmt.Errorf("an answer of unknown mode %.40q", m.Mode)
	}
	a := socket.Answer{Result: u.result(), Says: true}
	u.may = false
	if over {
		u.last(&a, m.Final, second || m.Mode == "online") // a server of one pass corrects nothing
	}
	return a, nil
}

// last says whether an answer after the end is the last. The kind of a server that
// has said nothing before the end is unknown: then time tells.
func (u *utterance) last(a *socket.Answer, final, settled bool) {
	switch {
	case u.kind == cpp:
		a.Final = final
	case u.kind == python:
		a.Final = settled && !final
	case final && settled:
		a.Final = true
	case final != settled:
		u.may, a.Settle = true, settle
	}
}

// correct puts the second pass in the place of the first.
func (u *utterance) correct(m message) {
	if len(u.fixed) == 0 { // later stretches do not all count from the beginning
		u.words = u.timed(m)
	} else {
		u.words = nil
	}
	u.fixed, u.online = append(u.fixed, *m.Text), nil
}

// timed gives words their times, when the server has sent one for each.
func (u *utterance) timed(m message) []asr.Word {
	raw := m.Timestamp
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = json.RawMessage(text)
	}
	var stamps [][2]float64
	ws := words.Split(*m.Text)
	if json.Unmarshal(raw, &stamps) != nil || len(stamps) != len(ws) {
		return nil
	}
	first, most := media.CallTime(max(u.first.Load()-1, 0)), float64(u.sent.Load())*1000/media.SampleRate
	out, last := make([]asr.Word, len(ws)), 0.0
	for i, s := range stamps {
		if !(s[0] >= last && s[1] >= s[0] && s[1] <= most+1000) {
			return nil
		}
		last = s[0]
		at := func(ms float64) media.CallTime { return first + media.CallTime(ms*media.SampleRate/1000) }
		out[i] = asr.Word{Text: ws[i], Start: at(s[0]), End: at(s[1])}
	}
	return out
}

// Last implements socket.Protocol. Silence after the end is no speech when the
// server has lately shown that it lives, what the first pass heard when the
// server is of the kind that may leave it at that, and else a fault.
func (u *utterance) Last(silent bool) (asr.Result, bool) {
	switch {
	case !silent, u.kind == python:
		return u.result(), true
	case u.alive:
		return u.result(), u.may || len(u.online) == 0
	}
	return u.result(), u.trust.Add(-1) >= 0
}

func (u *utterance) result() asr.Result {
	return asr.Result{Text: words.Join(append(u.fixed[:len(u.fixed):len(u.fixed)], u.online...)...), Words: u.words, Language: u.lang}
}
