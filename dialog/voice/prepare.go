package voice

import (
	"context"
	"strings"

	"parley/dialog"
	"parley/tts"
	"parley/tts/sentence"
)

// prepared is the first sentence of a reply that may come, in the making: it waits
// in the mouth for a delivery to take it, or to be dropped.
type prepared struct {
	text   string
	voice  tts.Voice
	cancel context.CancelFunc
	over   chan struct{} // closed when it was taken or dropped
	done   chan struct{} // closed when speech or err is there
	speech tts.Speech
	err    error

	dropped bool // guarded by the mouth's mutex, as is who closes over
}

// prepare lets the first sentence of a draft be synthesised, so that the voice need
// not be waited for when the draft becomes the reply. It returns when the sentence
// was taken by a delivery, or when ctx ends.
func (m *mouth) prepare(ctx context.Context, language string, reply dialog.Reply) {
	text := opening(ctx, language, reply)
	if strings.TrimSpace(text) == "" || ctx.Err() != nil {
		return
	}
	p := &prepared{text: text, over: make(chan struct{}), done: make(chan struct{})}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx)) // once taken, it is the delivery's
	p.cancel = cancel
	m.mu.Lock()
	if m.cur != nil { // the reply has begun without it
		m.mu.Unlock()
		cancel()
		return
	}
	p.voice = tts.Voice{Language: language, Rate: m.rate}
	old := m.next
	m.next = p
	m.mu.Unlock()
	m.drop(old)
	stop := context.AfterFunc(ctx, func() { m.drop(p) })
	p.speech, p.err = m.synth.Synthesize(own, text, p.voice)
	close(p.done)
	<-p.over
	stop()
	m.mu.Lock()
	dropped := p.dropped
	m.mu.Unlock()
	if dropped {
		p.discard()
	}
}

// opening is the first sentence of a reply, as a delivery will have it spoken.
func opening(ctx context.Context, language string, reply dialog.Reply) string {
	split := sentence.New(language)
	first := func(ss []string) string {
		for _, s := range ss {
			if strings.TrimSpace(s) != "" {
				return s
			}
		}
		return ""
	}
	for delta, err := range reply(ctx) {
		if err != nil {
			return ""
		}
		if delta.Text == "" {
			continue
		}
		if s := first(split.Push(delta.Text)); s != "" {
			return s
		}
	}
	return first(split.Flush())
}

// drop forgets what nobody has taken. p may be nil.
func (m *mouth) drop(p *prepared) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.next == p {
		m.next = nil
	}
	if p == nil {
		return
	}
	select {
	case <-p.over:
	default:
		p.dropped = true
		p.cancel()
		close(p.over)
	}
}

// take hands what was prepared to a delivery; nil when nothing was. The lock is held.
func (m *mouth) take() *prepared {
	p := m.next
	if m.next = nil; p != nil {
		close(p.over)
	}
	return p
}

// discard ends the synthesis.
func (p *prepared) discard() {
	p.cancel()
	<-p.done
	if p.speech != nil {
		_ = p.speech.Close()
	}
}

// synthesise is the speech of a sentence: the one that was prepared, when it is that.
func (d *delivery) synthesise(ctx context.Context, text string) (tts.Speech, error) {
	p := d.ready
	d.ready = nil
	if p == nil {
		return d.m.synth.Synthesize(ctx, text, d.voice)
	}
	if p.text == text && p.voice == d.voice {
		select {
		case <-p.done:
		case <-ctx.Done():
			p.discard()
			return nil, context.Cause(ctx)
		}
		if p.err == nil {
			return p.speech, nil
		}
	}
	p.discard()
	return d.m.synth.Synthesize(ctx, text, d.voice)
}
