// Package webhook posts stored events to other programs: each to the endpoints that
// want its type, signed, in order within a conversation, again until it is answered.
//
// What is to be told waits in the store, written with the event itself, so that a
// crash loses nothing; an event can come twice, with the same Parley-Id. It knows
// nothing of what events mean.
package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// Endpoint is a program that wants to be told.
type Endpoint struct {
	URL      string
	Secret   string   // signs; "" does not
	Events   []string // types; none, or "*", is all
	Internal bool     // also what customers may not see
}

// ID names an endpoint as long as its address is the same.
func (e Endpoint) ID() string {
	h := sha256.Sum256([]byte(e.URL))
	return "wh_" + hex.EncodeToString(h[:8])
}

// Shown is the address without what may be secret in it.
func (e Endpoint) Shown() string {
	u, err := url.Parse(e.URL)
	if err != nil {
		return ""
	}
	if u.User != nil {
		u.User = url.User("…")
	}
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// Subscription is what the store is told of it.
func (e Endpoint) Subscription() store.Subscription {
	return store.Subscription{Endpoint: e.ID(), Types: e.Events, Internal: e.Internal}
}

// Journal keeps what is to be told; *store.Store is one.
type Journal interface {
	Queued() <-chan struct{}
	DueDeliveries(ctx context.Context, endpoint string, now time.Time, limit int) (due []store.Delivery, next time.Time, err error)
	TakeDelivery(ctx context.Context, d *store.Delivery, until time.Time) (dialog.Record, bool, error)
	Delivered(ctx context.Context, d store.Delivery, now time.Time) error
	Undelivered(ctx context.Context, d store.Delivery, why string, now, due time.Time) error
	TurnOff(ctx context.Context, endpoint, why string, now time.Time) error
}

const (
	inFlight    = 8 // attempts of one endpoint at a time
	within      = 15 * time.Second
	lease       = time.Minute // longer than an attempt and the writing after it
	writing     = 10 * time.Second
	lookEvery   = 30 * time.Second // for what another node has left
	first       = 5 * time.Second
	longest     = 6 * time.Hour
	giveUpAfter = 24 * time.Hour
	troubled    = 3 // failures in a row after which an endpoint is asked now and then
	longestRest = 5 * time.Minute
	maxAnswer   = 64 << 10 // bytes that are read of an answer, so that its connection can be used again
)

// Options of a Sender. Journal is required.
type Options struct {
	Endpoints []Endpoint
	Journal   Journal
	Transport http.RoundTripper // nil: one of its own
	Logger    *slog.Logger
}

// Sender posts what waits, until Close.
type Sender struct {
	o      Options
	client *http.Client
	lanes  []*lane
	ctx    context.Context
	stop   context.CancelCauseFunc
	wg     sync.WaitGroup

	delivered, retried, lost atomic.Int64
}

// New returns a sender that sends nothing before Start. Close it.
func New(o Options) *Sender {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxConnsPerHost, t.MaxIdleConnsPerHost, t.ResponseHeaderTimeout = 2*inFlight, inFlight, within
		t.MaxResponseHeaderBytes = maxAnswer
		o.Transport = t
	}
	s := &Sender{o: o, client: &http.Client{Transport: o.Transport, Timeout: within,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	s.ctx, s.stop = context.WithCancelCause(context.Background())
	for _, e := range o.Endpoints {
		s.lanes = append(s.lanes, &lane{s: s, e: e, id: e.ID(), wake: make(chan struct{}, 1), busy: map[string]bool{},
			log: o.Logger.With("webhook", e.ID(), "host", hostOf(e.URL))})
	}
	return s
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// Start begins to send, with what an earlier run has left.
func (s *Sender) Start() {
	for _, l := range s.lanes {
		s.wg.Go(l.run)
	}
	if len(s.lanes) > 0 {
		s.wg.Go(s.follow)
	}
}

// follow tells the lanes when something has come to wait.
func (s *Sender) follow() {
	for {
		select {
		case <-s.o.Journal.Queued():
			for _, l := range s.lanes {
				l.poke()
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// Close breaks off what is being sent, which is sent again by the next run, and waits.
func (s *Sender) Close() {
	s.stop(dialog.ErrClosing)
	s.wg.Wait()
	s.client.CloseIdleConnections()
}

// Endpoints are those that are told.
func (s *Sender) Endpoints() []Endpoint { return s.o.Endpoints }

// Stats counts attempts by how they ended, since the start.
func (s *Sender) Stats() (delivered, retried, lost int64) {
	return s.delivered.Load(), s.retried.Load(), s.lost.Load()
}
