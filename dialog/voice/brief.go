package voice

import (
	"context"

	"parley/dialog"
	"parley/media/room"
)

// Brief speaks a reply to a call's agents alone, and returns what was heard of it: all, or
// as much as was said when ctx ended. Several at once are spoken one after another.
func (c *Calls) Brief(ctx context.Context, id dialog.CallID, m dialog.Message) (dialog.Turn, error) {
	k, err := c.find(id)
	if err != nil {
		return dialog.Turn{}, err
	}
	select {
	case k.briefing <- struct{}{}:
		defer func() { <-k.briefing }()
	case <-ctx.Done():
		return dialog.Turn{}, context.Cause(ctx)
	}
	mouth := newMouth("briefing", c.o.TTS)
	mouth.emit = func(dialog.Event) {}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &k.stage
	s.mu.Lock()
	if s.room == nil {
		s.mu.Unlock()
		return dialog.Turn{}, ErrNoCall
	}
	mouth.now, mouth.delay = s.room.Now, wayThere(nil)
	seat, err := s.room.Join(mouth, room.Bot, room.Whisper)
	s.mu.Unlock()
	if err != nil {
		return dialog.Turn{}, ErrFull
	}
	defer seat.Leave()
	defer context.AfterFunc(k.life.ctx, func() { cancel(dialog.ErrLeft) })()
	return mouth.deliver(ctx, m)
}
