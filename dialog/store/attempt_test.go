package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

func TestAttemptsAreCounted(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		for i, by := range []int{1, 1, -1, 1, 0} {
			n, err := s.Attempt(t.Context(), "c", "proof", by)
			if want := []int{1, 2, 1, 2, 2}[i]; n != want || err != nil {
				t.Error(n, want, err)
			}
		}
		if n, _ := s.Attempt(t.Context(), "c", "send", 1); n != 1 {
			t.Error("another kind:", n)
		}
	})
}

// What a reply wants done goes with its turn, or not at all.
func TestWhatIsKeptWithATurn(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id, _, err := s.Create(ctx, store.NewConversation{})
		if err != nil {
			t.Fatal(err)
		}
		old, _ := s.Claim(ctx, id)
		epoch, _ := s.Claim(ctx, id)
		packet := func(ctx context.Context) error {
			if err := s.UpdateProfile(ctx, dialog.Person{}, nil); !errors.Is(err, dialog.ErrNotFound) {
				t.Error(err)
			}
			return s.AddHandoff(ctx, id, "customer", json.RawMessage(`{}`), time.Time{})
		}
		turn := dialog.Record{Type: dialog.MessageCreated, Data: []byte(`{}`)}
		if _, err := s.Keep(ctx, id, old, nil, packet, turn); !errors.Is(err, dialog.ErrStale) {
			t.Error(err)
		}
		if _, err := s.HandoffOf(ctx, id); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("a packet of a turn that was refused:", err)
		}
		if _, err := s.Keep(ctx, id, epoch, []byte(`{"a":1}`), packet, turn); err != nil {
			t.Error(err)
		}
		if _, err := s.Keep(ctx, id, epoch, nil, func(ctx context.Context) error {
			_, err := s.HandoffOf(ctx, id)
			return err
		}); err != nil {
			t.Error(err)
		}
		broken := errors.New("broken")
		if _, err := s.Keep(ctx, id, epoch, []byte(`{"b":1}`), func(context.Context) error { return broken }, turn); !errors.Is(err, broken) {
			t.Error(err)
		}
		if k, _ := s.Known(ctx, id); string(k.Memo) != `{"a":1}` {
			t.Errorf("the memory is not as it was: %s", k.Memo)
		}
	})
}

// A customer is forgotten wherever the customer was shown to be speaking, and no other of
// the same name.
func TestForgettingByWhoWasIdentified(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		var ids []dialog.ConversationID
		for i, n := range []store.NewConversation{{}, {}, {Site: "shop", Customer: "cus_lee"}, {Site: "other", Customer: "cus_lee"}} {
			id, _, err := s.Create(ctx, n)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
			if i < 2 {
				if err := errors.Join(s.Identify(ctx, id, dialog.Person{Space: dialog.Systems, ID: "cus_lee"}), s.Identify(ctx, id, dialog.Person{Space: dialog.Systems, ID: "cus_lee"})); err != nil {
					t.Fatal(err)
				}
			}
		}
		if _, err := s.Attempt(ctx, ids[1], "proof", 1); err != nil {
			t.Fatal(err)
		}
		for _, space := range []string{dialog.Systems, dialog.SiteSpace("shop"), dialog.SiteSpace("other")} {
			if err := s.UpdateProfile(ctx, dialog.Person{Space: space, ID: "cus_lee"}, func(json.RawMessage) (json.RawMessage, error) { return []byte(`{}`), nil }); err != nil {
				t.Fatal(err)
			}
		}
		if all, err := s.Together(ctx, ids[0]); err != nil || len(all) != 2 {
			t.Error(all, err)
		}
		cert, err := s.Forget(ctx, ids[0], "x")
		if err != nil || cert.Removed.Conversations != 2 || cert.Removed.Profiles != 1 {
			t.Errorf("%+v %v", cert, err)
		}
		if n, _ := s.Attempt(ctx, ids[1], "proof", 0); n != 0 {
			t.Error("attempts are left")
		}
		if err := s.Identify(ctx, ids[1], dialog.Person{Space: dialog.Systems, ID: "cus_lee"}); !errors.Is(err, dialog.ErrClosed) {
			t.Error(err)
		}
		if cert, err = s.Forget(ctx, ids[2], "x"); err != nil || cert.Removed.Conversations != 1 || cert.Removed.Profiles != 1 {
			t.Errorf("%+v %v", cert, err)
		}
		if b, err := s.Profile(ctx, dialog.Person{Space: dialog.SiteSpace("other"), ID: "cus_lee"}); b == nil {
			t.Error("the other site's was forgotten:", err)
		}
	})
}
