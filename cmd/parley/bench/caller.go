package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"parley/dialog"
	"parley/media/rtc/rtctest"
)

// How a caller behaves.
const (
	greetingLimit  = 60 * time.Second
	answerLimit    = 8 * time.Second
	betweenReplies = 900 * time.Millisecond // of silence, that ends a reply
	interruptShare = 0.3
	pauseLeast     = 1000 * time.Millisecond // before the next question
	pauseSpread    = 2500 * time.Millisecond
	fallLimit      = 3 * time.Second // within which the bot must give way
)

// turn is one question and how it was answered, as the caller saw it.
type turn struct {
	ended    time.Time // of the caller's speech
	answered time.Time // the first sound of the reply; zero: never
	early    bool      // the reply began before the end
	overlap  bool      // the bot had not given way
	text     string    // as the server understood it
}

// interruption is one, and how the bot gave way.
type interruption struct {
	onset time.Time
	fall
	yielded    time.Duration
	hasYielded bool
}

// caller is one simulated customer.
type caller struct {
	api   *api
	clips *clips
	rng   *rand.Rand
	ears  *listening
	line  *rtctest.Client
	conv  conversation
	call  string
	setup time.Duration // from the offer to the open line

	mu       sync.Mutex
	turns    []turn
	falls    []interruption
	said     []event // message.created
	measured []event // turn.measured
}

// connect opens a conversation and calls.
func (c *caller) connect(ctx, life context.Context) (wait func(), err error) {
	if c.ears, err = newListening(); err != nil {
		return nil, err
	}
	if c.conv, err = c.api.open(ctx); err != nil {
		return nil, err
	}
	if wait, err = c.api.watch(life, c.conv, c.event); err != nil {
		return nil, err
	}
	began := time.Now()
	c.line, err = rtctest.Dial(ctx, func(ctx context.Context, offer string) (answer string, err error) {
		answer, c.call, err = c.api.call(ctx, c.conv, offer)
		return answer, err
	}, rtctest.Options{Heard: c.ears.heard, Background: c.clips.background})
	c.setup = time.Since(began)
	if err != nil {
		return wait, fmt.Errorf("call: %w", err)
	}
	return wait, nil
}

// event keeps what the conversation's socket brings.
func (c *caller) event(e event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e.Type {
	case dialog.MessageCreated:
		c.said = append(c.said, e)
	case dialog.TurnMeasured:
		c.measured = append(c.measured, e)
	}
}

// greeted hears the greeting to its end.
func (c *caller) greeted(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, greetingLimit)
	defer cancel()
	if !c.ears.voice(ctx, time.Time{}) || !c.ears.quiet(ctx, betweenReplies) {
		return fmt.Errorf("no greeting: %w", context.Cause(ctx))
	}
	return nil
}

// talk asks, hears, and now and then interrupts, until ctx ends.
func (c *caller) talk(ctx context.Context) {
	for sleep(ctx, pauseLeast+time.Duration(c.rng.Float64()*float64(pauseSpread))) {
		for c.ask(ctx) && c.rng.Float64() < interruptShare {
			if !sleep(ctx, time.Second+time.Duration(c.rng.Float64()*float64(2*time.Second))) {
				return
			}
		}
		if !c.ears.quiet(ctx, betweenReplies) {
			return
		}
	}
}

// ask says something, and waits for the beginning of the reply. When the bot is
// speaking, that interrupts it. It reports whether the reply is being heard.
func (c *caller) ask(ctx context.Context) bool {
	u := c.line.Speak(c.clips.packets[c.rng.IntN(len(c.clips.packets))])
	select {
	case <-u.Done():
	case <-ctx.Done():
		return false
	}
	t := turn{ended: u.Ended()}
	over := c.ears.speaking(u.Began())
	switch at, any := c.ears.first(u.Ended().Add(-150 * time.Millisecond)); {
	case any && over:
		t.overlap = true
	case any:
		t.early, t.answered = true, at
	default:
		wait, cancel := context.WithTimeout(ctx, answerLimit)
		ok := c.ears.voice(wait, u.Ended())
		cancel()
		if ctx.Err() != nil { // the bench is over; the question does not count
			return false
		}
		if ok {
			t.answered, _ = c.ears.first(u.Ended())
		}
	}
	c.note(t, u.Began(), over)
	return !t.answered.IsZero()
}

// note keeps a turn, and how the bot gave way when it was spoken over.
func (c *caller) note(t turn, onset time.Time, over bool) {
	var f interruption
	if over {
		f = interruption{onset: onset, fall: c.ears.gaveWay(onset, fallLimit)}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.said {
		var m dialog.MessageData
		if e.came.Before(onset) || json.Unmarshal(e.Data, &m) != nil {
			continue
		}
		switch {
		case m.From == dialog.Customer:
			t.text = m.Text
		case m.From == dialog.Bot && m.Cut && over && !f.hasYielded:
			f.yielded, f.hasYielded = e.came.Sub(onset), true
		}
	}
	c.turns = append(c.turns, t)
	if over {
		c.falls = append(c.falls, f)
	}
}

// close hangs up.
func (c *caller) close(ctx context.Context) {
	if c.call != "" {
		_ = c.api.hangup(ctx, c.conv, c.call)
	}
	if c.line != nil {
		c.line.Close()
	}
}
