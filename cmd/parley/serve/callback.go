package serve

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/outbound"
	"parley/dialog/store"
	"parley/web"
)

// Times of callbacks.
const (
	callbackLook  = time.Second     // how often it is looked who is to be called
	callbackLease = 2 * time.Minute // a node that calls has the customer; renewed while it does
	callbackMost  = 500             // that are looked at together
	opensAt       = 9               // o'clock, on a day that is named without a time
)

// The states of a callback, as callback.updated has them.
const (
	backWaiting   = "waiting"
	backCalling   = "calling"
	backConnected = "connected"
	backGivenUp   = "given_up"
	backCancelled = "cancelled"
)

// callback is what a task of that kind has to say.
type callback struct {
	Number   string `json:"number"` // E.164
	Language string `json:"language,omitempty"`
	Queue    string `json:"queue,omitempty"`
	When     string `json:"when,omitempty"`   // as the customer said it
	State    string `json:"state,omitempty"`  // "": the conversation has not been told
	Reason   string `json:"reason,omitempty"` // of the last call
	Since    int64  `json:"since"`            // the customer waits
	Left     bool   `json:"left,omitempty"`   // a machine has our message: another is none the wiser
}

func callbackOf(t store.Task) (c callback) {
	_ = json.Unmarshal([]byte(t.Body), &c) // written here alone
	return c
}

// callbacks keeps what customers were promised: each is called at their turn, when a person is
// free for them, and again where nobody answers.
type callbacks struct {
	s     *server
	tries int
	pause time.Duration // before the second try; each one after it is three times as long

	mu     sync.Mutex
	line   []desk.Entry        // who may be called now
	calls  map[string]*calling // under way here, by task
	turns  chan turnOf
	wake   chan struct{} // holds one
	ended  chan endOf
	closed chan struct{}
}

// calling is a callback under way.
type calling struct {
	task  store.Task
	agent string // who is free for the customer
}

type turnOf struct{ task, agent string }

type endOf struct {
	conversation dialog.ConversationID
	reason       string
}

var _ desk.Callbacks = (*callbacks)(nil)

func newCallbacks(s *server) *callbacks {
	c := s.c.SIP.Callbacks
	return &callbacks{s: s, tries: c.Tries, pause: time.Duration(c.Pause) * time.Second, calls: map[string]*calling{},
		turns: make(chan turnOf, 64), ended: make(chan endOf, 64), wake: make(chan struct{}, 1), closed: make(chan struct{})}
}

// Waiting implements desk.Callbacks.
func (b *callbacks) Waiting(now time.Time) []desk.Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(b.line)
	for _, k := range b.calls {
		e := entry(k.task)
		e.First, e.Only = true, k.agent
		out = append(out, e)
	}
	return out
}

func entry(t store.Task) desk.Entry {
	c := callbackOf(t)
	since := time.UnixMicro(c.Since)
	return desk.Entry{Transfer: t.ID, Conversation: t.Conversation, Kind: desk.Call, Queue: c.Queue, Language: c.Language, Since: since, Queued: since}
}

// Turn implements desk.Callbacks.
func (b *callbacks) Turn(task, agent string) {
	b.mu.Lock()
	on := b.calls[task] != nil
	b.mu.Unlock()
	if on {
		return
	}
	select {
	case b.turns <- turnOf{task, agent}:
	default: // it comes again
	}
}

// Offers implements desk.Callbacks.
func (b *callbacks) Offers(ctx context.Context, id dialog.ConversationID) bool {
	if _, on, err := b.s.store.TaskOf(ctx, id, store.Callback); on || err != nil {
		return false
	}
	c, err := b.s.store.Conversation(ctx, id)
	return err == nil && (c.Phone() == "" && b.s.mind.asksNumber() || b.s.phones.callable(ctx, c.Phone()))
}

// callable reports whether a number may be called at all, if not now.
func (p *phones) callable(ctx context.Context, number string) bool {
	n, err := outbound.Parse(number, p.c.Region)
	if err != nil || !p.gate.Allows(n) {
		return false
	}
	listed, err := p.s.store.IsBarred(ctx, n.E164)
	return err == nil && !listed
}

// callable implements the brain's question whether a number may be called back.
func (s *server) callable(number string) bool {
	if s.backs == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return s.phones.callable(ctx, number)
}

