// Package month makes up a month of a contact centre's conversations, believable in number,
// hour, length and end, the same for the same seed. They are practice: their site says so,
// and real figures leave them out.
package month

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// Site of the conversations that are made up.
const Site = "practice.month"

// Days is how long a month is.
const Days = 30

// Options of a month.
type Options struct {
	Seed   uint64
	N      int       // conversations
	End    time.Time // of its last day; the topics that come up do so on that day
	Agents []string  // user ids of who helps; none: nobody comes
	Queues map[string]string
}

// hours are how much happens in each hour of a day.
var hours = [24]float64{2, 1, 1, 1, 1, 2, 3, 6, 12, 20, 26, 24, 16, 18, 24, 25, 22, 18, 14, 15, 17, 14, 9, 5}

// weekdays are how much happens on each day, Sunday first.
var weekdays = [7]float64{0.6, 1.25, 1.1, 1.05, 1, 1.1, 0.7}

// Make calls yield with each conversation, in no order, until that says false.
func Make(o Options, yield func(store.Past) bool) {
	m := &maker{Options: o, r: rand.New(rand.NewPCG(o.Seed, 7)), tips: rand.New(rand.NewPCG(o.Seed, 11))}
	for n := 0; n < o.N; {
		s, x := m.scene()
		at := m.when()
		if s.rises { // its first day is the last
			at = o.End.AddDate(0, 0, -1).Add(time.Duration(8+m.r.IntN(12)) * time.Hour).Add(m.span(0, time.Hour))
		}
		customer := ""
		if m.r.Float64() < 0.6 {
			customer = fmt.Sprintf("cus_%05d", m.r.IntN(max(o.N/2, 1)))
		}
		back := customer != "" && m.r.Float64() < s.returns
		for {
			p := m.past(n, s, x, customer, at)
			if n++; !yield(p) || n >= o.N || !back {
				break
			}
			back = m.r.Float64() < 0.1
			if at = time.UnixMicro(p.Conversation.Updated).Add(m.span(2*time.Hour, 60*time.Hour)); !at.Before(o.End.Add(-time.Hour)) {
				break
			}
		}
	}
}

type maker struct {
	Options
	r    *rand.Rand
	tips *rand.Rand // of what is recommended: the rest is the same without
}

// span is a time between two.
func (m *maker) span(from, to time.Duration) time.Duration {
	return from + time.Duration(m.r.Int64N(int64(to-from)))
}

// skewed is a time that is mostly short and sometimes long, with this median.
func (m *maker) skewed(median time.Duration, sigma float64) time.Duration {
	return time.Duration(float64(median) * math.Exp(m.r.NormFloat64()*sigma))
}

// when is a moment of the month, as customers come.
func (m *maker) when() time.Time {
	for {
		day := m.End.AddDate(0, 0, -1-m.r.IntN(Days))
		if m.r.Float64()*1.25 > weekdays[day.Weekday()] {
			continue
		}
		h := m.r.IntN(24)
		if m.r.Float64()*26 < hours[h] {
			return day.Add(time.Duration(h)*time.Hour + m.span(0, time.Hour))
		}
	}
}

// scene is what a customer comes for, in which language.
func (m *maker) scene() (*scene, *lines) {
	all := 0.0
	for i := range scenes {
		all += scenes[i].weight
	}
	x := m.r.Float64() * all
	for i := range scenes {
		if x -= scenes[i].weight; x < 0 {
			s := &scenes[i]
			if m.r.Float64() < 0.52 {
				return s, &s.en
			}
			return s, &s.zh
		}
	}
	return &scenes[0], &scenes[0].en
}

// talk is a conversation in the making.
type talk struct {
	m    *maker
	p    store.Past
	at   time.Time
	via  dialog.Via
	call dialog.CallID
	lang string
}

func (t *talk) note(kind string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		panic(err) // the data are ours
	}
	t.p.Records = append(t.p.Records, dialog.Record{Type: kind, At: t.at, Data: b})
}

func (t *talk) say(from dialog.Party, text string, cites ...dialog.Citation) {
	id := dialog.TurnID(fmt.Sprintf("%s_%d", t.p.Conversation.ID, len(t.p.Records)))
	t.note(dialog.MessageCreated, dialog.MessageData{ID: id, From: from, Via: t.via, Text: text, Language: t.lang, Call: t.call, Citations: cites})
}

