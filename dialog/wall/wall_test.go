package wall

import (
	"encoding/json"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parley/dialog"
	"parley/dialog/bus"
	"parley/dialog/desk"
	"parley/dialog/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desks is a desk of a test.
type desks struct {
	feed    *desk.Feed
	running []desk.Transfer
}

func (d *desks) Feed() *desk.Feed          { return d.feed }
func (d *desks) Running() []desk.Transfer  { return d.running }
func (d *desks) People() []desk.PersonView { return []desk.PersonView{{ID: "u1", Status: desk.Away}} }

// lab is a wall over a store, whose clock the test moves.
type lab struct {
	*Wall
	t     *testing.T
	s     *store.Store
	d     *desks
	bus   dialog.Bus
	clock time.Time
}

func newLab(t *testing.T, l Limits) *lab {
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	x := &lab{t: t, s: s, d: &desks{feed: desk.NewFeed(time.Now())}, clock: time.Now()}
	x.bus = x.d.feed.Tap(bus.NewLocal())
	x.Wall = closed(Options{Store: s, Desk: x.d, Limits: l, Now: func() time.Time { return x.clock }})
	return x
}

// look has the wall look, some time later.
func (x *lab) look(later time.Duration) View {
	x.t.Helper()
	x.clock = x.clock.Add(later)
	if err := x.turn(x.t.Context()); err != nil {
		x.t.Fatal(err)
	}
	return x.Since(0)
}

func (x *lab) begin(n store.NewConversation) dialog.ConversationID {
	x.t.Helper()
	id, _, err := x.s.Create(x.t.Context(), n)
	if err != nil {
		x.t.Fatal(err)
	}
	return id
}

func (x *lab) note(id dialog.ConversationID, kind string, data any) {
	x.t.Helper()
	b, err := json.Marshal(data)
	if err != nil {
		x.t.Fatal(err)
	}
	rs, err := x.s.Append(x.t.Context(), id, 0, dialog.Record{Type: kind, Data: b})
	if err != nil {
		x.t.Fatal(err)
	}
	for _, r := range rs {
		if err := x.bus.Publish(x.t.Context(), r); err != nil {
			x.t.Fatal(err)
		}
	}
}

func (x *lab) say(id dialog.ConversationID, from dialog.Party, text string) {
	x.t.Helper()
	x.note(id, dialog.MessageCreated, dialog.MessageData{From: from, Via: dialog.ViaChat, Text: text})
}

func (v View) figure(n Name) int64 {
	for _, f := range v.Figures {
		if f.Name == n && f.Value != nil {
			return *f.Value
		}
	}
	return -1
}

func why(r Row) map[Why]int {
	out := map[Why]int{}
	for _, x := range r.Reasons {
		out[x.Why] = x.Value
	}
	return out
}

func TestConversationsBySomethingGoingWrong(t *testing.T) {
	x := newLab(t, Limits{Risk: 50})
	calm := x.begin(store.NewConversation{Locale: "en", Name: "Ann", Site: PracticeSite})
	x.say(calm, dialog.Customer, "How long does delivery take?")
	x.say(calm, dialog.Bot, "Two to four working days.")
	if v := x.look(0); len(v.Rows) != 1 || v.Rows[0].Risk != 0 || !v.Rows[0].Practice || v.Rows[0].Name != "Ann" || v.Rows[0].Last.Text != "Two to four working days." || v.Chats != 1 || v.Agents[desk.Away] != 1 {
		t.Errorf("%+v", v)
	}
	angry := x.begin(store.NewConversation{Locale: "en"})
	x.say(angry, dialog.Customer, "This is ridiculous, you are useless thieves!")
	v := x.look(time.Second)
	if len(v.Rows) != 2 || v.Rows[0].ID != angry || why(v.Rows[0])[Sentiment] == 0 || len(v.Alerts) != 1 || v.Alerts[0].Figure != RiskMost {
		t.Errorf("%+v", v)
	}
	// What is met and then told again is not said twice; what is said twice is.
	if n := why(v.Rows[0])[Repetition]; n != 0 {
		t.Error("repeats: ", n)
	}
	x.say(angry, dialog.Customer, "This is ridiculous! You are useless thieves")
	if v = x.look(time.Second); why(v.Rows[0])[Repetition] != 1 {
		t.Errorf("%+v", v.Rows[0])
	}
	if v = x.look(2 * time.Minute); why(v.Rows[0])[Silence] < 100 || why(v.Rows[1])[Silence] != 0 {
		t.Errorf("silence where nobody has answered, and only there: %+v", v.Rows)
	}
	x.d.running = []desk.Transfer{{ID: "t", Conversation: angry, Kind: desk.Chat, State: desk.Queued, Since: x.clock.Add(-2 * time.Minute)}}
	if v = x.look(time.Second); why(v.Rows[0])[Waiting] < 120 || why(v.Rows[0])[Silence] != 0 || v.Rows[0].Waits == nil {
		t.Errorf("who waits is silent, and that is no other reason: %+v", v.Rows[0])
	}
	x.d.running = nil
	x.look(time.Second)
	x.note(angry, dialog.TransferUpdated, map[string]any{"state": "failed"})
	version := v.Version
	x.look(time.Second)
	if v = x.Since(version); v.All || len(v.Rows) != 1 || why(v.Rows[0])[Failed] != 1 {
		t.Errorf("only what has changed: %+v", v)
	}
	version = v.Version
	x.note(angry, dialog.ConversationUpdated, dialog.UpdatedData{State: store.Closed, Holder: dialog.HeldByBot})
	x.look(time.Second)
	if v = x.Since(version); len(v.Gone) != 1 || v.Gone[0] != string(angry) || len(v.Alerts) != 0 {
		t.Errorf("%+v", v)
	}
	if v = x.look(time.Hour); len(v.Rows) != 0 {
		t.Errorf("a chat in which nothing happens for an hour: %+v", v.Rows)
	}
	// Another wall, of a server that was started again, sees the same.
	x.say(calm, dialog.Customer, "And returns?")
	again := closed(Options{Store: x.s, Desk: x.d})
	if err := again.turn(t.Context()); err != nil || len(again.Since(0).Rows) != 1 {
		t.Error(err, again.Since(0).Rows)
	}
}

// keep puts a transfer into the store as the desk does.
func (x *lab) keep(tr desk.Transfer) {
	x.t.Helper()
	tr.Conversation = x.begin(store.NewConversation{})
	b, err := json.Marshal(tr)
	if err != nil {
		x.t.Fatal(err)
	}
	row := store.Transfer{ID: tr.ID, Conversation: tr.Conversation, State: string(tr.State), Created: tr.Since.UnixMicro(), Body: string(b)}
	if !tr.Ended.IsZero() {
		row.Ended = tr.Ended.UnixMicro()
	}
	if _, _, err := x.s.AddTransfer(x.t.Context(), row); err != nil {
		x.t.Fatal(err)
	}
}

func TestFiguresOfTheDay(t *testing.T) {
	x := newLab(t, Limits{ServiceLevel: 80, Abandoned: 2, Longest: time.Minute})
	y, m, d := x.clock.UTC().Date()
	x.clock = time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return x.clock.Add(-d) }
	put := func(id string, state desk.State, waited time.Duration, accepted bool) {
		tr := desk.Transfer{ID: id, Kind: desk.Chat, State: state, Since: ago(time.Hour), Ended: ago(time.Hour - waited)}
		if accepted {
			tr.Accepted = tr.Ended
		}
		x.keep(tr)
	}
	put("fast1", desk.Completed, 10*time.Second, true)
	put("fast2", desk.Completed, 59*time.Second, true)
	put("late", desk.Completed, 61*time.Second, true)
	put("left soon", desk.Abandoned, 5*time.Second, false)
	put("left late", desk.Abandoned, 5*time.Minute, false)
	put("nobody", desk.Failed, 20*time.Second, false)
	x.keep(desk.Transfer{ID: "changed", Kind: desk.Chat, State: desk.Returned, Reason: desk.ChangedMind, Since: ago(time.Hour), Ended: ago(time.Hour)})
	x.keep(desk.Transfer{ID: "yesterday", Kind: desk.Chat, State: desk.Abandoned, Since: ago(13 * time.Hour), Ended: ago(12 * time.Hour)})
	x.d.running = []desk.Transfer{{ID: "now", Conversation: "c", Kind: desk.Call, State: desk.Queued, Since: ago(21 * time.Second)}}
	v := x.look(0)
	for n, want := range map[Name]int64{WaitingNow: 1, LongestWait: 21000, ServiceLevel: 33, Abandoned: 2} { // 2 of 5, and one who waits too long for a call
		if got := v.figure(n); got != want {
			t.Errorf("%s is %d, want %d", n, got, want)
		}
	}
	if len(v.Alerts) != 2 || v.Alerts[0].Figure != ServiceLevel || !v.Alerts[0].Below || v.Alerts[0].Limit != 80 || v.Alerts[1].Figure != Abandoned {
		t.Errorf("%+v", v.Alerts)
	}
	raised := v.Alerts[0].Since
	// A snooze is what the trail says, and ends by itself.
	if err := x.s.Audit(t.Context(), "", Snoozed, "", Snooze{Figure: ServiceLevel, Until: x.clock.Add(time.Minute), Reason: "lunch"}); err != nil {
		t.Fatal(err)
	}
	if v = x.look(between); v.Alerts[0].Snooze == nil || v.Alerts[0].Snooze.Reason != "lunch" || v.Alerts[1].Snooze != nil || !v.Alerts[0].Since.Equal(raised) {
		t.Errorf("%+v", v.Alerts)
	}
	if v = x.look(time.Minute); v.figure(LongestWait) < 60000 || len(v.Alerts) != 3 || v.Alerts[0].Figure != LongestWait || v.Alerts[1].Figure != ServiceLevel || v.Alerts[1].Snooze != nil {
		t.Errorf("%+v", v.Alerts)
	}
	// What was counted is not counted again, and tomorrow is another day.
	x.keep(desk.Transfer{ID: "just now", Kind: desk.Chat, State: desk.Abandoned, Since: ago(time.Minute), Ended: ago(0)})
	for range 2 {
		if v = x.look(between); v.figure(Abandoned) != 3 {
			t.Error(v.figure(Abandoned))
		}
	}
	x.d.running = nil
	if v = x.look(13 * time.Hour); v.figure(Abandoned) != 0 || v.figure(ServiceLevel) != -1 {
		t.Errorf("%+v", v.Figures)
	}
}

