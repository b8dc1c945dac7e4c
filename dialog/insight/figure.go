package insight

import (
	"maps"
	"math"
	"slices"

	"parley/dialog/store"
)

// Statistic is a number of a report with what it means.
type Statistic struct {
	Name       Name              `json:"name"`
	Value      *float64          `json:"value" doc:"null: there is nothing of which it could be"`
	Unit       Unit              `json:"unit" enum:"count,percent,ms,minutes,money,score"`
	Of         int64             `json:"of,omitempty" doc:"of how many it is a share or a mean"`
	Before     *float64          `json:"before,omitempty" doc:"the same of the time before, equally long"`
	Currency   string            `json:"currency,omitempty"`
	Definition map[string]string `json:"definition" doc:"how it is made, by language: en, zh-CN"`
	Behind     string            `json:"conversations,omitempty" doc:"where the conversations behind it are listed"`
}

// Name of a figure.
type Name string

// Unit of a figure.
type Unit string

// The units.
const (
	Count   Unit = "count"
	Percent Unit = "percent"
	MS      Unit = "ms"
	Minutes Unit = "minutes"
	Money   Unit = "money"
	Score   Unit = "score"
)

// measure is a figure that counts conversations, or transfers: a number of them, or the share
// of a part in the whole. What it counts is what it lists.
type measure struct {
	name      Name
	unit      Unit
	transfers bool // it counts waits for a person
	of, part  store.Having
	def       map[string]string
}

func say(en, zh string) map[string]string { return map[string]string{"en": en, "zh-CN": zh} }

// measures are those of all reports.
var measures = []measure{
	{"conversations", Count, false, having(0, 0), having(0, 0), say(
		"Conversations that began in this time: the customer said or wrote something, or called.",
		"在此期间开始的会话：客户说了话、发了消息或打来电话。")},
	{"calls", Count, false, having(0, 0), having(Voice, 0), say("Of these: with a call.", "其中：有通话的。")},
	{"chats", Count, false, having(0, 0), having(0, Voice), say("Of these: in writing alone.", "其中：仅文字的。")},
	{"over", Count, false, having(0, 0), having(Over, 0), say(
		"Of these: over. The conversation is closed or asleep, its last call has ended, or the bot has it and nothing has happened for 30 minutes.",
		"其中：已结束的。会话已关闭或休眠、最后一通电话已挂断，或由机器人接待且 30 分钟没有动静。")},
	{"resolved_confirmed", Percent, false, having(Over, 0), having(Confirmed, 0), say(
		"Confirmed: of conversations that are over, the share in which the customer said so: rated it 4 or 5, or, unrated, ended with words such as “thanks, that’s all” after an answer, and no wait for a person came to nothing.",
		"客户确认：已结束的会话中，客户自己表示已解决的比例：评分 4 或 5；未评分时，在得到答复后以“谢谢”“解决了”等话结束，且没有等人工未果。")},
	{"resolved_verified", Percent, false, having(Over|Known|Settled, 0), having(0, CameBack|Lost), say(
		"Verified: of conversations of known customers in which nothing has happened for more than 72 hours, the share whose customer did not come back on the matter within 72 hours and did not leave while waiting for a person. A later conversation is on the same matter when the procedure or the source that answers rested on is the same, or not known.",
		"已验证：身份已知、且 72 小时以上没有动静的会话中，客户在 72 小时内没有就同一事项再次联系、也没有在等待人工时离开的比例。办理的流程或答案所依据的资料相同，或其中一方未知，即视为同一事项。")},
	{"resolved_contained", Percent, false, having(Over, 0), having(0, Person), say(
		"Contained: of conversations that are over, the share for which no person was asked and which nobody took over.",
		"机器人独立完成：已结束的会话中，没有请求人工、也没有人接手的比例。")},
	{"first_contact_resolution", Percent, false, having(Over|Known|Settled, Again), having(0, CameBack|Lost|Failed), say(
		"First-contact resolution: of first conversations of known customers on a matter, more than 72 hours old, the share that were the last on it: no return within 72 hours, no wait for a person that came to nothing.",
		"首次联系解决率：身份已知的客户就某事项的首次会话（72 小时以前）中，72 小时内没有再次联系、也没有等人工未果的比例。")},
	{"came_back", Percent, false, having(Over|Known|Settled, 0), having(CameBack, 0), say(
		"Of conversations of known customers, more than 72 hours old: the share whose customer came back on the matter within 72 hours.",
		"身份已知、72 小时以前的会话中，客户 72 小时内就同一事项再次联系的比例。")},
	{"with_person", Percent, false, having(0, 0), having(Person, 0), say(
		"Share of conversations for which a person was asked, or that somebody took over.",
		"请求过人工或有人接手的会话比例。")},
	{"angry", Percent, false, having(0, 0), having(Angry, 0), say(
		"Share of conversations in which the customer’s words were angry at some time, by the bot’s own rules.",
		"客户言辞曾表现出愤怒的会话比例（按机器人自己的规则判断）。")},
	{"rated", Percent, false, having(Over, 0), having(Rated, 0), say(
		"Of conversations that are over: the share that the customer rated.", "已结束的会话中，客户作了评价的比例。")},
	{"satisfied", Percent, false, having(Rated, 0), having(Good, 0), say(
		"Satisfaction: of ratings, the share of 4 and 5.", "满意度：评价中 4 分和 5 分的比例。")},

	{"asked", Count, true, having(First, 0), having(0, 0), say(
		"Times that a customer waited for a person (handing on from person to person does not count).",
		"客户等待人工的次数（同事之间转接不计）。")},
	{"answered", Percent, true, having(First, Running), having(Answered, 0), say(
		"Of the waits that are over: the share in which a person came.", "已结束的等待中，有人接通的比例。")},
	{"service_level", Percent, true, having(First|Counted, 0), having(InTime, 0), say(
		"Service level: of waits that were answered, were given up after the target, or found nobody, the share answered within the target (settings wall.answer_call_s, wall.answer_chat_s).",
		"服务水平：已接通、超时后放弃或无人接听的等待中，在目标时间内接通的比例（设置项 wall.answer_call_s、wall.answer_chat_s）。")},
	{"abandonment", Percent, true, having(First, Running), having(Lost, 0), say(
		"Abandonment: of the waits that are over, the share in which the customer left before anybody came.",
		"放弃率：已结束的等待中，客户在接通前离开的比例。")},
	{"changed_mind", Percent, true, having(First, Running), having(ChangedMind, 0), say(
		"Of the waits that are over: the share that the customer called off, to go on with the bot.",
		"已结束的等待中，客户改变主意、继续由机器人接待的比例。")},
	{"nobody_came", Percent, true, having(First, Running), having(Failed, 0), say(
		"Of the waits that are over: the share in which nobody came.", "已结束的等待中，无人接听的比例。")},
}

