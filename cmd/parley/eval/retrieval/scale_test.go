package retrieval

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"parley/dialog/rag"
)

// BenchmarkSearch asks the questions of the test data with their history among 100,000
// passages of 200 characters, as the product searches: all fields, one thread. Its figures are
// ms of the thread's time, of all searches and of the quickest of each question: what else
// the machine does costs time too, for the caches are shared.
func BenchmarkSearch(b *testing.B) {
	root := os.Getenv("PARLEY_TESTDATA")
	if root == "" {
		b.Skip("PARLEY_TESTDATA is not set")
	}
	s, err := load(filepath.Join(root, "knowledge"))
	if err != nil {
		b.Fatal(err)
	}
	ix := rag.New(scaled(s.passages, 100_000, 200, 1)...)
	runtime.GC()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var times []float64
	quickest := make([]float64, len(s.questions))
	for b.Loop() {
		for i, q := range s.questions {
			begun := threadTime()
			ix.Search(rag.Query{Text: q.Text, History: q.History})
			ms := float64((threadTime() - begun).Microseconds()) / 1000
			if times = append(times, ms); quickest[i] == 0 || ms < quickest[i] {
				quickest[i] = ms
			}
		}
	}
	b.ReportMetric(percentile(times, 0.5), "p50-ms")
	b.ReportMetric(percentile(times, 0.99), "p99-ms")
	b.ReportMetric(percentile(times, 1), "max-ms")
	b.ReportMetric(percentile(quickest, 0.5), "quickest-p50-ms")
	b.ReportMetric(percentile(quickest, 0.99), "quickest-p99-ms")
	b.ReportMetric(0, "ns/op")
}
