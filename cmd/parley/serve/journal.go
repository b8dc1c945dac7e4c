package serve

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"parley/dialog"
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
	rec, err := j.store.StartCall(ctx, store.Call{ID: id, Conversation: r.Conversation, Via: r.Via, Direction: r.Direction})
	if err != nil {
		return err
	}
	return j.bus.Publish(ctx, rec)
}

// CallEnded implements voice.Journal.
func (j *journal) CallEnded(ctx context.Context, id dialog.CallID, reason string) error {
	rec, err := j.store.EndCall(ctx, id, reason)
	if err != nil {
		return err
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
