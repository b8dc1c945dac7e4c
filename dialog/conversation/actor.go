package conversation

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/floor"
)

// maxHistory is how many turns of history an actor holds for the brain.
const maxHistory = 60

// actor is one conversation that is awake. All fields but those under mu are its
// goroutine's.
type actor struct {
	hub   *Hub
	id    dialog.ConversationID
	inbox chan dialog.Event
	moved chan int64    // holds one: the epoch of another node's
	tail  chan struct{} // holds one: the log is to be looked at
	holds int           // under hub.mu
	log   *slog.Logger
	began time.Time

	epoch   int64 // under which it writes
	seq     int64 // of the last record that it has read or written
	heed    int64 // up to which nothing of others was missed
	lost    bool  // another node has taken over
	st      floor.State
	history []dialog.Turn
	known   dialog.Known
	unkept  bool            // known.Memo has changed and is not in the log yet
	owed    []dialog.Action // of replies that are over, likewise
	job     *delivery
	draft   *draft

	mu    sync.Mutex
	seen  floor.State
	voice dialog.Channel
	calls int // attached voice channels, ever
}

func newActor(h *Hub, id dialog.ConversationID, prefix string) *actor {
	a := &actor{hub: h, id: id, inbox: make(chan dialog.Event, inbox), moved: make(chan int64, 1), tail: make(chan struct{}, 1), log: h.o.Logger.With("conversation", id), began: h.o.Clock.Now(),
		st: floor.New(h.o.Floor, "t_"+prefix+"_", "")}
	a.seen = a.st
	return a
}

// attach makes ch the voice of the conversation; the last one in serves.
func (a *actor) attach(ctx context.Context, via dialog.Via, ch dialog.Channel) error {
	if via != dialog.ViaVoice {
		return nil
	}
	a.mu.Lock()
	old := a.voice
	a.voice = ch
	a.calls++
	a.mu.Unlock()
	if v, ok := old.(dialog.Voiced); ok { // one call at a time: the newer is where the customer is
		v.Hangup("replaced")
	}
	return ctx.Err()
}

func (a *actor) detach(_ dialog.Via, ch dialog.Channel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.voice == ch {
		a.voice = nil
	}
}

func (a *actor) channel() (dialog.Channel, dialog.Via) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.voice != nil {
		return a.voice, dialog.ViaVoice
	}
	return a.hub.o.Chat, dialog.ViaChat
}

func (a *actor) voiced() (dialog.Voiced, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, ok := a.voice.(dialog.Voiced)
	return v, ok
}

func (a *actor) snapshot() floor.State {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.seen
}

func (a *actor) now() time.Duration { return a.hub.o.Clock.Now().Sub(a.began) }

// run reads the inbox until there has been nothing to do for a while.
func (a *actor) run() {
	a.recall()
	stopping := a.hub.ctx.Done()
	for {
		wait, waking := a.st.Wake()
		if waking {
			wait = max(wait-a.now(), 0)
		} else {
			wait = a.hub.o.Idle
		}
		due, stop := a.hub.o.Clock.Timer(wait)
		var done chan dialog.Delivered
		var begun chan struct{}
		var wants chan dialog.Action
		if a.job != nil {
			done, begun, wants = a.job.done, a.job.begun, a.job.wants
		}
		select {
		case e := <-a.inbox:
			a.step(e)
		case epoch := <-a.moved:
			a.lost = a.lost || epoch > a.epoch
		case <-a.tail:
			a.catchUp()
		case <-begun:
			a.job.begun = nil
			a.step(dialog.Begun{Reply: a.job.id})
		case w := <-wants:
			a.job.wanted = append(a.job.wanted, w)
			a.request()
		case d := <-done:
			a.ended(d)
		case <-due:
			if waking {
				a.step(dialog.Deadline{})
			} else if a.job == nil && a.st.Idle() && a.hub.sleep(a) {
				a.drop()
				return
			}
		case <-stopping:
			stopping = nil
			a.step(dialog.Close{Reason: "shutdown"})
		}
		stop()
		if a.lost && stopping != nil {
			stopping = nil
			a.hub.lose(a)
			a.step(dialog.Close{Reason: "moved"})
		}
		if stopping == nil && a.job == nil {
			a.drop()
			return
		}
	}
}

// recall makes the conversation this actor's, and loads the history from the log.
func (a *actor) recall() {
	if a.insist("conversation not claimed", func(ctx context.Context) (err error) {
		a.epoch, err = a.hub.o.Log.Claim(ctx, a.id)
		return err
	}) != nil {
		a.lost = true
		return
	}
	if a.hub.o.Claimed != nil {
		a.hub.o.Claimed(a.id, a.epoch)
	}
	if a.insist("working memory not read", func(ctx context.Context) (err error) {
		a.known, err = a.hub.o.Log.Known(ctx, a.id)
		return err
	}) != nil {
		a.lost = true
		return
	}
	if a.known.Holder == dialog.HeldByAgent {
		a.step(dialog.Held{By: a.known.Holder})
	}
	after := int64(0)
	for {
		var rs []dialog.Record
		if a.insist("history not read", func(ctx context.Context) (err error) {
			rs, err = a.hub.o.Log.Since(ctx, a.id, after, 500)
			return err
		}) != nil {
			return
		}
		for _, r := range rs {
			after, a.seq = r.Seq, r.Seq
			switch r.Type {
			case dialog.MessageCreated:
				var m dialog.MessageData
				if json.Unmarshal(r.Data, &m) == nil {
					a.remember(m.Turn(r.At))
				}
				switch m.From { // the bot speaks the customer's language
				case dialog.Customer:
					a.st = a.st.Recalled("")
				case dialog.Bot:
					a.st.Language = m.Language
				}
			case dialog.ImageRead:
				var d dialog.ImageData
				if json.Unmarshal(r.Data, &d) == nil {
					a.see(d)
				}
			}
		}
		if len(rs) < 500 {
			a.heed = a.seq
			return
		}
	}
}

