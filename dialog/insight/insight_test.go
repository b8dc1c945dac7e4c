package insight_test

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/insight"
	"parley/dialog/pgtest"
	"parley/dialog/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lab is an Insight over a store, and a clock.
type lab struct {
	*insight.Insight
	t   *testing.T
	s   *store.Store
	now time.Time
}

// postgres is where the tests' stores are; nil: they are SQLite's.
var postgres *pgtest.Server

// openStore opens an empty store, which its owner closes.
func openStore(t testing.TB) *store.Store {
	t.Helper()
	return openIn(t, t.TempDir())
}

// openIn opens the store of a folder.
func openIn(t testing.TB, folder string) *store.Store {
	t.Helper()
	o := store.Options{Folder: folder}
	if postgres != nil {
		o.URL = postgres.Database(t)
	}
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The same tests hold on PostgreSQL: sums, groups and percentiles are its own there.
func TestOnPostgreSQL(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector has seen them on SQLite; make test runs this without it")
	}
	postgres = pgtest.Start(t)
	defer func() { postgres = nil }()
	for name, f := range map[string]func(*testing.T){"resolution": TestResolution, "people": TestPeople, "latency": TestLatency, "rising": TestRising,
		"followed": TestItIsFollowed, "quality": TestQuality, "month": TestAMonth,
		"model": TestAModelScores, "budget": TestAModelsBudget, "forgotten": TestAJudgementIsForgotten} {
		t.Run(name, f)
	}
}

func newLab(t *testing.T) *lab {
	s := openStore(t)
	x := &lab{t: t, s: s, now: time.Now()}
	x.Insight = insight.New(insight.Options{Store: s, Now: func() time.Time { return x.now }})
	t.Cleanup(func() {
		x.Insight.Close()
		_ = s.Close()
	})
	return x
}

func (x *lab) note(id dialog.ConversationID, kind string, at time.Time, data any) {
	x.t.Helper()
	b, err := json.Marshal(data)
	if err == nil {
		_, err = x.s.Append(x.t.Context(), id, 0, dialog.Record{Type: kind, At: at, Data: b})
	}
	if err != nil {
		x.t.Fatal(err)
	}
}

// talk is a chat: the customer's words, the bot's, and again.
func (x *lab) talk(n store.NewConversation, at time.Time, said ...string) dialog.ConversationID {
	x.t.Helper()
	id, _, err := x.s.Create(x.t.Context(), n)
	if err != nil {
		x.t.Fatal(err)
	}
	for k, text := range said {
		from := []dialog.Party{dialog.Customer, dialog.Bot}[k%2]
		var cites []dialog.Citation
		if from == dialog.Bot {
			cites = []dialog.Citation{{Title: "Delivery"}}
		}
		x.note(id, dialog.MessageCreated, at.Add(time.Duration(k)*2*time.Second), dialog.MessageData{From: from, Via: dialog.ViaChat, Text: text, Citations: cites})
	}
	return id
}

func (x *lab) close(id dialog.ConversationID) {
	x.t.Helper()
	if _, err := x.s.CloseConversation(x.t.Context(), id, store.Closing{Who: "u"}); err != nil {
		x.t.Fatal(err)
	}
}

func (x *lab) period() insight.Period {
	return insight.Period{From: x.now.AddDate(0, 0, -30), To: x.now.Add(time.Hour)}
}

// figures are those of a summary, by name; -1 is none.
func (x *lab) figures() map[insight.Name]float64 {
	x.t.Helper()
	if err := x.Catch(x.t.Context(), false); err != nil {
		x.t.Fatal(err)
	}
	s, err := x.Summary(x.t.Context(), x.period())
	if err != nil {
		x.t.Fatal(err)
	}
	out := map[insight.Name]float64{}
	for _, f := range s.Items {
		if f.Definition["en"] == "" || f.Definition["zh-CN"] == "" {
			x.t.Errorf("%s is not defined", f.Name)
		}
		if out[f.Name] = -1; f.Value != nil {
			out[f.Name] = *f.Value
		}
	}
	return out
}

