package tool

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

const (
	maxAttempts = 5
	maxChecks   = 7
	maxKey      = 200 // bytes
	inFlight    = 32  // changes at a time
	staleAfter  = 30 * time.Minute
	lookEvery   = 5 * time.Second // for what another node has left
	writing     = 10 * time.Second
	slack       = 5 * time.Second // of a lease, beyond the tool's time limit
	remindAfter = 20 * time.Second
	remindFor   = 24 * time.Hour
	first       = 500 * time.Millisecond // until the second attempt
	longest     = 30 * time.Second       // between attempts
)

// Journal keeps changes; *store.Store is one.
type Journal interface {
	AddChange(ctx context.Context, c store.Change) (first store.Change, again bool, err error)
	TakeChange(ctx context.Context, c *store.Change, owner string, now, lease time.Time) (bool, error)
	KeepChange(ctx context.Context, c store.Change, owner string, attempts int64, rs ...dialog.Record) (kept []dialog.Record, ok bool, err error)
	FreeChanges(ctx context.Context, owner string) error
	DueChanges(ctx context.Context, now time.Time, limit int) (due []store.Change, next time.Time, err error)
	GetChange(ctx context.Context, id string) (store.Change, error)
	UntoldChanges(ctx context.Context, id dialog.ConversationID) ([]store.Change, error)
	UntoldSince(ctx context.Context, since time.Time, limit int) ([]store.Change, error)
	ToldChanges(ctx context.Context, now time.Time, ids ...string) error
}

// OutboxOptions of an Outbox. Box and Journal are required.
type OutboxOptions struct {
	Box     *Box
	Journal Journal
	// Settled is told of changes that settled with nobody waiting for them, and again
	// from time to time until Told. It must not wait for long.
	Settled func(ctx context.Context, id dialog.ConversationID, change string) error
	// Shows is told of the records that outcomes leave in their conversations; nil: nobody.
	Shows dialog.Publisher
	// Alone: no other process runs changes of this journal, so that what was running
	// when this one starts was left by a crash.
	Alone  bool
	Logger *slog.Logger
}

// Outbox changes things in business systems: written down first, run by a worker that
// outlives the reply, once. Close it.
type Outbox struct {
	alone   bool
	box     *Box
	journal Journal
	settled func(ctx context.Context, id dialog.ConversationID, change string) error
	shows   dialog.Publisher
	log     *slog.Logger
	owner   string
	wake    chan struct{}
	ctx     context.Context // of the calls
	cancel  context.CancelCauseFunc
	stop    chan struct{}
	wg      sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	busy    map[string]bool
	waiters map[string]map[chan struct{}]bool
	remind  map[string]reminder
	soon    time.Time // until then something may come to be due without a poke
}

// reminder is when somebody is told again of an outcome that nobody was told of.
type reminder struct {
	at    time.Time
	after time.Duration
}

// NewOutbox returns an outbox that does nothing before Start. Close it.
func NewOutbox(o OutboxOptions) *Outbox {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Settled == nil {
		o.Settled = func(context.Context, dialog.ConversationID, string) error { return nil }
	}
	b := &Outbox{alone: o.Alone, box: o.Box, journal: o.Journal, settled: o.Settled, shows: o.Shows, log: o.Logger, owner: rand.Text(), wake: make(chan struct{}, 1), stop: make(chan struct{}),
		busy: map[string]bool{}, waiters: map[string]map[chan struct{}]bool{}, remind: map[string]reminder{}}
	b.ctx, b.cancel = context.WithCancelCause(context.Background())
	return b
}

// Start starts the worker, which goes on with what an earlier run has left.
func (o *Outbox) Start(ctx context.Context) error {
	if o.alone {
		if err := o.journal.FreeChanges(ctx, o.owner); err != nil {
			return err
		}
	}
	o.wg.Go(o.run)
	return nil
}

// Close takes no more changes, lets running ones end until ctx does, and cancels the
// rest, which the next run goes on with.
func (o *Outbox) Close(ctx context.Context) error {
	o.mu.Lock()
	was := o.closed
	o.closed = true
	o.mu.Unlock()
	if !was {
		close(o.stop)
	}
	done := make(chan struct{})
	go func() { o.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		o.cancel(dialog.ErrClosing)
		<-done
	}
	o.cancel(dialog.ErrClosing)
	return nil
}

