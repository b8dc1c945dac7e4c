package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

func edit(t *testing.T, s *store.Store, id, text string) store.Document {
	t.Helper()
	d, err := s.EditDocument(t.Context(), id, func(d *store.Document) error {
		d.Title, d.Body, d.State = "T", text, store.Ready
		d.Version++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDocuments(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		edit(t, s, "a", "one")
		b := edit(t, s, "b", "one")
		a := edit(t, s, "a", "two")
		if a.Version != 2 || a.Change <= b.Change {
			t.Errorf("%+v %+v", a, b)
		}
		if d, err := s.EditDocument(ctx, "a", func(*store.Document) error { return store.ErrUnchanged }); !errors.Is(err, store.ErrUnchanged) || d.Body != "two" {
			t.Error(d, err)
		}
		ds, err := s.Changed(ctx, b.Change, 10)
		if err != nil || len(ds) != 1 || ds[0].ID != "a" || ds[0].Body != "two" {
			t.Error(ds, err)
		}
		if vs, err := s.Versions(ctx, "a"); err != nil || len(vs) != 2 || vs[0].Version != 2 || vs[0].Body != "" {
			t.Errorf("%+v %v", vs, err)
		}
		if v, err := s.Version(ctx, "a", 1); err != nil || v.Body != "one" {
			t.Error(v, err)
		}
		if _, err := s.DeleteDocument(ctx, "a"); err != nil {
			t.Fatal(err)
		}
		ds, err = s.Changed(ctx, a.Change, 10)
		if err != nil || len(ds) != 1 || ds[0].Deleted == 0 || ds[0].Body != "" {
			t.Error("followers do not learn that it was deleted:", ds, err)
		}
		if _, err := s.Version(ctx, "a", 1); !errors.Is(err, dialog.ErrNotFound) {
			t.Error("a version outlives its document:", err)
		}
		if ds, err := s.Documents(ctx, "", 10); err != nil || len(ds) != 1 || ds[0].ID != "b" || ds[0].Body != "" {
			t.Error(ds, err)
		}
		if d := edit(t, s, "a", "anew"); d.Version != 1 || d.Deleted != 0 {
			t.Errorf("%+v", d)
		}
	})
}

// Whoever follows misses nothing, however many write at once.
func TestFollowersMissNoChange(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		const writers, each = 4, 15
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					edit(t, s, fmt.Sprintf("d%d", w), fmt.Sprint(i))
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		last, seen := int64(0), map[string]string{}
		look := func() {
			ds, err := s.Changed(context.WithoutCancel(t.Context()), last, 3)
			if err != nil {
				t.Error(err)
			}
			for _, d := range ds {
				last, seen[d.ID] = d.Change, d.Body
			}
		}
		for going := true; going; {
			select {
			case <-done:
				going = false
			default:
			}
			look()
		}
		look()
		look()
		for w := range writers {
			if got := seen[fmt.Sprintf("d%d", w)]; got != fmt.Sprint(each-1) {
				t.Errorf("d%d is at %q", w, got)
			}
		}
	})
}

func TestOneReaderForEachFile(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), time.Now()
		d, err := s.EditDocument(ctx, "d", func(d *store.Document) error { d.State, d.Job = store.Queued, "job"; return nil })
		if err != nil {
			t.Fatal(err)
		}
		claim := func(at time.Time, want bool) {
			t.Helper()
			if ok, err := s.ClaimJob(ctx, d, at, at.Add(time.Minute)); err != nil || ok != want {
				t.Error(ok, err)
			}
		}
		claim(now, true)
		claim(now, false)
		claim(now.Add(2*time.Minute), true) // the first is not believed in any more
		if n, err := s.CountWaiting(ctx); err != nil || n != 1 {
			t.Error(n, err)
		}
		d.Job = "another"
		claim(now.Add(time.Hour), false)
	})
}

func TestPhrasings(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		d := edit(t, s, "d", "text")
		ps := []store.Phrasing{{ID: "p", Document: "d", Title: "T", Body: "how?"}, {ID: "q", Document: "d", Title: "T", Body: "when?"}}
		if n, err := s.Propose(ctx, ps); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		if _, err := s.Decide(ctx, "p", store.Approved, "u"); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Propose(ctx, ps); err != nil || n != 0 {
			t.Error("proposed again:", n, err)
		}
		if _, err := s.Decide(ctx, "p", store.Rejected, "u"); !errors.Is(err, dialog.ErrConflict) {
			t.Error(err)
		}
		if ps, err := s.Phrasings(ctx, "d", store.Approved, "", 10); err != nil || len(ps) != 1 || ps[0].Body != "how?" || ps[0].Who != "u" {
			t.Errorf("%+v %v", ps, err)
		}
		if ds, err := s.Changed(ctx, d.Change, 10); err != nil || len(ds) != 1 {
			t.Error("an approved phrasing changes nothing:", ds, err)
		}
	})
}