// promise keeps, in ctx's transaction, that a customer is to be called.
func (b *callbacks) promise(ctx context.Context, id dialog.ConversationID, number, when, language string) error {
	n, err := outbound.Parse(number, b.s.c.SIP.Region)
	if err != nil {
		return err
	}
	now := time.Now()
	due := now
	if at, ok := outbound.Wish(when, now.In(b.clock(n)), opensAt); ok {
		due = at
	}
	c := callback{Number: n.E164, Language: language, When: when, Since: now.UnixMicro()}
	if t, ok := b.s.desk.Open(id); ok {
		c.Queue, c.Since = t.Queue, t.Since.UnixMicro()
	} else if x, err := b.s.store.Conversation(ctx, id); err == nil {
		c.Queue = x.Line()
	}
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, _, err := b.s.store.AddTask(ctx, store.Task{ID: "callback_" + rand.Text(), Kind: store.Callback, Conversation: id, Due: due.UnixMicro(), Body: string(body)}); err != nil {
		return err
	}
	if err := b.s.store.Reached(ctx, id, n.E164); err != nil {
		return err
	}
	b.look()
	return nil
}

// clock is by which a customer means a time: their own country's, where it has one, else ours.
func (b *callbacks) clock(n outbound.Number) *time.Location {
	if len(n.Zones) == 1 {
		if z, err := time.LoadLocation(n.Zones[0]); err == nil {
			return z
		}
	}
	if z, err := b.s.c.Location(); err == nil {
		return z
	}
	return time.Local
}

func (b *callbacks) look() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// over says how a call of a conversation has ended. It does not wait.
func (b *callbacks) over(id dialog.ConversationID, reason string) {
	if b == nil {
		return
	}
	b.mu.Lock()
	ours := false
	for _, k := range b.calls {
		ours = ours || k.task.Conversation == id
	}
	b.mu.Unlock()
	if !ours {
		return
	}
	select {
	case b.ended <- endOf{id, reason}:
	case <-b.closed:
	}
}

// keep keeps them until the server stops.
func (b *callbacks) keep() {
	defer close(b.closed)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	t := time.NewTicker(callbackLook)
	defer t.Stop()
	for {
		b.round(ctx)
		select {
		case <-t.C:
		case <-b.wake:
		case x := <-b.turns:
			b.call(ctx, x)
		case x := <-b.ended:
			b.settle(ctx, x)
		case <-b.s.stopping:
			return
		}
	}
}

// round looks who is to be called, and who need not be any more.
func (b *callbacks) round(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, journalTime)
	defer cancel()
	met, closed, err := b.s.store.Met(ctx, store.Callback)
	if err != nil {
		b.s.log.Warn("callbacks are not looked at", "err", err)
		return
	}
	for _, t := range met {
		b.end(ctx, t, backConnected, "")
	}
	for _, t := range closed {
		b.end(ctx, t, backCancelled, "closed")
	}
	ts, err := b.s.store.Tasks(ctx, store.Callback, callbackMost)
	if err != nil {
		b.s.log.Warn("callbacks are not looked at", "err", err)
		return
	}
	now := time.Now()
	var line []desk.Entry
	for _, t := range ts {
		if callbackOf(t).State == "" {
			var ok bool
			if t, ok = b.step(ctx, t, backWaiting, "", func(*store.Task) {}); !ok {
				continue
			}
		}
		b.mu.Lock()
		k := b.calls[t.ID]
		b.mu.Unlock()
		switch {
		case k != nil && t.Lease < now.Add(callbackLease/2).UnixMicro():
			b.renew(ctx, k, t, now)
		case k == nil && t.Due <= now.UnixMicro() && t.Lease <= now.UnixMicro() && !b.s.phones.gate.Off():
			line = append(line, entry(t))
		}
	}
	b.mu.Lock()
	b.line = line
	b.mu.Unlock()
	if len(line) > 0 {
		b.s.desk.Look()
	}
}

// renew keeps a callback that is under way ours.
func (b *callbacks) renew(ctx context.Context, k *calling, t store.Task, now time.Time) {
	is := t
	is.Lease = now.Add(callbackLease).UnixMicro()
	if _, err := b.s.store.StepTask(ctx, t, is, "", nil); err != nil {
		b.s.log.Warn("a callback under way is not kept ours", "conversation", t.Conversation, "err", err)
		return
	}
	b.mu.Lock()
	k.task = is
	b.mu.Unlock()
}

