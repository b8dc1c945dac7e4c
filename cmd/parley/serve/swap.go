package serve

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"parley/asr"
	"parley/dialog"
	"parley/dialog/brain"
	"parley/dialog/recommend"
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
	return func(yield func(asr.Result, error) bool) {
		ctx, span := tracer.Start(ctx, "recognize", trace.WithAttributes(attribute.String("parley.language", o.Language)))
		defer span.End()
		for r, err := range h.now.Load().Recognize(ctx, src, o) {
			if err != nil && ctx.Err() == nil {
				span.SetStatus(codes.Error, err.Error())
			}
			if !yield(r, err) {
				return
			}
		}
	}
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
	ctx, span := tracer.Start(ctx, "synthesize", trace.WithAttributes(attribute.String("parley.language", v.Language)))
	defer span.End()
	speech, err := m.now.Load().Synthesize(ctx, text, v)
	if err != nil && ctx.Err() == nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return speech, err
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

// asksNumber reports whether a customer can be asked where to call.
func (t *thinking) asksNumber() bool {
	t.mu.Lock()
	b := t.now
	t.mu.Unlock()
	m, ok := b.(interface{ AsksNumber() bool })
	return ok && m.AsksNumber()
}

// packet is what a person is given to know; nil from a brain that knows nothing.
func (t *thinking) packet(c dialog.Context, asked string) any {
	t.mu.Lock()
	b := t.now
	t.mu.Unlock()
	if p, ok := b.(interface {
		Packet(c dialog.Context, reason string) brain.Packet
	}); ok {
		return p.Packet(c, asked)
	}
	return nil
}

// suggest drafts what could be said next; nothing from a brain that cannot.
func (t *thinking) suggest(ctx context.Context, c dialog.Context, words string) (brain.Suggestion, error) {
	t.mu.Lock()
	b := t.now
	t.mu.Unlock()
	if m, ok := b.(interface {
		Suggest(ctx context.Context, c dialog.Context, words string) (brain.Suggestion, error)
	}); ok {
		return m.Suggest(ctx, c, words)
	}
	return brain.Suggestion{}, nil
}

// advise makes out what a customer needs; nothing from a brain that cannot.
func (t *thinking) advise(ctx context.Context, c dialog.Context) (recommend.Advice, error) {
	t.mu.Lock()
	b := t.now
	t.mu.Unlock()
	if m, ok := b.(interface {
		Advise(ctx context.Context, c dialog.Context) (recommend.Advice, error)
	}); ok {
		return m.Advise(ctx, c)
	}
	return recommend.Advice{Evidence: []recommend.Evidence{}, Fits: []recommend.Fit{}}, nil
}

// wrapUp proposes how a conversation ended; nothing from a brain that cannot.
func (t *thinking) wrapUp(ctx context.Context, c dialog.Context, endings []brain.Ending) (summary, code, by string) {
	t.mu.Lock()
	b := t.now
	t.mu.Unlock()
	if m, ok := b.(interface {
		WrapUp(ctx context.Context, c dialog.Context, endings []brain.Ending) (summary, code, by string)
	}); ok {
		return m.WrapUp(ctx, c, endings)
	}
	return "", "", "rules"
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
