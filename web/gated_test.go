package web

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// What is too much is told to come again, and nothing else waits behind it.
func TestTooManyMessagesAreShed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{writers: newGate(1)}
		release, err := s.writers.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h := s.gated(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
		ask := func(method, path string) int {
			w := httptest.NewRecorder()
			h.ServeHTTP(&status{ResponseWriter: w}, by(who{conversation: "c"}, httptest.NewRequest(method, path, nil)))
			if w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "" {
				t.Error("it does not say when to come again")
			}
			return w.Code
		}
		const messages = "/v1/conversations/c/messages"
		if code := ask(http.MethodPost, messages); code != http.StatusServiceUnavailable {
			t.Error("one too many:", code)
		}
		if code := ask(http.MethodGet, messages); code != http.StatusAccepted {
			t.Error("reading waits behind writing:", code)
		}
		if code := ask(http.MethodPost, "/v1/conversations/c/typing"); code != http.StatusAccepted {
			t.Error("typing waits behind writing:", code)
		}
		release()
		for range 3 {
			if code := ask(http.MethodPost, messages); code != http.StatusAccepted {
				t.Error("there is room again:", code)
			}
		}
	})
}

func by(w who, r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), whoKey{}, w))
}

// deadlines remembers until when its request may be read.
type deadlines struct {
	*httptest.ResponseRecorder
	set []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.set = append(d.set, t)
	return nil
}

// Who sends a message slowly, or may send none, keeps nobody from writing.
func TestASlowMessageHoldsNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{writers: newGate(1)}
		h := s.gated(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			w.WriteHeader(http.StatusAccepted)
			_, _ = w.Write(b)
		}))
		const messages = "/v1/conversations/c/messages"
		ask := func(who who, body io.Reader) *deadlines {
			w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
			h.ServeHTTP(w, by(who, httptest.NewRequest(http.MethodPost, messages, body)))
			return w
		}
		body, drip := io.Pipe()
		slow := make(chan *deadlines)
		go func() { slow <- ask(who{conversation: "c"}, body) }()
		_, _ = io.WriteString(drip, "sl")
		synctest.Wait()
		if w := ask(who{conversation: "d"}, nil); w.Code != http.StatusAccepted {
			t.Error("another one waits for it:", w.Code)
		}
		_, _ = io.WriteString(drip, "ow")
		_ = drip.Close()
		w := <-slow
		if w.Code != http.StatusAccepted || w.Body.String() != "slow" {
			t.Error("the slow one itself:", w.Code, w.Body)
		}
		if len(w.set) != 2 || !w.set[0].Equal(time.Now().Add(bodyIn)) || !w.set[1].IsZero() {
			t.Error("until when it may come:", w.set)
		}
		never, _ := io.Pipe()
		if w := ask(who{}, never); w.Code != http.StatusUnauthorized {
			t.Error("without a token:", w.Code)
		}
	})
}