// ChangeRequest is what a customer has confirmed.
type ChangeRequest struct {
	User User
	Key  string // minted when the question was asked: the same again is the same change
	Tool string
	Args map[string]any // without what Spec.Fill gives
}

// Change writes a change down, which then happens whatever becomes of ctx, and waits
// for its outcome. The same key again gives the first one's. When ctx ends first, the
// outcome so far is returned with the cause; the final one is Untold, and Settled is
// told when it is there. Nothing was written on any other error.
func (o *Outbox) Change(ctx context.Context, r ChangeRequest) (Outcome, error) {
	c, err := o.add(ctx, r)
	if err != nil {
		return Outcome{}, err
	}
	o.poke()
	return o.wait(ctx, c)
}

// Put is Change without the wait: Settled is told of the outcome. In the transaction that
// ctx may carry, the change is written with what else that keeps.
func (o *Outbox) Put(ctx context.Context, r ChangeRequest) error {
	if _, err := o.add(ctx, r); err != nil {
		return err
	}
	o.mu.Lock()
	o.soon = time.Now().Add(pending)
	o.mu.Unlock()
	o.poke()
	return nil
}

// pending is how long the transaction of a Put may take to end: until then what is due is
// looked for every glance.
const (
	pending = 2 * time.Second
	glance  = 100 * time.Millisecond
)

// add writes a change down.
func (o *Outbox) add(ctx context.Context, r ChangeRequest) (store.Change, error) {
	e, err := o.box.find(r.Tool)
	if err != nil {
		return store.Change{}, err
	}
	if e.spec.Effect != Changes {
		return store.Change{}, fmt.Errorf("tool %s: %w", r.Tool, ErrReads)
	}
	if r.Key == "" || len(r.Key) > maxKey {
		return store.Change{}, fmt.Errorf("tool %s: the key has %d bytes, expected 1 to %d", r.Tool, len(r.Key), maxKey)
	}
	args, err := o.box.prepare(e, r.User, r.Args, r.Key)
	if err != nil {
		return store.Change{}, err
	}
	body, err := json.Marshal(args)
	if err != nil {
		return store.Change{}, fmt.Errorf("tool %s: %w", r.Tool, err)
	}
	o.mu.Lock()
	closed := o.closed
	o.mu.Unlock()
	if closed {
		return store.Change{}, dialog.ErrClosing
	}
	now := time.Now().UnixMicro()
	c, _, err := o.journal.AddChange(context.WithoutCancel(ctx), store.Change{Conversation: r.User.Conversation, Key: r.Key, Tool: r.Tool,
		Idempotent: string(e.spec.Idempotent), Language: r.User.Language, State: store.ChangeWaiting, Due: now, Created: now, Body: string(body)})
	return c, err
}

// wait gives a change's outcome when it is there.
func (o *Outbox) wait(ctx context.Context, c store.Change) (Outcome, error) {
	settled, leave := o.watch(c.ID)
	defer leave()
	t := time.NewTicker(time.Second) // another node may run it
	defer t.Stop()
	for {
		now, err := o.journal.GetChange(context.WithoutCancel(ctx), c.ID)
		if err == nil {
			c = now
		}
		if State(c.State).Settled() {
			return outcome(c), nil
		}
		select {
		case <-settled:
		case <-t.C:
		case <-ctx.Done():
			return outcome(c), context.Cause(ctx)
		case <-o.ctx.Done():
			return outcome(c), dialog.ErrClosing
		}
	}
}

// watch gives a channel that gets something when a change settles.
func (o *Outbox) watch(id string) (settled chan struct{}, leave func()) {
	settled = make(chan struct{}, 1)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.waiters[id] == nil {
		o.waiters[id] = map[chan struct{}]bool{}
	}
	o.waiters[id][settled] = true
	return settled, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.waiters[id], settled)
		if len(o.waiters[id]) == 0 {
			delete(o.waiters, id)
		}
	}
}

// Untold gives the outcomes that the customer has not been told of, oldest first.
func (o *Outbox) Untold(ctx context.Context, id dialog.ConversationID) ([]Outcome, error) {
	cs, err := o.journal.UntoldChanges(ctx, id)
	if err != nil {
		return nil, err
	}
	out := make([]Outcome, len(cs))
	for i, c := range cs {
		out[i] = outcome(c)
	}
	return out, nil
}