// insist tries something of the log until it works, the conversation is gone, or the hub
// ends: whoever is without an owner gets no answer.
func (a *actor) insist(what string, f func(ctx context.Context) error) error {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		ctx, cancel := context.WithTimeout(a.hub.ctx, writing)
		err := f(ctx)
		cancel()
		if err == nil || errors.Is(err, dialog.ErrNotFound) || a.hub.ctx.Err() != nil {
			return err
		}
		a.log.Error(what, "err", err, "again_in", pause)
		due, stop := a.hub.o.Clock.Timer(pause)
		select {
		case <-due:
		case <-a.hub.ctx.Done():
		}
		stop()
	}
}

// remember adds a turn to the history, once.
func (a *actor) remember(t dialog.Turn) {
	for i := range a.history {
		if a.history[i].ID == t.ID {
			a.history[i] = t
			return
		}
	}
	a.history = append(a.history, t)
	if len(a.history) > maxHistory {
		a.history = append([]dialog.Turn(nil), a.history[len(a.history)-maxHistory:]...)
	}
}

// remembers reports whether a turn is known, or so old that nobody can tell.
func (a *actor) remembers(id dialog.TurnID, at time.Time) bool {
	return len(a.history) >= maxHistory && !at.After(a.history[0].At) || slices.ContainsFunc(a.history, func(t dialog.Turn) bool { return t.ID == id })
}

// see puts what was read in a picture beside it.
func (a *actor) see(d dialog.ImageData) {
	for i := range a.history {
		if a.history[i].ID != d.Message {
			continue
		}
		for j := range a.history[i].Images {
			if a.history[i].Images[j].URL == d.Image {
				a.history[i].Images[j].Seen = &d.Seen
			}
		}
	}
}

// step lets the floor decide, and carries it out.
func (a *actor) step(e dialog.Event) {
	switch e := e.(type) {
	case dialog.Said:
		if e.Turn.Via != dialog.ViaVoice {
			a.remember(e.Turn) // whoever received it has kept it
		}
	case dialog.Wrote:
		a.remember(e.Turn)
	case dialog.Held:
		a.known.Holder = e.By
		a.known.Released = a.known.Released || e.Released
	case dialog.Progress:
		a.save(e)
	case dialog.Audible:
		if a.job != nil && a.job.id == e.Reply {
			a.job.audible, a.job.heard = e.Timing, true
			a.request()
		}
	case dialog.Spoken:
		if a.job != nil && a.job.id == e.Reply {
			a.pass(dialog.SpeechPartial, dialog.PartialData{From: dialog.Bot, Text: e.Text, ID: e.Reply})
		}
		return
	case dialog.Failed:
		a.log.Warn("part of the call failed", "part", e.Part, "err", e.Err, "engine", e.Engine)
	}
	st, effects := floor.Step(a.st, e, a.now())
	a.st = st
	a.mu.Lock()
	a.seen = st
	a.mu.Unlock()
	for _, f := range effects {
		a.do(f)
	}
}

// do carries out one effect.
func (a *actor) do(f floor.Effect) {
	v, speaks := a.voiced()
	switch f := f.(type) {
	case floor.Append:
		a.append(f.Turn)
	case floor.Answer:
		a.answer(f)
	case floor.Say:
		a.deliver(dialog.Message{ID: f.ID, Language: f.Language, Mandatory: f.Mandatory}, dialog.Say(f.Text))
	case floor.Fill:
		if a.job != nil && a.job.id == f.ID && a.job.fill != nil {
			a.job.fill <- f.Text // holds the only one there is
		}
	case floor.Cancel:
		if a.job != nil {
			a.job.cancel(f.Cause)
		}
	case floor.Rate:
		if a.hub.o.Action != nil {
			a.owed = append(a.owed, dialog.Action{Kind: dialog.Rated, Args: map[string]any{"score": f.Score}})
		}
	case floor.Draft:
		a.startDraft(f)
	case floor.DropDraft:
		a.dropDraft()
	case floor.Hear:
		a.pass(dialog.SpeechPartial, dialog.PartialData{From: dialog.Customer, Text: f.Text})
	}
	if !speaks {
		return
	}
	switch f := f.(type) {
	case floor.Duck:
		v.Duck(f.On)
	case floor.Hush:
		v.Hush()
	case floor.Resume:
		v.Resume()
	case floor.Finish:
		v.Finish()
	case floor.Tune:
		v.Tune(f.Rate, f.Gain)
	case floor.Expect:
		v.Expect(f.Kind)
	case floor.Record:
		v.Record(f.On)
	case floor.Hangup:
		v.Hangup(f.Reason)
	}
}

// drop ends what is left when the actor goes.
func (a *actor) drop() {
	a.dropDraft()
	if v, ok := a.voiced(); ok && a.hub.ctx.Err() != nil {
		v.Hangup("shutdown")
	}
}
