package serve

import (
	"context"
	"fmt"
	"sync"
	"time"

	"parley/dialog/demo/month"
	"parley/dialog/store"
)

// monthSize is how many conversations a demo's month of practice has: made in a second or
// two, when somebody first looks at it.
const monthSize = 1800

// monthBatch is how many are kept in one transaction.
const monthBatch = 200

// practiceMonth gives what makes the demo's month of practice conversations, once.
func (s *server) practiceMonth(zone *time.Location) func(ctx context.Context) error {
	var mu sync.Mutex
	made := false
	return func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if made {
			return nil
		}
		there, err := s.store.HasSite(ctx, month.Site)
		if err == nil && !there {
			err = s.makeMonth(ctx, zone)
		}
		if err != nil {
			return fmt.Errorf("practice conversations: %w", err)
		}
		made = true
		return nil
	}
}

func (s *server) makeMonth(ctx context.Context, zone *time.Location) error {
	o := month.Options{Seed: 1, N: monthSize, Queues: map[string]string{"en": "service", "zh-CN": "zhongwen"}}
	y, m, d := time.Now().In(zone).Date()
	o.End = time.Date(y, m, d, 0, 0, 0, 0, zone)
	for _, p := range s.desk.People() {
		o.Agents = append(o.Agents, p.ID)
	}
	var err error
	var batch []store.Past
	month.Make(o, func(p store.Past) bool {
		if batch = append(batch, p); len(batch) == monthBatch {
			err = s.store.Import(ctx, batch)
			batch = nil
		}
		return err == nil
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return s.store.Import(ctx, batch)
}
