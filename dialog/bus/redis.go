package bus

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"parley/dialog"
)

// Bounds of a bus between nodes.
const (
	outgoing = 8192             // messages that may wait to be sent
	together = 128              // are sent in one go
	heavy    = 256 << 10        // bytes of a record's data that are still carried; of more, only the number
	hostile  = 1 << 20          // bytes of a message that is not read
	silence  = 10 * time.Second // until a connection that brings nothing is asked whether it lives
	sending  = 3 * time.Second
	firstTry = 50 * time.Millisecond
	lastTry  = 2 * time.Second
)

// Note is something that a node tells all others, about no record.
type Note struct {
	Kind         string                `json:"kind"`
	Conversation dialog.ConversationID `json:"conversation,omitempty"`
	Number       int64                 `json:"number,omitempty"`
}

// missed is the kind of the bus's own note: its node could not tell something.
const missed = "missed"

// RedisOptions of a bus. Client and Node are required; the functions may be nil, and must
// not wait: they are called from the goroutine that hears.
type RedisOptions struct {
	Client redis.UniversalClient // stays the caller's
	Tenant dialog.TenantID
	Node   string // which every node names itself by
	// Stamp is asked for every kept record that is published here, and goes with it to the
	// others' Heard.
	Stamp func(r dialog.Record) json.RawMessage
	// Heard gets what other nodes publish that is kept; Data is nil when it was too large.
	Heard func(r dialog.Record, stamp json.RawMessage)
	// Noted gets what other nodes Note.
	Noted func(n Note)
	// Missed is called when any of it may have been missed: look at how things stand.
	Missed func()
	Logger *slog.Logger
}

// Redis is a bus between the nodes of one Parley, by publish and subscribe. What is
// published here reaches this node's watchers at once and without Redis. Kept records go to
// every node, by one channel in their order; what passes goes to the nodes that watch its
// conversation. When the connection was gone every watcher is told to look into the log.
// Close it.
type Redis struct {
	o     RedisOptions
	local *Local
	all   string // channel
	of    string // prefix of a conversation's
	out   chan message
	stop  context.CancelFunc
	wg    sync.WaitGroup
	holes atomic.Bool // others have to be told that they missed something

	mu      sync.Mutex
	changed map[dialog.ConversationID]struct{} // watched or not any more
	poke    chan struct{}                      // holds one
}

var _ dialog.Bus = (*Redis)(nil)

// message is what goes through Redis: a record, or a note.
type message struct {
	From   string          `json:"from"`
	Record *dialog.Record  `json:"record,omitempty"`
	Stamp  json.RawMessage `json:"stamp,omitempty"`
	Note   *Note           `json:"note,omitempty"`
}

// NewRedis returns a bus. It serves this node also while Redis is away.
func NewRedis(o RedisOptions) *Redis {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Stamp == nil {
		o.Stamp = func(dialog.Record) json.RawMessage { return nil }
	}
	if o.Heard == nil {
		o.Heard = func(dialog.Record, json.RawMessage) {}
	}
	if o.Noted == nil {
		o.Noted = func(Note) {}
	}
	if o.Missed == nil {
		o.Missed = func() {}
	}
	prefix := "parley:" + string(o.Tenant) + ":"
	b := &Redis{o: o, local: NewLocal(), all: prefix + "all", of: prefix + "of:", out: make(chan message, outgoing),
		changed: map[dialog.ConversationID]struct{}{}, poke: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	b.wg.Go(func() { b.send(ctx) })
	b.wg.Go(func() { b.listen(ctx) })
	return b
}

// Close ends what goes between the nodes.
func (b *Redis) Close() {
	b.stop()
	b.wg.Wait()
}

// Publish implements dialog.Publisher. It never waits.
func (b *Redis) Publish(ctx context.Context, r dialog.Record) error {
	err := b.local.Publish(ctx, r)
	m := message{Record: &r}
	if r.Seq > 0 {
		if m.Stamp = b.o.Stamp(r); len(r.Data) > heavy {
			r.Data = nil
		}
	}
	b.put(m)
	return err
}

// Note tells all other nodes something. It never waits.
func (b *Redis) Note(n Note) { b.put(message{Note: &n}) }

func (b *Redis) put(m message) {
	select {
	case b.out <- m:
	default:
		if m.kept() {
			b.holes.Store(true)
		}
	}
}

// kept reports whether others miss something for good when it is lost.
func (m message) kept() bool { return m.Note != nil || m.Record.Seq > 0 }

// Watch implements dialog.Bus.
func (b *Redis) Watch(id dialog.ConversationID, wake func()) dialog.Watch {
	w := &shared{b.local.Watch(id, wake), b, id}
	b.turn(id)
	return w
}

// shared is a watch that other nodes publish to.
type shared struct {
	dialog.Watch
	bus *Redis
	id  dialog.ConversationID
}

// Stop implements dialog.Watch.
func (w *shared) Stop() {
	w.Watch.Stop()
	w.bus.turn(w.id)
}

// turn has the subscriptions follow who watches a conversation.
func (b *Redis) turn(id dialog.ConversationID) {
	b.mu.Lock()
	b.changed[id] = struct{}{}
	b.mu.Unlock()
	select {
	case b.poke <- struct{}{}:
	default:
	}
}

// send publishes what waits, and tells the others when something was lost.
func (b *Redis) send(ctx context.Context) {
	batch := make([]message, 0, together)
	again := time.NewTicker(lastTry) // nothing may be said for long after a loss
	defer again.Stop()
	for {
		batch = batch[:0]
		select {
		case m := <-b.out:
			batch = append(batch, m)
		case <-again.C:
			if !b.holes.Load() {
				continue
			}
		case <-ctx.Done():
			return
		}
		for len(batch) < together && len(b.out) > 0 {
			batch = append(batch, <-b.out)
		}
		if b.holes.Swap(false) {
			batch = append(batch, message{Note: &Note{Kind: missed}})
		}
		if err := b.publish(ctx, batch); err != nil && ctx.Err() == nil {
			for _, m := range batch { // it may have arrived: once more would be twice
				if m.kept() {
					b.holes.Store(true)
				}
			}
			select {
			case <-time.After(firstTry):
			case <-ctx.Done():
			}
		}
	}
}

func (b *Redis) publish(ctx context.Context, batch []message) error {
	ctx, cancel := context.WithTimeout(ctx, sending)
	defer cancel()
	_, err := b.o.Client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, m := range batch {
			m.From = b.o.Node
			j, err := json.Marshal(m)
			if err != nil {
				return err
			}
			to := b.all
			if !m.kept() {
				to = b.of + string(m.Record.Conversation)
			}
			p.Publish(ctx, to, j)
		}
		return nil
	})
	return err
}

