// Package outbound decides whether a phone may be called, by which trunk, and when it may
// if not now: destinations, quiet hours, the do-not-call list, limits and what it costs.
// It has no clock, dials nothing and keeps nothing; a Gate counts what is under way.
package outbound

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"parley/dialog/hours"
)

// Code says in a word why a call is refused.
type Code string

// The codes.
const (
	BadNumber   Code = "number"      // it is none that can be called
	Emergency   Code = "emergency"   // people call these themselves
	Destination Code = "destination" // no prefix allows it
	Listed      Code = "do_not_call"
	Quiet       Code = "quiet_hours" // where the callee is
	Often       Code = "number_limit"
	Rate        Code = "rate_limit"
	AtOnce      Code = "at_once_limit"
	PerDay      Code = "day_limit"
	Cost        Code = "cost_limit"
	Off         Code = "off" // by the kill switch
	NoTrunk     Code = "trunk"
)

// Refusal is why a call is not made. It is an error.
type Refusal struct {
	Code   Code
	Detail string
	Again  time.Time // when it may be tried; zero: not by waiting
}

// Error implements error.
func (r *Refusal) Error() string { return r.Detail }

// CodeOf gives a refusal's code, "" of another error.
func CodeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// Rules are what the operator allows.
type Rules struct {
	Destinations []string          // prefixes, as "+86"; all others are denied
	Hours        map[string]string // days to times, as dialog/hours reads them; in the callee's zone. nil: DefaultHours
	PerNumber    int               // calls a day to one number; 0: DefaultPerNumber
	CostPerDay   float64           // of all trunks together; 0: no limit
	Trunks       []Trunk           // the first that may be used is
}

// Trunk is what one trunk may be used for.
type Trunk struct {
	Name       string
	PerSecond  int // 0: DefaultPerSecond
	AtOnce     int // calls up or ringing; 0: DefaultAtOnce
	PerDay     int // 0: DefaultPerDay
	CostPerDay float64
	Rates      map[string]float64 // of a minute, by prefix; the longest counts
}

// Where the operator says nothing, fraud is bounded all the same.
const (
	DefaultPerNumber = 3
	DefaultPerSecond = 2
	DefaultAtOnce    = 20
	DefaultPerDay    = 500
)

// DefaultHours are those in which people may be called.
var DefaultHours = map[string]string{"mon-sun": "08:00-21:00"}

// Default fills in what is not said.
func (r Rules) Default() Rules {
	if r.Hours == nil {
		r.Hours = DefaultHours
	}
	if r.PerNumber == 0 {
		r.PerNumber = DefaultPerNumber
	}
	ts := make([]Trunk, len(r.Trunks))
	for i, t := range r.Trunks {
		for _, x := range []struct {
			n  *int
			is int
		}{{&t.PerSecond, DefaultPerSecond}, {&t.AtOnce, DefaultAtOnce}, {&t.PerDay, DefaultPerDay}} {
			if *x.n == 0 {
				*x.n = x.is
			}
		}
		ts[i] = t
	}
	r.Trunks = ts
	return r
}

// Usage is what was called so far: of the day, and under way.
type Usage struct {
	Off    bool // nothing is called
	Listed bool // the number must not be called
	ToIt   int  // calls to the number today
	Spent  float64
	Trunks map[string]Used
}

// Used is one trunk's.
type Used struct {
	Second, Live, Day int
	Spent             float64
}

// Decide gives the trunk by which a number may be called now, or a *Refusal. Midnight is
// when the day of the limits ends.
func (r Rules) Decide(n Number, u Usage, now, midnight time.Time) (trunk string, err error) {
	switch {
	case u.Off:
		return "", &Refusal{Code: Off, Detail: "outgoing calls are switched off"}
	case !r.allows(n):
		return "", &Refusal{Code: Destination, Detail: fmt.Sprintf("calls to %s are not allowed: no prefix of sip.destinations is its own", n.E164)}
	case u.Listed:
		return "", &Refusal{Code: Listed, Detail: n.E164 + " is on the do-not-call list"}
	}
	if at, quiet, err := r.quiet(n, now); err != nil {
		return "", err
	} else if quiet {
		return "", &Refusal{Code: Quiet, Detail: "it is outside the hours for calling where " + n.E164 + " is", Again: at}
	}
	if u.ToIt >= r.PerNumber {
		return "", &Refusal{Code: Often, Detail: fmt.Sprintf("%s was called %d times today", n.E164, u.ToIt), Again: midnight}
	}
	if r.CostPerDay > 0 && u.Spent >= r.CostPerDay {
		return "", &Refusal{Code: Cost, Detail: "today's calls have cost what they may", Again: midnight}
	}
	refused := &Refusal{Code: NoTrunk, Detail: "no trunk is there for outgoing calls"}
	for _, t := range r.Trunks {
		no := t.refuses(u.Trunks[t.Name], now, midnight)
		if no == nil {
			return t.Name, nil
		}
		if refused.Code == NoTrunk || no.Again.Before(refused.Again) { // the one that is over first
			refused = no
		}
	}
	return "", refused
}

func (t Trunk) refuses(u Used, now, midnight time.Time) *Refusal {
	switch {
	case u.Day >= t.PerDay:
		return &Refusal{Code: PerDay, Detail: fmt.Sprintf("trunk %s has made its %d calls of today", t.Name, t.PerDay), Again: midnight}
	case t.CostPerDay > 0 && u.Spent >= t.CostPerDay:
		return &Refusal{Code: Cost, Detail: fmt.Sprintf("trunk %s has cost today what it may", t.Name), Again: midnight}
	case u.Live >= t.AtOnce:
		return &Refusal{Code: AtOnce, Detail: fmt.Sprintf("trunk %s has %d calls at once", t.Name, t.AtOnce), Again: now.Add(30 * time.Second)}
	case u.Second >= t.PerSecond:
		return &Refusal{Code: Rate, Detail: fmt.Sprintf("trunk %s begins %d calls a second", t.Name, t.PerSecond), Again: now.Add(time.Second)}
	}
	return nil
}

// allows reports whether a prefix names the number's destination.
func (r Rules) allows(n Number) bool {
	for _, p := range r.Destinations {
		if strings.HasPrefix(n.E164, p) {
			return true
		}
	}
	return false
}

// quiet reports whether it is outside the hours anywhere the number may be, and until when.
func (r Rules) quiet(n Number, now time.Time) (until time.Time, quiet bool, err error) {
	at := now
	for range 4 * max(len(n.Zones), 1) { // until it is in the hours of all zones
		moved := false
		for _, z := range n.Zones {
			h, err := hours.New(z, r.Hours, nil)
			if err != nil {
				return at, false, fmt.Errorf("outbound: hours: %w", err)
			}
			if h.Open(at) {
				continue
			}
			back, ok := h.Back(at)
			if !ok {
				return time.Time{}, true, nil
			}
			at, moved = back, true
		}
		if !moved {
			return at, at.After(now), nil
		}
	}
	return time.Time{}, true, nil // the zones of the number have no hour together
}

// Price of a minute to a number by a trunk; 0: none is set.
func (t Trunk) Price(n Number) float64 {
	best, price := -1, 0.0
	for p, x := range t.Rates {
		if strings.HasPrefix(n.E164, p) && len(p) > best {
			best, price = len(p), x
		}
	}
	return price
}
