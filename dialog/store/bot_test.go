package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/store"
)

func TestBotSettingsKeepEveryVersion(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		if v, err := s.Bot(ctx); err != nil || v.Version != 0 || v.Settings != nil {
			t.Fatal(v, err)
		}
		one := &store.BotSettings{Name: "One", Rules: []string{"be brief"}, Handoff: &store.HandoffRules{Topics: map[string]string{"退款": "refund"}}}
		for i, set := range []*store.BotSettings{one, {Name: "Two"}} {
			if v, err := s.PutBot(ctx, set, "user_1"); err != nil || v.Version != int64(i+1) {
				t.Fatal(v, err)
			}
		}
		if v, err := s.RestoreBot(ctx, 1, "user_2"); err != nil || v.Version != 3 || !reflect.DeepEqual(v.Settings, one) || v.By != "user_2" {
			t.Error(v, err)
		}
		before, err := s.SettingsStamp(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := s.RestoreBot(ctx, 0, "user_2"); err != nil || v.Version != 4 || v.Settings != nil {
			t.Error("back to the file:", v, err)
		}
		if after, err := s.SettingsStamp(ctx); err != nil || after == before {
			t.Error("the stamp did not change:", after, err)
		}
		if _, err := s.RestoreBot(ctx, 99, ""); !errors.Is(err, dialog.ErrNotFound) {
			t.Error(err)
		}
		if vs, err := s.BotVersions(ctx, 4, 2); err != nil || len(vs) != 2 || vs[0].Version != 3 || vs[1].Version != 2 || vs[1].Settings.Name != "Two" {
			t.Error(vs, err)
		}
	})
}

func TestEngineKeysAreSealed(t *testing.T) {
	folder := t.TempDir()
	s, err := store.Open(t.Context(), store.Options{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	want := []store.EngineSetting{{ID: "a", Engine: "openai", URL: "https://x.example/v1", Key: "sk-very-secret", Languages: []string{"en"}}, {ID: "b", Engine: "offline"}}
	if err := s.PutEngines(ctx, "llm", want, "user_1"); err != nil {
		t.Fatal(err)
	}
	if rs, err := s.Engines(ctx); err != nil || len(rs) != 1 || !reflect.DeepEqual(rs[0].Engines, want) || rs[0].By != "user_1" {
		t.Error(rs, err)
	}
	if err := s.Close(); err != nil { // the log is written into the database
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "parley.db*"))
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || strings.Contains(string(b), "sk-very-secret") {
			t.Error(f, "holds the key, or", err)
		}
	}
	key := filepath.Join(folder, "keys", "settings.key")
	if i, err := os.Stat(key); err != nil || i.Mode().Perm() != 0o600 || i.Size() != 32 {
		t.Error(i, err)
	}
	// Without its key file the rest is still there, and says that a key is lost.
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, folder)
	if rs, err := s.Engines(ctx); err != nil || !rs[0].Engines[0].Lost || rs[0].Engines[0].Key != "" || rs[0].Engines[0].URL != want[0].URL {
		t.Error(rs, err)
	}
	if err := s.PutEngines(ctx, "llm", nil, "user_1"); err != nil {
		t.Fatal(err)
	}
	if rs, err := s.Engines(ctx); err != nil || len(rs) != 0 {
		t.Error("not back to the file:", rs, err)
	}
}

func reopen(t *testing.T, folder string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStaffIsChangedAndTheLastAdminStays(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		a, err := s.AddUser(ctx, "a@b.example", "A", store.Admin, "long enough")
		if err != nil {
			t.Fatal(err)
		}
		agent, admin, password := store.Agent, store.Admin, "another long one"
		if _, err := s.ChangeUser(ctx, a.ID, store.UserChange{Role: &agent}); !errors.Is(err, store.ErrLastAdmin) {
			t.Error("nobody administers any more:", err)
		}
		if err := s.DeleteUser(ctx, a.ID); !errors.Is(err, store.ErrLastAdmin) {
			t.Error("nobody administers any more:", err)
		}
		b, err := s.AddUser(ctx, "b@b.example", "B", store.Agent, "long enough")
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := s.Login(ctx, "b@b.example", "long enough")
		if err != nil {
			t.Fatal(err)
		}
		skills := []string{"billing", "zh"}
		if u, err := s.ChangeUser(ctx, b.ID, store.UserChange{Role: &admin, Skills: &skills}); err != nil || u.Role != store.Admin || !reflect.DeepEqual(u.SkillNames(), skills) || u.Name != "B" {
			t.Error(u, err)
		}
		if _, err := s.Session(ctx, token); err != nil {
			t.Error("a new role ended the session:", err)
		}
		if _, err := s.ChangeUser(ctx, b.ID, store.UserChange{Password: &password}); err != nil {
			t.Error(err)
		}
		if _, err := s.Session(ctx, token); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("the session outlived its password:", err)
		}
		if token, _, err = s.Login(ctx, "b@b.example", password); err != nil {
			t.Fatal(err)
		}
		if err := s.EndSession(ctx, token); err != nil {
			t.Error(err)
		}
		if _, err := s.Session(ctx, token); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("signed out and still in:", err)
		}
		if err := s.DeleteUser(ctx, a.ID); err != nil {
			t.Error(err)
		}
		if us, err := s.Users(ctx, "", 10); err != nil || len(us) != 1 || us[0].ID != b.ID {
			t.Error(us, err)
		}
		bad := "king"
		if _, err := s.ChangeUser(ctx, b.ID, store.UserChange{Role: &bad}); !errors.Is(err, store.ErrUser) {
			t.Error(err)
		}
	})
}

func TestTheTrailIsRead(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		u, err := s.AddUser(ctx, "a@b.example", "Ada", store.Admin, "long enough")
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range []string{"bot.put", "user.create", "bot.restore"} {
			if err := s.Audit(ctx, u.ID, what, "192.0.2.1", map[string]int{"version": 1}); err != nil {
				t.Fatal(err)
			}
		}
		all, err := s.Trail(ctx, store.Deeds{Limit: 10})
		if err != nil || len(all) != 3 || all[0].What != "bot.restore" || all[0].Name != "Ada" || all[0].Source != "192.0.2.1" || string(all[0].Data) != `{"version":1}` {
			t.Fatalf("%+v %v", all, err)
		}
		if rest, err := s.Trail(ctx, store.Deeds{Before: all[0].ID, Limit: 10}); err != nil || len(rest) != 2 || rest[0].ID != all[1].ID {
			t.Error(rest, err)
		}
		if bot, err := s.Trail(ctx, store.Deeds{What: "bot.", Limit: 10}); err != nil || len(bot) != 2 {
			t.Error(bot, err)
		}
		if none, err := s.Trail(ctx, store.Deeds{Who: "user_nobody", Limit: 10}); err != nil || len(none) != 0 {
			t.Error(none, err)
		}
	})
}
