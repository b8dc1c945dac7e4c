// Package conversation is the actor that carries out what the floor decides: one
// for each conversation that is awake, owned by a hub.
//
// An actor always reads its inbox; a delivery runs in one child that it owns and
// alone cancels. It knows channels and brain as interfaces, and no audio.
package conversation

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/floor"
)

// inbox is how many events may wait for an actor, which never waits itself for long.
const inbox = 256

// Options of a Hub. Log, Bus and Brain are required.
type Options struct {
	Log   dialog.Log
	Bus   dialog.Publisher
	Brain dialog.Brain
	Chat  dialog.Channel // how replies are written
	Floor floor.Config
	// Action is told of what a reply wants done by others; nil: nobody does it. It runs in
	// the transaction that keeps the reply's turn, so that a reply that is dropped and made
	// anew wants it once.
	Action func(ctx context.Context, id dialog.ConversationID, a dialog.Action)
	// Told is told of the outcomes that a reply has told the customer; nil: nobody keeps them.
	Told func(ctx context.Context, id dialog.ConversationID, outcomes []string)
	// Of one of several nodes; both may be nil. Claimed is told of each conversation that this
	// node makes its own, under an epoch. Elsewhere reports whether another node has the
	// conversation's call: what is posted here is that node's to answer. While that cannot be
	// known, whoever posts is told so, and posts again.
	Claimed   func(id dialog.ConversationID, epoch int64)
	Elsewhere func(ctx context.Context, id dialog.ConversationID) (bool, error)

	Idle   time.Duration // of nothing to do, until an actor sleeps; 0 is 30 s
	Clock  Clock         // nil: the system's
	Logger *slog.Logger
}

// openSaver is the optional ability of a Log to keep the turn that is being
// spoken, so that a crash leaves it closed as cut.
type openSaver interface {
	SaveOpen(ctx context.Context, id dialog.ConversationID, epoch int64, t *dialog.Turn) error
}

// Hub owns the conversations that are awake.
type Hub struct {
	o    Options
	ctx  context.Context
	stop context.CancelCauseFunc
	wg   sync.WaitGroup

	mu     sync.Mutex
	actors map[dialog.ConversationID]*actor
	closed bool

	drafts struct {
		sync.Mutex
		adopted, wasted int64
	}
}

// ErrClosed: the hub takes no more.
var ErrClosed = errors.New("conversation: the server is going down")

// ErrFull: the inbox of a conversation is full; what was posted is lost.
var ErrFull = errors.New("conversation: too much at once")

// NewHub returns a hub. Close it.
func NewHub(o Options) *Hub {
	if o.Idle == 0 {
		o.Idle = 30 * time.Second
	}
	if o.Clock == nil {
		o.Clock = system{}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Floor = o.Floor.Default()
	h := &Hub{o: o, actors: map[dialog.ConversationID]*actor{}}
	h.ctx, h.stop = context.WithCancelCause(context.Background())
	return h
}

// wake gives the conversation's actor, starting it when it sleeps, and holds it
// awake until release.
func (h *Hub) wake(id dialog.ConversationID) (a *actor, release func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, nil, ErrClosed
	}
	a = h.actors[id]
	if a == nil {
		a = newActor(h, id, rand.Text()[:12])
		h.actors[id] = a
		h.wg.Go(a.run)
	}
	a.holds++
	return a, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		a.holds--
	}, nil
}

// Retune makes conversations that wake from now on go by another floor.
func (h *Hub) Retune(c floor.Config) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.o.Floor = c.Default()
}

// sleep removes an actor that has nothing to do, unless somebody needs it.
func (h *Hub) sleep(a *actor) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a.holds > 0 || len(a.inbox) > 0 {
		return false
	}
	delete(h.actors, a.id)
	return true
}

// lose removes an actor whose conversation another node has taken over.
func (h *Hub) lose(a *actor) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.actors[a.id] == a {
		delete(h.actors, a.id)
	}
}

// Attach gives a conversation a channel, and returns when the customer has left
// it, ctx has ended or the hub is closed.
func (h *Hub) Attach(ctx context.Context, id dialog.ConversationID, via dialog.Via, ch dialog.Channel) error {
	a, release, err := h.wake(id)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(h.ctx, func() { cancel(context.Cause(h.ctx)) })()
	if err := a.attach(ctx, via, ch); err != nil {
		return err
	}
	defer a.detach(via, ch)
	for e, err := range ch.Listen(ctx) {
		if err != nil {
			return err
		}
		if _, gone := e.(dialog.Left); gone { // nothing more is said there
			a.detach(via, ch)
		}
		select {
		case a.inbox <- e:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return context.Cause(ctx)
}

// Post puts an event into a conversation's inbox, waking it.
func (h *Hub) Post(ctx context.Context, id dialog.ConversationID, e dialog.Event) error {
	if h.o.Elsewhere != nil && !h.awake(id) {
		if away, err := h.o.Elsewhere(ctx, id); err != nil || away {
			return err
		}
	}
	a, release, err := h.wake(id)
	if err != nil {
		return err
	}
	defer release()
	select {
	case a.inbox <- e:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-h.ctx.Done():
		return ErrClosed
	}
}

// Tell is Post to a conversation that is awake; one that sleeps has nothing to hear of.
func (h *Hub) Tell(ctx context.Context, id dialog.ConversationID, e dialog.Event) error {
	if !h.awake(id) {
		return nil
	}
	return h.Post(ctx, id, e)
}

func (h *Hub) awake(id dialog.ConversationID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.actors[id] != nil
}

// Snapshot is what is known of a conversation that is awake; false: it sleeps.
func (h *Hub) Snapshot(id dialog.ConversationID) (floor.State, bool) {
	h.mu.Lock()
	a := h.actors[id]
	h.mu.Unlock()
	if a == nil {
		return floor.State{}, false
	}
	return a.snapshot(), true
}

// Drafts counts the drafts that became replies, and those that did not.
func (h *Hub) Drafts() (adopted, wasted int64) {
	h.drafts.Lock()
	defer h.drafts.Unlock()
	return h.drafts.adopted, h.drafts.wasted
}

func (h *Hub) draft(adopted bool) {
	h.drafts.Lock()
	defer h.drafts.Unlock()
	if adopted {
		h.drafts.adopted++
	} else {
		h.drafts.wasted++
	}
}

// Close ends every conversation's work, and returns when all have ended or ctx has.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.stop(dialog.ErrClosing)
	done := make(chan struct{})
	go func() { h.wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
