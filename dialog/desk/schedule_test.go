package desk

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parley/dialog"
)

// world is customers and people on a clock of its own, as the desk would carry them.
type world struct {
	*rand.Rand
	now    time.Time
	reg    *Local
	queues []Queue
	all    map[string]Transfer
	holder map[dialog.ConversationID]string // who has it: "bot", "queue", or a person
	lost   map[string]bool                  // transfers whose person was lost, and that were not offered since
	calls  map[string]*call                 // by transfer, of those whose customer calls
	bad    []string
}

// call is who is where in one.
type call struct {
	hold bool
	legs []string // of people
}

func newWorld(seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7)), now: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), reg: NewLocal(),
		queues: []Queue{{Name: "sales", Overflow: "help", After: time.Minute}, {Name: "help", Default: true, Priority: 1}},
		all:    map[string]Transfer{}, holder: map[dialog.ConversationID]string{}, lost: map[string]bool{}, calls: map[string]*call{}}
	for i := range 4 {
		id := fmt.Sprintf("a%d", i)
		p := Profile{ID: id, Chats: 1 + w.IntN(3)}
		if w.IntN(2) == 0 {
			p.Queues = []string{w.queues[w.IntN(2)].Name}
		}
		_ = w.reg.Know(context.Background(), p)
	}
	return w
}

func (w *world) fault(f string, args ...any) { w.bad = append(w.bad, fmt.Sprintf(f, args...)) }

// do steps one transfer and carries out what comes of it.
func (w *world) do(id string, e Event) {
	ctx := context.Background()
	before := w.all[id]
	if k, ok := e.(Kinded); ok && k.Kind == Call && w.calls[id] == nil {
		w.calls[id] = &call{}
	}
	t, out := Step(Rules{}, before, e, w.now)
	w.all[id] = t
	if before.State.Over() && (t.State != before.State || t.Agent != before.Agent) {
		w.fault("%T changed one that was over: %s to %s", e, before.State, t.State)
	}
	for _, f := range out {
		switch f := f.(type) {
		case Wait:
			_ = w.reg.Wait(ctx, t.Entry())
		case Unwait:
			_ = w.reg.Unwait(ctx, id)
		case Free:
			_ = w.reg.Free(ctx, f.Agent, t.Conversation, w.now)
		case Keep:
			_ = w.reg.Keep(ctx, f.Agent, t.Conversation, t.Kind)
		case Move:
			w.move(id, f)
		}
	}
	switch e := e.(type) {
	case Kinded:
		if before.Kind == e.Kind || before.State.Over() {
			break
		}
		if e.Kind == Chat {
			delete(w.calls, id)
		} else if t.From != "" { // the desk's: who has the conversation gets the call
			w.calls[id].legs = append(w.calls[id].legs, t.From)
		}
	}
	if h, agent := t.Holder(); !before.State.Over() {
		w.holder[t.Conversation] = string(h)
		if agent != "" {
			w.holder[t.Conversation] = agent
		}
	}
	if _, gone := e.(Gone); gone && t.State == Queued && before.State != Queued {
		w.lost[id] = true
	}
}

func (w *world) move(id string, m Move) {
	k := w.calls[id]
	if k == nil {
		w.fault("%s is no call, and is moved: %s", id, m.What)
		return
	}
	i := slices.Index(k.legs, m.Agent)
	switch m.What {
	case HoldCustomer, BackCustomer:
		k.hold = m.What == HoldCustomer
	case BriefAgent, JoinAll, SeatAgent:
		if m.What != SeatAgent {
			k.hold = m.What == BriefAgent
		}
		if i < 0 {
			k.legs = append(k.legs, m.Agent)
		}
	case DropAgent:
		if i >= 0 {
			k.legs = slices.Delete(k.legs, i, i+1)
		}
	}
}

