package insight

import (
	"cmp"
	"context"
	"slices"

	"parley/dialog/store"
)

// Transfers is how conversations come to people.
type Transfers struct {
	Items    []Statistic   `json:"items" doc:"the figures, each with its definition"`
	Outcomes []Outcome     `json:"outcomes" doc:"how the waits ended"`
	Queues   []QueueWaits  `json:"queues"`
	Agents   []AgentWork   `json:"agents" doc:"from what is kept of their conversations"`
	Reasons  []AskedFor    `json:"reasons" doc:"why a person was asked for"`
	Waits    []WaitBucket  `json:"waits" doc:"how long customers waited for a person who came"`
	Days     []TransferDay `json:"days"`
}

// Outcome is an end of waits.
type Outcome struct {
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	N      int64  `json:"n"`
}

// QueueWaits are the waits in a line.
type QueueWaits struct {
	Queue    string `json:"queue"`
	Asked    int64  `json:"asked"`
	Answered int64  `json:"answered"`
	Lost     int64  `json:"lost"`
	Counted  int64  `json:"counted" doc:"of which the service level is"`
	InTime   int64  `json:"in_time"`
	MeanMS   int64  `json:"answer_ms" doc:"mean wait of those answered"`
	P90MS    int64  `json:"answer_p90_ms"`
}

// AgentWork is what a person did.
type AgentWork struct {
	Agent    string   `json:"agent" doc:"user id"`
	Name     string   `json:"name,omitempty"`
	Handled  int64    `json:"handled" doc:"conversations that were theirs"`
	HandleMS int64    `json:"handle_ms" doc:"mean"`
	CameBack int64    `json:"came_back"`
	Rated    int64    `json:"rated"`
	Good     int64    `json:"good"`
	Score    *float64 `json:"score" doc:"mean rating"`
}

// AskedFor is why a person was asked for.
type AskedFor struct {
	Reason string `json:"reason"`
	N      int64  `json:"n"`
}

// WaitBucket is how many waited so long.
type WaitBucket struct {
	UpToMS int64 `json:"up_to_ms" doc:"0: longer than the one before"`
	N      int64 `json:"n"`
}

// TransferDay is a day's waits.
type TransferDay struct {
	Day      string `json:"day" format:"date"`
	Asked    int64  `json:"asked"`
	Answered int64  `json:"answered"`
	Lost     int64  `json:"lost"`
	Counted  int64  `json:"counted"`
	InTime   int64  `json:"in_time"`
}

// transferNames are the figures that count waits.
var transferNames = []Name{"asked", "answered", "service_level", "abandonment", "nobody_came", "changed_mind"}

// Transfers makes the report.
func (i *Insight) Transfers(ctx context.Context, p Period) (Transfers, error) {
	rows, err := i.o.Store.TransferRows(ctx, p.span(), p.filter())
	if err != nil {
		return Transfers{}, err
	}
	was, err := i.o.Store.TransferRows(ctx, p.before().span(), p.filter())
	if err != nil {
		return Transfers{}, err
	}
	handled, err := i.o.Store.TalkRows(ctx, p.span(), and(p.filter(), having(Answered, 0)))
	if err != nil {
		return Transfers{}, err
	}
	t := Transfers{Items: append(transferFigures(rows, transferNames...), answerTime(rows)), Outcomes: outcomes(rows), Queues: queues(rows), Agents: agents(handled), Reasons: reasons(rows), Waits: waitBuckets(rows), Days: i.transferDays(p, rows)}
	compare(t.Items, append(transferFigures(was, transferNames...), answerTime(was)))
	t.Items = append(t.Items, handling(handled))
	return t, nil
}

// transferFigures counts measures among waits.
func transferFigures(rows []store.DigestTransfer, names ...Name) []Statistic {
	cells := make([]cell, len(rows))
	for k, r := range rows {
		cells[k] = cell{r.Slot, r.Flags, 1}
	}
	return figures(cells, names...)
}

