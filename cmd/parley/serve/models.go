package serve

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/cmd/parley/config"
	"parley/dialog"
	"parley/dialog/llm"
	"parley/dialog/store"
)

// model is the chain of chat models; nil when there is none. Each is asked once more when
// it fails for a moment, before the next is.
func model(c config.Config, to llm.Meter, faults *faults, log *slog.Logger) (llm.Model, error) {
	var choices []llm.Choice
	for _, e := range c.LLM {
		switch e.Engine {
		case "offline":
		case "openai":
			m := llm.NewOpenAI(e.ModelOptions())
			choices = append(choices, llm.Choice{Name: m.Name(), Model: llm.Retry(llm.Traced(llm.Metered(m, m.Name(), e.ModelPrice(), to), m.Name()), llm.RetryOptions{})})
		default:
			return nil, fmt.Errorf("llm: unknown engine %q", e.Engine)
		}
	}
	if len(choices) == 0 {
		return nil, nil
	}
	return llm.Fallback(llm.FallbackOptions{Failed: faults.failed(log, "llm"), Log: log}, choices...), nil
}

// spending counts what models cost, and keeps it by conversation.
type spending struct {
	queue chan llm.Spent // to be kept

	mu     sync.Mutex
	tokens map[spent]int64
	cost   map[spent]float64
	lost   int64 // not kept, for the queue was full or the store refused
}

// spent is a label: what is tokens' kind, or cost's currency.
type spent struct{ role, model, what string }

func newSpending() *spending {
	return &spending{queue: make(chan llm.Spent, 1024), tokens: map[spent]int64{}, cost: map[spent]float64{}}
}

// Spent implements llm.Meter.
func (s *spending) Spent(x llm.Spent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for what, n := range map[string]int{"prompt": x.Usage.Prompt - x.Usage.Cached, "cached": x.Usage.Cached, "reply": x.Usage.Reply} {
		s.tokens[spent{x.Role, x.Model, what}] += int64(n)
	}
	s.cost[spent{x.Role, x.Model, x.Currency}] += x.Cost
	select {
	case s.queue <- x:
	default:
		s.lost++
	}
}

// keep writes what is queued until stopping, and then what is left.
func (s *spending) keep(st *store.Store, stopping <-chan struct{}, log *slog.Logger) {
	for {
		var batch []store.Usage
		select {
		case x := <-s.queue:
			batch = append(batch, kept(x))
		case <-stopping:
		}
		for more := true; more && len(batch) < 100; {
			select {
			case x := <-s.queue:
				batch = append(batch, kept(x))
			default:
				more = false
			}
		}
		if len(batch) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		err := st.AddUsage(ctx, batch...)
		cancel()
		if err != nil {
			log.Error("what models cost is not kept", "err", err)
			s.mu.Lock()
			s.lost += int64(len(batch))
			s.mu.Unlock()
		}
	}
}

func kept(x llm.Spent) store.Usage {
	return store.Usage{Conversation: dialog.ConversationID(x.For), Role: x.Role, Model: x.Model, Prompt: int64(x.Usage.Prompt), Cached: int64(x.Usage.Cached),
		Reply: int64(x.Usage.Reply), Estimated: x.Estimated, Cost: x.Cost, Currency: x.Currency}
}

var (
	tokensDesc = prometheus.NewDesc("parley_llm_tokens_total", "Tokens of models, by kind: prompt (not cached), cached, reply.", []string{"role", "model", "kind"}, nil)
	costDesc   = prometheus.NewDesc("parley_llm_cost_total", "What models cost, by currency, at the prices of the settings.", []string{"role", "model", "currency"}, nil)
	lostDesc   = prometheus.NewDesc("parley_llm_usage_lost_total", "Requests whose cost was counted but could not be kept.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s *spending) Describe(c chan<- *prometheus.Desc) {
	c <- tokensDesc
	c <- costDesc
	c <- lostDesc
}

// Collect implements prometheus.Collector.
func (s *spending) Collect(c chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, n := range s.tokens {
		c <- prometheus.MustNewConstMetric(tokensDesc, prometheus.CounterValue, float64(n), k.role, k.model, k.what)
	}
	for k, n := range s.cost {
		c <- prometheus.MustNewConstMetric(costDesc, prometheus.CounterValue, n, k.role, k.model, k.what)
	}
	c <- prometheus.MustNewConstMetric(lostDesc, prometheus.CounterValue, float64(s.lost))
}
