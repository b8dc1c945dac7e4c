package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"parley/dialog"
)

// Subscription is whom events are delivered to.
type Subscription struct {
	Endpoint string   // opaque
	Types    []string // of events; none, or "*", is all
	Internal bool     // also what customers may not see
}

func (s Subscription) wants(r dialog.Record, hidden bool) bool {
	return (s.Internal || !hidden) && (len(s.Types) == 0 || slices.Contains(s.Types, "*") || slices.Contains(s.Types, r.Type))
}

// subscriptions are those that are on, and a signal that something waits for them.
type subscriptions struct {
	mu     sync.Mutex
	all    []Subscription
	off    map[string]bool
	queued chan struct{} // holds one
}

func (s *subscriptions) on() []Subscription {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.all), func(x Subscription) bool { return s.off[x.Endpoint] })
}

func (s *subscriptions) turn(endpoint string, off bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.off == nil {
		s.off = map[string]bool{}
	}
	s.off[endpoint] = off
}

// Delivery is one event that an endpoint is to be told of. Times are microseconds since 1970.
type Delivery struct {
	bun.BaseModel `bun:"table:deliveries"`

	ID           string `bun:",pk"`
	Tenant       dialog.TenantID
	Endpoint     string
	Conversation dialog.ConversationID
	Seq          int64
	Type         string
	Attempts     int64
	Due          int64 // while an attempt runs: when it is given up for lost
	Created      int64
	Settled      int64  // when it was given up; 0 is not yet
	Body         string // why the last attempt failed
}

// Webhook is how an endpoint has done.
type Webhook struct {
	bun.BaseModel `bun:"table:webhooks"`

	Tenant      dialog.TenantID `bun:",pk"`
	Endpoint    string          `bun:",pk"`
	Delivered   int64
	Lost        int64 // given up
	DeliveredAt int64
	FailedAt    int64
	Off         int64  // since when it is told nothing more; 0 is on
	Body        string // why the last attempt failed
	Waiting     int64  `bun:",scanonly"`
}

// Subscribe says whom events that are appended from now on are delivered to.
func (s *Store) Subscribe(ctx context.Context, all []Subscription) error {
	if err := s.FollowSubscriptions(ctx); err != nil {
		return err
	}
	s.subscribed.mu.Lock()
	defer s.subscribed.mu.Unlock()
	s.subscribed.all = slices.Clone(all)
	return nil
}

// FollowSubscriptions takes over which endpoints other nodes have turned off, or on again.
func (s *Store) FollowSubscriptions(ctx context.Context) error {
	var ws []string
	if err := s.db.NewSelect().Model((*Webhook)(nil)).Column("endpoint").Where("tenant = ? AND off > 0", dialog.DefaultTenant).Scan(ctx, &ws); err != nil {
		return failure("webhooks", err)
	}
	off := make(map[string]bool, len(ws))
	for _, e := range ws {
		off[e] = true
	}
	s.subscribed.mu.Lock()
	defer s.subscribed.mu.Unlock()
	s.subscribed.off = off
	return nil
}

// Queued gets something when deliveries may have come to wait.
func (s *Store) Queued() <-chan struct{} { return s.subscribed.queued }

// signal tells Queued, once what was appended is kept.
func (s *Store) signal() {
	select {
	case s.subscribed.queued <- struct{}{}:
	default:
	}
}

