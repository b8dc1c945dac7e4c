package serve

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/voice"
	"parley/dialog/wall"
	"parley/media"
	"parley/tts"
	"parley/tts/local"
	"parley/web"
)

// practices are customers who are none: a demo has them call or write, so that one person
// can see what the others do. Each is one goroutine.
type practices struct {
	s     *server
	voice tts.Synthesizer
	pace  pace
	ctx   context.Context
	stop  context.CancelFunc

	mu sync.Mutex
	n  int
	wg sync.WaitGroup
}

// pace is how a practice customer takes turns.
type pace struct {
	look  time.Duration // how often it looks whether it is its turn
	pause time.Duration // of silence after which it is
	most  time.Duration // without an answer, it goes on
	life  time.Duration // of the whole customer
}

var humane = pace{look: 50 * time.Millisecond, pause: 1500 * time.Millisecond, most: 20 * time.Second, life: 15 * time.Minute}

// mostPractices at a time.
const mostPractices = 5

var _ web.Practice = (*practices)(nil)

func newPractices(s *server) *practices {
	p := &practices{s: s, pace: humane, voice: &s.mouth}
	if l := local.New(local.Options{Voice: "slt"}); l.Available() == nil { // not the bot's
		p.voice = l
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p
}

// close ends them all.
func (p *practices) close() {
	p.mu.Lock()
	p.stop()
	p.mu.Unlock()
	p.wg.Wait()
}

// practice is one of them.
type practice struct {
	of       *practices
	id       dialog.ConversationID
	language string
	script   practiceScript
	line     *practiceLine // nil: it writes

	mu     sync.Mutex
	last   time.Time // somebody else was heard
	heard  bool      // since it spoke
	holder dialog.Holder
	over   bool
}

// Begin implements web.Practice.
func (p *practices) Begin(ctx context.Context, _, via, language string) (web.PracticeRun, error) {
	k, ok := scripts[language]
	if !ok {
		return web.PracticeRun{}, fmt.Errorf("practice: no script in %q", language)
	}
	if !p.take() {
		return web.PracticeRun{}, web.ErrBusy
	}
	id, _, err := p.s.store.Create(ctx, store.NewConversation{Site: wall.PracticeSite, Locale: language, Name: k.name})
	if err != nil {
		p.give()
		return web.PracticeRun{}, err
	}
	x := &practice{of: p, id: id, language: language, script: k, holder: dialog.HeldByBot}
	r := web.PracticeRun{Conversation: string(id)}
	if via == "call" {
		call := voice.NewID()
		x.line = &practiceLine{id: media.LegID(call), done: make(chan struct{}), heard: x.hear}
		if err := p.s.calls.Begin(call, voice.Request{Tenant: dialog.DefaultTenant, Conversation: id, Language: language, Via: "web", Direction: "in"}, x.line); err != nil {
			p.give()
			return r, web.ErrBusy
		}
		r.Call = string(call)
	}
	go func() {
		defer p.give()
		ctx, cancel := context.WithTimeout(p.ctx, p.pace.life)
		defer cancel()
		if err := x.run(ctx); err != nil && ctx.Err() == nil {
			p.s.log.Warn("a practice customer gave up", "conversation", id, "err", err)
		}
	}()
	return r, nil
}

// take counts one more, when there may be one.
func (p *practices) take() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.n >= mostPractices || p.ctx.Err() != nil {
		return false
	}
	p.n++
	p.wg.Add(1)
	return true
}

func (p *practices) give() {
	p.mu.Lock()
	p.n--
	p.mu.Unlock()
	p.wg.Done()
}

