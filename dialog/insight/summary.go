package insight

import (
	"context"
	"maps"
	"math"
	"slices"

	"parley/dialog/store"
)

// Summary is how it goes on the whole.
type Summary struct {
	Items    []Statistic  `json:"items" doc:"the figures, each with its definition"`
	Days     []DaySum     `json:"days"`
	Heat     []Heat       `json:"heat" doc:"when conversations begin, by weekday and hour of the company's zone"`
	Channels []ChannelSum `json:"channels" doc:"by channel and language"`
}

// DaySum is what a day's conversations came to.
type DaySum struct {
	Day           string `json:"day" format:"date"`
	Conversations int64  `json:"conversations"`
	Calls         int64  `json:"calls"`
	Over          int64  `json:"over"`
	Contained     int64  `json:"contained"`
	Confirmed     int64  `json:"confirmed"`
	Person        int64  `json:"with_person"`
	Angry         int64  `json:"angry"`
	Rated         int64  `json:"rated"`
	Good          int64  `json:"good" doc:"ratings of 4 and 5"`
}

// Heat is how much happens in an hour of the week.
type Heat struct {
	Weekday       int   `json:"weekday" doc:"Monday is 1"`
	Hour          int   `json:"hour"`
	Conversations int64 `json:"conversations"`
	Angry         int64 `json:"angry"`
}

// ChannelSum is what conversations of a channel and a language came to.
type ChannelSum struct {
	Via           string `json:"via" enum:"voice,chat"`
	Language      string `json:"language" enum:"en,zh,other"`
	Conversations int64  `json:"conversations"`
	Over          int64  `json:"over"`
	Contained     int64  `json:"contained"`
	Confirmed     int64  `json:"confirmed"`
	Rated         int64  `json:"rated"`
	Good          int64  `json:"good"`
}

// Summary makes the report.
func (i *Insight) Summary(ctx context.Context, p Period) (Summary, error) {
	cells, err := i.cells(ctx, p)
	if err != nil {
		return Summary{}, err
	}
	s := Summary{Days: i.daily(p, cells), Heat: i.heat(cells), Channels: kinds(cells)}
	if s.Items, err = i.overview(ctx, p, cells); err != nil {
		return Summary{}, err
	}
	was, err := i.cells(ctx, p.before())
	if err != nil {
		return Summary{}, err
	}
	before, err := i.overview(ctx, p.before(), was)
	compare(s.Items, before)
	return s, err
}

// overview are the figures of a period.
func (i *Insight) overview(ctx context.Context, p Period, cells []cell) ([]Statistic, error) {
	out := figures(cells, "conversations", "calls", "chats", "over", "resolved_confirmed", "resolved_verified", "resolved_contained",
		"first_contact_resolution", "came_back", "with_person", "angry")
	handled, err := i.o.Store.TalkRows(ctx, p.span(), and(p.filter(), having(Answered, 0)))
	if err != nil {
		return nil, err
	}
	waits, err := i.o.Store.TransferRows(ctx, p.span(), p.filter())
	if err != nil {
		return nil, err
	}
	out = append(out, handling(handled), answerTime(waits))
	out = append(out, transferFigures(waits, "service_level", "abandonment")...)
	out = append(out, figures(cells, "rated", "satisfied")...)
	costs, err := i.o.Store.CostTally(ctx, p.span(), p.filter())
	if err != nil {
		return nil, err
	}
	return append(out, returns(cells, handled, costs)...), nil
}

// handling is how long people have conversations.
func handling(rows []store.TalkRow) Statistic {
	f := Statistic{Name: "handle_time", Unit: MS, Behind: "handle_time", Definition: say(
		"Handle time: how long people had a conversation, on average over those that a person had: from the moment when it was theirs until it was given back, handed on or closed.",
		"处理时长：由人工接待的会话中，人工接待的平均时间：从接手起，到交还、转出或关闭为止。")}
	sum := int64(0)
	for _, r := range rows {
		if r.HandleMS > 0 {
			f.Of++
			sum += r.HandleMS
		}
	}
	if f.Of > 0 {
		f.Value = number(math.Round(float64(sum) / float64(f.Of)))
	}
	return f
}

// answerTime is how long customers wait for a person who comes.
func answerTime(rows []store.DigestTransfer) Statistic {
	f := Statistic{Name: "answer_time", Unit: MS, Behind: "answer_time", Definition: say(
		"Answer time: how long customers waited for a person, on average over the waits in which one came.",
		"接通时长：最终接通的等待中，客户等待人工的平均时间。")}
	sum := int64(0)
	for _, r := range rows {
		if has(r.Flags, having(First|Answered, 0)) {
			f.Of++
			sum += r.WaitMS
		}
	}
	if f.Of > 0 {
		f.Value = number(math.Round(float64(sum) / float64(f.Of)))
	}
	return f
}

// resolvedByBot is over, and nobody had to come or came back.
var resolvedByBot = having(Over, Person|CameBack|Lost)

