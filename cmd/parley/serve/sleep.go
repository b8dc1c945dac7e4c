package serve

import (
	"context"
	"errors"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

const (
	restEvery = time.Minute
	restBatch = 200 // conversations at a time
)

// rest puts conversations to sleep in which nothing happens, and ends those that sleep
// long, until the server stops.
func (s *server) rest() {
	t := time.NewTicker(restEvery)
	defer t.Stop()
	for {
		ctx, cancel := context.WithTimeout(context.Background(), restEvery)
		if err := s.restAt(ctx, time.Now()); err != nil {
			s.log.Error("conversations not put to sleep", "err", err)
		}
		cancel()
		select {
		case <-t.C:
		case <-s.stopping:
			return
		}
	}
}

// restAt does so for a time that it is.
func (s *server) restAt(ctx context.Context, now time.Time) error {
	sleep, end := time.Duration(s.c.Rest.SleepHours)*time.Hour, time.Duration(s.c.Rest.CloseDays)*24*time.Hour
	if end > 0 { // falling asleep is the last that happened in them
		if err := s.restFrom(ctx, store.Sleeping, store.Closed, now.Add(sleep-end)); err != nil {
			return err
		}
	}
	if sleep > 0 {
		return s.restFrom(ctx, store.Awake, store.Sleeping, now.Add(-sleep))
	}
	return nil
}

func (s *server) restFrom(ctx context.Context, from, to string, since time.Time) error {
	for {
		ids, err := s.store.Still(ctx, from, since, restBatch)
		if err != nil {
			return err
		}
		moved := 0
		for _, id := range ids {
			r, err := s.store.Rest(ctx, id, from, to, since)
			if errors.Is(err, dialog.ErrConflict) || errors.Is(err, dialog.ErrClosed) { // something has just happened in it
				continue
			}
			if err != nil {
				return err
			}
			moved++
			if err := s.bus.Publish(ctx, r); err != nil {
				s.log.Warn("event not published", "conversation", id, "err", err)
			}
		}
		if len(ids) < restBatch || moved == 0 {
			return nil
		}
	}
}
