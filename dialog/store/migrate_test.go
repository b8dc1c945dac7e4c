package store_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pressly/goose/v3"

	"parley/dialog"
	"parley/dialog/store"
)

// came are the migrations in the order in which they came to main. Number 2 was given twice.
var came = []string{"00001_begin", "testdata/00002_find", "00005_memo", "00006_usage", "00003_outbox", "00007_people", "00002_knowledge", "00004_bot"}

// former is a database as an earlier commit of main left it, with what it held.
func former(t *testing.T, files []string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := fstest.MapFS{}
	for _, name := range files { // one commit after another
		path := name + ".sql"
		if !strings.Contains(name, "/") {
			path = "migrations/" + path
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(path)] = &fstest.MapFile{Data: b}
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, fs.FS(all))
	if err == nil {
		_, err = p.Up(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO conversations (id, tenant, token, site, customer, created, updated) VALUES ('conv_1', 'default', 'x', 'shop', 'cus_lee', 1, 1);
		INSERT INTO conversations (id, tenant, token, created, updated) VALUES ('conv_2', 'default', 'y', 1, 1);
		INSERT INTO events (conversation, seq, tenant, type, at, body) VALUES ('conv_1', 1, 'default', 'message.created', 1, '{"text":"hello"}')`); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestADatabaseOfAnyEarlierCommitIsUpgraded(t *testing.T) {
	for n := 1; n <= len(came); n++ {
		files := append([]string{}, came[:n]...)
		if n > 2 { // it was taken away by the next commit; a database of that one commit goes on with it
			files = append(files[:1], files[2:]...)
		}
		folder := former(t, files)
		for range 2 { // the second start finds nothing to do
			s, err := store.Open(t.Context(), store.Options{Folder: folder})
			if err != nil {
				t.Fatalf("%v: %v", files, err)
			}
			rs, err := s.Since(t.Context(), "conv_1", 0, 10)
			if err != nil || len(rs) != 1 {
				t.Errorf("%v: %v %v", files, rs, err)
			}
			if _, err := s.Documents(t.Context(), "", 10); err != nil {
				t.Errorf("%v: %v", files, err)
			}
			if _, err := s.Attempt(t.Context(), "conv_1", "proof", 1); err != nil {
				t.Errorf("%v: %v", files, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// Profiles were kept under one name for both: what each conversation told goes to the
// customer of that conversation.
func TestProfilesAreDividedBySpace(t *testing.T) {
	folder := former(t, append([]string{came[0]}, came[2:]...))
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "parley.db"))
	if err != nil {
		t.Fatal(err)
	}
	body := `{"name":"Lee","facts":[{"kind":"name","text":"of the page","conversation":"conv_1"},{"kind":"note","text":"of the shop","conversation":"conv_2"},{"kind":"note","text":"of nobody","conversation":"conv_9"}],` +
		`"open":[{"text":"owed by the shop","conversation":"conv_2"}]}`
	_, err = db.ExecContext(t.Context(), "INSERT INTO profiles (tenant, customer, body, updated) VALUES ('default', 'cus_lee', ?, 5), ('default', 'broken', '[', 5)", body)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{Folder: folder})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for who, want := range map[dialog.Person]string{
		{Space: dialog.SiteSpace("shop"), ID: "cus_lee"}:  "of the page",
		{Space: dialog.Systems, ID: "cus_lee"}:            "of the shop, owed by the shop",
		{Space: dialog.SiteSpace("other"), ID: "cus_lee"}: "",
		{Space: dialog.Systems, ID: "broken"}:             "",
	} {
		b, err := s.Profile(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		var p struct{ Facts, Open []struct{ Text string } }
		if len(b) > 0 && json.Unmarshal(b, &p) != nil {
			t.Errorf("%s", b)
		}
		var texts []string
		for _, x := range append(p.Facts, p.Open...) {
			texts = append(texts, x.Text)
		}
		if got := strings.Join(texts, ", "); got != want {
			t.Errorf("%v: %q", who, got)
		}
	}
	if err := s.UpdateProfile(t.Context(), dialog.Person{Space: dialog.Systems, ID: "new"}, func(json.RawMessage) (json.RawMessage, error) { return []byte(`{}`), nil }); err != nil {
		t.Error(fmt.Errorf("the table is not as it should be: %w", err))
	}
}
