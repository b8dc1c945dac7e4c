package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

func TestKeys(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		k, token, err := s.AddKey(ctx, "CRM", store.Supervisor, "user_1", time.Time{})
		if err != nil || !strings.HasPrefix(token, store.KeyPrefix) || k.Token == token {
			t.Fatal(k, token, err)
		}
		u, err := s.ByKey(ctx, token)
		if err != nil || u.ID != k.ID || u.Role != store.Supervisor || u.Name != "CRM" {
			t.Fatalf("%+v %v", u, err)
		}
		if ks, err := s.Keys(ctx); err != nil || len(ks) != 1 || ks[0].Used == 0 {
			t.Errorf("%+v %v", ks, err)
		}
		_, brief, err := s.AddKey(ctx, "brief", store.Agent, "user_1", time.Now().Add(20*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		for err == nil && ctx.Err() == nil {
			_, err = s.ByKey(ctx, brief)
		}
		for _, wrong := range []string{brief, token + "x", strings.TrimPrefix(token, store.KeyPrefix), ""} {
			if _, err := s.ByKey(ctx, wrong); !errors.Is(err, dialog.ErrNotFound) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		if err := s.DeleteKey(ctx, k.ID); err != nil {
			t.Error(err)
		}
		if _, err := s.ByKey(ctx, token); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("it opens after its end:", err)
		}
		if err := s.DeleteKey(ctx, k.ID); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
	})
}
