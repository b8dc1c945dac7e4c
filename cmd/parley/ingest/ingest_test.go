package ingest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/dialog"
	"parley/dialog/knowledge"
	"parley/dialog/store"
)

// folder has these files; pairs of name and content.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i+1 < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		err := os.MkdirAll(filepath.Dir(path), 0o700)
		if err == nil {
			err = os.WriteFile(path, []byte(files[i+1]), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func run1(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Run(t.Context(), args, &out)
	return out.String(), err
}

func TestABadFileStopsNoOther(t *testing.T) {
	data := t.TempDir()
	t.Setenv("PARLEY_DATA", data)
	dir := folder(t, "a.md", "# A\nThe first.", "b.docx", "PK\x03\x04 broken", "sub/c.csv", "Model,Price\nAir,99\n", ".git/d.md", "# no", "e.bin", "\x00", "~$f.docx", "x")
	out, err := run1(t, dir)
	if err == nil || !strings.Contains(err.Error(), "1 of 3 failed") {
		t.Error(err)
	}
	for _, want := range []string{"a.md: 1 passages", "b.docx: failed: the file is damaged", "c.csv: 1 passages", "[3/3]", "2 read, 0 unchanged, 1 failed"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	// Again: nothing is read twice. What is gone is removed when that is asked for.
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("# A\nThe first, changed."), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"b.docx", "sub/c.csv"} {
		if err := os.Remove(filepath.Join(dir, f)); err != nil {
			t.Fatal(err)
		}
	}
	out, err = run1(t, "--prune", dir)
	if err != nil || !strings.Contains(out, "a.md: 1 passages") || !strings.Contains(out, "c.csv: gone, removed") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = run1(t, dir); err != nil || !strings.Contains(out, "a.md: unchanged") {
		t.Errorf("%v\n%s", err, out)
	}
	s, err := store.Open(t.Context(), store.Options{Folder: data})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	d, err := s.Document(t.Context(), knowledge.IDOf(filepath.Join(dir, "a.md")))
	if err != nil || d.Version != 2 || !strings.Contains(d.Body, "changed") {
		t.Errorf("%+v %v", d, err)
	}
	if _, err := s.Document(t.Context(), knowledge.IDOf(filepath.Join(dir, "sub/c.csv"))); !errors.Is(err, dialog.ErrNotFound) {
		t.Error(err)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	t.Setenv("PARLEY_DATA", t.TempDir())
	out, err := run1(t, "/nowhere/at/all", "http://127.0.0.1/x")
	if err == nil || !strings.Contains(out, "no such file") || !strings.Contains(out, "not public") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := run1(t); err == nil {
		t.Error("nothing was given, and nothing said")
	}
}

func TestTheBar(t *testing.T) {
	b := newBar(&bytes.Buffer{}, []item{{place: "a", bytes: 3 << 20}, {place: "b", bytes: 1 << 20}})
	b.live = true
	b.done(item{place: "a", bytes: 3 << 20}, "read")
	if s := b.String(); !strings.HasPrefix(s, strings.Repeat("█", 18)+strings.Repeat("░", 6)+"  75%  1/2 files  3.0/4.0 MB") {
		t.Error(s)
	}
	if s := tail("/a/very/long/path/to/文件.pdf", 7); s != "…文件.pdf" {
		t.Error(s)
	}
}
