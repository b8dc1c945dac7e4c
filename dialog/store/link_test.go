package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

func TestLinks(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id, _, err := s.Create(ctx, store.NewConversation{})
		if err != nil {
			t.Fatal(err)
		}
		add := func(lasts time.Duration) string {
			token, err := s.AddLink(ctx, store.Link{Conversation: id, Call: "call_1", Language: "zh-CN"}, lasts)
			if err != nil || len(token) < 20 {
				t.Fatal(token, err)
			}
			return token
		}
		first := add(time.Minute)
		if l, err := s.LinkBy(ctx, first); err != nil || l.Conversation != id || l.Language != "zh-CN" || l.Token == first {
			t.Errorf("%+v %v", l, err)
		}
		if _, err := s.LinkBy(ctx, first+"x"); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("of nobody: ", err)
		}
		if err := s.UseLink(ctx, first+"x", 1); !errors.Is(err, dialog.ErrClosed) {
			t.Error("of nobody, used: ", err)
		}

		// However many come at once, six do.
		var came atomic.Int64
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := s.UseLink(ctx, first, 2); err == nil {
					came.Add(2)
				} else if !errors.Is(err, dialog.ErrClosed) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := came.Load(); n != store.MaxLinked {
			t.Errorf("%d pictures came", n)
		}
		if _, err := s.LinkBy(ctx, first); !errors.Is(err, dialog.ErrClosed) {
			t.Error("used up: ", err)
		}

		second := add(time.Minute)
		third := add(time.Hour) // ends the one before
		if _, err := s.LinkBy(ctx, second); !errors.Is(err, dialog.ErrClosed) {
			t.Error("replaced: ", err)
		}
		if err := s.CurtailLinks(ctx, "call_other", 0); err != nil {
			t.Error(err)
		}
		if _, err := s.LinkBy(ctx, third); err != nil {
			t.Error(err)
		}
		if err := s.CurtailLinks(ctx, "call_1", 0); err != nil {
			t.Error(err)
		}
		if err := s.UseLink(ctx, third, 1); !errors.Is(err, dialog.ErrClosed) {
			t.Error("after the call: ", err)
		}
		if n, err := s.SweepLinks(ctx, time.Now().Add(-time.Hour)); n != 0 || err != nil {
			t.Error(n, err)
		}
		if n, err := s.SweepLinks(ctx, time.Now().Add(time.Hour)); n != 3 || err != nil {
			t.Error(n, err)
		}

		fourth := add(time.Minute)
		if _, err := s.Forget(ctx, id, "customer"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.LinkBy(ctx, fourth); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("forgotten: ", err)
		}
		if _, err := s.AddLink(ctx, store.Link{Conversation: id}, time.Minute); !errors.Is(err, dialog.ErrClosed) {
			t.Error("of a forgotten conversation: ", err)
		}
	})
}
