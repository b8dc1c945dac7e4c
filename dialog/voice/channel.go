// Package voice makes a call a dialog.Channel. It is the only place where
// audio, recognition, synthesis and dialog meet: the ear turns what a leg hears
// into events, the mouth turns replies into speech and knows what was heard of
// them, and a call owns both, with their room and recorder. Ear and mouth do not
// know each other.
package voice

import (
	"context"
	"iter"
	"sync"
	"time"

	"parley/dialog"
	"parley/media"
)

// defaultPlayout is what a browser keeps between network and loudspeaker, when
// the page has not said.
const defaultPlayout = 60 * time.Millisecond

// lifetime is what a call's goroutines live under; who ends it waits for them.
type lifetime struct {
	ctx context.Context
	wg  sync.WaitGroup
}

// channel is one call as the conversation sees it.
type channel struct {
	call   dialog.CallID
	events *queue
	ear    *ear
	mouth  *mouth
	record func(on bool)
	guard  *guard

	left   chan struct{} // closed when the customer has left, or was hung up on
	once   sync.Once
	reason string // after left
}

var (
	_ dialog.Channel  = (*channel)(nil)
	_ dialog.Voiced   = (*channel)(nil)
	_ dialog.Preparer = (*channel)(nil)
)

// Listen implements dialog.Channel.
func (c *channel) Listen(ctx context.Context) iter.Seq2[dialog.Event, error] {
	return c.events.listen(ctx)
}

// Deliver implements dialog.Channel: it speaks, and returns what was heard.
func (c *channel) Deliver(ctx context.Context, m dialog.Message) (dialog.Turn, error) {
	if changed := c.ear.setLanguage(m.Language); changed && !c.ear.hears(m.Language) {
		c.events.push(dialog.Unheard{Language: m.Language})
	}
	t, err := c.mouth.deliver(ctx, m)
	t.Call = c.call
	return t, err
}

// Prepare implements dialog.Preparer.
func (c *channel) Prepare(ctx context.Context, language string, r dialog.Reply) {
	c.mouth.prepare(ctx, language, r)
}

// Duck, Hush, Resume, Finish, Tune, Expect, Record and Hangup implement dialog.Voiced.
func (c *channel) Duck(on bool)            { c.mouth.duck(on) }
func (c *channel) Hush()                   { c.mouth.hush() }
func (c *channel) Resume()                 { c.mouth.resume() }
func (c *channel) Finish()                 { c.mouth.finish() }
func (c *channel) Tune(rate, gain float64) { c.mouth.tune(rate, gain) }
func (c *channel) Expect(x dialog.Expect)  { c.guard.expect(x); c.ear.setExpect(x) }
func (c *channel) Record(on bool)          { c.record(on) }
func (c *channel) Hangup(reason string)    { c.leave(reason) }

// leave ends the channel: the conversation sees Left as the last event.
func (c *channel) leave(reason string) {
	c.once.Do(func() {
		c.reason = reason
		close(c.left)
	})
	c.events.push(dialog.Left{Via: dialog.ViaVoice, Call: c.call, Reason: reason})
	c.events.close()
}

// wayThere is how long a packet takes from our writing to the customer's ear:
// half the round trip and what the far end buffers.
func wayThere(l media.Leg) func() media.CallTime {
	return func() media.CallTime {
		n, ok := l.(media.Network) // of several listeners none is asked
		if !ok {
			return media.At(defaultPlayout)
		}
		s := n.Network()
		if s.Playout <= 0 {
			s.Playout = defaultPlayout
		}
		return media.At(min(s.RTT, 2*time.Second)/2 + min(s.Playout, 2*time.Second))
	}
}
