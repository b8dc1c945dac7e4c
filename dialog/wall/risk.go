package wall

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Signs are what tells that a conversation goes badly.
type Signs struct {
	Wait     time.Duration // the customer waits for a person so long
	Target   time.Duration // within which people are to answer
	Anger    float64       // of what the customer said lately, 0 to 1
	Repeats  int           // customer or bot said nearly the same again
	Silence  time.Duration // nobody says anything in a call, or nobody answers in a chat
	Call     bool
	Failures int // transfers that came to nothing, and not because the customer wanted so
}

// Why is the name of a reason for a risk.
type Why string

// The reasons.
const (
	Waiting    Why = "wait"
	Sentiment  Why = "sentiment"
	Repetition Why = "repetition"
	Silence    Why = "silence"
	Failed     Why = "transfer"
)

// Reason is one of the reasons for a risk.
type Reason struct {
	Why    Why `json:"why" enum:"wait,sentiment,repetition,silence,transfer"`
	Weight int `json:"weight" doc:"0 to 100: the risk if it were the only one"`
	Value  int `json:"value" doc:"seconds of wait or silence, percent of anger, or how many times"`
}

// least is the weight from which a reason is named.
const least = 10

// Risk is how likely it is that the customer is being lost, 0 to 100, and the reasons, the
// heaviest first. Each reason takes its share of what the others leave.
func Risk(s Signs) (int, []Reason) {
	var out []Reason
	add := func(w Why, weight, most float64, value int) {
		if n := int(math.Round(100 * min(weight, most))); n >= least {
			out = append(out, Reason{w, n, value})
		}
	}
	if s.Target > 0 {
		add(Waiting, float64(s.Wait)/float64(4*s.Target), 0.9, int(s.Wait.Seconds()))
	}
	if s.Anger >= 0.3 {
		add(Sentiment, 0.8*s.Anger, 0.8, int(math.Round(100*s.Anger)))
	}
	add(Repetition, 0.25*float64(s.Repeats), 0.75, s.Repeats)
	from, full := 30*time.Second, 5*time.Minute
	if s.Call {
		from, full = 10*time.Second, time.Minute
	}
	add(Silence, float64(s.Silence-from)/float64(full), 0.7, int(s.Silence.Seconds()))
	add(Failed, 0.4*float64(s.Failures), 0.8, s.Failures)
	slices.SortStableFunc(out, func(a, b Reason) int { return cmp.Compare(b.Weight, a.Weight) })
	safe := 1.0
	for _, r := range out {
		safe *= 1 - float64(r.Weight)/100
	}
	return int(math.Round(100 * (1 - safe))), out
}
