package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/asr"
	"parley/asr/sphinx"
	"parley/cmd/parley/config"
	"parley/cmd/parley/ears"
	"parley/dialog/llm"
	"parley/dialog/store"
	"parley/media"
	"parley/tts"
	"parley/tts/normal"
	"parley/web"
)

// setup is the server as the page sets it up.
type setup server

var _ web.Setup = (*setup)(nil)

// BotBase implements web.Setup.
func (u *setup) BotBase() store.BotSettings {
	b := u.c.Bot
	return store.BotSettings{Name: b.Name, Company: companyOf(u.c), Languages: b.Languages, Greeting: b.Greeting, Persona: b.Persona, Rules: b.Rules,
		Hours: hoursOf(u.c.Hours), Recommend: b.Recommend}
}

func hoursOf(h *config.Hours) *store.Hours {
	if h == nil {
		return nil
	}
	out := store.Hours(*h)
	if out.Open == nil {
		out.Open = map[string]string{}
	}
	return &out
}

// EngineBase implements web.Setup.
func (u *setup) EngineBase(role string) []store.EngineSetting {
	c := u.c
	list := roleOf(&c, role)
	if list == nil {
		return nil
	}
	out := make([]store.EngineSetting, len(*list))
	for i, e := range *list {
		out[i] = settingOf(e)
		out[i].ID = fmt.Sprintf("file-%d", i)
	}
	return out
}

// lastResort is what serves a role when nothing else does.
var lastResort = map[string]string{"llm": "offline", "asr": "sphinx", "tts": "local", "vision": "tesseract"}

// Complete implements web.Setup.
func (u *setup) Complete(role string, list []store.EngineSetting) []store.EngineSetting {
	last, ok := lastResort[role]
	if !ok {
		return list
	}
	for _, e := range list {
		if e.Engine == last {
			return list
		}
	}
	return append(list[:len(list):len(list)], store.EngineSetting{ID: "last", Engine: last})
}

// EngineKinds implements web.Setup.
func (u *setup) EngineKinds(role string) []string { return config.Kinds(role) }

// CheckEngine implements web.Setup.
func (u *setup) CheckEngine(role string, e store.EngineSetting) error { return engineOf(e).Check(role) }

// Apply implements web.Setup.
func (u *setup) Apply(ctx context.Context) error { return (*server)(u).apply(ctx) }

// Try implements web.Setup.
func (u *setup) Try(ctx context.Context, role string, e store.EngineSetting, with web.Trial, piece func(string)) (web.Tried, error) {
	if with.Language == "" {
		with.Language = "en"
	}
	switch role {
	case "llm":
		return u.tryModel(ctx, engineOf(e), with, piece)
	case "embed":
		return u.tryEmbedder(ctx, engineOf(e), with)
	case "asr":
		return u.tryEars(ctx, engineOf(e), with)
	case "tts":
		return u.tryVoice(ctx, engineOf(e), with)
	case "vision":
		return tryReader(ctx, engineOf(e), with)
	}
	return web.Tried{}, fmt.Errorf("there is no role %q", role)
}

func (u *setup) tryModel(ctx context.Context, e config.Engine, with web.Trial, piece func(string)) (out web.Tried, err error) {
	if e.Engine == "offline" {
		out.Detail = "no model: answers are sentences of the documents"
		return out, nil
	}
	began := time.Now()
	m := llm.Metered(llm.NewOpenAI(e.ModelOptions()), e.Model, e.ModelPrice(), u.spend)
	for chunk, err := range m.Stream(ctx, llm.Request{Messages: []llm.Message{{Role: llm.User, Text: with.Text}}, MaxTokens: 200}) {
		if err != nil {
			return out, err
		}
		if chunk.Text != "" {
			if out.FirstMS == 0 {
				out.FirstMS = max(1, time.Since(began).Milliseconds())
			}
			out.Text += chunk.Text
			piece(chunk.Text)
		}
		if chunk.Usage != nil {
			out.Detail = fmt.Sprintf("%d tokens read, %d written", chunk.Usage.Prompt, chunk.Usage.Reply)
		}
	}
	if out.Text == "" {
		return out, errors.New("the model answered without a word")
	}
	return out, nil
}

func (u *setup) tryEmbedder(ctx context.Context, e config.Engine, with web.Trial) (out web.Tried, err error) {
	v, err := llm.NewEmbedder(llm.EmbedOptions{Options: e.ModelOptions(), Price: e.ModelPrice(), Meter: u.spend, Retry: llm.RetryOptions{Attempts: 1}}).Embed(ctx, []string{with.Text})
	if err != nil {
		return out, err
	}
	out.Detail = fmt.Sprintf("%d dimensions", len(v[0]))
	return out, nil
}

// tryEars lets one recogniser hear a clip.
func (u *setup) tryEars(ctx context.Context, e config.Engine, with web.Trial) (out web.Tried, err error) {
	pcm, err := fromWAV(with.Audio)
	if err != nil {
		return out, err
	}
	if e.Engine == "sphinx" && u.pool == nil {
		return out, errors.New("the offline recogniser is not installed (parley doctor says how to mend it)")
	}
	c := config.Config{ASR: []config.Engine{e}}
	var pool *sphinx.Pool
	if e.Engine == "sphinx" {
		pool = u.pool
	}
	chain, err := recognisers(c, pool, &faults{}, u.log)
	if err != nil {
		return out, err
	}
	began := time.Now()
	for r, err := range chain.Recognize(ctx, ears.Clip(pcm), asr.Options{Language: with.Language}) {
		if err != nil {
			return out, err
		}
		if r.Text != "" && out.FirstMS == 0 {
			out.FirstMS = max(1, time.Since(began).Milliseconds())
		}
		if r.Final {
			out.Text = r.Text
			if r.Confidence > 0 {
				out.Detail = fmt.Sprintf("confidence %.2f", r.Confidence)
			}
		}
	}
	if out.Text == "" && out.Detail == "" {
		out.Detail = "nothing was recognised in it"
	}
	return out, nil
}

// tryVoice lets one voice say a sentence; nothing of it is kept.
func (u *setup) tryVoice(ctx context.Context, e config.Engine, with web.Trial) (out web.Tried, err error) {
	v, err := synthesizer(e, normal.New(normal.Options{Lexicon: u.c.Speech.Pronounce}))
	if err != nil {
		return out, err
	}
	began := time.Now()
	speech, err := v.Synthesize(ctx, with.Text, tts.Voice{Language: with.Language})
	if err != nil {
		return out, err
	}
	defer speech.Close()
	var pcm []int16
	var f media.Frame
	for err = speech.ReadFrame(&f); err == nil; err = speech.ReadFrame(&f) {
		if out.FirstMS == 0 {
			out.FirstMS = max(1, time.Since(began).Milliseconds())
		}
		if pcm = append(pcm, f.PCM...); len(pcm) > mostSamples {
			break
		}
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return out, err
	}
	if len(pcm) == 0 {
		return out, errors.New("no sound came")
	}
	out.Audio = toWAV(pcm)
	out.Detail = fmt.Sprintf("%.1f s of sound", float64(len(pcm))/media.SampleRate)
	return out, nil
}
