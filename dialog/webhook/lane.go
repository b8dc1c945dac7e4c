package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"parley/dialog"
	"parley/dialog/signature"
	"parley/dialog/store"
)

// lane sends to one endpoint, whatever becomes of the others.
type lane struct {
	s    *Sender
	e    Endpoint
	id   string
	log  *slog.Logger
	wake chan struct{}

	mu    sync.Mutex
	busy  map[string]bool // deliveries under way
	fails int             // in a row
	rest  time.Time       // until when a troubled endpoint is left alone
}

func (l *lane) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run finds what is due until the sender closes.
func (l *lane) run() {
	for {
		t := time.NewTimer(l.scan())
		select {
		case <-l.wake:
		case <-t.C:
		case <-l.s.ctx.Done():
			t.Stop()
			return
		}
		t.Stop()
	}
}

// scan starts what is due, and gives how long nothing more is.
func (l *lane) scan() time.Duration {
	now := time.Now()
	room, wait := l.room(now)
	if room == 0 {
		return wait
	}
	ctx, cancel := context.WithTimeout(l.s.ctx, writing)
	defer cancel()
	due, next, err := l.s.o.Journal.DueDeliveries(ctx, l.id, now, inFlight)
	if err != nil {
		if l.s.ctx.Err() == nil {
			l.log.Error("outbox of webhooks not read", "err", err)
		}
		return lookEvery
	}
	for _, d := range due {
		if room == 0 || !l.take(d.ID) {
			continue
		}
		room--
		l.s.wg.Go(func() {
			defer l.poke()
			defer l.give(d.ID)
			l.attempt(d)
		})
	}
	if !next.IsZero() {
		return min(lookEvery, max(next.Sub(now), time.Millisecond))
	}
	return lookEvery
}

// room is how many attempts may begin; when none may, how long not.
func (l *lane) room(now time.Time) (int, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	limit := inFlight
	if l.fails >= troubled {
		limit = 1
		if left := l.rest.Sub(now); left > 0 {
			return 0, left
		}
	}
	if n := limit - len(l.busy); n > 0 {
		return n, 0
	}
	return 0, lookEvery // the end of an attempt wakes earlier
}

func (l *lane) take(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy[id] {
		return false
	}
	l.busy[id] = true
	return true
}

func (l *lane) give(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.busy, id)
}

// answered notes whether the endpoint does its work.
func (l *lane) answered(well bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if well {
		l.fails = 0
		return
	}
	if l.fails++; l.fails >= troubled {
		l.rest = time.Now().Add(spread(min(first<<min(l.fails-troubled, 10), longestRest)))
	}
}

// attempt posts one event, and keeps what became of it.
func (l *lane) attempt(d store.Delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.s.ctx), writing)
	defer cancel()
	r, ok, err := l.s.o.Journal.TakeDelivery(ctx, &d, time.Now().Add(lease))
	if err != nil || !ok {
		if err != nil && !errors.Is(err, dialog.ErrNotFound) {
			l.log.Error("delivery not begun", "delivery", d.ID, "conversation", d.Conversation, "err", err)
		}
		return
	}
	res := l.post(d.ID, r)
	if l.s.ctx.Err() != nil && res.why != "" { // broken off by us: the lease ends it
		return
	}
	l.answered(res.why == "")
	l.keep(d, res)
}

// keep writes down what became of an attempt. What cannot be written is sent again when
// the lease ends.
func (l *lane) keep(d store.Delivery, res result) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.s.ctx), writing)
	defer cancel()
	now := time.Now()
	log := l.log.With("delivery", d.ID, "conversation", d.Conversation, "seq", d.Seq, "attempt", d.Attempts)
	var err error
	switch {
	case res.why == "":
		l.s.delivered.Add(1)
		err = l.s.o.Journal.Delivered(ctx, d, now)
	case res.gone:
		l.s.lost.Add(1)
		log.Error("webhook wants nothing more and is turned off", "why", res.why)
		err = l.s.o.Journal.TurnOff(ctx, l.id, res.why, now)
	default:
		due := now.Add(max(backoff(d.Attempts), res.later))
		if due.Sub(time.UnixMicro(d.Created)) > giveUpAfter {
			l.s.lost.Add(1)
			log.Error("webhook given up", "why", res.why)
			due = time.Time{}
		} else {
			l.s.retried.Add(1)
			log.Warn("webhook failed", "why", res.why, "again_in", due.Sub(now).Round(time.Second).String())
		}
		err = l.s.o.Journal.Undelivered(ctx, d, res.why, now, due)
	}
	if err != nil {
		log.Error("what became of a webhook is not kept: it may be sent again", "err", err)
	}
}

// result of an attempt.
type result struct {
	why   string        // it failed; "": it did not. Holds nothing of the answer's body or the address
	gone  bool          // 410: the endpoint wants nothing more
	later time.Duration // how long the endpoint wants to be left alone
}

// post sends one event.
func (l *lane) post(id string, r dialog.Record) result {
	body, err := json.Marshal(r)
	if err != nil {
		return result{why: "the event cannot be written"}
	}
	ctx, cancel := context.WithTimeout(l.s.ctx, within)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, l.e.URL, bytes.NewReader(body))
	if err != nil {
		return result{why: "the address is wrong"}
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("User-Agent", "Parley-Webhooks/1")
	signature.Sign(q.Header, l.e.Secret, id, time.Now(), body)
	a, err := l.s.client.Do(q)
	if err != nil {
		return result{why: plain(err)}
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(a.Body, maxAnswer))
	_ = a.Body.Close()
	switch {
	case a.StatusCode/100 == 2:
		return result{}
	case a.StatusCode == http.StatusGone:
		return result{why: "answered 410 Gone", gone: true}
	case a.StatusCode/100 == 3:
		return result{why: fmt.Sprintf("answered %d: redirects are not followed", a.StatusCode)}
	}
	return result{why: fmt.Sprintf("answered %d", a.StatusCode), later: retryAfter(a.Header.Get("Retry-After"))}
}

// plain says what went wrong without the address, which may hold a secret.
func plain(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		if u.Timeout() {
			return "no answer in time"
		}
		err = u.Err
	}
	s := err.Error()
	return strings.ToValidUTF8(s[:min(len(s), 300)], "")
}

// retryAfter reads the seconds of a Retry-After header.
func retryAfter(s string) time.Duration {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, longest)
}

// backoff is how long to wait after so many attempts: doubled each time, and spread.
func backoff(n int64) time.Duration {
	return spread(min(first<<min(max(n-1, 0), 20), longest))
}

// spread is between three quarters and five quarters of a time.
func spread(d time.Duration) time.Duration { return d*3/4 + rand.N(d/2) }
