package llm

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
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
	c := &chain{o: o, models: ms}
	for range ms {
		c.breakers = append(c.breakers, &breaker{most: o.Failures, cooldown: o.Cooldown})
	}
	return c
}

type chain struct {
	o        FallbackOptions
	models   []Choice
	breakers []*breaker
}

// Stream implements Model. Those left alone are asked when nobody else is left: an
// answer that may come is better than none.
func (c *chain) Stream(ctx context.Context, r Request) iter.Seq2[Chunk, error] {
	return func(yield func(Chunk, error) bool) {
		var errs []error
		var tired []int
		for i := range c.models {
			if !c.breakers[i].allows(time.Now()) {
				tired = append(tired, i)
				continue
			}
			if c.try(ctx, i, r, yield, &errs, func() string { return c.next(i+1, tired) }) {
				return
			}
		}
		for k, i := range tired {
			if c.try(ctx, i, r, yield, &errs, func() string { return c.next(len(c.models), tired[k+1:]) }) {
				return
			}
		}
		yield(Chunk{}, errors.Join(append(errs, ErrNoModel)...))
	}
}

// next names who is likely to be asked after a failure, "" is nobody.
func (c *chain) next(from int, tired []int) string {
	for i := from; i < len(c.models); i++ {
		if c.breakers[i].closed() {
			return c.models[i].Name
		}
		tired = append(tired[:len(tired):len(tired)], i)
	}
	if len(tired) > 0 {
		return c.models[tired[0]].Name
	}
	return ""
}

// try lets one model answer; true: it is over, well or not.
func (c *chain) try(ctx context.Context, i int, r Request, yield func(Chunk, error) bool, errs *[]error, next func() string) bool {
	said, done, err := c.ask(ctx, i, r, yield)
	if done {
		return true
	}
	if ctx.Err() != nil {
		c.breakers[i].done(nil, true, time.Now())
		yield(Chunk{}, context.Cause(ctx))
		return true
	}
	c.breakers[i].done(err, false, time.Now())
	*errs = append(*errs, fmt.Errorf("%s: %w", c.models[i].Name, err))
	if said { // another model would begin anew: what was said stands
		c.o.Failed(c.models[i].Name, err, "")
		yield(Chunk{}, errors.Join(*errs...))
		return true
	}
	c.o.Failed(c.models[i].Name, err, next())
	return false
}

// ask lets one model answer.
func (c *chain) ask(ctx context.Context, i int, r Request, yield func(Chunk, error) bool) (said, done bool, err error) {
	for chunk, err := range c.models[i].Model.Stream(ctx, r) {
		if err != nil {
			return said, false, err
		}
		if chunk.FinishReason != "" {
			c.breakers[i].done(nil, false, time.Now())
			chunk.Model = c.models[i].Name
			yield(chunk, nil)
			return said, true, nil
		}
		said = said || chunk.Text != ""
		if !yield(chunk, nil) {
			c.breakers[i].done(nil, true, time.Now())
			return said, true, nil
		}
	}
	return said, false, ErrCutOff
}
