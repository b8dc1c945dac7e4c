package tool

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// work does the next step of a change that is due.
func (o *Outbox) work(c store.Change) {
	owner, attempts := c.Owner, c.Attempts
	if c.State == store.ChangeRunning { // whoever ran it is gone, perhaps after it had happened
		c.Doubt = 1
		if c.Idempotent == string(Never) {
			c.State, c.Due = store.ChangeChecking, time.Now().UnixMicro()
			o.keep(c, owner, attempts)
			return
		}
	}
	switch {
	case c.State == store.ChangeChecking:
		o.look(c)
	case c.Attempts >= maxAttempts:
		o.giveUp(&c, "unanswered")
		o.keep(c, owner, attempts)
	case c.Attempts == 0 && time.Since(time.UnixMicro(c.Created)) > staleAfter: // the customer has gone other ways since
		o.giveUp(&c, "late")
		o.keep(c, owner, attempts)
	default:
		o.attempt(c)
	}
}

// attempt runs the change.
func (o *Outbox) attempt(c store.Change) {
	limit := changeTime
	e, err := o.box.find(c.Tool)
	if err == nil {
		limit = e.spec.Timeout
	}
	old, was := c, c.State
	now := time.Now()
	ok, takeErr := o.journal.TakeChange(o.ctx, &c, o.owner, now, now.Add(limit+slack))
	if takeErr != nil {
		o.log.Error("change not begun", "conversation", c.Conversation, "change", c.ID, "err", takeErr)
		o.rest(old)
		return
	}
	if !ok {
		return
	}
	var r Result
	if err == nil {
		r, err = o.call(e, c)
	} else {
		err = fmt.Errorf("%w: %w", ErrUnsent, err) // its server has not come up yet
	}
	o.log.Info("change", "conversation", c.Conversation, "change", c.ID, "tool", c.Tool, "attempt", c.Attempts, "again", was == store.ChangeRunning, "err", err)
	o.decide(&c, r, err)
	o.keep(c, o.owner, c.Attempts)
}

func (o *Outbox) call(e *entry, c store.Change) (Result, error) {
	args, err := decoded(c.Body)
	if err != nil {
		return Result{}, err
	}
	plain, values, err := o.box.open(c.Conversation, args)
	if err != nil {
		return Result{}, err
	}
	if plain, err = e.whole.check(c.Tool, plain); err != nil {
		return Result{}, fmt.Errorf("%w: %w", ErrUnsent, hushed(err, values))
	}
	r, err := o.box.run(o.ctx, e, Call{Args: plain, Key: c.Key})
	return spared(r, values), hushed(err, values)
}

func decoded(body string) (map[string]any, error) {
	var args map[string]any
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&args); err != nil {
		return nil, fmt.Errorf("%w: the kept arguments are damaged: %w", ErrUnsent, err)
	}
	return args, nil
}

// decide says what an attempt's end means.
func (o *Outbox) decide(c *store.Change, r Result, err error) {
	again := c.Idempotent != string(Never) && c.Attempts < maxAttempts
	switch {
	case err == nil && !r.Refused:
		o.settle(c, store.ChangeDone, r, "")
	case err == nil && c.Doubt == 1:
		// It may refuse because an earlier attempt has done it already, and forget the key.
		o.doubtful(c)
	case err == nil:
		o.settle(c, store.ChangeFailed, r, "refused")
	case errors.Is(err, ErrSealed):
		o.giveUp(c, "forgotten")
	case again:
		if !errors.Is(err, ErrUnsent) {
			c.Doubt = 1
		}
		c.State, c.Due = store.ChangeWaiting, time.Now().Add(backoff(c.Attempts)).UnixMicro()
	case errors.Is(err, ErrUnsent):
		o.giveUp(c, "unreachable")
	default:
		o.doubtful(c)
	}
}

// giveUp ends a change that will not be tried again.
func (o *Outbox) giveUp(c *store.Change, reason string) {
	if c.Doubt == 1 {
		o.doubtful(c)
		return
	}
	o.settle(c, store.ChangeFailed, Result{}, reason)
}

// doubtful has it looked up whether a change has happened.
func (o *Outbox) doubtful(c *store.Change) {
	c.Doubt, c.State, c.Due = 1, store.ChangeChecking, time.Now().UnixMicro()
}

