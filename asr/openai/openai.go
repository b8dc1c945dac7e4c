// Package openai hears through any server with OpenAI's transcription API
// (platform.openai.com/docs/api-reference/audio/createTranscription): an
// utterance at a time, when it is over.
package openai

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parley/asr"
	"parley/media"
)

const (
	maxAudio  = 60 * media.SampleRate // of an utterance
	minAudio  = media.SampleRate / 10 // shorter is refused by the service
	maxAnswer = 1 << 20               // bytes
	maxPrompt = 800                   // bytes of hints

	connect = 3 * time.Second
	idle    = 2 * time.Second // servers may close a connection that is older
)

// Options of an engine.
type Options struct {
	URL     string // with its version; "" is https://api.openai.com/v1
	Key     string
	Model   string        // "" is gpt-4o-mini-transcribe
	Timeout time.Duration // of a request; 0 is 15 s
	Client  *http.Client
}

// Engine is a transcription service.
type Engine struct {
	o    Options
	used atomic.Int64 // when the service last answered, Unix ns
}

var (
	_ asr.Recognizer = (*Engine)(nil)
	_ asr.Warmer     = (*Engine)(nil)
	_ asr.Checker    = (*Engine)(nil)
)

// New returns an engine.
func New(o Options) *Engine {
	if o.URL == "" {
		o.URL = "https://api.openai.com/v1"
	}
	o.URL = strings.TrimRight(o.URL, "/")
	if o.Model == "" {
		o.Model = "gpt-4o-mini-transcribe"
	}
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Client == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.DialContext = (&net.Dialer{Timeout: connect, KeepAlive: 30 * time.Second}).DialContext
		t.MaxIdleConnsPerHost = 32
		o.Client = &http.Client{Transport: t}
	}
	return &Engine{o: o}
}

// Check implements asr.Checker: whether the service is there and takes the key.
// What it is asked costs nothing, and leaves a connection for what follows.
func (e *Engine) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connect)
	defer cancel()
	res, err := e.do(ctx, http.MethodHead, nil, "")
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if s := res.StatusCode; s == http.StatusUnauthorized || s == http.StatusForbidden || s >= 500 {
		return fmt.Errorf("openai: %w: status %d", asr.ErrUnavailable, s)
	}
	e.used.Store(time.Now().UnixNano())
	return nil
}

// Warm implements asr.Warmer: a connection is there when the first utterance ends.
func (e *Engine) Warm(ctx context.Context, _ asr.Options) (func(), error) {
	return func() {}, e.Check(ctx)
}

// Recognize implements asr.Recognizer: one final result, no partials. While it is
// spoken, a connection is opened for what is asked at the end.
func (e *Engine) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return func(yield func(asr.Result, error) bool) {
		var wg sync.WaitGroup
		defer wg.Wait()
		early, cancel := context.WithCancel(ctx)
		defer cancel()
		if time.Since(time.Unix(0, e.used.Load())) > idle {
			wg.Go(func() { _ = e.Check(early) }) // a fault shows at the end
		}
		pcm, err := collect(ctx, src)
		if err != nil {
			yield(asr.Result{}, err)
			return
		}
		r := asr.Result{Final: true, Language: o.Language}
		if len(pcm) >= minAudio {
			if r.Text, err = e.ask(ctx, pcm, o); err != nil {
				yield(asr.Result{}, err)
				return
			}
		}
		yield(r, nil)
	}
}

func collect(ctx context.Context, src media.Source) ([]int16, error) {
	var f media.Frame
	var pcm []int16
	for {
		err := src.ReadFrame(&f)
		switch {
		case errors.Is(err, io.EOF):
			return pcm, nil
		case err != nil:
			return nil, err
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		}
		if len(pcm) < maxAudio {
			pcm = append(pcm, f.PCM...)
		}
	}
}

func (e *Engine) ask(ctx context.Context, pcm []int16, o asr.Options) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, e.o.Timeout)
	defer cancel()
	body, kind, err := form(e.o.Model, pcm, o)
	if err != nil {
		return "", fmt.Errorf("openai: %w", err)
	}
	res, err := e.do(ctx, http.MethodPost, body, kind)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return "", fmt.Errorf("openai: %w: %w", asr.ErrUnavailable, err)
	}
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("openai: %w: status %d: %.200s", asr.ErrUnavailable, res.StatusCode, b)
	}
	e.used.Store(time.Now().UnixNano())
	return transcript(b)
}

// do asks the service. Its errors are asr.ErrUnavailable.
func (e *Engine) do(ctx context.Context, method string, body io.Reader, kind string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.o.URL+"/audio/transcriptions", body)
	if err != nil {
		return nil, fmt.Errorf("openai: %w: %w", asr.ErrUnavailable, err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if e.o.Key != "" {
		req.Header.Set("Authorization", "Bearer "+e.o.Key)
	}
	res, err := e.o.Client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("openai: %w: %w", asr.ErrUnavailable, err)
	}
	return res, nil
}

// transcript reads an answer.
func transcript(b []byte) (string, error) {
	var answer struct {
		Text *string `json:"text"`
	}
	if err := json.Unmarshal(b, &answer); err != nil || answer.Text == nil {
		return "", fmt.Errorf("openai: %w: the answer has no text: %.200s", asr.ErrUnavailable, b)
	}
	return strings.TrimSpace(*answer.Text), nil
}

// form is the request: a WAV file, and what is known beforehand.
func form(model string, pcm []int16, o asr.Options) (*bytes.Buffer, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	language := asr.ISO639(o.Language)
	prompt := strings.Join(o.Hints, ", ")
	if len(prompt) > maxPrompt {
		prompt = strings.ToValidUTF8(prompt[:maxPrompt], "")
	}
	for _, f := range [][2]string{{"model", model}, {"response_format", "json"}, {"language", language}, {"prompt", prompt}} {
		if f[1] != "" {
			if err := w.WriteField(f[0], f[1]); err != nil {
				return nil, "", err
			}
		}
	}
	file, err := w.CreateFormFile("file", "speech.wav")
	if err != nil {
		return nil, "", err
	}
	if _, err := file.Write(wav(pcm)); err != nil {
		return nil, "", err
	}
	return &b, w.FormDataContentType(), w.Close()
}

func wav(pcm []int16) []byte {
	n := 2 * len(pcm)
	b := make([]byte, 0, 44+n)
	u32 := func(v int) { b = binary.LittleEndian.AppendUint32(b, uint32(v)) }
	b = append(b, "RIFF"...)
	u32(36 + n)
	b = append(b, "WAVEfmt "...)
	u32(16)
	b = append(b, 1, 0, 1, 0)
	u32(media.SampleRate)
	u32(2 * media.SampleRate)
	b = append(b, 2, 0, 16, 0)
	b = append(b, "data"...)
	u32(n)
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}
