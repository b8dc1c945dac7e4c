package retrieval

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"parley/dialog/rag"
)

// Scale is what searching many passages costs.
type Scale struct {
	Passages   int     `json:"passages"`
	TextMB     float64 `json:"text_mb"`
	HeapMB     float64 `json:"heap_mb"` // beside the text
	BuildMS    float64 `json:"build_ms"`
	SnapshotMB float64 `json:"snapshot_mb"`
	LoadMS     float64 `json:"load_ms"` // a snapshot read, and the first question answered
	P50        float64 `json:"search_p50_ms"`
	P99        float64 `json:"search_p99_ms"`
	times      []float64
}

// scaled makes n passages of the corpus: the passages themselves, then variations
// of each, whose sentences are its own and those of another of its language. No
// passage is longer than so many characters.
func scaled(ps []rag.Passage, n, length int, seed uint64) []rag.Passage {
	rnd := rand.New(rand.NewPCG(seed, 2))
	out := make([]rag.Passage, 0, n)
	for i := 0; len(out) < n; i++ {
		p := ps[i%len(ps)]
		if i >= len(ps) {
			other := ps[rnd.IntN(len(ps))]
			for rag.LanguageOf(other.Text) != rag.LanguageOf(p.Text) {
				other = ps[rnd.IntN(len(ps))]
			}
			both := append(sentences(p.Text), sentences(other.Text)...)
			rnd.Shuffle(len(both), func(a, b int) { both[a], both[b] = both[b], both[a] })
			p.ID = fmt.Sprintf("%s+%d", p.ID, i)
			p.Document, p.Text = p.ID, strings.Join(both, " ")
		}
		if r := []rune(p.Text); len(r) > length {
			p.Text = string(r[:length])
		}
		out = append(out, p)
	}
	return out
}

func sentences(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?\n。！？；", r) })
}

// measureScale builds the large index, writes and reads its snapshot, and asks it all questions
// with their history. Searches are timed by the processor's time of their thread where the
// system tells it: what else the machine does is not the search's cost.
func measureScale(ctx context.Context, s set, n, length int, seed uint64, progress io.Writer) (Scale, error) {
	fmt.Fprintf(progress, "%d passages\n", n)
	ps := scaled(s.passages, n, length, seed)
	out := Scale{Passages: len(ps)}
	for _, p := range ps {
		out.TextMB += float64(len(p.Text)+len(p.Title)) / 1e6
	}
	before := heap()
	start := time.Now()
	ix := rag.New(ps...)
	out.BuildMS = since(start)
	out.HeapMB = heap() - before
	var snapshot bytes.Buffer
	if err := ix.WriteSnapshot(&snapshot, ""); err != nil {
		return out, err
	}
	out.SnapshotMB = float64(snapshot.Len()) / 1e6
	start = time.Now()
	if err := ix.ReadSnapshot(snapshot.Bytes(), func(string) bool { return true }); err != nil {
		return out, err
	}
	ix.Search(rag.Query{Text: s.questions[0].Text})
	out.LoadMS = since(start)
	runtime.GC()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for i, q := range s.questions {
		if ctx.Err() != nil {
			return out, context.Cause(ctx)
		}
		if i%25 == 0 {
			fmt.Fprintf(progress, "\r%d of %d questions", i, len(s.questions))
		}
		query := rag.Query{Text: q.Text, History: q.History}
		begun := threadTime()
		ix.Search(query)
		out.times = append(out.times, float64((threadTime()-begun).Microseconds())/1000)
	}
	fmt.Fprintf(progress, "\r%d questions            \n", len(s.questions))
	out.P50, out.P99 = percentile(out.times, 0.5), percentile(out.times, 0.99)
	return out, nil
}

func since(t time.Time) float64 { return float64(time.Since(t).Microseconds()) / 1000 }

// heap is what is in use, in MB.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / 1e6
}