// step brings a callback to a state, and tells its conversation; false: it was not kept.
func (b *callbacks) step(ctx context.Context, was store.Task, state, reason string, change func(t *store.Task)) (store.Task, bool) {
	is, c := was, callbackOf(was)
	c.State, c.Reason = state, cmp.Or(reason, c.Reason)
	body, err := json.Marshal(c)
	if err != nil {
		return was, false
	}
	is.Body = string(body)
	change(&is)
	d := dialog.CallbackData{ID: was.ID, State: state, Reason: reason, Tries: int(is.Tries)}
	if is.Ended == 0 {
		d.Due = time.UnixMicro(is.Due).UTC()
	}
	r, err := b.s.store.StepTask(ctx, was, is, dialog.CallbackUpdated, d)
	if err != nil {
		if !errors.Is(err, dialog.ErrConflict) {
			b.s.log.Warn("a callback is not kept", "conversation", was.Conversation, "state", state, "err", err)
		}
		return was, false
	}
	if err := b.s.bus.Publish(ctx, r); err != nil {
		b.s.log.Warn("event not published", "type", r.Type, "err", err)
	}
	return is, true
}

// end ends one.
func (b *callbacks) end(ctx context.Context, t store.Task, state, reason string) bool {
	_, ok := b.step(ctx, t, state, reason, func(t *store.Task) {
		t.Ended, t.Outcome, t.Lease = time.Now().UnixMicro(), state, 0
	})
	if ok {
		b.mu.Lock()
		delete(b.calls, t.ID)
		b.mu.Unlock()
	}
	return ok
}

// call calls a customer whose turn it is.
func (b *callbacks) call(ctx context.Context, x turnOf) {
	ctx, cancel := context.WithTimeout(ctx, journalTime)
	defer cancel()
	ts, err := b.s.store.Tasks(ctx, store.Callback, callbackMost)
	i := slices.IndexFunc(ts, func(t store.Task) bool { return t.ID == x.task })
	now := time.Now()
	b.mu.Lock()
	on := b.calls[x.task] != nil
	b.mu.Unlock()
	if err != nil || i < 0 || on || ts[i].Due > now.UnixMicro() || ts[i].Lease > now.UnixMicro() {
		return
	}
	t := ts[i]
	if c, err := b.s.store.Conversation(ctx, t.Conversation); err != nil || c.Holder != dialog.HeldByBot || b.busy(t.Conversation) { // the customer is here
		return
	}
	t, ok := b.step(ctx, t, backCalling, "", func(t *store.Task) { t.Lease, t.Tries = now.Add(callbackLease).UnixMicro(), t.Tries+1 })
	if !ok {
		return
	}
	b.mu.Lock()
	b.calls[t.ID] = &calling{task: t, agent: x.agent}
	b.line = slices.DeleteFunc(b.line, func(e desk.Entry) bool { return e.Transfer == t.ID })
	b.mu.Unlock()
	c := callbackOf(t)
	_, begin, err := b.s.phones.Call(ctx, web.PhoneCall{To: c.Number, Language: c.Language, Conversation: t.Conversation, Callback: true, Informed: c.Left,
		Unanswered: func(reason string) { b.over(t.Conversation, reason) }})
	if err != nil {
		b.refused(ctx, t, err)
		return
	}
	begin()
}

// busy reports whether the customer is on a call already.
func (b *callbacks) busy(id dialog.ConversationID) bool {
	_, up := b.s.calls.Of(id)
	return up
}

// refused puts off a callback that may not be called now, or gives it up. It was no try.
func (b *callbacks) refused(ctx context.Context, t store.Task, err error) {
	var r *outbound.Refusal
	if errors.As(err, &r) && slices.Contains([]outbound.Code{outbound.BadNumber, outbound.Emergency, outbound.Destination, outbound.Listed}, r.Code) {
		b.end(ctx, t, backGivenUp, string(r.Code))
		return
	}
	at, reason := time.Now().Add(time.Minute), "error"
	if r != nil {
		if reason = string(r.Code); r.Again.After(at) {
			at = r.Again
		}
	} else {
		b.s.log.Warn("a customer is not called back yet", "conversation", t.Conversation, "err", err)
	}
	b.put(ctx, t, reason, at, false)
}

