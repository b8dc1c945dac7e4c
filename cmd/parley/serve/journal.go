package serve

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"parley/dialog"
	"parley/dialog/desk"
	"parley/dialog/store"
	"parley/dialog/voice"
	"parley/media"
	"parley/media/record"
)

// journal keeps what is to be known of calls, and tells the watchers.
type journal server

var _ voice.Journal = (*journal)(nil)

func newRecorder(w io.Writer, from media.CallTime) (voice.Recorder, error) {
	return record.New(w, from)
}

// CallStarted implements voice.Journal.
func (j *journal) CallStarted(ctx context.Context, r voice.Request, id dialog.CallID) error {
	rec, err := j.store.StartCall(ctx, store.Call{ID: id, Conversation: r.Conversation, Via: r.Via, Direction: r.Direction, Node: (*server)(j).node()})
	if err != nil {
		return err
	}
	j.desk.CallBegan(r.Conversation)
	return j.bus.Publish(ctx, rec)
}

// CallEnded implements voice.Journal. Another node may have noted the end, taking this one for
// dead: what follows from the end is done all the same, since it was this node's call.
func (j *journal) CallEnded(ctx context.Context, id dialog.CallID, reason string) error {
	j.curtail(ctx, id)
	call, err := j.store.Call(ctx, id)
	if err != nil {
		return err
	}
	rec, err := j.store.EndCall(ctx, id, reason)
	noted := errors.Is(err, dialog.ErrConflict)
	if err != nil && !noted {
		return err
	}
	j.phones.over(call.Conversation)
	j.backs.over(call.Conversation, reason)
	j.desk.CallOver(call.Conversation, reason == "hangup")
	if c, err := j.store.Conversation(ctx, call.Conversation); err == nil && desk.OutsideNumber(c.Agent) != "" { // who had it is gone with the call
		j.desk.Left(c.Agent, call.Conversation)
	}
	if reason == "do_not_call" && j.phones != nil {
		if err := j.phones.bar(ctx, call.Conversation); err != nil {
			j.log.Error("a number that does not want to be called is not noted", "conversation", call.Conversation, "err", err)
		}
	}
	if noted {
		return nil
	}
	return j.bus.Publish(ctx, rec)
}

// Taping implements voice.Journal.
func (j *journal) Taping(ctx context.Context, id dialog.CallID, on bool) error {
	rec, err := j.store.Taping(ctx, id, on)
	if err != nil {
		return err
	}
	return j.bus.Publish(ctx, rec)
}

// Recording implements voice.Journal.
func (j *journal) Recording(ctx context.Context, id dialog.CallID) (io.WriteCloser, error) {
	name := string(id) + "_" + rand.Text()[:8] + ".ogg" // a call that is erased and allowed again has a new one
	w, err := j.store.Blobs.Create(name)
	if err != nil {
		return nil, err
	}
	if err := j.store.Recorded(ctx, id, name); err != nil {
		return nil, errors.Join(fmt.Errorf("recording: %w", err), w.Close(), j.store.Blobs.Delete(name))
	}
	return w, nil
}

// Erase implements voice.Journal. The file goes first: what is left on an error is a
// name of nothing.
func (j *journal) Erase(ctx context.Context, id dialog.CallID) error {
	c, err := j.store.Call(ctx, id)
	if err != nil || c.Recording == "" {
		return err
	}
	if err := j.store.Blobs.Delete(c.Recording); err != nil {
		return err
	}
	return j.store.Recorded(ctx, id, "")
}

// overhear keeps what an agent says in a call, and shows it while it is being said.
func (s *server) overhear(ctx context.Context, id dialog.ConversationID, t dialog.Turn, final bool) {
	if !final {
		b, err := json.Marshal(dialog.PartialData{From: dialog.Agent, Text: t.Text})
		if err == nil {
			err = s.bus.Publish(ctx, dialog.Record{Type: dialog.SpeechPartial, At: time.Now(), Conversation: id, Data: b})
		}
		if err != nil {
			s.log.Warn("words not shown", "conversation", id, "err", err)
		}
		return
	}
	t.ID = dialog.TurnID("m_" + rand.Text())
	b, err := json.Marshal(t.Data())
	if err != nil {
		s.log.Error("an agent's words not kept", "conversation", id, "err", err)
		return
	}
	rs, err := s.store.Append(ctx, id, 0, dialog.Record{Type: dialog.MessageCreated, Data: b})
	if err != nil {
		s.log.Error("an agent's words not kept", "conversation", id, "err", err)
		return
	}
	t.At = rs[0].At
	if err := errors.Join(s.bus.Publish(ctx, rs[0]), s.hub.Tell(ctx, id, dialog.Wrote{Turn: t})); err != nil {
		s.log.Warn("an agent's words not shown", "conversation", id, "err", err)
	}
}
