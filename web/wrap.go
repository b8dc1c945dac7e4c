package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 20

// wrap puts around every request what all need: limits, who asks, other
// origins, headers, and an answer when something panics.
func (s *Server) wrap(mux *http.ServeMux) http.Handler {
	next := s.tables(s.links(s.pictures(s.gated(s.teamed(s.once(mux))))))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == http.ErrAbortHandler { // an answer that is broken off is to look so
				panic(p)
			}
			if p != nil {
				s.o.Logger.Error("panic", "path", unlinked(r.URL.Path), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				refuse(w, http.StatusInternalServerError, "something went wrong here; it has been noted")
			}
		}()
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		if s.o.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if done := s.origin(w, r); done {
			return
		}
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			h.Set("Cache-Control", "no-store")
			if !s.limit.take(s.limit.whose(r), r.Method, r.URL.Path) {
				h.Set("Retry-After", "10")
				refuse(w, http.StatusTooManyRequests, "too many requests from this address; please wait a moment")
				return
			}
			if unknown(mux, w, r) {
				return
			}
			// The server must keep its own request as it was: by its body it knows whether
			// the connection can be used again.
			asks := s.identify(r)
			if asks.user != nil {
				s.limit.knows(asks.token, asks.user.ID)
			}
			q := r.WithContext(context.WithValue(r.Context(), whoKey{}, asks))
			q.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r, asks))
			r = q
		}
		began := time.Now()
		sw := &status{ResponseWriter: w}
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		trace(mux, next, sw, r)
		s.o.Logger.Log(r.Context(), slog.LevelDebug, "request", "method", r.Method, "path", unlinked(r.URL.Path), "status", sw.code, "ms", time.Since(began).Milliseconds())
	})
}

// status remembers what was answered; an overloaded answer says when to come back.
type status struct {
	http.ResponseWriter
	code int
}

// WriteHeader implements http.ResponseWriter.
func (w *status) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
		if (code == http.StatusServiceUnavailable || code == http.StatusTooManyRequests) && w.Header().Get("Retry-After") == "" {
			w.Header().Set("Retry-After", "5")
		}
	}
	w.ResponseWriter.WriteHeader(code)
}

// Unwrap lets http.ResponseController reach what is below.
func (w *status) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// origin answers what browsers ask about other origins; done says that was all.
func (s *Server) origin(w http.ResponseWriter, r *http.Request) (done bool) {
	o := r.Header.Get("Origin")
	if o == "" {
		return false
	}
	if s.ours(r, o) {
		return false
	}
	if !s.knows(o) {
		if r.Method == http.MethodGet && r.Header.Get("Upgrade") == "" || r.Method == http.MethodHead {
			return false // without CORS headers the other page cannot read it
		}
		refuse(w, http.StatusForbidden, "this origin is not one of the configured sites")
		return true
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", o)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Expose-Headers", "Location, ETag, Retry-After, Content-Disposition, Link")
	if r.Method != http.MethodOptions || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Accept, Authorization, Content-Language, Content-Type, Idempotency-Key, If-Match, Range")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// ours reports whether an origin is this server's, as r was sent to it. Behind a proxy only
// the proxy knows whether that was by HTTPS.
func (s *Server) ours(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host && (u.Scheme == "https" || u.Scheme == "http" && !s.o.Secure)
}

func (s *Server) knows(origin string) bool {
	for _, site := range s.o.Sites {
		for _, o := range site.Origins {
			if o == origin {
				return true
			}
		}
	}
	return false
}

// limiter is a bucket of requests for each address: burst, and so many a second after it.
// An office stands behind one address, so each of the staff has their own once they were
// identified.
type limiter struct {
	now       func() time.Time
	perSecond float64
	burst     float64

	mu    sync.Mutex
	by    map[string]*bucket
	staff map[string]string // user ids by tokens that were theirs
}

// maxKnown bounds the tokens that are remembered.
const maxKnown = 10_000

// knows remembers whose a token is. That it may have ended since does no harm: it opens
// nothing, and what asks with it is counted.
func (l *limiter) knows(token, user string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.staff[token] == user {
		return
	}
	if len(l.staff) >= maxKnown {
		clear(l.staff)
	}
	l.staff[token] = user
}

// whose is who a request counts for.
func (l *limiter) whose(r *http.Request) string {
	token := bearer(r)
	if token == "" {
		if c, err := r.Cookie(cookieName); err == nil {
			token = c.Value
		}
	}
	if token != "" {
		l.mu.Lock()
		defer l.mu.Unlock()
		if u, ok := l.staff[token]; ok {
			return u
		}
	}
	return remoteIP(r)
}

type bucket struct {
	left float64
	at   time.Time
}

const (
	loginCost  = 3 // requests: it is work to look at a password; see lockout for guesses
	maxBuckets = 50_000
)

func newLimiter(now func() time.Time, perSecond float64) *limiter {
	return &limiter{now: now, perSecond: perSecond, burst: 10 * perSecond, by: map[string]*bucket{}, staff: map[string]string{}}
}

func (l *limiter) take(address, method, path string) bool {
	cost := 1.0
	if path == "/v1/login" && method == http.MethodPost {
		cost = loginCost
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.by[address]
	if b == nil {
		if len(l.by) >= maxBuckets {
			l.forget(now)
		}
		b = &bucket{left: l.burst, at: now}
		l.by[address] = b
	}
	b.left = min(l.burst, b.left+l.perSecond*now.Sub(b.at).Seconds())
	b.at = now
	if b.left < cost {
		return false
	}
	b.left -= cost
	return true
}

// forget drops the buckets that are full again, and all when that helps nothing.
func (l *limiter) forget(now time.Time) {
	for a, b := range l.by {
		if b.left+l.perSecond*now.Sub(b.at).Seconds() >= l.burst {
			delete(l.by, a)
		}
	}
	if len(l.by) >= maxBuckets {
		clear(l.by)
	}
}
