package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"parley/dialog"
	"parley/dialog/store"
)

// maxKey bounds an Idempotency-Key, in bytes.
const maxKey = 200

// once lets a POST with an Idempotency-Key happen once: what it changes and its
// answer are kept in one transaction. SDP offers, audio that is seated in a call (no
// transaction takes it out again) and signing in are exempt; a tool is
// tried once by the outbox, which needs no transaction while the system takes its time.
func (s *Server) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if r.Method != http.MethodPost || key == "" || kind == "application/sdp" || r.URL.Path == "/v1/login" || strings.HasPrefix(r.URL.Path, toolsPath) || joins(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		if apart(r.URL.Path) {
			s.apartOnce(w, r, next, key)
			return
		}
		if len(key) > maxKey {
			s.fail(w, invalid("header.Idempotency-Key", "expected at most 200 characters", nil))
			return
		}
		body, err := whole(w, r)
		if err != nil {
			s.fail(w, err)
			return
		}
		s.repeatable(w, r, next, key, kind, body)
	})
}

func (s *Server) repeatable(w http.ResponseWriter, r *http.Request, next http.Handler, key, kind string, body []byte) {
	who := caller(r.Context())
	whose := who.token
	if whose == "" { // nobody else's answer is given to a stranger with the same key
		whose = "address " + who.ip
	}
	later := &deferred{}
	var refused *recorder
	a, _, err := s.o.Records.Once(r.Context(), whose+"\x00"+r.URL.Path+"\x00"+key, kind+"\x00"+string(body), func(ctx context.Context) (store.Answer, error) {
		rec := &recorder{head: http.Header{}}
		q := r.WithContext(context.WithValue(ctx, deferredKey{}, later))
		q.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(rec, q)
		if rec.code >= 400 {
			refused = rec
			return store.Answer{}, errRefused
		}
		return store.Answer{Status: rec.code, Body: rec.body.String(), Location: rec.head.Get("Location")}, nil
	})
	switch {
	case errors.Is(err, errRefused):
		refused.replay(w)
	case errors.Is(err, store.ErrRunning):
		w.Header().Set("Retry-After", "1")
		s.fail(w, huma.Error409Conflict(err.Error()))
	case errors.Is(err, dialog.ErrConflict):
		s.fail(w, huma.Error422UnprocessableEntity("this Idempotency-Key was used for another request",
			&huma.ErrorDetail{Location: "header.Idempotency-Key", Message: "used before with another body"}))
	case err != nil:
		s.fail(w, err)
	default:
		later.run(context.WithoutCancel(r.Context()))
		if a.Body != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		if a.Location != "" {
			w.Header().Set("Location", a.Location)
		}
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, a.Body)
	}
}

var errRefused = errors.New("web: refused")

// deferred is what is to be done once a request's changes are kept.
type deferred struct{ todo []func(context.Context) }

type deferredKey struct{}

func (d *deferred) run(ctx context.Context) {
	for _, f := range d.todo {
		f(ctx)
	}
}

// after does f when what ctx's request changed is kept: at once, or after the
// transaction of once. Publishing and waking belong there; f is done whether or not the
// caller waits for it.
func after(ctx context.Context, f func(context.Context)) {
	if d, ok := ctx.Value(deferredKey{}).(*deferred); ok {
		d.todo = append(d.todo, f)
		return
	}
	f(context.WithoutCancel(ctx))
}

// recorder keeps an answer until it may be given.
type recorder struct {
	head http.Header
	code int
	body bytes.Buffer
}

// Header implements http.ResponseWriter.
func (r *recorder) Header() http.Header { return r.head }

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
	}
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

func (r *recorder) replay(w http.ResponseWriter) {
	for k, v := range r.head {
		w.Header()[k] = v
	}
	w.WriteHeader(r.code)
	_, _ = w.Write(r.body.Bytes())
}

// joins tells who seats audio in a call.
func joins(path string) bool {
	return strings.HasPrefix(path, "/v1/calls/") && strings.HasSuffix(path, "/legs")
}

// running are requests that are being done, by their key.
type running struct {
	mu    sync.Mutex
	names map[string]bool
}

// begin reports whether nobody does it yet; who begins ends it.
func (r *running) begin(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.names[name] {
		return false
	}
	if r.names == nil {
		r.names = map[string]bool{}
	}
	r.names[name] = true
	return true
}

func (r *running) end(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.names, name)
}

// errNotYet ends a look for an answer that there is none of.
var errNotYet = errors.New("web: not answered yet")

// apartOnce is once for what must not run in a transaction of ours, and does no harm when
// it runs again: the first answer is kept after it.
func (s *Server) apartOnce(w http.ResponseWriter, r *http.Request, next http.Handler, key string) {
	if len(key) > maxKey {
		s.fail(w, invalid("header.Idempotency-Key", "expected at most 200 characters", nil))
		return
	}
	body, err := whole(w, r)
	if err != nil {
		s.fail(w, err)
		return
	}
	name := caller(r.Context()).token + "\x00" + r.URL.Path + "\x00" + key
	if !s.doing.begin(name) {
		w.Header().Set("Retry-After", "1")
		s.fail(w, huma.Error409Conflict(store.ErrRunning.Error()))
		return
	}
	defer s.doing.end(name)
	var rec *recorder
	a, _, err := s.o.Records.Once(r.Context(), name, string(body), func(context.Context) (store.Answer, error) { return store.Answer{}, errNotYet })
	if errors.Is(err, errNotYet) {
		rec = &recorder{head: http.Header{}}
		q := r.Clone(r.Context())
		q.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(rec, q)
		if rec.code >= 400 {
			rec.replay(w)
			return
		}
		a, _, err = s.o.Records.Once(r.Context(), name, string(body), func(context.Context) (store.Answer, error) {
			return store.Answer{Status: rec.code, Body: rec.body.String()}, nil
		})
	}
	switch {
	case errors.Is(err, dialog.ErrConflict):
		s.fail(w, huma.Error422UnprocessableEntity("this Idempotency-Key was used for another request",
			&huma.ErrorDetail{Location: "header.Idempotency-Key", Message: "used before with another body"}))
	case err != nil && rec != nil: // it was done, and only its answer is not kept
		rec.replay(w)
	case err != nil:
		s.fail(w, err)
	default:
		if a.Body != "" {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, a.Body)
	}
}