// measureOf gives one.
func measureOf(n Name) (measure, bool) {
	i := slices.IndexFunc(measures, func(m measure) bool { return m.name == n })
	if i < 0 {
		return measure{}, false
	}
	return measures[i], true
}

// count is what a measure counts among rows with flags.
type count struct{ part, of int64 }

func (c *count) add(m measure, flags, n int64) {
	if has(flags, m.of) {
		c.of += n
		if has(flags, m.part) {
			c.part += n
		}
	}
}

// value of a count; nil: a share of nothing.
func (c count) value(u Unit) *float64 {
	if u == Count {
		return number(float64(c.part))
	}
	if c.of == 0 {
		return nil
	}
	return number(round(100*float64(c.part)/float64(c.of), 1))
}

func number(v float64) *float64 { return &v }

// round to so many decimals.
func round(v float64, decimals int) float64 {
	p := math.Pow(10, float64(decimals))
	return math.Round(v*p) / p
}

// figure of a measure.
func (m measure) figure(c count) Statistic {
	f := Statistic{Name: m.name, Value: c.value(m.unit), Unit: m.unit, Definition: m.def, Behind: string(m.name)}
	if m.unit == Percent {
		f.Of = c.of
	}
	return f
}

// Spread are the percentiles and the mean of times.
type Spread struct {
	N    int64    `json:"n"`
	Mean *float64 `json:"mean"`
	P50  *float64 `json:"p50"`
	P90  *float64 `json:"p90"`
	P95  *float64 `json:"p95"`
	P99  *float64 `json:"p99"`
}

// counts are how many times are of so many milliseconds: of any number of times they are few.
type counts map[int64]int64

func (c counts) add(ms int64) { c[ms]++ }

// spread is over all times. The percentile p is the smallest of them that at least p of all do
// not exceed (nearest rank).
func (c counts) spread() Spread {
	s := Spread{}
	sum := 0.0
	for ms, n := range c {
		s.N += n
		sum += float64(ms) * float64(n)
	}
	if s.N == 0 {
		return s
	}
	sorted := slices.Sorted(maps.Keys(c))
	at := func(p float64) *float64 {
		left := max(int64(math.Ceil(p*float64(s.N))), 1)
		for _, ms := range sorted {
			if left -= c[ms]; left <= 0 {
				return number(float64(ms))
			}
		}
		return nil
	}
	s.Mean, s.P50, s.P90, s.P95, s.P99 = number(math.Round(sum/float64(s.N))), at(.5), at(.9), at(.95), at(.99)
	return s
}
