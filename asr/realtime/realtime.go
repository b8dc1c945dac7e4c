// Package realtime hears through OpenAI's realtime transcription sessions, and
// servers that speak their protocol
// (developers.openai.com/api/docs/guides/realtime-transcription): text comes
// while the customer speaks, and is final when the audio is committed.
package realtime

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"parley/asr"
	"parley/asr/socket"
	"parley/media"
	"parley/media/resample"
)

const (
	rate      = 24000                // Hz, the protocol's
	minAudio  = media.SampleRate / 5 // samples; less than 100 ms cannot be committed
	maxHints  = 100
	maxPrompt = 800 // bytes
)

// Options of an engine.
type Options struct {
	URL     string // with its version, as of the other roles; "" is https://api.openai.com/v1
	Key     string
	Model   string        // "" is gpt-live-transcribe
	Connect time.Duration // 0 is 3 s
	Idle    time.Duration // without an answer after the end of speech; 0 is 8 s
}

// Engine is a realtime transcription service.
type Engine struct {
	d     *socket.Dialer
	model string
}

var (
	_ asr.Recognizer = (*Engine)(nil)
	_ asr.Warmer     = (*Engine)(nil)
	_ asr.Checker    = (*Engine)(nil)
)

// New returns an engine; nothing is connected before speech comes.
func New(o Options) *Engine {
	if o.URL == "" {
		o.URL = "https://api.openai.com/v1"
	}
	if o.Model == "" {
		o.Model = "gpt-live-transcribe"
	}
	h := http.Header{}
	if o.Key != "" {
		h.Set("Authorization", "Bearer "+o.Key)
	}
	return &Engine{model: o.Model, d: socket.New(socket.Options{Name: "realtime", URL: Address(o.URL), Header: h, Connect: o.Connect, Idle: o.Idle})}
}

// Address is where sessions of a server with this URL are opened.
func Address(url string) string {
	url = strings.TrimRight(url, "/")
	if rest, ok := strings.CutPrefix(url, "http"); ok { // and https
		url = "ws" + rest
	}
	if strings.Contains(url, "/realtime") {
		return url
	}
	return url + "/realtime?intent=transcription"
}

// Recognize implements asr.Recognizer. A session hears one utterance after the other.
func (e *Engine) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		r, err := resample.New(media.SampleRate, rate)
		if err != nil {
			yield(asr.Result{}, fmt.Errorf("realtime: %w", err))
			return
		}
		for res, err := range e.d.Recognize(ctx, src, o, &utterance{model: e.model, lang: o.Language, to24: r}) {
			if !yield(res, err) {
				return
			}
		}
	}
}

// Warm implements asr.Warmer: a connection is ready while the conversation is open.
func (e *Engine) Warm(ctx context.Context, _ asr.Options) (func(), error) { return e.d.Warm(ctx) }

// Check implements asr.Checker.
func (e *Engine) Check(ctx context.Context) error { return e.d.Check(ctx) }

// utterance is one session's; it implements socket.Protocol.
type utterance struct {
	model string
	lang  string
	to24  *resample.Resampler
	pcm   []int16
	sent  int // samples at 16 kHz

	config []byte // of the session
	past   string // item of the utterance before in this session
	item   string
	text   strings.Builder
}

// transcription is what the session is to hear with. What a model does not take is left out:
// the service refuses it.
type transcription struct {
	Model     string   `json:"model"`
	Language  string   `json:"language,omitempty"`
	Languages []string `json:"languages,omitempty"`
	Prompt    string   `json:"prompt,omitempty"`
	Keywords  []string `json:"keywords,omitempty"`
}

