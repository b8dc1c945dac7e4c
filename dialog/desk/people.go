package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"parley/dialog"
)

// Wish is what a person sets: Available, Away or Offline.
func (d *Desk) Wish(ctx context.Context, agent string, s Status) error {
	return d.ask(ctx, func(ctx context.Context) error {
		return d.known(ctx, agent, func() error {
			now := d.o.Now()
			return d.o.Registry.Wish(ctx, agent, s, now, now.Add(d.o.Rules.Grace))
		})
	})
}

// Connect counts a window of the desk; gone must be called when it is closed.
func (d *Desk) Connect(ctx context.Context, agent string) (gone func(), err error) {
	err = d.ask(ctx, func(ctx context.Context) error {
		return d.known(ctx, agent, func() error { return d.o.Registry.Connect(ctx, agent, d.o.Now()) })
	})
	if err != nil {
		return nil, err
	}
	return func() {
		err := d.ask(context.Background(), func(ctx context.Context) error {
			now := d.o.Now()
			return d.o.Registry.Disconnect(ctx, agent, now, now.Add(d.o.Rules.Grace))
		})
		if err != nil && !errors.Is(err, ErrClosing) && !errors.Is(err, dialog.ErrNotFound) {
			d.o.Logger.Warn("a window of the desk is still counted", "agent", agent, "err", err)
		}
	}, nil
}

// quiet is how long a person without a window is taken to be at work after they did
// something: a program may be theirs.
const quiet = 15 * time.Minute

// touch notes that a person did something, who may have no window of the desk.
func (d *Desk) touch(ctx context.Context, agent string) error {
	return d.known(ctx, agent, func() error {
		agents, err := d.o.Registry.Agents(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(agents, func(a Agent) bool { return a.ID == agent })
		if i < 0 {
			return dialog.ErrNotFound
		}
		now := d.o.Now()
		if agents[i].Wish == Offline {
			if err := d.o.Registry.Wish(ctx, agent, Away, now, now); err != nil {
				return err
			}
		}
		if agents[i].Connected() {
			return nil
		}
		return errors.Join(d.o.Registry.Connect(ctx, agent, now), d.o.Registry.Disconnect(ctx, agent, now, now.Add(quiet)))
	})
}

// known runs f, and again when the person is one whom the desk did not know of.
func (d *Desk) known(ctx context.Context, agent string, f func() error) error {
	err := f()
	if !errors.Is(err, dialog.ErrNotFound) {
		return err
	}
	if err := d.know(ctx); err != nil {
		return err
	}
	return f()
}

// Changed makes the desk read the people anew, one of whom was added or changed; removed
// is who is no longer there, or "".
func (d *Desk) Changed(removed string) {
	d.later(func(ctx context.Context) error {
		if removed != "" {
			now := d.o.Now()
			if err := d.o.Registry.Wish(ctx, removed, Offline, now, now); err == nil {
				d.missing(ctx) // what they had goes to others
			}
			return d.o.Registry.Forget(ctx, removed)
		}
		return d.know(ctx)
	})
}