// listen hears the others, until ctx ends.
func (b *Redis) listen(ctx context.Context) {
	pause, heard := firstTry, false
	for ctx.Err() == nil {
		was := heard
		err := b.session(ctx, &heard)
		if ctx.Err() != nil {
			return
		}
		if heard && !was || pause < lastTry/2 {
			b.o.Logger.Warn("bus: other nodes are not heard", "err", err)
		}
		if pause = min(2*pause, lastTry); heard {
			pause = firstTry
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// session is one connection. heard is set once it is there.
func (b *Redis) session(ctx context.Context, heard *bool) error {
	first := !*heard
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ps := b.o.Client.Subscribe(ctx, b.all)
	closed := context.AfterFunc(ctx, func() { _ = ps.Close() })
	defer func() { closed(); _ = ps.Close() }()
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	wg.Go(func() { b.subscribe(ctx, ps) })
	for asked := false; ; {
		m, err := ps.ReceiveTimeout(ctx, silence)
		var slow interface{ Timeout() bool }
		switch {
		case err == nil:
			asked = false
		case errors.As(err, &slow) && slow.Timeout() && !asked && ctx.Err() == nil:
			asked = true
			if err := ps.Ping(ctx); err != nil {
				return err
			}
			continue
		default:
			return err
		}
		switch m := m.(type) {
		case *redis.Subscription:
			if m.Channel == b.all && m.Kind == "subscribe" { // from now on nothing is missed
				if *heard = true; !first {
					b.lookAnew()
				}
				first = false
			}
		case *redis.Message:
			b.hear(m.Channel, m.Payload)
		}
	}
}

// subscribe follows who watches what, on one connection.
func (b *Redis) subscribe(ctx context.Context, ps *redis.PubSub) {
	on := map[dialog.ConversationID]bool{}
	for _, id := range b.local.watched() {
		b.turn(id)
	}
	for {
		select {
		case <-b.poke:
		case <-ctx.Done():
			return
		}
		b.mu.Lock()
		changed := b.changed
		b.changed = map[dialog.ConversationID]struct{}{}
		b.mu.Unlock()
		var more, less []string
		for id := range changed {
			switch want := b.local.watches(id); {
			case want && !on[id]:
				on[id] = true
				more = append(more, b.of+string(id))
			case !want && on[id]:
				delete(on, id)
				less = append(less, b.of+string(id))
			}
		}
		var err error
		if len(more) > 0 {
			err = ps.Subscribe(ctx, more...)
		}
		if len(less) > 0 {
			err = errors.Join(err, ps.Unsubscribe(ctx, less...))
		}
		if err != nil { // the one who hears finds out as well
			_ = ps.Close()
			return
		}
	}
}

// hear takes what came by a channel.
func (b *Redis) hear(channel, payload string) {
	var m message
	if len(payload) > hostile || json.Unmarshal([]byte(payload), &m) != nil || (m.Record == nil) == (m.Note == nil) {
		b.o.Logger.Warn("bus: a message that is none", "channel", channel, "bytes", len(payload))
		return
	}
	switch {
	case m.From == b.o.Node:
	case m.Note != nil && m.Note.Kind == missed:
		b.lookAnew()
	case m.Note != nil:
		b.o.Noted(*m.Note)
	case m.Record.Seq > 0:
		_ = b.local.Publish(context.Background(), *m.Record) // always nil
		b.o.Heard(*m.Record, m.Stamp)
	case m.Record.Data != nil && channel == b.of+string(m.Record.Conversation):
		_ = b.local.Publish(context.Background(), *m.Record)
	}
}

// lookAnew tells everybody that something may have been missed.
func (b *Redis) lookAnew() {
	for _, id := range b.local.watched() {
		_ = b.local.Publish(context.Background(), dialog.Record{Conversation: id, Seq: math.MaxInt64})
	}
	b.o.Missed()
}
