package bench

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"parley/dialog"
)

// answerWithin is how long a customer waits for an answer before the next message.
const answerWithin = 30 * time.Second

// chatter is a customer with a page open.
type chatter struct {
	api   *api
	conv  conversation
	peers *peers
	rng   *rand.Rand
	wait  func() // until the socket is gone

	mu     sync.Mutex
	said   map[dialog.TurnID]*said
	seen   map[string]time.Time // when a message of the customer's own came back, by its text
	shown  map[dialog.TurnID]time.Time
	answer chan dialog.TurnID // what was answered; holds one
}

// said is a message of the customer's, and what became of it.
type said struct {
	sent     time.Time
	shown    time.Time // the first visible piece of the reply
	answered time.Time // the whole of it
	back     time.Time // on the customer's own socket
	text     string
	reply    string
}

// openChatter opens a conversation and watches it until life ends.
func openChatter(life context.Context, a *api, p *peers, seed uint64, n int) (*chatter, error) {
	c := &chatter{api: a, peers: p, rng: rand.New(rand.NewPCG(seed, uint64(n))), said: map[dialog.TurnID]*said{},
		seen: map[string]time.Time{}, shown: map[dialog.TurnID]time.Time{}, answer: make(chan dialog.TurnID, 1)}
	var err error
	if c.conv, err = a.open(life); err != nil {
		return nil, err
	}
	c.wait, err = a.watch(life, c.conv, c.take)
	return c, err
}

// take sees an event of the conversation.
func (c *chatter) take(e event) {
	switch e.Type {
	case dialog.MessageDelta:
		var d dialog.DeltaData
		if json.Unmarshal(e.Data, &d) == nil {
			c.mu.Lock()
			c.show(dialog.TurnID(d.ID), e.came)
			c.mu.Unlock()
		}
	case dialog.MessageCreated:
		var m dialog.MessageData
		if json.Unmarshal(e.Data, &m) == nil {
			c.created(m, e.came)
		}
	}
}

func (c *chatter) show(id dialog.TurnID, at time.Time) {
	if c.shown[id].IsZero() {
		c.shown[id] = at
	}
}

func (c *chatter) created(m dialog.MessageData, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.From == dialog.Customer {
		c.seen[m.Text] = at
		return
	}
	c.show(m.ID, at)
	if s := c.of(m.ReplyTo); s != nil && m.ReplyTo != "" {
		s.shown, s.answered, s.reply = c.shown[m.ID], at, m.Text
		delete(c.shown, m.ID)
		select {
		case c.answer <- m.ReplyTo:
		default: // nobody waits any more
		}
	}
}

// of gives a message; its answer may come before the server's word that it has it.
func (c *chatter) of(id dialog.TurnID) *said {
	if c.said[id] == nil {
		c.said[id] = &said{}
	}
	return c.said[id]
}

// now writes now and then until ctx ends: with pauses of every on average, or, when that
// is 0, as soon as it is answered.
func (c *chatter) now(ctx context.Context, every time.Duration) error {
	if every > 0 {
		sleep(ctx, time.Duration(c.rng.Float64()*float64(every))) // in the midst of a pause
	}
	for ctx.Err() == nil {
		if err := c.write(ctx); err != nil {
			return err
		}
		if every > 0 {
			sleep(ctx, time.Duration(c.rng.ExpFloat64()*float64(every)))
		}
	}
	return nil
}

// write sends a message, and waits for the answer. The window's end does not cut it short.
func (c *chatter) write(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
	defer cancel()
	text := c.peers.pair(colours, animals) + " " + strings.Join(filler[:4+c.rng.IntN(8)], " ") + "?"
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return err
	}
	sent := time.Now()
	b, _, err := c.api.do(ctx, http.MethodPost, "/v1/conversations/"+c.conv.ID+"/messages", c.conv.Token, "application/json", string(body))
	if err != nil {
		return err
	}
	var m struct {
		ID dialog.TurnID `json:"id"`
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	c.mu.Lock()
	s := c.of(m.ID)
	s.sent, s.text = sent, text
	c.mu.Unlock()
	for {
		select {
		case id := <-c.answer:
			if id == m.ID {
				return nil
			}
		case <-ctx.Done():
			return errors.New("bench: a message was not answered: " + text)
		}
	}
}

// all gives what was said and answered.
func (c *chatter) all() (out []said) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.said {
		if !s.sent.IsZero() && !s.answered.IsZero() {
			s.back = c.seen[s.text]
			out = append(out, *s)
		}
	}
	return out
}

func (c *chatter) answered() int { return len(c.all()) }
