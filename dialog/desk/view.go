package desk

import (
	"slices"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// view is how it stands, for whoever asks without waiting. It is not changed once made.
type view struct {
	agents   []Agent
	waiting  []Entry // in order
	open     map[dialog.ConversationID]Transfer
	offers   []Offer
	handling time.Duration
}

// Offer is a transfer that rings at a person.
type Offer struct {
	ID           string                `json:"id"`
	Transfer     string                `json:"transfer"`
	Conversation dialog.ConversationID `json:"conversation"`
	Kind         Kind                  `json:"kind"`
	Queue        string                `json:"queue,omitempty"`
	Language     string                `json:"language,omitempty"`
	From         string                `json:"from,omitempty"` // the person who hands it on
	Note         string                `json:"note,omitempty" doc:"from who hands it on"`
	Said         string                `json:"said,omitempty" doc:"by the customer, asked why"`
	WaitMS       int64                 `json:"wait_ms"`
	Expires      time.Time             `json:"expires_at"`
	Packet       any                   `json:"packet"`

	agent string
}

// QueueView is one queue, for a wallboard.
type QueueView struct {
	Name      string         `json:"name"`
	Languages []string       `json:"languages,omitempty"`
	Skills    []string       `json:"skills,omitempty"`
	Default   bool           `json:"default,omitempty"`
	Team      string         `json:"team,omitempty" doc:"whose it is: supervisors may look after some teams alone"`
	Open      bool           `json:"open"`
	Waiting   int            `json:"waiting"`
	LongestMS int64          `json:"longest_wait_ms"`
	ExpectMS  int64          `json:"expected_wait_ms" doc:"of who comes now"`
	CallMS    int64          `json:"call_target_ms,omitempty" doc:"within which a call is to be answered, as the service level counts it"`
	ChatMS    int64          `json:"chat_target_ms,omitempty" doc:"and a chat"`
	WrapUp    WrapMode       `json:"wrapup"`
	Endings   []Disposition  `json:"dispositions"`
	Agents    map[Status]int `json:"agents" doc:"people who take from it, by status"`
}

// PersonView is one of the people, for a wallboard.
type PersonView struct {
	ID       string         `json:"id"`
	Name     string         `json:"name,omitempty"`
	Role     string         `json:"role"`
	Status   Status         `json:"status"`
	Wish     Status         `json:"wish" doc:"what the person set"`
	Queues   []string       `json:"queues,omitempty"`
	Skills   map[string]int `json:"skills,omitempty" doc:"skills and languages with levels from 1 to 5"`
	Chats    int            `json:"chats"`
	Calls    int            `json:"calls"`
	Capacity int            `json:"capacity" doc:"chats at a time"`
}

// Staffed reports whether somebody works who could come to a customer.
func (d *Desk) Staffed(k Kind, language string) bool {
	_, ok := d.choose(k, language, nil, "")
	return ok
}

// choose gives the queue for a customer, where none is wanted the one that fits; false:
// nobody is there.
func (d *Desk) choose(k Kind, language string, about []string, queue string) (string, bool) {
	now := d.o.Now()
	if queue == "" {
		queue = Choose(d.o.Queues, language, about, now)
	}
	if queue == "" || k == Call && d.o.Calls == nil {
		return queue, false
	}
	v := d.view.Load()
	for _, name := range []string{queue, find(d.o.Queues, queue).Overflow} {
		if name == "" {
			continue
		}
		for _, a := range v.agents {
			if a.There(now) && fits(Entry{Queue: name, Language: language}, a) {
				return queue, true
			}
		}
	}
	return queue, false
}

// Place is where a conversation stands that waits, 1 is next, and how long it will take;
// false: it does not wait.
func (d *Desk) Place(id dialog.ConversationID) (position int, wait time.Duration, ok bool) {
	v := d.view.Load()
	t, open := v.open[id]
	if !open || t.State != Queued && t.State != Offering {
		return 0, 0, false
	}
	if position = Position(d.o.Queues, v.waiting, t.ID); position == 0 {
		position = 1 // somebody is being asked
	}
	return position, v.expect(t.Queue, t.Kind, position, d.o.Now()), true
}

func (v *view) expect(queue string, k Kind, position int, now time.Time) time.Duration {
	places := 0
	for _, a := range v.agents {
		if a.There(now) && (len(a.Queues) == 0 || slices.Contains(a.Queues, queue)) {
			if a.Room(k, now) && position == 1 {
				return 0
			}
			places += max(len(a.Seats), 1)
		}
	}
	return Expect(position, places, v.handling)
}

// Open is the transfer of a conversation that is under way; false: none is.
func (d *Desk) Open(id dialog.ConversationID) (Transfer, bool) {
	t, ok := d.view.Load().open[id]
	return t, ok
}

// Running are the transfers under way, in no order.
func (d *Desk) Running() []Transfer {
	v := d.view.Load()
	out := make([]Transfer, 0, len(v.open))
	for _, t := range v.open {
		out = append(out, t)
	}
	return out
}

// Offers are those that ring at a person.
func (d *Desk) Offers(agent string) []Offer {
	out := []Offer{}
	for _, o := range d.view.Load().offers {
		if o.agent == agent {
			out = append(out, o)
		}
	}
	return out
}

// Sees reports whether a person may see a conversation that somebody has, or had last; line is
// the queue in which its customer would wait, "" is any.
func (d *Desk) Sees(p Person, id dialog.ConversationID, h dialog.Holder, agent, queue, line string) bool {
	t, ok := d.view.Load().open[id]
	if p.Senior && (p.Scope.Covers(agent, queue) || !ok && p.Scope.Sees(agent, queue, line)) || agent != "" && agent == p.ID || !p.Senior && h == dialog.HeldByQueue && p.takes(queue) {
		return true
	}
	return ok && (p.Senior && (p.Scope.Covers(t.Agent, t.Queue) || p.Scope.Covers(t.From, "")) || t.Agent == p.ID || t.From == p.ID || t.State == Queued && (t.Only == p.ID || t.Only == "" && !p.Senior && p.takes(t.Queue)))
}

// Queues are how the lines stand.
func (d *Desk) Queues() []QueueView {
	v, now := d.view.Load(), d.o.Now()
	out := make([]QueueView, 0, len(d.o.Queues))
	for _, q := range d.o.Queues {
		x := QueueView{Name: q.Name, Languages: q.Languages, Skills: q.Skills, Default: q.Default, Team: q.Team, Open: q.Hours.Open(now), CallMS: d.o.Targets.Call.Milliseconds(), ChatMS: d.o.Targets.Chat.Milliseconds(), WrapUp: q.Mode, Endings: q.Endings, Agents: map[Status]int{}}
		for _, e := range v.waiting {
			if e.Queue == q.Name {
				x.Waiting++
				x.LongestMS = max(x.LongestMS, now.Sub(e.Since).Milliseconds())
			}
		}
		x.ExpectMS = v.expect(q.Name, Chat, x.Waiting+1, now).Milliseconds()
		for _, a := range v.agents {
			if len(a.Queues) == 0 || slices.Contains(a.Queues, q.Name) {
				x.Agents[a.Status(now)]++
			}
		}
		out = append(out, x)
	}
	return out
}

// People are those of the desk, by id.
func (d *Desk) People() []PersonView {
	v, now := d.view.Load(), d.o.Now()
	out := make([]PersonView, 0, len(v.agents))
	for _, a := range v.agents {
		if OutsideNumber(a.ID) == "" {
			out = append(out, person(a, now))
		}
	}
	return out
}

// Scope is what a supervisor of some teams sees: their queues, and the people who take from one
// of those by name.
func (d *Desk) Scope(teams []string) *store.Scope {
	c := &store.Scope{}
	for _, q := range d.o.Queues {
		if q.Team != "" && slices.Contains(teams, q.Team) {
			c.Queues = append(c.Queues, q.Name)
		}
	}
	for _, a := range d.view.Load().agents {
		if slices.ContainsFunc(a.Queues, func(q string) bool { return slices.Contains(c.Queues, q) }) {
			c.Agents = append(c.Agents, a.ID)
		}
	}
	return c
}

// Me is one of them; false: not known.
func (d *Desk) Me(agent string) (PersonView, bool) {
	for _, a := range d.view.Load().agents {
		if a.ID == agent {
			return person(a, d.o.Now()), true
		}
	}
	return PersonView{}, false
}

func person(a Agent, now time.Time) PersonView {
	p := PersonView{ID: a.ID, Name: a.Name, Role: a.Role, Status: a.Status(now), Wish: a.Wish, Queues: a.Queues, Skills: a.Skills, Capacity: a.Chats}
	if p.Capacity == 0 {
		p.Capacity = ChatPlaces
	}
	for _, s := range a.Seats {
		switch {
		case s.Offer != "":
		case s.Kind == Call:
			p.Calls++
		default:
			p.Chats++
		}
	}
	return p
}