// reply is the bot's, after its time.
func (t *talk) reply(text string, cites ...dialog.Citation) {
	if t.call == "" {
		t.at = t.at.Add(t.m.skewed(900*time.Millisecond, 0.5))
		t.say(dialog.Bot, text, cites...)
		return
	}
	ms := func(median int, sigma float64) int64 {
		return t.m.skewed(time.Duration(median)*time.Millisecond, sigma).Milliseconds()
	}
	w := dialog.Measured{Call: t.call, EndpointMS: ms(420, .25), ASRMS: ms(60, .5), RetrieveMS: ms(8, .6), LLMMS: ms(240, .6), TTSMS: ms(70, .4), PlayoutMS: ms(25, .3)}
	if t.m.r.Float64() < 0.4 {
		w.Draft, w.RetrieveMS, w.LLMMS = true, 0, 0
	}
	w.TotalMS = w.EndpointMS + w.ASRMS + w.RetrieveMS + w.LLMMS + w.TTSMS + w.PlayoutMS
	t.at = t.at.Add(time.Duration(w.TotalMS) * time.Millisecond)
	t.say(dialog.Bot, text, cites...)
	t.note(dialog.TurnMeasured, w)
	t.at = t.at.Add(t.m.span(3*time.Second, 9*time.Second))
}

// past makes one conversation.
func (m *maker) past(n int, s *scene, x *lines, customer string, at time.Time) store.Past {
	id := dialog.ConversationID(fmt.Sprintf("conv_month_%d_%05d", m.Seed, n))
	lang := "en"
	if x == &s.zh {
		lang = "zh-CN"
	}
	t := &talk{m: m, at: at, via: dialog.ViaChat, lang: lang}
	t.p.Conversation = store.Conversation{ID: id, Site: Site, Locale: lang, Customer: customer, State: store.Closed, Holder: dialog.HeldByBot, Created: at.UnixMicro()}
	if m.r.Float64() < 0.3 {
		t.via, t.call = dialog.ViaVoice, dialog.CallID("call_"+string(id))
		t.note(dialog.CallStarted, dialog.CallData{Call: t.call, Via: "web", Direction: "in"})
		t.say(dialog.Bot, greeting[lang])
		t.at = t.at.Add(5 * time.Second)
	}
	angry := m.r.Float64() < s.anger
	first := pick(m.r, x.asks)
	if angry {
		first += " " + pick(m.r, rage[lang])
	}
	t.say(dialog.Customer, first)
	t.answer(s, x, angry)
	if !angry {
		t.tip(s)
	}
	person := len(m.Agents) > 0 && m.r.Float64() < s.person
	resolved := false
	if person {
		resolved = t.transfer(lang, angry)
	} else {
		resolved = m.r.Float64() < s.solves
	}
	if resolved && m.r.Float64() < 0.75 {
		t.at = t.at.Add(m.span(4*time.Second, 40*time.Second))
		t.say(dialog.Customer, pick(m.r, thanks[lang]))
		t.reply(pick(m.r, welcome[lang]))
	}
	t.end(resolved)
	return t.p
}

// answer is what the bot says, with its source, and perhaps what else is asked.
func (t *talk) answer(s *scene, x *lines, angry bool) {
	quote := dialog.Citation{Document: "doc_" + s.name, Title: x.title, Passage: "p1", Quote: x.answer}
	text := x.answer
	if angry {
		text = sorry[t.lang] + text
	}
	t.reply(text, quote)
	for range t.m.r.IntN(3) {
		if len(x.more) == 0 {
			return
		}
		f := pick(t.m.r, x.more)
		t.at = t.at.Add(t.m.span(6*time.Second, 50*time.Second))
		t.say(dialog.Customer, f[0])
		t.reply(f[1], dialog.Citation{Document: "doc_" + s.name, Title: x.title, Passage: "p2", Quote: f[1]})
	}
}