// heard holds who hears whom in a call.
func (w *world) heard(t Transfer) {
	k := w.calls[t.ID]
	if (k != nil) != (t.Kind == Call) && !t.State.Over() {
		w.fault("%s: a %s with a call: %v", t.ID, t.Kind, k != nil)
		return
	}
	if k == nil {
		return
	}
	alone := t.From == "" && (t.State == Queued || t.State == Offering)
	if want := alone || t.State == Consulting; k.hold != want {
		w.fault("%s is %s, from %q, and the customer is on hold: %v", t.ID, t.State, t.From, k.hold)
	}
	var want []string
	if t.From != "" {
		want = append(want, t.From)
	}
	if t.State == Consulting || t.State == Conference || t.State == Completed {
		want = append(want, t.Agent)
	}
	got := slices.Clone(k.legs)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.fault("%s is %s: in the call are %v, not %v", t.ID, t.State, got, want)
	}
}

func (w *world) route() {
	ctx := context.Background()
	agents, _ := w.reg.Agents(ctx)
	waiting, _ := w.reg.Waiting(ctx)
	matches, rest := Route(Board{w.queues, agents, waiting}, w.now)
	for _, m := range matches {
		offer := "o" + m.Transfer + fmt.Sprint(w.all[m.Transfer].Tries)
		if err := w.reg.Assign(ctx, m.Transfer, m.Agent, offer, w.now); err != nil {
			w.fault("the route gave what cannot be: %v", err)
			continue
		}
		t := w.all[m.Transfer]
		for id := range w.lost { // nobody who can be asked by the same person goes before one that was lost
			o := w.all[id]
			i := slices.IndexFunc(agents, func(a Agent) bool { return a.ID == m.Agent })
			if id != m.Transfer && o.State == Queued && !t.First && fits(o.Entry(), agents[i]) && !slices.Contains(o.Not, m.Agent) && o.Kind == t.Kind {
				if !slices.ContainsFunc(matches, func(x Match) bool { return x.Transfer == id }) {
					w.fault("%s was offered before %s, whose person was lost", m.Transfer, id)
				}
			}
		}
		delete(w.lost, m.Transfer)
		w.do(m.Transfer, Routed{m.Agent, offer})
	}
	for id, o := range rest {
		w.do(id, Staffed{On: o.Staffed, Exhausted: o.Exhausted})
	}
}

// check holds what is always true.
func (w *world) check() {
	ctx := context.Background()
	agents, _ := w.reg.Agents(ctx)
	waiting, _ := w.reg.Waiting(ctx)
	places := map[dialog.ConversationID][]string{}
	for _, a := range agents {
		if a.Left(Chat) < 0 {
			w.fault("%s has %d conversations of %d", a.ID, len(a.Seats), a.Chats)
		}
		for _, s := range a.Seats {
			places[s.Conversation] = append(places[s.Conversation], a.ID)
		}
	}
	for _, t := range w.all {
		w.heard(t)
		lines := 0
		for _, e := range waiting {
			if e.Conversation == t.Conversation {
				lines++
			}
		}
		if want := t.State == Queued; lines > 1 || (lines == 1) != want {
			w.fault("%s is %s and stands in %d lines", t.ID, t.State, lines)
		}
		var want []string
		if t.From != "" {
			want = append(want, t.From)
		}
		if t.Agent != "" && w.holder[t.Conversation] != "closed" {
			want = append(want, t.Agent)
		}
		got := places[t.Conversation]
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			w.fault("%s, %s: places at %v, not %v", t.ID, t.State, got, want)
		}
		if t.State != Completed && t.State.Over() && t.From == "" && w.holder[t.Conversation] != string(dialog.HeldByBot) {
			w.fault("%s is %s and nobody has the customer: %s", t.ID, t.State, w.holder[t.Conversation])
		}
	}
}

