package desk

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// Store is where transfers and holders are kept; *store.Store is one.
type Store interface {
	AddTransfer(ctx context.Context, t store.Transfer) (kept store.Transfer, added bool, err error)
	Transfers(ctx context.Context) ([]store.Transfer, error)
	Transfer(ctx context.Context, id string) (store.Transfer, error)
	StepTransfer(ctx context.Context, p store.TransferStep) ([]dialog.Record, error)
	Hold(ctx context.Context, id dialog.ConversationID, h dialog.Holder, agent, queue string) ([]dialog.Record, error)
	HeldByPeople(ctx context.Context) ([]store.Conversation, error)
	Conversation(ctx context.Context, id dialog.ConversationID) (store.Conversation, error)
	Users(ctx context.Context, after string, limit int) ([]store.User, error)
	HandlingTime(ctx context.Context) (time.Duration, error)
	BeginWrapUp(ctx context.Context, w store.WrapUp) (begun bool, err error)
	OpenWrapUps(ctx context.Context, agent string) ([]store.WrapUp, error)
}

// Options of a Desk. Store, Bus, Post and Feed are required.
type Options struct {
	Store Store
	Bus   dialog.Bus // a Tap of Feed
	Feed  *Feed
	// Post wakes a conversation with an event; Tell reaches those that are awake.
	Post, Tell func(ctx context.Context, id dialog.ConversationID, e dialog.Event) error
	// Packet is what a person is given to know of a conversation, JSON-able.
	Packet   func(ctx context.Context, id dialog.ConversationID, asked string) (any, error)
	Calls    CallControl   // nil: people cannot be put into calls
	Phones   func() Phones // gives who calls people outside; nil, or gives nil: nobody does
	Back     Callbacks     // nil: nobody is called back
	Registry Registry      // nil: in this process
	Queues   []Queue       // none: one for all
	Targets  Targets       // of the service level
	Rules    Rules
	// CallbackAfter is the expected wait from which a callback is offered; 0: none is.
	CallbackAfter time.Duration
	Now           func() time.Time

	// Of one that shares its registry with others. Node is its name, another at each start.
	// Nudge, if not nil, tells the others to look: it must not wait. Where names the living
	// node that has a conversation's call, "" when none has.
	Node  string
	Nudge func()
	Where func(ctx context.Context, id dialog.ConversationID) (string, error)

	Logger *slog.Logger
}

// Targets are within which time people are to answer; 0: nothing is said of it.
type Targets struct{ Call, Chat time.Duration }

// DefaultQueue is the line where no others are set.
const DefaultQueue = "support"

// Desk is the actor: one goroutine owns what it knows of transfers and conversations that
// people have. Close it.
type Desk struct {
	o    Options
	in   chan func()
	soon chan func(ctx context.Context) error // of those who must not wait
	look chan struct{}                        // holds one: there are new transfers in the store
	news chan struct{}                        // holds one: another node has changed something
	ctx  context.Context
	stop context.CancelFunc
	done chan struct{}
	view atomic.Pointer[view]

	// The goroutine's.
	open     map[string]*running
	of       map[dialog.ConversationID]string // the open transfer
	held     map[dialog.ConversationID]holding
	silent   map[dialog.ConversationID]silence // whose person in a call is not heard
	untold   map[dialog.ConversationID]news    // who do not know yet who has them
	handling time.Duration
	measured time.Time
	looked   time.Time
	hunt     time.Time         // until then it is looked often: a transfer is about to be there
	shown    map[string]string // what the feed last said of people and queues
	lives    map[string]bool   // nodes
	changed  bool              // and the other nodes do not know yet
	mirror   time.Time         // when it is looked what other nodes have changed; zero: when it is time
	mended   time.Time
	odd      map[string]time.Time                // what the registry has and nobody knows of, since when
	strays   map[dialog.ConversationID]time.Time // that a phone has which is on no line, since when
	faults   map[string]time.Time                // when they were logged last
}

// running is a transfer under way.
type running struct {
	Transfer
	version int64
	offer   Offer // while Offering
	place   int   // that was last published
	placed  time.Time
	gone    bool // the conversation was forgotten or closed: the step is none
	stale   bool // another node has stepped it: the step is none
}

// holding is a conversation that a person has.
type holding struct{ agent, queue string }

