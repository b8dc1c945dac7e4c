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

// recognisers are the engines of a configuration, the offline one last; pool is nil when
// that is not installed.
func recognisers(c config.Config, pool *sphinx.Pool, faults *faults, log *slog.Logger) (*asr.Fallback, error) {
	var offline asr.Recognizer
	if pool != nil {
		offline = pool
	}
	choices, err := ears.Choices(c, offline)
	if err != nil {
		return nil, err
	}
	back := func(name string) { log.Info("engine is back", "role", "asr", "engine", name) }
	return asr.NewFallback(asr.FallbackOptions{Failed: faults.failed(log, "asr"), Recovered: back}, choices...), nil
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
		v, err := synthesizer(e, say)
		if err != nil {
			return nil, err
		}
		choices = append(choices, tts.Choice{Name: e.Engine, Languages: e.Languages, Synthesizer: v})
	}
	return cache.New(tts.NewFallback(tts.FallbackOptions{Failed: faults.failed(log, "tts")}, choices...), cache.Options{Bytes: cacheBytes, Normal: say}), nil
}

// synthesizer is one engine's.
func synthesizer(e config.Engine, say *normal.Normalizer) (tts.Synthesizer, error) {
	switch e.Engine {
	case "openai":
		return ttsopenai.New(ttsopenai.Options{URL: e.URL, Key: e.Key, Model: e.Model, Voice: e.Voice, Normal: say}), nil
	case "local":
		return local.New(local.Options{Normal: say}), nil
	}
	return nil, fmt.Errorf("tts: unknown engine %q", e.Engine)
}

func names(list []config.Engine, engine string) bool {
	for _, e := range list {
		if e.Engine == engine {
			return true
		}
	}
	return false
}
