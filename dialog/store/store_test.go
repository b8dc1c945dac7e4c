package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"

	"parley/dialog"
	"parley/dialog/store"
)

// both runs a suite on SQLite and on a PostgreSQL of its own.
func both(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { f(t, open(t, "")) })
	t.Run("PostgreSQL", func(t *testing.T) { f(t, open(t, postgres(t))) })
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url, Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func begin(t *testing.T, s *store.Store) dialog.ConversationID {
	t.Helper()
	id, token, err := s.Create(t.Context(), store.NewConversation{Locale: "en", Name: "Lee"})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.ByToken(t.Context(), token); err != nil || c.ID != id {
		t.Fatal(c.ID, err)
	}
	return id
}

func TestEventsAreNumbered(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		id := begin(t, s)
		ctx := context.Background()
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for range 25 {
					rs, err := s.Append(ctx, id, 0, dialog.Record{Type: "a", Data: []byte(`{}`)}, dialog.Record{Type: "b", Data: json.RawMessage(fmt.Sprintf(`{"w":%d}`, w))})
					if err != nil || rs[1].Seq != rs[0].Seq+1 {
						t.Errorf("%v %v", rs, err)
						return
					}
				}
			})
		}
		wg.Wait()
		seen := int64(0)
		for {
			rs, err := s.Since(ctx, id, seen, 33)
			if err != nil {
				t.Fatal(err)
			}
			if len(rs) == 0 {
				break
			}
			for _, r := range rs {
				if r.Seq != seen+1 {
					t.Fatalf("%d after %d", r.Seq, seen)
				}
				seen = r.Seq
			}
		}
		if seen != 400 {
			t.Errorf("%d events of 400", seen)
		}
		if _, err := s.Append(ctx, "nobody", 0, dialog.Record{Type: "a", Data: []byte(`{}`)}); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestAStaleOwnerIsRefused(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s)
		first, err := s.Claim(ctx, id)
		if err != nil || first < 1 {
			t.Fatal(first, err)
		}
		second, err := s.Claim(ctx, id)
		if err != nil || second <= first {
			t.Fatal(second, err)
		}
		r := dialog.Record{Type: "a", Data: []byte(`{}`)}
		if _, err := s.Append(ctx, id, first, r); !errors.Is(err, dialog.ErrStale) {
			t.Error("the first owner still writes:", err)
		}
		if err := s.SaveOpen(ctx, id, first, &dialog.Turn{ID: "t1", Text: "stale"}); err != nil {
			t.Error(err)
		}
		for _, epoch := range []int64{second, 0} { // the owner, and the customer's side
			if _, err := s.Append(ctx, id, epoch, r); err != nil {
				t.Error(epoch, err)
			}
		}
		if rs, _ := s.Since(ctx, id, 0, 10); len(rs) != 2 || rs[1].Seq != 2 {
			t.Errorf("a refused write left something: %+v", rs)
		}
		if turns, _, err := s.Recover(ctx); turns != 0 || err != nil {
			t.Error("the first owner's open turn was kept:", turns, err)
		}
		if _, err := s.Claim(ctx, "nobody"); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestWorkingMemory(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id, _, err := s.Create(ctx, store.NewConversation{Site: "shop", Locale: "zh-CN", Customer: "c7", Name: "Li"})
		if err != nil {
			t.Fatal(err)
		}
		if k, err := s.Known(ctx, id); err != nil || k.Memo != nil || k.Customer != "c7" || k.Name != "Li" || k.Site != "shop" || k.Locale != "zh-CN" {
			t.Errorf("%+v, %v", k, err)
		}
		first, _ := s.Claim(ctx, id)
		if rs, err := s.Keep(ctx, id, first, []byte(`{"a":1}`), nil, dialog.Record{Type: "a", Data: []byte(`{}`)}); err != nil || len(rs) != 1 || rs[0].Seq != 1 {
			t.Error(rs, err)
		}
		second, _ := s.Claim(ctx, id)
		if _, err := s.Keep(ctx, id, first, []byte(`{"a":2}`), nil, dialog.Record{Type: "a", Data: []byte(`{}`)}); !errors.Is(err, dialog.ErrStale) {
			t.Error("a stale owner wrote:", err)
		}
		if _, err := s.Keep(ctx, id, second, []byte(`{"a":3}`), nil); err != nil {
			t.Error(err)
		}
		if k, _ := s.Known(ctx, id); string(k.Memo) != `{"a":3}` {
			t.Errorf("%s", k.Memo)
		}
		if rs, _ := s.Since(ctx, id, 0, 10); len(rs) != 1 {
			t.Errorf("%+v", rs)
		}
		if _, err := s.Known(ctx, "nobody"); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
	})
}

