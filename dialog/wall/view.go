package wall

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
)

// Row is one live conversation.
type Row struct {
	ID       dialog.ConversationID `json:"id"`
	Via      dialog.Via            `json:"via" enum:"chat,voice"`
	Call     dialog.CallID         `json:"call,omitempty" doc:"that is up"`
	Holder   dialog.Holder         `json:"holder"`
	Agent    string                `json:"agent,omitempty" doc:"user id"`
	Queue    string                `json:"queue,omitempty"`
	Language string                `json:"language,omitempty"`
	Name     string                `json:"name,omitempty" doc:"of the customer"`
	Site     string                `json:"site,omitempty"`
	Practice bool                  `json:"practice,omitempty" doc:"no customer: see /v1/practice"`
	Began    time.Time             `json:"began"`
	Waits    *time.Time            `json:"waits_since,omitempty" doc:"for a person"`
	Last     *Words                `json:"last,omitempty"`
	// Listeners are the supervisors in the call, in the order in which they came.
	Listeners []Listener `json:"listeners,omitempty"`
	Risk      int        `json:"risk" doc:"0 to 100"`
	Reasons   []Reason   `json:"reasons" doc:"the heaviest first"`
	Spark     []int      `json:"spark" doc:"the risk every ten seconds, the last five minutes"`

	had, line string // see talk
}

// Listener is a supervisor who is in a call.
type Listener struct {
	User string `json:"user" doc:"user id"`
	Mode string `json:"mode" enum:"listen,whisper,talk"`
}

// View is the wall, or what has changed of it.
type View struct {
	Version int64               `json:"version"`
	At      time.Time           `json:"at"`
	All     bool                `json:"all" doc:"rows are all there are; else those that changed"`
	Figures []Figure            `json:"figures"`
	Calls   int                 `json:"calls" doc:"live conversations in which a call is up"`
	Chats   int                 `json:"chats" doc:"the others"`
	Agents  map[desk.Status]int `json:"agents" doc:"people by status"`
	Alerts  []Alert             `json:"alerts"`
	Rows    []Row               `json:"rows" doc:"the riskiest first, at most 500"`
	Gone    []string            `json:"gone" doc:"conversations that are live no more"`
}

// Bounds of what is shown.
const (
	mostRows = 500
	mostGone = 1000
)

// board is the wall as it is shown, with the versions at which each part was changed.
type board struct {
	mu       sync.Mutex
	view     View // without rows
	rows     map[dialog.ConversationID]placed
	gone     []leaving
	forgot   int64 // up to this version, who left is not known any more
	watchers map[chan struct{}]struct{}
}

type placed struct {
	Row
	version int64
}

type leaving struct {
	id      dialog.ConversationID
	version int64
}

// put shows rows, and what else there is, and wakes who watches.
func (b *board) put(v View, rows map[dialog.ConversationID]Row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v.Version = b.view.Version + 1
	for id, r := range rows {
		if was, ok := b.rows[id]; !ok || !was.same(r) {
			b.rows[id] = placed{r, v.Version}
		}
	}
	for id := range b.rows {
		if _, ok := rows[id]; !ok {
			delete(b.rows, id)
			b.gone = append(b.gone, leaving{id, v.Version})
		}
	}
	if n := len(b.gone) - mostGone; n > 0 {
		b.forgot = b.gone[n-1].version
		b.gone = slices.Clone(b.gone[n:])
	}
	b.view = v
	for w := range b.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// little is how far a risk may move before it is shown.
const little = 3

// same reports whether a row is shown already, but for a little of the risk.
func (r placed) same(x Row) bool {
	d := r.Risk - x.Risk
	if d < 0 {
		d = -d
	}
	waits := func(a, b *time.Time) bool { return (a == nil) == (b == nil) && (a == nil || a.Equal(*b)) }
	last := func(a, b *Words) bool { return (a == nil) == (b == nil) && (a == nil || *a == *b) }
	return d < little && r.Via == x.Via && r.Call == x.Call && r.Holder == x.Holder && r.Agent == x.Agent && r.had == x.had && r.Queue == x.Queue && r.Language == x.Language &&
		waits(r.Waits, x.Waits) && last(r.Last, x.Last) && slices.Equal(r.Spark, x.Spark) && slices.Equal(r.Listeners, x.Listeners) &&
		slices.EqualFunc(r.Reasons, x.Reasons, func(a, b Reason) bool { return a.Why == b.Why })
}

// since gives what has changed since a version; 0 and what is too old: all.
func (b *board) since(version int64) View {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := b.view
	v.Rows, v.Gone = []Row{}, []string{}
	v.All = version <= b.forgot || version > v.Version
	for _, r := range b.rows {
		if v.All || r.version > version {
			v.Rows = append(v.Rows, r.Row)
		}
	}
	for _, l := range b.gone {
		if _, back := b.rows[l.id]; !v.All && l.version > version && !back {
			v.Gone = append(v.Gone, string(l.id))
		}
	}
	slices.SortFunc(v.Rows, func(a, b Row) int { return cmp.Or(cmp.Compare(b.Risk, a.Risk), a.Began.Compare(b.Began)) })
	v.Rows = v.Rows[:min(len(v.Rows), mostRows)]
	return v
}

// within is since for who sees a scope.
func (b *board) within(version int64, c *store.Scope, at time.Time) View {
	v := b.since(version)
	if c == nil {
		return v
	}
	out := func(r Row) bool { return !c.Sees(r.had, r.Queue, r.line) && !r.Practice }
	if !v.All { // one that has come to another team is here no more
		for _, r := range v.Rows {
			if out(r) {
				v.Gone = append(v.Gone, string(r.ID))
			}
		}
	}
	v.Rows = slices.DeleteFunc(v.Rows, out)
	v.Alerts, v.Calls, v.Chats = []Alert{}, 0, 0
	waiting, longest, risk := int64(0), int64(0), int64(0)
	b.mu.Lock()
	for _, r := range b.rows {
		if out(r.Row) {
			continue
		}
		if r.Call != "" {
			v.Calls++
		} else {
			v.Chats++
		}
		risk = max(risk, int64(r.Risk))
		if r.Waits != nil {
			waiting++
			longest = max(longest, at.Sub(*r.Waits).Milliseconds())
		}
	}
	b.mu.Unlock()
	v.Figures = slices.Clone(v.Figures)
	for i, f := range v.Figures {
		own := map[Name]int64{WaitingNow: waiting, LongestWait: longest, RiskMost: risk}
		n, known := own[f.Name]
		if v.Figures[i].Value, v.Figures[i].Of = nil, 0; known {
			v.Figures[i].Value = &n
		}
	}
	return v
}

// watch gives a channel that is written to when something has changed, until stop is called.
func (b *board) watch() (<-chan struct{}, func()) {
	w := make(chan struct{}, 1)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers[w] = struct{}{}
	return w, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.watchers, w)
	}
}
