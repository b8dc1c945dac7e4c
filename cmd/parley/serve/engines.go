package serve

import (
	"fmt"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"parley/asr"
	"parley/asr/sphinx"
	"parley/cmd/parley/config"
	"parley/cmd/parley/ears"
	"parley/tts"
	"parley/tts/cache"
	"parley/tts/local"
	"parley/tts/normal"
	ttsopenai "parley/tts/openai"
)

// cacheBytes keeps a few hundred sentences that are said often.
const cacheBytes = 8 << 20

// faults counts how often an engine gave way to the next, or had none to give way to.
type faults struct {
	mu sync.Mutex
	n  map[fault]int
}

// fault is one kind of it; to is "none" when the customer was left without.
type fault struct{ role, from, to string }

// failed logs and counts that an engine gave way to the next.
func (f *faults) failed(log *slog.Logger, role string) func(from string, err error, to string) {
	return func(from string, err error, to string) {
		log.Warn("engine failed", "role", role, "engine", from, "err", err, "next", to)
		if to == "" {
			to = "none"
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.n == nil {
			f.n = map[fault]int{}
		}
		f.n[fault{role, from, to}]++
	}
}

var faultsDesc = prometheus.NewDesc("parley_engine_faults_total", "Engines that gave way to another; to none when there was no other.", []string{"role", "engine", "to"}, nil)

// Describe implements prometheus.Collector.
func (f *faults) Describe(c chan<- *prometheus.Desc) { c <- faultsDesc }

// Collect implements prometheus.Collector.
func (f *faults) Collect(c chan<- prometheus.Metric) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, n := range f.n {
		c <- prometheus.MustNewConstMetric(faultsDesc, prometheus.CounterValue, float64(n), k.role, k.from, k.to)
	}
}

// unheard are the languages of a configuration that nothing hears.
func unheard(c config.Config, hears func(string) bool) (out []string) {
	for _, l := range c.Bot.Languages {
		if !hears(l) {
			out = append(out, l)
		}
	}
	return out
}

// recognisers are the engines of a configuration, the offline one last. pool is
// nil when the offline recogniser is not installed.
func recognisers(c config.Config, offline sphinx.Options, faults *faults, log *slog.Logger) (chain *asr.Fallback, pool *sphinx.Pool, err error) {
	var choices []asr.Choice
	list := c.ASR
	if !names(list, "sphinx") {
		list = append(list[:len(list):len(list)], config.Engine{Engine: "sphinx"})
	}
	names := ears.Names(list)
	for i, e := range list {
		choice := asr.Choice{Name: names[i], Languages: e.Languages}
		if r, ok := ears.New(e); ok {
			choice.Recognizer = r
			choices = append(choices, choice)
			continue
		}
		switch e.Engine {
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
	back := func(name string) { log.Info("engine is back", "role", "asr", "engine", name) }
	return asr.NewFallback(asr.FallbackOptions{Failed: faults.failed(log, "asr"), Recovered: back}, choices...), pool, nil
}

// voices are the voices of a configuration, the offline one last, behind the cache.
func voices(c config.Config, faults *faults, log *slog.Logger) (*cache.Cache, error) {
	var choices []tts.Choice
	list := c.TTS
	if !names(list, "local") {
		list = append(list[:len(list):len(list)], config.Engine{Engine: "local"})
	}
	say := normal.New(normal.Options{Lexicon: c.Speech.Pronounce})
	for _, e := range list {
		choice := tts.Choice{Name: e.Engine, Languages: e.Languages}
		switch e.Engine {
		case "openai":
			choice.Synthesizer = ttsopenai.New(ttsopenai.Options{URL: e.URL, Key: e.Key, Model: e.Model, Voice: e.Voice, Normal: say})
		case "local":
			choice.Synthesizer = local.New(local.Options{Normal: say})
		default:
			return nil, fmt.Errorf("tts: unknown engine %q", e.Engine)
		}
		choices = append(choices, choice)
	}
	return cache.New(tts.NewFallback(tts.FallbackOptions{Failed: faults.failed(log, "tts")}, choices...), cache.Options{Bytes: cacheBytes, Normal: say}), nil
}

func names(list []config.Engine, engine string) bool {
	for _, e := range list {
		if e.Engine == engine {
			return true
		}
	}
	return false
}
