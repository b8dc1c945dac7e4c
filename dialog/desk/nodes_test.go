package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"parley/dialog"
	"parley/dialog/bus"
	"parley/dialog/redistest"
	"parley/dialog/store"
)

// house is a store and a Redis that several nodes share.
type house struct {
	t     *testing.T
	store *store.Store
	redis *redistest.Server
	said  sync.Map // conversations that were told something by a bot: how often
}

func newHouse(t *testing.T) *house {
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return &house{t: t, store: s, redis: redistest.Start(t)}
}

// site is the desk of one node.
type site struct {
	*Desk
	h      *house
	client *redis.Client
	bus    *bus.Redis
	shared *Shared
	dead   bool
}

var placed atomic.Int64

func (h *house) open(rules Rules) *site {
	h.t.Helper()
	p := &site{h: h, client: h.redis.Client()}
	name := fmt.Sprintf("n%d", placed.Add(1))
	var err error
	if p.shared, err = NewShared(h.t.Context(), p.client, "x", name); err != nil {
		h.t.Fatal(err)
	}
	feed := NewFeed(time.Now())
	var desk atomic.Pointer[Desk]
	nudged := func() {
		if d := desk.Load(); d != nil {
			d.Nudged()
		}
	}
	p.bus = bus.NewRedis(bus.RedisOptions{Client: p.client, Tenant: "x", Node: name, Stamp: feed.Stamp, Heard: feed.Hear,
		Noted: func(bus.Note) { nudged() }, Missed: func() { feed.Reset(); nudged() }})
	told := func(_ context.Context, id dialog.ConversationID, e dialog.Event) error {
		if e, ok := e.(dialog.Held); ok && e.Say != "" {
			n, _ := h.said.LoadOrStore(id, new(atomic.Int64))
			n.(*atomic.Int64).Add(1)
		}
		return nil
	}
	p.Desk, err = New(h.t.Context(), Options{Store: h.store, Bus: feed.Tap(p.bus), Feed: feed, Post: told, Tell: told, Registry: p.shared, Node: name,
		Nudge: func() { p.bus.Note(bus.Note{Kind: "look"}) }, Rules: rules,
		Packet: func(_ context.Context, id dialog.ConversationID, _ string) (any, error) {
			return "of " + string(id), nil
		}})
	if err != nil {
		h.t.Fatal(err)
	}
	desk.Store(p.Desk)
	h.t.Cleanup(func() {
		if !p.dead {
			p.Desk.Close()
			p.bus.Close()
			_ = p.shared.Close()
		}
	})
	return p
}

// die ends a node without good-bye, as long ago as it takes to be noticed.
func (p *site) die() {
	p.dead = true
	p.Desk.Close()
	p.bus.Close()
	p.shared.stop()
	p.shared.wg.Wait()
	c := p.h.redis.Client()
	if err := c.HSet(p.h.t.Context(), p.shared.keys.nodes, p.o.Node, time.Now().Add(-nodeGrace).UnixMilli()).Err(); err != nil {
		p.h.t.Fatal(err)
	}
}

// person works at a node.
func (h *house) person(name string, at *site) string {
	h.t.Helper()
	u, err := h.store.AddUser(h.t.Context(), name+"@desk.example", name, store.Agent, "horse battery")
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := at.Connect(h.t.Context(), u.ID); err != nil {
		h.t.Fatal(err)
	}
	if err := at.Wish(h.t.Context(), u.ID, Available); err != nil {
		h.t.Fatal(err)
	}
	return u.ID
}

// until waits for what must come within a minute.
func (h *house) until(what string, is func() bool) {
	h.t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("waited for %s", what)
		}
	}
}

func (h *house) state(id dialog.ConversationID) (Transfer, store.Conversation) {
	h.t.Helper()
	x, err := h.store.TransferOf(h.t.Context(), id)
	var t Transfer
	if err == nil {
		t, err = read(x)
	}
	c, e := h.store.Conversation(h.t.Context(), id)
	if err != nil || e != nil {
		h.t.Fatal(err, e)
	}
	return t, c
}

// ask has a new customer ask for a person, at a node.
func (h *house) ask(at *site) Transfer {
	h.t.Helper()
	x := asked(h.t, at.Desk, h.store)
	at.Look()
	return x
}

func (h *house) offer(at *site, agent string) Offer {
	h.t.Helper()
	h.until("an offer", func() bool { return len(at.Offers(agent)) > 0 })
	return at.Offers(agent)[0]
}

// events are the types of what a feed showed of a conversation to a person.
func events(d *Desk, seq int64, p Person, id dialog.ConversationID) (kinds []string) {
	rs, _, _ := d.o.Feed.After(seq, p)
	for _, r := range rs {
		if r.Conversation == id {
			kinds = append(kinds, r.Type)
		}
	}
	return kinds
}

