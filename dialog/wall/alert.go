package wall

import "time"

// Limits are the figures' thresholds; 0 raises nothing.
type Limits struct {
	Waiting      int
	Longest      time.Duration
	ServiceLevel int // percent, below which; of at least enough
	Abandoned    int
	Risk         int
}

// enough is how many customers a service level is of before it raises an alert.
const enough = 5

// Alert says which figure has crossed what.
type Alert struct {
	Figure Name      `json:"figure"`
	Value  int64     `json:"value"`
	Limit  int64     `json:"limit"`
	Below  bool      `json:"below,omitempty" doc:"it is below the limit; else it has reached it"`
	Unit   string    `json:"unit" enum:"count,ms,percent,points"`
	Since  time.Time `json:"since"`
	Snooze *Snooze   `json:"snooze,omitempty"`
}

// Snooze keeps an alert quiet for a while.
type Snooze struct {
	Figure Name      `json:"figure"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     string    `json:"by,omitempty" doc:"name of the person"`
}

// alerts are those of figures that have crossed their limits; since when, was knows of those
// before.
func (l Limits) alerts(fs []Figure, was []Alert, now time.Time) []Alert {
	out := []Alert{}
	for _, f := range fs {
		limit, below := int64(0), false
		switch f.Name {
		case WaitingNow:
			limit = int64(l.Waiting)
		case LongestWait:
			limit = l.Longest.Milliseconds()
		case ServiceLevel:
			limit, below = int64(l.ServiceLevel), true
			if f.Of < enough {
				continue
			}
		case Abandoned:
			limit = int64(l.Abandoned)
		case RiskMost:
			limit = int64(l.Risk)
		}
		if limit == 0 || f.Value == nil || (*f.Value < limit) != below {
			continue
		}
		a := Alert{Figure: f.Name, Value: *f.Value, Limit: limit, Below: below, Unit: f.Unit, Since: now}
		for _, b := range was {
			if b.Figure == a.Figure {
				a.Since = b.Since
			}
		}
		out = append(out, a)
	}
	return out
}
