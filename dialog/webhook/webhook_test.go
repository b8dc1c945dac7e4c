package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/dialog"
	"parley/dialog/store"
	"parley/dialog/webhook"
)

const secret = "whsec of the receiver"

// receiver is the endpoints' side.
type receiver struct {
	mu     sync.Mutex
	got    []post
	answer func(p post, n int) (code int, err error) // n: how often this id came before
	ids    map[string]int
}

type post struct {
	url, id string
	at      time.Time
	event   dialog.Record
	forged  bool
}

func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	b, _ := io.ReadAll(q.Body)
	p := post{url: q.URL.String(), id: q.Header.Get("Parley-Id"), at: time.Now()}
	m := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(m, "%d.%s", p.at.Unix(), b)
	p.forged = q.Header.Get("Parley-Signature") != fmt.Sprintf("t=%d,v1=%s", p.at.Unix(), hex.EncodeToString(m.Sum(nil))) ||
		json.Unmarshal(b, &p.event) != nil || q.Header.Get("Content-Type") != "application/json"
	r.mu.Lock()
	if r.ids == nil {
		r.ids = map[string]int{}
	}
	n := r.ids[p.id]
	r.ids[p.id]++
	r.got = append(r.got, p)
	r.mu.Unlock()
	code, err := http.StatusOK, error(nil)
	if r.answer != nil {
		code, err = r.answer(p, n)
	}
	if err != nil {
		return nil, err
	}
	if q.Context().Err() != nil {
		return nil, q.Context().Err()
	}
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("thanks")), Request: q}, nil
}

func (r *receiver) posts() []post {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]post(nil), r.got...)
}

// house is a store whose events are sent.
type house struct {
	*store.Store
	t    *testing.T
	logs *bytes.Buffer
	ends []webhook.Endpoint
}

func begin(t *testing.T, urls ...string) *house {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h := &house{Store: s, t: t, logs: &bytes.Buffer{}}
	var subs []store.Subscription
	for _, u := range urls {
		e := webhook.Endpoint{URL: u, Secret: secret}
		h.ends, subs = append(h.ends, e), append(subs, e.Subscription())
	}
	if err := s.Subscribe(t.Context(), subs); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) start(r http.RoundTripper) *webhook.Sender {
	s := webhook.New(webhook.Options{Endpoints: h.ends, Journal: h.Store, Transport: r, Logger: slog.New(slog.NewTextHandler(h.logs, nil))})
	s.Start()
	return s
}

func (h *house) talk(n int) dialog.ConversationID {
	h.t.Helper()
	id, _, err := h.Create(h.t.Context(), store.NewConversation{})
	if err != nil {
		h.t.Fatal(err)
	}
	for i := range n {
		if _, err := h.Append(h.t.Context(), id, 0, dialog.Record{Type: dialog.MessageCreated, Data: fmt.Appendf(nil, `{"text":"%d"}`, i)}); err != nil {
			h.t.Fatal(err)
		}
	}
	return id
}

func TestEveryEventComesSignedAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := begin(t, "https://a.example/in?key=hush", "https://b.example/")
		// Every third attempt fails: on the wire, by its status, by an answer that never comes.
		r := &receiver{answer: func(p post, n int) (int, error) {
			switch {
			case n > 0:
				return 204, nil
			case p.event.Seq%3 == 0:
				return 500, nil
			case p.event.Seq%7 == 0:
				return 0, errors.New("connection reset")
			}
			return 200, nil
		}}
		s := h.start(r)
		var ids []dialog.ConversationID
		for range 5 {
			ids = append(ids, h.talk(20))
		}
		time.Sleep(3 * time.Hour)
		s.Close()
		next := map[string]int64{}
		for _, p := range r.posts() {
			if p.forged || p.id == "" {
				t.Fatalf("%+v", p)
			}
			key := p.url + string(p.event.Conversation)
			switch p.event.Seq {
			case next[key] + 1:
				next[key]++
			case next[key]: // again
			default:
				t.Fatalf("%d after %d", p.event.Seq, next[key])
			}
		}
		for _, e := range h.ends {
			for _, id := range ids {
				if n := next[e.URL+string(id)]; n != 20 {
					t.Errorf("%s: %d events of 20", e.URL, n)
				}
			}
		}
		ws, err := h.Webhooks(t.Context())
		for _, e := range h.ends {
			if w := ws[e.ID()]; err != nil || w.Delivered != 100 || w.Waiting != 0 || w.Lost != 0 {
				t.Errorf("%+v %v", w, err)
			}
		}
		if d, again, lost := s.Stats(); d != 200 || again != 2*5*8 || lost != 0 {
			t.Error(d, again, lost)
		}
		if l := h.logs.String(); strings.Contains(l, "hush") || strings.Contains(l, secret) || !strings.Contains(l, "a.example") {
			t.Error("a secret is in the log, or nothing is")
		}
		if e := h.ends[0].Shown(); strings.Contains(e, "hush") || !strings.HasPrefix(e, "https://a.example/in") {
			t.Error(e)
		}
	})
}

func TestADeadEndpointIsGivenUpAndHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := begin(t, "https://dead.example/", "https://slow.example/", "https://well.example/")
		r := &receiver{}
		r.answer = func(p post, _ int) (int, error) {
			switch p.url {
			case "https://dead.example/":
				return 503, nil
			case "https://slow.example/":
				time.Sleep(14 * time.Second)
			}
			return 200, nil
		}
		s := h.start(r)
		began := time.Now()
		h.talk(3)
		time.Sleep(10 * time.Second)
		well := 0
		for _, p := range r.posts() {
			if p.url == "https://well.example/" {
				well++
			}
		}
		if well != 3 {
			t.Errorf("%d events of 3 came within 10 s beside a slow endpoint", well)
		}
		time.Sleep(26 * time.Hour)
		var attempts []time.Duration
		for _, p := range r.posts() {
			if p.url == "https://dead.example/" && p.event.Seq == 1 {
				attempts = append(attempts, p.at.Sub(began).Round(time.Second))
			}
		}
		if n := len(attempts); n < 12 || n > 20 || attempts[1] < 3*time.Second || attempts[1] > 8*time.Second || attempts[n-1] > 24*time.Hour || attempts[n-1] < 12*time.Hour {
			t.Errorf("attempts at %v", attempts)
		}
		lost, _, err := h.Deliveries(t.Context(), true, "", 10)
		if err != nil || len(lost) != 3 || lost[0].Body != "answered 503" {
			t.Error(lost, err)
		}
		if _, _, n := s.Stats(); n != 3 || !strings.Contains(h.logs.String(), "given up") {
			t.Error(n, h.logs)
		}
		r.mu.Lock()
		r.answer = nil
		r.mu.Unlock()
		if err := h.RetryDelivery(t.Context(), lost[0].ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		posts := r.posts()
		if last := posts[len(posts)-1]; last.id != lost[0].ID || last.event.Seq != lost[0].Seq {
			t.Errorf("%+v", last)
		}
		s.Close()
	})
}

func TestAnEndpointThatIsGoneIsTurnedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := begin(t, "https://a.example/")
		r := &receiver{answer: func(post, int) (int, error) { return http.StatusGone, nil }}
		s := h.start(r)
		h.talk(3)
		time.Sleep(time.Minute)
		h.talk(3)
		time.Sleep(26 * time.Hour)
		s.Close()
		ws, err := h.Webhooks(t.Context())
		if w := ws[h.ends[0].ID()]; err != nil || w.Off == 0 || w.Waiting != 0 || len(r.posts()) != 1 {
			t.Errorf("%+v %v, %d attempts", w, err, len(r.posts()))
		}
	})
}

func TestWhatIsBrokenOffIsSentAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := begin(t, "https://a.example/")
		hang := make(chan struct{})
		r := &receiver{answer: func(post, int) (int, error) { <-hang; return 200, nil }}
		s := h.start(r)
		h.talk(1)
		time.Sleep(2 * time.Second)
		time.AfterFunc(time.Second, func() { close(hang) })
		s.Close()
		s = h.start(r)
		time.Sleep(2 * time.Minute)
		s.Close()
		if p := r.posts(); len(p) != 2 || p[0].id != p[1].id {
			t.Errorf("%+v", p)
		}
	})
}

func TestRedirectsAreNotFollowedAndAnswersAreBounded(t *testing.T) {
	inside := make(chan struct{}, 1)
	secretive := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside <- struct{}{} }))
	defer secretive.Close()
	asked, ended := make(chan struct{}, 9), make(chan error, 9)
	var away, endless *httptest.Server
	away = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		http.Redirect(w, q, secretive.URL, http.StatusTemporaryRedirect)
		asked <- struct{}{}
	}))
	defer away.Close()
	endless = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		var err error
		for err == nil {
			_, err = w.Write(make([]byte, 1<<16))
		}
		ended <- err
	}))
	defer endless.Close()
	h := begin(t, away.URL, endless.URL)
	s := h.start(nil)
	defer s.Close()
	h.talk(1)
	<-asked
	<-ended // we did not read on
	id := webhook.Endpoint{URL: away.URL}.ID()
	for {
		ws, err := h.Webhooks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(ws[id].Body, "redirects are not followed") {
			break
		}
		select {
		case <-inside:
			t.Fatal("a redirect was followed")
		case <-time.After(5 * time.Millisecond):
		}
	}
}
