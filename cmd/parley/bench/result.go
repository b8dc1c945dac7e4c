package bench

import (
	"encoding/json"
	"slices"
	"time"

	"parley/cmd/parley/figure"
	"parley/dialog"
)

// Dist is how values are spread, in milliseconds.
type Dist struct {
	N   int     `json:"n"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`

	values []float64
}

func dist(v []float64) Dist {
	return Dist{N: len(v), P50: figure.Quantile(v, 0.5), P95: figure.Quantile(v, 0.95), Max: figure.Quantile(v, 1), values: v}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// Result is one size of the bench.
type Result struct {
	Calls   int     `json:"calls"`
	Seconds float64 `json:"seconds"` // of the steady window
	Voice   string  `json:"voice"`   // of the callers
	Offline bool    `json:"offline,omitempty"`
	Setup   Dist    `json:"setup_ms"`

	CPU struct {
		PerCall float64 `json:"per_call_percent"` // of a core
		Server  float64 `json:"server_percent"`
		Idle    float64 `json:"idle_percent"`
		// Slowdown is how many times its least processor time the same work took while
		// calls were measured: what others on the machine, and the callers, make of the
		// figures above. 1 is a machine of one's own.
		Slowdown float64 `json:"slowdown"`
	} `json:"cpu"`
	Memory struct {
		Idle       float64 `json:"idle_mb"`
		Half       float64 `json:"half_mb"` // with half of the calls
		Full       float64 `json:"full_mb"`
		PerSession float64 `json:"per_session_mb"` // of the second half; 0: too few to tell
		After      float64 `json:"after_mb"`       // when all have hung up
	} `json:"memory"`
	Turns struct {
		Asked      int     `json:"asked"`
		Answered   int     `json:"answered"`
		Served     int     `json:"calls_answered"` // calls of which any question was, in the whole run
		Early      int     `json:"early"`          // answered before the end of the question
		Talkover   int     `json:"talk_over"`      // the bot spoke still when the interruption was over
		Measured   int     `json:"measured"`
		Interrupts int     `json:"interruptions"`
		Yielded    int     `json:"yielded"`
		BotShare   float64 `json:"bot_share"` // of the time
	} `json:"turns"`
	Response Dist            `json:"response_ms"` // heard outside
	Own      Dist            `json:"own_ms"`
	Stages   map[string]Dist `json:"own_stages_ms"`
	Inside   map[string]Dist `json:"turn_measured_ms"`
	Duck     Dist            `json:"duck_ms"`
	Hush     Dist            `json:"hush_ms"`
	Yield    Dist            `json:"yield_ms"`
	Clock    struct {
		P50    float64 `json:"p50_ms"`
		P99    float64 `json:"p99_ms"`
		P999   float64 `json:"p999_ms"`
		Missed float64 `json:"missed"`
	} `json:"clock"`
	Network struct {
		Received     int     `json:"received"`       // by the callers
		Missing      int     `json:"missing"`        // at the callers
		LostAtServer int     `json:"lost_at_server"` // of the callers' packets
		ClientLate   float64 `json:"client_late_ms"` // how late a caller's packet left at worst
	} `json:"network"`
	Drafts struct {
		Adopted float64 `json:"adopted"`
		Wasted  float64 `json:"wasted"`
	} `json:"drafts"`
	Bars []Bar `json:"bars"`
}

// The stages in which time of Parley's own is spent: until the provider, or the
// caller, has what comes next.
var stages = []string{"hear", "think", "speak", "play"}

// turns fills in what the callers saw in the window from a to b.
func (r *Result) turns(cs []*caller, p *peers, d Delays, a, b time.Time) {
	var setup, response, own, duck, hush, yield []float64
	parts := map[string][]float64{}
	var spoke time.Duration
	for _, c := range cs {
		c.mu.Lock()
		turns, falls := slices.Clone(c.turns), slices.Clone(c.falls)
		c.mu.Unlock()
		setup = append(setup, ms(c.setup))
		spoke += c.ears.voiced(a, b)
		if slices.ContainsFunc(turns, func(t turn) bool { return !t.answered.IsZero() }) {
			r.Turns.Served++
		}
		for _, t := range turns {
			if t.ended.Before(a) || t.ended.After(b) {
				continue
			}
			r.Turns.Asked++
			switch {
			case t.overlap:
				r.Turns.Talkover++
				continue
			case t.early:
				r.Turns.Early++
				continue
			case t.answered.IsZero():
				continue
			}
			r.Turns.Answered++
			response = append(response, ms(t.answered.Sub(t.ended)))
			if w, ok := waitOf(t, p, d); ok {
				own = append(own, ms(w.own()))
				for i, s := range w.stages() {
					parts[stages[i]] = append(parts[stages[i]], ms(s))
				}
			}
		}
		for _, f := range falls {
			if f.onset.Before(a) || f.onset.After(b) {
				continue
			}
			r.Turns.Interrupts++
			if f.hasDucked {
				duck = append(duck, ms(f.ducked))
			}
			if f.hasHush {
				hush = append(hush, ms(f.hushed))
			}
			if f.hasYielded {
				r.Turns.Yielded++
				yield = append(yield, ms(f.yielded))
			}
		}
	}
	r.Setup, r.Response, r.Own, r.Duck, r.Hush, r.Yield = dist(setup), dist(response), dist(own), dist(duck), dist(hush), dist(yield)
	r.Turns.Measured = len(own)
	r.Turns.BotShare = spoke.Seconds() / b.Sub(a).Seconds() / float64(max(1, len(cs)))
	r.Stages = map[string]Dist{}
	for _, s := range stages {
		r.Stages[s] = dist(parts[s])
	}
}

// inside fills in what turn.measured told.
func (r *Result) inside(cs []*caller, a, b time.Time) {
	parts := map[string][]float64{}
	for _, c := range cs {
		c.mu.Lock()
		events := slices.Clone(c.measured)
		c.mu.Unlock()
		for _, e := range events {
			var m dialog.Measured
			if e.came.Before(a) || e.came.After(b) || json.Unmarshal(e.Data, &m) != nil {
				continue
			}
			for name, v := range map[string]int64{"endpoint": m.EndpointMS, "asr": m.ASRMS, "retrieve": m.RetrieveMS,
				"llm": m.LLMMS, "tts": m.TTSMS, "playout": m.PlayoutMS, "total": m.TotalMS} {
				parts[name] = append(parts[name], float64(v))
			}
		}
	}
	r.Inside = map[string]Dist{}
	for _, name := range insides {
		r.Inside[name] = dist(parts[name])
	}
}

var insides = []string{"endpoint", "asr", "retrieve", "llm", "tts", "playout", "total"}

// network adds up what was lost on the way.
func (r *Result) network(cs []*caller) {
	for _, c := range cs {
		received, missing := c.ears.counts()
		r.Network.Received += received
		r.Network.Missing += missing
		r.Network.LostAtServer += c.line.Lost()
		r.Network.ClientLate = max(r.Network.ClientLate, ms(c.line.Late()))
	}
}
