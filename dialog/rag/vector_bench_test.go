package rag

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkNearest compares a question's vector with those of 100,000 passages of 1024
// dimensions, all of them.
func BenchmarkNearest(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	const width, n = 1024, 100_000
	all := make([]float32, width*n)
	for i := range all {
		all[i] = rnd.Float32() - 0.5
	}
	r := &rows{width: width}
	for i := range n {
		r.list = append(r.list, point{all[i*width : (i+1)*width], uint32(i), &Passage{}})
	}
	b.SetBytes(4 * width * n)
	for b.Loop() {
		r.nearest(all[:width], fused)
	}
}