func (o *Outbox) settle(c *store.Change, state string, r Result, reason string) {
	b, err := json.Marshal(kept{Result: r, Reason: reason})
	if err != nil {
		b = []byte("{}")
	}
	c.State, c.Result, c.Settled, c.Told = state, string(b), time.Now().UnixMicro(), 0
	o.box.used(c.Conversation, c.Body)
	if c.Conversation == "" { // of the staff's: there is no customer to tell
		c.Told = c.Settled
	}
}

// look finds out by the tool's check whether a change has happened. That it has not
// counts only once no attempt can still be under way.
func (o *Outbox) look(c store.Change) {
	owner, attempts := c.Owner, c.Attempts
	e, err := o.box.find(c.Tool)
	if err == nil && e.spec.Check == nil {
		o.settle(&c, store.ChangeUnknown, Result{}, "unanswered")
		o.keep(c, owner, attempts)
		return
	}
	var r Result
	if err == nil {
		r, err = o.checked(e.spec.Check, c)
	}
	over := err == nil && time.Since(time.UnixMicro(c.Started)) > 2*e.spec.Timeout
	switch {
	case err == nil && e.spec.Check.Done.in(r):
		o.settle(&c, store.ChangeDone, r, "")
	case over && e.spec.Check.Not.in(r):
		o.settle(&c, store.ChangeFailed, Result{}, "unanswered")
	case c.Checks+1 >= maxChecks:
		o.settle(&c, store.ChangeUnknown, Result{}, "unanswered")
	default:
		c.Checks++
		c.Due = time.Now().Add(backoff(c.Checks)).UnixMicro()
	}
	o.keep(c, owner, attempts)
}

// checked asks the check's tool.
func (o *Outbox) checked(k *Check, c store.Change) (Result, error) {
	e, err := o.box.find(k.Tool)
	if err != nil {
		return Result{}, err
	}
	if e.spec.Effect != Reads {
		return Result{}, fmt.Errorf("tool %s: %w", k.Tool, ErrChanges)
	}
	args, err := decoded(c.Body)
	if err != nil {
		return Result{}, err
	}
	if len(k.Args) > 0 {
		data := map[string]any{"args": args, "key": c.Key}
		args = map[string]any{}
		for name, s := range k.Args {
			w, err := parsed("check."+name, Text{"en": s})
			if err != nil {
				return Result{}, err
			}
			if v, ok := w.say("en", data); ok {
				args[name] = v
			}
		}
	}
	if args, err = e.whole.check(k.Tool, args); err != nil {
		return Result{}, err
	}
	return o.box.opened(o.ctx, e, c.Conversation, Call{Args: args})
}

// keep writes down what became of a change, until it succeeds or the journal is gone:
// what is not written is found by the lease's end.
func (o *Outbox) keep(c store.Change, owner string, attempts int64) {
	for try := int64(1); ; try++ {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(o.ctx), writing)
		rs, ok, err := o.journal.KeepChange(ctx, c, owner, attempts, o.ran(c)...)
		cancel()
		if err == nil {
			o.show(rs)
			if ok && State(c.State).Settled() {
				o.tell(c)
			}
			return
		}
		o.log.Error("change's outcome not kept", "conversation", c.Conversation, "change", c.ID, "state", c.State, "err", err)
		t := time.NewTimer(backoff(try))
		select {
		case <-t.C:
		case <-o.stop:
			t.Stop()
			return
		}
	}
}

// show tells who watches of what was kept. Who misses it finds it in the log.
func (o *Outbox) show(rs []dialog.Record) {
	for _, r := range rs {
		if o.shows == nil {
			return
		}
		if err := o.shows.Publish(context.WithoutCancel(o.ctx), r); err != nil {
			o.log.Warn("event not published", "type", r.Type, "conversation", r.Conversation, "err", err)
		}
	}
}

// rest keeps a change from being tried again at once.
func (o *Outbox) rest(store.Change) {
	t := time.NewTimer(backoff(1))
	defer t.Stop()
	select {
	case <-t.C:
	case <-o.stop:
	}
}

// backoff is how long to wait after so many attempts: doubled each time, and spread.
func backoff(n int64) time.Duration {
	d := min(first<<min(n-1, 10), longest)
	return d/2 + rand.N(d)
}