func (x *lab) is(want map[insight.Name]float64) {
	x.t.Helper()
	got := x.figures()
	for n, v := range want {
		if got[n] != v {
			x.t.Errorf("%s is %v, not %v", n, got[n], v)
		}
	}
}

func (x *lab) behind(w insight.Which) []dialog.ConversationID {
	x.t.Helper()
	w.Limit = 100
	talks, err := x.Behind(x.t.Context(), x.period(), w)
	if err != nil {
		x.t.Fatal(err)
	}
	ids := []dialog.ConversationID{}
	for _, k := range talks {
		ids = append(ids, k.Conversation)
	}
	return ids
}

// Resolution is told three ways, and each has the conversations behind it.
func TestResolution(t *testing.T) {
	x := newLab(t)
	old := x.now.AddDate(0, 0, -10)
	lee := store.NewConversation{Site: "shop", Locale: "en", Customer: "cus_lee"}
	thanks := x.talk(lee, old, "Where is my headset?", "It arrives on Monday.", "Thanks, that's all")
	again := x.talk(lee, old.Add(48*time.Hour), "Where is my headset now?", "It is late.")
	open := x.talk(store.NewConversation{Locale: "zh-CN"}, x.now.Add(-time.Minute), "耳机什么时候到？", "周一。")
	practice := x.talk(store.NewConversation{Site: "practice"}, old, "Hello there", "Hi.")
	if _, _, err := x.s.Create(t.Context(), store.NewConversation{}); err != nil { // opened, and nothing said
		t.Fatal(err)
	}
	for _, id := range []dialog.ConversationID{thanks, again, practice} {
		x.close(id)
	}
	x.is(map[insight.Name]float64{"conversations": 3, "calls": 0, "chats": 3, "over": 2, "resolved_confirmed": 50, "resolved_verified": 50,
		"resolved_contained": 100, "first_contact_resolution": 0, "came_back": 50, "rated": 0, "satisfied": -1, "handle_time": -1, "with_person": 0})
	for _, c := range []struct {
		w    insight.Which
		want dialog.ConversationID
	}{{insight.Which{Figure: "resolved_confirmed"}, thanks}, {insight.Which{Figure: "resolved_confirmed", Others: true}, again}, {insight.Which{Figure: "came_back"}, thanks},
		{insight.Which{Figure: "resolved_verified"}, again}, {insight.Which{Word: "耳机"}, open}} {
		if got := x.behind(c.w); len(got) != 1 || got[0] != c.want {
			t.Errorf("behind %+v: %v", c.w, got)
		}
	}
	if got := x.behind(insight.Which{Matter: "Delivery"}); len(got) != 3 || got[0] != open {
		t.Error("the latest first: ", got)
	}
	if _, err := x.Behind(t.Context(), x.period(), insight.Which{Figure: "x", Limit: 1}); err != insight.ErrUnknown {
		t.Error(err)
	}

	// A rating says more than words; a chat in which nothing happens is over.
	if err := x.s.Rate(t.Context(), again, 2, ""); err != nil {
		t.Fatal(err)
	}
	if err := x.s.Rate(t.Context(), thanks, 3, ""); err != nil {
		t.Fatal(err)
	}
	x.now = x.now.Add(50 * time.Minute)
	x.is(map[insight.Name]float64{"over": 3, "resolved_confirmed": 0, "rated": 66.7, "satisfied": 0})
	if got := x.behind(insight.Which{Figure: "over"}); len(got) != 3 {
		t.Error("what has become over is not listed: ", got)
	}

	// What is forgotten is in no report, and its words neither.
	if _, err := x.s.Forget(t.Context(), thanks, "customer"); err != nil {
		t.Fatal(err)
	}
	x.is(map[insight.Name]float64{"conversations": 1, "rated": 0})
	k, err := x.Keywords(t.Context(), x.period(), "headset")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range k.Days {
		if d.N != 0 {
			t.Errorf("a forgotten word: %+v", d)
		}
	}
}

