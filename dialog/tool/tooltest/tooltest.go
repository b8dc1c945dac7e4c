// Package tooltest has a scripted business system that counts what it did.
package tooltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"parley/dialog/tool"
)

// Tool is a tool of functions.
type Tool struct {
	S tool.Spec
	F func(ctx context.Context, c tool.Call) (tool.Result, error)
}

// Spec implements tool.Tool.
func (t *Tool) Spec() tool.Spec { return t.S }

// Call implements tool.Tool.
func (t *Tool) Call(ctx context.Context, c tool.Call) (tool.Result, error) { return t.F(ctx, c) }

// Mood is how a system takes a request.
type Mood uint8

// The moods.
const (
	Fine     Mood = iota
	Slow          // does it, and answers late
	Down          // did not get it
	Broken        // got it, did nothing, answers with an error
	Lying         // does it, and answers with an error
	Hanging       // does nothing and never answers
	Silent        // does it, and never answers
	Refusing      // a definite no
	Crazy         // does it, and answers nonsense
	Moods
)

// System is a business system: it books what it is asked for by number.
type System struct {
	// Mood of a request, by its number from 1; nil is Fine.
	Mood func(request int) Mood
	// Late is how long it takes when slow, Pace at other times; nil is none.
	Late time.Duration
	Pace func() time.Duration

	mu       sync.Mutex
	wg       sync.WaitGroup // of what it does late
	requests int
	runs     map[string]int // of effects, by number
	keys     map[string]tool.Result
}

// ErrSystem is what a broken one answers.
var ErrSystem = errors.New("internal server error")

// Tools are the system's: book (key), set (natural), send (no), send_checked (no,
// with a check) and look, which reads.
func (s *System) Tools() []tool.Tool {
	schema := json.RawMessage(`{"type":"object","properties":{"number":{"type":"string"}},"required":["number"],"additionalProperties":false}`)
	spec := func(name string, i tool.Idempotent) tool.Spec {
		return tool.Spec{Name: name, Effect: tool.Changes, Idempotent: i, Schema: schema, Timeout: 5 * time.Second, Parallel: 64,
			Refused: tool.Match{Field: "status", Is: []any{"refused"}}, Result: tool.Text{"en": "{{.result.status}} {{.args.number}}"}}
	}
	checked := spec("send_checked", tool.Never)
	checked.Check = &tool.Check{Tool: "look", Done: tool.Match{Field: "found", Is: []any{true}}, Not: tool.Match{Field: "found", Is: []any{false}}}
	look := tool.Spec{Name: "look", Effect: tool.Reads, Schema: schema, Timeout: 5 * time.Second, Parallel: 64}
	return []tool.Tool{&Tool{spec("book", tool.ByKey), s.keyed}, &Tool{spec("set", tool.Naturally), s.change},
		&Tool{spec("send", tool.Never), s.change}, &Tool{checked, s.change}, &Tool{look, s.look}}
}

// Runs are how often a number's change had its effect.
func (s *System) Runs(number string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[number]
}

func (s *System) mood() Mood {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.Mood == nil {
		return Fine
	}
	return s.Mood(s.requests)
}

// Wait waits for what the system still does.
func (s *System) Wait() { s.wg.Wait() }

// do has the effect; of what knows keys once for a key.
func (s *System) do(c tool.Call, keyed bool) tool.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs == nil {
		s.runs, s.keys = map[string]int{}, map[string]tool.Result{}
	}
	n := fmt.Sprint(c.Args["number"])
	if r, ok := s.keys[c.Key]; ok && keyed {
		return r
	}
	s.runs[n]++
	r := tool.Result{Data: map[string]any{"status": "done"}}
	s.keys[c.Key] = r
	return r
}

func (s *System) look(_ context.Context, c tool.Call) (tool.Result, error) {
	switch s.mood() {
	case Down:
		return tool.Result{}, tool.ErrUnsent
	case Broken, Lying, Crazy:
		return tool.Result{}, ErrSystem
	}
	return tool.Result{Data: map[string]any{"found": s.Runs(fmt.Sprint(c.Args["number"])) > 0}}, nil
}

func (s *System) change(ctx context.Context, c tool.Call) (tool.Result, error) {
	return s.take(ctx, c, false)
}

func (s *System) keyed(ctx context.Context, c tool.Call) (tool.Result, error) {
	return s.take(ctx, c, true)
}

// take lets a request travel: it arrives though nobody waits for it any more.
func (s *System) take(ctx context.Context, c tool.Call, keyed bool) (tool.Result, error) {
	m := s.mood()
	if m == Down {
		return tool.Result{}, fmt.Errorf("%w: connection refused", tool.ErrUnsent)
	}
	type answer struct {
		r   tool.Result
		err error
	}
	answers := make(chan answer, 1)
	s.wg.Go(func() {
		if s.Pace != nil {
			time.Sleep(s.Pace())
		}
		if m == Slow {
			time.Sleep(s.Late)
		}
		var a answer
		switch m {
		case Refusing:
			a.r = tool.Result{Data: map[string]any{"status": "refused"}}
		case Broken:
			a.err = ErrSystem
		case Hanging:
			return
		case Lying:
			s.do(c, keyed)
			a.err = ErrSystem
		case Silent:
			s.do(c, keyed)
			return
		case Crazy:
			s.do(c, keyed)
			a.err = errors.New("invalid character '<' looking for beginning of value")
		default:
			a.r = s.do(c, keyed)
		}
		answers <- a
	})
	select {
	case a := <-answers:
		return a.r, a.err
	case <-ctx.Done():
		return tool.Result{}, context.Cause(ctx)
	}
}