// A customer who asks at one node is offered, with the packet, to a person at another, who
// accepts and completes there; both nodes show their people all of it.
func TestTwoNodesAreOneDesk(t *testing.T) {
	h := newHouse(t)
	one, two := h.open(Rules{}), h.open(Rules{})
	ann := h.person("Ann", two)
	h.until("Ann at the other node", func() bool { return one.Staffed(Chat, "en") })
	seq1, seq2 := one.o.Feed.Seq(), two.o.Feed.Seq()
	x := h.ask(one)
	o := h.offer(two, ann)
	if o.Conversation != x.Conversation || o.Packet != "of "+string(x.Conversation) || o.ID == "" {
		t.Errorf("%+v", o)
	}
	if got, err := two.Accept(t.Context(), ann, o.ID); err != nil || got.State != Consulting || got.Node != two.o.Node {
		t.Fatal(got, err)
	}
	if got, err := two.Accept(t.Context(), ann, o.ID); err != nil || got.State != Consulting {
		t.Error("again is the same: ", got, err)
	}
	h.until("the first node to see it", func() bool { got, ok := one.Open(x.Conversation); return ok && got.State == Consulting })
	// The person is asked to go on at the node that did not step it last.
	if got, err := one.Move(t.Context(), Person{ID: ann}, x.ID, Join{ann}); err != nil || got.State != Conference || got.Node != one.o.Node {
		t.Fatal(got, err)
	}
	if got, err := two.Move(t.Context(), Person{ID: ann}, x.ID, Complete{ann}); err != nil || got.State != Completed {
		t.Fatal(got, err)
	}
	if got, c := h.state(x.Conversation); got.State != Completed || c.Holder != dialog.HeldByAgent || c.Agent != ann {
		t.Errorf("%+v %+v", got, c)
	}
	senior := Person{ID: "sue", Senior: true}
	for _, y := range []struct {
		p   *site
		seq int64
	}{{one, seq1}, {two, seq2}} {
		want := map[string]int{OfferCreated: 1, OfferWithdrawn: 1, dialog.TransferUpdated: 5, dialog.ConversationUpdated: 2}
		h.until("all of it to be shown", func() bool {
			got := map[string]int{}
			for _, k := range events(y.p.Desk, y.seq, senior, x.Conversation) {
				got[k]++
			}
			return fmt.Sprint(got) == fmt.Sprint(want)
		})
		if mine := events(y.p.Desk, y.seq, Person{ID: ann, Queues: []string{"none"}}, x.Conversation); !slices.Contains(mine, dialog.TransferUpdated) {
			t.Errorf("at %s Ann sees only %v", y.p.o.Node, mine)
		}
		h.until("nothing to be open", func() bool { _, open := y.p.Open(x.Conversation); return !open })
	}
	// Returned at the other node.
	if err := one.Return(t.Context(), Person{ID: ann}, x.Conversation); err != nil {
		t.Fatal(err)
	}
	h.until("Ann to be free", func() bool { p, _ := two.Me(ann); return p.Chats == 0 && p.Status == Available })
	if err := two.Return(t.Context(), Person{ID: ann}, x.Conversation); err != nil {
		t.Error("it is the bot's, and that is known here: ", err)
	}
	if _, c := h.state(x.Conversation); c.Holder != dialog.HeldByBot {
		t.Errorf("%+v", c)
	}
}

// A node dies without good-bye: what it was about to do, and what its people had, goes on at
// the other one.
func TestANodeDiesInTheMiddle(t *testing.T) {
	h := newHouse(t)
	one, two := h.open(Rules{Offer: 2 * time.Second}), h.open(Rules{Offer: 2 * time.Second})
	ann, bob := h.person("Ann", two), h.person("Bob", one)
	h.until("both at both", func() bool { return len(one.People()) == 2 && len(two.People()) == 2 })
	// Bob has one, and Ann is asked for another by the node that is about to die.
	if err := two.Wish(t.Context(), ann, Away); err != nil {
		t.Fatal(err)
	}
	had := h.ask(one)
	if _, err := one.Accept(t.Context(), bob, h.offer(one, bob).ID); err != nil {
		t.Fatal(err)
	}
	if _, err := one.Move(t.Context(), Person{ID: bob}, had.ID, Complete{bob}); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(one.Wish(t.Context(), bob, Away), two.Wish(t.Context(), ann, Available)); err != nil {
		t.Fatal(err)
	}
	h.until("Ann at the first, and nobody else", func() bool { a, _ := one.Me(ann); b, _ := one.Me(bob); return a.Status == Available && b.Wish == Away })
	x := h.ask(one)
	h.offer(two, ann)
	one.die()
	// The offer ends at its time, and is not lost: Ann, who did not answer, is set away and
	// comes back for both.
	h.until("the offer to run out", func() bool { got, _ := h.state(x.Conversation); return got.Node == two.o.Node && got.Tries > 0 })
	if err := two.Wish(t.Context(), ann, Available); err != nil {
		t.Fatal(err)
	}
	h.until("Bob's conversation to be offered to others", func() bool {
		got, _ := h.state(had.Conversation)
		return got.ID != had.ID && got.Asked == "lost" && got.First && got.Node == two.o.Node
	})
	n, _ := h.said.Load(had.Conversation)
	if n == nil || n.(*atomic.Int64).Load() == 0 {
		t.Error("the customer of a lost person was told nothing")
	}
	o := h.offer(two, ann)
	if o.Conversation != had.Conversation {
		t.Errorf("who lost a person is not first: %+v", o)
	}
	if _, err := two.Accept(t.Context(), ann, o.ID); err != nil {
		t.Error(err)
	}
}