// returns are cost and return: what the bot's share costs, and what it saves.
func returns(cells []cell, handled []store.TalkRow, costs []store.CostTally) []Statistic {
	var resolved int64
	for _, c := range cells {
		if has(c.flags, resolvedByBot) {
			resolved += c.n
		}
	}
	sum, n := 0.0, 0
	for _, r := range handled {
		if r.HandleMS > 0 {
			sum += float64(r.HandleMS) / 60000
			n++
		}
	}
	spent := Statistic{Name: "agent_minutes", Unit: Minutes, Value: number(round(sum, 1)), Of: int64(n), Behind: "handle_time", Definition: say(
		"Minutes for which people had conversations.", "人工接待会话的总分钟数。")}
	saved := Statistic{Name: "minutes_saved", Unit: Minutes, Of: resolved, Behind: "resolved_by_bot", Definition: say(
		"Agent minutes saved: conversations that the bot resolved (over, no person, no return within 72 hours) times the mean handle time of those that people had.",
		"节省的人工分钟数：机器人解决的会话数（已结束、无人工、72 小时内未再次联系）× 人工会话的平均处理时长。")}
	if n > 0 {
		saved.Value = number(round(float64(resolved)*sum/float64(n), 1))
	}
	out := []Statistic{spent, saved}
	bills := map[string]float64{}
	for _, c := range costs {
		bills[c.Currency] += c.Cost
	}
	for _, cur := range slices.Sorted(maps.Keys(bills)) {
		each := Statistic{Name: "cost_per_resolved", Unit: Money, Currency: cur, Of: resolved, Behind: "resolved_by_bot", Definition: say(
			"Cost of a resolved conversation: what models cost in all conversations of this time, divided by the conversations that the bot resolved (over, no person, no return within 72 hours).",
			"每个已解决会话的成本：此期间所有会话的模型费用 ÷ 机器人解决的会话数（已结束、无人工、72 小时内未再次联系）。")}
		if resolved > 0 {
			each.Value = number(round(bills[cur]/float64(resolved), 6))
		}
		out = append(out, Statistic{Name: "model_cost", Unit: Money, Currency: cur, Value: number(round(bills[cur], 4)), Behind: "conversations", Definition: say(
			"What models cost in the conversations of this time.", "此期间会话的模型费用。")}, each)
	}
	return out
}

func (i *Insight) daily(p Period, cells []cell) []DaySum {
	first, last := i.days(p)
	out := make([]DaySum, 0, last-first+1)
	for d := first; d <= last; d++ {
		out = append(out, DaySum{Day: dayName(d)})
	}
	for _, c := range cells {
		day, _, _ := i.at(c.slot)
		if day < first || day > last {
			continue
		}
		d := &out[day-first]
		for _, x := range []struct {
			n *int64
			h store.Having
		}{{&d.Conversations, having(0, 0)}, {&d.Calls, having(Voice, 0)}, {&d.Over, having(Over, 0)}, {&d.Contained, having(Over, Person)}, {&d.Confirmed, having(Over|Confirmed, 0)},
			{&d.Person, having(Person, 0)}, {&d.Angry, having(Angry, 0)}, {&d.Rated, having(Rated, 0)}, {&d.Good, having(Good, 0)}} {
			if has(c.flags, x.h) {
				*x.n += c.n
			}
		}
	}
	return out
}

// week is a grid of all hours of a week.
func week() []Heat {
	out := make([]Heat, 0, 7*24)
	for d := 1; d <= 7; d++ {
		for h := range 24 {
			out = append(out, Heat{Weekday: d, Hour: h})
		}
	}
	return out
}

func (i *Insight) heat(cells []cell) []Heat {
	out := week()
	for _, c := range cells {
		_, weekday, hour := i.at(c.slot)
		h := &out[(weekday-1)*24+hour]
		h.Conversations += c.n
		if c.flags&Angry != 0 {
			h.Angry += c.n
		}
	}
	return out
}

func kinds(cells []cell) []ChannelSum {
	out := []ChannelSum{}
	for _, via := range []string{"voice", "chat"} {
		for _, language := range []string{"en", "zh", "other"} {
			k := ChannelSum{Via: via, Language: language}
			for _, c := range cells {
				if viaOf(c.flags) != via || languageOf(c.flags) != language {
					continue
				}
				k.Conversations += c.n
				for _, x := range []struct {
					n *int64
					h store.Having
				}{{&k.Over, having(Over, 0)}, {&k.Contained, having(Over, Person)}, {&k.Confirmed, having(Over|Confirmed, 0)}, {&k.Rated, having(Rated, 0)}, {&k.Good, having(Good, 0)}} {
					if has(c.flags, x.h) {
						*x.n += c.n
					}
				}
			}
			if k.Conversations > 0 {
				out = append(out, k)
			}
		}
	}
	return out
}

func viaOf(flags int64) string {
	if flags&Voice != 0 {
		return "voice"
	}
	return "chat"
}

func languageOf(flags int64) string {
	switch {
	case flags&English != 0:
		return "en"
	case flags&Chinese != 0:
		return "zh"
	}
	return "other"
}
