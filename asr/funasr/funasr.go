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
	settle   = 200 * time.Millisecond // after the end, for a correction to be the last one
	maxHints = 200
	weight   = 20 // of a hot word, as the protocol's own example has it
)

// Options of an engine. Only URL is required.
type Options struct {
	URL     string        // ws:// or wss://
	Connect time.Duration // 0 is 3 s
	Idle    time.Duration // without an answer after the end of speech; 0 is 3 s
}

// Engine is a FunASR server.
type Engine struct{ d *socket.Dialer }

var _ asr.Recognizer = (*Engine)(nil)

// New returns an engine; nothing is connected before speech comes.
func New(o Options) *Engine {
	if o.Idle == 0 {
		o.Idle = 3 * time.Second
	}
	return &Engine{socket.New(socket.Options{Name: "funasr", URL: o.URL, Connect: o.Connect, Idle: o.Idle})}
}

// Recognize implements asr.Recognizer. One connection hears one utterance.
func (e *Engine) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return e.d.Recognize(ctx, src, o, &utterance{lang: o.Language})
}

// begin is the first message.
type begin struct {
	Mode     string `json:"mode"`
	Name     string `json:"wav_name"`
	Format   string `json:"wav_format"`
	Rate     int    `json:"audio_fs"`
	Speaking bool   `json:"is_speaking"`
	Chunk    []int  `json:"chunk_size"` // look back, chunk, look ahead, in 60 ms
	Interval int    `json:"chunk_interval"`
	Hotwords string `json:"hotwords,omitempty"` // a JSON object in a string
	ITN      bool   `json:"itn"`
}

// message is what the server sends. The C++ server sets is_final on the last
// message alone, the Python server on all but the last, so it is believed only
// after the end, and only when it is set.
type message struct {
	Mode      string          `json:"mode"` // 2pass-online, 2pass-offline; online or offline of servers with one model
	Text      *string         `json:"text"`
	Final     bool            `json:"is_final"`
	Timestamp json.RawMessage `json:"timestamp"` // [[begin, end], …] in ms, or that in a string
}

// utterance is one connection's; it implements socket.Protocol.
type utterance struct {
	lang  string
	buf   []byte
	first atomic.Int64 // call time of the first sample sent, and 1
	sent  atomic.Int64 // samples

	alive  bool
	fixed  []string // corrected
	online []string // since the last correction
	words  []asr.Word
}

// Begin implements socket.Protocol.
func (u *utterance) Begin(o asr.Options) ([]socket.Message, error) {
	b := begin{Mode: "2pass", Name: "call", Format: "pcm", Rate: media.SampleRate, Speaking: true, Chunk: []int{5, 10, 5}, Interval: 10, ITN: true}
	if len(o.Hints) > 0 {
		hot := map[string]int{}
		for _, h := range o.Hints[:min(len(o.Hints), maxHints)] {
			hot[h] = weight
		}
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
	a := socket.Answer{Says: true}
	switch {
	case strings.HasSuffix(m.Mode, "offline"):
		u.correct(m)
		if over {
			a.Final, a.Settle = m.Final, settle
		}
	case strings.HasSuffix(m.Mode, "online"):
		u.online = append(u.online, *m.Text)
		if over && m.Mode == "online" { // there is no second pass
			a.Final, a.Settle = m.Final, settle
		}
	default:
		return socket.Answer{}, fmt.Errorf("an answer of unknown mode %.40q", m.Mode)
	}
	a.Result = u.result()
	return a, nil
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

// Last implements socket.Protocol: a server that has heard nothing in the last
// stretch sends nothing.
func (u *utterance) Last(silent bool) (asr.Result, bool) {
	return u.result(), u.alive || !silent
}

func (u *utterance) result() asr.Result {
	return asr.Result{Text: words.Join(append(u.fixed[:len(u.fixed):len(u.fixed)], u.online...)...), Words: u.words, Language: u.lang}
}