// Begin implements socket.Protocol.
func (u *utterance) Begin(o asr.Options) ([]socket.Message, error) {
	t := transcription{Model: u.model}
	language := asr.ISO639(o.Language)
	hints := o.Hints[:min(len(o.Hints), maxHints)]
	switch {
	case strings.Contains(u.model, "realtime-whisper"):
		t.Language = language
	case strings.Contains(u.model, "live-transcribe"):
		if language != "" {
			t.Languages = []string{language}
		}
		t.Keywords = hints
	default:
		t.Language = language
		if t.Prompt = strings.Join(hints, ", "); len(t.Prompt) > maxPrompt {
			t.Prompt = strings.ToValidUTF8(t.Prompt[:maxPrompt], "")
		}
	}
	before := u.config
	var err error
	u.config, err = json.Marshal(map[string]any{"type": "session.update", "session": map[string]any{"type": "transcription",
		"audio": map[string]any{"input": map[string]any{
			"format": map[string]any{"type": "audio/pcm", "rate": rate}, "transcription": t, "turn_detection": nil}}}})
	if err != nil || bytes.Equal(before, u.config) {
		return nil, err
	}
	return []socket.Message{{Data: u.config}}, nil
}

// Follow implements socket.Follower.
func (u *utterance) Follow(before socket.Protocol) {
	b := before.(*utterance)
	u.config, u.past = b.config, b.item
}

// Audio implements socket.Protocol.
func (u *utterance) Audio(_ media.CallTime, pcm []int16) []socket.Message {
	u.sent += len(pcm)
	u.pcm = u.to24.Process(pcm, u.pcm[:0])
	return []socket.Message{u.append(u.pcm)}
}

func (u *utterance) append(pcm []int16) socket.Message {
	raw := make([]byte, 2*len(pcm))
	for i, v := range pcm {
		raw[2*i], raw[2*i+1] = byte(v), byte(uint16(v)>>8)
	}
	const head, tail = `{"type":"input_audio_buffer.append","audio":"`, `"}`
	b := make([]byte, 0, len(head)+base64.StdEncoding.EncodedLen(len(raw))+len(tail))
	b = base64.StdEncoding.AppendEncode(append(b, head...), raw)
	return socket.Message{Data: append(b, tail...)}
}

// End implements socket.Protocol. What is too short to be committed is made longer by silence.
func (u *utterance) End() []socket.Message {
	var ms []socket.Message
	if short := minAudio - u.sent; short > 0 {
		ms = append(ms, u.append(make([]int16, short*rate/media.SampleRate)))
	}
	return append(ms, socket.Message{Data: []byte(`{"type":"input_audio_buffer.commit"}`)})
}

// event is what the server sends.
type event struct {
	Type       string  `json:"type"`
	Item       string  `json:"item_id"`
	Delta      string  `json:"delta"`
	Transcript *string `json:"transcript"`
	Error      *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// Take implements socket.Protocol.
func (u *utterance) Take(data []byte, over bool) (socket.Answer, error) {
	var e event
	if err := json.Unmarshal(data, &e); err != nil {
		return socket.Answer{}, fmt.Errorf("malformed answer: %w", err)
	}
	if e.Item != "" {
		if e.Item == u.past { // a straggler of the utterance before
			return socket.Answer{}, nil
		}
		u.item = e.Item
	}
	switch e.Type {
	case "conversation.item.input_audio_transcription.delta":
		if u.text.Len() < 1<<16 {
			u.text.WriteString(e.Delta)
		}
		return socket.Answer{Result: u.result(), Says: true}, nil
	case "conversation.item.input_audio_transcription.completed":
		if e.Transcript != nil {
			u.text.Reset()
			u.text.WriteString(*e.Transcript)
		}
		return socket.Answer{Result: u.result(), Says: true, Final: over}, nil
	case "conversation.item.input_audio_transcription.failed", "error":
		if e.Error == nil {
			return socket.Answer{}, errors.New("the service failed without a reason")
		}
		if e.Error.Code == "input_audio_buffer_commit_empty" {
			return socket.Answer{Result: u.result(), Final: true}, nil
		}
		return socket.Answer{}, fmt.Errorf("the service failed: %s: %.200s", e.Error.Code, e.Error.Message)
	}
	return socket.Answer{}, nil
}

// Last implements socket.Protocol: a session that closes before it has completed its
// transcript has not heard all.
func (u *utterance) Last(bool) (asr.Result, bool) { return asr.Result{}, false }

func (u *utterance) result() asr.Result {
	return asr.Result{Text: strings.TrimSpace(u.text.String()), Language: u.lang}
}