func TestContainment(t *testing.T) {
	x := newLab(t, Limits{})
	alone, open, helped := x.begin(store.NewConversation{}), x.begin(store.NewConversation{}), x.begin(store.NewConversation{})
	x.begin(store.NewConversation{}) // in which nothing was said
	for _, id := range []dialog.ConversationID{alone, open, helped} {
		x.say(id, dialog.Customer, "Hello there")
	}
	if v := x.look(0); v.figure(Containment) != -1 {
		t.Error("they all go on: ", v.figure(Containment))
	}
	for _, id := range []dialog.ConversationID{alone, helped} {
		if _, err := x.s.CloseConversation(t.Context(), id, store.Closing{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.s.Hold(t.Context(), open, dialog.HeldByAgent, "u1", ""); err != nil {
		t.Fatal(err)
	}
	if v := x.look(between); v.figure(Containment) != 100 {
		t.Error("two, with nobody: ", v.figure(Containment))
	}
	if _, err := x.s.CloseConversation(t.Context(), open, store.Closing{}); err != nil {
		t.Fatal(err)
	}
	if v := x.look(between); v.figure(Containment) != 67 {
		t.Error("one of three with a person: ", v.figure(Containment))
	}
}

func TestTheForgottenAreNotOnTheWall(t *testing.T) {
	x := newLab(t, Limits{})
	id := x.begin(store.NewConversation{Locale: "en", Name: "Ann Secret"})
	before := x.d.feed.Seq()
	x.say(id, dialog.Customer, "secret words")
	if v := x.look(0); len(v.Rows) != 1 {
		t.Fatalf("%+v", v)
	}
	if _, err := x.s.Forget(t.Context(), id, "customer"); err != nil {
		t.Fatal(err)
	}
	x.d.feed.Forget(id, time.Now())
	if v := x.look(time.Second); len(v.Rows) != 0 {
		t.Errorf("%+v", v)
	}
	rs, _, ok := x.d.feed.After(before, desk.Person{Senior: true})
	if len(rs) != 1 || !ok || rs[0].Type != dialog.ConversationUpdated {
		t.Errorf("a desk catches up with %+v", rs)
	}
}
