package serve

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"parley/asr"
	"parley/dialog"
	"parley/media"
	"parley/tts"
	"parley/tts/cache"
)

// hearing is the recognisers that hear now. Another utterance may be heard by others.
type hearing struct {
	now   atomic.Pointer[asr.Fallback]
	hints atomic.Pointer[map[string][]string] // by language

	learning sync.Mutex
	change   int64 // of the knowledge that they know
}

var (
	_ asr.Recognizer  = (*hearing)(nil)
	_ asr.Warmer      = (*hearing)(nil)
	_ tts.Synthesizer = (*speaking)(nil)
	_ dialog.Brain    = (*thinking)(nil)
)

// Recognize implements asr.Recognizer.
func (h *hearing) Recognize(ctx context.Context, src media.Source, o asr.Options) iter.Seq2[asr.Result, error] {
	return h.now.Load().Recognize(ctx, src, o)
}

// Warm implements asr.Warmer.
func (h *hearing) Warm(ctx context.Context, o asr.Options) (func(), error) {
	return h.now.Load().Warm(ctx, o)
}

// Hears reports whether any engine hears a language.
func (h *hearing) Hears(language string) bool { return h.now.Load().Hears(language) }

// First names the engine that is asked first.
func (h *hearing) First(language string) string { return h.now.Load().First(language) }

// Hints are words of the company, for recognisers.
func (h *hearing) Hints(language string) []string {
	if m := h.hints.Load(); m != nil {
		return (*m)[language]
	}
	return nil
}

// speaking is the voices that speak now. Another sentence may be spoken by others.
type speaking struct{ now atomic.Pointer[cache.Cache] }

// Synthesize implements tts.Synthesizer.
func (m *speaking) Synthesize(ctx context.Context, text string, v tts.Voice) (tts.Speech, error) {
	return m.now.Load().Synthesize(ctx, text, v)
}

// Stats are those of the cache that is in use.
func (m *speaking) Stats() (hits, misses int64, bytes int) { return m.now.Load().Stats() }

// thinking is the brain that answers now.
type thinking struct {
	mu  sync.Mutex
	now dialog.Brain
}

// Answer implements dialog.Brain.
func (t *thinking) Answer(c dialog.Context) dialog.Reply {
	t.mu.Lock()
	b := t.now
	t.mu.Unlock()
	return b.Answer(c)
}

// become makes another brain answer from the next turn on.
func (t *thinking) become(b dialog.Brain) {
	t.mu.Lock()
	old := t.now
	t.now = b
	t.mu.Unlock()
	closeBrain(old)
}

func (t *thinking) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	closeBrain(t.now)
}

// closeBrain ends what a brain does beside its answers, where it does such.
func closeBrain(b dialog.Brain) {
	if c, ok := b.(interface{ Close() }); ok {
		c.Close()
	}
}
