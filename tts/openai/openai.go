// Package openai speaks through any server with OpenAI's POST /v1/audio/speech:
// raw PCM, streamed, passed on as it comes.
//
// It knows nothing of which provider is behind the address.
package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"parley/tts"
	"parley/tts/normal"
	"parley/tts/speech"
)

// Options of a server. The zero value is OpenAI's own, without a key.
type Options struct {
	URL   string  // up to and with /v1; "" is https://api.openai.com/v1
	Key   string  // sent as a bearer token when not empty
	Model string  // "" is "gpt-4o-mini-tts"
	Voice string  // unless a Voice names another; "" is "alloy"
	Speed float64 // the voice's own tempo, multiplied by Voice.Rate; 0 is 1
	Rate  int     // Hz of raw PCM, unless the answer says otherwise; 0 is 24000

	Client *http.Client       // nil is one with sane connection deadlines
	Normal *normal.Normalizer // nil is one without a lexicon

	FirstAudio time.Duration // until the first sample of an answer; 0 is 6 s
	Stall      time.Duration // between two chunks of it; 0 is 4 s
}

// Synthesizer is one server. It may be used by many goroutines.
type Synthesizer struct {
	o      Options
	client *http.Client
}

var _ tts.Synthesizer = (*Synthesizer)(nil)

// longest is the longest input that the protocol allows, in characters.
const longest = 4096

// New returns the engine; it connects at the first sentence.
func New(o Options) *Synthesizer {
	or(&o.URL, "https://api.openai.com/v1")
	or(&o.Model, "gpt-4o-mini-tts")
	or(&o.Voice, "alloy")
	or(&o.Rate, 24000)
	or(&o.Speed, 1)
	or(&o.FirstAudio, 6*time.Second)
	or(&o.Stall, 4*time.Second)
	o.URL = strings.TrimRight(o.URL, "/")
	if o.Client == nil {
		o.Client = &http.Client{Transport: transport()}
	}
	return &Synthesizer{o: o, client: o.Client}
}

func or[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

func transport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 4 * time.Second,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     90 * time.Second,
		ForceAttemptHTTP2:   true,
		ReadBufferSize:      16 << 10,
	}
}

// Close frees idle connections. Speech under way is closed by its own Close.
func (s *Synthesizer) Close() error {
	s.client.CloseIdleConnections()
	return nil
}

// Synthesize asks for text and returns when the server has begun to answer.
// Errors wrap tts.ErrRefused, ErrUnavailable, ErrSlow, ErrBroken or ErrTooLong.
func (s *Synthesizer) Synthesize(ctx context.Context, text string, v tts.Voice) (tts.Speech, error) {
	t := s.o.Normal.Speakable(text, v.Language)
	if strings.TrimSpace(t.Spoken) == "" {
		return speech.Start(ctx, t, v.Rate, func(context.Context, *speech.Stream) error { return nil }), nil
	}
	if n := len([]rune(t.Spoken)); n > longest {
		return nil, fmt.Errorf("openai speech: %d characters: %w", n, tts.ErrTooLong)
	}
	w := watch(ctx, s.o.FirstAudio)
	res, err := s.ask(w.ctx, t.Spoken, v)
	if err != nil {
		err = w.explain(err)
		w.stop()
		return nil, fmt.Errorf("openai speech: %w", err)
	}
	st := speech.Start(w.ctx, t, v.Rate, func(ctx context.Context, st *speech.Stream) error {
		defer w.stop()
		defer res.Body.Close()
		if err := s.stream(ctx, res, w, st, len(t.Spoken)); err != nil {
			return fmt.Errorf("openai speech: %w", w.explain(err))
		}
		return nil
	})
	return st, nil
}

type request struct {
	Model  string  `json:"model"`
	Input  string  `json:"input"`
	Voice  string  `json:"voice"`
	Format string  `json:"response_format"`
	Speed  float64 `json:"speed,omitempty"`
}

// ask sends the request and returns a good answer, or what was wrong with it.
func (s *Synthesizer) ask(ctx context.Context, input string, v tts.Voice) (*http.Response, error) {
	q := request{Model: s.o.Model, Input: input, Voice: s.o.Voice, Format: "pcm"}
	if v.Name != "" {
		q.Voice = v.Name
	}
	if speed := min(max(s.o.Speed*speech.Tempo(v.Rate), 0.25), 4); speed != 1 {
		q.Speed = speed
	}
	body, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.o.URL+"/audio/speech", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", tts.ErrRefused, err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "audio/pcm, audio/wav")
	// To say a sentence twice harms nobody: net/http may repeat the request when
	// an idle connection turns out to be dead. An empty list is not sent.
	r.Header["Idempotency-Key"] = []string{}
	if s.o.Key != "" {
		r.Header.Set("Authorization", "Bearer "+s.o.Key)
	}
	res, err := s.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", tts.ErrUnavailable, err)
	}
	if err := refusal(res); err != nil {
		res.Body.Close()
		return nil, err
	}
	return res, nil
}

// refusal is the error in an answer that is no audio.
func refusal(res *http.Response) error {
	kind, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	text := strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml")
	if res.StatusCode == http.StatusOK && !text {
		return nil
	}
	b, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	said := message(b)
	switch c := res.StatusCode; {
	case c == http.StatusOK:
		return fmt.Errorf("%w: the answer is %s: %s", tts.ErrBroken, kind, said)
	case c == http.StatusTooManyRequests, c == http.StatusRequestTimeout, c >= 500:
		return fmt.Errorf("%w: status %d: %s", tts.ErrUnavailable, c, said)
	default:
		return fmt.Errorf("%w: status %d: %s", tts.ErrRefused, c, said)
	}
}

// message is what an error body says, in OpenAI's form or another.
func message(b []byte) string {
	var e struct {
		Error  json.RawMessage `json:"error"`
		Detail json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(b, &e) == nil {
		var m struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(e.Error, &m) == nil && m.Message != "" {
			return clip(m.Message)
		}
		if len(e.Detail) > 0 {
			return clip(string(e.Detail))
		}
		if len(e.Error) > 0 {
			return clip(string(e.Error))
		}
	}
	return clip(string(b))
}

func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return s
}

// watchdog cancels a context when nothing comes in time.
type watchdog struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
}

func watch(ctx context.Context, d time.Duration) *watchdog {
	w := &watchdog{}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(d, func() { w.cancel(fmt.Errorf("%w: nothing in %v", tts.ErrSlow, d)) })
	return w
}

// fed puts the deadline off.
func (w *watchdog) fed(d time.Duration) { w.timer.Reset(d) }

// hold stops the clock: it is the listener that is slow.
func (w *watchdog) hold() { w.timer.Stop() }

func (w *watchdog) stop() {
	w.timer.Stop()
	w.cancel(context.Canceled)
}

// explain prefers why the context ended to what failed because of it.
func (w *watchdog) explain(err error) error {
	if cause := context.Cause(w.ctx); cause != nil && !errors.Is(err, cause) {
		return cause
	}
	return err
}
