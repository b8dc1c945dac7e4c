package serve

import (
	"context"
	"time"
)

// sweepEvery is how often recordings that have been kept long enough are looked for.
const sweepEvery = time.Hour

// sweep removes recordings older than recording.keep_days, until the server stops.
func (s *server) sweep() {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		n, err := s.expire(ctx, time.Now())
		cancel()
		switch {
		case err != nil:
			s.log.Error("old recordings not removed", "err", err)
		case n > 0:
			s.log.Info("old recordings removed", "count", n, "keep_days", s.c.Recording.KeepDays)
		}
		if n, err := s.sweepPictures(time.Now()); err != nil {
			s.log.Error("pictures of no message not removed", "err", err)
		} else if n > 0 {
			s.log.Warn("pictures of no message removed", "files", n)
		}
		s.sweepWebhooks(time.Now())
		s.sweepLinks(time.Now())
		select {
		case <-t.C:
		case <-s.stopping:
			return
		}
	}
}

// sweepPictures removes what an upload left that a crash broke off.
func (s *server) sweepPictures(now time.Time) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return s.store.SweepImages(ctx, now.Add(-time.Hour))
}

// expire removes the recordings of calls that ended more than keep_days before
// now; 0 days keeps them for good. It gives how many there were.
func (s *server) expire(ctx context.Context, now time.Time) (n int, err error) {
	if s.c.Recording.KeepDays <= 0 {
		return 0, nil
	}
	for {
		calls, err := s.store.Expired(ctx, now.AddDate(0, 0, -s.c.Recording.KeepDays))
		if err != nil || len(calls) == 0 {
			return n, err
		}
		for _, c := range calls {
			if err := (*journal)(s).Erase(ctx, c.ID); err != nil {
				return n, err
			}
			n++
		}
	}
}