// Waits for a person are counted as the wall counts them.
func TestPeople(t *testing.T) {
	x := newLab(t)
	at := x.now.Add(-5 * time.Hour)
	wait := func(id string, state desk.State, reason desk.Reason, waited time.Duration, accepted bool) dialog.ConversationID {
		c := x.talk(store.NewConversation{Locale: "en"}, at, "A person please", "One moment.")
		d := desk.Transfer{ID: id, Conversation: c, Kind: desk.Chat, State: state, Reason: reason, Queue: "service", Agent: "user_ann", Asked: "customer", Since: at, Ended: at.Add(waited)}
		if accepted {
			d.Accepted = d.Ended
		}
		b, err := json.Marshal(d)
		if err == nil {
			_, _, err = x.s.AddTransfer(t.Context(), store.Transfer{ID: id, Conversation: c, State: string(state), Reason: string(reason), Queue: "service", Agent: "user_ann", Created: at.UnixMicro(), Ended: d.Ended.UnixMicro(), Body: string(b)})
		}
		if err != nil {
			t.Fatal(err)
		}
		if accepted {
			x.note(c, dialog.ConversationUpdated, d.Ended, dialog.UpdatedData{State: "open", Holder: dialog.HeldByAgent, Agent: "user_ann"})
			x.note(c, dialog.ConversationUpdated, d.Ended.Add(4*time.Minute), dialog.UpdatedData{State: "open", Holder: dialog.HeldByBot})
			if err := x.s.Rate(t.Context(), c, 5, ""); err != nil {
				t.Fatal(err)
			}
		}
		x.note(c, dialog.TransferUpdated, d.Ended, map[string]any{"id": id})
		return c
	}
	soon := wait("t1", desk.Completed, "", 30*time.Second, true)
	late := wait("t2", desk.Completed, "", 90*time.Second, true)
	lost := wait("t3", desk.Abandoned, desk.LeftBy, 2*time.Minute, false)
	wait("t4", desk.Returned, desk.ChangedMind, time.Minute, false)
	wait("t5", desk.Failed, desk.Nobody, time.Second, false)
	for _, d := range []dialog.ConversationID{soon, late} {
		if _, err := x.s.Hold(t.Context(), d, dialog.HeldByBot, "user_ann", "service"); err != nil {
			t.Fatal(err)
		}
		x.close(d)
	}
	x.is(map[insight.Name]float64{"with_person": 100, "resolved_contained": 0, "handle_time": 240000, "answer_time": 60000, "service_level": 25, "abandonment": 20, "satisfied": 100})
	r, err := x.Transfers(t.Context(), x.period())
	if err != nil {
		t.Fatal(err)
	}
	if q := r.Queues; len(q) != 1 || q[0].Asked != 5 || q[0].Answered != 2 || q[0].Lost != 1 || q[0].Counted != 4 || q[0].InTime != 1 || q[0].MeanMS != 60000 || q[0].P90MS != 90000 {
		t.Errorf("%+v", q)
	}
	if a := r.Agents; len(a) != 1 || a[0].Agent != "user_ann" || a[0].Handled != 2 || a[0].HandleMS != 240000 || a[0].Good != 2 || *a[0].Score != 5 {
		t.Errorf("%+v", a)
	}
	if len(r.Outcomes) != 4 || r.Outcomes[0].State != "completed" || r.Outcomes[0].N != 2 || len(r.Reasons) != 1 || r.Reasons[0].N != 5 {
		t.Errorf("%+v %+v", r.Outcomes, r.Reasons)
	}
	if got := x.behind(insight.Which{Figure: "abandonment"}); len(got) != 1 || got[0] != lost {
		t.Error(got)
	}
	if got := x.behind(insight.Which{Figure: "service_level", Others: true}); len(got) != 3 {
		t.Error("not within the target: ", got)
	}
}

