// Package wall is what a supervisor watches: today's figures, the live conversations by
// their risk, and alerts of figures that have crossed their limits.
//
// It follows the desk's feed and reads the store for what is new there alone. It changes
// nothing, and knows nothing of audio or HTTP.
package wall

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// PracticeSite is the site of conversations with a customer who is none.
const PracticeSite = "practice"

// Snoozed is what the trail calls the snoozing of an alert; its data is a Snooze.
const Snoozed = "alert.snooze"

// Store is where conversations, transfers and the trail are kept; *store.Store is one.
type Store interface {
	Find(ctx context.Context, f store.Finding) ([]store.Found, error)
	Conversation(ctx context.Context, id dialog.ConversationID) (store.Conversation, error)
	Since(ctx context.Context, id dialog.ConversationID, after int64, limit int) ([]dialog.Record, error)
	TransfersOf(ctx context.Context, since, ended time.Time) ([]store.Transfer, error)
	Contained(ctx context.Context, since, still time.Time) (over, alone int, err error)
	Trail(ctx context.Context, f store.Deeds) ([]store.Deed, error)
}

// Desk is what is live of it; *desk.Desk is one.
type Desk interface {
	Feed() *desk.Feed
	Running() []desk.Transfer
	People() []desk.PersonView
}

// Options of a Wall. Store and Desk are required.
type Options struct {
	Store      Store
	Desk       Desk
	Call, Chat time.Duration  // within which people are to answer; 0: 20 s, 60 s
	Still      time.Duration  // without anything happening, a chat is over; 0: 30 min
	Zone       *time.Location // whose day today is; nil: UTC
	Limits     Limits
	Listeners  func(call dialog.CallID) []Listener // nil: nobody ever listens
	Now        func() time.Time
	Logger     *slog.Logger
}

func (o Options) target(k desk.Kind) time.Duration {
	if k == desk.Call {
		return o.Call
	}
	return o.Chat
}

// Wall is one goroutine that looks every second. Close it.
type Wall struct {
	o     Options
	board board
	stop  context.CancelFunc
	done  chan struct{}
	fresh chan struct{} // the trail has a new snooze

	// The goroutine's.
	talks   map[dialog.ConversationID]*talk
	seen    int64
	day     day
	again   bool // transfers have changed
	read    time.Time
	snoozes []Snooze
	trailed time.Time
	alerts  []Alert
}

// Times of the wall.
const (
	every   = time.Second
	between = 10 * time.Second // points of a spark line, and looks for what other nodes did
	reading = 10 * time.Second
)

// New opens the wall.
func New(o Options) *Wall {
	w := closed(o)
	ctx, cancel := context.WithCancel(context.Background())
	w.stop = cancel
	go w.run(ctx)
	return w
}

// closed is a wall that nobody looks at yet.
func closed(o Options) *Wall {
	for _, x := range []struct {
		d  *time.Duration
		is time.Duration
	}{{&o.Call, 20 * time.Second}, {&o.Chat, time.Minute}, {&o.Still, 30 * time.Minute}} {
		if *x.d == 0 {
			*x.d = x.is
		}
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Wall{o: o, done: make(chan struct{}), fresh: make(chan struct{}, 1), board: board{rows: map[dialog.ConversationID]placed{}, watchers: map[chan struct{}]struct{}{}}}
}

// Close ends it.
func (w *Wall) Close() {
	w.stop()
	<-w.done
}

// Since gives what has changed since a version; 0: all.
func (w *Wall) Since(version int64) View { return w.board.since(version) }

// Within is Since for who sees a scope: the figures that can be are counted of its conversations
// alone, and the others, of which the day was not kept by teams, are empty.
func (w *Wall) Within(version int64, c *store.Scope) View {
	return w.board.within(version, c, w.o.Now())
}

// Watch gives a channel that is written to when something has changed, until stop is called.
func (w *Wall) Watch() (<-chan struct{}, func()) { return w.board.watch() }

// Look reads the trail for a new snooze.
func (w *Wall) Look() {
	select {
	case w.fresh <- struct{}{}:
	default:
	}
}

func (w *Wall) run(ctx context.Context) {
	defer close(w.done)
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if err := w.turn(ctx); err != nil && ctx.Err() == nil {
			w.o.Logger.Error("the wall does not see everything", "err", err)
		}
		select {
		case <-t.C:
		case <-w.fresh:
			w.trailed = time.Time{}
		case <-ctx.Done():
			return
		}
	}
}

// turn looks once, and shows how it stands.
func (w *Wall) turn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reading)
	defer cancel()
	now := w.o.Now()
	if err := w.follow(ctx); err != nil {
		return err
	}
	if w.again || now.Sub(w.read) >= between {
		if err := w.day.follow(ctx, w.o.Store, now, w.o); err != nil {
			return err
		}
		w.again, w.read = false, now
	}
	if now.Sub(w.trailed) >= between {
		if err := w.recall(ctx, now); err != nil {
			return err
		}
		w.trailed = now
	}
	w.show(now)
	return nil
}

