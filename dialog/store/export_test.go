package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/store"
)

// More rows than are read at once, many of them of one moment: each comes once, in the
// order in which they began, with its own records, and none of another time or kind.
func TestAnExportHasEveryRowOnce(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
		want, rated := map[string]bool{}, 0
		var ds []store.Digest
		for i := range 1203 {
			id := begin(t, s)
			began := from.Add(time.Duration(i/400) * 50 * time.Minute)
			d := store.Digest{Conversation: id, Began: began.UnixMicro(), Slot: store.SlotOf(began), Last: began.UnixMicro(), Flags: int64(i % 2), Turns: int64(i)}
			if i == 1200 { // after the time
				d.Began, d.Slot = from.Add(48*time.Hour).UnixMicro(), store.SlotOf(from.Add(48*time.Hour))
			}
			if i%2 == 0 && i != 1200 {
				want[string(id)] = true
				if i%100 == 0 {
					rated++
					if err := s.Rate(t.Context(), id, 1+i%5, "ok"); err != nil {
						t.Fatal(err)
					}
				}
			}
			ds = append(ds, d)
		}
		if err := s.KeepDigests(t.Context(), ds, func([]store.Digest) {}); err != nil {
			t.Fatal(err)
		}
		p, h := store.Span{From: from, To: from.Add(24 * time.Hour)}, store.Having{None: 1}
		var got []string
		last := int64(0)
		err := s.EachDigest(t.Context(), p, h, func(d store.Digest) error {
			if d.Began < last {
				t.Errorf("%d after %d", d.Began, last)
			}
			last = d.Began
			got = append(got, string(d.Conversation))
			return nil
		})
		n, cerr := s.CountExport(t.Context(), "digests", "", p, h)
		if err != nil || cerr != nil || len(got) != len(want) || int(n) != len(want) {
			t.Fatalf("%d of %d rows, counted %d: %v %v", len(got), len(want), n, err, cerr)
		}
		for _, id := range got {
			if !want[id] {
				t.Fatalf("%s is not wanted, or came twice", id)
			}
			delete(want, id)
		}
		var of []string
		err = s.EachRecord(t.Context(), p, h, dialog.ConversationRated, func(r dialog.Record) error {
			of = append(of, string(r.Conversation))
			return nil
		})
		n, cerr = s.CountExport(t.Context(), "digests", dialog.ConversationRated, p, h)
		slices.Sort(of)
		if err != nil || cerr != nil || len(slices.Compact(of)) != rated || int(n) != rated {
			t.Errorf("%d of %d ratings, counted %d: %v %v", len(of), rated, n, err, cerr)
		}
		enough := errors.New("enough")
		seen := 0
		err = s.EachDigest(t.Context(), p, h, func(store.Digest) error {
			if seen++; seen == 3 {
				return fmt.Errorf("now: %w", enough)
			}
			return nil
		})
		if !errors.Is(err, enough) || seen != 3 {
			t.Errorf("%d rows, %v", seen, err)
		}
	})
}
