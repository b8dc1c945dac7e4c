package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"parley/asr"
	"parley/cmd/parley/config"
	"parley/cmd/parley/ears"
	"parley/dialog/llm"
)

// patience is how long a server may take to show that it is there.
const patience = 5 * time.Second

// providers asks every server of the settings whether it is there.
func providers(ctx context.Context, c config.Config) []finding {
	var out []finding
	for _, e := range c.LLM {
		if e.Engine == "openai" {
			out = append(out, reach(ctx, "llm", e))
		}
	}
	for i, e := range c.Embed {
		if i == 0 && e.Engine == "openai" { // no other is used
			out = append(out, embeds(ctx, e))
		}
	}
	names := ears.Names(c.ASR)
	for i, e := range c.ASR {
		if r, ok := ears.New(e); ok {
			out = append(out, listens(ctx, names[i], e, r))
		}
	}
	for _, e := range c.TTS {
		if e.Engine == "openai" {
			out = append(out, reach(ctx, "tts", e))
		}
	}
	if len(out) == 0 {
		out = append(out, finding{what: "none is set", detail: "Parley answers with its offline engines; set OPENAI_API_KEY, and OPENAI_BASE_URL for another server"})
	}
	return out
}

// embeds asks for a vector, as the search would.
func embeds(ctx context.Context, e config.Engine) finding {
	f := finding{what: "embed " + e.Engine, detail: strings.TrimSpace(e.URL + " " + e.Model), mend: "check url, key and model; until it works, search goes by words alone"}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := time.Now()
	vs, err := llm.NewEmbedder(llm.EmbedOptions{Options: e.ModelOptions(), Retry: llm.RetryOptions{Attempts: 1}}).Embed(ctx, []string{"How long does delivery take?"})
	if f.err = err; err == nil {
		f.detail += fmt.Sprintf(" (%d dimensions after %d ms)", len(vs[0]), time.Since(began).Milliseconds())
	}
	return f
}

// listens opens a recogniser's connection, as the first utterance would.
func listens(ctx context.Context, name string, e config.Engine, r asr.Recognizer) finding {
	f := finding{what: "asr " + name, detail: strings.TrimSpace(e.URL + " " + e.Model), mend: ears.Mend(e)}
	if len(e.Languages) > 0 {
		f.detail += " for " + strings.Join(e.Languages, ", ")
	}
	c, ok := r.(asr.Checker)
	if !ok {
		return f
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := time.Now()
	if f.err = c.Check(ctx); f.err == nil {
		f.detail += fmt.Sprintf(" (there after %d ms)", time.Since(began).Milliseconds())
	}
	return f
}

// languages says for each of the bot's languages which engine hears it first.
func languages(c config.Config) []finding {
	list := c.ASR
	if !anySphinx(list) {
		list = append(list[:len(list):len(list)], config.Engine{Engine: "sphinx"})
	}
	names := ears.Names(list)
	var out []finding
	for _, l := range c.Bot.Languages {
		f := finding{what: "hearing " + l, minor: true, err: errors.New("no recogniser is set for it; its customers are asked to type"), mend: mendLanguage(l)}
		for i, e := range list {
			languages := e.Languages
			if e.Engine == "sphinx" && len(languages) == 0 {
				languages = []string{"en"}
			}
			if (asr.Choice{Languages: languages}).Hears(l) {
				f.err, f.detail = nil, names[i]
				break
			}
		}
		out = append(out, f)
	}
	return out
}

func anySphinx(list []config.Engine) bool {
	for _, e := range list {
		if e.Engine == "sphinx" {
			return true
		}
	}
	return false
}

// mendLanguage names an engine for a language; none for others than English can be installed here.
func mendLanguage(l string) string {
	const any = "any OpenAI-compatible transcription service (engine openai or realtime)"
	if asr.ISO639(l) == "zh" {
		return "run a FunASR server and set asr: [{engine: funasr, url: wss://HOST:10095, languages: [" + l + "]}], or a Vosk server with a model for it, or " + any
	}
	return "run a Vosk server with a model for it and set asr: [{engine: vosk, url: ws://HOST:2700, languages: [" + l + "]}], or " + any
}

func reach(ctx context.Context, role string, e config.Engine) finding {
	base := e.URL
	if base == "" {
		base = "https://api.openai.com/v1"
	}
	f := finding{what: role + " " + e.Engine, detail: base + " " + e.Model, mend: "check url and key; the server must answer GET /models"}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(base, "/")+"/models", nil)
	if err != nil {
		f.err = err
		return f
	}
	if e.Key != "" {
		req.Header.Set("Authorization", "Bearer "+e.Key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.err = err
		return f
	}
	_ = res.Body.Close()
	switch {
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		f.err = fmt.Errorf("the key was refused (status %d)", res.StatusCode)
	case res.StatusCode >= 500:
		f.err = fmt.Errorf("the server answers with status %d", res.StatusCode)
	}
	return f
}
