package store_test

import (
	"fmt"
	"testing"
	"time"

	"parley/dialog/store"
)

func TestUsage(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		id := begin(t, s)
		old := time.Now().Add(-48 * time.Hour).UnixMicro()
		if err := s.AddUsage(t.Context(),
			store.Usage{Conversation: id, Role: "llm", Model: "a", Prompt: 100, Cached: 40, Reply: 10, Cost: 0.25, Currency: "USD"},
			store.Usage{Conversation: id, Role: "llm", Model: "a", Prompt: 50, Reply: 5, Cost: 0.5, Currency: "USD", Estimated: true},
			store.Usage{Conversation: id, Role: "llm", Model: "b", Prompt: 7, Reply: 1, Cost: 2, Currency: "CNY"},
			store.Usage{Role: "embed", Model: "e", Prompt: 9, Cost: 1, Currency: "USD", At: old},
		); err != nil {
			t.Fatal(err)
		}
		got, err := s.UsageOf(t.Context(), id)
		want := []store.UsageSum{{Role: "llm", Model: "a", Requests: 2, Prompt: 150, Cached: 40, Reply: 15, Guessed: 1, Cost: 0.75, Currency: "USD"},
			{Role: "llm", Model: "b", Requests: 1, Prompt: 7, Reply: 1, Cost: 2, Currency: "CNY"}}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%+v, %v", got, err)
		}
		for from, n := range map[time.Duration]int{time.Hour: 2, 72 * time.Hour: 3} {
			if all, err := s.UsageSince(t.Context(), time.Now().Add(-from)); err != nil || len(all) != n {
				t.Errorf("since %v: %+v, %v", from, all, err)
			}
		}
		days, err := s.UsageByDay(t.Context(), time.Now().Add(-72*time.Hour), time.Now().Add(time.Hour))
		if err != nil || len(days) != 3 || days[0].Day != time.Now().UTC().Format(time.DateOnly) || days[0].Model != "a" || days[0].Requests != 2 ||
			days[2].Day != time.UnixMicro(old).UTC().Format(time.DateOnly) || days[2].Cost != 1 {
			t.Errorf("%+v, %v", days, err)
		}
		if none, err := s.UsageOf(t.Context(), "nobody"); err != nil || len(none) != 0 {
			t.Errorf("%+v, %v", none, err)
		}
	})
}

func TestVectors(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		put := map[string][]float32{}
		var hashes []string
		for i := range 900 {
			h := fmt.Sprintf("h%d", i)
			put[h] = []float32{float32(i), -0.5, 1e-7}
			hashes = append(hashes, h)
		}
		if err := s.PutVectors(t.Context(), "m", put); err != nil {
			t.Fatal(err)
		}
		if err := s.PutVectors(t.Context(), "m", map[string][]float32{"h1": {7}}); err != nil {
			t.Fatal(err)
		}
		put["h1"] = []float32{7}
		got, err := s.Vectors(t.Context(), "m", append(hashes, "unknown"))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(put) {
			t.Errorf("%d of %d, %v", len(got), len(put), err)
		}
		if got, err := s.Vectors(t.Context(), "other", hashes); err != nil || len(got) != 0 {
			t.Errorf("another model's: %d, %v", len(got), err)
		}
		if err := s.PutVectors(t.Context(), "other", map[string][]float32{"h1": {7}}); err != nil {
			t.Fatal(err)
		}
		keep := map[string]bool{"h1": true, "h2": true}
		if n, err := s.KeepVectors(t.Context(), "m", keep, time.Now().Add(-time.Minute)); err != nil || n != 1 {
			t.Errorf("another model's and fresh ones: dropped %d, %v", n, err)
		}
		if n, err := s.KeepVectors(t.Context(), "m", keep, time.Now().Add(time.Minute)); err != nil || n != 898 {
			t.Errorf("of texts that are gone: dropped %d, %v", n, err)
		}
		if got, err := s.Vectors(t.Context(), "m", hashes); err != nil || len(got) != 2 {
			t.Errorf("%d left, %v", len(got), err)
		}
	})
}
