package insight

import (
	"context"
	"time"

	"parley/dialog/store"
)

// Period says what a report is of.
type Period struct {
	From, To time.Time    // from the first on, before the second
	Practice bool         // of practice and generated conversations alone; false: of none of them
	Via      string       // "voice", "chat"; "": both
	Language string       // "en", "zh"; "": all
	Scope    *store.Scope // nil: of all teams
}

// span of a period.
func (p Period) span() store.Span { return store.Span{From: p.From, To: p.To, Scope: p.Scope} }

// before is the period before it, equally long.
func (p Period) before() Period {
	p.From, p.To = p.From.Add(-p.To.Sub(p.From)), p.From
	return p
}

// filter are the flags of what a period is of.
func (p Period) filter() store.Having {
	h := having(0, Practice)
	if p.Practice {
		h = having(Practice, 0)
	}
	switch p.Via {
	case "voice":
		h.All |= Voice
	case "chat":
		h.None |= Voice
	}
	switch p.Language {
	case "en":
		h.All |= English
	case "zh":
		h.All |= Chinese
	}
	return h
}

// cell is how many conversations of a half hour are alike.
type cell struct{ slot, flags, n int64 }

// cells counts the conversations of a period. What depends on the time that it is, is added
// to the flags.
func (i *Insight) cells(ctx context.Context, p Period) ([]cell, error) {
	now := i.o.Now()
	rows, err := i.o.Store.Tally(ctx, p.span(), now.Add(-i.o.Still), now.Add(-returning))
	if err != nil {
		return nil, err
	}
	filter := p.filter()
	out := make([]cell, 0, len(rows))
	for _, r := range rows {
		if !has(r.Flags, filter) {
			continue
		}
		if r.Age >= 1 && r.Flags&Held == 0 {
			r.Flags |= Over
		}
		if r.Age == 2 {
			r.Flags |= Settled
		}
		out = append(out, cell{r.Slot, r.Flags, r.N})
	}
	return out, nil
}

// days are those of a period, in the company's zone, the first one first.
func (i *Insight) days(p Period) (first, last int64) {
	return dayOf(p.From, i.o.Zone), dayOf(p.To.Add(-time.Microsecond), i.o.Zone)
}

// at is the day, the weekday (Monday is 1) and the hour of a slot.
func (i *Insight) at(slot int64) (day int64, weekday, hour int) {
	t := store.BeginOf(slot).In(i.o.Zone)
	return dayOf(t, i.o.Zone), (int(t.Weekday())+6)%7 + 1, t.Hour()
}

// figures counts measures among cells.
func figures(cells []cell, names ...Name) []Statistic {
	out := make([]Statistic, 0, len(names))
	for _, n := range names {
		m, ok := measureOf(n)
		if !ok {
			continue
		}
		var c count
		for _, x := range cells {
			c.add(m, x.flags, x.n)
		}
		out = append(out, m.figure(c))
	}
	return out
}

// compare notes what the figures were before.
func compare(now, before []Statistic) {
	for i := range now {
		if i < len(before) && before[i].Name == now[i].Name {
			now[i].Before = before[i].Value
		}
	}
}
