package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"parley/dialog/store"
)

// What was kept is told, whether or not its sender is still there.
func TestWhatFollowsIsDoneForThoseWhoHaveGone(t *testing.T) {
	ctx, gone := context.WithCancel(context.WithValue(t.Context(), whoKey{}, who{ip: "here"}))
	gone()
	done := false
	after(ctx, func(ctx context.Context) {
		done = true
		if err := ctx.Err(); err != nil {
			t.Error("it ends with the request:", err)
		}
		if caller(ctx).ip != "here" {
			t.Error("nobody knows any more whose request it was")
		}
	})
	if !done {
		t.Error("not done")
	}
}

// answers are none yet.
type answers struct{ Records }

// Once implements part of Records.
func (answers) Once(ctx context.Context, _, _ string, f func(context.Context) (store.Answer, error)) (store.Answer, bool, error) {
	a, err := f(ctx)
	return a, false, err
}

// What runs beside transactions runs once at a time under a key; another key, or the same
// one later, runs. Seating audio is kept by no transaction, with a key or without.
func TestTheSameKeyAtOnce(t *testing.T) {
	s := &Server{o: Options{Records: answers{}, Logger: slog.New(slog.DiscardHandler)}}
	inside, go1 := make(chan struct{}), make(chan struct{})
	h := s.once(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/calls/c/legs" {
			if _, kept := r.Context().Value(deferredKey{}).(*deferred); kept {
				t.Error("seated in a transaction")
			}
			return
		}
		if r.Header.Get("Idempotency-Key") == "a" {
			inside <- struct{}{}
			<-go1
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	post := func(path, key string) int {
		r := httptest.NewRequest(http.MethodPost, path, nil)
		r.Header.Set("Idempotency-Key", key)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if code := post("/v1/offers/o/accept", "a"); code != http.StatusAccepted {
			t.Error("the first: ", code)
		}
	})
	<-inside
	if code := post("/v1/offers/o/accept", "a"); code != http.StatusConflict {
		t.Error("the same at once: ", code)
	}
	if code := post("/v1/offers/o/accept", "b"); code != http.StatusAccepted {
		t.Error("another: ", code)
	}
	close(go1)
	wg.Wait()
	go func() { <-inside }()
	if code := post("/v1/offers/o/accept", "a"); code != http.StatusAccepted {
		t.Error("later: ", code)
	}
	if code := post("/v1/calls/c/legs", "a"); code != http.StatusOK {
		t.Error("a leg: ", code)
	}
}
