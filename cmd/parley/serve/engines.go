package serve

import (
	"fmt"
	"log/slog"

	"parley/asr"
	"parley/asr/funasr"
	asropenai "parley/asr/openai"
	"parley/asr/realtime"
	"parley/asr/sphinx"
	"parley/asr/vosk"
	"parley/cmd/parley/config"
	"parley/dialog/llm"
	"parley/tts"
	"parley/tts/cache"
	"parley/tts/local"
	ttsopenai "parley/tts/openai"
)

// cacheBytes keeps a few hundred sentences that are said often.
const cacheBytes = 8 << 20

// failed logs that an engine gave way to the next.
func failed(log *slog.Logger, role string) func(from string, err error, to string) {
	return func(from string, err error, to string) {
		log.Warn("engine failed", "role", role, "engine", from, "err", err, "next", to)
	}
}

// recognisers are the engines of a configuration, the offline one last. pool is
// nil when the offline recogniser is not installed.
func recognisers(c config.Config, offline sphinx.Options, log *slog.Logger) (chain *asr.Fallback, pool *sphinx.Pool, err error) {
	var choices []asr.Choice
	list := c.ASR
	if !names(list, "sphinx") {
		list = append(list[:len(list):len(list)], config.Engine{Engine: "sphinx"})
	}
	for _, e := range list {
		choice := asr.Choice{Name: e.Engine, Languages: e.Languages}
		switch e.Engine {
		case "vosk":
			choice.Recognizer = vosk.New(vosk.Options{URL: e.URL})
		case "funasr":
			choice.Recognizer = funasr.New(funasr.Options{URL: e.URL})
		case "realtime":
			choice.Recognizer = realtime.New(realtime.Options{URL: e.URL, Key: e.Key, Model: e.Model})
		case "openai":
			choice.Recognizer = asropenai.New(asropenai.Options{URL: e.URL, Key: e.Key, Model: e.Model})
		case "sphinx":
			pool, err = sphinx.New(offline)
			if err != nil {
				log.Warn("offline recogniser is not available", "err", err)
				continue
			}
			if choice.Recognizer = pool; len(choice.Languages) == 0 {
				choice.Languages = []string{"en"}
			}
		default:
			return nil, nil, fmt.Errorf("asr: unknown engine %q", e.Engine)
		}
		choices = append(choices, choice)
	}
	return asr.NewFallback(asr.FallbackOptions{Failed: failed(log, "asr")}, choices...), pool, nil
}

// voices are the voices of a configuration, the offline one last, behind the cache.
func voices(c config.Config, log *slog.Logger) (*cache.Cache, error) {
	var choices []tts.Choice
	list := c.TTS
	if !names(list, "local") {
		list = append(list[:len(list):len(list)], config.Engine{Engine: "local"})
	}
	for _, e := range list {
		choice := tts.Choice{Name: e.Engine, Languages: e.Languages}
		switch e.Engine {
		case "openai":
			choice.Synthesizer = ttsopenai.New(ttsopenai.Options{URL: e.URL, Key: e.Key, Model: e.Model, Voice: e.Voice})
		case "local":
			choice.Synthesizer = local.New(local.Options{})
		default:
			return nil, fmt.Errorf("tts: unknown engine %q", e.Engine)
		}
		choices = append(choices, choice)
	}
	return cache.New(tts.NewFallback(tts.FallbackOptions{Failed: failed(log, "tts")}, choices...), cache.Options{Bytes: cacheBytes}), nil
}

// model is the chain of chat models; nil when there is none.
func model(c config.Config, log *slog.Logger) (llm.Model, error) {
	var choices []llm.Choice
	for _, e := range c.LLM {
		switch e.Engine {
		case "offline":
		case "openai":
			choices = append(choices, llm.Choice{Name: e.Model, Model: llm.NewOpenAI(llm.Options{URL: e.URL, Key: e.Key, Model: e.Model})})
		default:
			return nil, fmt.Errorf("llm: unknown engine %q", e.Engine)
		}
	}
	if len(choices) == 0 {
		return nil, nil
	}
	return llm.Fallback(llm.FallbackOptions{Failed: failed(log, "llm"), Log: log}, choices...), nil
}

func names(list []config.Engine, engine string) bool {
	for _, e := range list {
		if e.Engine == engine {
			return true
		}
	}
	return false
}