// New opens the desk: what was under way before is taken up again.
func New(ctx context.Context, o Options) (*Desk, error) {
	if o.Registry == nil {
		o.Registry = NewLocal()
	}
	if len(o.Queues) == 0 {
		o.Queues = []Queue{{Name: DefaultQueue, Default: true}}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.Rules = o.Rules.Default()
	d := &Desk{news: make(chan struct{}, 1), lives: map[string]bool{o.Node: true}, odd: map[string]time.Time{}, faults: map[string]time.Time{},
		o: o, in: make(chan func()), soon: make(chan func(context.Context) error, backlog), look: make(chan struct{}, 1), done: make(chan struct{}), open: map[string]*running{},
		of: map[dialog.ConversationID]string{}, held: map[dialog.ConversationID]holding{}, silent: map[dialog.ConversationID]silence{}, untold: map[dialog.ConversationID]news{}, shown: map[string]string{}}
	d.o.Registry = &noting{o.Registry, &d.changed}
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.view.Store(&view{})
	if err := d.recall(ctx); err != nil {
		return nil, err
	}
	d.turn()
	go d.run()
	return d, nil
}

// Feed is what happens at the desk.
func (d *Desk) Feed() *Feed { return d.o.Feed }

// Close ends the desk's work. What is under way stays in the store.
func (d *Desk) Close() {
	d.stop()
	<-d.done
}

// recall takes up people, conversations that they have, and transfers.
func (d *Desk) recall(ctx context.Context) error {
	if err := d.know(ctx); err != nil {
		return err
	}
	now := d.o.Now()
	cs, err := d.o.Store.HeldByPeople(ctx)
	if err != nil {
		return err
	}
	agents, err := d.o.Registry.Agents(ctx)
	if err != nil {
		return err
	}
	var gone []string // phones
	for _, c := range cs {
		i := slices.IndexFunc(agents, func(a Agent) bool { return a.ID == c.Agent })
		if i < 0 || OutsideNumber(c.Agent) != "" { // who was removed, or a phone whose call ended with its server
			away, err := d.elsewhere(ctx, c.ID)
			if err != nil {
				return err
			}
			if d.hold(c.ID, c.Agent, c.Queue); away {
				continue
			}
			d.o.Logger.Warn("a conversation of somebody who is not there any more goes to the bot", "conversation", c.ID, "agent", c.Agent)
			rs, err := d.o.Store.Hold(ctx, c.ID, dialog.HeldByBot, "", "")
			if err != nil && !errors.Is(err, dialog.ErrNotFound) && !errors.Is(err, dialog.ErrClosed) {
				return err
			}
			d.publish(ctx, rs)
			if delete(d.held, c.ID); i >= 0 {
				gone = append(gone, c.Agent)
				if err := d.o.Registry.Free(ctx, c.Agent, c.ID, now); err != nil {
					return err
				}
			}
			continue
		}
		d.hold(c.ID, c.Agent, c.Queue)
		if agents[i].seat(c.ID) < 0 {
			if err := d.o.Registry.Keep(ctx, c.Agent, c.ID, Chat); err != nil {
				return err
			}
		}
		if agents[i].Connected() || agents[i].Wish != Offline { // at another node
			continue
		}
		// Who had conversations is taken to be coming back.
		if err := d.o.Registry.Wish(ctx, c.Agent, Available, now, now.Add(d.o.Rules.Grace)); err != nil {
			return err
		}
	}
	if err := d.rewrap(ctx); err != nil {
		return err
	}
	if err := d.pickUp(ctx, true); err != nil {
		return err
	}
	for _, agent := range gone {
		d.dismiss(ctx, agent)
	}
	return nil
}

// know notes the people of the store.
func (d *Desk) know(ctx context.Context) error {
	all := map[string]bool{}
	for after := ""; ; {
		us, err := d.o.Store.Users(ctx, after, 200)
		if err != nil {
			return err
		}
		for _, u := range us {
			after = u.ID
			all[u.ID] = true
			if err := d.o.Registry.Know(ctx, Profile{ID: u.ID, Name: u.Name, Role: u.Role, Queues: u.QueueNames(), Skills: Skills(u.SkillNames())}); err != nil {
				return err
			}
		}
		if len(us) < 200 {
			break
		}
	}
	agents, err := d.o.Registry.Agents(ctx)
	for _, a := range agents { // removed while nobody could be told
		if !all[a.ID] && !strings.HasPrefix(a.ID, outside) {
			err = errors.Join(err, d.o.Registry.Forget(ctx, a.ID))
		}
	}
	return err
}

// Times of the actor's own.
const (
	soon    = 20 * time.Millisecond
	gather  = 30 * time.Millisecond // changes of other nodes are looked at together
	again   = 2 * time.Second       // looks for transfers that others have begun
	writing = 10 * time.Second
	recount = time.Minute
)

func (d *Desk) run() {
	defer close(d.done)
	for {
		timer := time.NewTimer(d.rest())
		select {
		case f := <-d.in:
			f()
		case f := <-d.soon:
			d.now(f)
			d.turn()
		case <-d.look:
			d.looked, d.hunt = time.Time{}, d.o.Now().Add(again)
			d.turn()
		case <-d.news:
			if d.mirror.IsZero() {
				d.mirror = d.o.Now().Add(gather)
			}
		case <-timer.C:
			d.turn()
		case <-d.ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// ask runs f on the actor, and waits for it.
func (d *Desk) ask(ctx context.Context, f func(ctx context.Context) error) error {
	reply := make(chan error, 1)
	select {
	case d.in <- func() {
		ctx, cancel := context.WithTimeout(d.ctx, writing)
		defer cancel()
		err := f(ctx)
		d.turn() // who asked sees what came of it
		reply <- err
	}:
	case <-ctx.Done():
		return ctx.Err()
	case <-d.done:
		return ErrClosing
	}
	select {
	case err := <-reply:
		return err
	case <-d.done:
		return ErrClosing
	}
}

// now runs f for one who does not wait for it.
func (d *Desk) now(f func(ctx context.Context) error) {
	ctx, cancel := context.WithTimeout(d.ctx, writing)
	defer cancel()
	if err := f(ctx); err != nil {
		d.fault("desk", err)
	}
}

// backlog bounds what waits of those who do not.
const backlog = 1024

// later is ask without waiting, for those who hold what the actor may need.
func (d *Desk) later(f func(ctx context.Context) error) {
	select {
	case d.soon <- f:
	default:
		d.o.Logger.Error("desk: too much at once; something was not done")
	}
}

// Look makes the desk see a transfer that Ask has put into the store, or will have when a
// transaction that is about to end is kept.
func (d *Desk) Look() {
	select {
	case d.look <- struct{}{}:
	default:
	}
}

// Nudged says that another node has changed something. It does not wait.
func (d *Desk) Nudged() {
	select {
	case d.news <- struct{}{}:
	default:
	}
}

// rest is how long nothing is due.
func (d *Desk) rest() time.Duration {
	now := d.o.Now()
	wait := again
	if now.Before(d.hunt) {
		wait = soon
	}
	if !d.mirror.IsZero() {
		wait = min(wait, d.mirror.Sub(now))
	}
	for _, s := range d.silent {
		wait = min(wait, s.until.Sub(now))
		if !s.say.IsZero() {
			wait = min(wait, s.say.Sub(now))
		}
	}
	for _, r := range d.open {
		if !d.mine(r) {
			continue
		}
		if at := r.Next(d.rules(r.Queue)); !at.IsZero() {
			wait = min(wait, at.Sub(now))
		}
	}
	return max(wait, time.Millisecond)
}

func (d *Desk) rules(queue string) Rules {
	r := find(d.o.Queues, queue).Rules
	for _, x := range []struct{ to, is *time.Duration }{{&r.Offer, &d.o.Rules.Offer}, {&r.Wait, &d.o.Rules.Wait}, {&r.Consult, &d.o.Rules.Consult},
		{&r.Conference, &d.o.Rules.Conference}, {&r.Lone, &d.o.Rules.Lone}, {&r.Tell, &d.o.Rules.Tell}, {&r.Grace, &d.o.Rules.Grace}} {
		if *x.to == 0 {
			*x.to = *x.is
		}
	}
	if r.Tries == 0 {
		r.Tries = d.o.Rules.Tries
	}
	return r
}

// row is a transfer as the store has it.
func row(t Transfer, version int64) (store.Transfer, error) {
	b, err := json.Marshal(t)
	r := store.Transfer{ID: t.ID, Conversation: t.Conversation, State: string(t.State), Reason: string(t.Reason), Queue: t.Queue, Agent: t.Agent,
		Version: version, Created: t.Since.UnixMicro(), Body: string(b)}
	if !t.Ended.IsZero() {
		r.Ended = t.Ended.UnixMicro()
	}
	return r, err
}

func read(r store.Transfer) (Transfer, error) {
	var t Transfer
	err := json.Unmarshal([]byte(r.Body), &t)
	return t, err
}
