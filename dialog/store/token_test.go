package store_test

import (
	"sync"
	"testing"

	"parley/dialog"
	"parley/dialog/store"
)

func TestACustomersDevicesShareAConversation(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		resume := func(n store.NewConversation) (dialog.ConversationID, string, bool) {
			t.Helper()
			id, token, resumed, err := s.Resume(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			if c, err := s.ByToken(t.Context(), token); err != nil || c.ID != id {
				t.Fatalf("the token opens %q, not %q: %v", c.ID, id, err)
			}
			return id, token, resumed
		}
		lee := store.NewConversation{Site: "shop", Customer: "lee", Locale: "en"}
		first, token1, resumed := resume(lee)
		if resumed {
			t.Error("resumed what was not there")
		}
		again, token2, resumed := resume(lee)
		if again != first || !resumed || token1 == token2 {
			t.Error("a second device:", again, first, resumed)
		}
		for _, n := range []store.NewConversation{{Site: "shop", Customer: "kim"}, {Site: "other", Customer: "lee"}, {Tenant: "t", Site: "shop", Customer: "lee"}, {Site: "shop"}, {Site: "shop"}} {
			if id, _, resumed := resume(n); id == first || resumed {
				t.Errorf("%+v was given another's conversation", n)
			}
		}
		newest, _, err := s.Create(t.Context(), lee)
		if err != nil {
			t.Fatal(err)
		}
		if id, _, _ := resume(lee); id != newest {
			t.Error("not the newest")
		}
		if _, err := s.CloseConversation(t.Context(), newest, store.Closing{}); err != nil {
			t.Fatal(err)
		}
		if id, _, _ := resume(lee); id != first {
			t.Error("not the newest that is open")
		}
		for range 20 {
			resume(lee)
		}
		if _, err := s.ByToken(t.Context(), token2); err == nil {
			t.Error("tokens without end")
		}
		if c, err := s.ByToken(t.Context(), token1); err != nil || c.ID != first {
			t.Error("the first token is the conversation's own:", err)
		}
		if _, err := s.Forget(t.Context(), first, "customer"); err != nil {
			t.Fatal(err)
		}
		if id, _, resumed := resume(lee); resumed || id == first {
			t.Error("a forgotten conversation is resumed")
		}
		// Many devices that wake at once.
		var wg sync.WaitGroup
		ids := make([]dialog.ConversationID, 8)
		for i := range ids {
			wg.Go(func() { ids[i], _, _, _ = s.Resume(t.Context(), store.NewConversation{Site: "shop", Customer: "rush"}) })
		}
		wg.Wait()
		for _, id := range ids {
			if id == "" || id != ids[0] {
				t.Error(ids)
				break
			}
		}
	})
}