// queue keeps what the endpoints are to be told of, in the transaction of the records.
func (s *Store) queue(ctx context.Context, tx bun.Tx, tenant dialog.TenantID, rs []dialog.Record) error {
	on := s.subscribed.on()
	if len(on) == 0 {
		return nil
	}
	now := micro(time.Now())
	var rows []Delivery
	for _, r := range rs {
		hidden := !r.Public()
		for _, x := range on {
			if x.wants(r, hidden) {
				rows = append(rows, Delivery{ID: "whd_" + rand.Text(), Tenant: tenant, Endpoint: x.Endpoint, Conversation: r.Conversation,
					Seq: r.Seq, Type: r.Type, Due: now, Created: now})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// DueDeliveries gives what an endpoint is to be told of now, oldest first: of each
// conversation the first that is open. Next is when more will be due; zero is never.
func (s *Store) DueDeliveries(ctx context.Context, endpoint string, now time.Time, limit int) (due []Delivery, next time.Time, err error) {
	const blocked = `EXISTS (SELECT 1 FROM deliveries AS b WHERE b.conversation = delivery.conversation AND b.endpoint = delivery.endpoint
		AND b.settled = 0 AND b.seq < delivery.seq)`
	err = s.db.NewSelect().Model(&due).Where("endpoint = ? AND settled = 0 AND due <= ? AND NOT "+blocked, endpoint, micro(now)).
		Order("due", "seq").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, next, failure("deliveries", err)
	}
	var soon *int64
	err = s.db.NewSelect().Model((*Delivery)(nil)).ColumnExpr("MIN(due)").Where("endpoint = ? AND settled = 0 AND due > ?", endpoint, micro(now)).Scan(ctx, &soon)
	if err == nil && soon != nil {
		next = when(*soon)
	}
	return due, next, failure("deliveries", err)
}

// TakeDelivery makes the next attempt the caller's until a time, and gives its event;
// ok is false when somebody else was faster, or it is gone.
func (s *Store) TakeDelivery(ctx context.Context, d *Delivery, until time.Time) (r dialog.Record, ok bool, err error) {
	err = s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err := removed(ctx, tx.NewUpdate().Model((*Delivery)(nil)).Set("attempts = attempts + 1, due = ?", micro(until)).
			Where("id = ? AND attempts = ? AND settled = 0", d.ID, d.Attempts))
		if err != nil || n == 0 {
			return err
		}
		var e event
		if err := tx.NewSelect().Model(&e).Where("conversation = ? AND seq = ?", d.Conversation, d.Seq).Scan(ctx); err != nil {
			if errors.Is(err, sql.ErrNoRows) { // there is nothing to tell of any more
				_, err = tx.NewDelete().Model((*Delivery)(nil)).Where("id = ?", d.ID).Exec(ctx)
			}
			return err
		}
		ok = true
		r = dialog.Record{Seq: e.Seq, Type: e.Type, At: when(e.At), Conversation: e.Conversation, Data: json.RawMessage(e.Body)}
		return nil
	})
	if ok && err == nil {
		d.Attempts++
	}
	return r, ok && err == nil, failure("delivery", err)
}

// Delivered takes a delivery off the list, and counts it. An endpoint that was off is on again.
func (s *Store) Delivered(ctx context.Context, d Delivery, now time.Time) error {
	err := s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err := removed(ctx, tx.NewDelete().Model((*Delivery)(nil)).Where("id = ?", d.ID))
		if err != nil || n == 0 { // forgotten, or another attempt was faster
			return err
		}
		w := Webhook{Tenant: dialog.DefaultTenant, Endpoint: d.Endpoint, Delivered: 1, DeliveredAt: micro(now)}
		_, err = tx.NewInsert().Model(&w).On("CONFLICT (tenant, endpoint) DO UPDATE").
			Set("delivered = webhook.delivered + 1, delivered_at = EXCLUDED.delivered_at, off = 0").Exec(ctx)
		return err
	})
	if err != nil {
		return failure("delivery", err)
	}
	s.subscribed.turn(d.Endpoint, false)
	return nil
}

// Undelivered keeps why an attempt failed, and when the next one is due; a zero time is never.
func (s *Store) Undelivered(ctx context.Context, d Delivery, why string, now, due time.Time) error {
	return failure("delivery", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewUpdate().Model((*Delivery)(nil)).Set("body = ?", why).Where("id = ? AND attempts = ? AND settled = 0", d.ID, d.Attempts)
		var lost int64
		if due.IsZero() {
			q, lost = q.Set("settled = ?", micro(now)), 1
		} else {
			q = q.Set("due = ?", micro(due))
		}
		n, err := removed(ctx, q)
		if err != nil || n == 0 {
			return err
		}
		return failing(ctx, tx, Webhook{Endpoint: d.Endpoint, Lost: lost, FailedAt: micro(now), Body: why})
	}))
}

// failing adds to how an endpoint has done.
func failing(ctx context.Context, tx bun.Tx, w Webhook) error {
	w.Tenant = dialog.DefaultTenant
	_, err := tx.NewInsert().Model(&w).On("CONFLICT (tenant, endpoint) DO UPDATE").
		Set("lost = webhook.lost + EXCLUDED.lost, failed_at = EXCLUDED.failed_at, body = EXCLUDED.body").
		Set("off = CASE WHEN EXCLUDED.off > 0 THEN EXCLUDED.off ELSE webhook.off END").Exec(ctx)
	return err
}

