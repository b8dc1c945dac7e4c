package insight

import (
	"context"

	"parley/dialog/store"
)

// Latency is how long customers wait for an answer.
type Latency struct {
	Items  []Statistic  `json:"items" doc:"the figures, each with its definition"`
	Stages []Stage      `json:"stages" doc:"of spoken turns"`
	Days   []LatencyDay `json:"days"`
	Spread []Bucket     `json:"spread" doc:"how many spoken turns waited so long"`
}

// Stage is a part of the wait in a call.
type Stage struct {
	Stage string `json:"stage" enum:"endpoint,asr,retrieve,llm,tts,playout,total"`
	Spread
}

// LatencyDay is a day's waits in calls.
type LatencyDay struct {
	Day string `json:"day" format:"date"`
	Spread
}

// Bucket is how many waits lie from From on, before the next one's.
type Bucket struct {
	From int64 `json:"from_ms"`
	N    int64 `json:"n"`
}

// Steps of the buckets, in milliseconds, and how many there are; the last has all the rest.
const (
	bucketMS = 100
	buckets  = 40
)

// Latency makes the report.
func (i *Insight) Latency(ctx context.Context, p Period) (Latency, error) {
	first, last := i.days(p)
	by, ofDay := [len(stages)]counts{}, counts{}
	for k := range by {
		by[k] = counts{}
	}
	out := Latency{Stages: []Stage{}, Days: make([]LatencyDay, last-first+1), Spread: make([]Bucket, buckets)}
	for k := range out.Days {
		out.Days[k].Day = dayName(first + int64(k))
	}
	for k := range out.Spread {
		out.Spread[k].From = int64(k * bucketMS)
	}
	const total = len(stages) - 1
	today := first
	over := func(next int64) { // slots come in their order, and so days
		if len(ofDay) > 0 {
			out.Days[today-first].Spread = ofDay.spread()
			clear(ofDay)
		}
		today = next
	}
	err := i.o.Store.EachWait(ctx, p.span(), p.filter(), func(r store.WaitRow) {
		day, _, _ := i.at(r.Slot)
		if day != today && day >= first && day <= last {
			over(day)
		}
		unpackWaits(r.Body, func(w waited) {
			for s, ms := range w {
				by[s].add(ms)
			}
			out.Spread[min(w[total]/bucketMS, buckets-1)].N++
			if day == today {
				ofDay.add(w[total])
			}
		})
	})
	if err != nil {
		return Latency{}, err
	}
	over(last)
	for s, name := range stages {
		out.Stages = append(out.Stages, Stage{name, by[s].spread()})
	}
	chats, err := i.o.Store.TalkRows(ctx, p.span(), and(p.filter(), having(Replied, Voice)))
	if err != nil {
		return Latency{}, err
	}
	replies := counts{}
	for _, r := range chats {
		replies.add(r.ReplyMS)
	}
	out.Items = latencyFigures(out.Stages[total].Spread, replies.spread())
	return out, nil
}

func latencyFigures(turns, replies Spread) []Statistic {
	f := func(n Name, v *float64, of int64, behind string, en, zh string) Statistic {
		return Statistic{Name: n, Unit: MS, Value: v, Of: of, Behind: behind, Definition: say(en, zh)}
	}
	const (
		en = "In calls, from the end of the customer’s speech to the first voiced packet of the answer: "
		zh = "通话中，从客户说完到回答的第一个有声数据包："
	)
	return []Statistic{
		f("turn_p50", turns.P50, turns.N, "calls", en+"half of the turns wait at most so long (nearest rank).", zh+"一半的轮次等待不超过此时长（最近秩法）。"),
		f("turn_p95", turns.P95, turns.N, "calls", en+"95 of 100 turns wait at most so long.", zh+"95% 的轮次等待不超过此时长。"),
		f("turn_p99", turns.P99, turns.N, "calls", en+"99 of 100 turns wait at most so long.", zh+"99% 的轮次等待不超过此时长。"),
		f("first_reply_p50", replies.P50, replies.N, "chats", "In chats, from the customer’s first message to the first reply: half wait at most so long.", "文字会话中，从客户第一条消息到第一条回复：一半不超过此时长。"),
		f("first_reply_p95", replies.P95, replies.N, "chats", "In chats, from the customer’s first message to the first reply: 95 of 100 wait at most so long.", "文字会话中，从客户第一条消息到第一条回复：95% 不超过此时长。"),
	}
}
