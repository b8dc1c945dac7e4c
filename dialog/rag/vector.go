package rag

import (
	"hash/maphash"
	"math"
	"runtime"
	"slices"
	"sync"
)

// rows are the vectors of passages at one moment. What was published is not changed.
type rows struct {
	width int
	list  []point
}

// point is a passage's vector, of length 1. The passage may have left its slot since.
type point struct {
	vector  []float32
	slot    uint32
	passage *Passage
}

// near is a passage near the question.
type near struct {
	slot    uint32
	passage *Passage
	cosine  float32
}

// unit is a vector of the same direction and length 1, nil when there is none.
func unit(v []float32) []float32 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if !(sum > 0) || math.IsInf(sum, 0) {
		return nil
	}
	by := float32(1 / math.Sqrt(sum))
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = x * by
	}
	return out
}

var contentSeed = maphash.MakeSeed()

// embedded is what a passage's vector is made of.
func (p *Passage) embedded() string { return p.Title + "\n" + p.Text }

// content is the same for passages that have the same vector.
func (p *Passage) content() uint64 { return maphash.String(contentSeed, p.embedded()) }

// nearest are the k nearest passages, all compared, nearest first.
func (r *rows) nearest(v []float32, k int) []near {
	workers := max(1, min(runtime.GOMAXPROCS(0), len(r.list)/4096))
	found := make([][]near, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			found[w] = r.within(v, k, len(r.list)*w/workers, len(r.list)*(w+1)/workers)
		})
	}
	wg.Wait()
	all := slices.Concat(found...)
	slices.SortFunc(all, nearer)
	return all[:min(k, len(all))]
}

func nearer(a, b near) int {
	switch {
	case a.cosine > b.cosine:
		return -1
	case a.cosine < b.cosine:
		return 1
	}
	return a.passage.compare(b.passage)
}

func (r *rows) within(v []float32, k, from, to int) []near {
	var best []near
	for i := from; i < to; i++ {
		x := dot(v, r.list[i].vector)
		if len(best) == k && x < best[k-1].cosine {
			continue
		}
		n := near{r.list[i].slot, r.list[i].passage, x}
		at, _ := slices.BinarySearchFunc(best, n, nearer)
		best = slices.Insert(best, at, n)
		best = best[:min(k, len(best))]
	}
	return best
}

// dot sums in eight lanes, which the processor adds at the same time.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	b = b[:len(a)]
	i := 0
	for ; i+8 <= len(a); i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
		s4 += x[4] * y[4]
		s5 += x[5] * y[5]
		s6 += x[6] * y[6]
		s7 += x[7] * y[7]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3) + (s4 + s5) + (s6 + s7)
}
