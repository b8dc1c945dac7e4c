package conversation

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"parley/dialog"
)

// writing is how long the log may take.
const writing = 10 * time.Second

// append keeps a turn, then shows it.
func (a *actor) append(t dialog.Turn) {
	if t.At.IsZero() {
		t.At = time.Now()
	}
	a.remember(t)
	a.store(dialog.MessageCreated, t.Data())
}

// store keeps an event in the log and publishes it. It works during shutdown too.
func (a *actor) store(kind string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		a.log.Error("event not encoded", "type", kind, "err", err)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.hub.ctx), writing)
	defer cancel()
	rs, err := a.write(ctx, dialog.Record{Type: kind, Conversation: a.id, Data: b})
	if err != nil {
		a.log.Error("event not kept", "type", kind, "err", err)
		return
	}
	for _, r := range rs {
		if err := a.hub.o.Bus.Publish(ctx, r); err != nil {
			a.log.Warn("event not published", "type", kind, "err", err)
		}
	}
}

// write keeps records, and with them the working memory when it has changed.
func (a *actor) write(ctx context.Context, rs ...dialog.Record) ([]dialog.Record, error) {
	var memo json.RawMessage
	if a.unkept {
		memo = a.known.Memo
	}
	var err error
	if memo == nil && len(a.owed) == 0 {
		rs, err = a.hub.o.Log.Append(ctx, a.id, a.epoch, rs...)
	} else {
		rs, err = a.hub.o.Log.Keep(ctx, a.id, a.epoch, memo, func(ctx context.Context) error {
			for _, act := range a.owed {
				a.hub.o.Action(ctx, a.id, act)
			}
			return nil
		}, rs...)
	}
	if err == nil {
		a.unkept, a.owed = false, nil
	}
	a.lost = a.lost || errors.Is(err, dialog.ErrStale)
	return rs, err
}

// keep keeps the working memory that came with no turn.
func (a *actor) keep() {
	if !a.unkept && len(a.owed) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.hub.ctx), writing)
	defer cancel()
	if _, err := a.write(ctx); err != nil {
		a.log.Error("working memory not kept", "err", err)
	}
}

// pass publishes a passing event.
func (a *actor) pass(kind string, data any) {
	b, err := json.Marshal(data)
	if err != nil {
		return
	}
	_ = a.hub.o.Bus.Publish(a.hub.ctx, dialog.Record{Type: kind, At: time.Now(), Conversation: a.id, Data: b})
}

// save keeps what was heard so far of the turn that is being spoken.
func (a *actor) save(p dialog.Progress) {
	s, ok := a.hub.o.Log.(openSaver)
	if !ok || a.job == nil || a.job.id != p.Reply || p.Heard == "" {
		return
	}
	t := dialog.Turn{ID: dialog.TurnID(p.Reply), From: dialog.Bot, Via: dialog.ViaVoice, Text: p.Heard, Cut: true,
		ReplyTo: a.job.replyTo, Language: a.job.language, Call: a.st.Call, At: time.Now()}
	a.saveOpen(s, &t)
}

func (a *actor) saveOpen(s openSaver, t *dialog.Turn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.hub.ctx), writing)
	defer cancel()
	if err := s.SaveOpen(ctx, a.id, a.epoch, t); err != nil {
		a.log.Warn("open turn not saved", "err", err)
	}
}

// settled forgets the open turn once the whole one is kept.
func (a *actor) settled() {
	if s, ok := a.hub.o.Log.(openSaver); ok {
		a.saveOpen(s, nil)
	}
}

// measured tells where the wait for a spoken answer went.
func (a *actor) measured(t dialog.Turn, draft bool) {
	if t.Via != dialog.ViaVoice || t.Timing.Packet == 0 || t.Timing.SpeechEnd == 0 {
		return
	}
	m := t.Timing.Gaps()
	m.Call, m.Turn, m.Draft = t.Call, t.ID, draft
	a.store(dialog.TurnMeasured, m)
}