// run is the customer's whole visit.
func (x *practice) run(ctx context.Context) error {
	wake := make(chan struct{}, 1)
	watch := x.of.s.bus.Watch(x.id, func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(ctx)
	var follows sync.WaitGroup
	follows.Go(func() { x.follow(ctx, watch, wake) })
	defer func() { cancel(); watch.Stop(); follows.Wait() }()
	if x.line != nil {
		defer x.line.Close()
	}
	if err := x.talk(ctx); err != nil {
		return err
	}
	if x.line != nil { // what was said last is heard
		x.until(ctx, func() bool { return x.gone() || !x.line.speaking() })
	}
	return nil
}

// talk says what there is to say.
func (x *practice) talk(ctx context.Context) error {
	for i, words := range x.script.bot {
		if x.line != nil || i > 0 { // who calls is greeted first
			x.turn(ctx)
		}
		if x.with() == dialog.HeldByAgent { // somebody took it over
			break
		}
		if err := x.say(ctx, words); err != nil {
			return err
		}
	}
	for range 2 {
		if x.with() != dialog.HeldByBot {
			break
		}
		if x.turn(ctx); x.with() == dialog.HeldByBot {
			if err := x.say(ctx, x.script.again); err != nil {
				return err
			}
		}
	}
	x.until(ctx, func() bool { return x.gone() || x.with() != dialog.HeldByQueue })
	if x.with() != dialog.HeldByAgent {
		x.turn(ctx)
		return x.say(ctx, x.script.bye)
	}
	for _, words := range x.script.person {
		if x.turn(ctx); x.with() != dialog.HeldByAgent {
			break
		}
		if err := x.say(ctx, words); err != nil {
			return err
		}
	}
	return nil
}

// turn waits until the others have answered and are silent; or long enough.
func (x *practice) turn(ctx context.Context) {
	begin := time.Now()
	x.until(ctx, func() bool {
		if x.line != nil && x.line.speaking() {
			begin = time.Now()
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		now := time.Now()
		return x.over || x.heard && now.Sub(x.last) >= x.of.pace.pause || !x.heard && now.Sub(begin) >= x.of.pace.most
	})
}

// until looks again and again.
func (x *practice) until(ctx context.Context, f func() bool) {
	t := time.NewTicker(x.of.pace.look)
	defer t.Stop()
	for !f() {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// say speaks or writes. Who calls in a language that nobody hears writes it too.
func (x *practice) say(ctx context.Context, words string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if x.gone() {
		return nil
	}
	x.mu.Lock()
	x.heard = false
	x.mu.Unlock()
	if x.line != nil {
		if err := x.line.speak(ctx, x.of.voice, words, tts.Voice{Language: x.language}); err != nil {
			return err
		}
		if x.of.s.ears.Hears(x.language) {
			return nil
		}
	}
	return x.write(ctx, words)
}

// write posts a message, as a customer's page does.
func (x *practice) write(ctx context.Context, words string) error {
	s := x.of.s
	t := dialog.Turn{ID: dialog.TurnID("m_" + rand.Text()), From: dialog.Customer, Via: dialog.ViaChat, Text: words, Language: x.language}
	b, err := json.Marshal(t.Data())
	if err != nil {
		return err
	}
	rs, err := s.store.Keep(ctx, x.id, 0, nil, nil, dialog.Record{Type: dialog.MessageCreated, Data: b})
	if err != nil {
		return err
	}
	t.At = rs[0].At
	if err := s.bus.Publish(ctx, rs[0]); err != nil {
		return err
	}
	if err := s.hub.Post(ctx, x.id, dialog.Opened{Via: dialog.ViaChat, Language: x.language}); err != nil {
		return err
	}
	return s.hub.Post(ctx, x.id, dialog.Said{Turn: t})
}

// follow notes what happens in the conversation.
func (x *practice) follow(ctx context.Context, w dialog.Watch, wake <-chan struct{}) {
	var ended <-chan struct{}
	if x.line != nil {
		ended = x.line.done
	}
	for {
		for r, ok := w.Next(); ok; r, ok = w.Next() {
			x.see(r)
		}
		select {
		case <-wake:
		case <-ended:
			x.mu.Lock()
			x.over = true
			x.mu.Unlock()
			return
		case <-ctx.Done():
			return
		}
	}
}

func (x *practice) see(r dialog.Record) {
	switch r.Type {
	case dialog.MessageCreated:
		var m dialog.MessageData
		if x.line == nil && json.Unmarshal(r.Data, &m) == nil && (m.From == dialog.Bot || m.From == dialog.Agent) {
			x.hear()
		}
	case dialog.ConversationUpdated:
		var u dialog.UpdatedData
		if json.Unmarshal(r.Data, &u) != nil {
			return
		}
		x.mu.Lock()
		defer x.mu.Unlock()
		if u.Holder == dialog.HeldByAgent && x.holder != u.Holder {
			x.heard = false // the person speaks first
		}
		x.holder = u.Holder
		x.over = x.over || u.State == store.Closed
	}
}

// hear notes that somebody else said something.
func (x *practice) hear() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.heard, x.last = true, time.Now()
}

func (x *practice) gone() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.over
}

// with is who has the conversation.
func (x *practice) with() dialog.Holder {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.holder
}