// follow takes what the feed has, or reads how it stands.
func (w *Wall) follow(ctx context.Context) error {
	f := w.o.Desk.Feed()
	rs, upto, ok := f.After(w.seen, desk.Person{Senior: true})
	if w.talks == nil || !ok {
		w.seen = f.Seq()
		return w.load(ctx)
	}
	for _, r := range rs {
		if r.Conversation == "" {
			continue
		}
		w.again = w.again || r.Type == dialog.TransferUpdated
		t := w.talks[r.Conversation]
		if t == nil {
			var err error
			if t, err = w.meet(ctx, r.Conversation); err != nil {
				w.o.Logger.Warn("a conversation is not on the wall", "conversation", r.Conversation, "err", err)
				continue
			}
			w.talks[t.id] = t
		}
		if r.At.Truncate(time.Microsecond).After(t.read) {
			t.see(r)
		}
	}
	w.seen = upto
	return nil
}

// tail is how many of a conversation's last records are looked at.
const tail = 200

// meet reads a conversation.
func (w *Wall) meet(ctx context.Context, id dialog.ConversationID) (*talk, error) {
	c, err := w.o.Store.Conversation(ctx, id)
	if err != nil {
		return nil, err
	}
	t := newTalk(c)
	rs, err := w.o.Store.Since(ctx, id, max(c.Seq-tail, 0), tail)
	for _, r := range rs {
		t.see(r)
		t.read = r.At
	}
	return t, err
}

// load reads the live conversations.
func (w *Wall) load(ctx context.Context) error {
	talks := map[dialog.ConversationID]*talk{}
	now := w.o.Now()
	var before store.Cursor
	for {
		cs, err := w.o.Store.Find(ctx, store.Finding{State: store.Awake, Before: before, Limit: 200})
		if err != nil {
			return err
		}
		for _, c := range cs {
			before = store.Cursor{Updated: c.Updated, ID: c.ID}
			if now.Sub(time.UnixMicro(c.Updated)) > max(w.o.Still, 2*time.Hour) {
				w.talks = talks
				return nil
			}
			t, err := w.meet(ctx, c.ID)
			if err != nil {
				return err
			}
			talks[t.id] = t
		}
		if len(cs) < 200 {
			w.talks = talks
			return nil
		}
	}
}

// recall reads which alerts are quiet, and until when.
func (w *Wall) recall(ctx context.Context, now time.Time) error {
	ds, err := w.o.Store.Trail(ctx, store.Deeds{What: Snoozed, Limit: 50})
	if err != nil {
		return err
	}
	w.snoozes = w.snoozes[:0]
	for _, d := range ds { // the newest first: it holds
		var s Snooze
		if json.Unmarshal(d.Data, &s) != nil || slices.ContainsFunc(w.snoozes, func(x Snooze) bool { return x.Figure == s.Figure }) {
			continue
		}
		s.By = d.Name
		w.snoozes = append(w.snoozes, s)
	}
	return nil
}

// show makes the rows and figures of how it stands.
func (w *Wall) show(at time.Time) {
	n := now{}
	waits := map[dialog.ConversationID]*desk.Transfer{}
	for _, t := range w.o.Desk.Running() {
		if t.State != desk.Queued && t.State != desk.Offering {
			continue
		}
		waits[t.Conversation] = &t
		n.waiting++
		n.longest = max(n.longest, t.Wait(at))
		if t.From == "" && t.Wait(at) > w.o.target(t.Kind) {
			n.late++
		}
	}
	v := View{At: at.UTC(), Agents: map[desk.Status]int{}}
	rows := map[dialog.ConversationID]Row{}
	for id, t := range w.talks {
		t.waits = waits[id]
		if !t.live(at, w.o.Still) {
			delete(w.talks, id)
			continue
		}
		r := w.row(t, at)
		rows[id] = r
		n.risk = max(n.risk, r.Risk)
		if r.Call != "" {
			v.Calls++
		} else {
			v.Chats++
		}
	}
	for _, p := range w.o.Desk.People() {
		v.Agents[p.Status]++
	}
	v.Figures = w.day.figures(n, w.o)
	w.alerts = w.o.Limits.alerts(v.Figures, w.alerts, at.UTC())
	v.Alerts = slices.Clone(w.alerts)
	for i, a := range v.Alerts {
		for _, s := range w.snoozes {
			if s.Figure == a.Figure && at.Before(s.Until) {
				v.Alerts[i].Snooze = &s
			}
		}
	}
	w.board.put(v, rows)
}

// row is a conversation as it is shown.
func (w *Wall) row(t *talk, at time.Time) Row {
	r := Row{ID: t.id, Via: dialog.ViaChat, Call: t.call, Holder: t.holder, Queue: t.queue, Language: t.language, Name: t.name, Site: t.site,
		Practice: t.site == PracticeSite, Began: t.began.UTC()}
	kind := desk.Chat
	if t.call != "" {
		r.Via, kind = dialog.ViaVoice, desk.Call
	}
	if t.holder == dialog.HeldByAgent { // the person stays noted when the bot has it again
		r.Agent = t.agent
	}
	r.had, r.line = t.had, t.line
	if t.waits != nil {
		since := t.waits.Since.UTC()
		r.Waits, r.Queue, kind = &since, t.waits.Queue, t.waits.Kind
	}
	if t.call != "" && w.o.Listeners != nil {
		r.Listeners = w.o.Listeners(t.call)
	}
	if t.last.From != "" {
		last := t.last
		r.Last = &last
	}
	r.Risk, r.Reasons = Risk(t.signs(at, w.o.target(kind)))
	if r.Reasons == nil {
		r.Reasons = []Reason{}
	}
	if at.Sub(t.marked) >= between {
		t.marked = at
		t.spark = append(t.spark, r.Risk)
		t.spark = slices.Clone(t.spark[max(0, len(t.spark)-points):])
	}
	r.Spark = slices.Clip(t.spark)
	return r
}
