package conversation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"time"

	"parley/dialog"
)

// Times of writing.
const (
	writing    = 10 * time.Second // the log may take
	keeping    = 40 * time.Second // for what is not written again: it may have been kept after all
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
	writes     = 4 // of one event, until it is given up
)

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
	ctx := context.WithoutCancel(a.hub.ctx)
	var rs []dialog.Record
	for try := 1; ; try++ {
		limit, cancel := context.WithTimeout(ctx, keeping)
		rs, err = a.write(limit, dialog.Record{Type: kind, Conversation: a.id, Data: b})
		cancel()
		if err == nil {
			break
		}
		a.log.Error("event not kept", "type", kind, "err", err, "try", try)
		if final(err) || errors.Is(err, context.DeadlineExceeded) || try == writes {
			return
		}
		due, stop := a.hub.o.Clock.Timer(firstPause << try)
		<-due
		stop()
		if r, ok := a.kept(kind, b); ok { // the error came after it
			rs, a.unkept, a.owed = []dialog.Record{r}, false, nil
			break
		}
	}
	for _, r := range rs {
		if err := a.hub.o.Bus.Publish(ctx, r); err != nil {
			a.log.Warn("event not published", "type", kind, "err", err)
		}
	}
}

// kept looks for an event that was written and may have been kept.
func (a *actor) kept(kind string, data []byte) (dialog.Record, bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(a.hub.ctx), writing)
	defer cancel()
	for after := a.seq; ; {
		rs, err := a.hub.o.Log.Since(ctx, a.id, after, 500)
		for _, r := range rs {
			if after = r.Seq; r.Type == kind && bytes.Equal(r.Data, data) {
				return r, true
			}
		}
		if err != nil || len(rs) < 500 {
			return dialog.Record{}, false
		}
	}
}

// final reports whether an error of the log stays the same.
func final(err error) bool {
	return errors.Is(err, dialog.ErrStale) || errors.Is(err, dialog.ErrClosed) || errors.Is(err, dialog.ErrNotFound)
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
		for _, r := range rs {
			a.seq = r.Seq
		}
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
