package insight

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/dialog"
	"parley/dialog/care"
	"parley/dialog/desk"
	"parley/dialog/store"
	"parley/dialog/wall"
)

// Targets are within what time a person is to come.
type Targets struct{ Call, Chat time.Duration }

// digester makes digests.
type digester struct {
	targets Targets
	zone    *time.Location
}

// reading is a conversation as its records are gone through.
type reading struct {
	flags    int64
	began    time.Time
	last     time.Time
	asked    time.Time // the customer's first words
	replied  time.Time
	end      time.Time // of the last call
	calls    int       // that are up
	holder   dialog.Holder
	since    time.Time // the person has it
	handled  time.Duration
	turns    int64
	waits    []byte
	sources  map[string]int
	words    *gatherer
	language map[string]int
	said     []string // by the customer
}

// digest is what reports read of a conversation.
func (x digester) digest(m store.Material) store.Digest {
	c := m.Conversation
	d := store.Digest{Conversation: c.ID, Seq: c.Seq, Agent: c.Agent, Queue: c.Queue, Score: c.Score, Costs: m.Costs}
	r := reading{sources: map[string]int{}, words: newGatherer(), language: map[string]int{}}
	for _, e := range m.Records {
		r.see(e)
	}
	if m.Forgotten || r.began.IsZero() {
		d.Nothing = true
		return d
	}
	if r.holder == dialog.HeldByAgent {
		r.handled += max(r.last.Sub(r.since), 0)
	}
	d.Began, d.Last = r.began.UnixMicro(), r.last.UnixMicro()
	d.Slot, d.Day = store.SlotOf(r.began), dayOf(r.began, x.zone)
	d.ReplyMS, d.HandleMS, d.Turns = 0, r.handled.Milliseconds(), r.turns
	if !r.replied.IsZero() && !r.asked.IsZero() {
		d.ReplyMS = max(r.replied.Sub(r.asked).Milliseconds(), 1)
		r.flags |= Replied
	}
	if m.Person.ID != "" {
		h := sha256.Sum256([]byte(m.Person.Space + "\x00" + m.Person.ID))
		d.Person = hex.EncodeToString(h[:12])
		r.flags |= Known
	}
	r.listen()
	r.state(c)
	r.tongue(c.Locale)
	if c.Agent != "" || len(m.Transfers) > 0 {
		r.flags |= Person
	}
	if r.handled > 0 {
		r.flags |= Answered
	}
	for _, t := range m.Transfers {
		if row, ok := x.transfer(t, r.flags&(Practice|English|Chinese)); ok {
			d.Transfers = append(d.Transfers, row)
			r.flags |= row.Flags & (Answered | Lost | Failed)
		}
	}
	if r.flags&Answered != 0 {
		r.flags &^= Lost | Failed // somebody came in the end
	}
	r.satisfied(c.Score)
	d.Flags, d.Matter, d.Waits = r.flags, r.matter(c.Memo), r.waits
	d.Practice, d.Angry = r.flags&Practice != 0, r.flags&Angry != 0
	d.Words = r.words.most(mostWords)
	return d
}

// see takes in one record. What began it is the customer's first words, or a call.
func (r *reading) see(e dialog.Record) {
	switch e.Type {
	case dialog.MessageCreated:
		var m dialog.MessageData
		if json.Unmarshal(e.Data, &m) == nil {
			r.heard(m, e.At)
		}
	case dialog.CallStarted:
		var c dialog.CallData
		if json.Unmarshal(e.Data, &c) == nil {
			r.flags |= Voice
			if c.Via == "phone" {
				r.flags |= Phone
			}
			r.calls++
			r.start(e.At)
		}
	case dialog.CallEnded:
		r.calls = max(r.calls-1, 0)
		r.end = e.At
		r.moved(e.At)
	case dialog.TransferUpdated:
		r.moved(e.At)
	case dialog.ConversationUpdated:
		var u dialog.UpdatedData
		if json.Unmarshal(e.Data, &u) == nil {
			r.holds(u, e.At)
		}
	case dialog.TurnMeasured:
		var w dialog.Measured
		if json.Unmarshal(e.Data, &w) == nil && w.TotalMS > 0 {
			r.waits = packWait(r.waits, w)
		}
	}
}

func (r *reading) start(at time.Time) {
	if r.began.IsZero() {
		r.began = at
	}
	r.moved(at)
}

func (r *reading) moved(at time.Time) {
	if !r.began.IsZero() && at.After(r.last) {
		r.last = at
	}
}

func (r *reading) heard(m dialog.MessageData, at time.Time) {
	switch m.From {
	case dialog.Customer:
		r.start(at)
		r.turns++
		if r.asked.IsZero() {
			r.asked = at
		}
		if m.Language != "" {
			r.language[m.Language]++
		}
		r.said = append(r.said, clip(m.Text))
	case dialog.Bot, dialog.Agent:
		r.turns++
		r.moved(at)
		if !r.asked.IsZero() && r.replied.IsZero() {
			r.replied = at
		}
		for _, c := range m.Citations {
			if m.From == dialog.Bot && c.Title != "" {
				r.sources[c.Title]++
			}
		}
	}
}

// listen takes from what the customer said the keywords, and whether they were angry.
func (r *reading) listen() {
	r.said = ends(r.said)
	for _, text := range r.said {
		if r.flags&Angry == 0 && care.Read(text).Anger >= angry {
			r.flags |= Angry
		}
		r.words.add(text)
	}
}

