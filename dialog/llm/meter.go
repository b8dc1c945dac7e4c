package llm

import (
	"context"
	"iter"
	"unicode"
)

// Price of a model, per million tokens.
type Price struct {
	In, Cached, Out float64 // Cached 0 is as In
	Currency        string  // as the company writes it; "" is USD
}

// Cost of what was used, in the price's currency.
func (p Price) Cost(u Usage) float64 {
	cached := p.Cached
	if cached == 0 {
		cached = p.In
	}
	hit := min(u.Cached, u.Prompt)
	return (float64(u.Prompt-hit)*p.In + float64(hit)*cached + float64(u.Reply)*p.Out) / 1e6
}

// Spent is what one request cost.
type Spent struct {
	For       string // Request.For
	Role      string // "llm" or "embed"
	Model     string
	Usage     Usage
	Estimated bool // the server did not tell: counted from the text
	Cost      float64
	Currency  string
}

// Meter is told of what was spent. It must not wait.
type Meter interface{ Spent(s Spent) }

// MeterFunc makes a Meter of a function.
type MeterFunc func(Spent)

// Spent calls f.
func (f MeterFunc) Spent(s Spent) { f(s) }

// Metered counts what a model costs, also of replies that broke off or were not waited for.
func Metered(m Model, name string, p Price, to Meter) Model {
	if p.Currency == "" {
		p.Currency = "USD"
	}
	return Func(func(ctx context.Context, r Request) iter.Seq2[Chunk, error] {
		return func(yield func(Chunk, error) bool) {
			s := Spent{For: r.For, Role: "llm", Model: name, Currency: p.Currency}
			reply, begun := 0, false
			var told *Usage
			defer func() {
				switch {
				case told != nil:
					s.Usage = *told
				case begun:
					s.Usage, s.Estimated = Usage{Prompt: promptTokens(r), Reply: (reply + 3) / 4}, true
				default: // refused: nothing is charged for
					return
				}
				s.Cost = p.Cost(s.Usage)
				to.Spent(s)
			}()
			for c, err := range m.Stream(ctx, r) {
				begun = begun || err == nil
				reply += quarters(c.Text)
				for _, x := range c.Calls {
					reply += quarters(x.Name) + quarters(x.Arguments)
				}
				if c.Usage != nil {
					told = c.Usage
				}
				if !yield(c, err) {
					return
				}
			}
		}
	})
}

// quarters estimates the tokens of a text, times four: a Han character is about one, four letters are about one.
func quarters(s string) (n int) {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Hangul, r) {
			n += 3
		}
		n++
	}
	return n
}

func promptTokens(r Request) int {
	n := quarters(r.System)
	for _, m := range r.Messages {
		n += quarters(m.Text) + 16
		for _, c := range m.Calls {
			n += quarters(c.Name) + quarters(c.Arguments)
		}
	}
	for _, t := range r.Tools {
		n += quarters(t.Name) + quarters(t.Description) + quarters(string(t.Parameters))
	}
	return (n + 3) / 4
}
