package insight_test

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"parley/dialog"
	"parley/dialog/demo/month"
	"parley/dialog/desk"
	"parley/dialog/insight"
	"parley/dialog/store"
)

// monthOf is a generated month in the store of a folder. PARLEY_MONTH says how many
// conversations it has: 50000 for the measure, few for every run.
func monthOf(t testing.TB, folder string, n int) (*store.Store, []store.Past, time.Time) {
	t.Helper()
	if v, err := strconv.Atoi(os.Getenv("PARLEY_MONTH")); err == nil {
		n = v
	}
	s := openIn(t, folder)
	end := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var all, batch []store.Past
	put := func() {
		if err := s.Import(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		all, batch = append(all, batch...), nil
	}
	month.Make(month.Options{Seed: 3, N: n, End: end, Agents: []string{"u1", "u2", "u3"}, Queues: map[string]string{"en": "a", "zh-CN": "b"}}, func(p store.Past) bool {
		if batch = append(batch, p); len(batch) == 500 {
			put()
		}
		return true
	})
	put()
	return s, all, end
}

// recount computes figures anew from what was put in, the slow way: conversation by
// conversation, returns by looking at every pair of a customer's.
func recount(ps []store.Past) map[insight.Name]float64 {
	c := map[string]float64{}
	type visit struct {
		began, last int64
		matter      string
		lost        bool
	}
	of := map[string][]visit{}
	for _, p := range ps {
		var v visit
		titles := map[string]int{}
		var since time.Time
		held, turns := false, 0.0
		for _, r := range p.Records {
			var m dialog.MessageData
			var u dialog.UpdatedData
			switch r.Type {
			case dialog.MessageCreated:
				_ = json.Unmarshal(r.Data, &m)
				if m.From == dialog.Customer && v.began == 0 {
					v.began = r.At.UnixMicro()
				}
				for _, x := range m.Citations {
					titles[x.Title]++
				}
				v.last = r.At.UnixMicro()
			case dialog.CallStarted:
				v.began, v.last = r.At.UnixMicro(), r.At.UnixMicro()
				c["calls"]++
			case dialog.CallEnded, dialog.TransferUpdated:
				v.last = r.At.UnixMicro()
			case dialog.TurnMeasured:
				turns++
			case dialog.ConversationUpdated:
				_ = json.Unmarshal(r.Data, &u)
				if u.Holder == dialog.HeldByAgent {
					held, since = true, r.At
				} else if held {
					held = false
					c["handled"]++
					c["handle"] += float64(r.At.Sub(since).Milliseconds())
				}
			}
		}
		for title := range titles {
			v.matter = title // a scene has one source
		}
		c["turns"] += turns
		c["conversations"]++
		if p.Conversation.Score > 0 {
			c["rated"]++
		}
		if p.Conversation.Score >= 4 {
			c["good"]++
		}
		if len(p.Transfers) > 0 {
			c["person"]++
		}
		for _, row := range p.Transfers {
			var x desk.Transfer
			_ = json.Unmarshal([]byte(row.Body), &x)
			target := time.Minute
			if x.Kind == desk.Call {
				target = 20 * time.Second
			}
			wait := x.Ended.Sub(x.Since)
			c["asked"]++
			switch x.State {
			case desk.Completed:
				c["answered"]++
				c["waited"] += float64(wait.Milliseconds())
				c["counted"]++
				if wait <= target {
					c["intime"]++
				}
			case desk.Abandoned:
				v.lost = true
				c["lost"]++
				if wait > target {
					c["counted"]++
				}
			case desk.Failed:
				c["counted"]++
			}
		}
		if p.Conversation.Customer != "" {
			of[p.Conversation.Customer] = append(of[p.Conversation.Customer], v)
		}
	}
	for _, vs := range of {
		for i, a := range vs {
			c["known"]++
			back := false
			for j, b := range vs {
				back = back || i != j && b.matter == a.matter && (b.began > a.began || b.began == a.began && j > i) && b.began-a.last <= (72*time.Hour).Microseconds()
			}
			if back {
				c["back"]++
			}
			if !back && !a.lost {
				c["verified"]++
			}
		}
	}
	share := func(a, b string) float64 { return math.Round(1000*c[a]/c[b]) / 10 }
	c["chats"], c["alone"] = c["conversations"]-c["calls"], c["conversations"]-c["person"]
	return map[insight.Name]float64{"conversations": c["conversations"], "calls": c["calls"], "chats": c["chats"], "over": c["conversations"], "resolved_contained": share("alone", "conversations"),
		"resolved_verified": share("verified", "known"), "came_back": share("back", "known"), "with_person": share("person", "conversations"), "rated": share("rated", "conversations"), "satisfied": share("good", "rated"),
		"handle_time": math.Round(c["handle"] / c["handled"]), "answer_time": math.Round(c["waited"] / c["answered"]), "service_level": share("intime", "counted"), "abandonment": share("lost", "asked"), "asked": c["asked"], "turns": c["turns"]}
}

// A month's figures are those of a second, slow computation; what comes up on its last day
// is found, and what is practice is in no real figure.
func TestAMonth(t *testing.T) {
	s, ps, end := monthOf(t, t.TempDir(), 300)
	now := end.AddDate(0, 0, 10)
	x := insight.New(insight.Options{Store: s, Now: func() time.Time { return now }})
	t.Cleanup(func() {
		x.Close()
		_ = s.Close()
	})
	for range len(ps)/2000 + 1 {
		if err := x.Catch(t.Context(), true); err != nil {
			t.Fatal(err)
		}
	}
	p := insight.Period{From: end.AddDate(0, 0, -31), To: end.AddDate(0, 0, 5), Practice: true}
	sum, err := x.Summary(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := x.Transfers(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	lat, err := x.Latency(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	got := map[insight.Name]float64{"turns": float64(lat.Items[0].Of)}
	for _, f := range append(sum.Items, tr.Items...) {
		if f.Value != nil {
			got[f.Name] = *f.Value
		}
	}
	want := recount(ps)
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s: %v, the slow way %v", name, got[name], v)
		}
	}
	t.Logf("%d conversations, %d figures the same", len(ps), len(want))
	p.Practice = false
	if sum, err = x.Summary(t.Context(), p); err != nil || *sum.Items[0].Value != 0 {
		t.Errorf("practice is counted: %+v %v", sum.Items[0], err)
	}
}

// keptMonth is a generated month that is digested. PARLEY_MONTH_AT is a folder that keeps it
// from run to run, for making 50,000 conversations takes longer than the measure.
func keptMonth(b *testing.B) (*insight.Insight, time.Time) {
	folder := cmp.Or(os.Getenv("PARLEY_MONTH_AT"), b.TempDir())
	done := filepath.Join(folder, "digested")
	n, end := 0, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	var s *store.Store
	if _, err := os.Stat(done); err == nil {
		s = openIn(b, folder)
	} else {
		var ps []store.Past
		s, ps, end = monthOf(b, folder, 2000)
		n = len(ps)
	}
	now := end.AddDate(0, 0, 1)
	x := insight.New(insight.Options{Store: s, Now: func() time.Time { return now }})
	b.Cleanup(func() {
		x.Close()
		_ = s.Close()
	})
	for range n/2000 + 1 {
		if err := x.Catch(b.Context(), true); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(done, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	return x, end
}

// BenchmarkReports is the time that each report takes over a month, its mean and the 95th
// percentile; PARLEY_MONTH=50000 for the measure.
func BenchmarkReports(b *testing.B) {
	x, end := keptMonth(b)
	p := insight.Period{From: end.AddDate(0, 0, -30), To: end, Practice: true}
	ctx := b.Context()
	for name, make := range map[string]func() error{
		"summary":      func() error { _, err := x.Summary(ctx, p); return err },
		"quality":      func() error { _, err := x.Quality(ctx, p); return err },
		"satisfaction": func() error { _, err := x.Satisfaction(ctx, p); return err },
		"keywords":     func() error { _, err := x.Keywords(ctx, p, ""); return err },
		"word":         func() error { _, err := x.Keywords(ctx, p, "delivery"); return err },
		"transfers":    func() error { _, err := x.Transfers(ctx, p); return err },
		"latency":      func() error { _, err := x.Latency(ctx, p); return err },
		"behind":       func() error { _, err := x.Behind(ctx, p, insight.Which{Figure: "came_back", Limit: 50}); return err },
	} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if err := make(); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
		})
	}
}