// angry is from what on a customer is, by dialog/care.
const angry = 0.5

func (r *reading) holds(u dialog.UpdatedData, at time.Time) {
	holder := u.Holder
	if u.State == store.Closed {
		holder = dialog.HeldByBot // nobody has it any more
	}
	if r.holder == dialog.HeldByAgent && holder != dialog.HeldByAgent {
		r.handled += max(at.Sub(r.since), 0)
	}
	if r.holder != dialog.HeldByAgent && holder == dialog.HeldByAgent {
		r.since = at
	}
	r.holder = holder
}

// state is whether it is over, and who has it.
func (r *reading) state(c store.Conversation) {
	switch {
	case c.State == store.Closed || c.State == store.Sleeping:
		r.flags |= Over
	case c.Holder != dialog.HeldByBot:
		r.flags |= Held
	case r.calls > 0:
		r.flags |= Held
	case !r.end.IsZero() && !r.last.After(r.end):
		r.flags |= Over
	}
	if c.Site == wall.PracticeSite || strings.HasPrefix(c.Site, wall.PracticeSite+".") {
		r.flags |= Practice
	}
}

// tongue notes the language: the one that the customer used most, else the page's.
func (r *reading) tongue(locale string) {
	best, n := locale, 0
	for _, l := range slices.Sorted(maps.Keys(r.language)) {
		if r.language[l] > n {
			best, n = l, r.language[l]
		}
	}
	switch strings.ToLower(best[:min(2, len(best))]) {
	case "en":
		r.flags |= English
	case "zh":
		r.flags |= Chinese
	}
}

// satisfied is what the customer said of the end: by a rating, else in the last words.
func (r *reading) satisfied(score int64) {
	switch {
	case score >= 4:
		r.flags |= Rated | Good | Confirmed
	case score > 0:
		r.flags |= Rated
	case r.flags&Replied != 0 && r.flags&(Lost|Failed) == 0 && len(r.said) > 0 && confirms(r.said[len(r.said)-1]):
		r.flags |= Confirmed
	}
}

// matter is the procedure that was begun last, else what the bot's answers rested on most;
// "" when there is neither.
func (r *reading) matter(memo string) string {
	var m struct {
		Intent string `json:"intent"`
	}
	if memo != "" && json.Unmarshal([]byte(memo), &m) == nil && m.Intent != "" {
		return m.Intent
	}
	best := ""
	for _, title := range slices.Sorted(maps.Keys(r.sources)) {
		if best == "" || r.sources[title] > r.sources[best] {
			best = title
		}
	}
	return best
}

// transfer is what reports read of one; false: it cannot be read. A wait that goes on is
// counted when it ends.
func (x digester) transfer(row store.Transfer, of int64) (store.DigestTransfer, bool) {
	var t desk.Transfer
	if json.Unmarshal([]byte(row.Body), &t) != nil {
		return store.DigestTransfer{}, false
	}
	began := t.Since
	if began.IsZero() { // the desk has not seen it so far
		began = time.UnixMicro(row.Created)
	}
	d := store.DigestTransfer{ID: row.ID, Began: began.UnixMicro(), Slot: store.SlotOf(began), Flags: of, State: row.State, Reason: row.Reason,
		Asked: t.Asked, Queue: row.Queue, Agent: row.Agent, Tries: int64(t.Tries)}
	target := x.targets.Chat
	if t.Kind == desk.Call {
		d.Flags |= Voice
		target = x.targets.Call
	}
	if t.From == "" {
		d.Flags |= First
	}
	over := t.State.Over()
	if !over {
		d.Flags |= Running
	}
	if t.Accepted.IsZero() && !over {
		return d, true
	}
	wait := t.Wait(t.Ended)
	d.WaitMS = wait.Milliseconds()
	d.Flags |= outcome(t, wait <= target)
	return d, true
}

// outcome is how a wait ended, as the wall counts it.
func outcome(t desk.Transfer, within bool) (flags int64) {
	switch {
	case !t.Accepted.IsZero():
		flags = Answered | Counted
		if within {
			flags |= InTime
		}
	case t.State == desk.Abandoned:
		flags = Lost
		if !within {
			flags |= Counted
		}
	case t.State == desk.Returned && t.Reason == desk.ChangedMind:
		flags = ChangedMind
	default:
		flags = Failed | Counted
	}
	return flags
}

// returning is how long after the last of a conversation another one on the matter is a return.
const returning = 72 * time.Hour

// mark notes which of one person's conversations, the earliest first, are returns on others:
// on the same matter, or where the matter of one of them is not known.
func mark(ds []store.Digest) {
	for i := range ds {
		ds[i].Flags &^= CameBack | Again
	}
	for i := range ds {
		for j := i + 1; j < len(ds); j++ {
			if ds[j].Began > ds[i].Last+returning.Microseconds() {
				continue
			}
			if a, b := ds[i], ds[j]; a.Matter == b.Matter || a.Matter == "" || b.Matter == "" {
				ds[i].Flags |= CameBack
				ds[j].Flags |= Again
			}
		}
	}
}

// dayOf is a time's day in a zone, since 1970.
func dayOf(t time.Time, zone *time.Location) int64 {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// dayName is how a day is written.
func dayName(day int64) string { return time.Unix(day*86400, 0).UTC().Format(time.DateOnly) }