// Redis goes away in the middle and comes back empty, again and again, while customers ask at
// two nodes: nobody is lost, nobody is given to two, and nobody has more than there is place
// for.
func TestRedisComesBackEmpty(t *testing.T) {
	h := newHouse(t)
	one, two := h.open(Rules{Lone: time.Minute}), h.open(Rules{Lone: time.Minute})
	at := map[string]*site{h.person("Ann", one): one, h.person("Bob", two): two}
	h.until("both at both", func() bool { return len(one.People()) == 2 && len(two.People()) == 2 })
	var all []Transfer
	done := map[dialog.ConversationID]string{}
	work := func() { // everybody takes and ends what rings
		for agent, p := range at {
			for _, o := range p.Offers(agent) {
				got, err := p.Accept(t.Context(), agent, o.ID)
				if err != nil {
					continue // it was taken back
				}
				if who, twice := done[o.Conversation]; twice {
					t.Fatalf("%s was given to %s and to %s", o.Conversation, who, agent)
				}
				if _, err := p.Move(t.Context(), Person{ID: agent}, got.ID, Complete{agent}); err == nil {
					done[o.Conversation] = agent
				}
			}
		}
		for _, p := range []*site{one, two} {
			for _, a := range p.People() {
				if a.Chats > a.Capacity {
					t.Fatalf("%s has %d of %d", a.Name, a.Chats, a.Capacity)
				}
			}
		}
	}
	free := func() { // the first of each is over
		for agent, p := range at {
			for id, who := range done {
				if _, c := h.state(id); who == agent && c.Holder == dialog.HeldByAgent {
					if err := p.Return(t.Context(), Person{ID: agent}, id); err != nil {
						t.Error(err)
					}
					break
				}
			}
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 2 {
		for range 4 {
			all = append(all, h.ask([]*site{one, two}[rng.IntN(2)]))
		}
		if round > 0 {
			h.until("one to ring", func() bool { work(); return len(done) > 0 })
		}
		h.redis.Down()
		all = append(all, h.ask(one), h.ask(two)) // who asks meanwhile waits
		work()
		h.redis.Up()
		h.until(fmt.Sprintf("all of round %d to be with people", round), func() bool { work(); free(); return len(done) == len(all) })
	}
	for _, x := range all {
		if got, _ := h.state(x.Conversation); got.State != Completed {
			t.Errorf("%+v", got)
		}
	}
	for agent, p := range at {
		h.until("the places to be as the records say", func() bool {
			n := 0
			for id, who := range done {
				if _, c := h.state(id); who == agent && c.Holder == dialog.HeldByAgent {
					n++
				}
			}
			me, _ := p.Me(agent)
			return me.Chats == n && me.Status != Offline
		})
	}
}

// A node that was thought dead, and is not, has its people back.
func TestANodeComesBack(t *testing.T) {
	h := newHouse(t)
	one, two := h.open(Rules{}), h.open(Rules{})
	ann := h.person("Ann", one)
	h.until("Ann at the other", func() bool { return two.Staffed(Chat, "en") })
	if err := one.client.HSet(t.Context(), one.shared.keys.nodes, one.o.Node, 1).Err(); err != nil { // as after a long pause
		t.Fatal(err)
	}
	if err := two.Wish(t.Context(), ann, Away); err != nil { // counts out what is dead
		t.Fatal(err)
	}
	for _, p := range []*site{one, two} {
		h.until("Ann to be back", func() bool { me, _ := p.Me(ann); return me.Status == Away })
	}
}

// What another node has stamped is shown to those whom it is for, and what cannot be read
// has everybody look anew.
func TestHearing(t *testing.T) {
	a, b := NewFeed(time.Unix(1000, 0)), NewFeed(time.Unix(2000, 0))
	a.show("c", Audience{Agents: []string{"ann"}})
	r := dialog.Record{Conversation: "c", Type: dialog.MessageCreated, Seq: 5, Data: json.RawMessage(`{}`)}
	seq := b.Seq()
	b.Hear(r, a.Stamp(r))
	if rs, _, ok := b.After(seq, Person{ID: "ann", Queues: []string{"q"}}); !ok || len(rs) != 1 {
		t.Error(rs, ok)
	}
	if rs, _, ok := b.After(seq, Person{ID: "bob", Queues: []string{"q"}}); !ok || len(rs) != 0 {
		t.Error(rs, ok)
	}
	seq = b.Seq()
	b.Hear(r, json.RawMessage(`[`))
	if _, _, ok := b.After(seq, Person{Senior: true}); ok {
		t.Error("nobody looks anew")
	}
	if _, upto, ok := b.After(b.Seq(), Person{Senior: true}); !ok || upto != b.Seq() {
		t.Error("who has looked anew does so again")
	}
}
