package conversation

import (
	"context"
	"encoding/json"
	"time"

	"parley/dialog"
)

// Heard takes what another node has kept of a conversation, which may be awake here: who
// has it, what one of the people wrote, and what the customer wrote beside a call that is
// here. It does not wait.
func (h *Hub) Heard(r dialog.Record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := h.actors[r.Conversation]
	if a == nil {
		return
	}
	e := a.heard(r)
	if e == nil {
		return
	}
	select {
	case a.inbox <- e:
	default:
		a.log.Error("what another node has kept is not heard", "type", r.Type, "err", ErrFull)
	}
}

// heard is what a record of another node means to the conversation; nil: nothing.
func (a *actor) heard(r dialog.Record) dialog.Event {
	switch r.Type {
	case dialog.ConversationUpdated:
		var d dialog.UpdatedData
		if json.Unmarshal(r.Data, &d) == nil && d.Holder != "" && d.Holder != a.snapshot().Holder {
			return dialog.Held{By: d.Holder}
		}
	case dialog.MessageCreated:
		var m dialog.MessageData
		if json.Unmarshal(r.Data, &m) != nil {
			return nil
		}
		_, calls := a.voiced()
		switch {
		case m.From == dialog.Agent:
			return dialog.Wrote{Turn: m.Turn(r.At)}
		case m.From == dialog.Customer && m.Via == dialog.ViaChat && calls:
			return dialog.Said{Turn: m.Turn(r.At)}
		}
	}
	return nil
}

// Claimed says that another node has made a conversation its own: what goes on with it here
// ends. It does not wait.
func (h *Hub) Claimed(id dialog.ConversationID, epoch int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a := h.actors[id]; a != nil {
		select {
		case <-a.moved: // the older one
		default:
		}
		a.moved <- epoch
	}
}

// Missed says that something of other nodes may not have been heard: who has the
// conversations that are awake, and what was written in them, is read from the log. What
// was written in this very moment may be on its way: whoever calls it does so again.
func (h *Hub) Missed(ctx context.Context) error {
	h.mu.Lock()
	awake := make([]*actor, 0, len(h.actors))
	for _, a := range h.actors {
		awake = append(awake, a)
	}
	h.mu.Unlock()
	for _, a := range awake {
		select {
		case a.tail <- struct{}{}:
		default: // it looks anyway
		}
		known, err := h.o.Log.Known(ctx, a.id)
		if err != nil {
			return err
		}
		if s, awake := h.Snapshot(a.id); !awake || s.Holder == known.Holder {
			continue
		}
		if err := h.Tell(ctx, a.id, dialog.Held{By: known.Holder}); err != nil {
			return err
		}
	}
	return nil
}

// underway is how long what was written here may be on its way to the conversation's inbox.
const underway = 2 * time.Second

// catchUp takes from the log what others wrote and nobody told of.
func (a *actor) catchUp() {
	ctx, cancel := context.WithTimeout(a.hub.ctx, writing)
	defer cancel()
	rs, err := a.hub.o.Log.Since(ctx, a.id, a.heed, 500)
	if err != nil {
		a.log.Error("what others have written is not read", "err", err)
		return
	}
	before := time.Now().Add(-underway)
	for _, r := range rs {
		if r.At.After(before) {
			return
		}
		a.heed = r.Seq
		var m dialog.MessageData
		if r.Type != dialog.MessageCreated || json.Unmarshal(r.Data, &m) != nil || a.remembers(m.ID, r.At) {
			continue
		}
		if e := a.heard(r); e != nil {
			a.step(e)
		}
	}
}
