package wall

import (
	"context"
	"encoding/json"
	"time"

	"parley/dialog/desk"
	"parley/dialog/store"
)

// day counts what became of today's wishes for a person. What has come to its end is read
// from the store once.
type day struct {
	begin    time.Time
	read     time.Time // up to which ends were read
	settled  map[string]bool
	answered int // within the target
	counted  int
	left     int
	over     int // conversations
	alone    int
	held     time.Time // when those two were counted
}

// overlap is how long a transaction that ended something may take to be seen.
const overlap = 30 * time.Second

// recount is how often conversations are counted anew.
const recount = 10 * time.Second

// follow reads what is new. open are the customers who wait now.
func (d *day) follow(ctx context.Context, s Store, now time.Time, o Options) error {
	y, m, n := now.In(o.Zone).Date()
	if begin := time.Date(y, m, n, 0, 0, 0, 0, o.Zone); !begin.Equal(d.begin) {
		*d = day{begin: begin, read: begin, settled: map[string]bool{}}
	}
	rows, err := s.TransfersOf(ctx, d.begin, d.read.Add(-overlap))
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Ended > 0 || r.State == string(desk.Conference) || r.State == string(desk.Consulting) {
			d.settle(r, o)
		}
	}
	d.read = now
	if now.Sub(d.held) >= recount {
		if d.over, d.alone, err = s.Contained(ctx, d.begin, now.Add(-o.Still)); err != nil {
			return err
		}
		d.held = now
	}
	return nil
}

// settle counts a customer whose wait is over, once.
func (d *day) settle(r store.Transfer, o Options) {
	var t desk.Transfer
	if d.settled[r.ID] || json.Unmarshal([]byte(r.Body), &t) != nil {
		return
	}
	if t.From != "" { // from person to person: nobody waited for a first one
		d.settled[r.ID] = true
		return
	}
	within := t.Wait(t.Ended) <= o.target(t.Kind)
	switch {
	case !t.Accepted.IsZero():
		d.counted++
		if within {
			d.answered++
		}
	case t.State == desk.Abandoned:
		d.left++
		if !within {
			d.counted++
		}
	case t.State == desk.Failed, t.State == desk.Returned && t.Reason != desk.ChangedMind:
		d.counted++
	case !t.State.Over():
		return // accepted, and not written so far
	}
	d.settled[r.ID] = true
}