// What waits of a call are made of is kept to the millisecond.
func TestLatency(t *testing.T) {
	x := newLab(t)
	id := x.talk(store.NewConversation{Locale: "en"}, x.now.Add(-time.Hour), "Hello", "Hi.")
	for k := range 100 {
		x.note(id, dialog.TurnMeasured, x.now, dialog.Measured{EndpointMS: 400, LLMMS: int64(k), TotalMS: 400 + int64(k)})
	}
	if err := x.Catch(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	l, err := x.Latency(t.Context(), x.period())
	if err != nil {
		t.Fatal(err)
	}
	total, llm := l.Stages[6], l.Stages[3]
	if total.N != 100 || *total.P50 != 449 || *total.P95 != 494 || *total.P99 != 498 || *llm.P50 != 49 || *l.Stages[0].Mean != 400 || l.Spread[4].N != 100 {
		t.Errorf("%+v %+v", total, l.Spread)
	}
	if f := l.Items[3]; f.Name != "first_reply_p50" || f.Value == nil || *f.Value != 2000 {
		t.Errorf("%+v", f)
	}
}

// A topic that comes up is found on its first day, in both languages; what is said every day
// is not.
func TestRising(t *testing.T) {
	x := newLab(t)
	begin := x.now.UTC().Truncate(24 * time.Hour).Add(time.Minute)
	for day := range 5 {
		at := begin.AddDate(0, 0, day-4)
		for k := range 12 {
			x.talk(store.NewConversation{Locale: "en"}, at, "My charger is faulty, can I return it?", "Yes.")
			if day == 4 && k < 8 {
				x.talk(store.NewConversation{Locale: "en"}, at, "There was a bluetooth firmware update and the sound is gone", "Sorry.")
				x.talk(store.NewConversation{Locale: "zh-CN"}, at, "优惠券用不了，结账的时候报错", "抱歉。")
			}
		}
	}
	if err := x.Catch(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	k, err := x.Keywords(t.Context(), insight.Period{From: begin.AddDate(0, 0, -6), To: begin.AddDate(0, 0, 1).Truncate(24 * time.Hour)}, "优惠券")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int64{}
	for _, r := range k.Rising {
		found[r.Word] = r.N
	}
	if found["bluetooth firmware"] != 8 || found["优惠券"] != 8 || found["charger"] != 0 || found["return"] != 0 {
		t.Errorf("rising: %v", found)
	}
	if k.Words[0].Word != "charger" && k.Words[0].Word != "charger faulty" || k.Words[0].N != 60 {
		t.Errorf("%+v", k.Words)
	}
	if d := k.Days[len(k.Days)-1]; d.N != 8 {
		t.Errorf("the word's last day: %+v", d)
	}
}

// Following needs nobody who asks.
func TestItIsFollowed(t *testing.T) {
	x := newLab(t)
	id := x.talk(store.NewConversation{Locale: "en"}, x.now, "Hello", "Hi.")
	x.close(id)
	x.Insight.Close()
	x.Insight = insight.New(insight.Options{Store: x.s})
	for {
		ms, err := x.s.Undigested(t.Context(), time.Now(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(ms) == 0 {
			break
		}
		runtime.Gosched()
	}
}

// A closed conversation is scored by the rubric, each criterion with the turn that shows it;
// a person who overrules it calibrates the fault.
func TestQuality(t *testing.T) {
	x := newLab(t)
	var ids []dialog.ConversationID
	for range 12 {
		id := x.talk(store.NewConversation{Locale: "en"}, x.now.Add(-time.Hour), "Where is my parcel with the blue headphones?", "Not my problem.", "Thanks")
		x.close(id)
		ids = append(ids, id)
	}
	tone := func(id dialog.ConversationID) insight.Grade {
		t.Helper()
		if err := x.Catch(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		r, err := x.Review(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range r.Grades {
			if g.Criterion == insight.Tone {
				return g
			}
		}
		t.Fatalf("%+v", r)
		return insight.Grade{}
	}
	if g := tone(ids[0]); g.Fault != "rude" || g.Seq != 2 || g.Score != 10 {
		t.Errorf("%+v", g)
	}
	q, err := x.Quality(t.Context(), x.period())
	if err != nil {
		t.Fatal(err)
	}
	if len(q.Faults) != 1 || q.Faults[0].Fault != "rude" || q.Faults[0].N != 12 || q.Faults[0].Trust != 1 || *q.Items[4].Value != 10 || q.Items[4].Name != "tone" {
		t.Errorf("%+v %+v", q.Faults, q.Items)
	}
	for _, id := range ids[:3] {
		if err := x.Overrule(t.Context(), id, insight.Tone, 100, "u", "a quotation"); err != nil {
			t.Fatal(err)
		}
	}
	if g := tone(ids[0]); g.Score != 100 || !g.Overruled || g.Note != "a quotation" {
		t.Errorf("%+v", g)
	}
	more := x.talk(store.NewConversation{Locale: "en"}, x.now.Add(-time.Hour), "Where is my parcel with the blue headphones?", "Not my problem.", "Thanks")
	x.close(more)
	if g := tone(more); g.Score != 55 { // half of 90 points: three verdicts against three that are taken for granted
		t.Errorf("not calibrated: %+v", g)
	}
	if got := x.behind(insight.Which{Fault: "rude"}); len(got) != 10 {
		t.Error("behind the fault: ", got)
	}
	if _, err := x.s.Forget(t.Context(), ids[0], "customer"); err != nil {
		t.Fatal(err)
	}
	if os, err := x.s.OverrulesOf(t.Context(), ids[0]); err != nil || len(os) != 0 {
		t.Error("what was said of a forgotten conversation: ", os, err)
	}
}

// However much is said, what is read of it is bounded: the first lines and the last, and the
// beginning of each.
func TestLongTalk(t *testing.T) {
	x := newLab(t)
	id, _, err := x.s.Create(t.Context(), store.NewConversation{Locale: "en"})
	if err != nil {
		t.Fatal(err)
	}
	const lines = 820
	records := make([]dialog.Record, lines)
	for k := range records {
		m := dialog.MessageData{From: []dialog.Party{dialog.Customer, dialog.Bot}[k%2], Via: dialog.ViaChat, Text: "and so on"}
		switch k {
		case 0:
			m.Text = "where does the shipment of my blue kettle stay"
		case 1:
			m.Text = strings.Repeat("so ", 400) + "we guarantee it" // beyond what is read of a line
		case 98:
			m.Text = "the shipment of my blue kettle, where does it stay" // too far from the first
		case 111:
			m.Text = "shut up" // between what is read
		case 210:
			m.Text = "This is outrageous, I am furious, you useless idiots!!!"
		case lines - 1:
			m.Text = "Sorry, I do not know that."
		}
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		records[k] = dialog.Record{Type: dialog.MessageCreated, At: x.now.Add(time.Duration(k-1000) * time.Second), Data: b}
	}
	if _, err := x.s.Append(t.Context(), id, 0, records...); err != nil {
		t.Fatal(err)
	}
	x.close(id)
	x.is(map[insight.Name]float64{"conversations": 1, "angry": 0})
	score, err := x.s.ScoreOf(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(score.Body, `"no_answer"`) {
		t.Errorf("the last line is not read: %s", score.Body)
	}
	for _, unread := range []string{"promise", "rude", "customer_again"} {
		if strings.Contains(score.Body, `"`+unread+`"`) {
			t.Errorf("%s is found: %s", unread, score.Body)
		}
	}
}