// transfer brings a person, or nobody comes; it reports whether the matter is settled.
func (t *talk) transfer(lang string, angry bool) bool {
	m := t.m
	t.at = t.at.Add(m.span(5*time.Second, 30*time.Second))
	t.say(dialog.Customer, pick(m.r, wishes[lang]))
	t.reply(fetching[lang])
	queue := m.Queues[lang]
	d := desk.Transfer{ID: "transfer_" + string(t.p.Conversation.ID), Conversation: t.p.Conversation.ID, Kind: desk.Chat, Queue: queue, Language: lang, ByBot: true, Asked: "customer", Since: t.at, Queued: t.at}
	if t.call != "" {
		d.Kind = desk.Call
	}
	if angry {
		d.Asked = "anger"
	}
	median := 14 * time.Second
	if h := t.at.Hour(); h >= 10 && h <= 11 || h >= 14 && h <= 15 { // the peaks
		median = 32 * time.Second
	}
	wait := m.skewed(median, 0.9)
	patience := m.skewed(3*time.Minute, 0.6)
	came := false
	switch x := m.r.Float64(); {
	case t.at.Hour() < 7 || x < 0.03:
		d.State, d.Reason, wait = desk.Failed, desk.Nobody, min(wait, 20*time.Second)
	case wait > patience:
		d.State, d.Reason, wait = desk.Abandoned, desk.LeftBy, patience
	case x < 0.06:
		d.State, d.Reason = desk.Returned, desk.ChangedMind
	default:
		came, d.State, d.Agent, d.Briefed, d.Joined = true, desk.Completed, pick(m.r, m.Agents), true, true
	}
	t.at = t.at.Add(wait)
	d.Ended, d.Tries = t.at, 1
	if came {
		d.Accepted = t.at
	}
	body, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	t.p.Transfers = append(t.p.Transfers, store.Transfer{ID: d.ID, Conversation: d.Conversation, State: string(d.State), Reason: string(d.Reason), Queue: queue, Agent: d.Agent, Version: 1,
		Created: d.Since.UnixMicro(), Ended: d.Ended.UnixMicro(), Body: string(body)})
	t.note(dialog.TransferUpdated, map[string]any{"id": d.ID, "state": d.State, "queue": queue, "agent": d.Agent, "reason": d.Reason, "wait_ms": wait.Milliseconds()})
	if !came {
		return d.State == desk.Returned && m.r.Float64() < 0.5
	}
	c := &t.p.Conversation
	c.Agent, c.Queue = d.Agent, queue
	t.note(dialog.ConversationUpdated, dialog.UpdatedData{State: store.Awake, Holder: dialog.HeldByAgent, Agent: d.Agent, Queue: queue, Language: lang})
	t.at = t.at.Add(m.span(4*time.Second, 20*time.Second))
	t.say(dialog.Agent, pick(m.r, opening[lang]))
	t.at = t.at.Add(m.skewed(2*time.Minute, 0.5))
	t.say(dialog.Customer, pick(m.r, details[lang]))
	t.at = t.at.Add(m.skewed(90*time.Second, 0.5))
	closing := solved[lang]
	if m.r.Float64() < 0.04 { // not everybody is kind
		closing = curt[lang]
	}
	t.say(dialog.Agent, pick(m.r, closing))
	t.at = t.at.Add(m.skewed(40*time.Second, 0.5))
	return m.r.Float64() < 0.85
}

// end closes it, perhaps with a rating, and says what models cost.
func (t *talk) end(resolved bool) {
	m, c := t.m, &t.p.Conversation
	if t.call != "" {
		t.at = t.at.Add(2 * time.Second)
		t.note(dialog.CallEnded, dialog.CallData{Call: t.call, Via: "web", Direction: "in", Reason: "customer"})
		t.p.Calls = []store.Call{{ID: t.call, Conversation: c.ID, Via: "web", Direction: "in", Started: c.Created, Ended: t.at.UnixMicro(), Reason: "customer"}}
	}
	if m.r.Float64() < 0.28 {
		scores := []int{1, 2, 2, 3, 3, 4, 5}
		if resolved {
			scores = []int{3, 4, 4, 5, 5, 5, 5, 5}
		}
		c.Score = int64(pick(m.r, scores))
		t.note(dialog.ConversationRated, map[string]any{"score": c.Score})
	}
	t.note(dialog.ConversationUpdated, dialog.UpdatedData{State: store.Closed, Holder: dialog.HeldByBot, Language: c.Locale})
	c.Updated = t.at.UnixMicro()
	if m.r.Float64() < 0.7 {
		n := int64(len(t.p.Records))
		t.p.Usage = []store.Usage{{Conversation: c.ID, Role: "llm", Model: "practice-model", Prompt: 700 * n, Reply: 40 * n, Cost: float64(n) * 0.0011, Currency: "USD", At: c.Updated}}
	}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