func outcomes(rows []store.DigestTransfer) []Outcome {
	counts := map[Outcome]int64{}
	for _, r := range rows {
		if has(r.Flags, having(First, 0)) {
			counts[Outcome{State: r.State, Reason: r.Reason}]++
		}
	}
	out := make([]Outcome, 0, len(counts))
	for o, n := range counts {
		o.N = n
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b Outcome) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

func queues(rows []store.DigestTransfer) []QueueWaits {
	at := map[string]*QueueWaits{}
	waits := map[string]counts{}
	for _, r := range rows {
		if r.Flags&First == 0 {
			continue
		}
		q := at[r.Queue]
		if q == nil {
			q = &QueueWaits{Queue: r.Queue}
			at[r.Queue] = q
		}
		q.Asked++
		q.Lost += one(r.Flags & Lost)
		q.Counted += one(r.Flags & Counted)
		q.InTime += one(r.Flags & InTime)
		if r.Flags&Answered != 0 {
			q.Answered++
			if waits[r.Queue] == nil {
				waits[r.Queue] = counts{}
			}
			waits[r.Queue].add(r.WaitMS)
		}
	}
	out := make([]QueueWaits, 0, len(at))
	for name, q := range at {
		if s := waits[name].spread(); s.N > 0 {
			q.MeanMS, q.P90MS = int64(*s.Mean), int64(*s.P90)
		}
		out = append(out, *q)
	}
	slices.SortFunc(out, func(a, b QueueWaits) int {
		return cmp.Or(cmp.Compare(b.Asked, a.Asked), cmp.Compare(a.Queue, b.Queue))
	})
	return out
}

func one(flag int64) int64 {
	if flag != 0 {
		return 1
	}
	return 0
}

func agents(rows []store.TalkRow) []AgentWork {
	type sums struct {
		AgentWork
		ms, n, score int64
	}
	at := map[string]*sums{}
	for _, r := range rows {
		if r.Agent == "" {
			continue
		}
		a := at[r.Agent]
		if a == nil {
			a = &sums{AgentWork: AgentWork{Agent: r.Agent}}
			at[r.Agent] = a
		}
		a.Handled++
		if r.HandleMS > 0 {
			a.ms += r.HandleMS
			a.n++
		}
		a.CameBack += one(r.Flags & CameBack)
		a.Rated += one(r.Flags & Rated)
		a.Good += one(r.Flags & Good)
		a.score += r.Score
	}
	out := make([]AgentWork, 0, len(at))
	for _, a := range at {
		if a.n > 0 {
			a.HandleMS = (a.ms + a.n/2) / a.n
		}
		if a.Rated > 0 {
			a.Score = number(round(float64(a.score)/float64(a.Rated), 2))
		}
		out = append(out, a.AgentWork)
	}
	slices.SortFunc(out, func(a, b AgentWork) int {
		return cmp.Or(cmp.Compare(b.Handled, a.Handled), cmp.Compare(a.Agent, b.Agent))
	})
	return out
}

func reasons(rows []store.DigestTransfer) []AskedFor {
	counts := map[string]int64{}
	for _, r := range rows {
		if r.Flags&First != 0 {
			counts[r.Asked]++
		}
	}
	out := make([]AskedFor, 0, len(counts))
	for r, n := range counts {
		out = append(out, AskedFor{r, n})
	}
	slices.SortFunc(out, func(a, b AskedFor) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Reason, b.Reason)) })
	return out
}

// waitBounds are the buckets of waits, in milliseconds.
var waitBounds = []int64{5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000}

func waitBuckets(rows []store.DigestTransfer) []WaitBucket {
	out := make([]WaitBucket, len(waitBounds)+1)
	for k, b := range waitBounds {
		out[k].UpToMS = b
	}
	for _, r := range rows {
		if !has(r.Flags, having(First|Answered, 0)) {
			continue
		}
		k, _ := slices.BinarySearch(waitBounds, r.WaitMS)
		out[k].N++
	}
	return out
}

func (i *Insight) transferDays(p Period, rows []store.DigestTransfer) []TransferDay {
	first, last := i.days(p)
	out := make([]TransferDay, 0, last-first+1)
	for d := first; d <= last; d++ {
		out = append(out, TransferDay{Day: dayName(d)})
	}
	for _, r := range rows {
		day, _, _ := i.at(r.Slot)
		if r.Flags&First == 0 || day < first || day > last {
			continue
		}
		d := &out[day-first]
		d.Asked++
		d.Answered += one(r.Flags & Answered)
		d.Lost += one(r.Flags & Lost)
		d.Counted += one(r.Flags & Counted)
		d.InTime += one(r.Flags & InTime)
	}
	return out
}
