package serve

import (
	"context"
	"fmt"
	"io"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/voice"
	"parley/media/record"
)

// journal keeps what is to be known of calls, and tells the watchers.
type journal server

var _ voice.Journal = (*journal)(nil)

func newRecorder(w io.Writer) (voice.Recorder, error) { return record.New(w) }

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

// Recording implements voice.Journal.
func (j *journal) Recording(ctx context.Context, id dialog.CallID) (io.WriteCloser, error) {
	name := string(id) + ".ogg"
	w, err := j.store.Blobs.Create(name)
	if err != nil {
		return nil, err
	}
	if err := j.store.Recorded(ctx, id, name); err != nil {
		_ = w.Close()
		return nil, fmt.Errorf("recording: %w", err)
	}
	return w, nil
}
