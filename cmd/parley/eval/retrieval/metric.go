package retrieval

import (
	"cmp"
	"math"
	"slices"

	"parley/dialog/rag"
)

// ndcg is the normalised discounted cumulative gain of the first ten hits, with
// each document counted where it comes first.
func ndcg(hits []rag.Hit, relevant map[string]float64) float64 {
	seen := map[string]bool{}
	got, rank := 0.0, 0
	for _, h := range hits {
		if seen[h.Document] {
			continue
		}
		seen[h.Document] = true
		got += gain(relevant[h.Document], rank)
		if rank++; rank == 10 {
			break
		}
	}
	ideal := make([]float64, 0, len(relevant))
	for _, g := range relevant {
		ideal = append(ideal, g)
	}
	slices.SortFunc(ideal, func(a, b float64) int { return cmp.Compare(b, a) })
	best := 0.0
	for i, g := range ideal[:min(10, len(ideal))] {
		best += gain(g, i)
	}
	if best == 0 {
		return 0
	}
	return got / best
}

func gain(relevance float64, rank int) float64 {
	return (math.Exp2(relevance) - 1) / math.Log2(float64(rank)+2)
}

// auroc is the chance that an answerable question scores above an unanswerable
// one, ties counting half.
func auroc(answerable, unanswerable []float64) float64 {
	if len(answerable) == 0 || len(unanswerable) == 0 {
		return math.NaN()
	}
	slices.Sort(unanswerable)
	sum := 0.0
	for _, a := range answerable {
		below, _ := slices.BinarySearch(unanswerable, a)
		upto := below
		for upto < len(unanswerable) && unanswerable[upto] == a {
			upto++
		}
		sum += float64(below) + float64(upto-below)/2
	}
	return sum / float64(len(answerable)) / float64(len(unanswerable))
}

// refusedAt is the share of the unanswerable below the score that keeps 90 % of the answerable.
func refusedAt(answerable, unanswerable []float64, keep float64) float64 {
	if len(answerable) == 0 || len(unanswerable) == 0 {
		return math.NaN()
	}
	slices.Sort(answerable)
	limit := answerable[int(float64(len(answerable))*(1-keep))]
	n := 0
	for _, u := range unanswerable {
		if u < limit {
			n++
		}
	}
	return float64(n) / float64(len(unanswerable))
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// percentile of xs, which gets sorted.
func percentile[T cmp.Ordered](xs []T, p float64) T {
	var zero T
	if len(xs) == 0 {
		return zero
	}
	slices.Sort(xs)
	return xs[min(len(xs)-1, int(p*float64(len(xs))))]
}
