package room

import (
	"math"
	"time"
)

// Histogram counts durations in steps of a quarter of a millisecond up to 100 ms.
type Histogram struct {
	bins [401]int64
	n    int64
	sum  time.Duration
}

const binWidth = 250 * time.Microsecond

// Add counts d; what is below 0 counts as 0, and what is above 100 ms as that.
func (h *Histogram) Add(d time.Duration) {
	h.bins[min(max(int(d/binWidth), 0), len(h.bins)-1)]++
	h.n++
	h.sum += max(d, 0)
}

// Sum is the sum of what was added.
func (h *Histogram) Sum() time.Duration { return h.sum }

// Within is how many did not exceed d, rounded down to the histogram's step.
func (h *Histogram) Within(d time.Duration) (n int64) {
	for _, c := range h.bins[:min(max(int(d/binWidth), 0), len(h.bins)-1)] {
		n += c
	}
	return n
}

// Count is how many were added.
func (h *Histogram) Count() int64 { return h.n }

// Quantile is the duration that a share q of all did not exceed, rounded up to
// the histogram's step.
func (h *Histogram) Quantile(q float64) time.Duration {
	want, have := int64(math.Ceil(q*float64(h.n))), int64(0)
	for i, c := range h.bins {
		if have += c; have >= want && have > 0 {
			return time.Duration(i+1) * binWidth
		}
	}
	return 0
}

func (h *Histogram) merge(o *Histogram) {
	for i, c := range o.bins {
		h.bins[i] += c
	}
	h.n += o.n
	h.sum += o.sum
}
