package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"parley/dialog"
)

// Local is a registry within one process.
type Local struct {
	mu      sync.Mutex
	agents  map[string]*Agent
	waiting map[string]Entry
}

var _ Registry = (*Local)(nil)

// NewLocal returns an empty one.
func NewLocal() *Local { return &Local{agents: map[string]*Agent{}, waiting: map[string]Entry{}} }

// with runs f on a person under the lock.
func (l *Local) with(agent string, f func(a *Agent) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.agents[agent]
	if a == nil {
		return fmt.Errorf("desk: person %s: %w", agent, dialog.ErrNotFound)
	}
	return f(a)
}

// Know implements Registry.
func (l *Local) Know(_ context.Context, p Profile) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.agents[p.ID] == nil {
		l.agents[p.ID] = &Agent{}
	}
	l.agents[p.ID].know(p)
	return nil
}

// Forget implements Registry.
func (l *Local) Forget(_ context.Context, agent string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.agents, agent)
	return nil
}

// Wish implements Registry.
func (l *Local) Wish(_ context.Context, agent string, s Status, now, grace time.Time) error {
	return l.with(agent, func(a *Agent) error { a.wish(s, now, grace); return nil })
}

// Connect implements Registry.
func (l *Local) Connect(_ context.Context, agent string, now time.Time) error {
	return l.with(agent, func(a *Agent) error { a.connect(now); return nil })
}

// Disconnect implements Registry.
func (l *Local) Disconnect(_ context.Context, agent string, now, grace time.Time) error {
	return l.with(agent, func(a *Agent) error { a.disconnect(now, grace); return nil })
}

// Wrap implements Registry.
func (l *Local) Wrap(_ context.Context, agent string, until time.Time) error {
	return l.with(agent, func(a *Agent) error { a.Wrap = until; return nil })
}

// Agents implements Registry.
func (l *Local) Agents(context.Context) ([]Agent, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Agent, 0, len(l.agents))
	for _, id := range slices.Sorted(maps.Keys(l.agents)) {
		a := *l.agents[id]
		a.Seats = slices.Clone(a.Seats)
		out = append(out, a)
	}
	return out, nil
}

// Lives implements Registry: there is one node, and it needs no name.
func (l *Local) Lives(context.Context) (map[string]bool, error) {
	return map[string]bool{"": true}, nil
}

// Wait implements Registry.
func (l *Local) Wait(_ context.Context, e Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[e.Transfer] = e
	return nil
}

// Unwait implements Registry.
func (l *Local) Unwait(_ context.Context, transfer string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, transfer)
	return nil
}

// Waiting implements Registry.
func (l *Local) Waiting(context.Context) ([]Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.SortedFunc(maps.Values(l.waiting), func(a, b Entry) int { return a.Since.Compare(b.Since) }), nil
}

// Assign implements Registry.
func (l *Local) Assign(_ context.Context, transfer, agent, offer string, now time.Time) error {
	return l.with(agent, func(a *Agent) error {
		e, ok := l.waiting[transfer]
		if !ok {
			return ErrTaken
		}
		if err := a.reserve(e, offer, now); err != nil {
			return err
		}
		delete(l.waiting, transfer)
		return nil
	})
}

// Keep implements Registry.
func (l *Local) Keep(_ context.Context, agent string, id dialog.ConversationID, k Kind) error {
	return l.with(agent, func(a *Agent) error { a.keep(id, k); return nil })
}

// Free implements Registry.
func (l *Local) Free(_ context.Context, agent string, id dialog.ConversationID, now time.Time) error {
	err := l.with(agent, func(a *Agent) error { a.free(id, now); return nil })
	if errors.Is(err, dialog.ErrNotFound) {
		return nil
	}
	return err
}