// Told notes that the customer has heard or read these outcomes.
func (o *Outbox) Told(ctx context.Context, ids ...string) error {
	err := o.journal.ToldChanges(ctx, time.Now(), ids...)
	if err == nil {
		o.mu.Lock()
		for _, id := range ids {
			delete(o.remind, id)
		}
		o.mu.Unlock()
	}
	return err
}

func (o *Outbox) poke() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// run finds what is due until stop.
func (o *Outbox) run() {
	o.recall()
	for {
		wait := o.scan()
		t := time.NewTimer(wait)
		select {
		case <-o.wake:
		case <-t.C:
		case <-o.stop:
			t.Stop()
			return
		}
		t.Stop()
	}
}

// scan starts what is due, and gives how long nothing more is.
func (o *Outbox) scan() time.Duration {
	ctx, cancel := context.WithTimeout(o.ctx, writing)
	defer cancel()
	now := time.Now()
	due, next, err := o.journal.DueChanges(ctx, now, 2*inFlight)
	if err != nil {
		o.log.Error("outbox not read", "err", err)
		return lookEvery
	}
	for _, c := range due {
		if !o.take(c.ID) {
			continue
		}
		o.wg.Go(func() {
			defer o.poke()
			defer o.give(c.ID)
			o.work(c)
		})
	}
	wait := min(lookEvery, o.reminded(ctx, now))
	o.mu.Lock()
	if now.Before(o.soon) {
		wait = min(wait, glance)
	}
	o.mu.Unlock()
	if !next.IsZero() {
		wait = min(wait, max(next.Sub(now), time.Millisecond))
	}
	return wait
}

func (o *Outbox) take(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || o.busy[id] || len(o.busy) >= inFlight {
		return false
	}
	o.busy[id] = true
	return true
}

func (o *Outbox) give(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.busy, id)
}

// recall plans to tell what an earlier run has not told.
func (o *Outbox) recall() {
	ctx, cancel := context.WithTimeout(o.ctx, writing)
	defer cancel()
	cs, err := o.journal.UntoldSince(ctx, time.Now().Add(-remindFor), 1000)
	if err != nil {
		o.log.Error("outbox not read", "err", err)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range cs {
		o.remind[c.ID] = reminder{at: time.Now(), after: remindAfter}
	}
}

// reminded tells again of outcomes that nobody was told of, at growing distances, and
// gives how long there is nothing more to tell.
func (o *Outbox) reminded(ctx context.Context, now time.Time) time.Duration {
	wait := lookEvery
	var due []string
	o.mu.Lock()
	for id, r := range o.remind {
		if left := r.at.Sub(now); left > 0 {
			wait = min(wait, left)
			continue
		}
		due = append(due, id)
		if r.after > time.Hour {
			delete(o.remind, id)
			continue
		}
		o.remind[id] = reminder{at: now.Add(r.after), after: 2 * r.after}
	}
	o.mu.Unlock()
	for _, id := range due {
		c, err := o.journal.GetChange(ctx, id)
		if err != nil || c.Told > 0 {
			if err == nil || errors.Is(err, dialog.ErrNotFound) {
				o.mu.Lock()
				delete(o.remind, id)
				o.mu.Unlock()
			}
			continue
		}
		if err := o.settled(ctx, c.Conversation, id); err != nil {
			o.log.Warn("nobody told of a change", "conversation", c.Conversation, "change", id, "err", err)
		}
	}
	return wait
}

// tell wakes who waits for a change; when nobody does, the conversation.
func (o *Outbox) tell(c store.Change) {
	o.mu.Lock()
	waiters := o.waiters[c.ID]
	for w := range waiters {
		select {
		case w <- struct{}{}:
		default:
		}
	}
	if c.Conversation == "" {
		o.mu.Unlock()
		return
	}
	after := remindAfter
	if len(waiters) == 0 {
		after = 0 // by the next scan, which comes at once
	}
	o.remind[c.ID] = reminder{at: time.Now().Add(after), after: cmp.Or(after, remindAfter)}
	o.mu.Unlock()
}