func TestCrashIsRecovered(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s)
		if _, err := s.StartCall(ctx, store.Call{ID: "call_1", Conversation: id, Via: "web", Direction: "in"}); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveOpen(ctx, id, 0, &dialog.Turn{ID: "t1", From: dialog.Bot, Via: dialog.ViaVoice, Text: "Your order", Cut: true}); err != nil {
			t.Fatal(err)
		}
		turns, calls, err := s.Recover(ctx)
		if err != nil || turns != 1 || calls != 1 {
			t.Fatal(turns, calls, err)
		}
		rs, _ := s.Since(ctx, id, 0, 10)
		var m dialog.MessageData
		if len(rs) != 3 || json.Unmarshal(rs[1].Data, &m) != nil || m.Text != "Your order" || !m.Cut || rs[2].Type != dialog.CallEnded {
			t.Errorf("%+v", rs)
		}
		if turns, calls, _ := s.Recover(ctx); turns+calls != 0 {
			t.Error("recovered twice")
		}
	})
}

func TestStaffAndSessions(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if _, err := s.AddUser(ctx, "A@b.example", "A", store.Admin, "long enough"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddUser(ctx, "a@b.example", "A", store.Admin, "long enough"); !errors.Is(err, dialog.ErrConflict) {
			t.Error("twice:", err)
		}
		for _, bad := range [][3]string{{"nothing", store.Agent, "long enough"}, {"c@d.example", "king", "long enough"}, {"c@d.example", store.Agent, "short"}} {
			if _, err := s.AddUser(ctx, bad[0], "", bad[1], bad[2]); err == nil {
				t.Error("taken:", bad)
			}
		}
		token, _, err := s.Login(ctx, "a@B.example", "long enough")
		if err != nil {
			t.Fatal(err)
		}
		if u, err := s.Session(ctx, token); err != nil || u.Role != store.Admin {
			t.Error(u, err)
		}
		for _, c := range [][2]string{{"a@b.example", "wrong"}, {"nobody@b.example", "long enough"}} {
			if _, _, err := s.Login(ctx, c[0], c[1]); !errors.Is(err, store.ErrCredentials) {
				t.Error(c, err)
			}
		}
		if err := s.SetPassword(ctx, "a@b.example", "another one"); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Session(ctx, token); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("the session outlived its password:", err)
		}
	})
}

func TestRatings(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		id := begin(t, s)
		if err := s.Rate(ctx, id, 4, "fine"); err != nil {
			t.Error(err)
		}
		if c, _ := s.Conversation(ctx, id); c.Score != 4 {
			t.Error(c.Score)
		}
		if err := s.Gap(ctx, id, "gap", "what is love"); err != nil {
			t.Error(err)
		}
	})
}

func TestBlobsStayInTheirFolder(t *testing.T) {
	s := open(t, "")
	for _, name := range []string{"../x", "a/b", "", ".hidden", "x\x00"} {
		if _, err := s.Blobs.Create(name); !errors.Is(err, dialog.ErrNotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
	w, err := s.Blobs.Create("call_1.ogg")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, "audio")
	if _, err := s.Blobs.Create("call_1.ogg"); !errors.Is(err, dialog.ErrConflict) {
		t.Error(err)
	}
	r, err := s.Blobs.Open("call_1.ogg")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(r)
	_ = r.Close()
	_ = w.Close()
	if string(b) != "audio" {
		t.Errorf("%q", b)
	}
	if s.Blobs.Delete("call_1.ogg") != nil || s.Blobs.Delete("call_1.ogg") != nil {
		t.Error("delete")
	}
}
