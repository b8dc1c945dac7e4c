package knowledge_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/dialog/knowledge"
)

// kept opens a house that keeps its index.
func kept(t *testing.T, folder string, change func(*knowledge.Options)) *house {
	t.Helper()
	return open(t, folder, func(o *knowledge.Options) {
		o.Snapshot, o.Program, o.Settle = folder, "1", 10*time.Millisecond
		if change != nil {
			change(o)
		}
	})
}

func snapshotIn(folder string) []byte {
	b, err := os.ReadFile(filepath.Join(folder, knowledge.SnapshotFile))
	if err != nil {
		return nil
	}
	return b
}

// holds waits until the file holds some words and not others.
func holds(t *testing.T, folder, words, not string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		b := string(snapshotIn(folder))
		if b != "" && strings.Contains(b, words) && (not == "" || !strings.Contains(b, not)) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no snapshot with %q", words)
		}
	}
}

// A start takes what the last left, and what has changed since from the store.
func TestAStartFromASnapshot(t *testing.T) {
	folder := t.TempDir()
	h := kept(t, folder, nil).start()
	h.put("a", "# Returns\nYou can return headphones within 30 days.", false)
	h.put("b", "# Delivery\nParcels take two days.", false)
	h.put("c", "# Colours\nThe case is purple.", false)
	h.Close()
	holds(t, folder, "purple", "")

	// While none runs, another changes, removes and adds.
	other := open(t, folder, nil)
	text, fresh := "# Delivery\nParcels take nine days.", "# Repairs\nA hinge is mended for free."
	for id, x := range map[string]*string{"b": &text, "d": &fresh} {
		if _, _, err := other.Put(t.Context(), id, knowledge.Input{Text: x}); err != nil {
			t.Fatal(err)
		}
	}
	if err := other.Delete(t.Context(), "c"); err != nil {
		t.Fatal(err)
	}
	h = kept(t, folder, func(o *knowledge.Options) { o.Settle = time.Hour }).start()
	if got := h.finds("parcels"); !strings.Contains(got, "nine") {
		t.Errorf("%q", got)
	}
	if !strings.Contains(h.finds("headphones"), "30 days") || !strings.Contains(h.finds("hinge"), "mended") || h.finds("purple") != "" || h.index.Len() != 3 {
		t.Error("not as the store is:", h.index.Len())
	}
	if f, err := h.Get(t.Context(), "a"); err != nil || f.Passages != 1 {
		t.Errorf("%d passages, %v", f.Passages, err)
	}
	if b := string(snapshotIn(folder)); strings.Contains(b, "purple") || strings.Contains(b, "two days") {
		t.Error("text that is gone is still in the file")
	}
	h.Close()
	if b := string(snapshotIn(folder)); !strings.Contains(b, "nine days") {
		t.Error("nothing was kept at the end")
	}
}

// What is removed or replaced is in no file when that is told.
func TestTheSnapshotKeepsNoRemovedText(t *testing.T) {
	folder := t.TempDir()
	h := kept(t, folder, nil).start()
	h.put("a", "# Colours\nThe case is purple.", false)
	holds(t, folder, "purple", "")
	h.put("a", "# Colours\nThe case is orange.", false)
	if strings.Contains(string(snapshotIn(folder)), "purple") {
		t.Error("replaced, and still kept")
	}
	holds(t, folder, "orange", "purple")
	if err := errors.Join(h.Delete(t.Context(), "a"), h.Look(t.Context())); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(snapshotIn(folder)), "orange") {
		t.Error("removed, and still kept")
	}
}

// A file that does not fit is ignored, and the index built from the store.
func TestSnapshotsThatDoNotFit(t *testing.T) {
	folder := t.TempDir()
	h := kept(t, folder, nil).start()
	h.put("a", "# Colours\nThe case is purple.", false)
	h.Close()
	good := snapshotIn(folder)
	if good == nil {
		t.Fatal("none was written")
	}
	file := filepath.Join(folder, knowledge.SnapshotFile)
	for name, c := range map[string]struct {
		b       []byte
		program string
	}{"another program": {good, "2"}, "cut": {good[:len(good)-3], "1"}, "of nothing": {nil, "1"}, "another file": {[]byte("hello"), "1"}} {
		if err := os.WriteFile(file, c.b, 0o600); err != nil {
			t.Fatal(err)
		}
		h := kept(t, folder, func(o *knowledge.Options) { o.Program = c.program }).start()
		if !strings.Contains(h.finds("case"), "purple") {
			t.Errorf("%s: not found", name)
		}
		h.Close()
	}
	// Of another store: nothing that is not in this one.
	if err := os.WriteFile(file, good, 0o600); err != nil {
		t.Fatal(err)
	}
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, knowledge.SnapshotFile), good, 0o600); err != nil {
		t.Fatal(err)
	}
	other := open(t, elsewhere, nil)
	text := "# Colours\nThe case is orange." // the same document, changed as often
	if _, _, err := other.Put(t.Context(), "a", knowledge.Input{Text: &text}); err != nil {
		t.Fatal(err)
	}
	h = kept(t, elsewhere, nil).start()
	if h.finds("purple") != "" && strings.Contains(h.finds("case"), "purple") || !strings.Contains(h.finds("case"), "orange") {
		t.Error("text of another store is found")
	}
	if err := knowledge.DropSnapshot(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) || knowledge.DropSnapshot(folder) != nil {
		t.Error("not dropped")
	}
}