// TurnOff gives up what an endpoint is still to be told of, and tells it nothing more.
func (s *Store) TurnOff(ctx context.Context, endpoint, why string, now time.Time) error {
	s.subscribed.turn(endpoint, true)
	return failure("webhook", s.in(ctx).RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err := removed(ctx, tx.NewUpdate().Model((*Delivery)(nil)).Set("settled = ?, body = ?", micro(now), why).Where("endpoint = ? AND settled = 0", endpoint))
		if err != nil {
			return err
		}
		return failing(ctx, tx, Webhook{Endpoint: endpoint, Lost: int64(n), FailedAt: micro(now), Off: micro(now), Body: why})
	}))
}

// Webhooks gives how the endpoints have done, by their name.
func (s *Store) Webhooks(ctx context.Context) (map[string]Webhook, error) {
	out := map[string]Webhook{}
	var ws []Webhook
	if err := s.from(ctx).NewSelect().Model(&ws).Where("tenant = ?", dialog.DefaultTenant).Scan(ctx); err != nil {
		return nil, failure("webhooks", err)
	}
	for _, w := range ws {
		out[w.Endpoint] = w
	}
	var waiting []struct {
		Endpoint string
		N        int64
	}
	err := s.from(ctx).NewSelect().Model((*Delivery)(nil)).ColumnExpr("endpoint, COUNT(*) AS n").Where("settled = 0").Group("endpoint").Scan(ctx, &waiting)
	if err != nil {
		return nil, failure("webhooks", err)
	}
	for _, x := range waiting {
		w := out[x.Endpoint]
		w.Endpoint, w.Waiting = x.Endpoint, x.N
		out[x.Endpoint] = w
	}
	return out, nil
}

// Deliveries lists what was given up (lost), or else what failed and is tried again,
// newest first, at most limit. Cursor is what the last list gave as next; "" begins.
func (s *Store) Deliveries(ctx context.Context, lost bool, cursor string, limit int) (ds []Delivery, next string, err error) {
	q := s.from(ctx).NewSelect().Model(&ds).Where("tenant = ?", dialog.DefaultTenant)
	if lost {
		q = q.Where("settled > 0")
	} else {
		q = q.Where("settled = 0 AND attempts > 0")
	}
	if cursor != "" {
		var at int64
		var id string
		if _, err := fmt.Sscanf(strings.Replace(cursor, ".", " ", 1), "%d %s", &at, &id); err != nil {
			return nil, "", fmt.Errorf("deliveries: cursor: %w", dialog.ErrNotFound)
		}
		q = q.Where("(created < ? OR created = ? AND id < ?)", at, at, id)
	}
	if err := q.Order("created DESC", "id DESC").Limit(int64(limit + 1)).Scan(ctx); err != nil {
		return nil, "", failure("deliveries", err)
	}
	if len(ds) > limit {
		ds = ds[:limit]
		last := ds[limit-1]
		next = fmt.Sprintf("%d.%s", last.Created, last.ID)
	}
	return ds, next, nil
}

// RetryDelivery makes a delivery due now, as if it were new; one that was delivered or
// forgotten is dialog.ErrNotFound.
func (s *Store) RetryDelivery(ctx context.Context, id string, now time.Time) error {
	n, err := removed(ctx, s.in(ctx).NewUpdate().Model((*Delivery)(nil)).
		Set("settled = 0, attempts = 0, due = ?, created = ?", micro(now), micro(now)).Where("id = ?", id))
	if err == nil && n == 0 {
		err = dialog.ErrNotFound
	}
	if err == nil {
		s.signal()
		return nil
	}
	return fmt.Errorf("delivery: %w", err)
}

// SweepDeliveries removes what was given up before a time.
func (s *Store) SweepDeliveries(ctx context.Context, before time.Time) (int, error) {
	n, err := removed(ctx, s.in(ctx).NewDelete().Model((*Delivery)(nil)).Where("settled > 0 AND settled < ?", micro(before)))
	return n, failure("deliveries", err)
}