// put gives a callback back to the line, to be done at a time.
func (b *callbacks) put(ctx context.Context, t store.Task, reason string, at time.Time, counted bool) {
	_, ok := b.step(ctx, t, backWaiting, reason, func(t *store.Task) {
		t.Due, t.Lease = at.UnixMicro(), 0
		if !counted {
			t.Tries--
		}
		if reason == "voicemail" && b.s.live.config().SIP.Machine != "hangup" {
			c := callbackOf(*t)
			c.Left = true
			if body, err := json.Marshal(c); err == nil { // it was one before
				t.Body = string(body)
			}
		}
	})
	b.mu.Lock()
	defer b.mu.Unlock()
	if ok || b.calls[t.ID] != nil { // what is not kept comes back when its lease is over
		delete(b.calls, t.ID)
	}
}

// settle does what follows from the end of a call that was a callback.
func (b *callbacks) settle(ctx context.Context, x endOf) {
	ctx, cancel := context.WithTimeout(ctx, journalTime)
	defer cancel()
	t, open, err := b.s.store.TaskOf(ctx, x.conversation, store.Callback)
	if err != nil {
		b.s.log.Warn("the end of a callback is not noted", "conversation", x.conversation, "err", err)
	}
	b.mu.Lock()
	for id, k := range b.calls {
		if k.task.Conversation == x.conversation && !open {
			delete(b.calls, id) // it has ended meanwhile, or is called again when its lease is over
		}
	}
	b.mu.Unlock()
	if !open {
		return
	}
	switch {
	case x.reason == "cancelled", x.reason == "shutdown": // by us
		b.put(ctx, t, x.reason, time.Now().Add(time.Minute), false)
	case x.reason == "do_not_call", x.reason == "number":
		b.end(ctx, t, backGivenUp, x.reason)
	case x.reason == "goodbye", x.reason == "customer":
		b.end(ctx, t, backCancelled, x.reason)
	case int(t.Tries) >= b.tries:
		b.end(ctx, t, backGivenUp, x.reason)
	default:
		pause := b.pause
		for range t.Tries - 1 {
			pause *= 3
		}
		b.put(ctx, t, x.reason, time.Now().Add(pause), true)
	}
}

// called reports whether a customer is being called back.
func (b *callbacks) called(id dialog.ConversationID) bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range b.calls {
		if k.task.Conversation == id {
			return true
		}
	}
	return false
}

// queueOf is the queue in which the customer who is called back has waited.
func (b *callbacks) queueOf(id dialog.ConversationID) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range b.calls {
		if k.task.Conversation == id {
			return callbackOf(k.task).Queue
		}
	}
	return ""
}

// callbackKept is how long it is shown that a callback was given up.
const callbackKept = 7 * 24 * time.Hour

var _ web.Callbacks = (*callbacks)(nil)

// List implements web.Callbacks.
func (b *callbacks) List(ctx context.Context) ([]web.Callback, error) {
	ts, err := b.s.store.Tasks(ctx, store.Callback, callbackMost)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(ts, func(x, y store.Task) int { return cmp.Compare(callbackOf(x).Since, callbackOf(y).Since) })
	ended, err := b.s.store.EndedTasks(ctx, store.Callback, time.Now().Add(-callbackKept), callbackMost)
	if err != nil {
		return nil, err
	}
	out := []web.Callback{}
	for _, t := range append(ts, ended...) {
		if t.Ended > 0 && t.Outcome != backGivenUp {
			continue
		}
		c := callbackOf(t)
		x := web.Callback{ID: t.ID, Conversation: t.Conversation, Number: c.Number, Language: c.Language, Queue: c.Queue, When: c.When, State: cmp.Or(c.State, backWaiting),
			Reason: c.Reason, Tries: int(t.Tries), Most: b.tries, Since: time.UnixMicro(c.Since).UTC()}
		if t.Ended > 0 {
			x.Ended = time.UnixMicro(t.Ended).UTC()
		} else {
			x.Due = time.UnixMicro(t.Due).UTC()
		}
		if k, err := b.s.store.Conversation(ctx, t.Conversation); err == nil {
			x.Name = k.Name()
		}
		out = append(out, x)
	}
	return out, nil
}

// Cancel implements web.Callbacks. It ends what was given up as well: somebody has seen it.
func (b *callbacks) Cancel(ctx context.Context, id string) error {
	ts, err := b.s.store.Tasks(ctx, store.Callback, callbackMost)
	if err != nil {
		return err
	}
	for _, t := range ts {
		switch {
		case t.ID != id:
		case t.Lease > time.Now().UnixMicro(), !b.end(ctx, t, backCancelled, "staff"):
			return dialog.ErrConflict
		default:
			return nil
		}
	}
	return b.s.store.SeenTask(ctx, id)
}
