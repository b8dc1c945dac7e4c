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
	// Late is how long it takes when slow.
	Late time.Duration

	mu       sync.Mutex
	requests int
	runs     map[string]int // of effects, by number
	keys     map[string]tool.Result
	state    map[string]string
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
	return []tool.Tool{&Tool{spec("book", tool.ByKey), s.change}, &Tool{spec("set", tool.Naturally), s.change},
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

// do has the effect, once for a key; setting again what is set is no effect.
func (s *System) do(c tool.Call) tool.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs == nil {
		s.runs, s.keys, s.state = map[string]int{}, map[string]tool.Result{}, map[string]string{}
	}
	n := fmt.Sprint(c.Args["number"])
	if r, ok := s.keys[c.Key]; ok && c.Key != "" {
		return r
	}
	s.runs[n]++
	s.state[n] = "done"
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
	hang := func() (tool.Result, error) { <-ctx.Done(); return tool.Result{}, context.Cause(ctx) }
	switch m := s.mood(); m {
	case Slow:
		t := time.NewTimer(s.Late)
		defer t.Stop()
		<-t.C // a system does not stop for those who do not wait
		return s.do(c), context.Cause(ctx)
	case Down:
		return tool.Result{}, fmt.Errorf("%w: connection refused", tool.ErrUnsent)
	case Broken:
		return tool.Result{}, ErrSystem
	case Lying:
		s.do(c)
		return tool.Result{}, ErrSystem
	case Hanging:
		return hang()
	case Silent:
		s.do(c)
		return hang()
	case Refusing:
		return tool.Result{Data: map[string]any{"status": "refused"}}, nil
	case Crazy:
		s.do(c)
		return tool.Result{}, errors.New("invalid character '<' looking for beginning of value")
	}
	return s.do(c), nil
}
