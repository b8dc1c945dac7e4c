package serve

import (
	"context"
	"time"

	"parley/dialog/store"
	"parley/dialog/webhook"
)

// keepLost is how long what was given up can be seen, and tried again.
const keepLost = 30 * 24 * time.Hour

// subscribe says whom events are delivered to, before the first one is kept.
func (s *server) subscribe(ctx context.Context) error {
	var ends []webhook.Endpoint
	var subs []store.Subscription
	for _, w := range s.c.Webhooks {
		e := webhook.Endpoint{URL: w.URL, Secret: w.Secret, Events: w.Events, Internal: w.Internal}
		if len(w.Secret) < 16 {
			s.log.Warn("a webhook's secret is short enough to be guessed", "webhook", e.ID())
		}
		ends, subs = append(ends, e), append(subs, e.Subscription())
	}
	s.hooks = webhook.New(webhook.Options{Endpoints: ends, Journal: s.store, Logger: s.log})
	return s.store.Subscribe(ctx, subs)
}

// sweepWebhooks forgets what was given up long ago.
func (s *server) sweepWebhooks(now time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := s.store.SweepDeliveries(ctx, now.Add(-keepLost)); err != nil {
		s.log.Error("old webhooks not removed", "err", err)
	}
}
