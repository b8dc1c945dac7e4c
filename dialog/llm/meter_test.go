package llm_test

import (
	"context"
	"errors"
	"iter"
	"math"
	"testing"

	"parley/dialog/llm"
)

func TestMetered(t *testing.T) {
	told := &llm.Usage{Prompt: 1000, Cached: 400, Reply: 100}
	price := llm.Price{In: 2, Cached: 0.5, Out: 8}
	for name, c := range map[string]struct {
		chunks []llm.Chunk
		err    error
		leave  bool
		want   *llm.Spent
	}{
		"told":           {[]llm.Chunk{{Text: "yes"}, {FinishReason: "stop", Usage: told}}, nil, false, &llm.Spent{Usage: *told, Cost: (600*2 + 400*0.5 + 100*8) / 1e6}},
		"not told":       {[]llm.Chunk{{Text: "one two three four"}, {FinishReason: "stop"}}, nil, false, &llm.Spent{Usage: llm.Usage{Prompt: 6, Reply: 5}, Estimated: true, Cost: (6*2 + 5*8) / 1e6}},
		"in Chinese":     {[]llm.Chunk{{Text: "两到四天"}, {FinishReason: "stop"}}, nil, false, &llm.Spent{Usage: llm.Usage{Prompt: 6, Reply: 4}, Estimated: true, Cost: (6*2 + 4*8) / 1e6}},
		"not waited for": {[]llm.Chunk{{Text: "one two three four"}, {Text: "five"}}, nil, true, &llm.Spent{Usage: llm.Usage{Prompt: 6, Reply: 5}, Estimated: true, Cost: (6*2 + 5*8) / 1e6}},
		"broke off":      {[]llm.Chunk{{Text: "four"}}, llm.ErrCutOff, false, &llm.Spent{Usage: llm.Usage{Prompt: 6, Reply: 1}, Estimated: true, Cost: (6*2 + 1*8) / 1e6}},
		"refused":        {nil, errors.New("no"), false, nil},
	} {
		var got []llm.Spent
		m := llm.Metered(llm.Func(func(context.Context, llm.Request) iter.Seq2[llm.Chunk, error] {
			return func(yield func(llm.Chunk, error) bool) {
				for _, x := range c.chunks {
					if !yield(x, nil) {
						return
					}
				}
				if c.err != nil {
					yield(llm.Chunk{}, c.err)
				}
			}
		}), "m", price, llm.MeterFunc(func(s llm.Spent) { got = append(got, s) }))
		for range m.Stream(t.Context(), llm.Request{For: "c1", Messages: []llm.Message{{Role: llm.User, Text: "hello"}}}) {
			if c.leave {
				break
			}
		}
		if c.want == nil {
			if len(got) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		c.want.For, c.want.Role, c.want.Model, c.want.Currency = "c1", "llm", "m", "USD"
		if len(got) != 1 || math.Abs(got[0].Cost-c.want.Cost) > 1e-12 {
			t.Fatalf("%s: %+v, want %+v", name, got, c.want)
		}
		got[0].Cost = c.want.Cost
		if got[0] != *c.want {
			t.Errorf("%s: %+v, want %+v", name, got[0], c.want)
		}
	}
}
