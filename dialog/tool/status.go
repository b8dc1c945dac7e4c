package tool

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"
)

// Status is how a tool or a source is.
type Status struct {
	Spec  Spec
	State string // "ready", "resting", "unreachable", "wrong"
	Err   error
}

// Status lists every tool, and every source that does not answer.
func (b *Box) Status() (out []Status) {
	all := b.all()
	b.mu.Lock()
	defer b.mu.Unlock()
	down := map[string]error{}
	for _, s := range b.sources {
		if err := s.Err(); err != nil {
			down[s.Name()] = err
		}
	}
	listed := map[string]bool{}
	for _, e := range all {
		st := Status{Spec: e.spec, State: "ready", Err: e.err}
		listed[e.spec.Source] = true
		switch {
		case e.wrong != nil:
			st.State, st.Err = "wrong", e.wrong
		case down[e.spec.Source] != nil:
			st.State, st.Err = "unreachable", down[e.spec.Source]
		case e.breaker.State() == gobreaker.StateOpen:
			st.State = "resting"
		}
		out = append(out, st)
	}
	for name, err := range down {
		if !listed[name] {
			out = append(out, Status{Spec: Spec{Name: name, Source: name}, State: "unreachable", Err: err})
		}
	}
	slices.SortFunc(out, func(x, y Status) int { return strings.Compare(x.Spec.Name, y.Spec.Name) })
	return out
}

// Ready waits until a source answers, or ctx ends: then it says why it does not.
func Ready(ctx context.Context, s Source) error {
	t := time.NewTicker(20 * time.Millisecond)
	defer t.Stop()
	for {
		err := s.Err()
		if err == nil {
			return nil
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return err
		}
	}
}
