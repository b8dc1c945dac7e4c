package llm

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"
)

// Choice is one model of a chain.
type Choice struct {
	Name  string // for logs, metrics and Chunk.Model
	Model Model
}

// FallbackOptions of a chain; the zero value works.
type FallbackOptions struct {
	Failures int           // in a row until a model is left alone; 0 is 3
	Cooldown time.Duration // how long; 0 is 30 s
	// Failed is told of each failure and which model is asked next, "" for none. It must not wait.
	Failed func(name string, err error, next string)
	Log    *slog.Logger
}

// ErrNoModel: every model of a chain has failed.
var ErrNoModel = errors.New("llm: no model answers")

// Fallback asks the first model, and the next one when it fails before
// anything was said. One that fails often is left alone for a while.
func Fallback(o FallbackOptions, ms ...Choice) Model {
	if o.Failures == 0 {
		o.Failures = 3
	}
	if o.Cooldown == 0 {
		o.Cooldown = 30 * time.Second
	}
	if o.Failed == nil {
		o.Failed = func(string, error, string) {}
	}
	return &chain{o: o, models: ms, failed: make([]int, len(ms)), until: make([]time.Time, len(ms))}
}

type chain struct {
	o      FallbackOptions
	models []Choice

	mu     sync.Mutex
	failed []int       // in a row
	until  []time.Time // left alone
}

// order is who is asked: those left alone last.
func (c *chain) order() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	var fit, tired []int
	for i := range c.models {
		if time.Now().Before(c.until[i]) {
			tired = append(tired, i)
		} else {
			fit = append(fit, i)
		}
	}
	return append(fit, tired...)
}

func (c *chain) note(i int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.failed[i] = 0
		return
	}
	if c.failed[i]++; c.failed[i] >= c.o.Failures {
		c.until[i] = time.Now().Add(c.o.Cooldown)
	}
}

// Stream implements Model.
func (c *chain) Stream(ctx context.Context, r Request) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		order := c.order()
		var errs []error
		for k, i := range order {
			said, done, err := c.ask(ctx, i, r, yield)
			if done {
				return
			}
			if ctx.Err() != nil {
				yield(Chunk{}, context.Cause(ctx))
				return
			}
			c.note(i, err)
			next := ""
			if k+1 < len(order) && !said {
				next = c.models[order[k+1]].Name
			}
			c.o.Failed(c.models[i].Name, err, next)
			errs = append(errs, fmt.Errorf("%s: %w", c.models[i].Name, err))
			if said { // another model would begin anew: what was said stands
				yield(Chunk{}, errors.Join(errs...))
				return
			}
		}
		yield(Chunk{}, errors.Join(append(errs, ErrNoModel)...))
	}
}

// ask lets one model answer.
func (c *chain) ask(ctx context.Context, i int, r Request, yield func(Chunk, error) bool) (said, done bool, err error) {
	for chunk, err := range c.models[i].Model.Stream(ctx, r) {
		if err != nil {
			return said, false, err
		}
		if chunk.FinishReason != "" {
			c.note(i, nil)
			chunk.Model = c.models[i].Name
			yield(chunk, nil)
			return said, true, nil
		}
		said = said || chunk.Text != ""
		if !yield(chunk, nil) {
			return said, true, nil
		}
	}
	return said, false, ErrCutOff
}