// act lets something happen.
func (w *world) act() {
	ctx := context.Background()
	w.now = w.now.Add(time.Duration(w.IntN(9000)) * time.Millisecond)
	agent := fmt.Sprintf("a%d", w.IntN(4))
	var open []string
	for id, t := range w.all {
		if !t.State.Over() {
			open = append(open, id)
		}
	}
	slices.Sort(open)
	switch n := w.IntN(24); {
	case n < 3:
		id := fmt.Sprintf("t%02d", len(w.all))
		t := Transfer{ID: id, Conversation: dialog.ConversationID("c" + id), Kind: Chat, State: Queued, Queue: w.queues[w.IntN(2)].Name, Since: w.now, Blind: w.IntN(4) == 0, Consult: w.IntN(2) == 0}
		if w.IntN(3) == 0 { // one person hands on to another
			if as, _ := w.reg.Agents(ctx); as[w.IntN(4)].Left(Chat) > 0 {
				for _, a := range as {
					if a.Left(Chat) > 0 {
						t.From = a.ID
						_ = w.reg.Keep(ctx, a.ID, t.Conversation, Chat)
						break
					}
				}
			}
		}
		if w.IntN(3) == 0 && t.From == "" {
			t.Kind, w.calls[id] = Call, &call{}
		}
		w.all[id] = t
		w.do(id, Begin{})
	case n < 5:
		_ = w.reg.Connect(ctx, agent, w.now)
		_ = w.reg.Wish(ctx, agent, Available, w.now, w.now)
	case n == 5:
		_ = w.reg.Wish(ctx, agent, Away, w.now, w.now)
	case n == 6: // the person's browser dies, and stays dead
		_ = w.reg.Wish(ctx, agent, Offline, w.now, w.now)
		for _, id := range open {
			w.do(id, Gone{agent})
		}
	case len(open) == 0:
	default:
		id := open[w.IntN(len(open))]
		t := w.all[id]
		events := []Event{Accept{t.Agent}, Accept{agent}, Decline{t.Agent}, Decline{agent}, Unanswered{t.Agent, Busy}, Brief{t.Agent}, Join{t.Agent}, Join{agent}, Complete{t.Agent},
			Complete{agent}, Cancel{}, NeverMind{}, CustomerLeft{}, Broken{}, Deadline{}, Place{1 + w.IntN(3)}, Accept{t.Agent}, Kinded{[]Kind{Chat, Call}[w.IntN(2)]}}
		w.do(id, events[w.IntN(len(events))])
	}
	for _, id := range open {
		t := w.all[id]
		if t.State == Queued && t.Queue == "sales" && w.now.Sub(t.Queued) > time.Minute {
			w.do(id, Overflow{"help"})
		}
		if at := t.Next(Rules{}); !at.IsZero() && !at.After(w.now) {
			w.do(id, Deadline{})
		}
	}
	w.route()
	w.check()
}

// Whatever comes in whatever order: every transfer ends, no customer is in two places or
// in none, nobody has more than there is place for, and who lost a person comes first.
func TestTransfersOfRandomSchedules(t *testing.T) {
	n := uint64(10_000)
	if testing.Short() {
		n = 1_000
	}
	ends := map[State]int{}
	for seed := range n {
		w := newWorld(seed)
		for range 35 {
			w.act()
			if len(w.bad) > 0 {
				t.Fatalf("schedule %d: %v", seed, w.bad)
			}
		}
		for i := range 400 { // nothing happens but time
			w.now = w.now.Add(10 * time.Second)
			for id, tr := range w.all {
				if at := tr.Next(Rules{}); !at.IsZero() && !at.After(w.now) {
					w.do(id, Deadline{})
				} else if at.IsZero() && !tr.State.Over() && i > 100 { // three people end it themselves
					if tr.From == "" || tr.State != Conference && !tr.Consult {
						t.Fatalf("schedule %d: nothing ends %+v", seed, tr)
					}
					w.do(id, Complete{tr.Agent})
				}
			}
			w.route()
			if i%20 == 0 {
				w.check()
			}
			if done := !slices.ContainsFunc(slices.Collect(values(w.all)), func(t Transfer) bool { return !t.State.Over() }); done {
				break
			}
		}
		w.check()
		for _, tr := range w.all {
			if ends[tr.State]++; !tr.State.Over() {
				t.Fatalf("schedule %d: %s never ends: %+v", seed, tr.ID, tr)
			}
		}
		if len(w.bad) > 0 {
			t.Fatalf("schedule %d: %v", seed, w.bad)
		}
	}
	for _, s := range []State{Completed, Returned, Abandoned, Failed} {
		if ends[s] == 0 {
			t.Errorf("no schedule ended %s: %v", s, ends)
		}
	}
	t.Log(ends)
}

func values(m map[string]Transfer) func(func(Transfer) bool) {
	return func(yield func(Transfer) bool) {
		for _, t := range m {
			if !yield(t) {
				return
			}
		}
	}
}
